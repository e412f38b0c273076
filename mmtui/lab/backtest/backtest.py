"""A strategy along a recorded price path.

A step goes from one price to the next. At its start the strategy is asked, at its own pace and after each of its fills,
and its quotes are rounded, clipped and capped as in every market; in the step the model fills them, and at its end the
books are marked. A fill is booked at the step's end with the price at its start as the mid before it, so that the
price's move in the step is position PnL, not spread. The position limit blocks only the side that would make the
position larger.
"""

from __future__ import annotations

import math

import msgspec

from mmtui.book import Side
from mmtui.desk import Desk
from mmtui.errors import StrategyError
from mmtui.lab.backtest.fill_models import Reaches, coin, intensity, path_intensity, through
from mmtui.lab.backtest.model import Backtest, BacktestRecorder, Course, Setup, course_of
from mmtui.lab.backtest.path_market import PathMarket
from mmtui.lab.backtest.prices import Prices
from mmtui.market.papers.intensity import IntensitySpec
from mmtui.strategies.loading import failure
from mmtui.strategies.protocol import Strategy
from mmtui.strategies.quoter import requote
from mmtui.strategies.registry import make
from mmtui.strategies.watchdog import PASSING, ask
from mmtui.units import NS_PER_S


def backtest(prices: Prices, setup: Setup) -> Backtest:
    """Run a strategy along a path.

    Raises:
        UnknownStrategyError: the strategy cannot be made.
        StrategyError: it failed on the way.
        InputError: path and setup do not fit together.
    """
    if setup.fill == "book":
        from mmtui.lab.backtest.path_book import backtest_in_book

        return backtest_in_book(prices, setup)
    course = course_of(prices, setup)
    law = _law(course, setup) if setup.fill == "intensity" else None
    reaches = _reaches(course, setup, law)
    strategy = make(setup.name, setup.all_params())
    rules, ticks, times = course.rules, course.ticks.tolist(), course.times.tolist()
    desk = Desk(rules.tick_value, mid=ticks[0])
    market = PathMarket(rules, rules.normal_spread, setup.size, desk, setup.fee_bps)
    recorder = BacktestRecorder(prices, setup, course, desk, market.gateway)
    interval_ns = round(strategy.interval_s * NS_PER_S)
    next_ns, filled = 0, False
    for step, (low, high) in enumerate(zip(reaches.low.tolist(), reaches.high.tolist(), strict=True)):
        now_ns, end_ns, price, after = times[step], times[step + 1], ticks[step], ticks[step + 1]
        market.move(now_ns, price)
        if now_ns >= next_ns or filled:
            if now_ns >= next_ns:
                next_ns = now_ns + interval_ns
            _requote(market, strategy, setup.name)
        recorder.start_step()
        if reaches.traded:
            _print(market, end_ns, low, high, rules.normal_size)
        desk.mature(end_ns - 1, price)
        fills = [*market.fill(end_ns, Side.BUY, low, price), *market.fill(end_ns, Side.SELL, high, price)]
        filled = bool(fills)
        if not reaches.traded:
            for fill in fills:
                market.others.print_trade(end_ns, fill.side.opposite, fill.price, fill.quantity)
        desk.mature(end_ns, after)
        desk.mark(after)
        recorder.end_step(after)
    return recorder.finished(strategy, law)


def _law(course: Course, setup: Setup) -> IntensitySpec:
    """The fill rate of *intensity* in ticks and seconds; what the setup leaves out is fitted to the path."""
    rate, decay = setup.rate, None if setup.k is None else setup.k * float(course.tick)
    if rate is not None and decay is not None:
        return IntensitySpec(sigma=0.0, rate=rate, decay=decay, fills="poisson")
    fitted = path_intensity(course.ticks, course.times)
    return msgspec.structs.replace(fitted, rate=rate or fitted.rate, decay=decay or fitted.decay)


def _reaches(course: Course, setup: Setup, law: IntensitySpec | None) -> Reaches:
    if law is not None:
        return intensity(course.ticks, course.times, setup.seed, law)
    if setup.fill == "coin":
        return coin(len(course.times) - 1, setup.seed, setup.chance)
    return through(course.ticks, touching=setup.touching)


def _requote(market: PathMarket, strategy: Strategy, name: str) -> None:
    try:
        actions = requote(ask(strategy, market.view), market.view)
    except PASSING:
        raise
    except BaseException as error:
        raise StrategyError(failure(name, strategy, error)) from error
    market.send(actions)


def _print(market: PathMarket, now_ns: int, low: float, high: float, size: int) -> None:
    """Print the orders that reach at least the best price, each with how far it came, whole ticks inwards."""
    best_bid, best_ask = market.exchange.touch
    if low <= best_bid:
        market.others.print_trade(now_ns, Side.SELL, max(1, math.ceil(low)), size)
    if high >= best_ask:
        market.others.print_trade(now_ns, Side.BUY, int(high), size)

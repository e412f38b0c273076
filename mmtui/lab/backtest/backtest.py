"""A strategy along a recorded price path: the notebook's third problem, done right.

From each price to the next is a step. At its start the strategy is asked, at its own pace and after each of its fills,
and its quotes are rounded, clipped and capped as in every market; in the step they are filled by the model, and the
books are then valued at its end. A fill is booked at the step's end with the price at its start as the mid before it,
so that what the price did in the step is the position's, not the spread's. The position limit takes away only the
side that would make the position larger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np

from mmtui.book import Side
from mmtui.desk import Desk, PnL
from mmtui.errors import StrategyError
from mmtui.lab.backtest.fill_models import Reaches, coin, intensity, path_intensity, through
from mmtui.lab.backtest.path_market import PathMarket
from mmtui.lab.backtest.prices import Prices
from mmtui.lab.fit.fit import Intensity
from mmtui.market.core.draws import Floats
from mmtui.session.result import Position
from mmtui.strategies.loading import failure
from mmtui.strategies.params import describe, params_of
from mmtui.strategies.protocol import PublicTrade, Rules, Strategy
from mmtui.strategies.quoter import requote
from mmtui.strategies.registry import make, strategy_class
from mmtui.strategies.watchdog import ask
from mmtui.units import NS_PER_S
from mmtui.version import __version__

FillModel = Literal["coin", "through", "intensity", "book"]


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What to run.

    Attributes:
        strategy: a name, ``file.py:Class`` or an installed entry point.
        params: its parameters.
        fill: the fill model.
        seed: of the fill model, or of the market around the path.
        limit: the largest absolute position, in lots.
        size: the largest quote, in lots; also the strategy's ``size`` where it has one that was not set.
        tick: price step; None for the file's.
        lot: shares in a lot.
        spread: between the others' best prices, in ticks; None for the deviation of the price over a step, at least
            one. The book finds its own.
        latency_ms: how long an instruction takes.
        fee_bps: fee of a fill in basis points of its value; negative is a rebate.
        chance: of the coin.
        touching: whether a next price at the quote fills it too, in *through*.
        rate: A of the *intensity*, a second; fitted with k if None.
        k: of the *intensity*, in units of one over the price's.
        preset: the market that the *book* puts around the path.
    """

    strategy: str
    params: Mapping[str, Any]
    fill: FillModel = "through"
    seed: int = 1
    limit: int = 10
    size: int = 1
    tick: Decimal | None = None
    lot: int = 100
    spread: float | None = None
    latency_ms: float = 0.0
    fee_bps: float = 0.0
    chance: float = 0.5
    touching: bool = False
    rate: float | None = None
    k: float | None = None
    preset: str = "us-100"

    def all_params(self) -> dict[str, Any]:
        """The parameters, with this size for the strategy's unless that was set. Raises UnknownStrategyError."""
        sized = any(param.name == "size" for param in params_of(strategy_class(self.strategy)))
        return {**({"size": self.size} if sized else {}), **self.params}


class PathStep(NamedTuple):
    """A step: one row of the output. Prices and money in the file's currency, quantities in lots.

    Attributes:
        timestamp, price: of its start, as in the file.
        bid, ask: the maker's best quotes in it; None without one.
        bid_fill, ask_fill: lots bought and sold in it.
        mark: what the books are valued at after it: the next price, or, in the book, the market's mid at that time.
        position, cash: after it; cash is net of fees.
        pnl: cash + position × lot × mark, = spread + position_pnl + hedge − fees.
    """

    timestamp: str
    price: float
    bid: float | None
    ask: float | None
    bid_fill: int
    ask_fill: int
    mark: float
    position: int
    cash: float
    pnl: float
    spread: float
    position_pnl: float
    hedge: float
    fees: float


class PathFacts(msgspec.Struct, frozen=True):
    """What the path and the market on it were: times in seconds, volatility in ticks per square root of a second.

    ``rate`` and ``k`` (a tick) are those of the fill model *intensity*.
    """

    prices: int
    seconds: float
    tick: float
    lot: int
    spread: float
    volatility: float
    rate: float | None = None
    k: float | None = None


class BacktestReport(msgspec.Struct, frozen=True):
    """The summary. Money in the file's currency, positions in lots, markouts in ticks per share."""

    mmtui: str
    file: str
    strategy: str
    params: dict[str, Any]
    fill: FillModel
    seed: int
    pnl: PnL
    drawdown: float
    position: Position
    markout: dict[str, float | None]
    fills: int
    volume: int
    path: PathFacts


@dataclass(frozen=True)
class Backtest:
    """What a run left: a row a step, and the summary."""

    steps: list[PathStep]
    report: BacktestReport


class Course(NamedTuple):
    """The path as it is walked: the tick, the prices in ticks, their times, and what the strategy is told."""

    tick: Decimal
    ticks: Floats
    times: list[int]
    rules: Rules


def backtest(prices: Prices, setup: Setup) -> Backtest:
    """Run a strategy along a path.

    Raises:
        UnknownStrategyError: the strategy cannot be made.
        StrategyError: it failed on the way.
        InputError: path and setup do not go together.
    """
    if setup.fill == "book":
        from mmtui.lab.backtest.path_book import backtest_in_book

        return backtest_in_book(prices, setup)
    course = course_of(prices, setup)
    law = None
    if setup.fill == "intensity":
        law = _law(course, setup, prices)
    reaches = _reaches(course, setup, law)
    strategy = make(setup.strategy, setup.all_params())
    desk = Desk(float(course.tick * setup.lot), mid=course.ticks[0].item())
    market = PathMarket(course.rules, course.rules.normal_spread, setup.size, desk)
    recorder = BacktestRecorder(prices, setup, course.tick, desk)
    for step in _walk(market, strategy, setup, course, reaches, desk):
        recorder.add(*step)
    return recorder.finished(strategy, course, law)


def course_of(prices: Prices, setup: Setup, tick: Decimal | None = None) -> Course:
    """The path in ticks, and the rules that fit it.

    The usual volatility is that of the whole path: a scale that everybody knows, as a level publishes its own.
    """
    tick = setup.tick or tick or prices.default_tick()
    ticks = prices.ticks(tick)
    times = prices.times_ns.tolist()
    changes = np.diff(ticks)
    spread = max(1.0, round(float(np.sqrt(np.mean(changes**2))))) if setup.spread is None else setup.spread
    rules = Rules(
        end_ns=times[-1],
        interval_ns=int(np.median(np.diff(prices.times_ns))),
        latency_ns=round(setup.latency_ms * 1e6),
        position_limit=setup.limit,
        max_order=setup.size,
        max_width=None,
        min_size=1,
        normal_spread=spread,
        normal_volatility=float(np.sqrt(changes @ changes / (times[-1] / NS_PER_S))),
        normal_size=setup.size,
        tick_value=float(tick * setup.lot),
    )
    return Course(tick, ticks, times, rules)


def _law(course: Course, setup: Setup, prices: Prices) -> Intensity:
    if setup.rate is not None and setup.k is not None:
        return Intensity(setup.rate, setup.k * float(course.tick))
    fitted = path_intensity(course.ticks, prices.times_ns)
    return Intensity(
        fitted.rate if setup.rate is None else setup.rate,
        fitted.k if setup.k is None else setup.k * float(course.tick),
    )


def _reaches(course: Course, setup: Setup, law: Intensity | None) -> Reaches:
    if law is not None:
        return intensity(course.ticks, np.array(course.times), setup.seed, law)
    if setup.fill == "coin":
        return coin(len(course.times) - 1, setup.seed, setup.chance)
    return through(course.ticks, touching=setup.touching)


Walked = tuple[int, int | None, int | None, int, int, float]


def _walk(
    market: PathMarket, strategy: Strategy, setup: Setup, course: Course, reaches: Reaches, desk: Desk
) -> Iterator[Walked]:
    """(step, bid, ask, lots bought, lots sold, mark) of each step, prices in ticks, once the desk has booked it."""
    prices, times = course.ticks.tolist(), course.times
    lows, highs = reaches.low.tolist(), reaches.high.tolist()
    interval_ns = round(strategy.interval_s * NS_PER_S)
    next_ns, filled = 0, False
    for step in range(len(times) - 1):
        now_ns, end_ns, price, after = times[step], times[step + 1], prices[step], prices[step + 1]
        market.move(now_ns, price)
        if now_ns >= next_ns or filled:
            if now_ns >= next_ns:
                next_ns = now_ns + interval_ns
            _requote(market, strategy, setup.strategy)
        bid, ask = market.own_best(Side.BUY), market.own_best(Side.SELL)
        if reaches.traded:
            _print(market, end_ns, lows[step], highs[step])
        desk.mature(end_ns - 1, price)
        bought = market.fill(end_ns, Side.BUY, lows[step], price, setup.fee_bps)
        sold = market.fill(end_ns, Side.SELL, highs[step], price, setup.fee_bps)
        filled = bool(bought or sold)
        if filled and not reaches.traded:
            for fill in market.fills_since(now_ns):
                market.print_trade(PublicTrade(end_ns, fill.side.opposite, fill.price, fill.quantity))
        desk.mature(end_ns, after)
        desk.mark(after)
        yield step, bid, ask, bought, sold, after


def _requote(market: PathMarket, strategy: Strategy, name: str) -> None:
    try:
        actions = requote(ask(strategy, market), market)
    except (Exception, SystemExit) as error:
        raise StrategyError(failure(name, strategy, error)) from error
    for action in actions:
        market.send(action)
    market.arrive()


def _print(market: PathMarket, now_ns: int, low: float, high: float) -> None:
    """Show the orders that reach at least the best price, each with how far it came, whole ticks inwards."""
    if low <= market.best_bid:
        price = max(1, int(np.ceil(low)))
        market.print_trade(PublicTrade(now_ns, Side.SELL, price, market.rules.normal_size))
    if high >= market.best_ask:
        market.print_trade(PublicTrade(now_ns, Side.BUY, int(high), market.rules.normal_size))


class BacktestRecorder:
    """Writes down each step, and sums up."""

    def __init__(self, prices: Prices, setup: Setup, tick: Decimal, desk: Desk) -> None:
        self._prices = prices
        self._setup = setup
        self._tick = tick
        self._desk = desk
        self._steps: list[PathStep] = []
        self._mark = 0.0

    def add(self, step: int, bid: int | None, ask: int | None, bought: int, sold: int, mark: float) -> None:
        """Take a step, with its end as the desk stands; prices and mark in ticks."""
        money = self._desk.attribution(mark)
        self._mark = mark
        self._steps.append(
            PathStep(
                timestamp=self._prices.stamps[step],
                price=float(self._prices.values[step]),
                bid=self._money(bid),
                ask=self._money(ask),
                bid_fill=bought,
                ask_fill=sold,
                mark=self._to_money(mark),
                position=self._desk.position,
                cash=self._desk.cash,
                pnl=money.total,
                spread=money.spread,
                position_pnl=money.position,
                hedge=money.hedge,
                fees=money.fees,
            )
        )

    def _money(self, ticks: int | None) -> float | None:
        return None if ticks is None else float(ticks * self._tick)

    def _to_money(self, ticks: float) -> float:
        # Exact where the price was given in so many ticks: 100.07, not 100.07000000000001.
        return float(Decimal(ticks) * self._tick)

    def finished(self, strategy: Strategy, course: Course, law: Intensity | None = None) -> Backtest:
        """The rows and the summary."""
        desk, setup = self._desk, self._setup
        end_ns = course.times[-1]
        return Backtest(
            self._steps,
            BacktestReport(
                mmtui=__version__,
                file=self._prices.source,
                strategy=setup.strategy,
                params=dict(describe(strategy)),
                fill=setup.fill,
                seed=setup.seed,
                pnl=desk.attribution(self._mark),
                drawdown=desk.drawdown,
                position=Position(
                    final=desk.position,
                    max_abs=desk.max_abs,
                    mean_abs=desk.mean_abs(end_ns),
                    final_net=desk.net,
                    mean_net=desk.mean_net(end_ns),
                    limit=setup.limit,
                ),
                markout={"1s": desk.markout(0), "10s": desk.markout(1), "60s": desk.markout(2)},
                fills=len(desk.fills),
                volume=desk.volume,
                path=PathFacts(
                    prices=len(course.times),
                    seconds=end_ns / NS_PER_S,
                    tick=float(course.tick),
                    lot=setup.lot,
                    spread=course.rules.normal_spread,
                    volatility=course.rules.normal_volatility,
                    rate=None if law is None else law.rate,
                    k=None if law is None else law.k,
                ),
            ),
        )

"""The parts of a backtest: the setup, the path in ticks, a row for each step, and the summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np

from mmtui.book import Side
from mmtui.desk import Desk, PnL
from mmtui.lab.backtest.prices import Prices
from mmtui.market.core.draws import Floats, Ints
from mmtui.market.core.gateway import Gateway
from mmtui.market.papers.intensity import IntensitySpec
from mmtui.session.result import Position
from mmtui.strategies.params import describe, params_of
from mmtui.strategies.protocol import Rules, Strategy
from mmtui.strategies.registry import AnyStrategy, named, params_in, strategy_class
from mmtui.strategies.variants import variant_name
from mmtui.units import NS_PER_S
from mmtui.version import program_version

FillModel = Literal["coin", "through", "intensity", "book"]


@dataclass(frozen=True, kw_only=True)
class Setup:
    """The setup of a backtest.

    Attributes:
        strategy: a text as on the command line, a class or an instance.
        params: its parameters.
        fill: the fill model.
        seed: of the fill model, or of the market around the path.
        limit: the largest absolute position, in lots.
        size: the largest quote, in lots; also the strategy's ``size``, if it has one that is not set.
        tick: price step; None for the file's.
        lot: shares in a lot.
        spread: between the others' best prices, in ticks; None for the standard deviation of the price over a step,
            at least one. In the *book* it arises by itself.
        latency_ms: of an instruction.
        fee_bps: fee of a fill in basis points of its value; negative is a rebate.
        chance: of the coin.
        touching: whether a next price at the quote fills it too, in *through*.
        rate: A of the *intensity*, a second; fitted with k if None.
        k: of the *intensity*, in units of one over the price's.
        preset: the market that the *book* puts around the path.
    """

    strategy: AnyStrategy
    params: Mapping[str, Any] = field(default_factory=dict)
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

    @cached_property
    def name(self) -> str:
        """The text by which the strategy is made."""
        return named(self.strategy)

    def all_params(self) -> dict[str, Any]:
        """Returns the parameters, with this size unless the strategy's is set. Raises UnknownStrategyError."""
        sized = any(param.name == "size" for param in params_of(strategy_class(self.name)))
        sized = sized and "size" not in params_in(self.name)
        return {**({"size": self.size} if sized else {}), **self.params}


class PathStep(msgspec.Struct, frozen=True):
    """A step: one row of the output. Prices and money in the file's currency, quantities in lots.

    Attributes:
        timestamp, price: of its start, as in the file.
        bid, ask: the maker's best quotes at its start; None without one.
        bid_fill, ask_fill: lots bought and sold in it.
        mark: the price at which the books are marked after it: the next price, or, in the book, the market's mid then.
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
    """The path and the market on it: times in seconds, volatility in ticks per square root of a second.

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
    """The summary. Money in the file's currency, positions in lots, markouts in ticks per share.

    ``notes`` are sentences: what is odd in the file, and why nothing was filled.
    """

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
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Backtest:
    """The result: a row for each step, and the summary."""

    steps: list[PathStep]
    report: BacktestReport


class Course(NamedTuple):
    """The path in ticks.

    Attributes:
        tick: in the file's currency.
        ticks: prices in ticks.
        times: nanoseconds since the first.
        rules: what the strategy sees.
    """

    tick: Decimal
    ticks: Floats
    times: Ints
    rules: Rules


def course_of(prices: Prices, setup: Setup) -> Course:
    """Returns the path in ticks, and the rules that fit it; the usual volatility is that of the whole path."""
    tick = setup.tick or prices.default_tick()
    ticks = prices.ticks(tick)
    end_ns = int(prices.times_ns[-1])
    changes = np.diff(ticks)
    spread = max(1.0, round(float(np.sqrt(np.mean(changes**2))))) if setup.spread is None else setup.spread
    rules = Rules(
        end_ns=end_ns,
        interval_ns=int(np.median(np.diff(prices.times_ns))),
        latency_ns=round(setup.latency_ms * 1e6),
        position_limit=setup.limit,
        max_order=setup.size,
        max_width=None,
        min_size=1,
        normal_spread=spread,
        normal_volatility=float(np.sqrt(changes @ changes / (end_ns / NS_PER_S))),
        normal_size=setup.size,
        tick_value=float(tick * setup.lot),
    )
    return Course(tick, ticks, prices.times_ns, rules)


class BacktestRecorder:
    """Records the steps and makes the summary. Fills are taken from the desk, quotes from the gateway."""

    def __init__(self, prices: Prices, setup: Setup, course: Course, desk: Desk, gateway: Gateway) -> None:
        self._prices = prices
        self._setup = setup
        self._course = course
        self._desk = desk
        self._gateway = gateway
        self._steps: list[PathStep] = []
        self._quotes: tuple[int | None, int | None] = (None, None)
        self._fills = 0
        self._mark = 0.0

    def start_step(self) -> None:
        """Record the quotes that rest at a step's start."""
        self._quotes = max(self._gateway.bid_lots, default=None), min(self._gateway.ask_lots, default=None)

    def end_step(self, mark: float) -> None:
        """Record the step with the desk as it is at its end; the mark is in ticks."""
        desk, step = self._desk, len(self._steps)
        bid, ask = (None if price is None else self._money(price) for price in self._quotes)
        fills, self._fills = desk.fills[self._fills :], len(desk.fills)
        bought, sold = (sum(fill.quantity for fill in fills if fill.side is side) for side in (Side.BUY, Side.SELL))
        money, self._mark = desk.attribution(mark), mark
        self._steps.append(
            PathStep(
                timestamp=self._prices.stamps[step],
                price=float(self._prices.values[step]),
                bid=bid,
                ask=ask,
                bid_fill=bought,
                ask_fill=sold,
                mark=self._money(mark),
                position=desk.position,
                cash=desk.cash,
                pnl=money.total,
                spread=money.spread,
                position_pnl=money.position,
                hedge=money.hedge,
                fees=money.fees,
            )
        )

    def _why_nothing(self) -> Iterator[str]:
        """Yields why nothing was filled, if nothing was."""
        if self._desk.fills:
            return
        tick = float(self._course.tick)
        quotes = [(step.price, price) for step in self._steps for price in (step.bid, step.ask) if price is not None]
        apart = [abs(quote - price) / tick for price, quote in quotes]
        if not apart:
            yield "Nothing was filled: the strategy never had a quote in the market."
            return
        moves = np.abs(np.diff(self._course.ticks))
        yield (
            f"Nothing was filled: quotes stood {np.mean(apart):.3g} ticks from the price on average, {min(apart):.3g} "
            f"at the nearest, and the price moves {np.mean(moves):.3g} a step, {np.max(moves):.3g} at most; narrower "
            "quotes or --touching are filled sooner."
        )

    def _money(self, ticks: float) -> float:
        # Exact where the price was given in so many ticks: 100.07, not 100.07000000000001.
        return float(Decimal(ticks) * self._course.tick)

    def finished(self, strategy: Strategy, law: IntensitySpec | None = None) -> Backtest:
        """The rows and the summary."""
        desk, setup, course = self._desk, self._setup, self._course
        money = desk.attribution(self._mark)
        end_ns = int(course.times[-1])
        return Backtest(
            self._steps,
            BacktestReport(
                mmtui=program_version(),
                file=self._prices.source,
                strategy=variant_name(setup.name),
                params=dict(describe(strategy)),
                fill=setup.fill,
                seed=setup.seed,
                pnl=money,
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
                    k=None if law is None else law.decay,
                ),
                notes=(*self._prices.notes, *self._why_nothing()),
            ),
        )

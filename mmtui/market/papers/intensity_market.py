"""The market kind *intensity*: only makers quote, a mid walks, and takers reach some distance from it.

It is the papers' market (:mod:`mmtui.market.papers.intensity`) on a session's clock, in equal steps. In each step one
taker on either side may come, who reaches a distance d or more from the mid with the chance that a quote at d is
filled, and takes the maker's best quote within reach, or, if there is none, trades with an unknown other at the end of
it. Then the mid moves, by sigma times the root of the step, up or down at even odds. None of this depends on the
maker's orders.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from mmtui.book import Side, TimeInForce, Trade
from mmtui.market.core.clock import Scheduler, Stream
from mmtui.market.core.draws import Floats, Ints, generator
from mmtui.market.core.exchange import TAKERS, Exchange
from mmtui.market.core.instrument import Instrument
from mmtui.market.core.normal import NormalSpec
from mmtui.market.hedges.instruments import HedgeInstrument
from mmtui.market.papers.intensity import IntensitySpec
from mmtui.units import NS_PER_MS, NS_PER_S, PositiveFloat, PositiveInt

_BLOCK_NS = 60 * NS_PER_S
#: Reaches and moves are whole numbers of grains, so many to a tick: the last bit of a machine's log does not matter.
_GRAINS = float(2**20)
_IOC = TimeInForce.IOC


class IntensityMarketSpec(
    IntensitySpec, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="intensity"
):
    """A market without a book of others. Its law is in ticks and seconds.

    Attributes:
        instrument: what is traded; its price is the mid at the start.
        step_ms: the length of a step.
        size: lots that a taker wants.
    """

    instrument: Instrument
    step_ms: PositiveFloat = 100.0
    size: PositiveInt = 1

    @property
    def normal(self) -> NormalSpec:
        """What everybody knows: the spread that a maker without risk would quote, 2/k, and the volatility."""
        return NormalSpec(spread=2 / self.decay, volatility=self.sigma, size=self.size)

    @property
    def fixed_parts(self) -> dict[str, object]:
        """By key path, what cannot change while the market runs."""
        return {"kind": "intensity", "instrument": self.instrument, "step_ms": self.step_ms, "size": self.size}


class ReachExchange(Exchange):
    """An exchange whose mid is given, and where only makers' orders rest, so that makers cannot take."""

    def __init__(self, symbol: str, mid: float) -> None:
        super().__init__(symbol)
        self._mid = mid

    @property
    def mid(self) -> float:
        """The mid, in ticks."""
        return self._mid

    @mid.setter
    def mid(self, mid: float) -> None:
        self._mid = mid

    @property
    def best_bid(self) -> int:
        """The last tick below the mid, with or without a bid."""
        return max(1, math.ceil(self._mid) - 1)

    @property
    def best_ask(self) -> int:
        """The first tick above the mid, with or without an offer."""
        return max(2, math.floor(self._mid) + 1)

    @property
    def touch(self) -> tuple[int, int]:
        """The ticks about the mid."""
        return self.best_bid, self.best_ask

    def refusal(self, now_ns: int, side: Side, price: int, immediate: bool) -> str | None:
        """Why a maker's order is not taken now, None if it is."""
        return "nobody else quotes here, so that nothing trades at once" if immediate else None

    def reach(self, now_ns: int, order_id: int, side: Side, worst: int, quantity: int) -> None:
        """Let a taker trade at ``worst`` or better."""
        trades = self.ladder.take(order_id, side, quantity, worst).trades
        if not trades and side * (worst - self._mid) >= 0:
            trades = [Trade(worst, quantity, TAKERS, order_id, side)]
        if trades:
            self.settle(now_ns, trades, self._mid)


class Takers:
    """Draws the steps ahead, and carries them out.

    Attributes:
        spec: the law; it may be replaced between blocks.
    """

    def __init__(self, exchange: ReachExchange, spec: IntensityMarketSpec, seed: int) -> None:
        self.spec = spec
        self._exchange = exchange
        self._ids = exchange.id_range(TAKERS)
        self._rng = generator(seed, "intensity")
        self._step_ns = round(spec.step_ms * NS_PER_MS)
        self._moves: list[float] = []
        self._reaches: tuple[list[float], list[float]] = [], []

    def reseed(self, seed: int) -> None:
        """Draw by another seed from the next draw on."""
        self._rng = generator(seed, "intensity")

    def draw(self, start_ns: int, end_ns: int) -> Iterator[Stream]:
        """Yields the steps that end in ``[start_ns, end_ns)``, the first one a step after the start."""
        step_ns, spec = self._step_ns, self.spec
        first = max(1, -(-start_ns // step_ns))
        times: Ints = np.arange(first * step_ns, end_ns, step_ns, dtype=np.int64)
        # A row a step, so that blocks make no difference.
        uniforms = self._rng.random((len(times), 3)).T
        dt = step_ns / NS_PER_S
        sold, bought = (grained(spec.reach(each, dt)).tolist() for each in uniforms[:2])
        self._reaches = sold, bought
        move = spec.sigma * math.sqrt(dt)
        self._moves = grained(np.where(uniforms[2] < 0.5, move, -move)).tolist()
        yield Stream(times, self._step, np.arange(len(times), dtype=np.int64))

    def _step(self, now_ns: int, row: int) -> None:
        exchange, ids = self._exchange, self._ids
        mid, size = exchange.mid, self.spec.size
        down, up = self._reaches[0][row], self._reaches[1][row]
        exchange.reach(now_ns, ids.one(), Side.SELL, max(1, math.ceil(mid - down)), size)
        exchange.reach(now_ns, ids.one(), Side.BUY, max(1, math.floor(mid + up)), size)
        exchange.mid = mid + self._moves[row]


def grained(lengths: Floats) -> Floats:
    """Returns lengths in ticks, rounded to grains."""
    return np.rint(lengths * _GRAINS) / _GRAINS


class IntensityMarket:
    """The market of a session of the kind *intensity*. See :class:`mmtui.market.book_market.Market`.

    Args:
        regimes: (from_ns, spec) in the order of time; the instrument, the step and the size are the first one's.
        seed: with the regimes, it determines everything.
    """

    def __init__(self, regimes: Sequence[tuple[int, IntensityMarketSpec]], seed: int) -> None:
        first = regimes[0][1]
        self.instrument = first.instrument
        self._regimes = regimes
        self.exchange = ReachExchange(first.instrument.symbol, float(first.instrument.start_ticks))
        self.value = None
        self.hedges: dict[str, HedgeInstrument] = {}
        self._takers = Takers(self.exchange, first, seed)
        self.clock = Scheduler([self._takers], 0, _BLOCK_NS, self._cuts, self._enter)

    @property
    def _cuts(self) -> list[int]:
        return [from_ns for from_ns, _ in self._regimes[1:]]

    @property
    def known_ns(self) -> int:
        """Up to when anybody knows what comes: now."""
        return self.clock.now_ns

    def redraw(self, seed: int, regimes: Sequence[tuple[int, IntensityMarketSpec]]) -> None:
        """Draw by another seed what comes after now; regimes up to now are the former ones."""
        self._regimes = regimes
        self._takers.reseed(seed)
        self.clock.redraw(self._cuts)

    def _enter(self, now_ns: int) -> None:
        self._takers.spec = next(spec for from_ns, spec in reversed(self._regimes) if from_ns <= now_ns)

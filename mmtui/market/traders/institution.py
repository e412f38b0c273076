"""An institution that works a large order piece by piece."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
import numpy as np

from mmtui.book import Side, Trade
from mmtui.market.core.clock import Stream
from mmtui.market.core.draws import column, geometric, poisson_times
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.instrument import Instrument
from mmtui.market.traders.participant import Participant
from mmtui.units import NS_PER_S, FiniteFloat, NonNegativeFloat, PositiveFloat, PositiveInt

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class InstitutionSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order too large to trade at once, and how it is worked.

    Attributes:
        side: "buy" or "sell".
        lots: of the whole order.
        start_s: when it begins, in seconds of the level; it may begin in the warm-up.
        rate: lots a second that it means to trade, at most half of ``pace`` times ``mean_size``; events may change it.
        participation: share of all the lots traded that it means to be, besides the rate.
        mean_size: lots of a piece, geometric.
        passive: share of the pieces that join the queue at the best price of its own side; the others take.
        patience_s: how long a piece waits in the queue before it is withdrawn and worked again.
        pace: looks at the market a second, at random times; at each it sends a piece at most.
        limit: the worst price at which it trades, in currency, to the nearest tick; none if left out.
        collar: the furthest a piece that takes trades from the best price, in ticks.
        called: what debriefs call it, such as "the Whale of Wan Chai"; the same in every level where it comes back.
        tell: how one knows it by what it does, in a few words.
    """

    side: Literal["buy", "sell"]
    lots: PositiveInt
    start_s: FiniteFloat = 0.0
    rate: NonNegativeFloat = 0.0
    participation: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.0
    mean_size: Annotated[float, msgspec.Meta(ge=1, le=10_000)]
    passive: _Share = 0.0
    patience_s: NonNegativeFloat = 10.0
    pace: PositiveFloat = 2.0
    limit: PositiveFloat | None = None
    collar: PositiveInt = 20
    called: Annotated[str, msgspec.Meta(max_length=40)] = ""
    tell: Annotated[str, msgspec.Meta(max_length=120)] = ""

    def __post_init__(self) -> None:
        most = self.pace * self.mean_size / 2
        if self.rate > most:
            raise ValueError(f"rate: expected at most pace × mean_size / 2, {most:g}, not {self.rate:g}")


class Institution(Participant):
    """Has lots due as time and the market's volume go by, and sends a piece when as many are due.

    The untraded rest of a piece is due again, so that it trades as planned unless its price limit forbids it. Its looks
    at the market are a Poisson process with two draws each.

    Attributes:
        traded: lots so far.
    """

    def __init__(
        self, exchange: Exchange, instrument: Instrument, spec: InstitutionSpec, seed: int, index: int, name: str
    ) -> None:
        super().__init__(exchange, seed, index, f"institution-{name}")
        self.spec = spec
        self.traded = 0
        self._instrument = instrument
        self._passive, self._sizes = array("b"), array("q")
        self._due = 0.0
        self._looked_ns: int | None = None
        self._volume = 0
        # Pieces in the queue: order id to the time at which it is withdrawn, and to the lots left of it.
        self._until_ns: dict[int, int] = {}
        self._left: dict[int, int] = {}
        exchange.listen(index, self._on_trade)

    @property
    def spec(self) -> InstitutionSpec:
        """Its parameters."""
        return self._spec

    @spec.setter
    def spec(self, spec: InstitutionSpec) -> None:
        self._spec = spec
        self._rate, self._participation = spec.rate, spec.participation

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the looks at the market."""
        spec, rng = self.spec, self._rng
        times = poisson_times(rng, spec.pace, start_ns, end_ns)
        uniforms = rng.random((2, len(times)))
        self._passive = column(uniforms[0] < spec.passive)
        self._sizes = column(geometric(spec.mean_size).pick(uniforms[1]))
        return (Stream(times, self, np.arange(len(times), dtype=np.int64)),)

    def _on_trade(self, now_ns: int, trade: Trade, mid_before: float, maker: bool) -> None:
        self.traded += trade.quantity
        order_id = trade.maker_id if maker else trade.taker_id
        if order_id in self._left:
            self._left[order_id] -= trade.quantity

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Look at the market, and send a piece or not."""
        spec, volume = self._spec, self._exchange.volume
        since_ns = round(spec.start_s * NS_PER_S) if self._looked_ns is None else self._looked_ns
        if now_ns < since_ns:
            self._volume = volume
            return
        self._due += self._rate * (now_ns - since_ns) / NS_PER_S + self._participation * (volume - self._volume)
        self._looked_ns, self._volume = now_ns, volume
        if not self._due and not self._left:
            return
        self._tidy(now_ns)
        waiting = sum(self._left.values())
        self._due = min(self._due, spec.lots - self.traded - waiting)
        size = min(self._sizes[row], spec.lots - self.traded - waiting)
        if 0 < size <= self._due:
            self._send(now_ns, size, passive=bool(self._passive[row]))

    def _tidy(self, now_ns: int) -> None:
        """Withdraw pieces that have waited long enough; the rest of those that are gone is due again."""
        exchange = self._exchange
        for order_id, until_ns in list(self._until_ns.items()):
            if now_ns >= until_ns:
                exchange.withdraw(now_ns, order_id)
            if not exchange.rests(order_id):
                del self._until_ns[order_id]
                self._due += self._left.pop(order_id)

    def _send(self, now_ns: int, size: int, *, passive: bool) -> None:
        spec, exchange, side = self.spec, self._exchange, _SIDES[self.spec.side]
        bid, ask = exchange.touch
        order_id = self._next_id.one()
        if passive:
            price = self._limited(bid if side is Side.BUY else ask)
            if price > 0 and exchange.rest(now_ns, order_id, side, price, size):
                self._due -= size
                self._until_ns[order_id] = now_ns + round(spec.patience_s * NS_PER_S)
                self._left[order_id] = size
        else:
            best = ask if side is Side.BUY else bid
            worst = self._limited(max(1, best + side * spec.collar))
            self._due -= exchange.take(now_ns, order_id, side, size, worst).filled

    def _limited(self, price: int) -> int:
        """Return a price, or the limit if that is better for the institution."""
        spec = self.spec
        if spec.limit is None:
            return price
        limit = self._instrument.to_ticks(spec.limit)
        return min(price, limit) if spec.side == "buy" else max(price, limit)

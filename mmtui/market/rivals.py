"""Rival market makers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

import msgspec
import numpy as np

from mmtui.book import Side, Trade
from mmtui.market.clock import Stream
from mmtui.market.draws import generator, poisson_times
from mmtui.market.exchange import Exchange
from mmtui.market.instrument import NS_PER_S, NonNegativeFloat, PositiveInt
from mmtui.market.value import LatentValue


class RivalsSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rival makers, all alike.

    Attributes:
        count: how many.
        rate: requotes a second of each.
        lag_s: how late they learn the latent value.
        noise: standard deviation of their error about it, in ticks.
        half_spread: in ticks.
        skew: ticks they shift for each lot they hold.
        size: lots a quote.
        snipe: they take quotes that are stale by more than this, in ticks.
        mid_weight: the weight of the mid in their reference price; the rest is the late value's.
    """

    count: Annotated[int, msgspec.Meta(ge=0, le=16)] = 3
    rate: NonNegativeFloat
    lag_s: NonNegativeFloat
    noise: NonNegativeFloat
    half_spread: NonNegativeFloat
    skew: NonNegativeFloat
    size: PositiveInt
    snipe: NonNegativeFloat
    mid_weight: NonNegativeFloat = 0.2


class Rival:
    """Quotes around what it last learnt of the value, leans against its inventory, and picks off stale quotes.

    Its wakes come from a Poisson clock with one draw each.
    """

    def __init__(
        self, exchange: Exchange, value: LatentValue, spec: RivalsSpec, seed: int, index: int, number: int
    ) -> None:
        self.spec = spec
        self._exchange = exchange
        self._value = value
        self._rng = generator(seed, f"rival-{number}")
        self._next_id = exchange.id_range(index)
        self._errors: list[float] = []
        self.inventory = 0
        self._quotes: dict[Side, tuple[int, int]] = {}  # side to (order id, price)
        exchange.listen(index, self._on_trade)

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Wakes."""
        times = poisson_times(self._rng, self.spec.rate, start_ns, end_ns)
        self._errors = self._rng.standard_normal(len(times)).tolist()
        return (Stream(times, self._wake, np.arange(len(times), dtype=np.int64)),)

    def _on_trade(self, now_ns: int, trade: Trade, mid_before: float, maker: bool) -> None:
        self.inventory += trade.quantity * (-trade.taker_side if maker else trade.taker_side)

    def _wake(self, now_ns: int, row: int) -> None:
        spec, exchange = self.spec, self._exchange
        book = exchange.book
        late = self._value.at(now_ns - int(spec.lag_s * NS_PER_S)) + spec.noise * self._errors[row]
        reference = (1.0 - spec.mid_weight) * late + spec.mid_weight * exchange.mid
        centre = reference - spec.skew * self.inventory
        bid, ask = math.floor(centre - spec.half_spread), math.ceil(centre + spec.half_spread)

        quotes = self._quotes
        held = quotes.get(Side.BUY)
        keeps_bid = held is not None and held[1] == bid and held[0] in book
        if held is not None and not keeps_bid:
            exchange.withdraw(now_ns, held[0])
            del quotes[Side.BUY]
        held = quotes.get(Side.SELL)
        keeps_ask = held is not None and held[1] == ask and held[0] in book
        if held is not None and not keeps_ask:
            exchange.withdraw(now_ns, held[0])
            del quotes[Side.SELL]

        best_bid, best_ask = book.bids.best, book.asks.best
        assert best_bid is not None
        assert best_ask is not None
        if best_ask.price < reference - spec.snipe:
            if not (keeps_ask and quotes[Side.SELL][1] <= reference - spec.snipe):
                exchange.take(now_ns, self._next_id.one(), Side.BUY, spec.size, math.floor(reference - spec.snipe))
        elif best_bid.price > reference + spec.snipe and not (
            keeps_bid and quotes[Side.BUY][1] >= reference + spec.snipe
        ):
            worst = max(1, math.ceil(reference + spec.snipe))
            exchange.take(now_ns, self._next_id.one(), Side.SELL, spec.size, worst)

        if not keeps_bid:
            best_ask = book.asks.best
            assert best_ask is not None
            self._post(now_ns, Side.BUY, min(bid, best_ask.price - 1))
        if not keeps_ask:
            best_bid = book.bids.best
            assert best_bid is not None
            self._post(now_ns, Side.SELL, max(ask, best_bid.price + 1))

    def _post(self, now_ns: int, side: Side, price: int) -> None:
        if price < 1:
            return
        order_id = self._next_id.one()
        if self._exchange.rest(now_ns, order_id, side, price, self.spec.size):
            self._quotes[side] = (order_id, price)

"""Rival market makers."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from typing import Annotated

import msgspec
import numpy as np

from mmtui.book import Side, Trade
from mmtui.market.core.clock import Stream
from mmtui.market.core.draws import column, poisson_times
from mmtui.market.core.exchange import Exchange
from mmtui.market.traders.participant import Participant
from mmtui.market.value.latent_value import Value
from mmtui.units import NS_PER_S, NonNegativeFloat, PositiveInt

BUY, SELL = Side.BUY, Side.SELL


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
    lag_s: Annotated[float, msgspec.Meta(ge=0, le=60)]
    noise: NonNegativeFloat
    half_spread: NonNegativeFloat
    skew: NonNegativeFloat
    size: PositiveInt
    snipe: NonNegativeFloat
    mid_weight: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2


class Rival(Participant):
    """Quotes around its late estimate of the value, skews against its inventory, and picks off stale quotes.

    The impact on the value it knows at once, from the tape.

    Its wakes are a Poisson process with one draw each.
    """

    def __init__(self, exchange: Exchange, value: Value, spec: RivalsSpec, seed: int, index: int, number: int) -> None:
        super().__init__(exchange, seed, index, f"rival-{number}")
        self.spec = spec
        self.inventory = 0
        self._value = value
        self._learnt = array("d")
        self._bid_id = self._ask_id = 0
        self._bid = self._ask = 0
        exchange.listen(index, self._on_trade)

    @property
    def spec(self) -> RivalsSpec:
        """Its parameters."""
        return self._spec

    @spec.setter
    def spec(self, spec: RivalsSpec) -> None:
        self._spec = spec
        self._weight, self._skew = spec.mid_weight, spec.skew
        self._half, self._size, self._threshold = spec.half_spread, spec.size, spec.snipe

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Return the wakes."""
        spec = self.spec
        times = poisson_times(self._rng, spec.rate, start_ns, end_ns)
        late = self._value.at_times(times - int(spec.lag_s * NS_PER_S))
        self._learnt = column(late + spec.noise * self._rng.standard_normal(len(times)))
        return (Stream(times, self, np.arange(len(times), dtype=np.int64)),)

    def _on_trade(self, now_ns: int, trade: Trade, mid_before: float, maker: bool) -> None:
        self.inventory += trade.quantity * (-trade.taker_side if maker else trade.taker_side)

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Wake: look at the market and requote."""
        exchange = self._exchange
        book = exchange.book
        best_bid, best_ask = book.best_bid, book.best_ask
        learnt = self._learnt[row] + exchange.impact.at(now_ns)
        weight, half, threshold = self._weight, self._half, self._threshold
        reservation = (1.0 - weight) * learnt + weight * (best_bid + best_ask) / 2 - self._skew * self.inventory
        step = exchange.step_at(best_bid) if exchange.tick_bands else exchange.base_step
        bid, ask = int(math.floor((reservation - half) / step)), int(math.ceil((reservation + half) / step))
        bid *= step
        ask *= step

        # Quotes whose price is unchanged keep their place.
        if self._bid_id and (bid != self._bid or not book.rests(self._bid_id)):
            exchange.withdraw(now_ns, self._bid_id)
            self._bid_id = 0
        if self._ask_id and (ask != self._ask or not book.rests(self._ask_id)):
            exchange.withdraw(now_ns, self._ask_id)
            self._ask_id = 0

        if book.best_ask < reservation - threshold or book.best_bid > reservation + threshold:
            self._snipe(now_ns, reservation)

        if not self._bid_id:
            price = min(bid, book.best_ask - step)
            order_id = self._next_id.one()
            if price > 0 and exchange.rest(now_ns, order_id, BUY, price, self._size):
                self._bid_id, self._bid = order_id, price
        if not self._ask_id:
            price = max(ask, book.best_bid + step)
            order_id = self._next_id.one()
            if exchange.rest(now_ns, order_id, SELL, price, self._size):
                self._ask_id, self._ask = order_id, price

    def _snipe(self, now_ns: int, reservation: float) -> None:
        """Take a quote that is stale by more than the threshold, unless the order would reach an own quote."""
        exchange = self._exchange
        book = exchange.book
        dearest, cheapest = reservation - self._threshold, reservation + self._threshold
        if book.best_ask < dearest:
            if not (self._ask_id and self._ask <= dearest):
                exchange.take(now_ns, self._next_id.one(), BUY, self._size, int(math.floor(dearest)))
        elif book.best_bid > cheapest and not (self._bid_id and self._bid >= cheapest):
            exchange.take(now_ns, self._next_id.one(), SELL, self._size, max(1, int(math.ceil(cheapest))))

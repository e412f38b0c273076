"""Days of a bare market, recorded for measurement."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import msgspec
import numpy as np

from mmtui.book import OrderReport, Side
from mmtui.market.book_market import NOISE_LIMIT, BookMarket, BookMarketSpec
from mmtui.market.core.draws import Floats, Ints
from mmtui.market.core.exchange import PARTICIPANTS, Exchange
from mmtui.market.value.latent_value import ValueSpec
from mmtui.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class Day:
    """One recorded day of T seconds, N taker orders that traded, and M matches.

    Attributes:
        mids: (T + 1,) mid at each whole second, ticks.
        spreads: (T + 1,) ticks.
        depths: (T + 1,) lots at the touch, mean of the two sides.
        take_times: (N,) nanoseconds.
        take_signs: (N,) +1 bought, −1 sold.
        take_sizes: (N,) lots traded.
        take_mids: (N,) the mid just before, ticks.
        takers: (N,) index of the participant.
        fill_times: (M,) nanoseconds.
        fill_prices: (M,) ticks.
        fill_sizes: (M,) lots.
        fill_signs: (M,) the maker's sign: +1 bought, −1 sold.
        fill_takers: (M,) index of the participant who took.
        limits: noise limit orders that arrived.
        cancels: noise limit orders that were withdrawn.
    """

    mids: Floats
    spreads: Ints
    depths: Floats
    take_times: Ints
    take_signs: Ints
    take_sizes: Ints
    take_mids: Floats
    takers: Ints
    fill_times: Ints
    fill_prices: Ints
    fill_sizes: Ints
    fill_signs: Ints
    fill_takers: Ints
    limits: int
    cancels: int

    @property
    def seconds(self) -> int:
        """How long the day was."""
        return len(self.mids) - 1


class RecordingExchange(Exchange):
    """An exchange that keeps what a :class:`Day` is made of, from time 0 on."""

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol)
        self.limits = 0
        self.cancels = 0
        # One row after another: time, sign, lots, twice the mid before, taker.
        self.takes = array("q")
        # Time, price, lots, the maker's sign, taker.
        self.fills = array("q")
        # Best bid and ask, and the lots there.
        self.samples = array("q")

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest a background order, and count it if it is noise."""
        resting = super().rest(now_ns, order_id, side, price, quantity)
        if resting and now_ns >= 0 and order_id % PARTICIPANTS == NOISE_LIMIT:
            self.limits += 1
        return resting

    def withdraw(self, now_ns: int, order_id: int) -> None:
        """Withdraw a background order, and count it if it is noise and was still there."""
        rested = self.rests(order_id)
        super().withdraw(now_ns, order_id)
        if rested and not self.rests(order_id) and now_ns >= 0 and order_id % PARTICIPANTS == NOISE_LIMIT:
            self.cancels += 1

    def take(
        self, now_ns: int, order_id: int, side: Side, quantity: int, worst: int, owner: str | None = None
    ) -> OrderReport:
        """Trade at once, and record the order and its matches."""
        twice_mid = self.best_bid + self.best_ask
        report = super().take(now_ns, order_id, side, quantity, worst, owner)
        if report.trades and now_ns >= 0:
            taker = order_id % PARTICIPANTS
            self.takes.extend((now_ns, side, report.filled, twice_mid, taker))
            for trade in report.trades:
                self.fills.extend((now_ns, trade.price, trade.quantity, -side, taker))
        return report

    def sample(self) -> None:
        """Record the touch as it is now."""
        bids, asks = self.best(Side.BUY), self.best(Side.SELL)
        assert bids is not None
        assert asks is not None
        self.samples.extend((bids.price, asks.price, bids.quantity, asks.quantity))

    def day(self) -> Day:
        """What was recorded."""
        takes, fills = _rows(self.takes, 5), _rows(self.fills, 5)
        bids, asks, bid_sizes, ask_sizes = _rows(self.samples, 4)
        return Day(
            mids=(bids + asks) / 2,
            spreads=asks - bids,
            depths=(bid_sizes + ask_sizes) / 2,
            take_times=takes[0],
            take_signs=takes[1],
            take_sizes=takes[2],
            take_mids=takes[3] / 2,
            takers=takes[4],
            fill_times=fills[0],
            fill_prices=fills[1],
            fill_sizes=fills[2],
            fill_signs=fills[3],
            fill_takers=fills[4],
            limits=self.limits,
            cancels=self.cancels,
        )


def _rows(flat: array[int], width: int) -> Ints:
    """The columns of rows that were appended one after another, shape (width, rows)."""
    return np.array(flat, dtype=np.int64).reshape(-1, width).T.copy()


def record_day(spec: BookMarketSpec, seed: int, seconds: int | None = None) -> Day:
    """A day of a market without a maker, of the instrument's trading seconds unless told otherwise."""
    exchange = RecordingExchange(spec.instrument.symbol)
    market = BookMarket([(0, spec)], seed, exchange)
    # Step by step from outside rather than by a timer, so that every event of the sampled instant has happened.
    for second in range((spec.instrument.calendar.seconds_a_day if seconds is None else seconds) + 1):
        market.clock.advance(second * NS_PER_S)
        exchange.sample()
    return exchange.day()


def control(spec: BookMarketSpec) -> BookMarketSpec:
    """The same market around a plain Brownian value: constant volatility, no jumps."""
    return msgspec.structs.replace(spec, value=ValueSpec(sigma=spec.value.sigma))

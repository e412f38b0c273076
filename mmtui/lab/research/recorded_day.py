"""Days of a market without a maker, recorded for measurement."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import msgspec
import numpy as np

from mmtui.book import Side, Trade
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


class DayRecorder:
    """Records an exchange's trades from time 0 on, and the touch whenever it is sampled."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        # One trade after another: time, price, lots, sign and order of the taker, twice the mid before.
        self._trades = array("q")
        self._samples: list[tuple[float, int, float]] = []
        exchange.on_print.append(self._record)

    def _record(self, now_ns: int, trade: Trade, mid_before: float) -> None:
        if now_ns >= 0:
            price, lots, _, taker_id, side = trade
            self._trades.extend((now_ns, price, lots, side, taker_id, round(2 * mid_before)))

    def sample(self) -> None:
        """Record the touch as it is now."""
        exchange = self._exchange
        depth = [best.quantity for side in Side if (best := exchange.best(side)) is not None]
        spread = exchange.best_ask - exchange.best_bid
        self._samples.append((exchange.mid, spread, sum(depth) / max(1, len(depth))))

    def day(self, limits: int, cancels: int) -> Day:
        """What was recorded, with the numbers of limit orders and cancellations."""
        mids, spreads, depths = (np.array(column) for column in zip(*self._samples, strict=True))
        times, prices, lots, signs, orders, twice_mids = np.array(self._trades, dtype=np.int64).reshape(-1, 6).T
        # Trades of one order stand together.
        starts = np.flatnonzero(np.append(True, orders[1:] != orders[:-1])[: len(orders)])
        return Day(
            mids=mids,
            spreads=spreads.astype(np.int64),
            depths=depths,
            take_times=times[starts],
            take_signs=signs[starts],
            take_sizes=np.add.reduceat(lots, starts) if len(starts) else lots,
            take_mids=twice_mids[starts] / 2,
            takers=orders[starts] % PARTICIPANTS,
            fill_times=times,
            fill_prices=prices,
            fill_sizes=lots,
            fill_signs=-signs,
            fill_takers=orders % PARTICIPANTS,
            limits=limits,
            cancels=cancels,
        )


class CountingExchange(Exchange):
    """An exchange that counts the noise limit orders that arrived and were withdrawn, from time 0 on."""

    limits = 0
    cancels = 0

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


def record_day(spec: BookMarketSpec, seed: int, seconds: int | None = None) -> Day:
    """Record a day of a market, by default of all the instrument's trading seconds."""
    exchange = CountingExchange(spec.instrument.symbol)
    recorder = DayRecorder(exchange)
    market = BookMarket([(0, spec)], seed, exchange)
    # Step by step from outside rather than by a timer, so that every event of the sampled instant has happened.
    for second in range((spec.instrument.calendar.seconds_a_day if seconds is None else seconds) + 1):
        market.clock.advance(second * NS_PER_S)
        recorder.sample()
    return recorder.day(exchange.limits, exchange.cancels)


def control(spec: BookMarketSpec) -> BookMarketSpec:
    """The same market around a plain Brownian value: constant volatility, no jumps."""
    return msgspec.structs.replace(spec, value=ValueSpec(sigma=spec.value.sigma))

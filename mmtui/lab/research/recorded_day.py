"""Days of a market without a maker, recorded for measurement."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from mmtui.book import Side, Trade
from mmtui.market.book_market import NOISE_LIMIT, BookMarket, BookMarketSpec
from mmtui.market.core.draws import Bools, Floats, Ints
from mmtui.market.core.exchange import PARTICIPANTS, Exchange
from mmtui.market.core.ladder import Taken
from mmtui.market.hedges.instruments import HedgeSpec, IndexSpot
from mmtui.market.value.latent_value import ValueSpec
from mmtui.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class Day:
    """One recorded day of T seconds, N taker orders that traded, M matches, and J orders that joined a queue.

    Attributes:
        mids: (T + 1,) mid at each whole second, ticks.
        values: (T + 1,) the latent value likewise; zeros where nobody knows one.
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
        fill_ahead: (M,) lots that stood before the filled ones at their price when the taker came.
        fill_queue: (M,) all lots that stood there; 0 where it was not the best price, or is not known.
        join_ahead: (J,) lots before a noise order when it joined the best price.
        join_filled: (J,) whether it was filled, at least in part, before it was withdrawn.
        limits: noise limit orders that arrived.
        cancels: noise limit orders that were withdrawn.
        index: (T + 1,) the index of which the instrument is the future, carried to expiry, ticks; empty without one.
    """

    mids: Floats
    values: Floats
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
    fill_ahead: Ints
    fill_queue: Ints
    join_ahead: Ints
    join_filled: Bools
    limits: int
    cancels: int
    index: Floats

    @property
    def seconds(self) -> int:
        """How long the day was."""
        return len(self.mids) - 1


class DayRecorder:
    """Records an exchange's trades from time 0 on, and the touch whenever it is sampled.

    Args:
        exchange: the exchange.
        queue: returns the lots at the best price that the last taker met, where that is known.
    """

    def __init__(self, exchange: Exchange, queue: Callable[[], int] = int) -> None:
        self._exchange = exchange
        self._queue = queue
        # One trade after another: time, price, lots, sign and order of the taker, twice the mid before, and of the lots
        # at its price those that stood before them, and all.
        self._trades = array("q")
        self._samples: list[tuple[float, float, int, float]] = []
        # Of the last taker: its order, its first price, and the lots it has taken so far.
        self._taker = self._best = self._ahead = 0
        exchange.on_print.append(self._record)

    def _record(self, now_ns: int, trade: Trade, mid_before: float) -> None:
        price, lots, _, taker_id, side = trade
        if taker_id != self._taker:
            self._taker, self._best, self._ahead = taker_id, price, 0
        if now_ns >= 0:
            queue = self._queue() if price == self._best else 0
            self._trades.extend((now_ns, price, lots, side, taker_id, round(2 * mid_before), self._ahead, queue))
        self._ahead += lots

    def sample(self, value: float = 0.0) -> None:
        """Record the touch as it is now, and the latent value."""
        exchange = self._exchange
        depth = [best.quantity for side in Side if (best := exchange.best(side)) is not None]
        spread = exchange.best_ask - exchange.best_bid
        self._samples.append((exchange.mid, value, spread, sum(depth) / max(1, len(depth))))

    def day(
        self, limits: int, cancels: int, joined: Sequence[tuple[int, bool]] = (), index: Sequence[float] = ()
    ) -> Day:
        """What was recorded, with how many orders came and went, what became of those in queues, and the index."""
        mids, values, spreads, depths = (np.array(column) for column in zip(*self._samples, strict=True))
        trades = np.array(self._trades, dtype=np.int64).reshape(-1, 8)
        times, prices, lots, signs, orders, twice_mids, ahead, queues = trades.T
        joins = np.array(joined, dtype=np.int64).reshape(-1, 2)
        # Trades of one order stand together.
        starts = np.flatnonzero(np.append(True, orders[1:] != orders[:-1])[: len(orders)])
        return Day(
            mids=mids,
            values=values,
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
            fill_ahead=ahead,
            fill_queue=queues,
            join_ahead=joins[:, 0],
            join_filled=joins[:, 1].astype(bool),
            limits=limits,
            cancels=cancels,
            index=np.array(index),
        )


class RecordingExchange(Exchange):
    """An exchange that counts the noise orders that arrived and were withdrawn, and follows those in queues.

    Attributes:
        limits, cancels: noise orders that arrived and were withdrawn, from time 0 on.
        joins: of those that joined a queue and left it, the lots before them then, and whether they were filled.
        queue: lots at the best price that the last taker met.
    """

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol)
        self.limits = self.cancels = self.queue = 0
        self.joins: list[tuple[int, bool]] = []
        self._ahead: dict[int, int] = {}
        self.on_print.append(self._reached)

    def rest(self, now_ns: int, order_id: int, side: Side, price: int, quantity: int) -> bool:
        """Rest a background order, and count it if it is noise."""
        queue = self.best(side)
        resting = super().rest(now_ns, order_id, side, price, quantity)
        if resting and now_ns >= 0 and order_id % PARTICIPANTS == NOISE_LIMIT:
            self.limits += 1
            if queue is not None and price == queue.price:
                self._ahead[order_id] = queue.quantity
        return resting

    def withdraw(self, now_ns: int, order_id: int) -> None:
        """Withdraw a background order, and count it if it is noise and was still there."""
        rested = self.rests(order_id)
        super().withdraw(now_ns, order_id)
        if rested and not self.rests(order_id) and now_ns >= 0 and order_id % PARTICIPANTS == NOISE_LIMIT:
            self.cancels += 1
            if order_id in self._ahead:
                self.joins.append((self._ahead.pop(order_id), False))

    def take(self, now_ns: int, order_id: int, side: Side, quantity: int, worst: int) -> Taken:
        """Trade, and know how long the queue was."""
        self.queue = self.touch_lots(side.opposite)
        return super().take(now_ns, order_id, side, quantity, worst)

    def _reached(self, now_ns: int, trade: Trade, mid_before: float) -> None:
        if trade.maker_id in self._ahead:
            self.joins.append((self._ahead.pop(trade.maker_id), True))


def record_day(spec: BookMarketSpec, seed: int, seconds: int | None = None, hedges: Sequence[HedgeSpec] = ()) -> Day:
    """Record a day of a market and its index, by default of all the instrument's trading seconds."""
    exchange = RecordingExchange(spec.instrument.symbol)
    recorder = DayRecorder(exchange, lambda: exchange.queue)
    market = BookMarket([(0, spec)], seed, exchange, hedges=hedges)
    carried = [hedge.carried_mark for hedge in market.hedges.values() if isinstance(hedge, IndexSpot)][:1]
    index = []
    # Step by step from outside rather than by a timer, so that every event of the sampled instant has happened.
    for second in range((spec.instrument.calendar.seconds_a_day if seconds is None else seconds) + 1):
        now_ns = second * NS_PER_S
        market.clock.advance(now_ns)
        recorder.sample(market.value.at(now_ns))
        index += [mark(now_ns) for mark in carried]
    return recorder.day(exchange.limits, exchange.cancels, exchange.joins, index)


def control(spec: BookMarketSpec) -> BookMarketSpec:
    """The same market around a plain Brownian value: constant volatility, no jumps."""
    return msgspec.structs.replace(spec, value=ValueSpec(sigma=spec.value.sigma))

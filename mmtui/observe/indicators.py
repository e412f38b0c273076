"""What a trader's instruments show, worked out when somebody looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mmtui.market.core.exchange import Exchange
from mmtui.market.core.normal import NormalSpec
from mmtui.observe.snapshot import SignalsSnapshot
from mmtui.signals import (
    BasisScore,
    EwmaVolatility,
    Hurst,
    HurstReading,
    OrderFlowImbalance,
    RollingMoments,
    TradeImbalance,
    fair_future,
    microprice,
)
from mmtui.strategies.protocol import HedgeQuote
from mmtui.units import NS_PER_S

#: The volatility's memory; over so long the spread's usual width and the imbalance of trades are taken.
_MEMORY_S = 20.0
_SPREAD_S = 60
_FLOW_S = 10.0
#: The basis is sampled each second at most, and compared with so many samples.
_BASIS_SAMPLES = 120


class Indicators:
    """Volatility, spread, imbalance, microprice and Hurst exponent.

    Args:
        normal: what the market usually is.
        mids, spreads: samples at each whole second from 0, in ticks; the session appends to them.
    """

    def __init__(self, normal: NormalSpec, mids: Sequence[float], spreads: Sequence[float]) -> None:
        self._normal = normal
        self._mids = mids
        self._spreads = spreads
        self._taken = 0
        self._volatility = EwmaVolatility(_MEMORY_S)
        self._spread = RollingMoments(_SPREAD_S)
        self._hurst = Hurst()
        self._reading: HurstReading | None = None
        self._flow = TradeImbalance(_FLOW_S)
        self._touch = OrderFlowImbalance(_FLOW_S)

    def on_print(self, now_ns: int, signed_quantity: int) -> None:
        """Take in a trade's lots, positive when the taker bought."""
        self._flow.update(now_ns, signed_quantity)

    def read(self, now_ns: int, exchange: Exchange) -> SignalsSnapshot:
        """What they show now."""
        mids, spreads = self._mids, self._spreads
        for second in range(self._taken, len(mids)):
            self._volatility.update(second * NS_PER_S, mids[second])
            self._spread.update(spreads[second])
            self._hurst.sample(mids[second])
        if self._taken < len(mids):
            self._taken = len(mids)
            self._reading = self._hurst.reading
        reading = self._reading
        bid, ask = exchange.best_bid, exchange.best_ask
        book = exchange.book
        best_bid, best_ask = book.bids.best, book.asks.best
        # Without a book of others the mid is all there is.
        micro = exchange.mid
        if best_bid is not None and best_ask is not None and exchange.touch == (best_bid.price, best_ask.price):
            micro = microprice(bid, best_bid.total, ask, best_ask.total)
            self._touch.update(now_ns, bid, best_bid.total, ask, best_ask.total)
        return SignalsSnapshot(
            volatility=self._volatility.value,
            normal_volatility=self._normal.volatility,
            spread=ask - bid,
            usual_spread=self._spread.mean,
            imbalance=self._flow.value(now_ns),
            pressure=self._touch.balance(now_ns),
            microprice=micro,
            hurst=None if reading is None else (reading.h, reading.verdict.value),
        )


class BasisIndicator:
    """How unusual the book's price is against the spot indices it is the future of.

    Args:
        tick: the book's, in the unit of the indices' prices.
    """

    def __init__(self, tick: float) -> None:
        self._tick = tick
        self._scores: dict[str, BasisScore] = {}
        self._second = -1

    def read(self, now_ns: int, mid: float, hedges: Iterable[HedgeQuote]) -> dict[str, float | None]:
        """By index the deviations of the basis from usual; samples when a second has begun since the last look."""
        second = now_ns // NS_PER_S
        fresh, self._second = second > self._second, second
        found: dict[str, float | None] = {}
        for hedge in hedges:
            if hedge.kind != "index":
                continue
            score = self._scores.setdefault(hedge.name, BasisScore(_BASIS_SAMPLES))
            if fresh:
                future = fair_future(hedge.mid * hedge.tick, hedge.rate, hedge.dividend_yield, hedge.years)
                score.update(mid, future / self._tick)
            found[hedge.name] = None if score.reading is None else score.reading.z
        return found

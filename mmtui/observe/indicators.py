"""What a trader's indicators show: fed by the market's time, so that they are the same however often one looks."""

from __future__ import annotations

from collections import deque

from mmtui.book import Depth, Side, Trade
from mmtui.observe.snapshot import SignalsSnapshot
from mmtui.session.session import Session
from mmtui.session.watcher import Watcher
from mmtui.signals.carry import BasisScore
from mmtui.signals.cointegration import Cointegration, engle_granger
from mmtui.signals.hurst import Hurst, HurstReading
from mmtui.signals.imbalance import OrderFlowImbalance, TradeImbalance
from mmtui.signals.microprice import microprice
from mmtui.signals.rolling import RollingMoments
from mmtui.signals.volatility import EwmaVolatility
from mmtui.strategies.protocol import HedgeQuote
from mmtui.units import NS_PER_S

#: The volatility's memory; over so long the spread's usual width and the imbalance of trades are taken.
_MEMORY_S = 20.0
_SPREAD_S = 60
_FLOW_S = 10.0
#: The basis is compared with so many of its values, a second apart.
_BASIS_SAMPLES = 120
#: Mid and index are tested for cointegration over so many values, from so many on, every so many seconds.
_PAIR_SAMPLES, _PAIR_LEAST, _PAIR_EVERY = 250, 60, 10


class Indicators(Watcher):
    """Volatility, spread, imbalance of trades and of the best quotes, microprice, Hurst exponent, and basis.

    Args:
        session: the session to watch.

    Attributes:
        basis_z: of each spot index, how unusual the book's price is against it, in standard deviations; None before
            there are enough samples.
    """

    def __init__(self, session: Session) -> None:
        self._normal = session.level.normal
        self._taken = 0
        self._volatility = EwmaVolatility(_MEMORY_S)
        self._spread = RollingMoments(_SPREAD_S)
        self._hurst = Hurst()
        self._reading: HurstReading | None = None
        self._trades = TradeImbalance(_FLOW_S)
        self._quotes = OrderFlowImbalance(_FLOW_S)
        self._scores: dict[str, BasisScore] = {}
        self.basis_z: dict[str, float | None] = {}
        self._pairs: deque[tuple[float, float]] = deque(maxlen=_PAIR_SAMPLES)
        self._cointegration: Cointegration | None = None
        super().__init__(session)
        if session.now_ns % NS_PER_S == 0:
            self.on_second(session.now_ns)
        else:
            self._take_samples()

    def on_trade(self, now_ns: int, trade: Trade) -> None:
        """Take in a trade's lots, positive when the taker bought."""
        self._trades.update(now_ns, trade.taker_side * trade.quantity)

    def on_second(self, now_ns: int) -> None:
        """Take in the session's samples, the best quotes and the basis."""
        self._take_samples()
        exchange = self.session.market.exchange
        self._quotes.update(now_ns, *_priced(exchange.best(Side.BUY)), *_priced(exchange.best(Side.SELL)))
        for name, hedge in self.session.maker.view.hedges.items():
            if hedge.kind == "index":
                score = self._scores.setdefault(name, BasisScore(_BASIS_SAMPLES))
                reading = score.update(exchange.mid, self._carried(hedge))
                self.basis_z[name] = None if reading is None else reading.z
        index = self._index
        if index is not None:
            self._pairs.append((exchange.mid, self._carried(index)))
            if len(self._pairs) >= _PAIR_LEAST and now_ns % (_PAIR_EVERY * NS_PER_S) == 0:
                mids, carried = zip(*self._pairs, strict=True)
                self._cointegration = engle_granger(mids, carried)

    def read(self, now_ns: int) -> SignalsSnapshot:
        """What they show now."""
        session = self.session
        exchange = session.market.exchange
        bid, ask = exchange.touch
        bids, asks = exchange.best(Side.BUY), exchange.best(Side.SELL)
        # Without a book of others the mid is all there is.
        micro = exchange.mid
        if bids is not None and asks is not None and (bid, ask) == (bids.price, asks.price):
            micro = microprice(bid, bids.quantity, ask, asks.quantity)
        index = self._index
        reading = self._reading
        return SignalsSnapshot(
            volatility=self._volatility.value,
            normal_volatility=self._normal.volatility,
            spread=ask - bid,
            usual_spread=self._spread.mean,
            imbalance=self._trades.value(now_ns),
            book_flow=self._quotes.value(now_ns),
            pressure=self._quotes.balance(now_ns),
            microprice=micro,
            hurst=None if reading is None else (reading.h, reading.verdict.value),
            basis=None if index is None else exchange.mid - self._carried(index),
            basis_z=None if index is None else self.basis_z.get(index.name),
            cointegration=self._cointegration,
        )

    @property
    def _index(self) -> HedgeQuote | None:
        """The first spot index."""
        hedges = self.session.maker.view.hedges.values()
        return next((hedge for hedge in hedges if hedge.kind == "index"), None)

    def _take_samples(self) -> None:
        mids, spreads = self.session.mid_by_second, self.session.spread_by_second
        for second in range(self._taken, len(mids)):
            self._volatility.update(second * NS_PER_S, mids[second])
            self._spread.update(spreads[second])
            self._hurst.sample(mids[second])
        if self._taken < len(mids):
            self._taken = len(mids)
            self._reading = self._hurst.reading

    def _carried(self, index: HedgeQuote) -> float:
        """An index's mid carried to the future's expiry, in the book's ticks."""
        return index.carried / self.session.market.instrument.tick


def _priced(best: Depth | None) -> tuple[int | None, int]:
    """Price and lots of a side's best level; None and 0 of an empty side."""
    return (None, 0) if best is None else (best.price, best.quantity)

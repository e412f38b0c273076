"""Reads the market and the maker once a second, for the coach."""

from __future__ import annotations

from collections.abc import Sequence

from mmtui.book import PriceLevel
from mmtui.coach.readings import RECENT_S, Readings
from mmtui.level.level import Level
from mmtui.market.kinds import AnyMarket
from mmtui.observe.indicators import BasisIndicator, Indicators
from mmtui.session.maker import Maker
from mmtui.signals.imbalance import OrderFlowImbalance


class Observer:
    """Reads the market and the maker once a second.

    Args:
        level, market, maker: the session's.
        gauges: what the trader's instruments show.
        mids: at each whole second from 0, in ticks; the session appends to them.
    """

    def __init__(
        self, level: Level, market: AnyMarket, maker: Maker, gauges: Indicators, mids: Sequence[float]
    ) -> None:
        self.level = level
        self.market = market
        self.maker = maker
        self.mids = mids
        self._gauges = gauges
        self._flow = OrderFlowImbalance(RECENT_S)
        self._basis = BasisIndicator(market.instrument.tick)
        self._quotes: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._quoted_ns = 0

    def look(self, now_ns: int) -> Readings:
        """What there is to see now; to be called at each whole second."""
        exchange, gateway = self.market.exchange, self.maker.gateway
        bid, ask = exchange.book.bids.best, exchange.book.asks.best
        self._flow.update(now_ns, *_touch(bid), *_touch(ask))
        quotes = dict(gateway.bid_lots), dict(gateway.ask_lots)
        if quotes != self._quotes:
            self._quotes, self._quoted_ns = quotes, now_ns
        gauges = self._gauges.read(now_ns, exchange)
        basis = self._basis.read(now_ns, exchange.mid, self.maker.view.hedges.values())
        z = next(iter(basis.values()), None)
        return Readings(self, now_ns, gauges, self._flow.value(now_ns), self._quoted_ns, z)


def _touch(best: PriceLevel | None) -> tuple[int | None, int]:
    """Price and lots of a side's best level; None and 0 of an empty side."""
    return (None, 0) if best is None else (best.price, best.total)

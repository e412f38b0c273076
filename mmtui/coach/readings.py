"""How each signal of the catalogue (:mod:`mmtui.level.signal_catalogue`) is read from a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from mmtui.book import Side
from mmtui.level.signal_catalogue import SIGNALS
from mmtui.observe.snapshot import SignalsSnapshot
from mmtui.session.session import Session
from mmtui.signals.band import BandDistance, band_distance
from mmtui.units import NS_PER_S

#: Over so many seconds the mid's move and the own fills are counted.
_RECENT_S = 10
Value = float | str | None
_T = TypeVar("_T")


class Readings(Mapping[str, Value]):
    """The signals at one whole second by name: a number, a word, or None while there is nothing to say.

    Each is worked out when it is first asked for.
    """

    def __init__(self, look: WatchedSecond) -> None:
        self._look = look
        self._values: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._values:
            self._values[name] = _READ[name](self._look)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(SIGNALS)

    def __len__(self) -> int:
        return len(SIGNALS)


class WatchedSecond:
    """What the signals are read from: a session at one whole second.

    Args:
        session: the session.
        now_ns: the second.
        indicators: what the trader's indicators show.
        quoted_ns: when the own quotes last changed.
    """

    def __init__(self, session: Session, now_ns: int, indicators: SignalsSnapshot, quoted_ns: int) -> None:
        self.level = session.level
        self.maker = session.maker
        self.exchange = session.market.exchange
        self.to_money = session.market.instrument.to_money
        self.now_ns = now_ns
        self.shown = indicators
        self.quote_age_s = (now_ns - quoted_ns) / NS_PER_S
        self.mid = self.exchange.mid
        mids = session.mid_by_second
        self.move = self.mid - mids[max(0, len(mids) - 1 - _RECENT_S)]
        gateway = self.maker.gateway
        self.held = gateway.position
        self.bid: int | None = max(gateway.bid_lots, default=None)
        self.ask: int | None = min(gateway.ask_lots, default=None)
        self.bid_size = sum(gateway.bid_lots.values())
        self.ask_size = sum(gateway.ask_lots.values())
        imbalance = indicators.imbalance
        #: The side of the book that takers press against, and their direction.
        self.stale = _by_sign(imbalance, "ask", "bid", "none")
        self.leading = _by_sign(imbalance, 1, -1, 0)

    @cached_property
    def band(self) -> BandDistance | None:
        """How far the band of prices is, if there is one."""
        band = self.exchange.band(self.now_ns)
        return None if band is None else band_distance(self.mid, band.reference, band.lower, band.upper)

    @property
    def bid_distance(self) -> float | None:
        """Ticks from the best own bid up to the mid."""
        return None if self.bid is None else self.mid - self.bid

    @property
    def ask_distance(self) -> float | None:
        """Ticks from the mid up to the best own ask."""
        return None if self.ask is None else self.ask - self.mid

    @property
    def half_spread(self) -> float | None:
        """Ticks of half the width between the own quotes."""
        return None if self.bid is None or self.ask is None else (self.ask - self.bid) / 2

    @property
    def shift(self) -> float | None:
        """Ticks by which half-way between the own quotes is above the mid."""
        return None if self.bid is None or self.ask is None else (self.bid + self.ask) / 2 - self.mid

    @property
    def shortfall(self) -> str:
        """What keeps the own quotes from meeting the obligation."""
        bid, ask, gateway, widest = self.bid, self.ask, self.maker.gateway, self.maker.view.rules.max_width
        if bid is None or ask is None:
            return "no bid or ask" if bid is ask else "no bid" if bid is None else "no ask"
        if widest is not None and ask - bid > widest:
            return "they are too far apart"
        least = min(gateway.bid_lots[bid], gateway.ask_lots[ask])
        return "nothing" if least >= self.level.obligation.min_size else "they have too few lots"

    @property
    def queue_ahead(self) -> int | None:
        """Lots in front of the own quotes at the best prices, the shorter queue."""
        exchange = self.exchange
        ahead = [
            exchange.queue_ahead(order.order_id)
            for order in self.maker.gateway.orders.values()
            if order.working and order.price == (exchange.best_bid if order.side is Side.BUY else exchange.best_ask)
        ]
        return min((place.lots for place in ahead if place is not None), default=None)

    @property
    def phase_left(self) -> float | None:
        """Seconds until the phase's planned end."""
        ends_ns = self.exchange.phase_ends_ns
        return None if ends_ns is None else (ends_ns - self.now_ns) / NS_PER_S

    @property
    def recent_volume(self) -> int:
        """Lots of own fills in the last seconds."""
        return sum(fill.quantity for fill in self.maker.view.fills_since(self.now_ns - _RECENT_S * NS_PER_S))


def _stale_distance(look: WatchedSecond) -> float | None:
    return {"ask": look.ask_distance, "bid": look.bid_distance}.get(look.stale)


def _stale(look: WatchedSecond) -> str:
    there = {"ask": look.ask, "bid": look.bid}.get(look.stale)
    return "none" if there is None else look.stale


def _quote_age(look: WatchedSecond) -> float | None:
    return None if look.bid is None and look.ask is None else look.quote_age_s


def _by_sign(number: float, positive: _T, negative: _T, zero: _T) -> _T:
    return positive if number > 0 else negative if number < 0 else zero


def _over(number: float | None, usual: float | None) -> float | None:
    return number / usual if number is not None and usual else None


def _times(sign: int, number: float | None) -> float | None:
    return None if number is None else sign * number


_READ: dict[str, Callable[[WatchedSecond], Value]] = {
    "elapsed": lambda look: look.now_ns / NS_PER_S,
    "left": lambda look: (look.level.end_ns - look.now_ns) / NS_PER_S,
    "mid": lambda look: look.to_money(look.mid),
    "move": lambda look: look.move,
    "volatility_ratio": lambda look: _over(look.shown.volatility, look.shown.normal_volatility),
    "spread": lambda look: look.shown.spread,
    "spread_ratio": lambda look: _over(look.shown.spread, look.shown.usual_spread),
    "imbalance": lambda look: look.shown.imbalance,
    "leaders": lambda look: _by_sign(look.shown.imbalance, "buyers", "sellers", "nobody"),
    "book_flow": lambda look: look.shown.book_flow / look.level.normal.size,
    "microprice_lean": lambda look: look.shown.microprice - look.mid,
    "hurst": lambda look: None if look.shown.hurst is None else look.shown.hurst[0],
    "hurst_verdict": lambda look: None if look.shown.hurst is None else look.shown.hurst[1],
    "phase": lambda look: look.exchange.phase.value,
    "phase_left": lambda look: look.phase_left,
    "band_distance": lambda look: None if look.band is None else look.band.ticks,
    "band_left": lambda look: None if look.band is None else look.band.fraction,
    "band_side": lambda look: "none" if look.band is None else _by_sign(look.band.side, "upper", "lower", "none"),
    "basis": lambda look: look.shown.basis,
    "basis_z": lambda look: look.shown.basis_z,
    "quoting": lambda look: "yes" if look.maker.presence.quoting else "no",
    "shortfall": lambda look: look.shortfall,
    "presence": lambda look: look.maker.presence.share(look.now_ns),
    "own_bid": lambda look: None if look.bid is None else look.to_money(look.bid),
    "own_ask": lambda look: None if look.ask is None else look.to_money(look.ask),
    "bid_distance": lambda look: look.bid_distance,
    "ask_distance": lambda look: look.ask_distance,
    "half_spread": lambda look: look.half_spread,
    "width_ratio": lambda look: _over(_times(2, look.half_spread), look.level.normal.spread),
    "bid_size": lambda look: look.bid_size,
    "ask_size": lambda look: look.ask_size,
    "size": lambda look: max(look.bid_size, look.ask_size),
    "shift": lambda look: look.shift,
    "shade": lambda look: _times(look.leading, look.shift),
    "skew": lambda look: _times(_by_sign(look.held, -1, 1, 0), look.shift),
    "stale": _stale,
    "stale_distance": _stale_distance,
    "quote_age": _quote_age,
    "queue_ahead": lambda look: look.queue_ahead,
    "position": lambda look: look.held,
    "position_share": lambda look: look.held / look.level.maker.position_limit,
    "holding": lambda look: _by_sign(look.held, "long", "short", "flat"),
    "adding": lambda look: _by_sign(look.held, "bid", "ask", "none"),
    "adding_size": lambda look: _by_sign(look.held, look.bid_size, look.ask_size, None),
    "net_position": lambda look: look.maker.desk.net,
    "net_share": lambda look: look.maker.desk.net / look.level.maker.position_limit,
    "pnl": lambda look: look.maker.total,
    "markout_1s": lambda look: look.maker.desk.recent_markout(0, 20),
    "markout_10s": lambda look: look.maker.desk.recent_markout(1, 20),
    "markout_60s": lambda look: look.maker.desk.recent_markout(2, 20),
    "fills": lambda look: len(look.maker.desk.fills),
    "recent_volume": lambda look: look.recent_volume,
}

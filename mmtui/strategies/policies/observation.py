"""What an agent observes: numbers from a market view, the same in the environment and wherever a policy plays."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmtui.book import Side
from mmtui.errors import InputError, did_you_mean, shown
from mmtui.signals.imbalance import TradeImbalance
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import MarketView
from mmtui.units import NS_PER_S

Array = NDArray[np.float32]

#: How far back trades and mids go, and the memory of the volatility, in seconds.
_WINDOW_S = 10
_WINDOW_NS = _WINDOW_S * NS_PER_S
_MEMORY_S = 30.0
#: Numbers in usual spreads, sizes or volatilities are clipped here.
_MOST = 20.0
#: Levels of the book.
LEVELS = 5


class Feature(NamedTuple):
    """One number of the observation, its unit and bounds."""

    name: str
    unit: str
    low: float
    high: float


#: The observation unless others are chosen, in order. Distances and moves are in the level's usual spreads.
FEATURES = (
    Feature("time_left", "share of the level", 0.0, 1.0),
    Feature("position", "share of the position limit", -1.0, 1.0),
    Feature("spread", "usual spreads", 0.0, _MOST),
    Feature("imbalance", "(bid - ask) / (bid + ask) lots at the best prices", -1.0, 1.0),
    Feature("flow", "(bought - sold) / (bought + sold) lots by takers in 10 s", -1.0, 1.0),
    Feature("move", "usual spreads by which the mid rose in 10 s", -_MOST, _MOST),
    Feature("volatility", "of the mid over about 30 s, over the usual", 0.0, _MOST),
    Feature("markout", "usual spreads a share, at 10 s, of the last 20 own fills; 0 before one is due", -_MOST, _MOST),
)
DEFAULT_FEATURES = tuple(feature.name for feature in FEATURES)
#: What else may be chosen.
MORE_FEATURES = (
    Feature("own_bid", "usual spreads from the mid of others down to the own best bid; 20 without one", -_MOST, _MOST),
    Feature("own_ask", "usual spreads from the mid of others up to the own best ask; 20 without one", -_MOST, _MOST),
    Feature("own_bid_lots", "share of the largest order", 0.0, _MOST),
    Feature("own_ask_lots", "share of the largest order", 0.0, _MOST),
    Feature("bid_ahead", "usual sizes of others at the own best bid or better: the queue at most", 0.0, _MOST),
    Feature("ask_ahead", "usual sizes of others at the own best ask or better: the queue at most", 0.0, _MOST),
    Feature("microprice", "usual spreads from the mid to the microprice", -_MOST, _MOST),
    Feature("net", "share of the position limit, with what hedges take away", -_MOST, _MOST),
    *(
        Feature(f"{side}_lots_{level}", f"usual sizes at the {side}'s level {level}", 0.0, _MOST)
        for level in range(1, LEVELS + 1)
        for side in ("bid", "ask")
    ),
)
_ALL = {feature.name: feature for feature in (*FEATURES, *MORE_FEATURES)}


class Observer:
    """Makes observations of one session, a step apart.

    Args:
        features: names of :data:`FEATURES` and :data:`MORE_FEATURES`, in the order of the observation.
        step_s: seconds between two observations, above 0.

    Raises:
        InputError: there is no such feature, or an argument is of another kind.

    Attributes:
        features: what is observed.
        low, high: its bounds.
    """

    def __init__(self, features: Sequence[str] = DEFAULT_FEATURES, step_s: float = 1.0) -> None:
        if not 0 < step_s < math.inf:
            raise InputError(f"step_s: expected seconds above 0, not {shown(step_s)}")
        if isinstance(features, str) or len(features) == 0:
            raise InputError(f"features: expected names, as in ('position', 'flow'), not {shown(features)}")
        for name in features:
            if name not in _ALL:
                raise InputError(f"features: there is no feature {name!r}{did_you_mean(name, _ALL, quoted=True)}")
        self.features = tuple(_ALL[name] for name in features)
        self.step_s = step_s
        self.low = np.array([feature.low for feature in self.features], dtype=np.float32)
        self.high = np.array([feature.high for feature in self.features], dtype=np.float32)
        self._decay = math.exp(-step_s / _MEMORY_S)
        self.reset()

    def reset(self) -> None:
        """Begin with another session."""
        self._mids: deque[float] = deque(maxlen=1 + max(1, round(_WINDOW_S / self.step_s)))
        self._variance = 0.0
        self._flow = TradeImbalance(_WINDOW_S)
        # The time of the last observation, and how many of its trades are in the flow.
        self._seen_ns: int | None = None
        self._counted = 0

    def observe(self, view: MarketView) -> Array:
        """Returns the observation now; each call is a step, the first one the session's beginning."""
        return self.clipped(self.look(view))

    def clipped(self, numbers: Sequence[float] | Sequence[Sequence[float]]) -> Array:
        """Returns the observation that the numbers of a look are, or one a row that the numbers of several are."""
        return np.fmin(self.high, np.fmax(self.low, numbers)).astype(np.float32)

    def look(self, view: MarketView) -> list[float]:
        """Returns the numbers of :meth:`observe` before they are clipped; each call is a step likewise."""
        mid, usual = view.mid, max(view.rules.normal_volatility, 1e-9)
        if self._mids:
            move = mid - self._mids[-1]
            self._variance += (1 - self._decay) * (move * move / self.step_s - self._variance)
        else:
            self._variance = usual**2
        self._mids.append(mid)
        look = _Look(view, mid - self._mids[0], math.sqrt(self._variance) / usual, self._flow_of(view))
        return [_READ[feature.name](look) for feature in self.features]

    def _flow_of(self, view: MarketView) -> float:
        """(Bought - sold) / (bought + sold) in the window; each trade is looked at once."""
        now_ns, seen_ns = view.now_ns, self._seen_ns
        since_ns = max(0, now_ns - _WINDOW_NS) if seen_ns is None else seen_ns - 1
        trades = view.trades_since(since_ns)
        for trade in trades[self._counted :]:
            self._flow.update(trade.time_ns, trade.side * trade.quantity)
        self._seen_ns, self._counted = now_ns, sum(trade.time_ns == now_ns for trade in trades)
        return self._flow.value(now_ns)


class _Look:
    """A view, with what only its past shows: how far the mid has come, in ticks, its volatility, and takers' flow."""

    __slots__ = ("flow", "move", "rules", "spread", "view", "volatility")

    def __init__(self, view: MarketView, move: float, volatility: float, flow: float) -> None:
        self.view, self.rules = view, view.rules
        self.move, self.volatility, self.flow = move, volatility, flow
        #: The usual one.
        self.spread = self.rules.normal_spread

    def lots(self, side: Side, level: int) -> int:
        """Lots at a level of the book, from 0."""
        levels = self.view.depth(side, level + 1)
        return levels[level].quantity if len(levels) > level else 0

    def own(self, side: Side) -> tuple[int | None, int]:
        """The own best price of a side, None without one, and the lots of all own orders there."""
        orders = [order for order in self.view.orders if order.side is side]
        if not orders:
            return None, 0
        best = max(side * order.price for order in orders) * side
        return best, sum(order.quantity for order in orders if order.price == best)

    def distance(self, side: Side) -> float:
        """Usual spreads from the mid of others to the own best price."""
        price, _ = self.own(side)
        return _MOST if price is None else side * (others_mid(self.view) - price) / self.spread

    def ahead(self, side: Side) -> float:
        """Usual sizes of others at the own best price or better."""
        price, _ = self.own(side)
        if price is None:
            return 0.0
        better = sum(level.quantity for level in self.view.depth(side) if side * (level.price - price) >= 0)
        mine = sum(order.quantity for order in self.view.orders if order.side is side)
        return max(0, better - mine) / self.rules.normal_size


def _imbalance(look: _Look) -> float:
    bid, ask = look.lots(Side.BUY, 0), look.lots(Side.SELL, 0)
    return (bid - ask) / (bid + ask) if bid + ask else 0.0


def _net(look: _Look) -> float:
    held = sum(hedge.position / hedge.ratio for hedge in look.view.hedges.values() if hedge.ratio)
    return (look.view.position + held) / look.rules.position_limit


def _level_lots(side: Side, level: int) -> Callable[[_Look], float]:
    return lambda look: look.lots(side, level) / look.rules.normal_size


_READ: dict[str, Callable[[_Look], float]] = {
    "time_left": lambda look: 1.0 - look.view.now_ns / look.rules.end_ns,
    "position": lambda look: look.view.position / look.rules.position_limit,
    "spread": lambda look: (look.view.best_ask - look.view.best_bid) / look.spread,
    "imbalance": _imbalance,
    "flow": lambda look: look.flow,
    "move": lambda look: look.move / look.spread,
    "volatility": lambda look: look.volatility,
    "markout": lambda look: (look.view.markout(10) or 0.0) / look.spread,
    "own_bid": lambda look: look.distance(Side.BUY),
    "own_ask": lambda look: look.distance(Side.SELL),
    "own_bid_lots": lambda look: look.own(Side.BUY)[1] / look.rules.max_order,
    "own_ask_lots": lambda look: look.own(Side.SELL)[1] / look.rules.max_order,
    "bid_ahead": lambda look: look.ahead(Side.BUY),
    "ask_ahead": lambda look: look.ahead(Side.SELL),
    "microprice": lambda look: _imbalance(look) * (look.view.best_ask - look.view.best_bid) / 2 / look.spread,
    "net": _net,
    **{
        f"{name}_lots_{level + 1}": _level_lots(side, level)
        for level in range(LEVELS)
        for name, side in (("bid", Side.BUY), ("ask", Side.SELL))
    },
}

"""A width, a skew and a size that never change: what a score gives to habits."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from mmtui.strategies.defaults import default_size
from mmtui.strategies.excluding_own import others_touch
from mmtui.strategies.protocol import MarketView, Quotes, Strategy, param
from mmtui.units import NS_PER_S

#: How far back the move goes that is followed, and the widest quote without an obligation, in usual spreads.
_WINDOW_NS, _WIDEST = 10 * NS_PER_S, 8.0


@dataclass
class Recipe(Strategy):
    """Quotes by a recipe, whatever the market does.

    Idea: tight or wide, leaning or not, large or small, in front to reduce, along with the last move: each makes
    another policy, and none knows what a level is about. Calibration plays some of them, which must lose.

    Formula: with m the mid of others, u the usual spread, q the position, n the least size that counts and d the move
    of the last 10 s, at most u either way:

        bid = m + follow d - skew u q/n - width u        ask = m + follow d - skew u q/n + width u

    or, with a width of 0, others' best prices in place of m -+ width u. The side that adds to a position stands
    ``adding`` u further back, no further than counts; with ``ahead`` the one that reduces it is a step in front of
    everybody. Size: ``share`` of a tenth of the position limit, at least n.

    Parameters: width, skew and adding in usual spreads (0.5, 0, 0), share (1), follow (0), ahead (no).

    Fails: wherever the market changes.
    """

    name = "recipe"
    idea = "a width, a skew and a size that never change"
    baseline = True

    width: float = param(0.5, "spreads", "half-spread; 0 for others' best prices", least=0.0, most=1e6)
    skew: float = param(0.0, "spreads", "shift against each least size held", least=0.0, most=1e6)
    adding: float = param(0.0, "spreads", "the side that adds stands back", least=0.0, most=1e6)
    share: float = param(1.0, "share", "of the usual size", least=0.0, most=1e6)
    follow: float = param(0.0, "times", "the move of the last 10 s", least=-1e3, most=1e3)
    ahead: bool = param(False, "", "a step in front of everybody to reduce a position")

    _mids: deque[tuple[int, float]] = field(default_factory=deque, init=False, repr=False, compare=False)

    def quote(self, view: MarketView) -> Quotes:
        """Both sides by the recipe."""
        rules, position, step = view.rules, view.position, view.step
        spread, least = rules.normal_spread, max(1, rules.min_size)
        best_bid, best_ask = others_touch(view)
        mid = (best_bid + best_ask) / 2
        widest = (_WIDEST * spread if rules.max_width is None else rules.max_width - 2.0 * step) / 2
        below = above = min(widest, self.width * spread or (best_ask - best_bid) / 2)
        back = self.adding * spread
        if position > 0:
            below = min(widest, below + back)
        elif position < 0:
            above = min(widest, above + back)
        centre = mid + self._move(view.now_ns, mid, spread) - self.skew * spread * position / least
        bid, ask = centre - below, centre + above
        if self.ahead and position > 0:
            ask = max(best_ask - step, best_bid + step)
        elif self.ahead and position < 0:
            bid = min(best_bid + step, best_ask - step)
        size = max(least, round(self.share * default_size(rules)))
        return Quotes(max(0.0, min(bid, ask - step)), max(ask, bid + step), size, size)

    def _move(self, now_ns: int, mid: float, most: float) -> float:
        """The shift along with the last move, in ticks."""
        if not self.follow:
            return 0.0
        self._mids.append((now_ns, mid))
        while self._mids[0][0] < now_ns - _WINDOW_NS:
            self._mids.popleft()
        return max(-most, min(most, self.follow * (mid - self._mids[0][1])))

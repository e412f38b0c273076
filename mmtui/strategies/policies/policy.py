"""A trained policy as a strategy, which plays wherever a strategy does."""

from __future__ import annotations

from collections.abc import Callable

from numpy.typing import ArrayLike

from mmtui.book import Side
from mmtui.errors import InputError, shown
from mmtui.strategies.policies.actions import quotes_of
from mmtui.strategies.policies.observation import Array, Observer
from mmtui.strategies.protocol import MarketView, Quotes, Strategy
from mmtui.units import NS_PER_S


class Policy(Strategy):
    """Quotes as a function of what is observed, at every step as in the environment it was trained in.

    Between two steps quotes stand, and one that is filled is not renewed. A file may hold a policy as a class that
    extends this one and calls it with its function.

    Args:
        act: returns the action at an observation, see :func:`~mmtui.strategies.policies.actions.quotes_of`; copied each
            session.
        observe: what is observed, and how far apart the steps are.
        hedging: whether the action holds hedges too.

    Raises:
        InputError: ``act`` is no function, or ``observe`` no observer.
    """

    name = "policy"
    idea = "quotes as a function of what is observed"

    def __init__(
        self, act: Callable[[Array], ArrayLike], observe: Observer | None = None, *, hedging: bool = False
    ) -> None:
        if not callable(act):
            raise InputError(f"act: expected a function of what is observed, not {shown(act)}")
        if not isinstance(observe, Observer | None):
            raise InputError(f"observe: expected an Observer, as in Observer(('position',)), not {shown(observe)}")
        self.act = act
        self.observe = observe or Observer()
        self.hedging = hedging
        self.interval_s = self.observe.step_s  # type: ignore[misc]
        self._next_ns = 0

    def quote(self, view: MarketView) -> Quotes:
        """Return the quotes of this step."""
        if view.now_ns < self._next_ns:
            return _standing(view)
        self._next_ns = view.now_ns + round(self.observe.step_s * NS_PER_S)
        return quotes_of(self.act(self.observe.observe(view)), view, hedging=self.hedging)


def _standing(view: MarketView) -> Quotes:
    """The own orders as they are."""
    wanted = {order.side: order for order in view.orders}
    bid, ask = wanted.get(Side.BUY), wanted.get(Side.SELL)
    return Quotes(
        None if bid is None else bid.price,
        None if ask is None else ask.price,
        0 if bid is None else bid.quantity,
        0 if ask is None else ask.quantity,
    )

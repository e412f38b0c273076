"""From a quoter's instructions to the gateway."""

from __future__ import annotations

from collections.abc import Iterable

from mmtui.market.core.gateway import Gateway
from mmtui.strategies.quoter import Action, CancelOrder, PlaceOrder


def send(gateway: Gateway, actions: Iterable[Action], manual: bool) -> None:
    """Send what a quoter wants done; ``manual`` tells that the player placed it, not a strategy."""
    for action in actions:
        if isinstance(action, PlaceOrder):
            gateway.quote(action.side, action.price, action.quantity, manual)
        elif isinstance(action, CancelOrder):
            gateway.cancel(action.order_id)
        else:
            gateway.reduce(action.order_id, action.quantity)

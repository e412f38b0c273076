"""An agent's actions as commands of a session."""

from __future__ import annotations

from numpy.typing import ArrayLike

from mmtui.book import Side
from mmtui.session.commands import AnyCommand, Cancel, Hedge, Quote
from mmtui.strategies.hedging import hedge_orders
from mmtui.strategies.policies.actions import quotes_of
from mmtui.strategies.protocol import MarketView
from mmtui.strategies.quoter import targets

BUY, SELL = Side.BUY, Side.SELL


def commands_of(action: ArrayLike, view: MarketView, *, hedging: bool = False) -> list[AnyCommand]:
    """Returns the commands that make an action's quotes of what stands, and with ``hedging`` its hedges.

    Raises InputError as :func:`~mmtui.strategies.policies.actions.quotes_of`.
    """
    quotes = quotes_of(action, view, hedging=hedging)
    bid, ask = targets(quotes, view)
    # The lots of the last order at a price.
    standing = {(order.side, order.price): order.quantity for order in view.orders}
    commands: list[AnyCommand] = []
    for side, target in ((BUY, bid), (SELL, ask)):
        if target is None:
            if any(other is side for other, _ in standing):
                commands.append(Cancel(side))
        # A quote that is right already needs no command.
        elif standing.get((side, target.price)) != target.quantity:
            commands.append(Quote(side, target.price, target.quantity))
    if quotes.hedges:
        orders = hedge_orders(quotes, view.hedges)
        commands += [Hedge(order.name, order.side, order.quantity) for order in orders]
    return commands

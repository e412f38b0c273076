"""From the quotes a strategy wants to the fewest instructions that bring them about.

``targets`` computes the orders that should rest in the book, ``changes`` the instructions from the working orders to
these. Both are pure, so the ladder's ghosts come from the same code as the orders.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import NamedTuple

import mmtui.book.named_tuples as named_tuples
from mmtui.book import Side
from mmtui.errors import StrategyError, shown
from mmtui.market.core.instrument import step_at
from mmtui.market.rules.halts import Band
from mmtui.strategies.protocol import MarketView, Quotes, Rules, Working
from mmtui.units import MOST_ASKED

BUY, SELL = Side.BUY, Side.SELL

#: As a float, which floats are compared with in a third of the time.
_MOST_PRICE = float(MOST_ASKED)
#: A price within this many ticks of the grid counts as on it, so that 101.3 - 0.3 is 101.
_ON_TICK = 1e-9


class Target(NamedTuple):
    """The wanted order on one side of the book: a price in ticks and a quantity in lots, both positive."""

    price: int
    quantity: int


Targets = tuple[Target | None, Target | None]


class CancelOrder(NamedTuple):
    """Cancel an order."""

    order_id: int


class ReduceOrder(NamedTuple):
    """Take ``quantity`` lots off an order, which keeps its place; at least one lot stays."""

    order_id: int
    quantity: int


class PlaceOrder(NamedTuple):
    """Send a post-only order."""

    side: Side
    price: int
    quantity: int


Action = CancelOrder | ReduceOrder | PlaceOrder


def targets(quotes: Quotes, view: MarketView) -> Targets:
    """Return the wanted bid and ask, None for a side without one.

    - A bid is floored and an ask ceiled to the price step, which mostly is a tick; ``nearest`` ones are rounded.
    - Neither trades: a bid stays a step below the best ask, an ask a step above the best bid. Own orders do not count
      there: those in the way are cancelled before the new ones are sent.
    - A bid at or above its own ask is drawn back, both to the step next to their centre.
    - Inside a band that binds: a bid is at most its upper limit, an ask at least its lower one.
    - While trading is not continuous there are none.
    - A size is at most ``max_order`` and the distance to the position limit; if that is 0 the side has no target.

    Raises:
        StrategyError: ``quotes`` is not ``Quotes``, or a price or size in it is not a number from 0 to 2^53.
    """
    quotes = checked(quotes)
    if not view.phase.continuous:
        return None, None
    others_bid, others_ask = view.others_best(BUY), view.others_best(SELL)
    return within(quotes, view.rules, view.position, view.step, view.band, others_bid, others_ask)


def within(
    quotes: Quotes,
    rules: Rules,
    position: int,
    step: int,
    band: Band | None,
    others_bid: int | None,
    others_ask: int | None,
) -> Targets:
    """Return the same of what a view shows, for quotes that are checked, while trading is continuous.

    Others' best prices are in ticks, None where nobody has an order.
    """
    bid, ask = quotes.bid, quotes.ask
    most, limit = rules.max_order, rules.position_limit
    bid_size = min(most, quotes.bid_size, limit - position)
    ask_size = min(most, quotes.ask_size, limit + position)
    if band is not None and band.binding:
        bid = None if bid is None else min(bid, band.upper)
        ask = None if ask is None else max(ask, band.lower)

    inward = step / 2 if quotes.nearest else _ON_TICK
    # A side without a quote has no price.
    bid_price = ask_price = 0
    if bid is not None and bid_size > 0:
        price = bid
        bid_price = int(math.floor((price + inward) / step))
        bid_price *= step
        if others_ask is not None and bid_price > others_ask - step:
            bid_price = others_ask - step
    else:
        bid = None
    if ask is not None and ask_size > 0:
        price = ask
        ask_price = int(math.ceil((price - inward) / step))
        ask_price *= step
        if others_bid is not None and ask_price < others_bid + step:
            ask_price = others_bid + step
    else:
        ask = None
    if bid is not None and ask is not None and bid_price >= ask_price:
        total = (bid_price + ask_price) // step
        bid_price, ask_price = ((total + 1) // 2 - 1) * step, (total // 2 + 1) * step
    if rules.tick_bands:
        # One side may be in a band of prices whose step is larger.
        bid_price -= bid_price % step_at(rules.tick_bands, bid_price)
        ask_price += -ask_price % step_at(rules.tick_bands, ask_price)
    return (
        named_tuples.new(Target, (bid_price, bid_size)) if bid is not None and bid_price >= 1 else None,
        named_tuples.new(Target, (ask_price, ask_size)) if ask is not None and ask_price >= 1 else None,
    )


def changes(wanted: Targets, working: Sequence[Working], least: int = 0) -> list[Action]:
    """Return the fewest instructions that turn the working orders into the wanted ones, in the order to send them.

    An order at the wanted price keeps its place in the queue; at any other price it is cancelled. Excess lots are
    taken off the youngest orders first, since the oldest are in front. Missing lots, after a partial fill, are ignored
    while at least half of the size (and ``least``) still rests: the place in the queue is worth more than they are,
    and one message a fill would be many. Below that a second order joins behind with the missing lots; cancelling the
    rest to send it whole would give away a place near the front for nothing. So a side never has more than two orders
    except for those that ``least`` adds.

    Cancels and reductions come before placements, so that new orders stay within the limits and never meet own ones.

    Args:
        wanted: the wanted orders, from :func:`targets`.
        working: own orders, oldest first, those being cancelled left out.
        least: lots that should always rest where that many are wanted, such as the obligation's size.
    """
    removals: list[Action] = []
    placements: list[Action] = []
    for side, target in ((BUY, wanted[0]), (SELL, wanted[1])):
        kept = 0
        price, quantity = target if target is not None else (0, 0)
        for order in working:
            if order.side is not side:
                continue
            there = order.quantity
            excess = kept + there - quantity
            if order.price != price or excess >= there:
                removals.append(named_tuples.new(CancelOrder, (order.order_id,)))
                continue
            if excess > 0:
                removals.append(ReduceOrder(order.order_id, excess))
                there -= excess
            kept += there
        if 2 * kept < quantity or kept < min(quantity, least):
            placements.append(named_tuples.new(PlaceOrder, (side, price, quantity - kept)))
    return removals + placements


def requote(quotes: Quotes, view: MarketView) -> list[Action]:
    """Return the instructions from the view's working orders to the quotes; the obligation's size is topped up."""
    return changes(targets(quotes, view), view.orders, view.rules.min_size)


def checked(quotes: Quotes) -> Quotes:
    """Return quotes as numbers of Python's own, which no code of a strategy can change.

    Raises:
        StrategyError: they are not ``Quotes``, or a price or size in them is not a number from 0 to 2^53.
    """
    if quotes.__class__ is not Quotes and not isinstance(quotes, Quotes):
        raise StrategyError(f"quote() must return Quotes, not {shown(quotes)}")
    bid, ask, reservation, hedges = quotes.bid, quotes.ask, quotes.reservation, quotes.hedges
    bid_size, ask_size = quotes.bid_size, quotes.ask_size
    if (
        bid.__class__ is float
        and ask.__class__ is float
        and (reservation is None or reservation.__class__ is float)
        and bid_size.__class__ is int
        and ask_size.__class__ is int
        and 0.0 <= bid <= _MOST_PRICE
        and 0.0 <= ask <= _MOST_PRICE
        and (reservation is None or -_MOST_PRICE <= reservation <= _MOST_PRICE)
        and 0 <= bid_size <= MOST_ASKED
        and 0 <= ask_size <= MOST_ASKED
        and not hedges
        and quotes.__class__ is Quotes
    ):
        # As most answers are; the others are looked at one by one.
        return quotes
    return Quotes(
        _price("bid", bid),
        _price("ask", ask),
        _size("bid_size", bid_size),
        _size("ask_size", ask_size),
        None if reservation is None else _number("reservation", reservation, least=-MOST_ASKED),
        dict(hedges) if isinstance(hedges, Mapping) else hedges,
        quotes.nearest,
    )


def _price(name: str, price: object) -> float | None:
    return None if price is None else _number(name, price)


def _size(name: str, size: object) -> int:
    number = _number(name, size)
    if number != int(number):
        raise StrategyError(f"{name} must be a whole number of lots, not {shown(size)}")
    return int(number)


def _number(name: str, value: object, least: float = 0.0) -> float:
    # numpy's scalars are registered as Real; so is bool, which is never a price or a size.
    if value.__class__ not in (float, int) and (not isinstance(value, Real) or isinstance(value, bool)):
        raise StrategyError(f"{name} must be a number, not {shown(value)}")
    # A comparison, which a whole number of any size can do; nan fails it.
    if not least <= value <= MOST_ASKED:  # type: ignore[operator]
        low = "0" if least == 0 else "-2^53"
        raise StrategyError(f"{name} must be a number from {low} to 2^53, not {shown(value)}")
    return float(value)

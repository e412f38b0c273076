"""The player's commands on the real exchange: pegs, moves, undo, reverse."""

from __future__ import annotations

import math

import pytest

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.level.level import load_level
from mmtui.session.commands import (
    AnyCommand,
    Cancel,
    Fix,
    Flatten,
    HandOver,
    Join,
    Move,
    Peg,
    Quote,
    Reverse,
    Shift,
    Take,
    Undo,
)
from mmtui.session.session import Session
from mmtui.strategies.excluding_own import others_mid
from mmtui.units import NS_PER_S

Standing = list[tuple[Side, int, int]]


def watched_at(seconds: float = 5.0) -> WatchedSession:
    watched = WatchedSession(Session(load_level("first-quotes"), 7))
    watched.advance(round(seconds * NS_PER_S))
    return watched


def session_at(seconds: float = 5.0) -> Session:
    return watched_at(seconds).session


def after(session: Session, *commands: AnyCommand, seconds: float = 0.03) -> Standing:
    """What stands once the commands have arrived; the latency is 20 ms."""
    for command in commands:
        session.submit(command)
    session.advance(session.now_ns + round(seconds * NS_PER_S))
    return standing(session)


def standing(session: Session) -> Standing:
    orders = session.maker.gateway.orders.values()
    return sorted((order.side, order.price, order.quantity) for order in orders if order.working)


def far(session: Session) -> tuple[int, int]:
    """Prices at which nothing trades soon."""
    bid, ask = session.market.exchange.touch
    return bid - 12, ask + 12


def test_quote_replaces_its_side_and_an_added_one_does_not() -> None:
    session = session_at()
    bid, _ = far(session)
    assert after(session, Quote(Side.BUY, bid, 2), Quote(Side.BUY, bid - 1, 3, add=True)) == [
        (Side.BUY, bid - 1, 3),
        (Side.BUY, bid, 2),
    ]
    assert after(session, Quote(Side.BUY, bid - 4, 1)) == [(Side.BUY, bid - 4, 1)]


def test_added_join_leaves_the_other_order() -> None:
    session = session_at()
    bid, _ = far(session)
    session.submit(Quote(Side.BUY, bid, 2))
    session.submit(Join(Side.BUY, 1, add=True))
    assert sum(order.leaves_quantity > 0 for order in session.maker.gateway.orders.values()) == 2


def test_move_takes_the_orders_of_one_price_along_and_no_others() -> None:
    session = session_at()
    bid, _ = far(session)
    after(session, Quote(Side.BUY, bid, 2), Quote(Side.BUY, bid - 1, 3, add=True))
    assert after(session, Move(Side.BUY, bid, bid - 5)) == [(Side.BUY, bid - 5, 2), (Side.BUY, bid - 1, 3)]


@pytest.mark.parametrize("amend", [Shift(-1, 2), Cancel(), Cancel(side=Side.SELL), Move(Side.BUY, 0, 0)])
def test_undo_brings_back_what_stood_and_twice_is_redo(amend: AnyCommand) -> None:
    session = session_at()
    bid, ask = far(session)
    before = after(session, Quote(Side.BUY, bid, 2), Quote(Side.SELL, ask, 4))
    if isinstance(amend, Move):
        amend = Move(Side.BUY, bid, bid - 3)
    changed = after(session, amend)
    assert changed != before
    assert after(session, Undo()) == before
    assert after(session, Undo()) == changed


def test_undo_brings_back_the_smaller_order_without_losing_its_place() -> None:
    session = session_at()
    bid, _ = far(session)
    after(session, Quote(Side.BUY, bid, 2))
    order_id = next(iter(session.maker.gateway.orders))
    after(session, Quote(Side.BUY, bid, 3, add=True))
    assert after(session, Undo()) == [(Side.BUY, bid, 2)]
    assert list(session.maker.gateway.orders) == [order_id]


def test_undo_leaves_out_what_has_traded_since() -> None:
    session = session_at()
    bid, ask = far(session)
    after(session, Quote(Side.BUY, bid, 5), Quote(Side.SELL, ask, 5))
    session.submit(Join(Side.BUY, 4))
    while session.maker.gateway.position == 0:
        session.advance(session.now_ns + NS_PER_S // 100)
    bought = session.maker.gateway.position
    assert after(session, Undo(), seconds=0.021)[-2:] == [(Side.BUY, bid, 5 - bought), (Side.SELL, ask, 5)] or (
        standing(session) == [(Side.SELL, ask, 5), (Side.BUY, bid, 5 - bought)]
    )


def test_undo_of_nothing_is_told() -> None:
    watched = watched_at()
    watched.submit(Undo())
    assert watched.view().notices == ("There is nothing to undo",)


def test_reverse_turns_the_position_around() -> None:
    session = session_at()
    after(session, Take(Side.BUY, 3, 10))
    position = session.maker.gateway.position
    assert position > 0
    after(session, Quote(Side.BUY, far(session)[0], 2), Reverse(10))
    assert session.maker.gateway.position == -position
    assert standing(session) == []


def test_pegged_quotes_follow_the_market_until_fixed() -> None:
    watched = watched_at()
    session = watched.session
    session.submit(Peg(half_spread=4, skew=0, size=2))
    assert watched.view().peg == Peg(half_spread=4, skew=0, size=2)
    centres = set()
    for _ in range(40):
        session.advance(session.now_ns + NS_PER_S)
        orders = [order for order in session.maker.gateway.orders.values() if order.leaves_quantity]
        prices = {order.side: order.price for order in orders}
        if len(prices) == 2:
            assert 8 <= prices[Side.SELL] - prices[Side.BUY] <= 9
            centres.add(prices[Side.BUY])
    assert len(centres) > 3
    session.submit(Fix())
    assert watched.view().peg is None
    fixed = {order.order_id for order in session.maker.gateway.orders.values() if order.leaves_quantity}
    session.advance(session.now_ns + 5 * NS_PER_S)
    assert {order.order_id for order in session.maker.gateway.orders.values()} <= fixed


def test_skewed_peg_stands_lower() -> None:
    prices = []
    for skew in (0.0, -3.0):
        session = session_at()
        prices.append([price for _, price, _ in after(session, Peg(half_spread=6, skew=skew, size=1))])
    assert [price - 3 for price in prices[0]] == prices[1]


def test_peg_on_the_microprice_leans_to_the_thinner_side() -> None:
    watched = watched_at()
    session, view = watched.session, watched.view()
    assert view.signals.microprice != view.mid
    by_mid = after(session, Peg(half_spread=8.5, skew=0, size=1))
    session.submit(Peg(half_spread=8.5, skew=0, size=1, reference="microprice"))
    assert watched.view().peg == Peg(8.5, 0, 1, "microprice")
    assert len(by_mid) == 2


def test_peg_on_the_index_stands_where_the_index_says_the_future_belongs() -> None:
    session = Session(load_level("index-future"), 7)
    session.advance(5 * NS_PER_S)
    view = session.maker.view
    centre = view.hedges["IX"].carried / view.rules.tick
    assert abs(centre - others_mid(view)) > 1
    stands = after(session, Peg(half_spread=6, skew=0.5, size=2, reference="index"))
    assert stands == [(Side.SELL, math.ceil(centre + 6.5), 2), (Side.BUY, math.floor(centre - 5.5), 2)]
    session.advance(30 * NS_PER_S)
    centre = view.hedges["IX"].carried / view.rules.tick
    assert sum(price for _, price, _ in standing(session)) / 2 == pytest.approx(centre + 0.5, abs=2.5)


def test_peg_on_the_index_without_one_follows_the_mid() -> None:
    by_index = after(session_at(), Peg(half_spread=6, skew=0, size=1, reference="index"))
    assert by_index == after(session_at(), Peg(half_spread=6, skew=0, size=1))


@pytest.mark.parametrize("command", [Cancel(), Shift(1, 1), Flatten(), HandOver("fixed"), Quote(Side.BUY, 9_900, 1)])
def test_any_other_quoting_ends_the_peg(command: AnyCommand) -> None:
    watched = watched_at()
    after(watched.session, Peg(half_spread=4, skew=0, size=2))
    watched.submit(command)
    assert watched.view().peg is None


def test_taking_leaves_the_peg() -> None:
    watched = watched_at()
    peg = Peg(half_spread=4, skew=0, size=2)
    after(watched.session, peg, Take(Side.BUY, 1))
    assert watched.view().peg == peg


def test_undo_brings_back_the_peg() -> None:
    watched = watched_at()
    peg = Peg(half_spread=4, skew=0, size=2)
    after(watched.session, peg, Cancel())
    watched.submit(Undo())
    assert watched.view().peg == peg


def test_session_with_every_command_is_the_same_however_it_is_looked_at() -> None:
    digests = []
    for looks in (1, 7):
        watched = watched_at()
        bid, ask = 9_990, 10_010
        for command in (
            Peg(half_spread=2, skew=0.5, size=2),
            Peg(half_spread=1.5, skew=0, size=2, reference="microprice"),
            Undo(),
            Fix(),
            Quote(Side.BUY, bid, 1, add=True),
            Move(Side.BUY, bid, bid - 1),
            Quote(Side.SELL, ask, 1),
            Undo(),
            Reverse(),
            Join(Side.BUY, 1),
        ):
            start_ns = watched.now_ns
            watched.submit(command)
            for look in range(1, looks + 1):
                watched.advance(start_ns + 10 * NS_PER_S * look // looks)
                watched.view()
        digests.append(watched.session.digest)
    assert digests[0] == digests[1]

"""Who paid whom, and who traded with whom."""

from __future__ import annotations

from itertools import product

import pytest

from mmtui.book import Side
from mmtui.report.room import room_page, room_text
from mmtui.room.core.instructions import Spike
from mmtui.room.core.room import Room
from mmtui.room.core.settlement import pairs, settlement
from mmtui.room.core.spec import RoomSpec
from mmtui.session.commands import Cancel, Quote, Take
from tests.unit.room.rooms import S, opened, short


def a_busy_room(level: str = "skew") -> Room:
    """Two seats that trade with each other, and bots."""
    room = opened(RoomSpec(seats=4, bots=("skew", "touch")), level=short(level, 40))
    room.join("a", "frog")
    room.join("b", "newt")
    for second in range(1, 40):
        room.advance(second * S)
        view = room.view(0)
        if second % 4 == 0 and view.best_bid is not None and view.best_ask is not None:
            room.submit(0, Cancel())
            room.submit(0, Quote(Side.BUY, view.best_ask - 1, 2))
        if second % 4 == 1:
            room.submit(1, Take(Side.SELL, 2, 5))
    room.instruct(Spike(side=Side.BUY, lots=30))
    room.advance(room.end_ns)
    return room


@pytest.mark.parametrize("level", ["skew", "first-quotes"])
def test_who_paid_whom_sums_to_zero_and_each_row_to_the_seat_s_pnl(level: str) -> None:
    room = a_busy_room(level)
    settled, session = settlement(room.sessions[0]), room.sessions[0]
    seats = range(len(room.seats))
    assert sum(map(sum, settled.paid)) + sum(settled.background) == 0.0
    for one, other in product(seats, seats):
        assert settled.paid[one][other] == -settled.paid[other][one]
    for seat in seats:
        row = sum(settled.paid[seat]) + settled.start[seat] + settled.hedges[seat]
        assert row - settled.fees[seat] - settled.own_impact[seat] == pytest.approx(session.seats[seat].total)
        assert settled.totals[seat] == session.seats[seat].total
    assert any(settled.paid[0][other] for other in seats)
    assert settled.own_impact[1] or not session.seats[1].impact


def test_those_who_trade_with_each_other_are_listed_with_who_gained() -> None:
    room = a_busy_room()
    found = pairs(room.sessions[0])
    settled = settlement(room.sessions[0])
    assert {(pair.seat, pair.other) for pair in found} >= {(0, 1)} or {(1, 0)} <= {(p.seat, p.other) for p in found}
    for pair in found:
        assert pair.paid == settled.paid[pair.seat][pair.other] >= 0.0
        fills = [
            fill for fill in room.sessions[0].seats[pair.seat].desk.fills if (fill.other_id or 0) % 1024 == pair.other
        ]
        assert (pair.trades, pair.lots) == (len(fills), sum(fill.quantity for fill in fills))
        assert 0.0 < pair.share <= 1.0
    assert [pair.share for pair in found] == sorted((pair.share for pair in found), reverse=True)


def test_the_debrief_names_all_and_has_no_markup_of_theirs() -> None:
    room = a_busy_room()
    text = "\n".join(room_text(room))
    for word in ("frog", "newt", "(skew 3)", "(touch 4)", "RANKS", "WHO PAID WHOM", "sum to 0.00 over all"):
        assert word in text
    page = room_page(room)
    assert "<script" not in page
    assert room.digest in page

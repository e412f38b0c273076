"""What the screen is shown."""

from __future__ import annotations

import pytest

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.observe.snapshot import FloorSnapshot, Ghost, OwnOrder
from mmtui.observe.snapshot_builder import SnapshotBuilder
from mmtui.session.commands import AnyCommand, HandOver, Join, Quote, Ready, Shift, Take
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from tests.unit.session.hedge_levels import level as hedge_level
from tests.unit.session.support import BUY, SELL, S, Stand, short, still


class Watched(Stand):
    """A session in the still market, watched."""

    def __init__(self) -> None:
        session = Session(still(), 1, par=NoPar())
        self.level, self.market, self.maker = session.level, session.market, session.maker
        self.lay_out()
        self._builder = SnapshotBuilder(session)

    def look(self) -> FloorSnapshot:
        return self._builder.snapshot()


def test_the_book_is_shown_whole() -> None:
    stand = Watched()
    stand.others(BUY, 9_995, 4)
    stand.others(BUY, 9_995, 3)
    view = stand.look()
    assert view.bids == {9_995: 7, 9_990: 100}
    assert view.asks == {10_010: 100}
    assert (view.best_bid, view.best_ask, view.mid) == (9_995, 10_010, 10_002.5)


def test_own_orders_are_shown_with_their_exact_place() -> None:
    stand = Watched()
    stand.others(BUY, 9_995, 4)
    stand.others(BUY, 9_995, 3)
    stand.do(Quote(BUY, 9_995, 2))
    stand.others(BUY, 9_995, 9)
    stand.do(Quote(SELL, 10_005, 1), Take(BUY, 1, -10), arrive=False)
    bid, ask = stand.look().orders
    assert (bid.side, bid.price, bid.quantity, bid.lots_ahead, bid.orders_ahead) == (BUY, 9_995, 2, 7, 2)
    assert (ask.side, ask.price, ask.lots_ahead, ask.orders_ahead) == (SELL, 10_005, None, None)
    assert isinstance(ask, OwnOrder)
    stand.do(Shift(1, 0), arrive=False)
    leaving = [order.pending_cancel for order in stand.look().orders]
    assert leaving == [True, False, False]


def test_the_tape_says_which_side_was_one_s_own() -> None:
    stand = Watched()
    stand.do(Quote(SELL, 10_005, 2))
    stand.hit(BUY, 3)  # two from the maker, one from others
    stand.hit(SELL, 1)
    stand.do(Take(SELL, 1))
    tape = stand.look().tape
    assert [(trade.price, trade.quantity, trade.side, trade.own) for trade in tape] == [
        (9_990, 1, SELL, SELL),
        (9_990, 1, SELL, None),
        (10_010, 1, BUY, None),
        (10_005, 2, BUY, SELL),
    ]
    assert stand.look().last == tape[0]


def test_volume_is_counted_by_price_and_by_who_took() -> None:
    stand = Watched()
    assert (stand.look().high, stand.look().low, stand.look().volume) == (None, None, {})
    stand.others(SELL, 10_005, 2)
    stand.hit(BUY, 5)
    stand.hit(SELL, 4)
    stand.others(BUY, 10_005, 1)
    stand.hit(SELL, 1)
    view = stand.look()
    assert view.volume == {10_005: (1, 2), 10_010: (0, 3), 9_990: (4, 0)}
    assert (view.high, view.low) == (10_010, 9_990)


def test_the_desk_is_shown_as_it_is() -> None:
    stand = Watched()
    stand.do(Quote(BUY, 9_995, 2))
    stand.hit(SELL, 2)
    stand.wait(1_500)
    desk, view = stand.maker.desk, stand.look().desk
    money = desk.attribution(stand.market.exchange.mid)
    assert (view.position, view.limit, view.average_entry, view.volume, view.fills) == (2, 20, 9_995, 2, 1)
    assert (view.total, view.spread, view.position_pnl, view.hedge, view.fees) == (
        money.total,
        money.spread,
        money.position,
        money.hedge,
        money.fees,
    )
    assert view.markouts == (5.0, None, None)
    (fill,) = view.last_fills
    assert (fill.side, fill.price, fill.quantity, fill.markouts) == (BUY, 9_995, 2, (5.0, None, None))


def test_the_last_fills_come_newest_first() -> None:
    stand = Watched()
    stand.do(Quote(BUY, 9_995, 10))
    for quantity in (1, 2, 3):
        stand.hit(SELL, quantity)
        stand.wait(10)
    assert [fill.quantity for fill in stand.look().desk.last_fills] == [3, 2, 1]


def test_ghosts_are_what_would_trade_and_vanish_when_it_does() -> None:
    stand = Watched()
    stand.do(Ready("fixed", {"half_spread": 5, "size": 3}))
    view = stand.look()
    assert (view.active, view.ready, view.reservation) == (None, "fixed", 10_000.0)
    assert view.ghosts == (Ghost(BUY, 9_995, 3), Ghost(SELL, 10_005, 3))
    stand.do(HandOver("fixed", {"half_spread": 5, "size": 3}))
    view = stand.look()
    assert (view.active, view.ready, view.ghosts, view.reservation) == ("fixed", "fixed", (), 10_000.0)
    assert [(order.side, order.price, order.quantity) for order in view.orders] == [(BUY, 9_995, 3), (SELL, 10_005, 3)]


@pytest.mark.parametrize(("side", "quantity"), [(Side.BUY, 17), (Side.SELL, 17)])
def test_ghosts_leave_room_to_the_limit(side: Side, quantity: int) -> None:
    stand = Watched()
    stand.do(Take(side, quantity))
    stand.do(Ready("fixed", {"half_spread": 5, "size": 9}))
    sizes = {ghost.side: ghost.quantity for ghost in stand.look().ghosts}
    assert sizes == {side: 3, side.opposite: 9}


def test_the_score_and_the_end_are_shown() -> None:
    session = Session(short("skew"), 1, "skew")
    watched = WatchedSession(session)
    session.advance(10 * S)
    view = watched.view()
    score = session.score()
    assert view.score is not None
    assert (view.score.total, view.score.parts, view.score.stars) == (score.total, score.parts, score.stars)
    assert (view.phase, view.ended, view.now_ns, view.end_ns) == ("open", None, 10 * S, 20 * S)
    session.advance(20 * S)
    view = watched.view()
    assert (view.phase, view.ended) == ("ended", "time")


def test_pressure_on_the_touch_is_read_from_one_second_to_the_next() -> None:
    stand = Watched()
    assert stand.look().signals.pressure == 0.0
    stand.others(BUY, 9_990, 6)
    assert stand.look().signals.pressure == 0.0
    stand.wait(1_000)
    assert stand.look().signals.pressure == 1.0
    stand.others(SELL, 10_010, 2)
    assert stand.look().signals.pressure == 1.0
    stand.wait(1_000)
    assert stand.look().signals.pressure == (6 - 2) / (6 + 2)


def test_basis_of_an_index_is_in_deviations_of_its_own_past_whenever_one_looks() -> None:
    watched = WatchedSession(Session(hedge_level("all"), 1))
    for step in range(240):
        watched.advance(step * S // 4)
        # Looking again within a second is no further sample.
        found = {hedge.name: hedge.basis_z for hedge in watched.view().hedges}
    assert found["SPOT"] is not None
    # Some sixty samples of a basis with a half-life of a minute: within a few deviations of their mean.
    assert 0 < abs(found["SPOT"]) < 5
    assert (found["IDX"], found["P100"]) == (None, None)


def test_warm_up_trades_are_neither_on_the_tape_nor_in_the_volume() -> None:
    watched = WatchedSession(Session(short("skew"), 1))
    assert watched.session.market.exchange.tape
    view = watched.view()
    assert (view.tape, view.volume) == ((), {})
    assert view.last is not None
    assert view.last.time_ns < 0


def test_rejections_are_notices_for_the_player_only() -> None:
    stand = Watched()
    refused: AnyCommand = Join(BUY, 11)
    stand.do(refused)
    for _ in range(2):
        assert stand.look().notices == ("buy 11 @ 99.90 rejected: an order is 1 to 10 lots, not 11",)
        assert stand.look().noticed == 1

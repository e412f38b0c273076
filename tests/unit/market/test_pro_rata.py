"""Sessions whose exchange shares orders out by more than time."""

from __future__ import annotations

import copy
import pickle

import msgspec
import pytest

from mmtui.book import Matching, Side
from mmtui.debrief.build import debrief
from mmtui.debrief.tables import queue
from mmtui.errors import LevelError
from mmtui.level.describe import maker_rules
from mmtui.level.level import Level, level_from_json, load_level
from mmtui.market.core.exchange import FIRST_BACKGROUND
from mmtui.market.core.instrument import Instrument
from mmtui.market.core.order_ids import INDEX
from mmtui.market.core.pro_rata import ProRataLadder
from mmtui.market.core.venue import ExchangeSpec, open_exchange
from mmtui.observe.snapshot import OwnOrder
from mmtui.session.audit import Audit
from mmtui.session.replay import Script
from mmtui.session.session import Session
from mmtui.tui.widgets.ladder_rows import OwnOrdersCell, own_cell

ALLOCATION = Matching(pro_rata=1.0, top=True, minimum=2)
S = 1_000_000_000
ABC = Instrument(symbol="ABC", currency="USD", tick=0.01, lot=100, price=10.0)


def shared(level_id: str, matching: Matching = ALLOCATION) -> Level:
    level = load_level(level_id)
    return msgspec.structs.replace(level, exchange=msgspec.structs.replace(level.exchange, matching=matching))


@pytest.mark.parametrize("level_id", ["skew", "vcm"])
def test_a_session_s_books_add_up_and_a_copy_goes_on_alike(level_id: str) -> None:
    session = Session(shared(level_id), 1, "skew")
    Audit(session)
    session.advance(60 * S)
    assert isinstance(session.market.exchange.ladder, ProRataLadder)
    copies = [copy.deepcopy(session), pickle.loads(pickle.dumps(session))]
    assert {_digest(each) for each in copies} == {_digest(session)}
    assert _digest(session) != _digest(Session(load_level(level_id), 1, "skew"))


def _digest(session: Session) -> str:
    session.advance(90 * S)
    return session.result().digest


@pytest.mark.parametrize(("matching", "traded"), [(Matching(), 0), (Matching(pro_rata=1.0), 2)])
def test_the_back_of_a_queue_trades_its_part(matching: Matching, traded: int) -> None:
    exchange = open_exchange(ExchangeSpec(matching=matching), ABC, 100 * S)
    background, maker = exchange.id_range(FIRST_BACKGROUND), exchange.id_range(0)
    for side, price in ((Side.BUY, 999), (Side.SELL, 1_001)):
        exchange.rest(0, background.one(), side, price, 30)
    order_id = maker.one()
    exchange.quote(order_id, Side.BUY, 999, 10)
    taken = exchange.take(0, background.one(), Side.SELL, 8, 999)
    assert sum(trade.quantity for trade in taken.trades if trade.maker_id == order_id) == traded
    assert taken.filled == 8
    # However it is shared out, a lot of the background stays.
    rest = exchange.take(0, background.one(), Side.SELL, 100, 999)
    assert rest.filled <= 31
    assert any(order.order_id & INDEX == FIRST_BACKGROUND for order in exchange.orders(Side.BUY))


def test_the_ladder_and_the_debrief_tell_the_part_of_a_place() -> None:
    session = Session(shared("tick-size"), 2, "touch")
    session.advance(30 * S)
    exchange = session.market.exchange
    order = next(each for each in session.maker.gateway.orders.values() if exchange.rests(each.order_id))
    level = exchange.ladder.levels[order.order_id]
    part = exchange.part_of(order.order_id)
    assert part is not None
    assert part == pytest.approx(order.quantity / level.total, abs=2 / (level.total // 2))
    told = queue(debrief(Script.of(session)))
    assert {row[0] for row in told.rows} <= {"under 5%", "5-20%", "over 20%"}
    assert own_cell([OwnOrder(1, Side.BUY, 100, 5, 12, 3, part=0.123)]) == OwnOrdersCell("  5 12%", "working")


def test_the_rule_is_told_and_read_from_a_level_s_file() -> None:
    told = dict(maker_rules(shared("skew")))
    assert told["at one price"].startswith("first the last order that bettered the price, the rest in proportion")
    tables = msgspec.to_builtins(load_level("skew"))
    tables["exchange"]["matching"] = {"pro_rata": 0.4}
    assert level_from_json(msgspec.json.encode(tables), "x.toml").exchange.matching == Matching(pro_rata=0.4)
    tables["exchange"]["matching"] = {"pro_rata": 2}
    with pytest.raises(LevelError, match=r"exchange\.matching\.pro_rata: expected a number of at most 1, not 2"):
        level_from_json(msgspec.json.encode(tables), "x.toml")


def test_an_order_that_comes_back_behind_others_has_lost_the_top_place() -> None:
    ladder = ProRataLadder(999, 1_001, ALLOCATION)
    ladder.rest(1_000, Side.BUY, 999, 10)
    ladder.rest(1_001, Side.BUY, 999, 30)
    ladder.cancel(1_000)
    ladder.rest(1_000, Side.BUY, 999, 10)
    taken = ladder.take(1_002, Side.SELL, 8, 999)
    assert [(trade.maker_id, trade.quantity) for trade in taken.trades] == [(1_001, 6), (1_000, 2)]

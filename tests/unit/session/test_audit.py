"""The auditor: silent over real sessions, whoever quotes, and loud whenever anything is amiss."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from mmtui.book import Side
from mmtui.errors import AuditError
from mmtui.level.level import Level, level_ids, load_level
from mmtui.market.book_market import FIRST_RIVAL, BookMarket
from mmtui.market.core.ladder import LadderLevel
from mmtui.session.audit import Audit
from mmtui.session.commands import Flatten, Join, Shift, Take
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from mmtui.strategies.registry import strategy_names
from tests.inside import book_of
from tests.unit.session.hedge_levels import level as hedge_level
from tests.unit.session.support import BUY, MS, SELL, S, short

#: Levels that are longer than this are audited only so far.
_LONGEST_S = 480


def audited(level_id: str) -> Level:
    level = load_level(level_id)
    return level if level.duration_s <= _LONGEST_S else short(level_id, _LONGEST_S)


def tight(level_id: str) -> Level:
    """A level with the limit so tight that it matters, fees and a rebate, and a position at the start."""
    level = audited(level_id)
    fees = msgspec.structs.replace(level.market.instrument.fees, maker_per_share=-0.002, taker_bps=0.3)
    instrument = msgspec.structs.replace(level.market.instrument, fees=fees)
    maker = msgspec.structs.replace(level.maker, position=3, position_limit=7, max_order=4, max_loss=None)
    market = msgspec.structs.replace(level.market, instrument=instrument)
    events = tuple(
        msgspec.structs.replace(event, market=msgspec.structs.replace(event.market, instrument=instrument))
        for event in level.events
    )
    return msgspec.structs.replace(level, maker=maker, market=market, events=events)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", strategy_names(baselines=True))
@pytest.mark.parametrize("level_id", level_ids())
def test_books_add_up_after_every_event(level_id: str, strategy: str) -> None:
    session = Session(audited(level_id), 1, strategy, ends_on_failure=True)
    audit = Audit(session)
    session.advance(session.end_ns)
    assert session.maker.error is None
    assert audit.events > 1_000
    assert audit.lots[0] == session.maker.desk.position
    # Whoever requotes at every move of a busy market is hardly ever there, whoever quotes far away hardly ever reached.
    least = 2 if strategy in ("chase", "wide") else 10
    assert (len(session.maker.desk.fills) > least) is (strategy != "idle")


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["fixed", "reckless"])
@pytest.mark.parametrize("level_id", level_ids())
def test_books_add_up_with_fees_and_a_limit_that_is_always_near(level_id: str, strategy: str) -> None:
    session = Session(tight(level_id), 3, strategy, ends_on_failure=True)
    Audit(session)
    session.advance(session.end_ns)
    assert session.maker.desk.max_abs >= 6
    assert session.maker.desk.fees != 0


def test_books_add_up_with_hedges() -> None:
    session = Session(hedge_level("all"), 2, "hedged", ends_on_failure=True)
    Audit(session)
    session.advance(session.end_ns)
    assert any(leg.volume for leg in session.maker.desk.hedges.legs.values())


@pytest.mark.slow
def test_books_add_up_for_a_wild_player() -> None:
    """Who takes, joins, shifts and flattens at the limit, several times within the latency."""
    session = Session(tight("volatility-spike"), 4)
    Audit(session)
    step = 0
    while session.over is None:
        side = Side.BUY if step // 40 % 2 else Side.SELL
        for command in (Join(BUY, 3, step % 3), Join(SELL, 3, step % 3), Take(side, 2, 50), Shift(step % 5 - 2, 1)):
            if (step + isinstance(command, Take)) % 3:
                session.submit(command)
            session.advance(session.now_ns + 7 * MS)
        if step % 25 == 0:
            session.submit(Flatten())
            session.submit(Flatten())
        session.advance(session.now_ns + 200 * MS)
        step += 1
    assert len(session.maker.desk.fills) > 300


def test_what_trades_at_the_first_instant_is_booked() -> None:
    session = Session(short("skew", latency_ms=0.0), 1, par=NoPar())
    audit = Audit(session)
    session.submit(Take(BUY, 2))
    session.advance(1)
    assert [fill.time_ns for fill in session.maker.desk.fills] == [0]
    assert audit.lots[0] == session.maker.desk.position == 2


def test_rivals_count_their_own_lots_alike() -> None:
    session = Session(short("skew"), 1, "skew", ends_on_failure=True)
    market = session.market
    assert isinstance(market, BookMarket)
    rivals = dict(enumerate(market._rivals, start=FIRST_RIVAL))
    before = {index: rival.inventory for index, rival in rivals.items()}
    audit = Audit(session)
    session.advance(session.end_ns)
    assert {index: rival.inventory - before[index] for index, rival in rivals.items()} == {
        index: audit.lots[index] for index in rivals
    }
    assert any(audit.lots[index] for index in rivals)


def test_an_audit_changes_nothing() -> None:
    plain, watched = (Session(short("skew"), 1, "reckless", ends_on_failure=True) for _ in range(2))
    Audit(watched)
    for session in (plain, watched):
        session.advance(session.end_ns)
    assert watched.digest == plain.digest


def _level_total(session: Session) -> None:
    next(iter(book_of(session.market.exchange).bids.values())).total += 1


def _crossed(session: Session) -> None:
    book = book_of(session.market.exchange)
    price = book.best_bid = book.best_ask
    level = book.bids[price] = book.levels[10**9] = LadderLevel(price, BUY)
    level.queue[10**9] = level.total = 1_000


def _lost_order(session: Session) -> None:
    order = next(order for order in session.maker.gateway.orders.values() if order.working)
    book_of(session.market.exchange).cancel(order.order_id)


def _uncounted(session: Session) -> None:
    book_of(session.market.exchange).makers -= 1


def _misplaced(session: Session) -> None:
    book_of(session.market.exchange).best_ask += 1


def _beyond_the_limit(session: Session) -> None:
    session.maker.gateway.bid_lots[9_990] = 100


def _position(session: Session) -> None:
    session.maker.desk.position += 1


def _money(session: Session) -> None:
    session.maker.desk.fees += 0.01


def _spread(session: Session) -> None:
    session.maker.desk._spread += 0.5


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (_level_total, "does not add up"),
        (_crossed, "rest crossed"),
        (_lost_order, "the gateways know"),
        (_uncounted, "orders of makers rest, the book counts"),
        (_misplaced, "are not the best prices"),
        (_beyond_the_limit, "lots possible, limit 20"),
        (_position, "the trades leave"),
        (_money, "its trades make"),
        (_spread, "its parts make"),
    ],
)
def test_whatever_is_amiss_is_told_with_its_time(harm: Callable[[Session], None], sentence: str) -> None:
    session = Session(short("skew"), 1, "skew", ends_on_failure=True)
    Audit(session)
    session.advance(6 * S)
    harm(session)
    with pytest.raises(AuditError, match=rf"^level skew, seed 1, \d+\.\d+ s: .*{sentence}"):
        session.advance(session.end_ns)

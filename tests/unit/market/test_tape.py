"""A tape in the book: what own orders do there, and what they change, by hand-made cases."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import msgspec
import pytest

from mmtui.book import QueueAhead, Side
from mmtui.coach.watched import WatchedSession
from mmtui.errors import InputError, LevelError
from mmtui.level.level import Level, level_from_json, parse_level
from mmtui.market.core.exchange import PARTICIPANTS, TAPE
from mmtui.market.tape.tape_market import TapeMarket
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.session.audit import Audit
from mmtui.session.commands import Flatten, Quote, Take
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
from tests.inside import book_of
from tests.tapes import LEVEL, Row, level_on, simulated, write

BUY, SELL = Side.BUY, Side.SELL
NEW, REDUCE, DELETE, EXECUTE, HIDDEN, CROSS, HALT = range(1, 8)

#: Two bids at 9,990, one below, two offers: all at the first instant.
OPENING: list[Row] = [
    (100.0, NEW, 1, 5, 9_990, 1),
    (100.0, NEW, 2, 4, 9_990, 1),
    (100.0, NEW, 3, 9, 9_980, 1),
    (100.0, NEW, 4, 6, 10_010, -1),
    (100.0, NEW, 5, 7, 10_020, -1),
]

Script = list[Row]


class Stand:
    """A session on a tape of OPENING and what follows it; an own order stands where it is sent, at once."""

    def __init__(self, folder: Path, script: Script, effect: str = "passive") -> None:
        path = write(folder / "tape.csv", [*OPENING, *script])
        normal = "normal = { spread = 20.0, volatility = 1.0, size = 5 }"
        self.level = level_on(path, more=f'effect = "{effect}"\n{normal}')
        self.session = Session(self.level, 1)
        self.watched = WatchedSession(self.session)
        self.audit = Audit(self.session)

    def at(self, seconds: float) -> Stand:
        self.session.advance(round(seconds * NS_PER_S))
        return self

    def quote(self, side: Side, price: int, lots: int) -> Stand:
        self.session.submit(Quote(side, price, lots, add=True))
        return self.at(self.session.now_ns / NS_PER_S + 1e-9)

    def take(self, side: Side, lots: int, protection: int = 100) -> Stand:
        self.session.submit(Take(side, lots, protection))
        return self.at(self.session.now_ns / NS_PER_S + 1e-9)

    @property
    def ahead(self) -> list[QueueAhead | None]:
        book = book_of(self.session.market.exchange)
        return [book.queue_ahead(order.order_id) for order in self.session.maker.gateway.orders.values()]

    @property
    def fills(self) -> list[tuple[Side, int, int]]:
        return [(fill.side, fill.price, fill.quantity) for fill in self.session.maker.desk.fills]

    @property
    def prints(self) -> int:
        return sum(trade.quantity for _, trade in self.session.market.exchange.tape)

    def lots(self, order_id: int) -> int | None:
        """What is left of an order of the tape."""
        found = order_id * PARTICIPANTS + TAPE
        return book_of(self.session.market.exchange).remaining(found)


both = pytest.mark.parametrize("effect", ["passive", "impact"])


# Places in the queue


@both
def test_the_queue_ahead_is_what_came_before_and_falls_by_it_alone(tmp_path: Path, effect: str) -> None:
    stand = Stand(
        tmp_path,
        [
            (102.0, NEW, 6, 8, 9_990, 1),
            (103.0, REDUCE, 1, 2, 9_990, 1),
            (104.0, REDUCE, 6, 3, 9_990, 1),
            (105.0, DELETE, 2, 4, 9_990, 1),
            (106.0, EXECUTE, 1, 1, 9_990, 1),
            (107.0, DELETE, 6, 5, 9_990, 1),
            (108.0, EXECUTE, 1, 2, 9_990, 1),
        ],
        effect,
    )
    stand.at(1).quote(BUY, 9_990, 3)
    seen = [stand.at(second + 0.5).ahead[0] for second in range(1, 9)]
    assert seen == [(9, 2), (9, 2), (7, 2), (7, 2), (3, 1), (2, 1), (2, 1), (0, 0)]
    assert stand.fills == []


@both
def test_an_own_order_behind_is_not_filled_and_one_in_front_is_filled_first(tmp_path: Path, effect: str) -> None:
    script = [
        (102.0, NEW, 6, 8, 9_990, 1),
        (103.0, EXECUTE, 1, 5, 9_990, 1),
        (104.0, EXECUTE, 2, 4, 9_990, 1),
        (105.0, EXECUTE, 6, 2, 9_990, 1),
    ]
    stand = Stand(tmp_path, script, effect)
    stand.at(1).quote(BUY, 9_990, 3)
    assert stand.at(4.5).fills == []
    assert stand.at(5).fills == [(BUY, 9_990, 2)]
    assert stand.ahead == [(0, 0)]


# What the maker's fills change


def test_passive_the_tapes_order_loses_the_lots_that_the_maker_was_filled_in_place_of(tmp_path: Path) -> None:
    script = [
        (102.0, NEW, 6, 8, 9_990, 1),
        (103.0, DELETE, 1, 5, 9_990, 1),
        (103.0, DELETE, 2, 4, 9_990, 1),
        (104.0, EXECUTE, 6, 7, 9_990, 1),
        (105.0, EXECUTE, 6, 1, 9_990, 1),
    ]
    stand = Stand(tmp_path, script).at(1).quote(BUY, 9_990, 3)
    stand.at(4)
    # The taker's 7 lots: 3 from the maker, 4 from the tape's order, which is left with what it has on the tape.
    assert (stand.fills, stand.prints, stand.lots(6)) == ([(BUY, 9_990, 3)], 7, 1)
    assert (stand.at(5).lots(6), stand.prints) == (None, 8)


def test_impact_the_tapes_order_keeps_the_lots_that_the_maker_was_filled_in_place_of(tmp_path: Path) -> None:
    script = [
        (102.0, NEW, 6, 8, 9_990, 1),
        (103.0, DELETE, 1, 5, 9_990, 1),
        (103.0, DELETE, 2, 4, 9_990, 1),
        (104.0, EXECUTE, 6, 7, 9_990, 1),
        (105.0, EXECUTE, 6, 1, 9_990, 1),
        (106.0, NEW, 7, 2, 9_985, -1),
    ]
    stand = Stand(tmp_path, script, "impact").at(1).quote(BUY, 9_990, 3)
    assert (stand.at(4).fills, stand.prints, stand.lots(6)) == ([(BUY, 9_990, 3)], 7, 4)
    assert (stand.at(5).lots(6), stand.prints) == (3, 8)
    # Whoever comes to its price trades with it.
    assert (stand.at(6).lots(6), stand.prints, stand.lots(7)) == (1, 10, None)


def test_impact_what_own_orders_were_filled_in_place_of_stands_in_front_of_what_came_later(tmp_path: Path) -> None:
    script = [
        (101.5, NEW, 6, 8, 10_005, -1),
        (101.6, NEW, 7, 5, 10_005, -1),
        (102.0, EXECUTE, 6, 8, 10_005, -1),
        (103.0, EXECUTE, 7, 2, 10_005, -1),
    ]
    stand = Stand(tmp_path, script, "impact").at(1).quote(SELL, 10_005, 3)
    assert (stand.at(2).fills, stand.lots(6), stand.lots(7)) == ([(SELL, 10_005, 3)], 3, 5)
    assert (stand.at(3).lots(6), stand.lots(7), stand.prints) == (1, 5, 10)


@both
def test_a_better_quote_is_filled_before_the_tapes(tmp_path: Path, effect: str) -> None:
    stand = Stand(tmp_path, [(102.0, EXECUTE, 4, 6, 10_010, -1)], effect).at(1).quote(SELL, 10_005, 2)
    assert stand.at(2).fills == [(SELL, 10_005, 2)]
    assert stand.prints == 6
    assert stand.lots(4) == (None if effect == "passive" else 2)


@both
def test_a_hidden_execution_fills_own_orders_at_its_price_or_better_and_touches_no_other(
    tmp_path: Path, effect: str
) -> None:
    script = [(102.0, HIDDEN, 0, 5, 9_995, 1), (103.0, HIDDEN, 0, 5, 9_995, 1), (104.0, HIDDEN, 0, 5, 9_990, 1)]
    stand = Stand(tmp_path, script, effect).at(1).quote(BUY, 9_995, 7)
    assert stand.at(2).fills == [(BUY, 9_995, 5)]
    assert stand.at(4).fills == [(BUY, 9_995, 5), (BUY, 9_995, 2)]
    assert stand.prints == 15
    assert [stand.lots(order) for order in (1, 2, 3)] == [5, 4, 9]


@both
def test_an_order_of_the_tape_that_reaches_an_own_quote_trades_with_it(tmp_path: Path, effect: str) -> None:
    script = [(102.0, NEW, 6, 8, 9_995, -1), (103.0, REDUCE, 6, 2, 9_995, -1), (104.0, EXECUTE, 6, 6, 9_995, -1)]
    stand = Stand(tmp_path, script, effect).at(1).quote(BUY, 10_000, 3)
    assert (stand.at(2).fills, stand.lots(6)) == ([(BUY, 10_000, 3)], 5)
    assert stand.at(3).lots(6) == 3
    # The taker wanted 6 and finds 3; with impact he goes on to nobody, since the next is dearer than he paid.
    assert (stand.at(4).lots(6), stand.prints) == (None, 6)


def test_passive_a_lot_that_the_maker_took_is_not_there_for_the_tapes_taker(tmp_path: Path) -> None:
    script = [(102.0, EXECUTE, 4, 6, 10_010, -1), (102.0, EXECUTE, 5, 1, 10_020, -1)]
    stand = Stand(tmp_path, script).at(1).take(BUY, 4)
    assert (stand.fills, stand.lots(4)) == ([(BUY, 10_010, 4)], 2)
    assert (stand.at(2).prints, stand.lots(4), stand.lots(5)) == (4 + 2 + 1, None, 6)


def test_passive_a_taker_who_finds_his_lots_gone_does_not_turn_to_the_makers_own(tmp_path: Path) -> None:
    stand = Stand(tmp_path, [(102.0, EXECUTE, 4, 6, 10_010, -1)]).at(1).take(BUY, 6)
    stand.quote(SELL, 10_010, 3)
    assert stand.at(2).fills == [(BUY, 10_010, 6)]


def test_impact_a_taker_of_the_tape_trades_with_what_stands_behind_the_lots_that_are_gone(tmp_path: Path) -> None:
    script = [
        (101.5, NEW, 6, 9, 10_010, -1),
        (102.0, EXECUTE, 4, 6, 10_010, -1),
        (103.0, EXECUTE, 6, 9, 10_010, -1),
        (104.0, REDUCE, 5, 3, 10_020, -1),
    ]
    stand = Stand(tmp_path, script, "impact").at(1).take(BUY, 4)
    assert (stand.at(2).prints, stand.lots(4), stand.lots(6)) == (4 + 6, None, 5)
    assert (stand.at(3).prints, stand.lots(6)) == (4 + 6 + 5, None)
    assert stand.at(4).lots(5) == 4


def test_impact_a_cancellation_takes_off_what_is_left(tmp_path: Path) -> None:
    script = [(102.0, REDUCE, 4, 5, 10_010, -1), (103.0, DELETE, 4, 1, 10_010, -1)]
    stand = Stand(tmp_path, script, "impact").at(1).take(BUY, 4)
    assert stand.at(2).lots(4) is None
    assert stand.at(3).prints == 4


@both
def test_the_maker_cannot_take_the_tapes_last_lot_nor_anything_in_a_halt(tmp_path: Path, effect: str) -> None:
    script: Script = [(102.0, HALT, 0, 0, -1, -1), (104.0, HALT, 0, 0, 1, -1)]
    stand = Stand(tmp_path, script, effect)
    assert stand.at(3).take(BUY, 5).fills == []
    assert stand.watched.view().notices == (
        "Trading halt: no orders are taken",
        "buy 5 @ 101.10 rejected: trading is halted",
    )
    assert stand.at(5).take(BUY, 100).fills == [(BUY, 10_010, 6), (BUY, 10_020, 6)]


@both
def test_a_side_without_orders_keeps_its_last_price(tmp_path: Path, effect: str) -> None:
    script = [
        (102.0, DELETE, 4, 6, 10_010, -1),
        (103.0, DELETE, 5, 7, 10_020, -1),
        (104.0, NEW, 6, 1, 10_040, 1),
        (105.0, CROSS, 0, 50, 10_030, 1),
    ]
    exchange = Stand(tmp_path, script, effect).at(3.5).session.market.exchange
    assert exchange.touch == (9_990, 10_020)
    stand = Stand(tmp_path, script, effect).at(9)
    assert stand.session.market.exchange.touch == (10_040, 10_041)
    assert stand.prints == 50


# Whole tapes


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Level:
    path = write(tmp_path_factory.mktemp("tape") / "tape.csv.gz", simulated(300))
    return level_on(path, duration=200, more="from_s = 60")


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["idle", "touch", "reckless", "skew"])
@both
def test_strategies_run_on_a_tape_and_nothing_is_lost(recorded: Level, strategy: str, effect: str) -> None:
    level = with_effect(recorded, effect)
    session = Session(level, 1, strategy, ends_on_failure=True)
    audit = Audit(session)
    session.advance(session.end_ns)
    assert (session.over, session.maker.error) == ("time", None)
    assert audit.events > 500
    assert (strategy == "idle") == (not session.maker.desk.fills)
    again = Session(level, 2, strategy)
    for now_ns in range(0, again.end_ns + 1, 333 * 10**6):
        again.advance(now_ns)
    again.advance(again.end_ns)
    assert again.digest == session.digest


def with_effect(level: Level, effect: str) -> Level:
    assert isinstance(level.market, TapeSpec)
    return msgspec.structs.replace(level, market=msgspec.structs.replace(level.market, effect=effect))


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["touch", "reckless"])
def test_passive_the_book_of_others_is_the_tapes_but_for_what_the_maker_took(recorded: Level, strategy: str) -> None:
    """A maker who only rests: others' lots at every price are never more than the tape's, and less by his trades."""
    alone, session = bare_market(recorded), Session(recorded, 1, strategy, ends_on_failure=True)
    for second in range(200):
        alone.clock.advance(second * NS_PER_S)
        session.advance(second * NS_PER_S)
        for side in Side:
            own = session.maker.gateway.lots(side)
            there = {level.price: level.quantity for level in alone.exchange.depth(side)}
            left = {
                level.price: level.quantity - own.get(level.price, 0) for level in session.market.exchange.depth(side)
            }
            assert all(lots <= there.get(price, 0) for price, lots in left.items())
            missing = sum(there.values()) - sum(left.values())
            assert 0 <= missing <= session.maker.desk.volume


def bare_market(level: Level) -> TapeMarket:
    assert isinstance(level.market, TapeSpec)
    return TapeMarket(level.market, 1)


def test_passive_every_execution_prints_the_lots_that_it_had(recorded: Level) -> None:
    """But for those that an arriving order of the tape had already sold to the maker, or bought from him."""
    volumes = []
    for strategy in ("idle", "skew"):
        session = Session(recorded, 1, strategy, ends_on_failure=True)
        session.advance(session.end_ns)
        tape = session.market.exchange.tape
        volumes.append({now_ns: sum(t.quantity for _, t in group) for now_ns, group in groupby(tape, lambda e: e[0])})
    bare, quoted = volumes
    assert sum(bare.values()) > 100
    missing = [lots - quoted.get(now_ns, 0) for now_ns, lots in bare.items()]
    arrivals = sum(lots for now_ns, lots in quoted.items() if now_ns not in bare)
    assert min(missing) >= 0
    assert sum(missing) <= arrivals < sum(bare.values()) / 4


def test_a_level_starts_with_the_book_of_its_time_and_the_trades_before_it(recorded: Level) -> None:
    session = Session(recorded, 1)
    tape = session.market.exchange.tape
    assert tape
    assert all(now_ns <= 0 for now_ns, _ in tape)
    assert len(book_of(session.market.exchange)) > 20


def test_the_seed_draws_the_start_where_the_level_roams(recorded: Level) -> None:
    market = recorded.market
    assert isinstance(market, TapeSpec)
    roaming = msgspec.structs.replace(recorded, market=msgspec.structs.replace(market, roam_s=30.0))
    mids = {seed: Session(roaming, seed).market.exchange.mid for seed in range(1, 13)}
    assert len(set(mids.values())) > 3
    for seed in (1, 2):
        starts = [msgspec.structs.replace(market, from_s=market.from_s + later) for later in range(31)]
        opened = [TapeMarket(start, 0) for start in starts]
        for found in opened:
            found.clock.advance(0)
        assert mids[seed] in [found.exchange.mid for found in opened]


def test_flattening_works_on_a_tape(recorded: Level) -> None:
    session = Session(recorded, 1, "touch")
    session.advance(100 * NS_PER_S)
    position = session.maker.desk.position
    session.submit(Flatten())
    session.advance(101 * NS_PER_S)
    assert abs(session.maker.desk.position) < abs(position)


# Levels


def test_figures_of_what_is_normal_are_measured_where_the_level_gives_none(recorded: Level) -> None:
    normal = recorded.normal
    assert 1 <= normal.spread < 20
    assert 0.1 < normal.volatility < 5
    assert normal.size >= 1


def test_measuring_changes_neither_the_levels_digest_nor_what_a_journal_holds(recorded: Level) -> None:
    fresh = msgspec.structs.replace(recorded)
    digest, encoded = fresh.digest, msgspec.json.encode(fresh)
    assert fresh.normal == recorded.normal
    assert b'"normal":null' in encoded
    assert (fresh.digest, msgspec.json.encode(fresh)) == (digest, encoded)
    again = level_from_json(encoded, "journal")
    assert (again, again.digest, again.normal) == (recorded, digest, recorded.normal)


def test_a_level_is_read_where_its_tape_is_gone(tmp_path: Path) -> None:
    path = write(tmp_path / "tape.csv", OPENING)
    level = level_on(path, more="lot_size = 1")
    path.unlink()
    assert level_from_json(msgspec.json.encode(level), "journal").digest == level.digest
    with pytest.raises(InputError, match=r"tape\.csv: the tape cannot be read: No such file"):
        _ = level.normal


def test_the_digest_is_checked(tmp_path: Path) -> None:
    path = write(tmp_path / "tape.csv", OPENING)
    level = level_on(path, more="normal = { spread = 2.0, volatility = 1.0, size = 5 }")
    write(path, [*OPENING, (101.0, NEW, 9, 1, 9_980, 1)])
    with pytest.raises(InputError, match=r"tape\.csv: this is not the level's tape: its SHA-256 is"):
        Session(level, 1)


def test_where_the_file_lies_does_not_make_another_level(tmp_path: Path) -> None:
    levels = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        levels.append(level_on(write(tmp_path / name / "tape.csv", OPENING)))
    assert levels[0].digest == levels[1].digest
    assert levels[0] != levels[1]


@pytest.mark.parametrize("file", ["../tape.csv", "/etc/passwd", "a/../../tape.csv", ""])
def test_a_tape_is_in_the_levels_folder(tmp_path: Path, file: str) -> None:
    path = write(tmp_path / "tape.csv", OPENING)
    level_on(path)
    text = LEVEL.format(duration=10, file=file, digest="0" * 64, more="")
    with pytest.raises(LevelError, match=r"market\.file: expected a file in the level's folder"):
        parse_level(text, str(tmp_path / "level.toml"))


def test_a_tape_that_is_over_or_gone_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "tape.csv", OPENING)
    with pytest.raises(InputError, match=r"the tape lasts 0 s; the level starts 5 s into it"):
        Session(level_on(path, more="from_s = 5.0"), 1)
    # Another one, since a tape that was read is remembered.
    gone = write(tmp_path / "gone.csv", OPENING)
    level = level_on(gone, more="from_s = 0.0\nlot_size = 1")
    gone.unlink()
    with pytest.raises(InputError, match=r"gone\.csv: the tape cannot be read: No such file"):
        Session(level, 1)

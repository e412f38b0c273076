"""Copies of sessions, copied and pickled: they go on as the original does, and have nothing to do with it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from mmtui.coach.watched import WatchedSession
from mmtui.level.level import Level, load_level, parse_level
from mmtui.market.tape.tape_market import TapeFlow, TapeMarket
from mmtui.session.audit import Audit
from mmtui.session.commands import AnyCommand, Cancel, HandOver, Hedge, HedgeAll, Join, Peg, Quote, Ready, Take, Undo
from mmtui.session.journal import read_journal
from mmtui.session.journal_file import JournalWriter
from mmtui.session.kept import Kept
from mmtui.session.session import Session
from mmtui.strategies.registry import strategy_names
from tests.tapes import level_on, simulated, write
from tests.unit.market.test_intensity_market import PAPER
from tests.unit.session import hedge_levels
from tests.unit.session.support import BUY, MS, SELL, S, short, strategy_file


@cache
def tape() -> Level:
    """A level on a recorded market."""
    path = write(Path(mkdtemp()) / "tape.csv.gz", simulated(150))
    return level_on(path, duration=60, more="from_s = 60")


LEVELS: dict[str, Callable[[], Level]] = {
    "duel": lambda: load_level("skew", {"opponent.strategy": "avellaneda-stoikov"}),
    "tape": tape,
    "intensity": lambda: parse_level(PAPER, "paper.toml"),
    "every hedge": lambda: hedge_levels.level("all", position=20),
}


@dataclass(frozen=True)
class Case:
    """A session that is copied: its level, and who quotes, None for the player.

    ``copied_s`` is when; orders are on their way then. ``end_s`` is how far original and copy go.
    """

    level: str
    strategy: str | None = None
    copied_s: int = 15
    end_s: int = 30

    @property
    def copied_ns(self) -> int:
        return self.copied_s * S + 10 * MS

    def open(self) -> WatchedSession:
        level = LEVELS[self.level]() if self.level in LEVELS else load_level(self.level)
        return WatchedSession(Session(level, 3, self.strategy))

    def play(self, watched: WatchedSession, to_ns: int) -> None:
        """Play on to a time; the player does something each second, which depends on the time alone."""
        while watched.now_ns < to_ns:
            if self.strategy is None and watched.now_ns % S == 0:
                for command in by_hand(watched.session, watched.now_ns // S):
                    watched.submit(command)
            watched.advance(min(to_ns, (watched.now_ns // S + 1) * S))

    def __str__(self) -> str:
        return f"{self.level} {self.strategy or 'by hand'}"


def by_hand(session: Session, second: int) -> list[AnyCommand]:
    bid, ask = session.market.exchange.touch
    hedges = session.level.hedges
    match second % 6:
        case 0:
            return [Join(BUY, 1, improve=1), Join(SELL, 1, improve=1), Ready("skew")]
        case 1:
            return [Take(BUY, 1, 10), *(Hedge(spec.name, SELL, 1) for spec in hedges)]
        case 2:
            return [Quote(BUY, bid - 1, 1, add=True), Undo(), *(HedgeAll(spec.name) for spec in hedges)]
        case 3:
            return [HandOver("skew")]
        case 4:
            return [Peg(half_spread=3, skew=0, size=1)]
        case _:
            return [Cancel(), Quote(SELL, ask + 1, 1)]


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


def kept(thing: Any) -> Any:
    return Kept(thing).copy()


#: Where something is under way when they are copied: a change of the market soon after, a band that holds, an auction.
TIMES = {"hedge": (40, 75), "order-flow": (102, 112), "vcm": (115, 125), "full-day": (41, 75)}
#: The composite stays away from a market that halts, so its session is copied before that and goes on through it.
COMPOSITE_TIMES = {**TIMES, "vcm": (60, 125)}
NAMES = ("first-quotes", "trend", "index-future", *TIMES, *LEVELS)
CASES = [
    *(Case(name, None, *TIMES.get(name, (15, 30))) for name in NAMES),
    *(
        Case(name, "composite", *COMPOSITE_TIMES.get(name, (15, 30)))
        for name in NAMES
        if name not in ("tape", "intensity")
    ),
    *(Case("every hedge", strategy) for strategy in strategy_names(baselines=True) if strategy != "composite"),
    Case("tape", "touch"),
    Case("intensity", "avellaneda-stoikov"),
]
cases = pytest.mark.parametrize("case", CASES, ids=str)
copiers = pytest.mark.parametrize("copier", [deepcopy, pickled, kept])


def seen(watched: WatchedSession) -> list[Any]:
    """All that there is to see of a session."""
    session = watched.session
    return [
        session.digest,
        watched.result(),
        watched.view(),
        [*watched.occasions],
        [*session.commands],
        session.pnl_by_second.tolist(),
        session.spread_by_second.tolist(),
        [(fill.time_ns, fill.price, fill.quantity, tuple(fill.markouts)) for fill in session.maker.desk.fills],
        session.market.clock.events,
    ]


@cache
def uncopied(case: Case) -> list[Any]:
    """What is seen at the end of a session that nobody copies."""
    watched = case.open()
    case.play(watched, case.copied_ns)
    case.play(watched, case.end_s * S)
    return seen(watched)


@pytest.mark.slow
@cases
def test_the_sessions_have_something_to_copy(case: Case) -> None:
    """Or the other tests would show little."""
    watched = case.open()
    case.play(watched, case.copied_ns)
    before, end = seen(watched), uncopied(case)
    assert end[0] != before[0]
    if case.strategy is None:
        assert watched.view().orders
    # Nobody reaches what is quoted far away so soon.
    if case.strategy not in ("idle", "chase", "wide") and case.level != "full-day":
        assert end[2].desk.fills > before[2].desk.fills > 0
    assert end[2].signals.volatility


@pytest.mark.slow
@cases
@copiers
@pytest.mark.parametrize("first", ["the original first", "the copy first"])
def test_a_copy_goes_on_as_the_original_does(case: Case, copier: Callable[[Any], Any], first: str) -> None:
    original = case.open()
    case.play(original, case.copied_ns)
    before = seen(original)
    copy = copier(original)
    assert copy.session is not original.session
    assert seen(copy) == before
    pair = (original, copy) if first == "the original first" else (copy, original)
    case.play(pair[0], case.end_s * S)
    assert seen(pair[0]) == uncopied(case)
    assert seen(pair[1]) == before
    case.play(pair[1], case.end_s * S)
    assert seen(pair[1]) == uncopied(case)


@pytest.mark.slow
@copiers
@pytest.mark.parametrize("level", NAMES)
def test_what_is_done_in_one_is_done_in_that_one_alone(level: str, copier: Callable[[Any], Any]) -> None:
    case = Case(level, None, *TIMES.get(level, (15, 30)))
    branch: list[AnyCommand] = [Take(SELL, 1, 100), HandOver("touch"), Ready("fixed")]

    def other(watched: WatchedSession) -> list[Any]:
        for command in branch:
            watched.submit(command)
        case.play(watched, case.end_s * S)
        return seen(watched)

    witness = case.open()
    case.play(witness, case.copied_ns)
    expected = other(witness)
    assert expected[0] != uncopied(case)[0]
    for changed in (0, 1):
        original = case.open()
        case.play(original, case.copied_ns)
        pair = (original, copier(original))
        assert other(pair[changed]) == expected
        case.play(pair[1 - changed], case.end_s * S)
        assert seen(pair[1 - changed]) == uncopied(case)


@pytest.mark.slow
@copiers
def test_a_copy_can_be_copied_at_any_time(copier: Callable[[Any], Any]) -> None:
    case = Case("every hedge")
    watched = case.open()
    case.play(watched, case.copied_ns)
    while watched.now_ns < case.end_s * S:
        watched = copier(watched)
        case.play(watched, min(case.end_s * S, watched.now_ns + 1_700 * MS))
    assert seen(watched) == uncopied(case)


@copiers
def test_a_session_copied_without_those_who_watch_is_watched_by_nobody(
    copier: Callable[[Any], Any], tmp_path: Path
) -> None:
    case = Case("first-quotes")
    watched = case.open()
    writer = JournalWriter(tmp_path / "a.jsonl", watched.session, on_trouble=pytest.fail)
    case.play(watched, case.copied_ns)
    before, written = watched.view(), (tmp_path / "a.jsonl").read_bytes()
    alone = copier(watched.session)
    case.play(WatchedSession(alone), case.end_s * S)
    alone.leave()
    assert watched.view() == before
    assert (tmp_path / "a.jsonl").read_bytes() == written
    case.play(watched, case.end_s * S)
    watched.leave()
    writer.close()
    end = read_journal(tmp_path / "a.jsonl").end
    assert end is not None
    assert end.digest == watched.session.digest == alone.digest


@copiers
def test_an_audit_that_is_copied_along_goes_on(copier: Callable[[Any], Any]) -> None:
    session = Session(short("skew"), 1, "reckless")
    audit = Audit(session)
    session.advance(10 * S)
    other, its_audit = copier((session, audit))
    events = audit.events
    assert its_audit.session is other
    other.advance(20 * S)
    assert its_audit.events > audit.events == events
    session.advance(20 * S)
    assert (its_audit.events, its_audit.lots) == (audit.events, audit.lots)


@copiers
def test_a_strategy_that_fails_in_a_copy_ends_the_copy(copier: Callable[[Any], Any], tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(view.best_bid, view.best_ask, 1, 1 // (9 - self.asked))")
    session = Session(short("skew"), 1, spec, ends_on_failure=True)
    session.advance(1 * S)
    copy = copier(session)
    copy.advance(20 * S)
    assert (copy.over, session.over, session.maker.error) == ("error", None, None)
    session.advance(20 * S)
    assert session.over == "error"
    assert copy.result() == session.result()


def test_of_what_is_kept_many_copies_can_be_made() -> None:
    case = Case("every hedge")
    watched = case.open()
    case.play(watched, case.copied_ns)
    held = Kept(watched)
    before = seen(watched)
    case.play(watched, case.end_s * S)
    for _ in range(3):
        copy = held.copy()
        assert seen(copy) == before
        case.play(copy, case.end_s * S)
        assert seen(copy) == uncopied(case)


IN_ANOTHER_PROCESS = """
import pickle, sys
watched = pickle.load(sys.stdin.buffer)
watched.advance(int(sys.argv[1]))
print(watched.session.digest)
print(watched.result())
print(watched.view())
"""


@pytest.mark.slow
@pytest.mark.parametrize("case", [Case("every hedge", "composite"), Case("duel", "composite")], ids=str)
def test_a_pickled_session_goes_on_in_another_process(case: Case) -> None:
    watched = case.open()
    case.play(watched, case.copied_ns)
    ended = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(case.end_s * S)],
        input=pickle.dumps(watched),
        capture_output=True,
        check=True,
    )
    digest, result, view = uncopied(case)[:3]
    assert ended.stdout.decode() == f"{digest}\n{result}\n{view}\n"


@pytest.mark.parametrize("copier", [deepcopy, kept])
def test_what_never_changes_is_shared(copier: Callable[[Any], Any]) -> None:
    case = Case("tape", "touch")
    session = case.open().session
    session.advance(30 * S)
    copy = copier(session)
    assert isinstance(copy.market, TapeMarket)
    assert isinstance(session.market, TapeMarket)
    assert copy.level is session.level
    assert copy.par is session.par
    fills = list(zip(session.maker.desk.fills, copy.maker.desk.fills, strict=True))
    assert fills
    assert all((fill is its_copy) is (None not in fill.markouts) for fill, its_copy in fills)
    (ours,), (theirs,) = session.market.clock._sources, copy.market.clock._sources
    assert isinstance(ours, TapeFlow)
    assert isinstance(theirs, TapeFlow)
    assert theirs is not ours
    assert theirs._messages is ours._messages

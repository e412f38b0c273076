"""The debrief recorded while a session is played is that of the session played again, and is there at once."""

from __future__ import annotations

import pytest

from mmtui.coach.watched import WatchedSession
from mmtui.debrief.build import debrief
from mmtui.debrief.live import LiveRecord
from mmtui.session.commands import AnyCommand, Cancel, HandOver, Quote, Take, TakeBack
from mmtui.session.replay import Script, apart_ns
from mmtui.session.session import Session
from tests.unit.session.support import BUY, SELL, S, short

LASTS_S = 60
COMMANDS: list[tuple[int, AnyCommand]] = [
    (0, HandOver("reckless", {})),
    (20 * S, TakeBack()),
    (21 * S + 7, Take(BUY, 3, protection=20)),
    (30 * S, Quote(SELL, 10_050, 2)),
    (40 * S, Cancel()),
    (41 * S, HandOver("rules", {})),
]


def played(level_id: str, until_ns: int) -> tuple[WatchedSession, LiveRecord]:
    """A session recorded while it was played, frame by frame, by hand and by strategies, and left if it is not over."""
    seat = WatchedSession(Session(short(level_id, LASTS_S), 3))
    record = LiveRecord(seat)
    frames = range(S // 4, until_ns + 1, S // 4)
    for at_ns in sorted({*frames, *(at_ns for at_ns, _ in COMMANDS if at_ns <= until_ns), until_ns}):
        seat.advance(at_ns)
        for given_ns, command in COMMANDS:
            if given_ns == at_ns:
                seat.submit(command)
    seat.leave()
    return seat, record


@pytest.mark.slow
@pytest.mark.parametrize(
    ("level_id", "until_ns"), [("unwanted-inventory", LASTS_S * S), ("hedge", 35 * S), ("vcm", 29 * S + 123)]
)
def test_it_is_that_of_the_session_played_again(level_id: str, until_ns: int) -> None:
    seat, record = played(level_id, until_ns)
    script = Script.of(seat.session)
    assert record.is_of(script)
    assert record.explain(script)[0] == debrief(script)


def test_neither_it_nor_seeks_afterwards_simulate_more_than_lies_between_two_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seat, record = played("skew", LASTS_S * S)
    seat.session.par.advance(seat.end_ns)
    simulated: list[int] = []
    advance = Session.advance

    def counted(session: Session, to_ns: int) -> None:
        before_ns = session.now_ns
        advance(session, to_ns)
        simulated.append(session.now_ns - before_ns)

    monkeypatch.setattr(Session, "advance", counted)
    _, replay = record.explain(Script.of(seat.session))
    assert sum(simulated) <= apart_ns(seat.end_ns)
    for moment_ns in (45 * S, 12 * S + 7, 58 * S, 0, 31 * S):
        simulated.clear()
        replay.seek(moment_ns)
        assert replay.now_ns == moment_ns
        assert sum(simulated) <= apart_ns(seat.end_ns)
        assert replay.session.commands == [given for given in COMMANDS if given[0] <= moment_ns]


def test_it_is_of_no_session_but_its_own_and_only_once_that_is_over() -> None:
    seat = WatchedSession(Session(short("skew", LASTS_S), 3))
    record = LiveRecord(seat)
    assert not record.is_of(Script.of(seat.session))
    seat.advance(S)
    seat.leave()
    other = Session(short("skew", LASTS_S), 4)
    other.advance(S)
    other.leave()
    assert record.is_of(Script.of(seat.session))
    assert not record.is_of(Script.of(other))

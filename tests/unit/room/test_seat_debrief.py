"""The debrief of each seat of a room, made from the room's journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmtui.book import Side
from mmtui.cli.main import main
from mmtui.coach.watched import WatchedSession
from mmtui.debrief.build import explained
from mmtui.debrief.recorder import Recorder
from mmtui.errors import JournalError
from mmtui.room.core.resume import Playback
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.session.commands import Join
from mmtui.session.journal import read_journal
from tests.unit.room.rooms import S, opened


@pytest.fixture
def played(tmp_path: Path) -> tuple[Room, Path]:
    file = tmp_path / "room.jsonl"
    room = opened(RoomSpec(seats=3, bots=("skew", "touch")), file)
    room.advance(4 * S)
    room.join("a", "frog")
    for half in range(8, 40):
        room.advance(half * S // 2)
        room.submit(0, Join(Side.BUY, 2))
        room.submit(0, Join(Side.SELL, 2))
    room.advance(room.end_ns)
    room.close()
    return room, file


@pytest.mark.parametrize("seat", [0, 1, 2])
def test_a_seat_s_debrief_is_of_its_own_fills_orders_and_score(played: tuple[Room, Path], seat: int) -> None:
    room, file = played
    playback = Playback(read_journal(file), seat)
    watched, recorder = WatchedSession(playback.session), Recorder(playback.session)
    playback.advance(playback.end_ns)
    found = explained(recorder, watched.occasions)
    fills = room.sessions[0].seats[seat].desk.fills
    assert fills
    assert found.result == room.result(seat)
    assert [(fill.at_ns, fill.side, fill.price) for fill in found.fills] == [
        (f.time_ns, f.side, f.price) for f in fills
    ]
    assert len(found.seconds.at_ns) > room.level.duration_s - 1
    assert found.orders
    assert playback.room.digest == room.digest
    assert playback.session.pnl_by_second[-1] == room.sessions[0].seats[seat].total


def test_a_seat_that_is_not_there_is_refused(played: tuple[Room, Path], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(JournalError, match="expected a seat from 0 to 2, not 3"):
        Playback(read_journal(played[1]), 3)
    assert main(["room", "--replay", str(played[1]), "--seat", "3"]) == 2
    assert main(["room", "--replay", str(played[1]), "--seat", "0"]) == 0
    assert capsys.readouterr().out.startswith("Seat 0, frog\n")

"""What strategies would have made in the seats of a room, worked out while it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmtui.report.room import instead_table, room_page
from mmtui.room.core.resume import Playback, read_room
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.room.serve import shadows
from mmtui.room.serve.shadows import Beside, Shadows
from mmtui.session.commands import HandOver
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from tests.unit.room.rooms import S, opened, play, quiet, short

THREE = RoomSpec(seats=3, bots=("skew", "fixed"))
STRATEGIES = ("glft", "touch")


def a_class(file: Path, *, handed: str = "") -> Room:
    """A room with frog in seat 0, who plays unless a strategy is handed the seat, and then newt in seat 1."""
    room = opened(THREE, file)
    room.advance(3 * S)
    room.join("a", "frog")
    if handed:
        room.sessions[0].submit(HandOver(handed), 0)
    play(room, 3, 6, () if handed else (0,))
    room.join("b", "newt")
    return room


def finish(room: Room, numbers: tuple[int, ...]) -> None:
    play(room, 6, 20, numbers)
    room.advance(room.end_ns)
    room.close()


def test_a_shadow_makes_what_the_strategy_makes_when_it_is_handed_the_seat(tmp_path: Path) -> None:
    played, handed = a_class(tmp_path / "played.jsonl"), a_class(tmp_path / "handed.jsonl", handed="glft")
    finish(played, (0, 1))
    finish(handed, (1,))
    made = dict(Shadows(tmp_path / "played.jsonl", STRATEGIES).made())
    assert [*made] == [(0, "glft"), (1, "glft"), (0, "touch"), (1, "touch")]
    assert made[0, "glft"] == handed.sessions[0].seats[0].total != played.sessions[0].seats[0].total


def test_a_shadow_that_goes_along_makes_the_same_as_one_that_is_played_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadows, "_MOST_BYTES", 3 * (shadows._OWN_BYTES + 3 * 20 * shadows._SEAT_S_BYTES))
    file = tmp_path / "room.jsonl"
    room = a_class(file)
    along = Shadows(file, STRATEGIES)
    assert not along.go_along()
    play(room, 6, 9, (0, 1))
    assert not along.go_along()
    finish(room, (0, 1))
    afterwards = dict(Shadows(file, STRATEGIES).made())
    assert dict(along.made()) == afterwards
    late = Shadows(file, STRATEGIES)
    assert late.go_along()
    assert dict(late.made()) == afterwards


def test_a_shadow_stays_in_the_seat_whose_player_goes_and_comes_back(tmp_path: Path) -> None:
    stays, goes = a_class(tmp_path / "stays.jsonl"), a_class(tmp_path / "goes.jsonl")
    goes.leave(0)
    goes.advance(8 * S)
    goes.join("a", "frog")
    for room in (stays, goes):
        play(room, 9, 20, (1,))
        room.advance(room.end_ns)
        room.close()
    made = [dict(Shadows(tmp_path / name, STRATEGIES).made()) for name in ("stays.jsonl", "goes.jsonl")]
    assert made[0][0, "glft"] == made[1][0, "glft"]


def test_a_shadow_begins_anew_for_a_newcomer_in_the_seat(tmp_path: Path) -> None:
    file = tmp_path / "room.jsonl"
    room = a_class(file)
    room.leave(0)
    room.advance(8 * S)
    room.join("c")
    assert room.join("d", "toad", away=[0]).number == 0
    play(room, 9, 20, (0, 1))
    room.advance(room.end_ns)
    room.close()
    playback = Playback(read_room(file), 0, instead="glft", par=NoPar(), views=False)
    playback.advance(7 * S)
    before = playback.session.seats[0].strategy
    playback.advance(playback.end_ns)
    after = playback.session.seats[0]
    assert after.auto
    assert after.strategy_name == "glft"
    assert after.strategy is not before


def test_processes_tell_all_once_the_room_has_ended_and_each_its_share(tmp_path: Path) -> None:
    file = tmp_path / "room.jsonl"
    room = a_class(file)
    beside = Beside(file, STRATEGIES, 2, waits=True)
    finish(room, (0, 1))
    beside.ended()
    made = {}
    while beside.works:
        made.update(beside.news())
    assert made == dict(Shadows(file, STRATEGIES).made())
    assert len(made) == 4


def test_where_each_has_a_market_alone_a_strategy_plays_it_from_the_start(tmp_path: Path) -> None:
    room = Room(short(), 7, RoomSpec(seats=2, own_market=True))
    files = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    room.record(files, quiet)
    room.join("a", "frog")
    play(room, 0, 20, (0,))
    room.advance(room.end_ns)
    room.close()
    alone = Session(room.level, 7, "skew")
    alone.advance(room.end_ns)
    made = dict(Shadows(files[0], ["skew"]).made())
    assert made == {(None, "skew"): alone.maker.total}
    (row,) = instead_table(room, ["skew"], made).rows
    assert row == ("frog", room.sessions[0].maker.total, alone.maker.total)


def test_what_is_not_known_yet_is_a_gap_in_the_page(tmp_path: Path) -> None:
    room = a_class(tmp_path / "room.jsonl")
    finish(room, (0, 1))
    table = instead_table(room, STRATEGIES, {(1, "glft"): 12.5})
    assert [row[2:] for row in table.rows] == [(None, None), (12.5, None)]
    assert "Made in each seat by strategies" in room_page(room, [table])


def test_a_journal_that_cannot_be_read_ends_the_processes_without_a_word(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    beside = Beside(tmp_path / "none.jsonl", STRATEGIES, 1, waits=False)
    assert beside.news() == {}
    assert not beside.works
    assert capfd.readouterr() == ("", "")

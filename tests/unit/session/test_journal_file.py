"""Journals kept while somebody plays: killed, taken up again, branched off, and disks that fail."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import time
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from mmtui.coach.watched import WatchedSession
from mmtui.errors import JournalError, OutputError
from mmtui.session.commands import HandOver, Join, TakeBack
from mmtui.session.journal import read_journal
from mmtui.session.journal_file import BEAT_NS, JournalWriter, free_path, resume, take_over, unfinished
from mmtui.session.journal_lines import Parent
from mmtui.session.replay import Replay, Script
from mmtui.session.session import Session
from tests.unit.session.support import BUY, MS, SELL, S, short

FRAME_NS = S // 15


def quiet(trouble: str) -> None:
    raise AssertionError(trouble)


def attended(path: Path, seed: int = 5) -> tuple[Session, JournalWriter]:
    """A session that somebody plays, with its journal."""
    session = Session(short("skew"), seed)
    return session, JournalWriter(path, session, on_trouble=quiet)


def play(session: Session, until_ns: int) -> None:
    """Play frame by frame, with a command now and then that depends on the time alone."""
    while session.over is None and session.now_ns < until_ns:
        if session.now_ns == 0:
            session.submit(Join(BUY, 2))
        before_s = session.now_ns // S
        session.advance(min(until_ns, (session.now_ns // FRAME_NS + 1) * FRAME_NS))
        if session.now_ns // S > before_s:
            session.submit((Join(SELL, 2), Join(BUY, 3), HandOver("skew"), TakeBack())[session.now_ns // S % 4])


# Broken off, and taken up again


@pytest.mark.parametrize("until_ns", [0, 300 * MS, 7 * S + 400 * MS, 19 * S])
def test_a_session_taken_up_goes_on_as_if_nothing_had_been(tmp_path: Path, until_ns: int) -> None:
    whole, writer = attended(tmp_path / "whole.jsonl")
    seen = WatchedSession(whole)
    play(whole, 20 * S)
    writer.close()

    broken, left = attended(tmp_path / "broken.jsonl")
    play(broken, until_ns)
    left.close()
    again, watched, more = resume(tmp_path / "broken.jsonl", quiet, WatchedSession)
    assert until_ns - BEAT_NS - FRAME_NS < again.now_ns <= until_ns
    # From the last line on the clock is the frames' again, so that the same commands come at the same times.
    again.advance(until_ns)
    play(again, 20 * S)
    more.close()

    assert again.digest == whole.digest
    assert watched.session is again
    assert watched.view() == seen.view()
    journal = read_journal(tmp_path / "broken.jsonl")
    assert journal.end == read_journal(tmp_path / "whole.jsonl").end
    assert journal.script.played().digest == whole.digest


def test_half_a_line_is_cut_off_before_going_on(tmp_path: Path) -> None:
    session, writer = attended(tmp_path / "a.jsonl")
    play(session, 5 * S)
    writer.close()
    content = (tmp_path / "a.jsonl").read_bytes()
    (tmp_path / "a.jsonl").write_bytes(content + b'{"line":"command","at_ns":' + b"9" * 500)
    again, _, more = resume(tmp_path / "a.jsonl", quiet, WatchedSession)
    again.submit(Join(BUY, 1))
    more.close()
    assert (tmp_path / "a.jsonl").read_bytes().startswith(content)
    assert (tmp_path / "a.jsonl").read_bytes().endswith(b"\n")
    assert read_journal(tmp_path / "a.jsonl").entries[-1].command == Join(BUY, 1)


def child(path: Path, shown: Connection) -> None:
    """Play until killed; tell what was shown."""
    session, _writer = attended(path)
    while session.over is None:
        play(session, session.now_ns + FRAME_NS)
        shown.send(session.now_ns)
        time.sleep(0.001)


@pytest.mark.slow
def test_twenty_kills_lose_nothing_but_the_last_moment(tmp_path: Path) -> None:
    rng = random.Random(1)
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    for kill in range(20):
        path = tmp_path / f"{kill}.jsonl"
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=child, args=(path, sender))
        process.start()
        sender.close()
        shown_ns = [receiver.recv() for _ in range(rng.randrange(1, 120))]
        process.kill()
        process.join()
        with suppress(EOFError):
            while True:
                shown_ns.append(receiver.recv())
        assert unfinished(tmp_path)[0] == path
        session, _, writer = resume(path, quiet, WatchedSession)
        # A second of play at half speed is half a second of the market, and a frame.
        assert session.now_ns > shown_ns[-1] - BEAT_NS - FRAME_NS
        witness, kept = attended(tmp_path / "witness.jsonl")
        play(witness, session.now_ns)
        kept.close()
        (tmp_path / "witness.jsonl").unlink()
        assert session.digest == witness.digest
        writer.close()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted(f"{kill}.jsonl" for kill in range(20))


def test_what_has_ended_is_not_taken_up(tmp_path: Path) -> None:
    session, writer = attended(tmp_path / "a.jsonl")
    session.leave()
    writer.close()
    with pytest.raises(JournalError, match="the session has ended; there is nothing to go on with"):
        resume(tmp_path / "a.jsonl", quiet, WatchedSession)
    assert unfinished(tmp_path) == []


def test_what_another_plays_is_not_taken_up(tmp_path: Path) -> None:
    session, writer = attended(tmp_path / "a.jsonl")
    play(session, S)
    assert unfinished(tmp_path) == []
    with pytest.raises(OutputError, match=r"a\.jsonl: the journal cannot be written: it is being played"):
        resume(tmp_path / "a.jsonl", quiet, WatchedSession)
    writer.close()
    assert unfinished(tmp_path) == [tmp_path / "a.jsonl"]


def test_the_latest_unfinished_comes_first_and_empty_ones_go(tmp_path: Path) -> None:
    for number, name in enumerate(("b", "a", "c")):
        session, writer = attended(tmp_path / f"{name}.jsonl")
        play(session, S)
        writer.close()
        os.utime(tmp_path / f"{name}.jsonl", ns=(number, number))
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "half.jsonl").write_bytes(b'{"journal":2,"mmt')
    (tmp_path / "notes.jsonl").write_bytes(b"mine")
    assert [path.stem for path in unfinished(tmp_path)] == ["c", "a", "b"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl", "c.jsonl", "notes.jsonl"]
    assert unfinished(tmp_path / "nowhere") == []


def test_names_that_are_taken_are_passed_over(tmp_path: Path) -> None:
    assert free_path(tmp_path, "skew-7") == tmp_path / "skew-7-1.jsonl"
    (tmp_path / "skew-7-1.jsonl").touch()
    assert free_path(tmp_path, "skew-7") == tmp_path / "skew-7-2.jsonl"
    with pytest.raises(OutputError, match="File exists"):
        attended(tmp_path / "skew-7-1.jsonl")


def test_the_clock_is_written_only_when_nothing_else_was(tmp_path: Path) -> None:
    session, writer = attended(tmp_path / "a.jsonl")
    play(session, 20 * S)
    writer.close()
    lines = (tmp_path / "a.jsonl").read_bytes().splitlines()
    kinds = [json.loads(line).get("line", "header") for line in lines]
    # A command each second, and half-way to the next the clock.
    assert (kinds.count("command"), kinds.count("end")) == (20, 1)
    assert 15 <= kinds.count("clock") <= 25


# Taken over


def test_a_replay_taken_over_has_a_journal_that_names_its_parent(tmp_path: Path) -> None:
    session, writer = attended(tmp_path / "a.jsonl")
    play(session, 20 * S)
    writer.close()
    parent = read_journal(tmp_path / "a.jsonl")
    replay = Replay(parent.script)
    replay.seek(8 * S)
    assert parent.end is not None
    again, _, more = take_over(tmp_path / "b.jsonl", replay, "a.jsonl", parent.end.digest, quiet)
    assert (again.now_ns, again.digest) == (8 * S, replay.session.digest)
    broken = read_journal(tmp_path / "b.jsonl")
    assert (broken.until_ns, broken.end) == (8 * S, None)
    again.submit(Join(BUY, 7))
    again.advance(20 * S)
    more.close()
    child = read_journal(tmp_path / "b.jsonl")
    assert child.parent == Parent("a.jsonl", session.digest, 8 * S)
    assert child.entries[:-1] == [entry for entry in parent.entries if entry.at_ns <= 8 * S]
    assert child.script.played().digest == again.digest != session.digest


def test_nothing_is_taken_over_at_the_end(tmp_path: Path) -> None:
    session = Session(short("skew"), 5)
    session.advance(20 * S)
    replay = Replay(Script.of(session))
    replay.seek(20 * S)
    with pytest.raises(JournalError, match="a: the level is over there"):
        take_over(tmp_path / "b.jsonl", replay, "a", None, quiet)
    assert list(tmp_path.iterdir()) == []


# Disks that fail


class Failing(io.FileIO):
    """A file on a disk that is full after so many bytes."""

    room = 6_000

    def write(self, data: Any) -> int:
        self.room -= len(data)
        if self.room < 0:
            super().write(bytes(data)[:5])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def test_a_disk_that_fills_up_is_told_once_and_play_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmtui.session.journal_file.created", lambda path, **_: Failing(path, "x"))
    told: list[str] = []
    path = tmp_path / "a.jsonl"
    session = Session(short("skew"), 5)
    writer = JournalWriter(path, session, on_trouble=told.append)
    for _ in range(300):
        session.submit(Join(BUY, 1))
        session.submit(Join(BUY, 2))
    session.advance(20 * S)
    writer.close()
    assert told == [f"{path}: the journal cannot be written: No space left on device; you play on without one"]
    monkeypatch.undo()
    journal = read_journal(path)
    assert journal.end is None
    assert 5 < len(journal.entries) < 600


def full(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_without_a_player_a_disk_that_fills_up_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"what was there")
    session = Session(short("skew"), 5)
    writer = JournalWriter(tmp_path / "a.jsonl", session)
    play(session, 20 * S)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"a\.jsonl: cannot be written: No space left on device"):
        writer.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    assert (tmp_path / "a.jsonl").read_bytes() == b"what was there"

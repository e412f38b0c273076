"""Journals: written as the session goes, read again to the byte, and refused in one sentence when they are not ours."""

from __future__ import annotations

import json
from pathlib import Path
from zlib import crc32

import pytest

from mmtui.errors import JournalError, OutputError, UnknownStrategyError
from mmtui.level.level import Level
from mmtui.session.commands import (
    AnyCommand,
    Cancel,
    Flatten,
    HandOver,
    Join,
    Quote,
    Ready,
    Shift,
    Take,
    TakeBack,
)
from mmtui.session.journal import Journal, read_journal
from mmtui.session.journal_file import JournalWriter
from mmtui.session.session import Session
from mmtui.session.trust import Trust
from tests.unit.session.journals import lines, rewrite
from tests.unit.session.support import BUY, SELL, S, short, strategy_file

#: Every command, at odd times.
PLAY: list[tuple[int, AnyCommand]] = [
    (0, Ready("skew", {"size": 2, "half_spread": 1.25})),
    (1, Quote(BUY, 9_998, 3)),
    (1, Quote(SELL, 10_002, 3)),
    (2 * S + 17, Join(SELL, 2, improve=1)),
    (3 * S, Shift(1, -1)),
    (4 * S, Take(BUY, 4, protection=3)),
    (5 * S, Cancel(side=SELL)),
    (6 * S, HandOver("skew", {"size": 2, "half_spread": 1.25})),
    (12 * S + 1, TakeBack()),
    (14 * S, Cancel(price=9_998)),
    (15 * S, Flatten()),
]


def play(path: Path, until_ns: int = 20 * S, *, close: bool = True) -> Session:
    """Play and write a journal; the session is left before its end if ``until_ns`` is."""
    level = short("skew")
    session = Session(level, 5)
    writer = JournalWriter(path, session)
    for at_ns, command in PLAY:
        if at_ns <= until_ns:
            session.advance(at_ns)
            session.submit(command)
    session.advance(until_ns)
    if not close:
        writer.close()
    session.leave()
    writer.close()
    return session


@pytest.fixture
def file(tmp_path: Path) -> Path:
    play(tmp_path / "a.jsonl")
    return tmp_path / "a.jsonl"


def complaint(file: Path) -> str:
    with pytest.raises(JournalError) as raised:
        read_journal(file)
    message = str(raised.value)
    assert raised.value.exit_code == 2
    assert message.startswith(f"{file}: ")
    assert "\n" not in message
    return message.removeprefix(f"{file}: ")


# Round trip


@pytest.mark.parametrize("until_ns", [20 * S, 13 * S + 5, 6 * S, 0])
def test_a_session_is_played_again_to_the_byte(tmp_path: Path, until_ns: int) -> None:
    session = play(tmp_path / "a.jsonl", until_ns)
    journal = read_journal(tmp_path / "a.jsonl")
    again = journal.script.played()
    assert again.result() == session.result()
    assert journal.end is not None
    assert journal.end.digest == again.digest
    assert (journal.end.at_ns, journal.end.ended) == (until_ns, "time" if until_ns == 20 * S else "left")


def test_the_journal_holds_what_was_done_and_when(file: Path) -> None:
    journal = read_journal(file)
    assert [(entry.at_ns, entry.command) for entry in journal.entries] == PLAY
    assert (journal.seed, journal.level) == (5, short("skew"))
    assert isinstance(journal.level, Level)
    assert journal.level.digest == short("skew").digest


def test_the_play_trades(file: Path) -> None:
    """Or the round trip would show little."""
    result = read_journal(file).script.played().result()
    assert result.fills > 5
    assert result.position.max_abs > 2


def test_a_strategy_from_the_start_is_in_the_journal(tmp_path: Path) -> None:
    level = short("skew")
    session = Session(level, 5, "fixed", {"size": 3})
    writer = JournalWriter(tmp_path / "a.jsonl", session)
    session.advance(session.end_ns)
    writer.close()
    assert read_journal(tmp_path / "a.jsonl").script.played().result() == session.result()


def test_a_run_that_a_strategy_ended_is_played_again_to_the_byte(tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(view.best_bid, view.best_ask, 2, 2 // (9 - self.asked))")
    level: Level = short("skew")
    session = Session(level, 5, spec, ends_on_failure=True)
    writer = JournalWriter(tmp_path / "a.jsonl", session)
    session.advance(session.end_ns)
    writer.close()
    assert session.over == "error"
    assert read_journal(tmp_path / "a.jsonl", Trust(told=True)).script.played().result() == session.result()


def test_folders_are_made(tmp_path: Path) -> None:
    play(tmp_path / "a" / "b" / "c.jsonl")
    assert (tmp_path / "a" / "b" / "c.jsonl").exists()


def test_every_line_is_in_the_file_at_once(tmp_path: Path) -> None:
    session = Session(short("skew"), 5)
    writer = JournalWriter(tmp_path / "a.jsonl", session, on_trouble=pytest.fail)
    session.advance(S)
    session.submit(Join(BUY, 1))
    assert [entry.command for entry in read_journal(tmp_path / "a.jsonl").entries] == [Join(BUY, 1)]
    writer.close()


# Broken off


def test_a_journal_that_breaks_off_is_played_to_its_last_command(tmp_path: Path) -> None:
    played = play(tmp_path / "a.jsonl", 6 * S, close=False)
    journal = read_journal(tmp_path / "a.jsonl")
    assert journal.end is None
    again = journal.script.played()
    assert (again.over, again.now_ns) == (None, 6 * S)
    again.leave()
    assert again.digest == played.digest


@pytest.mark.parametrize("kept", [0.5, 0.97])
def test_half_a_line_at_the_end_is_left_out(file: Path, kept: float) -> None:
    whole = file.read_bytes()
    last = whole.splitlines()[-1]
    file.write_bytes(whole[: len(whole) - len(last) - 1 + round(kept * len(last))])
    journal = read_journal(file)
    assert journal.end is None
    assert len(journal.entries) == len(PLAY)


# Not a journal, or not as it was written


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    assert complaint(tmp_path / "a.jsonl") == "line 1: expected a journal's first line, not an empty file"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert complaint(tmp_path / "a.jsonl") == "the journal cannot be read: No such file or directory"


@pytest.mark.parametrize(
    "content",
    [b"price,size\n1,2\n", b"\xff\xfe\x00\n", b"{}\n", b"[]\n", b'{"journal": 1}\n', b"3\n", b"\n\n", b"\x00" * 99],
)
def test_foreign_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    assert complaint(tmp_path / "a.jsonl").startswith("line 1: ")


@pytest.mark.parametrize(
    ("line", "keys", "value", "expected"),
    [
        (1, ("journal",), 4, "line 1: journal format 4, where this version reads 1 to 3"),
        (1, ("journal",), 0, "line 1: journal format 0, where this version reads 1 to 3"),
        (1, ("journal",), "2", "line 1: not a line of a journal: Expected `int`, got `str`"),
        (1, ("seed",), -1, "line 1: not a line of a journal: Expected `int` >= 0 - at `$.seed`"),
        (1, ("level", "duration_s"), -5, "line 1: level: duration_s: expected a whole number of at least 1, not -5"),
        (
            1,
            ("level", "market", "rivals", "sze"),
            5,
            "line 1: level: market.rivals.sze: unknown key; did you mean size?",
        ),
        (2, ("at_ns",), -1, "line 2: not a line of a journal: Expected `int` >= 0 - at `$.at_ns`"),
        (5, ("at_ns",), 0, "line 5: expected a time between 1 and 20000000000, not 0"),
        (5, ("at_ns",), 10**12, "line 5: expected a time between 1 and 20000000000, not 1000000000000"),
        (3, ("command", "do"), "buy", "line 3: not a line of a journal: Invalid value 'buy' - at `$.command.do`"),
        (3, ("command", "size"), 0, "line 3: not a line of a journal: Expected `int` >= 1 - at `$.command.size`"),
        (
            3,
            ("command", "price"),
            10**30,
            "line 3: not a line of a journal: Expected `int` <= 9007199254740992 - at `$.command.price`",
        ),
        (3, ("command", "side"), 2, "line 3: not a line of a journal: Invalid enum value 2 - at `$.command.side`"),
        (
            3,
            ("command", "colour"),
            2,
            "line 3: not a line of a journal: Object contains unknown field `colour` - at `$.command`",
        ),
        (13, ("at_ns",), 3, f"line 13: expected a time between {15 * S} and {20 * S}, not 3"),
    ],
)
def test_altered_lines(file: Path, line: int, keys: tuple[str, ...], value: object, expected: str) -> None:
    records = lines(file)
    target = records[line - 1]
    for key in keys[:-1]:
        target = target[key]
    target[keys[-1]] = value
    rewrite(file, records)
    assert complaint(file) == expected


def test_lines_after_the_end(file: Path) -> None:
    records = lines(file)
    rewrite(file, [*records, records[1]])
    assert complaint(file) == "line 15: expected nothing after the session's end"


def test_a_line_that_is_not_utf_8(tmp_path: Path) -> None:
    body = b'{"journal":2,"mmtui":"\xff"'
    (tmp_path / "a.jsonl").write_bytes(b'%b,"crc":"%08x"}\n' % (body, crc32(body)))
    assert complaint(tmp_path / "a.jsonl").startswith("line 1: not a line of a journal: ")


@pytest.mark.parametrize("line", range(1, 15))
def test_an_altered_byte_is_found_in_its_line(file: Path, line: int) -> None:
    whole = file.read_bytes().splitlines(keepends=True)
    middle = len(whole[line - 1]) // 2
    for at in {middle, len(whole[line - 1]) - 4}:
        altered = bytearray(whole[line - 1])
        altered[at] ^= 1
        file.write_bytes(b"".join([*whole[: line - 1], altered, *whole[line:]]))
        assert complaint(file) == f"line {line}: its checksum does not match: this line or one before it was altered"


@pytest.mark.parametrize("line", range(1, 14))
def test_a_lost_or_moved_line_is_found(file: Path, line: int) -> None:
    whole = file.read_bytes().splitlines(keepends=True)
    lost = [*whole[: line - 1], *whole[line:]]
    file.write_bytes(b"".join(lost))
    assert complaint(file).startswith(f"line {line}: ")
    file.write_bytes(b"".join([*lost[:line], whole[line - 1], *lost[line:]]))
    assert complaint(file).startswith(f"line {line}: ")


def test_lines_of_another_journal_do_not_fit(file: Path, tmp_path: Path) -> None:
    play(tmp_path / "b.jsonl", 5 * S)
    other = (tmp_path / "b.jsonl").read_bytes().splitlines(keepends=True)
    whole = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*whole[:-1], other[-1]]))
    assert complaint(file).startswith("line 14: its checksum does not match")


# An older version


def test_a_journal_of_format_1_is_read_though_its_markets_do_not_name_their_kind(file: Path) -> None:
    header, *others = lines(file)
    del header["level"]["market"]["kind"]
    records = [{"journal": 1, **{key: header[key] for key in ("mmtui", "seed", "level")}}]
    records += [record for record in others if record["line"] in ("command", "end")]
    whole = read_journal(file)
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    journal = read_journal(file)
    assert (journal.format, journal.engine, journal.end) == (1, 1, whole.end)
    assert (journal.level, journal.entries) == (whole.level, whole.entries)


def test_a_line_of_format_3_is_none_of_format_2(file: Path) -> None:
    header, *others = lines(file)
    records = [{"journal": 2, **{key: header[key] for key in ("mmtui", "seed", "parent", "level")}}, *others]
    rewrite(file, records)
    assert complaint(file) == "line 13: not a line of a journal: Invalid value 'result' - at `$.line`"


def test_an_altered_command_gives_another_digest(file: Path) -> None:
    records = lines(file)
    records[2]["command"]["price"] -= 1
    rewrite(file, records)
    journal: Journal = read_journal(file)
    assert journal.end is not None
    assert journal.script.played().digest != journal.end.digest


def test_a_strategy_that_is_gone_is_said_so(file: Path) -> None:
    records = lines(file)
    records[1]["command"]["strategy"] = "gone.py:Mine"
    rewrite(file, records)
    with pytest.raises(UnknownStrategyError, match=r"there is no strategy file gone\.py"):
        read_journal(file, Trust(told=True)).script.played()


# Writing


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="the journal cannot be written: File exists"):
        JournalWriter(tmp_path / "file" / "a.jsonl", Session(short("skew"), 1))


def test_a_disk_that_is_full_is_said_so() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    writer = JournalWriter(full, Session(short("skew"), 1))
    with pytest.raises(OutputError, match="/dev/full: cannot be written: No space left on device"):
        writer.close()

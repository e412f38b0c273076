"""Files that were cut, altered or made up: one sentence or the truth, never a traceback, never a wrong number."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from zlib import crc32

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmtui.book import Side
from mmtui.career.career import Career, Export, Record
from mmtui.coach.watched import WatchedSession
from mmtui.errors import MmtuiError
from mmtui.session.commands import Cancel, HandOver, Join, Quote
from mmtui.session.journal import Journal, parse_journal
from mmtui.session.journal_file import JournalWriter, resume
from mmtui.session.session import Session
from tests.unit.career.test_career import NOON, record
from tests.unit.session.support import S, short

Found = TypeVar("Found")


def tried(call: Callable[[], Found]) -> tuple[Found | None, str]:
    """What a call returns, or the one sentence with which it refuses."""
    try:
        return call(), ""
    except MmtuiError as error:
        said = str(error)
    assert "\n" not in said
    return None, said


@cache
def journal() -> bytes:
    """A journal with every kind of line that is written."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        session = Session(short("skew", 3), 5)
        writer = JournalWriter(path, session, on_trouble=print)
        writer.change_speed(2.0, False)
        for command in (Join(Side.BUY, 2), HandOver("skew", {"size": 3}), Cancel(), Quote(Side.SELL, 10_004, 1)):
            session.submit(command)
            session.advance(session.now_ns + S * 2 // 3)
        session.advance(3 * S)
        writer.close()
        return path.read_bytes()


@cache
def truth() -> Journal:
    return parse_journal(journal(), "a")


@st.composite
def damage(draw: st.DrawFn, content: bytes) -> bytes:
    """What may happen to a file: a few bytes altered, a stretch lost, doubled, moved or zeroed, a sudden end."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        if not data:
            break
        first = draw(st.integers(0, len(data) - 1))
        last = min(len(data), first + draw(st.integers(1, 200)))
        match draw(st.sampled_from(["alter", "lose", "double", "move", "zero", "cut", "insert"])):
            case "alter":
                data[first] ^= draw(st.integers(1, 255))
            case "lose":
                del data[first:last]
            case "double":
                data[first:first] = data[first:last]
            case "move":
                part = data[first:last]
                del data[first:last]
                place = draw(st.integers(0, len(data)))
                data[place:place] = part
            case "zero":
                data[first:last] = bytes(last - first)
            case "cut":
                del data[first:]
            case "insert":
                data[first:first] = draw(st.binary(min_size=1, max_size=20))
    return bytes(data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_journal_is_refused_or_a_true_beginning(data: st.DataObject) -> None:
    content = data.draw(damage(journal()))
    found, said = tried(lambda: parse_journal(content, "a.jsonl"))
    if found is None:
        assert said.startswith("a.jsonl: line ")
    else:
        whole = truth()
        assert (found.level, found.seed, found.parent) == (whole.level, whole.seed, whole.parent)
        assert list(found.entries) == list(whole.entries[: len(found.entries)])
        assert found.end in (None, whole.end)
        assert found.until_ns <= whole.until_ns
        assert content[: found.size] == journal()[: found.size]


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def played(found: Journal) -> Session:
    return found.script.played()


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_is_sealed_but_makes_no_sense_is_refused_or_plays(data: st.DataObject) -> None:
    """Somebody wrote the checksums anew: then the numbers are that one's, but nothing may fall over."""
    records = [json.loads(line) for line in journal().splitlines()]
    for entry in records:
        del entry["crc"]
    for _ in range(data.draw(st.integers(1, 2))):
        # Of the level only what is no market: that would be another market, which may take its time.
        target = records[data.draw(st.integers(0, len(records) - 1))]
        target = data.draw(st.sampled_from([target, *(part for part in target.values() if isinstance(part, dict))]))
        keys = [key for key in target if key not in ("market", "duration_s", "coach", "lesson_checks")]
        # An empty table has no key to alter, only one to add.
        key = data.draw(st.sampled_from(keys) | st.text(max_size=5) if keys else st.text(max_size=5))
        target[key] = data.draw(values)
    crc, content = 0, b""
    for entry in records:
        body = json.dumps(entry).encode()[:-1]
        crc = crc32(body, crc)
        content += b'%b,"crc":"%08x"}\n' % (body, crc)
    found, _ = tried(lambda: parse_journal(content, "a.jsonl"))
    if found is not None:
        session, _ = tried(partial(played, found))
        assert session is None or session.now_ns == found.until_ns


foreign = st.binary(max_size=300) | st.text(max_size=300).map(str.encode)
foreign |= values.map(lambda each: json.dumps(each).encode())


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(foreign)
def test_anything_else_is_no_journal_and_no_career(content: bytes) -> None:
    for ending in (b"", b"\n"):
        found, said = tried(partial(parse_journal, content + ending, "a"))
        assert found is None
        assert said.startswith("a: line 1: ")
    career = Career(None)
    tried(lambda: career.import_from(content, "a"))
    assert career.sessions() == []


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_journal_is_taken_up_truly_or_not_at_all(data: st.DataObject) -> None:
    broken = journal()[: journal().rindex(b'{"line":"end"')]
    content = data.draw(damage(broken))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.write_bytes(content)
        taken, _ = tried(lambda: resume(path, print, WatchedSession))
        if taken is None:
            assert path.read_bytes() == content
            return
        session, _, writer = taken
        writer.close()
        witness = Session(short("skew", 3), 5)
        for at_ns, command in session.commands:
            witness.advance(at_ns)
            witness.submit(command)
        witness.advance(session.now_ns)
        assert session.digest == witness.digest
        assert journal().startswith(path.read_bytes())


# Careers

SESSIONS = [record(score=float(number), seed=number, pnl=number * 1.5, strategy="s" * 40) for number in range(60)]


@cache
def database() -> bytes:
    with TemporaryDirectory() as folder:
        career = Career(Path(folder))
        for each in SESSIONS:
            career.record(each)
        career.taught()
        career.close()
        return (Path(folder) / "career.sqlite").read_bytes()


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_career_opens_and_says_nothing_untrue(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "career.sqlite"
        content = data.draw(damage(database()))
        path.write_bytes(content)
        career = Career(Path(folder))
        found = career.sessions()
        assert set(found) <= set(SESSIONS)
        assert len(found) == len(set(found))
        assert all("\n" not in trouble for trouble in career.troubles)
        # A file of no bytes is a new one.
        if set(found) != set(SESSIONS) and content:
            assert career.troubles
        added = record("first-quotes", 99.0)
        assert career.record(added) == ""
        progress = career.progress
        assert progress.best["first-quotes"].score == 99.0
        career.close()
        again = Career(Path(folder))
        if path.exists() and not any("cannot be used" in trouble for trouble in career.troubles):
            assert again.sessions() == [*found, added]
        again.close()


records = st.builds(
    Record,
    at=st.datetimes(min_value=NOON.replace(year=1000, tzinfo=None)).map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")),
    level=st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,20}\Z"),
    score=st.floats(0, 100),
    stars=st.integers(0, 3),
    seed=st.none() | st.integers(0, 2**63 - 1),
    strategy=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ended=st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    pnl=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    fills=st.none() | st.integers(0, 2**63 - 1),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(records, max_size=5, unique=True))
def test_whatever_is_recorded_comes_back(played: list[Record]) -> None:
    data = msgspec.json.encode(Export(sessions=tuple(played)))
    with TemporaryDirectory() as folder:
        career = Career(Path(folder))
        assert career.import_from(data, "a.json") == len(played)
        career.close()
        again = Career(Path(folder))
        assert again.troubles == []
        assert set(again.sessions()) == set(played)
        assert again.export().sessions == tuple(again.sessions())
        again.close()

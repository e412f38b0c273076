"""Format 3: what a journal says beyond level, seed and commands, and what this version refuses to play again."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args
from zlib import crc32

import msgspec
import pytest

import mmtui
from mmtui.errors import JournalError
from mmtui.level.level import load_level
from mmtui.market.book_market import kind_of_order
from mmtui.session.commands import AnyCommand, Cancel, HandOver, Join, Peg, Ready, TakeBack
from mmtui.session.journal import Journal, read_header, read_journal
from mmtui.session.journal_file import JournalWriter, Try, earlier_tries, resume, take_over, unfinished
from mmtui.session.journal_lines import KINDS, Line, Parent
from mmtui.session.par import NoPar
from mmtui.session.replay import Replay
from mmtui.session.session import Session
from mmtui.session.signing import own_or_new_key
from mmtui.session.trust import Trust
from mmtui.version import ENGINE, program_version
from tests.unit.session.journals import lines, rewrite
from tests.unit.session.support import BUY, SELL, S, short, strategy_file

FOLDER = Path(mmtui.__file__).parent
OTHER = ENGINE + 1
NOTHING_SAID = Try()
SEED = 8
PLAY: list[tuple[int, AnyCommand]] = [
    (0, Join(BUY, 2)),
    (0, Join(SELL, 2)),
    (8 * S, HandOver("skew")),
    (14 * S, TakeBack()),
    (15 * S, Join(BUY, 3)),
]


def quiet(trouble: str) -> None:
    raise AssertionError(trouble)


def play(path: Path, *, until_ns: int = 20 * S, leave: bool = True, about: Try = NOTHING_SAID) -> Session:
    """Play under a journal, as somebody at the floor does, at a speed that changes on the way."""
    session = Session(short("skew"), SEED)
    writer = JournalWriter(path, session, on_trouble=quiet, about=about)
    writer.change_speed(1.0, False)
    for at_ns, command in PLAY:
        if at_ns <= until_ns:
            session.advance(at_ns)
            session.submit(command)
    writer.change_speed(4.0, True, 12.34)
    session.advance(until_ns)
    if leave:
        session.leave()
    writer.close()
    return session


@pytest.fixture
def file(tmp_path: Path) -> Path:
    play(tmp_path / "a.jsonl")
    return tmp_path / "a.jsonl"


def changed(file: Path, line: int, **changes: object) -> Path:
    """The file with other values in one line, sealed anew."""
    records = lines(file)
    records[line].update(changes)
    rewrite(file, records)
    return file


def with_line(file: Path, **line: object) -> Path:
    """The file with one line more, before what the session came to."""
    records = lines(file)
    place = next((at for at, record in enumerate(records) if record.get("line") == "result"), len(records))
    record = {"line": "instructor", "at_ns": records[place - 1].get("at_ns", 0), "seat": -1} | line
    rewrite(file, [*records[:place], record, *records[place:]])
    return file


def refusal(journal: Journal) -> str:
    with pytest.raises(JournalError) as raised:
        _ = journal.script
    assert raised.value.exit_code == 2
    assert str(raised.value) == journal.unplayable
    assert "\n" not in journal.unplayable
    return journal.unplayable


# The first line


def test_the_first_line_says_who_played_what_with_which_engine(tmp_path: Path) -> None:
    key = own_or_new_key(tmp_path)
    about = Try(3, "2026-11-24T16:58:31Z", "frog", key)
    play(tmp_path / "a.jsonl", about=about)
    header = lines(tmp_path / "a.jsonl")[0]
    assert list(header)[:3] == ["journal", "engine", "mmtui"]
    assert (header["journal"], header["engine"], header["mmtui"]) == (3, ENGINE, program_version())
    assert header["level"] == json.loads(msgspec.json.encode(short("skew")))
    assert header["player"] == {"name": "frog", "key": key.public}
    assert (header["seed"], header["try"], header["begun"], header["parent"]) == (SEED, 3, "2026-11-24T16:58:31Z", None)
    journal = read_journal(tmp_path / "a.jsonl")
    assert (journal.attempt, journal.player, journal.begun) == (about.number, about.player, about.begun)
    assert (journal.format, journal.engine, journal.version) == (3, ENGINE, program_version())
    assert read_header(tmp_path / "a.jsonl").attempt == 3


def test_what_nobody_says_is_null(file: Path) -> None:
    header = lines(file)[0]
    assert [header[name] for name in ("try", "player", "begun", "parent")] == [None] * 4
    journal = read_journal(file)
    assert (journal.attempt, journal.player, journal.begun, journal.parent) == (None, None, None, None)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("engine", "2", "Expected `int`, got `str` - at `$.engine`"),
        ("engine", 0, "Expected `int` >= 1 - at `$.engine`"),
        ("try", 0, "Expected `int` >= 1 - at `$.try`"),
        ("player", {"key": "ab"}, "Expected `str` matching regex '^[0-9a-f]{64}$' - at `$.player.key`"),
        ("colour", 1, "Object contains unknown field `colour`"),
    ],
)
def test_a_first_line_that_is_wrong_is_told(file: Path, key: str, value: object, expected: str) -> None:
    with pytest.raises(JournalError, match="line 1: not a line of a journal: ") as raised:
        read_journal(changed(file, 0, **{key: value}))
    assert expected in str(raised.value)


def test_format_3_names_its_engine_and_those_before_do_not(file: Path) -> None:
    records = lines(file)
    del records[0]["engine"]
    rewrite(file, records)
    with pytest.raises(JournalError, match="missing required field `engine`"):
        read_journal(file)
    with pytest.raises(JournalError, match="unknown field"):
        read_journal(changed(file, 0, journal=2, engine=ENGINE))


# Seats, speeds


def test_every_line_but_the_first_has_a_time_and_a_seat(file: Path) -> None:
    _, *records = lines(file)
    assert {record["line"] for record in records} == {"command", "clock", "speed", "result", "end"}
    assert all(list(record)[1:3] == ["at_ns", "seat"] and record["seat"] == 0 for record in records)


def test_speeds_and_pauses_are_kept_and_change_nothing(file: Path) -> None:
    journal = read_journal(file)
    assert [(change.speed, change.paused) for change in journal.speeds] == [(1.0, False), (4.0, True)]
    assert [change.at_ns for change in journal.speeds] == [0, 15 * S]
    assert journal.stood_s == 12.3
    # Until it has stood still, a version that does not know of it can read the line.
    assert [record.get("stood_s") for record in lines(file) if record.get("line") == "speed"] == [None, 12.3]
    assert journal.end is not None
    without = [record for record in lines(file) if record.get("line") != "speed"]
    rewrite(file, without)
    assert read_journal(file).script.played().digest == journal.script.played().digest == journal.end.digest


def test_a_command_of_another_seat_is_read_and_not_played(file: Path) -> None:
    place = next(at for at, record in enumerate(lines(file)) if record.get("line") == "command")
    journal = read_journal(changed(file, place, seat=3))
    assert journal.entries[0].seat == 3
    assert refusal(journal) == (
        f"{file}: line {place + 1}: a session with commands of seat 3, which this version cannot play again"
    )


# What the session came to


def test_the_result_and_the_fills_are_those_of_the_session(tmp_path: Path) -> None:
    session = play(tmp_path / "a.jsonl")
    *_, outcome, end = lines(tmp_path / "a.jsonl")
    assert outcome["result"] == json.loads(msgspec.json.encode(session.result()))
    assert (end["ended"], end["digest"], end["at_ns"]) == ("time", session.digest, 20 * S)
    fills = session.maker.desk.fills
    assert len(fills) > 5
    assert any(fill.manual for fill in fills)
    assert not all(fill.manual for fill in fills)
    found = outcome["fills"]
    rows = zip(*(found[name] for name in ("at_ns", "side", "price", "quantity", "fee", "maker", "manual")), strict=True)
    assert list(rows) == [
        (fill.time_ns, fill.side, fill.price, fill.quantity, fill.fee, fill.maker, fill.manual) for fill in fills
    ]
    assert found["other"] == [kind_of_order(fill.other_id or 0) for fill in fills]
    assert list(found["markouts"]) == ["1s", "10s", "60s"]
    assert [list(each) for each in zip(*found["markouts"].values(), strict=True)] == [fill.markouts for fill in fills]
    (read,) = read_journal(tmp_path / "a.jsonl").outcomes
    assert read.result == session.result()


def test_a_session_that_is_left_before_its_par_is_known_keeps_its_fills(tmp_path: Path) -> None:
    session = Session(short("skew"), 5, "skew", par=NoPar())
    writer = JournalWriter(tmp_path / "a.jsonl", session, on_trouble=quiet)
    session.advance(15 * S)
    session.leave()
    writer.close()
    (outcome,) = read_journal(tmp_path / "a.jsonl").outcomes
    assert outcome.result is None
    assert outcome.fills.at_ns == [fill.time_ns for fill in session.maker.desk.fills] != []


def test_a_seat_has_one_result(file: Path) -> None:
    records = lines(file)
    place = next(place for place, record in enumerate(records) if record.get("line") == "result")
    records.insert(place, records[place])
    rewrite(file, records)
    with pytest.raises(JournalError, match=f"line {place + 2}: expected one result of seat 0, not another"):
        read_journal(file)


def test_columns_of_several_lengths_are_refused(file: Path) -> None:
    fills = lines(file)[-2]["fills"]
    for column in ("fee", "markouts"):
        short_one = {"1s": [1.0]} if column == "markouts" else fills[column][1:]
        with pytest.raises(JournalError, match="expected columns of one length"):
            read_journal(changed(file, -2, fills={**fills, column: short_one}))


def test_an_unfinished_session_has_come_to_nothing_yet(tmp_path: Path) -> None:
    play(tmp_path / "a.jsonl", until_ns=9 * S, leave=False)
    journal = read_journal(tmp_path / "a.jsonl")
    assert (journal.outcomes, journal.end, journal.statement) == ([], None, b"")


def test_one_that_broke_off_before_its_last_line_ends_anew(tmp_path: Path) -> None:
    session = play(tmp_path / "a.jsonl")
    whole = (tmp_path / "a.jsonl").read_bytes()
    *_, outcome, end = whole.splitlines(keepends=True)
    for lost in (end, end[:-1], end[20:]):
        (tmp_path / "a.jsonl").write_bytes(whole[: len(whole) - len(end)] + end[: len(end) - len(lost)])
        assert unfinished(tmp_path) == [tmp_path / "a.jsonl"]
        broken = read_journal(tmp_path / "a.jsonl")
        assert (broken.end, broken.outcomes) == (None, [])
        assert broken.size == len(whole) - len(end) - len(outcome)
        assert broken.until_ns == 15 * S
    again, _, writer = resume(tmp_path / "a.jsonl", quiet, lambda _: None)
    again.advance(20 * S)
    writer.close()
    assert (tmp_path / "a.jsonl").read_bytes() == whole
    assert again.digest == session.digest


def test_one_that_broke_off_after_a_very_long_line_is_found_too(tmp_path: Path) -> None:
    play(tmp_path / "a.jsonl", until_ns=9 * S, leave=False)
    with_line(tmp_path / "a.jsonl", do="message", alters=False, args={"text": "x" * 200_000})
    assert unfinished(tmp_path) == [tmp_path / "a.jsonl"]


# Who quoted


def quoted(path: Path, *play: tuple[float, AnyCommand], level: str = "skew") -> tuple[float | None, float | None]:
    session = Session(short(level), 3)
    writer = JournalWriter(path, session)
    for at_s, command in play:
        session.advance(round(at_s * S))
        session.submit(command)
    session.advance(20 * S)
    writer.close()
    (outcome,) = read_journal(path).outcomes
    who = outcome.quoted
    fills = session.maker.desk.fills
    assert (who.hand_fills, who.strategy_fills) == (
        sum(fill.manual for fill in fills),
        sum(not fill.manual for fill in fills),
    )
    # A replay knows the same of every moment.
    assert read_journal(path, Trust(told=True)).script.played().maker.quoting_time.until(20 * S) == (
        who.hand_ns,
        who.strategy_ns,
    )
    return who.shares()


FAR = [(0.0, Peg(half_spread=60, skew=0, size=1))]


def test_who_quoted_is_shares_of_the_time_and_of_the_fills(tmp_path: Path) -> None:
    """Not whoever had the quotes at the last instant."""
    path = tmp_path / "a.jsonl"
    assert quoted(path) == (None, None)
    assert quoted(path, *FAR) == (1.0, None)
    assert quoted(path, (0.0, HandOver("skew"))) == (0.0, 0.0)
    assert quoted(path, (0.0, HandOver("skew")), (19.9, TakeBack()))[0] == pytest.approx(0.005, abs=0.001)
    assert quoted(path, *FAR, (19.9, HandOver("skew")))[0] == pytest.approx(0.995, abs=0.001)
    # Time without an order in the market is nobody's.
    time, fills = quoted(path, *FAR, (5.0, Cancel()), (15.0, HandOver("skew")))
    assert time == pytest.approx(0.5, abs=0.01)
    assert fills == 0.0
    # A strategy that is only ready does not quote.
    assert quoted(path, *FAR, (1.0, Ready("skew"))) == (1.0, None)
    time, fills = quoted(path, *PLAY_IN_S)
    assert time is not None
    assert fills is not None
    assert 0.5 < time < 14 / 20
    assert 0.2 < fills < 1


PLAY_IN_S = [(at_ns / S, command) for at_ns, command in PLAY]


def test_after_a_strategy_has_failed_the_player_quotes(tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(view.best_bid - 40, view.best_ask + 40, 1, 1 // (12 - self.asked))")
    time, _ = quoted(tmp_path / "a.jsonl", (0.0, HandOver(spec)))
    assert time is not None
    assert 0.3 < time < 0.99


# Strategies in files


def test_a_command_with_a_strategy_s_file_tells_which_it_was(tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes()")
    path = spec.rpartition(":")[0]
    quoted(tmp_path / "a.jsonl", (0.0, Ready("skew")), (1.0, HandOver(spec)))
    first, second = (record for record in lines(tmp_path / "a.jsonl") if record.get("line") == "command")
    assert "files" not in first
    assert second["files"] == {path: sha256(Path(path).read_bytes()).hexdigest()}
    assert read_journal(tmp_path / "a.jsonl").entries[1].files == second["files"]


# Instructors, and kinds of lines to come


def test_what_an_instructor_does_that_changes_nothing_is_read_and_the_session_is_played_again(file: Path) -> None:
    journal = read_journal(with_line(file, do="message", alters=False, args={"text": "Watch your width"}, seat=0))
    (action,) = journal.actions
    assert (action.do, action.args, action.seat) == ("message", {"text": "Watch your width"}, 0)
    assert journal.end is not None
    assert journal.script.played().digest == journal.end.digest


def test_what_an_instructor_does_that_alters_the_session_is_read_and_not_played(file: Path) -> None:
    journal = read_journal(with_line(file, do="spike", alters=True, args={"ticks": 30}))
    assert journal.actions[0].do == "spike"
    number = len(lines(file)) - 2
    assert refusal(journal) == (
        f"{file}: line {number}: a session with the instructor's 'spike', which this version cannot play again"
    )


def test_a_line_of_a_kind_to_come_says_whether_it_matters(tmp_path: Path) -> None:
    play(tmp_path / "a.jsonl")
    play(tmp_path / "b.jsonl")
    harmless = read_journal(with_line(tmp_path / "a.jsonl", line="applause", alters=False, loud=True))
    assert harmless.end is not None
    assert harmless.script.played().digest == harmless.end.digest
    journal = read_journal(with_line(tmp_path / "b.jsonl", line="reseed", alters=True, seed=4))
    assert "a session with lines of the kind 'reseed', which this version cannot" in refusal(journal)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"line": "applause"}, "Invalid value 'applause' - at `$.line`"),
        ({"line": "applause", "alters": 1}, "Invalid value 'applause' - at `$.line`"),
        ({"do": "spike"}, "Object missing required field `alters`"),
        ({"line": "clock", "alters": False, "seat": 0}, "Object contains unknown field `alters`"),
        ({"line": "speed", "seat": 0, "speed": 0, "paused": False}, "Expected `float` > 0.0 - at `$.speed`"),
    ],
)
def test_a_line_that_does_not_say_so_is_refused(file: Path, line: dict[str, Any], expected: str) -> None:
    with pytest.raises(JournalError) as raised:
        read_journal(with_line(file, **line))
    assert expected in str(raised.value)


# Signatures


def signed(file: Path, **changes: object) -> Path:
    records = lines(file)
    signature = {"line": "signature", "at_ns": 20 * S, "seat": 0, "key": "ab" * 32, "signature": "cd" * 64}
    rewrite(file, [*records, signature | changes])
    return file


def test_what_is_signed_is_the_file_up_to_its_end(file: Path) -> None:
    rewrite(file, lines(file))
    content = file.read_bytes()
    statement = b"mmtui journal " + sha256(content).hexdigest().encode()
    assert read_journal(file).statement == statement
    journal = read_journal(signed(signed(file), seat=1))
    assert file.read_bytes().startswith(content)
    assert journal.statement == statement
    assert [(each.seat, each.key, each.signature) for each in journal.signatures] == [
        (0, "ab" * 32, "cd" * 64),
        (1, "ab" * 32, "cd" * 64),
    ]
    assert journal.size == file.stat().st_size
    assert unfinished(file.parent) == []
    assert journal.end is not None
    assert journal.script.played().digest == journal.end.digest


def test_whatever_is_changed_before_a_signature_changes_what_is_signed(file: Path) -> None:
    rewrite(file, lines(file))
    before = read_journal(signed(file)).statement
    for line, changes in ((0, {"try": 2}), (3, {"seat": 1}), (-3, {"result": None}), (-2, {"ended": "left"})):
        assert read_journal(changed(file, line, **changes)).statement != before


def test_signatures_come_last(file: Path) -> None:
    records = lines(signed(file))
    rewrite(file, [*records[:-2], records[-1], records[-2]])
    with pytest.raises(JournalError, match=f"line {len(records) - 1}: expected no signature before the session's end"):
        read_journal(file)
    rewrite(file, [*records, records[1]])
    with pytest.raises(JournalError, match="expected nothing after the session's end"):
        read_journal(file)
    rewrite(file, records)
    with pytest.raises(JournalError, match="matching regex"):
        read_journal(changed(file, -1, signature="x"))


# Another engine


def test_another_engine_s_journal_is_read_and_never_played(file: Path) -> None:
    whole = read_journal(file)
    journal = read_journal(changed(file, 0, engine=OTHER))
    assert (journal.engine, journal.entries, journal.outcomes) == (OTHER, whole.entries, whole.outcomes)
    assert refusal(journal) == (
        f"{file}: a session of engine {OTHER}, which this version (engine {ENGINE}) cannot play again; mmtui report "
        "still shows its result and fills"
    )


def test_nor_is_it_gone_on_with_and_the_file_stays_as_it_is(tmp_path: Path) -> None:
    play(tmp_path / "a.jsonl", until_ns=9 * S, leave=False)
    before = changed(tmp_path / "a.jsonl", 0, engine=OTHER).read_bytes()
    with pytest.raises(JournalError, match=r"mmtui report still shows its level, seed and commands$"):
        resume(tmp_path / "a.jsonl", quiet, lambda _: None)
    assert (tmp_path / "a.jsonl").read_bytes() == before


# Tries


def test_tries_are_the_journals_of_the_same_level_and_seed(tmp_path: Path) -> None:
    level = load_level("skew")

    def write(name: str, seed: int, **rules: Any) -> None:
        played = msgspec.structs.replace(level, maker=msgspec.structs.replace(level.maker, **rules))
        JournalWriter(tmp_path / f"{name}.jsonl", Session(played, seed)).close()

    assert earlier_tries(tmp_path, level, 7) == earlier_tries(tmp_path / "nowhere", level, 7) == 0
    write("skew-7-1", 7)
    write("skew-7-2", 7, position_limit=3)
    write("skew-7-3", 7)
    write("skew-71-1", 71)
    write("skew-7-1-of-a-friend", 8)
    (tmp_path / "skew-7-4.jsonl").write_text("{")
    assert earlier_tries(tmp_path, level, 7) == 2
    # Written another way it is the same level.
    records = lines(tmp_path / "skew-7-3.jsonl")
    records[0]["level"] = dict(reversed(records[0]["level"].items()))
    rewrite(tmp_path / "skew-7-3.jsonl", records)
    assert earlier_tries(tmp_path, level, 7) == 2


def test_what_was_taken_over_names_its_parent_and_is_a_try_of_its_own(file: Path) -> None:
    parent = read_journal(file)
    replay = Replay(parent.script)
    replay.advance(8 * S)
    assert parent.end is not None
    path = file.with_name("b.jsonl")
    take_over(path, replay, "a.jsonl", parent.end.digest, quiet, Try(2))[2].close()
    journal = read_journal(path)
    assert (journal.parent, journal.attempt) == (Parent("a.jsonl", parent.end.digest, 8 * S), 2)


# The page that describes it

PAGE = (FOLDER / "docs" / "journal.md").read_text(encoding="utf-8")


def test_the_page_s_examples_are_a_journal_with_lines_of_every_kind_whole(tmp_path: Path) -> None:
    header, *examples = [json.loads(line) for line in PAGE.splitlines() if line.startswith('{"')]
    header["level"] = json.loads(msgspec.json.encode(short("skew")))
    assert {example["line"] for example in examples} == KINDS
    for example in examples:
        line: Line = msgspec.convert(example, Line)
        assert msgspec.to_builtins(line) == example
        example["at_ns"] = 0
    rewrite(tmp_path / "a.jsonl", [header, *examples])
    journal = read_journal(tmp_path / "a.jsonl")
    assert (len(journal.entries), len(journal.actions), len(journal.signatures)) == (2, 2, 1)
    assert msgspec.json.decode(msgspec.json.encode(read_header(tmp_path / "a.jsonl"))) == header


def test_the_page_s_program_checks_the_checksums(file: Path) -> None:
    program: dict[str, Any] = {}
    exec(PAGE.partition("```python\n")[2].partition("```")[0], program)
    content = file.read_bytes()
    program["check"](content)
    for at in (10, len(content) // 2, len(content) - 5):
        altered = bytearray(content)
        altered[at] ^= 1
        with pytest.raises(AssertionError):
            program["check"](bytes(altered))


def test_the_page_names_every_command() -> None:
    commands = {kind.__struct_config__.tag for kind in get_args(AnyCommand)}
    named = PAGE.partition("`do` is one of ")[2].partition(";")[0]
    assert set(named.replace("\n", " ").replace("`", "").split(", ")) == commands


# What nobody means


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"title":"Skew"', b'"title":"Sk\xe1w"'),
        (b'"title":"Skew"', b'"title":' + b"[" * 100_000 + b"]" * 100_000),
        (b'"seed":%d' % SEED, b'"seed":' + b"9" * 5000),
        (b'"duration_s":20', b'"duration_s":' + b"9" * 5000),
        (b'"do":"join"', b'"do":"j\xffin"'),
        (b'"at_ns":8000000000', b'"at_ns":' + b"9" * 5000),
        (b'"strategy":"skew"', b'"strategy":"' + b"=" * 1_000_000 + b'.py:Mine"'),
        (b'"strategy":"skew"', b'"strategy":"' + b"a.py:Mine " * 100_000 + b'"'),
        (b'"strategy":"skew"', b'"strategy":"\\u0000\\ud800.py:Mine"'),
    ],
)
def test_what_nobody_means_is_refused_in_a_short_sentence(file: Path, old: bytes, new: bytes) -> None:
    crc, content = 0, b""
    for line in file.read_bytes().splitlines():
        body = line[: line.rindex(b',"crc"')].replace(old, new)
        crc = crc32(body, crc)
        content += b'%b,"crc":"%08x"}\n' % (body, crc)
    assert new in content
    file.write_bytes(content)
    with pytest.raises(JournalError) as refused:
        _ = read_journal(file).script
    assert len(str(refused.value)) < 2000


def test_a_journal_and_its_lines_have_a_largest_size(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = lines(file)
    # What would take hundreds of times as much memory is not even looked into.
    long = {"line": "instructor", "at_ns": 0, "seat": -1, "do": "x", "alters": False, "args": {"a": [[]] * 2**21}}
    rewrite(file, [records[0], long, *records[1:]])
    with pytest.raises(JournalError, match="line 2: expected a line of at most 4,194,304 bytes"):
        read_journal(file)
    monkeypatch.setenv("MMTUI_MOST_MIB", "4")
    with pytest.raises(JournalError, match="the journal cannot be read: expected at most 1,048,576 bytes"):
        read_journal(file)

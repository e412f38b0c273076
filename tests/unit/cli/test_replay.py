"""``mmtui replay``."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from mmtui.errors import shortened
from mmtui.session.journal import read_journal
from mmtui.session.replay import Replay
from tests.unit.cli.conftest import Mmtui
from tests.unit.session.journals import lines, rewrite, unsigned


@pytest.fixture
def journal(mmtui: Mmtui, short: Path, tmp_path: Path) -> Path:
    ended = mmtui("run", short, "-s", "skew", "--seeds", "7", "--journals", tmp_path / "j", "--format", "json")
    (tmp_path / "result.json").write_text(ended.out)
    return unsigned(tmp_path / "j" / "skew-short-skew-7.jsonl")


def test_a_journal_replays_to_its_result(mmtui: Mmtui, journal: Path, tmp_path: Path) -> None:
    ended = mmtui("replay", journal, "--headless")
    assert (ended.code, ended.err) == (0, "")
    assert [json.loads(ended.out)] == json.loads((tmp_path / "result.json").read_text())


def test_another_digest_is_told_with_exit_code_1(mmtui: Mmtui, journal: Path) -> None:
    records = lines(journal)
    rewrite(journal, [{**records[0], "seed": 8}, *records[1:]])
    ended = mmtui("replay", journal, "--headless")
    result = json.loads(ended.out)
    assert ended.code == 1
    recorded = records[-1]["digest"]
    assert ended.err == (
        f"Error: {journal}: the session replayed has the digest {result['digest'][:12]}…, "
        f"the journal of mmtui {result['mmtui']} says {recorded[:12]}…\n"
    )


def test_a_journal_that_breaks_off_has_nothing_to_check(mmtui: Mmtui, journal: Path) -> None:
    journal.write_text("".join(journal.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    ended = mmtui("replay", journal, "--headless")
    assert ended.code == 0
    assert json.loads(ended.out)["ended"] == "running"
    assert ended.err == f"{journal}: the journal breaks off, so there is no digest to check.\n"


def test_what_is_no_journal_is_one_sentence(mmtui: Mmtui, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("price,size\n1,2\n")
    for path, sentence in (
        (tmp_path / "no.jsonl", "the journal cannot be read: No such file or directory"),
        (tmp_path / "a.csv", "line 1: not a line of a journal: JSON is malformed: invalid character (byte 0)"),
    ):
        ended = mmtui("replay", path, "--headless")
        assert (ended.code, ended.out, ended.err) == (2, "", f"Error: {path}: {sentence}\n")


def test_without_headless_the_app_opens_there(mmtui: Mmtui, journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[Path, int, bool]] = []

    def open_replay(file: Path, at_ns: int, *, trusted: bool) -> int:
        opened.append((file, at_ns, trusted))
        return 0

    monkeypatch.setattr("mmtui.tui.run.open_replay", open_replay)
    for options in ([], ["--at", "2.5"], ["--trust"]):
        assert mmtui("replay", journal, *options).code == 0
    assert opened == [(journal, 0, False), (journal, 2_500_000_000, False), (journal, 0, True)]


def test_what_cannot_be_watched_is_one_sentence_before_anything_is_drawn(mmtui: Mmtui, journal: Path) -> None:
    records = lines(journal)
    records[1]["command"]["strategy"] = "gone.py:Mine"
    rewrite(journal, records)
    for path, options, said in (
        (journal, ["--trust"], "there is no strategy file gone.py"),
        (journal, [], "gone.py (which is not there), and is not a journal of yours"),
        (journal.with_name("no"), [], "cannot be read"),
    ):
        ended = mmtui("replay", path, *options)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err
        assert ended.err.count("\n") == 1


def test_help_has_examples(mmtui: Mmtui) -> None:
    assert "mmtui replay " in mmtui("replay", "--help").out.partition("Examples:")[2]


@pytest.mark.parametrize("at", ["2.5", "0:02.5", "0:2.5"])
def test_it_goes_to_a_time(mmtui: Mmtui, journal: Path, at: str) -> None:
    ended = mmtui("replay", journal, "--headless", "--at", at)
    assert (ended.code, ended.err) == (0, "")
    replay = Replay(read_journal(journal).script)
    replay.seek(2_500_000_000)
    assert json.loads(ended.out) == json.loads(msgspec.json.encode(replay.session.result()))


def test_a_time_beyond_the_end_is_the_end(mmtui: Mmtui, journal: Path) -> None:
    assert mmtui("replay", journal, "--headless", "--at", "1:00") == mmtui("replay", journal, "--headless")


@pytest.mark.parametrize("at", ["x", "1:x", "-3", "1:-3", "nan", "inf", "", ":", "1:2:3", "1e300", "86401", "9" * 5000])
def test_what_is_no_time_is_one_sentence(mmtui: Mmtui, journal: Path, at: str) -> None:
    ended = mmtui("replay", journal, "--headless", f"--at={at}")
    assert (ended.code, ended.out) == (2, "")
    assert (
        ended.err
        == f"Error: --at {shortened(at)}: expected seconds or minutes:seconds, a day at most, as in 83.4 or 1:23.4\n"
    )

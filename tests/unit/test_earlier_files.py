"""What users have survives: files that earlier versions have written open with the code of now."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mmtui.career.career import Career, Export
from mmtui.career.career_file import MIGRATIONS
from mmtui.cli.main import main
from mmtui.errors import JournalError
from mmtui.json_file import JsonFile
from mmtui.learning.licence import LicenceBook
from mmtui.learning.repetition import Memory, Repetition
from mmtui.level.level import level_ids
from mmtui.session.commands import Flatten, Quote
from mmtui.session.journal import read_journal
from mmtui.session.journal_file import resume
from mmtui.session.journal_lines import Parent
from mmtui.tui.actions import ACTIONS
from mmtui.tui.keys import ALIASES, checked, keys_of
from mmtui.tui.settings import Settings
from mmtui.version import ENGINE

FILES = Path(__file__).parents[1] / "files"
JOURNALS = sorted(FILES.glob("*.jsonl"))
EACH_JOURNAL = pytest.mark.parametrize("file", JOURNALS, ids=lambda file: file.stem)
OF_ENGINE_1 = [file for file in JOURNALS if read_journal(file).engine == 1]
OF_THIS_ENGINE = [file for file in JOURNALS if read_journal(file).engine == ENGINE]
OF_EARLIER_ENGINES = [file for file in JOURNALS if read_journal(file).engine < ENGINE]
EACH_OF_EARLIER_ENGINES = pytest.mark.parametrize("file", OF_EARLIER_ENGINES, ids=lambda file: file.stem)


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copy(FILES / name, folder))


# Journals


@EACH_JOURNAL
def test_every_journal_is_read_with_all_that_it_holds(file: Path) -> None:
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    journal = read_journal(file)
    assert (journal.format, journal.version, journal.seed) == tuple(
        records[0][key] for key in ("journal", "mmtui", "seed")
    )
    assert (journal.level.id, journal.level.title) == (records[0]["level"]["id"], records[0]["level"]["title"])
    commands = [record for record in records if record.get("line") == "command"]
    assert [(entry.at_ns, msgspec.to_builtins(entry.command)["do"]) for entry in journal.entries] == [
        (record["at_ns"], record["command"]["do"]) for record in commands
    ]
    ends = [(record["ended"], record["digest"]) for record in records if record.get("line") == "end"]
    assert ends == ([] if journal.end is None else [(journal.end.ended, journal.end.digest)])
    assert journal.size == file.stat().st_size


@pytest.mark.slow
@pytest.mark.parametrize("file", OF_THIS_ENGINE, ids=lambda file: file.stem)
def test_what_this_engine_played_comes_out_the_same(file: Path) -> None:
    journal = read_journal(file)
    session = journal.script.played()
    assert session.now_ns == journal.until_ns
    assert journal.end is None or session.digest == journal.end.digest


@pytest.mark.parametrize("name", ["engine-2", "engine-3"])
def test_what_a_session_of_format_3_came_to_is_read_by_all_that_come_after(name: str) -> None:
    records = [json.loads(line) for line in (FILES / f"{name}.jsonl").read_text().splitlines()]
    journal = read_journal(FILES / f"{name}.jsonl")
    (outcome,) = journal.outcomes
    *_, written, _ = records
    assert outcome.result is not None
    result = json.loads(msgspec.json.encode(outcome.result))
    assert {key: result[key] for key in written["result"]} == written["result"]
    assert json.loads(msgspec.json.encode(outcome.fills)) == written["fills"]
    assert json.loads(msgspec.json.encode(outcome.quoted)) == written["quoted"]
    assert (journal.attempt, journal.begun) == (1, records[0]["begun"])
    assert [change.speed for change in journal.speeds] == [1.0, 1.0, 1.0, 2.0]
    taken_over = read_journal(FILES / f"{name}-taken-over.jsonl")
    assert taken_over.parent == Parent("skew-7-1.jsonl", records[-1]["digest"], 8 * 10**9)
    assert taken_over.attempt == 2


def test_formats_1_and_2_are_of_engine_1_and_tell_what_they_tell() -> None:
    assert {read_journal(file).format for file in OF_ENGINE_1} == {1, 2}
    finished, taken_over = (read_journal(FILES / f"{name}.jsonl") for name in ("finished", "taken-over"))
    result = json.loads((FILES / "finished-result.json").read_text())
    assert finished.end is not None
    assert (finished.end.digest, finished.end.ended, finished.seed) == (result["digest"], "time", result["seed"])
    assert finished.level.id == result["level"]
    assert taken_over.parent == Parent("finished.jsonl", finished.end.digest, 8 * 10**9)
    assert [type(entry.command) for entry in taken_over.entries[-2:]] == [Flatten, Quote]


@EACH_OF_EARLIER_ENGINES
def test_no_other_engine_s_journal_is_played(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = read_journal(file)
    held = "its level, seed and commands"
    if journal.end is not None:
        held = "its level, seed, commands and how it ended" if journal.engine == 1 else "its result and fills"
    sentence = (
        f"{file}: a session of engine {journal.engine}, which this version (engine {ENGINE}) cannot play again; "
        f"mmtui report still shows {held}"
    )
    with pytest.raises(JournalError) as raised:
        _ = journal.script
    assert str(raised.value) == sentence
    for more in ([], ["--headless"], ["--at", "1"], ["--headless", "--at", "1"]):
        assert main(["replay", str(file), *more]) == 2
        assert capsys.readouterr() == ("", f"Error: {sentence}\n")


@EACH_OF_EARLIER_ENGINES
def test_nor_gone_on_with_and_it_stays_as_it_is(file: Path, tmp_path: Path) -> None:
    path = copied(file.name, tmp_path)
    said = "cannot play again" if read_journal(file).end is None else "the session has ended"
    with pytest.raises(JournalError, match=said):
        resume(path, print, lambda _: None)
    assert path.read_bytes() == file.read_bytes()


# Careers


def exported() -> Export:
    return msgspec.json.decode((FILES / "career.json").read_bytes(), type=Export)


def test_a_career_opens_whole_and_a_copy_is_made_first(tmp_path: Path) -> None:
    copied("career.sqlite", tmp_path)
    career = Career(tmp_path)
    assert career.troubles == []
    sessions = career.sessions()
    assert tuple(sessions) == exported().sessions
    assert len(sessions) == 6
    assert {session.scoring for session in sessions} == {1}
    progress = career.progress
    assert (progress.taught, progress.last) == (True, "skew")
    assert {level: (best.score, best.stars) for level, best in progress.older.items()} == {
        "first-quotes": (91.25, 3),
        "skew": (71.4, 2),
        "tick-size": (12.0, 0),
    }
    daily = career.daily(date(2026, 11, 24))
    assert daily is not None
    assert (daily.score, daily.seed) == (66.6, date(2026, 11, 24).toordinal())
    assert career.streak(date(2026, 11, 24)) == 5
    assert set(progress.reached) <= set(level_ids())
    career.close()
    assert (tmp_path / "career.sqlite.v1").read_bytes()[:16] == b"SQLite format 3\0"
    with closing(sqlite3.connect(tmp_path / "career.sqlite.v1")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT count(*) FROM sessions").fetchone() == (6,)
    with closing(sqlite3.connect(tmp_path / "career.sqlite")) as now:
        assert now.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_a_copy_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    copied("career.sqlite", tmp_path)
    (tmp_path / "career.sqlite.v1").write_text("dear to somebody")
    career = Career(tmp_path)
    assert (career.troubles, len(career.sessions())) == ([], 6)
    assert (tmp_path / "career.sqlite.v1").read_text() == "dear to somebody"
    assert (tmp_path / "career.sqlite.v1-2").exists()


def test_what_is_whole_in_a_damaged_one_is_saved(tmp_path: Path) -> None:
    with closing(sqlite3.connect(copied("career.sqlite", tmp_path))) as db, db:
        db.execute("UPDATE sessions SET score = 99.0 WHERE id = 2")
    career = Career(tmp_path)
    assert "was damaged (1 of its sessions)" in career.troubles[0]
    first, _, *others = exported().sessions
    assert career.sessions() == [first, *others]
    assert career.progress.taught


def test_one_whose_structure_is_damaged_is_saved_before_its_tables_change(tmp_path: Path) -> None:
    path = copied("career.sqlite", tmp_path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA writable_schema = ON")
        # An index without its entries is what an integrity check notices first.
        db.execute(
            "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'facts') "
            "WHERE name = 'sessions_by_level'"
        )
    career = Career(tmp_path)
    assert "was damaged" in career.troubles[0]
    assert tuple(career.sessions()) == exported().sessions


@pytest.mark.skipif(sys.platform == "win32", reason="needs a user's rights")
def test_one_that_cannot_be_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied("career.sqlite", tmp_path)
    before = (tmp_path / "career.sqlite").read_bytes()

    def refused(*_: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("mmtui.career.career_file._copy", refused)
    career = Career(tmp_path)
    assert "this run's scores are not kept" in career.troubles[0]
    assert tuple(career.sessions()) == exported().sessions
    career.close()
    assert (tmp_path / "career.sqlite").read_bytes() == before


def test_an_exported_career_is_imported(tmp_path: Path) -> None:
    assert json.loads((FILES / "career.json").read_text())["career"] == 1
    career = Career(tmp_path)
    assert career.import_from((FILES / "career.json").read_bytes(), "career.json") == 6
    assert tuple(career.sessions()) == exported().sessions
    assert career.progress.taught


# Settings and keys

CHANGED: dict[str, Any] = {
    "theme": "mmtui-light",
    "speed": 4.0,
    "armed": False,
    "several": True,
    "bell": True,
    "coach": False,
    "still": True,
}


def test_settings_and_the_keys_of_all_actions_are_as_they_were(tmp_path: Path) -> None:
    written = json.loads((FILES / "settings.json").read_text())
    settings, trouble = JsonFile(copied("settings.json", tmp_path)).read(Settings())
    assert trouble == ""
    assert {name: getattr(settings, name) for name in CHANGED} == CHANGED
    keys, conflicts = checked(settings.keys)
    assert conflicts == []
    renamed = {ALIASES.get(action_id, action_id): key for action_id, key in written["keys"].items()}
    assert keys == renamed
    assert len(keys) == 115
    assert set(keys) <= set(ACTIONS)
    assert all(keys_of(ACTIONS[action_id], keys) == tuple(key.split(",")) for action_id, key in keys.items())


def test_an_action_that_has_another_id_keeps_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmtui.tui.keys.ALIASES", {"floor.buy-quote": "floor.bid", "floor.ask": "floor.offer"})
    assert checked({"floor.buy-quote": "n", "floor.pause": "f13"}) == ({"floor.bid": "n", "floor.pause": "f13"}, [])
    # Where both are there, what was chosen under the id of now is the later.
    assert checked({"floor.ask": "f13", "floor.offer": "f14"}) == ({"floor.offer": "f14"}, [])


# The same of scoring 2, with all that a player's folder holds since then

FORM_5 = FILES / "career-5"


def test_a_career_of_the_fifth_form_opens_whole(tmp_path: Path) -> None:
    shutil.copy(FORM_5 / "career.sqlite", tmp_path)
    written = msgspec.json.decode((FORM_5 / "career.json").read_bytes(), type=Export).sessions
    career = Career(tmp_path)
    assert (career.troubles, tuple(career.sessions())) == ([], written)
    assert [(each.scoring, each.stars, each.marks) for each in written] == [
        (1, 3, ""),
        (2, 2, ""),
        (2, 1, ""),
        (2, 0, "again slow"),
        (2, 0, "set"),
        (2, 0, ""),
    ]
    assert career.progress.taught
    career.close()
    other = Career(tmp_path / "other")
    assert other.import_from((FORM_5 / "career.json").read_bytes(), "career.json") == 6
    assert tuple(other.sessions()) == written
    other.close()


def test_settings_and_keys_of_scoring_2_are_as_they_were() -> None:
    written = json.loads((FORM_5 / "settings.json").read_text())
    settings, trouble = JsonFile(FORM_5 / "settings.json").read(Settings())
    assert trouble == ""
    changed = CHANGED | {"runs_on": True, "player": "Ada", "board": "journals", "layout": "QWERTZ"}
    assert {name: getattr(settings, name) for name in changed} == changed
    keys, conflicts = checked(settings.keys)
    assert conflicts == []
    assert keys == {ALIASES.get(action_id, action_id): key for action_id, key in written["keys"].items()}
    assert len(keys) == 166


def test_licence_and_drills_are_as_they_were(tmp_path: Path) -> None:
    for name in ("licence.json", "drills.json"):
        shutil.copy(FORM_5 / name, tmp_path)
    book, drills = LicenceBook(tmp_path), Repetition(tmp_path)
    assert (book.trouble, drills.trouble) == ("", "")
    assert json.loads(msgspec.json.encode(book.held)) == json.loads((FORM_5 / "licence.json").read_text())
    assert drills.card("lean") == Memory(2, "2026-12-01", "2026-11-27", 3, 2)


class Later(Settings, frozen=True, kw_only=True):
    version: int = 2


def test_settings_are_copied_before_a_later_version_writes_them(tmp_path: Path) -> None:
    path = copied("settings.json", tmp_path)
    before = path.read_bytes()
    store = JsonFile(path)
    settings, trouble = store.read(Later())
    assert (trouble, settings.version, settings.theme) == ("", 2, "mmtui-light")
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]
    (tmp_path / "settings.json.v1").write_text("dear to somebody")
    for speed in (1.0, 2.0):
        assert store.write(msgspec.structs.replace(settings, speed=speed)) == ""
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "settings.json",
        "settings.json.v1",
        "settings.json.v1-2",
    ]
    assert (tmp_path / "settings.json.v1").read_text() == "dear to somebody"
    assert (tmp_path / "settings.json.v1-2").read_bytes() == before
    assert JsonFile(path).read(Later())[0] == msgspec.structs.replace(settings, speed=2.0)


def test_settings_that_did_not_change_are_not_copied(tmp_path: Path) -> None:
    store = JsonFile(copied("settings.json", tmp_path))
    settings, _ = store.read(Settings())
    assert store.write(settings) == ""
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]
    assert JsonFile(store.path).read(Settings()) == (settings, "")


@pytest.mark.parametrize("text", ['{"version": 2, "speed": 2.0, "smell": 1}', '{"version": 2, "speed": [2]}'])
def test_settings_of_a_later_version_are_left_alone_with_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    store = JsonFile(path)
    settings, trouble = store.read(Settings())
    assert settings == (Settings(speed=2.0, version=2) if "smell" in text else Settings())
    assert trouble == f"{path} is of a later version of mmtui: it is left as it is, and changes are not kept."
    assert store.write(Settings()) == ""
    assert path.read_text() == text
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]

"""The career: what is kept, what follows from it, and what happens to files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from datetime import time as dt_time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from mmtui.career import career_file
from mmtui.career.career import Best, Career, Mark, Progress, Record, opened, summary
from mmtui.errors import CareerError
from mmtui.level.level import Level
from mmtui.session.commands import HandOver, Peg, TakeBack
from mmtui.session.hand_shares import FOLDED, HandShares, folded_ns
from mmtui.session.outcome import WhoQuoted, last_strategy, who_quoted
from mmtui.session.result import Result
from mmtui.session.session import Session
from mmtui.version import SCORING
from tests.unit.session.support import short

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def record(level: str = "skew", score: float = 70.0, at: datetime = NOON, **more: object) -> Record:
    stars = sum(score >= least for least in (50, 70, 85))
    return msgspec.convert(
        {"at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "level": level, "score": score, "stars": stars, "scoring": SCORING}
        | more,
        Record,
    )


@pytest.fixture(scope="module")
def template() -> Result:
    session = Session(short("skew", 1), 1, "idle")
    session.advance(session.end_ns)
    return session.result()


def played(level: Level, seed: int) -> Session:
    session = Session(level, seed)
    session.advance(session.end_ns)
    return session


@pytest.fixture
def career(tmp_path: Path) -> Career:
    found = Career(tmp_path)
    assert found.troubles == []
    return found


def file(folder: Path) -> Path:
    return folder / "career.sqlite"


def again(career: Career, folder: Path) -> Career:
    career.close()
    return Career(folder)


# Kept


def test_a_session_is_kept_whole(career: Career, tmp_path: Path) -> None:
    session = Session(short("skew"), 5, "skew")
    session.advance(session.end_ns)
    result = session.result()
    kept = Record.of(result, NOON, date(2026, 11, 24), "skew-5-1.jsonl")
    assert career.record(kept) == ""
    career = again(career, tmp_path)
    assert career.troubles == []
    assert career.sessions() == [kept]
    assert (kept.at, kept.daily) == ("2026-11-24T12:00:00Z", "2026-11-24")
    assert (kept.score, kept.pnl, kept.digest) == (result.score, result.pnl.total, result.digest)
    assert kept.scoring == SCORING
    assert career.progress == Progress(best={"skew": Best(result.score, result.stars)}, last="skew")


def test_seeds_beyond_what_a_database_holds_are_left_out(career: Career) -> None:
    session = Session(short("skew", 1), 2**63, None)
    session.advance(session.end_ns)
    kept = Record.of(session.result(), NOON)
    assert (kept.seed, career.record(kept)) == (None, "")


def test_the_best_stays_the_best_and_the_last_is_the_last(career: Career, tmp_path: Path) -> None:
    for level, score in (("skew", 70.0), ("skew", 60.0), ("first-quotes", 10.0)):
        career.record(record(level, score))
    career.taught()
    expected = Progress(best={"skew": Best(70.0, 2), "first-quotes": Best(10.0, 0)}, last="first-quotes", taught=True)
    assert career.progress == again(career, tmp_path).progress == expected
    assert [entry.score for entry in Career(tmp_path).sessions("skew")] == [70.0, 60.0]


def test_nothing_is_kept_without_a_folder() -> None:
    career = Career(None)
    assert (career.troubles, career.record(record())) == ([], "")
    assert len(career.sessions()) == 1


# What follows


def test_a_level_opens_when_the_one_before_has_a_star() -> None:
    levels = ["a", "b", "c", "d", "e"]
    assert opened(levels, {}) == {"a"}
    assert opened(levels, {"a": Best(49.9, 0)}) == {"a"}
    assert opened(levels, {"a": Best(50.0, 1)}) == {"a", "b"}
    # Played from the command line, ahead of its turn.
    assert opened(levels, {"a": Best(50.0, 1), "d": Best(50.0, 1)}) == {"a", "b", "d", "e"}


def test_streaks_are_days_in_a_row_up_to_today_or_yesterday(career: Career) -> None:
    today = NOON.date()
    assert career.streak(today) == 0
    for days_ago in (1, 2, 3, 5):
        career.record(record(at=NOON - timedelta(days=days_ago)))
    assert career.streak(today) == 3
    career.record(record())
    assert career.streak(today) == 4
    assert career.streak(today + timedelta(days=2)) == 0


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Moves this machine to another time zone."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        ("America/Los_Angeles", date(2026, 11, 21), 20),
        ("America/Los_Angeles", date(2026, 10, 31), 23),  # the clocks go back
        ("America/Los_Angeles", date(2026, 3, 7), 1),  # and forward
        ("Asia/Tokyo", date(2026, 11, 21), 7),
        ("Pacific/Kiritimati", date(2026, 11, 21), 13),
        ("Europe/Vienna", date(2026, 10, 24), 0),
        ("UTC", date(2026, 11, 21), 12),
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_a_streak_counts_the_player_s_own_days(
    career: Career, in_zone: Callable[[str], None], template: Result, zone: str, day: date, hour: int, told: bool
) -> None:
    in_zone(zone)
    for days in range(3):
        at = datetime.combine(day + timedelta(days=days), dt_time(hour), ZoneInfo(zone))
        career.record(Record.of(template, at.astimezone(UTC)) if told else record(at=at.astimezone(UTC)))
    assert career.streak(day + timedelta(days=2)) == 3
    assert career.streak(day + timedelta(days=3)) == 3
    assert career.streak(day + timedelta(days=4)) == 0


def test_a_streak_goes_on_across_zones(career: Career, in_zone: Callable[[str], None], template: Result) -> None:
    """West over the date line, where a day is lived twice, and east, where one is lost."""
    for zone, day, hour in (
        ("Asia/Tokyo", 20, 22),
        ("Asia/Tokyo", 21, 8),
        ("America/Los_Angeles", 20, 21),
        ("America/Los_Angeles", 21, 21),
        ("Asia/Tokyo", 23, 9),
    ):
        in_zone(zone)
        at = datetime(2026, 11, day, hour, tzinfo=ZoneInfo(zone))
        career.record(Record.of(template, at.astimezone(UTC)))
    assert career.streak(date(2026, 11, 23)) == 3
    in_zone("America/Los_Angeles")
    assert career.streak(date(2026, 11, 22)) == 3


def test_the_first_result_of_a_day_s_challenge_counts(career: Career) -> None:
    career.record(record(score=40.0, daily="2026-11-24"))
    career.record(record(score=90.0, daily="2026-11-24", at=NOON + timedelta(hours=1)))
    found = career.daily(date(2026, 11, 24))
    assert found is not None
    assert found.score == 40.0
    assert career.daily(date(2026, 11, 23)) is None


def test_bests_of_an_earlier_scoring_compete_with_none_and_unlock_what_they_unlocked(career: Career) -> None:
    career.record(record(score=90.0, scoring=1))
    assert career.progress.best == {}
    assert career.progress.older == {"skew": Best(90.0, 3)}
    career.record(record(score=40.0))
    career.record(record("trend", score=20.0, scoring=1))
    found = career.progress
    assert found.best == {"skew": Best(40.0, 0)}
    assert found.reached == {"skew": Best(90.0, 3), "trend": Best(20.0, 0)}
    assert career.opened(["first-quotes", "skew", "vcm", "hedge", "trend"]) == {"first-quotes", "skew", "vcm", "trend"}
    assert [row["who"] for row in summary(career.sessions("skew"))] == ["by hand", "by hand, scoring 1"]


@pytest.fixture(scope="module")
def good() -> Result:
    return msgspec.structs.replace(played(short("skew"), 3).result(), score=90.0, stars=3)


@pytest.mark.parametrize(
    ("marks", "stars", "counts", "daily", "apart"),
    [
        ([], 3, True, True, ""),
        (["slow"], 3, True, False, "slowed down"),
        (["replay"], 0, False, False, "taken over from a replay"),
        (["again"], 0, False, False, "a further try at the seed"),
        (["set", "slow"], 0, False, False, "on a changed level, slowed down"),
    ],
)
def test_what_was_rehearsed_is_kept_and_marked_and_earns_nothing(
    career: Career, tmp_path: Path, good: Result, marks: list[Mark], stars: int, counts: bool, daily: bool, apart: str
) -> None:
    found = Record.of(good, NOON, NOON.date(), marks=marks)
    assert (found.score, found.stars, found.counts, found.daily is not None) == (90.0, stars, counts, daily)
    assert found.apart == apart
    career.record(found)
    career = again(career, tmp_path)
    assert career.sessions() == [found]
    assert ("skew" in career.progress.best) is counts
    assert (career.daily(NOON.date()) is not None) is daily
    assert career.tried("skew", 3)
    assert not career.tried("skew", 4)
    assert not career.tried("trend", 3)


def test_marks_that_are_not_known_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="marks: expected some of replay, again, set, slow, not 'hats'"):
        record(marks="hats")


def test_the_summary_is_by_level_and_strategy() -> None:
    records = [record(score=40.0), record(score=60.0, at=NOON + timedelta(days=1)), record(strategy="skew", score=80.0)]
    assert summary(records) == [
        {
            "level": "skew",
            "who": "by hand",
            "strategy": None,
            "hand": None,
            "sessions": 2,
            "best": 60.0,
            "stars": 1,
            "badge": 0,
            "mean": 50.0,
            "last": "2026-11-25T12:00:00Z",
        },
        {
            "level": "skew",
            "who": "skew",
            "strategy": "skew",
            "hand": None,
            "sessions": 1,
            "best": 80.0,
            "stars": 2,
            "badge": 0,
            "mean": 80.0,
            "last": "2026-11-24T12:00:00Z",
        },
    ]


HALF = HandShares(0.5, 0.6)
RESULT = played(short("skew", 5), 5).result()


@pytest.mark.parametrize(
    ("shares", "together", "stars", "badge", "who"),
    [
        (HandShares(1.0, 1.0), False, 3, 0, "by hand"),
        (HandShares(0.8, 0.8), False, 3, 0, "by hand"),
        # Without a fill the time decides, without an order in the market nothing speaks against it.
        (HandShares(1.0, None), False, 3, 0, "by hand"),
        (HandShares(None, None), False, 3, 0, "by hand"),
        # Both have to be: neither a strategy's fills nor its time may be many.
        (HandShares(1.0, 0.79), False, 0, 0, "hand and skew"),
        (HandShares(0.79, 1.0), False, 0, 0, "hand and skew"),
        (HALF, True, 3, 0, "hand and skew"),
        # What a strategy left in the market when it was taken back does not make it both.
        (HandShares(0.004, 0.0), False, 0, 3, "skew"),
        (HandShares(0.0, None), True, 0, 3, "skew"),
    ],
)
def test_stars_are_earned_by_hand(
    shares: HandShares, together: bool, stars: int, badge: int, who: str, career: Career
) -> None:
    day = date(2026, 11, 24)
    result = replace(RESULT, score=90.0, stars=3)
    kept = Record.of(result, NOON, day, shares=shares, strategy="skew", together=together)
    career.record(kept)
    assert career.sessions() == [kept]
    assert (kept.stars, kept.badge, kept.who) == (stars, badge, who)
    # Progress, the day's challenge and the days in a row go with the stars.
    assert (career.progress.best == {"skew": Best(90.0, 3)}) is (stars > 0)
    assert (career.daily(day) is not None) is (stars > 0)
    assert (career.streak(day) == 1) is (stars > 0)


def test_the_last_instant_does_not_decide_who_quoted() -> None:
    """Two and three quarter minutes of a strategy, taken back at the end, are the strategy's; and the reverse."""
    peg = Peg(half_spread=1.5, skew=0, size=1)
    for first, last, who in ((HandOver("skew"), TakeBack(), "skew"), (peg, HandOver("skew"), "by hand")):
        session = Session(short("skew", 60), 5)
        session.submit(first)
        session.advance(session.end_ns - 10**8)
        session.submit(last)
        session.advance(session.end_ns)
        shares = who_quoted(session).shares()
        kept = Record.of(session.result(), NOON, shares=shares, strategy=last_strategy(session.commands))
        assert kept.who == who


def test_folded_time_is_nobody_s() -> None:
    quoted = WhoQuoted(hand_ns=60, strategy_ns=100, hand_fills=9, strategy_fills=1)
    assert quoted.shares() == (0.375, 0.9)
    folded = folded_ns([(0, 1.0), (30, FOLDED), (80, 16.0), (100, 2 * FOLDED)], 140)
    assert folded == 90
    assert quoted.shares(folded) == (60 / 70, 0.9)
    assert quoted.shares(folded).by_hand


# What was there before, and export and import


def test_progress_of_an_earlier_version_is_imported_once(tmp_path: Path) -> None:
    best = {"skew": Best(71.4, 2)}
    (tmp_path / "progress.json").write_bytes(msgspec.json.encode(Progress(best=best, last="skew", taught=True)))
    old = Progress(older=best, last="skew", taught=True)
    career = Career(tmp_path)
    assert career.progress == old
    assert again(career, tmp_path).progress == old
    assert len(Career(tmp_path).sessions()) == 1
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix not in (".sqlite-wal", ".sqlite-shm")) == [
        "career.sqlite",
        "progress.json.imported",
    ]


def test_a_damaged_progress_is_left_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "progress.json").write_text("{")
    assert Career(tmp_path).sessions() == []
    assert (tmp_path / "progress.json").exists()


def test_a_career_moves_to_another_machine_and_twice_is_once(career: Career, tmp_path: Path) -> None:
    for number in range(3):
        career.record(record(score=50.0 + number, seed=number))
    career.taught()
    data = msgspec.json.encode(career.export())
    other = Career(tmp_path / "other")
    other.record(record("first-quotes", 10.0))
    assert other.import_from(data, "a.json") == 3
    assert other.import_from(data, "a.json") == 0
    assert other.progress == Progress(
        best={"skew": Best(52.0, 1), "first-quotes": Best(10.0, 0)}, last="first-quotes", taught=True
    )
    assert career.import_from(msgspec.json.encode(other.export()), "b.json") == 1
    assert career.sessions("skew") == other.sessions("skew")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not an exported career: Input data was truncated"),
        ("[]", "not an exported career: Expected `object`, got `array`"),
        ('{"career": 9}', "career: version 9, where this version reads 1 to 3"),
        ('{"career": 9, "hats": 1}', "career: version 9, where this version reads 1 to 3"),
        ('{"career": 0}', "career: version 0, where this version reads 1 to 3"),
        ('{"sessions": [{"at": "2026-13-01T00:00:00Z", "level": "a", "score": 1, "stars": 0}]}', "at: expected a time"),
        ('{"sessions": [{"at": "2026-11-01T00:00:00Z", "level": "a", "score": 101, "stars": 0}]}', "<= 100.0"),
        ('{"sessions": [{"at": "2026-11-01T00:00:00Z", "level": "A\\u001b", "score": 1, "stars": 0}]}', "regex"),
        ('{"sessions": [], "colour": 1}', "unknown field `colour`"),
    ],
)
def test_what_is_no_export_is_one_sentence_and_changes_nothing(career: Career, text: str, said: str) -> None:
    with pytest.raises(CareerError, match=r"^a\.json: ") as raised:
        career.import_from(text.encode(), "a.json")
    assert said in str(raised.value)
    assert career.sessions() == []


# What happens to files


def test_a_damaged_file_is_set_aside_and_what_is_whole_is_saved(career: Career, tmp_path: Path) -> None:
    for number in range(400):
        career.record(record(seed=number, strategy="s" * 50))
    career.close()
    content = bytearray(file(tmp_path).read_bytes())
    assert len(content) > 16 * 4096
    content[9 * 4096 : 10 * 4096] = os.urandom(4096)
    file(tmp_path).write_bytes(content)
    career = Career(tmp_path)
    (trouble,) = career.troubles
    saved = career.sessions()
    assert "was damaged" in trouble
    assert f"set aside as career.sqlite.damaged; {len(saved)} sessions were saved" in trouble
    assert 0 < len(saved) < 400
    assert set(saved) <= {record(seed=number, strategy="s" * 50) for number in range(400)}
    assert (tmp_path / "career.sqlite.damaged").read_bytes()[9 * 4096 : 10 * 4096] == content[9 * 4096 : 10 * 4096]
    assert again(career, tmp_path).troubles == []


def test_a_number_that_changed_by_itself_is_not_believed(career: Career, tmp_path: Path) -> None:
    career.record(record(score=50.0, seed=1))
    career.record(record(score=60.0, seed=2))
    career.close()
    with closing(sqlite3.connect(file(tmp_path))) as db, db:
        db.execute("UPDATE sessions SET score = 99.0 WHERE seed = 1")
    career = Career(tmp_path)
    assert "was damaged (1 of its sessions)" in career.troubles[0]
    assert career.sessions() == [record(score=60.0, seed=2)]


@pytest.mark.parametrize("scoring", [1, 2])
def test_the_scoring_s_number_is_kept_and_not_believed_when_it_changed(tmp_path: Path, scoring: int) -> None:
    career = Career(tmp_path)
    career.record(record(seed=1, scoring=scoring))
    career = again(career, tmp_path)
    assert (career.troubles, [kept.scoring for kept in career.sessions()]) == ([], [scoring])
    career.close()
    with closing(sqlite3.connect(file(tmp_path))) as db, db:
        db.execute("UPDATE sessions SET scoring = ?", (3 - scoring,))
    assert "was damaged (1 of its sessions)" in Career(tmp_path).troubles[0]


@pytest.mark.parametrize("content", [b"x", b"SQLite format 3\x00" + b"\x00" * 84, b"\xff" * 5000, b"{}"])
def test_what_is_no_database_is_set_aside_whole(tmp_path: Path, content: bytes) -> None:
    file(tmp_path).write_bytes(content)
    career = Career(tmp_path)
    assert "career.sqlite.damaged" in career.troubles[0]
    assert (tmp_path / "career.sqlite.damaged").read_bytes() == content
    assert career.record(record()) == ""
    assert again(career, tmp_path).sessions() == [record()]


def test_another_program_s_database_is_set_aside(tmp_path: Path) -> None:
    with closing(sqlite3.connect(file(tmp_path))) as db, db:
        db.execute("CREATE TABLE sessions (mine)")
    assert "it is another program's database" in Career(tmp_path).troubles[0]
    with closing(sqlite3.connect(tmp_path / "career.sqlite.damaged")) as db:
        assert db.execute("SELECT name FROM sqlite_schema").fetchone() == ("sessions",)


def test_a_later_version_s_file_is_read_and_left_alone(career: Career, tmp_path: Path) -> None:
    career.record(record())
    career.close()
    with closing(sqlite3.connect(file(tmp_path))) as db:
        db.execute("PRAGMA user_version = 99")
    before = file(tmp_path).read_bytes()
    career = Career(tmp_path)
    assert "a later version of mmtui wrote it" in career.troubles[0]
    assert career.sessions() == [record()]
    assert career.record(record(score=99.0)) == ""
    assert again(career, tmp_path).sessions() == [record()]
    assert file(tmp_path).read_bytes() == before


def test_a_copy_is_made_before_the_tables_change(
    career: Career, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    career.record(record())
    career.close()
    later = (*career_file.MIGRATIONS, "ALTER TABLE sessions ADD COLUMN colour TEXT")
    monkeypatch.setattr(career_file, "MIGRATIONS", later)
    career = Career(tmp_path)
    assert career.troubles == []
    assert again(career, tmp_path).sessions() == [record()]
    with closing(sqlite3.connect(file(tmp_path))) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (6,)
    with closing(sqlite3.connect(tmp_path / "career.sqlite.v5")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (5,)
        assert copy.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
    assert not (tmp_path / "career.sqlite.v5-2").exists()


def test_a_migration_that_fails_changes_nothing(
    career: Career, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [record(seed=1), record(seed=2)]
    for each in kept:
        career.record(each)
    career.close()
    broken = (*career_file.MIGRATIONS, "ALTER TABLE sessions ADD COLUMN c; CREATE UNIQUE INDEX i ON sessions (level)")
    monkeypatch.setattr(career_file, "MIGRATIONS", broken)
    career = Career(tmp_path)
    assert "cannot be used (UNIQUE constraint failed: sessions.level)" in career.troubles[0]
    monkeypatch.undo()
    career = again(career, tmp_path)
    assert (career.troubles, career.sessions()) == ([], kept)


def test_a_folder_that_cannot_be_made_is_told_and_play_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    career = Career(tmp_path / "file" / "data")
    assert "this run's scores are not kept" in career.troubles[0]
    assert career.record(record()) == ""
    assert career.sessions() == [record()]


READ_ONLY = """
import _strptime, os, sys
from pathlib import Path
from mmtui.career.career import Career
from tests.unit.career.test_career import record
if os.getuid() == 0:
    os.setuid(65534)
career = Career(Path(sys.argv[1]))
print(len(career.troubles), len(career.sessions()), repr(career.record(record(score=10.0))), len(career.sessions()))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a user's rights")
def test_a_read_only_folder_is_told_and_shows_what_there_is() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        career = Career(folder)
        career.record(record())
        career.close()
        file(folder).chmod(0o444)
        folder.chmod(0o555)
        ended = subprocess.run(
            [sys.executable, "-c", READ_ONLY, name], capture_output=True, text=True, check=True, cwd=Path.cwd()
        )
        folder.chmod(0o755)
    assert ended.stdout == "1 1 '' 2\n"


def test_a_full_disk_is_told_once_and_play_goes_on(career: Career, tmp_path: Path) -> None:
    career.record(record(seed=1))
    # A database that may not grow is one on a full disk.
    (pages,) = career._file._db.execute("PRAGMA page_count").fetchone()
    career._file._db.execute(f"PRAGMA max_page_count = {pages}")
    troubles = [career.record(record(seed=seed, strategy="s" * 100)) for seed in range(2, 200)]
    assert [trouble for trouble in troubles if trouble] == [
        f"{file(tmp_path)} cannot be written (database or disk is full): this run's scores are not kept."
    ]
    assert len(career.sessions()) == 199
    kept = troubles.index(next(trouble for trouble in troubles if trouble))
    career.close()
    assert len(Career(tmp_path).sessions()) == 1 + kept


WRITER = """
import sys
from pathlib import Path
from mmtui.career import career_file
from mmtui.career.career import Career
from tests.unit.career.test_career import record
career_file._BUSY_MS = 600_000
career = Career(Path(sys.argv[1]))
for seed in range(50):
    trouble = career.record(record(seed=1000 * int(sys.argv[2]) + seed))
    assert not trouble, trouble
"""


@pytest.mark.slow
def test_apps_open_at_once_lose_nothing(tmp_path: Path) -> None:
    """Three processes open a career that is not there yet, and write at once."""
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(number)], cwd=Path.cwd())
        for number in range(3)
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    career = Career(tmp_path)
    assert career.troubles == []
    assert {entry.seed for entry in career.sessions()} == {1000 * app + seed for app in range(3) for seed in range(50)}


def test_what_another_app_does_while_one_opens_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other would make the tables just when this one has found that there are none."""
    connect = sqlite3.connect
    found: list[object] = []

    class Opening(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql == "PRAGMA application_id" and not found:
                found.append(sql)
                other = Career(tmp_path)
                other.record(record())
                other.close()
            return super().execute(sql, *values)

    monkeypatch.setattr(career_file, "_BUSY_MS", 0)
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **more: connect(*args, **more, factory=Opening))
    career = Career(tmp_path)
    assert (found, career.troubles) == (["PRAGMA application_id"], [])
    career.close()
    assert [path.name for path in tmp_path.iterdir() if "damaged" in path.name] == []


@pytest.mark.slow
def test_a_killed_app_leaves_a_database_that_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(career_file, "_BUSY_MS", 600_000)

    def kept() -> int:
        career = Career(tmp_path)
        assert career.troubles == []
        with closing(career):
            return len(career.sessions())

    code = WRITER.replace("range(50)", "range(10**6)") + "\n"
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), "1"], cwd=Path.cwd())
        while not file(tmp_path).exists() or not kept():
            assert process.poll() is None
        before = kept()
        process.kill()
        process.wait()
        career = Career(tmp_path)
        assert career.troubles == []
        assert len(career.sessions()) >= before
        career.close()
    assert [path.name for path in tmp_path.iterdir() if "damaged" in path.name] == []


def test_a_file_in_the_making_is_no_damage(tmp_path: Path) -> None:
    """Another app is killed before the first page is written: what there is of it, SQLite takes back."""
    making = tmp_path / "making.sqlite"
    with closing(sqlite3.connect(making, isolation_level=None)) as db:
        # A cache of a page, so that other pages reach the file before the first.
        for statement in ("PRAGMA cache_size = 1", "BEGIN", "CREATE TABLE sessions (body)"):
            db.execute(statement)
        db.executemany("INSERT INTO sessions VALUES (?)", [(b"x" * 5_000,)] * 50)
        folder = tmp_path / "career"
        folder.mkdir()
        shutil.copy(making, file(folder))
        shutil.copy(f"{making}-journal", f"{file(folder)}-journal")
    assert file(folder).read_bytes()[:16] == bytes(16)
    with closing(Career(folder)) as career:
        assert (career.troubles, career.sessions()) == ([], [])
        assert career.record(record()) == ""


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_link_to_nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("make", [a_pipe, a_folder, a_device, a_link_to_nowhere])
@pytest.mark.parametrize("name", ["career.sqlite", "career.sqlite-journal", "career.sqlite-wal", "progress.json"])
def test_what_is_no_file_keeps_no_app_from_starting(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    make(tmp_path / name)
    career = Career(tmp_path)
    assert len(career.troubles) == (name != "progress.json")
    assert career.sessions() == []
    career.close()


@pytest.mark.parametrize("journal", ["/etc/passwd", "../a.jsonl", "a/b.jsonl", "a\0b", "c:\\a"])
def test_a_journal_is_named_without_a_folder(journal: str) -> None:
    with pytest.raises(ValueError, match="journal: expected the name of a file"):
        Record(at="2026-11-24T16:58:31Z", level="skew", score=1, stars=0, journal=journal)


def test_one_that_cannot_be_read_any_more_is_read_as_it_was(tmp_path: Path) -> None:
    """As on a disk so full that there is no room for what SQLite keeps beside the file while it reads."""
    career = Career(tmp_path)
    assert career.record(record()) == ""
    career._file._db.close()
    assert [found.level for found in career.sessions()] == ["skew"]
    assert career.progress.last == "skew"
    assert len(career._file.troubles) == 1

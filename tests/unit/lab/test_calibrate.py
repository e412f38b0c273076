"""The teaching table: its arithmetic, what it finds fault with, and the scale that it writes."""

from __future__ import annotations

import json
import math
from pathlib import Path
from statistics import fmean, stdev

import msgspec
import pytest

from mmtui.cli.main import main
from mmtui.errors import LevelError
from mmtui.lab.research import calibrate as lab
from mmtui.lab.research.calibrate import Teaching, calibrate, fitted_point, write_point
from mmtui.lab.runs.batch import simulate
from mmtui.level.level import load_level
from mmtui.strategies.baselines.fixed import Fixed
from tests.unit.cli.conftest import shortened
from tests.unit.session.support import short

SOUND = Teaching(
    level="x",
    naive="fixed",
    lesson="skew",
    seeds=200,
    score={"naive": 40.0, "lesson": 70.0, "idle": 10.0, "reckless": 30.0},
    deviation={"naive": 9.0, "lesson": 9.0, "idle": 0.0, "reckless": 9.0},
    difference=30.0,
    t=20.0,
    win_rate=0.95,
    pnl={"naive": 1.0, "lesson": 2.0, "idle": 0.0, "reckless": -9.0},
    pnl_p10={"naive": -5.0, "lesson": -1.0, "idle": 0.0, "reckless": -90.0},
    profitable=True,
    lesson_pnl={"spread": 5.0, "position": -2.0, "hedge": 0.0, "fees": 1.0},
    teaches=True,
    why=None,
)


ERRORS = {"idle": 1.0, "reckless": 2.0, "pnl": 0.5, "gap": 1.0}


def faults(**changes: object) -> list[str]:
    return list(lab._faults(msgspec.structs.replace(SOUND, **changes), ERRORS))


def test_a_level_that_teaches_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"t": 3.9}, "lesson − naive has t 3.9, not 4"),
        ({"t": -20.0}, "lesson − naive has t -20.0, not 4"),
        ({"win_rate": 0.69}, "the lesson wins on 69% of seeds, not 70%"),
        ({"score": {**SOUND.score, "idle": 35.0}}, "idle scores 35.0, not under 35"),
        ({"score": {**SOUND.score, "reckless": 70.0}}, "reckless scores as much as the lesson"),
        ({"pnl_p10": {**SOUND.pnl_p10, "reckless": -1.0}}, "reckless has no worse tenth percentile of PnL"),
        ({"pnl": {**SOUND.pnl, "lesson": -2.0}}, "the lesson makes -2 on average, and should be profitable"),
        ({"lesson_pnl": {**SOUND.lesson_pnl, "spread": 0.0}}, "the lesson earns no spread"),
        ({"deviation": {**SOUND.deviation, "naive": 30.0}}, "the naive score's deviation 30.0 hides the gap 30.0"),
        ({"deviation": {**SOUND.deviation, "lesson": 31.0}}, "the lesson score's deviation 31.0 hides the gap 30.0"),
    ],
)
def test_each_way_of_not_teaching_is_told(changes: dict[str, object], fault: str) -> None:
    assert faults(**changes) == [fault]


def test_a_level_need_not_be_profitable_unless_it_says_so() -> None:
    assert faults(profitable=False, pnl={**SOUND.pnl, "lesson": -2.0}) == []


@pytest.mark.parametrize(
    ("changes", "faulty"),
    [
        # 4 √(8 / 200) is 0.8.
        ({"t": 0.81}, False),
        ({"t": 0.79}, True),
        # 70% less two binomial standard errors over 8 seeds is 38%.
        ({"win_rate": 3.2 / 8}, False),
        ({"win_rate": 3 / 8}, True),
        ({"score": {**SOUND.score, "idle": 36.9}}, False),
        ({"score": {**SOUND.score, "idle": 37.0}}, True),
        ({"score": {**SOUND.score, "reckless": 73.9}}, False),
        ({"score": {**SOUND.score, "reckless": 74.0}}, True),
        ({"pnl": {**SOUND.pnl, "lesson": -0.9}}, False),
        ({"pnl": {**SOUND.pnl, "lesson": -1.0}}, True),
        # (30 + 2) (1 + 2 / √14) is 49.1.
        ({"deviation": {**SOUND.deviation, "naive": 49.0}}, False),
        ({"deviation": {**SOUND.deviation, "naive": 49.2}}, True),
    ],
)
def test_over_fewer_seeds_the_bounds_give_by_what_they_are_uncertain(changes: dict[str, object], faulty: bool) -> None:
    assert bool(faults(seeds=8, **changes)) is faulty


def test_the_table_is_that_of_the_runs() -> None:
    level = short("skew")
    row = calibrate(level, range(1, 6))
    naive = [simulate(level, "fixed", seed) for seed in range(1, 6)]
    lesson = [simulate(level, "skew", seed) for seed in range(1, 6)]
    gaps = [better.score - worse.score for better, worse in zip(lesson, naive, strict=True)]
    assert (row.level, row.naive, row.lesson, row.seeds) == ("skew", "fixed", "skew", 5)
    assert row.score["naive"] == pytest.approx(fmean(result.score for result in naive))
    assert row.pnl["lesson"] == pytest.approx(fmean(result.pnl.total for result in lesson))
    assert row.difference == pytest.approx(fmean(gaps))
    assert row.t == pytest.approx(fmean(gaps) / stdev(gaps) * math.sqrt(5))
    assert row.win_rate == sum(gap > 0 for gap in gaps) / 5
    assert row.teaches is (row.why is None)


def test_the_scale_puts_the_naive_strategy_a_set_gap_below_par_on_the_middle_seed() -> None:
    level = short("skew", 60)
    point = fitted_point(level, range(1, 4))
    runs = [(simulate(level, "fixed", seed), simulate(level, "skew", seed)) for seed in (1, 2, 3)]
    gaps = sorted(abs(naive.pnl.total - par.pnl.total) for naive, par in runs)
    assert point == pytest.approx(gaps[1] / lab._MIDDLE_GAP, rel=0.05)


def test_a_strategy_that_fails_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fixed, "quote", lambda *_: 1 / 0)
    with pytest.raises(LevelError, match=r"level skew: strategy fixed failed: ZeroDivisionError"):
        calibrate(short("skew"), range(1, 4))


def test_the_scale_is_written_and_nothing_else(tmp_path: Path) -> None:
    path = shortened("skew", tmp_path)
    before = path.read_text()
    write_point(path, 12.5)
    assert load_level(str(path)).score.point == 12.5
    after = path.read_text()
    changed = [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert [new for _, new in changed] == ["point = 12.5"]


def test_a_file_without_a_line_for_the_scale_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("title = 'x'\n")
    with pytest.raises(LevelError, match=r"a\.toml: score\.point: expected one line 'point = …'"):
        write_point(tmp_path / "a.toml", 1.0)


def test_the_command_writes_to_the_file_that_it_was_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shortened("skew", tmp_path)
    shipped = load_level("skew")
    code = main(["calibrate", str(path), "--seeds", "1:3", "--write", "--format", "json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert code == (0 if row["teaches"] else 1)
    assert (row["level"], row["seeds"]) == ("skew-short", 3)
    assert load_level(str(path)).score.point == fitted_point(load_level(str(path)), range(4, 7))
    assert load_level("skew") == shipped


def test_the_table_is_put_into_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, document = shortened("skew", tmp_path), tmp_path / "doc.md"
    document.write_text("a\n<!-- mmtui calibrate -->\n<!-- end of mmtui calibrate -->\nb\n")
    main(["calibrate", str(path), "--seeds", "1:3", "--format", "markdown", "--into", str(document)])
    printed = capsys.readouterr().out
    heading, _, line = printed.splitlines()
    assert heading.startswith("| level | seeds | naive → lesson | naive | lesson | idle | reckless | gap | t |")
    assert line.startswith("| skew-short | 1:3 | fixed → skew | ")
    how = f"Made by `mmtui calibrate LEVEL… --seeds A:B --into {document}`, over the seeds of the second column."
    assert document.read_text() == (
        f"a\n<!-- mmtui calibrate -->\n{how}\n\n{printed}<!-- end of mmtui calibrate -->\nb\n"
    )
    # A line stays until its level is calibrated again, and those of the campaign stand in its order.
    other = shortened("first-quotes", tmp_path, **{'id = "first-quotes-short"': 'id = "first-quotes"'})
    main(["calibrate", str(other), "--seeds", "1:4", "--into", str(document)])
    *_, first, second, _, _ = document.read_text().splitlines()
    assert first.startswith("| first-quotes | 1:4 | ")
    assert second == line
    main(["calibrate", str(path), "--seeds", "2:4", "--into", str(document)])
    *_, first, second, _, _ = document.read_text().splitlines()
    assert first.startswith("| first-quotes | 1:4 | ")
    assert second.startswith("| skew-short | 2:4 | ")


def test_a_document_without_a_place_for_the_table_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "--into", str(tmp_path / "none.md")]) == 2
    assert capsys.readouterr().err == f"Error: {tmp_path}/none.md: cannot be read: No such file or directory\n"


def test_too_few_seeds_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "skew", "--seeds", "1:2"]) == 2
    assert capsys.readouterr().err == "Error: --seeds 1:2: expected at least three seeds\n"

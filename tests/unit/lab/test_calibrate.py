"""The teaching table: its arithmetic, what it finds fault with, and the scales that it writes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import msgspec
import pytest

from mmtui.cli.main import main
from mmtui.coach.watched import WatchedSession
from mmtui.errors import LevelError
from mmtui.lab.research import calibrate as lab
from mmtui.lab.research.calibrate import NO_EXCUSE, Contender, Teaching, calibrate
from mmtui.lab.research.players import CHEATS, player
from mmtui.lab.research.scales import Scales, fitted_scales, write_scales
from mmtui.lab.research.trials import Trial, trials
from mmtui.lab.runs.batch import simulate
from mmtui.level.level import Level, load_level
from mmtui.session.commands import HandOver, Peg, TakeBack
from mmtui.session.score import STARS
from mmtui.session.session import Session
from mmtui.strategies.baselines.fixed import Fixed
from mmtui.strategies.registry import shipped_names
from tests.unit.cli.conftest import shortened
from tests.unit.session.support import short

LOSER = Contender(score=20.0, t=-9.0, three_stars=0.0)
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
    stars={"lesson": [0.0, 0.1, 0.4, 0.5], "person": [0.0, 0.3, 0.5, 0.2]},
    baselines={"idle": LOSER, "sniper": LOSER},
    others={"touch": LOSER, "composite": LOSER},
    checks={"lesson": 0.95, "naive": 0.2},
    asked={"lesson": 100, "naive": 100},
    profitable=True,
    lesson_pnl={"spread": 5.0, "position": -2.0, "hedge": 0.0, "fees": 1.0},
    teaches=True,
    why=None,
)


ERRORS = {"idle": 1.0, "pnl": 0.5, "gap": 1.0}


def faults(level: Level | None = None, **changes: Any) -> list[str]:
    level = level or excusing()
    return list(lab._faults(level, msgspec.structs.replace(SOUND, **changes), ERRORS))


def excusing(exceptions: Sequence[str] = (), teaches_too: tuple[str, ...] = ()) -> Level:
    """A level with excuses for some rivals."""
    reasons = dict.fromkeys(exceptions, "it has a reason")
    return msgspec.structs.replace(short("skew"), exceptions=reasons, teaches_too=teaches_too)


def stars(role: str, *shares: float) -> dict[str, object]:
    return {"stars": {**SOUND.stars, role: [*shares]}}


def test_a_level_that_teaches_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"t": 3.9}, "lesson − naive has t 3.9, not 4"),
        ({"t": -20.0}, "lesson − naive has t -20.0, not 4"),
        ({"win_rate": 0.69}, "the lesson wins on 69% of seeds, not 70%"),
        ({"score": {**SOUND.score, "idle": 35.0}}, "idle scores 35.0, not under 35"),
        ({"pnl_p10": {**SOUND.pnl_p10, "reckless": -1.0}}, "reckless has no worse tenth percentile of PnL"),
        ({"pnl": {**SOUND.pnl, "lesson": -2.0}}, "the lesson makes -2 on average, and should be profitable"),
        ({"lesson_pnl": {**SOUND.lesson_pnl, "spread": 0.0}}, "the lesson earns no spread"),
        ({"deviation": {**SOUND.deviation, "naive": 30.0}}, "the naive score's deviation 30.0 hides the gap 30.0"),
        ({"deviation": {**SOUND.deviation, "lesson": 31.0}}, "the lesson score's deviation 31.0 hides the gap 30.0"),
        (
            {"baselines": {"sniper": Contender(69.0, -2.9, 0.0)}},
            "sniper scores 69.0, with a t of -2.9 against the lesson, not -3",
        ),
        (
            {"others": {"touch": Contender(75.0, 4.0, 0.0)}},
            "touch scores 75.0, with a t of 4.0 against the lesson, not -3",
        ),
        ({"baselines": {"sniper": Contender(20.0, -9.0, 0.06)}}, "sniper has three stars on 6% of seeds, not 5%"),
        ({"others": {"touch": Contender(20.0, -9.0, 0.06)}}, "touch has three stars on 6% of seeds, not 5%"),
        (stars("lesson", 0.3, 0.2, 0.21, 0.29), "the lesson's strategy has three stars on 29%, not 30% to 60%"),
        (stars("lesson", 0.0, 0.19, 0.2, 0.61), "the lesson's strategy has three stars on 61%, not 30% to 60%"),
        (stars("person", 0.21, 0.3, 0.29, 0.2), "a person has two stars on 49%, not 50% to 100%"),
        (stars("person", 0.0, 0.16, 0.8, 0.04), "a person has three stars on 4%, not 5% to 30%"),
        (stars("person", 0.0, 0.19, 0.5, 0.31), "a person has three stars on 31%, not 5% to 30%"),
    ],
)
def test_each_way_of_not_teaching_is_told(changes: dict[str, Any], fault: str) -> None:
    assert faults(**changes) == [fault]


@pytest.mark.parametrize(
    ("lesson", "naive", "found"),
    [
        # 90% and 40% less and plus two binomial standard errors over a hundred occasions are 84% and 49.8%.
        (0.85, 0.49, []),
        (0.83, 0.2, ["skew does what the checks ask on 83%, not 84% to 100%"]),
        (0.95, 0.51, ["fixed does what the checks ask on 51%, not 0% to 50%"]),
        (None, None, []),
    ],
)
def test_the_lesson_does_what_the_checks_ask_and_the_naive_one_does_not(
    lesson: float | None, naive: float | None, found: list[str]
) -> None:
    assert faults(checks={"lesson": lesson, "naive": naive}) == found


def test_a_level_need_not_be_profitable_unless_it_says_so() -> None:
    assert faults(profitable=False, pnl={**SOUND.pnl, "lesson": -2.0}) == []


def test_who_does_the_lesson_too_or_is_excused_with_a_reason_may_win() -> None:
    winner = Contender(90.0, 9.0, 0.9)
    assert faults(excusing(teaches_too=("touch",)), others={"touch": winner}) == []
    assert faults(excusing(exceptions=["touch"]), others={"touch": winner}) == []
    assert faults(excusing(exceptions=["sniper"]), baselines={"sniper": winner}) == []
    # A baseline teaches nothing, whatever the level says.
    assert len(faults(excusing(teaches_too=("bracket",)), baselines={"bracket": winner})) == 2
    assert len(faults(excusing(exceptions=["touch"]), others={"touch": LOSER, "rules": winner})) == 2


@pytest.mark.parametrize("name", NO_EXCUSE)
def test_nothing_excuses_absence(name: str) -> None:
    assert name in CHEATS
    assert len(faults(excusing(exceptions=[name]), baselines={name: Contender(90.0, 9.0, 0.9)})) == 2


@pytest.mark.parametrize(
    ("changes", "faulty"),
    [
        # Over 25 seeds a t of 4 is one of 2, and one of −3 is −1.5.
        ({"t": 2.01}, False),
        ({"t": 1.99}, True),
        ({"baselines": {"sniper": Contender(65.0, -1.51, 0.0)}}, False),
        ({"baselines": {"sniper": Contender(65.0, -1.49, 0.0)}}, True),
        # 5% and two binomial standard errors are 13.7%.
        ({"baselines": {"sniper": Contender(20.0, -9.0, 0.13)}}, False),
        ({"baselines": {"sniper": Contender(20.0, -9.0, 0.14)}}, True),
        # 70% less two are 51.7%.
        ({"win_rate": 0.52}, False),
        ({"win_rate": 0.51}, True),
        ({"score": {**SOUND.score, "idle": 36.9}}, False),
        ({"score": {**SOUND.score, "idle": 37.0}}, True),
        ({"pnl": {**SOUND.pnl, "lesson": -0.9}}, False),
        ({"pnl": {**SOUND.pnl, "lesson": -1.0}}, True),
        # (30 + 2) (1 + 2 / √48) is 41.2.
        ({"deviation": {**SOUND.deviation, "naive": 41.2}}, False),
        ({"deviation": {**SOUND.deviation, "naive": 41.3}}, True),
        # 30% less two are 11.7%, 60% and two 79.6%; 50% less two 30%.
        (stars("lesson", 0.0, 0.0, 0.88, 0.12), False),
        (stars("lesson", 0.0, 0.0, 0.89, 0.11), True),
        (stars("lesson", 0.0, 0.0, 0.2, 0.8), True),
        (stars("person", 0.0, 0.69, 0.21, 0.1), False),
        (stars("person", 0.0, 0.71, 0.19, 0.1), True),
    ],
)
def test_over_fewer_seeds_the_bounds_give_by_what_they_are_uncertain(changes: dict[str, Any], faulty: bool) -> None:
    assert bool(faults(seeds=25, **changes)) is faulty


@pytest.fixture(scope="module")
def row() -> Teaching:
    return calibrate(short("skew"), range(1, 4))


@pytest.mark.slow
def test_the_table_is_that_of_the_sessions(row: Teaching) -> None:
    level = short("skew")
    naive = [simulate(level, "fixed", seed) for seed in range(1, 4)]
    lesson = [simulate(level, level.lesson_strategy, seed) for seed in range(1, 4)]
    gaps = [better.score - worse.score for better, worse in zip(lesson, naive, strict=True)]
    assert (row.level, row.naive, row.lesson, row.seeds) == ("skew", "fixed", level.lesson_strategy, 3)
    assert row.score["naive"] == pytest.approx(fmean(result.score for result in naive))
    assert row.pnl["lesson"] == pytest.approx(fmean(result.pnl.total for result in lesson))
    assert row.difference == pytest.approx(fmean(gaps))
    assert row.t == pytest.approx(fmean(gaps) / stdev(gaps) * math.sqrt(3))
    assert row.win_rate == sum(gap > 0 for gap in gaps) / 3
    assert row.stars["lesson"] == [sum(result.stars == count for result in lesson) / 3 for count in range(4)]
    assert row.teaches is (row.why is None)


def test_everybody_plays_against_the_lesson(row: Teaching) -> None:
    assert set(row.baselines) == set(CHEATS)
    level = short("skew")
    assert set(row.others) == set(shipped_names()) - {"fixed"}
    touch, lesson = (
        [simulate(level, name, seed).score for seed in range(1, 4)] for name in ("touch", level.lesson_strategy)
    )
    behind = [theirs - ours for theirs, ours in zip(touch, lesson, strict=True)]
    assert row.others["touch"].score == pytest.approx(fmean(touch))
    assert row.others["touch"].t == pytest.approx(fmean(behind) / stdev(behind) * math.sqrt(3))
    assert row.baselines["idle"].score == pytest.approx(row.score["idle"])


def test_a_strategy_that_fails_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fixed, "quote", lambda *_: 1 / 0)
    with pytest.raises(LevelError, match=r"level skew: strategy fixed failed: ZeroDivisionError"):
        calibrate(short("skew"), range(1, 4))


# Sessions of many players


@pytest.mark.slow
def test_trials_are_the_same_whatever_the_number_of_processes() -> None:
    level, names, seeds = short("skew"), ["fixed", "skew", "person", "leaver"], range(5, 9)
    one = trials(level, names, seeds, ["skew"], jobs=1)
    two = trials(level, names, seeds, ["skew"], jobs=2)
    assert [*one] == names
    assert msgspec.json.encode(one) == msgspec.json.encode(two)
    assert all(len(found) == len(seeds) for found in one.values())


def test_what_the_checks_ask_is_looked_at_only_where_it_is_wanted() -> None:
    level = short("tick-size", 120)
    found = trials(level, ["fixed", "skew"], [1], ["fixed"])
    session = Session(level, 1)
    watched = WatchedSession(session)
    player("fixed")(session)
    (fixed,), (skew,) = found["fixed"], found["skew"]
    assert fixed.done + fixed.missed == len(watched.occasions) > 0
    assert fixed.missed == sum(not occasion.done for occasion in watched.occasions)
    assert (skew.done, skew.missed) == (0, 0)


# Nothing is earned by absence


@pytest.fixture(scope="module")
def absent() -> dict[str, list[Trial]]:
    level = short("skew", 90)
    obligation = msgspec.structs.replace(level.obligation, min_size=1)
    weights = {"inventory": 0.5, "markout": 0.5}
    score = msgspec.structs.replace(level.score, weights=weights)
    level = msgspec.structs.replace(level, obligation=obligation, score=score)
    return trials(level, ["skew", "idle", "leaver", "one-lot"], range(1, 4))


@pytest.mark.parametrize("name", ["idle", "leaver", "one-lot"])
def test_who_is_hardly_there_earns_no_more_than_he_trades(absent: dict[str, list[Trial]], name: str) -> None:
    for trial in absent[name]:
        assert trial.score <= 100 * trial.trade
    assert (name == "idle") == all(trial.trade == 0 for trial in absent[name])
    assert fmean(trial.score for trial in absent["skew"]) > fmean(trial.score for trial in absent[name])


def test_leaving_counts_the_rest_as_absence_and_par_goes_on(absent: dict[str, list[Trial]]) -> None:
    for left, lesson in zip(absent["leaver"], absent["skew"], strict=True):
        assert left.measures.presence <= 0.35
        assert left.par == lesson.par == lesson.pnl.total


# The players


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CHEATS, "person", "touch"])
@pytest.mark.parametrize("level_id", ["hedge", "trend"])
def test_a_player_does_all_by_commands(level_id: str, name: str) -> None:
    """Then its commands and their times are all that it takes to play the session again."""
    level = short(level_id, 60)
    session = Session(level, 4)
    player(name)(session)
    assert session.over == ("left" if name == "leaver" else "time")
    again = Session(level, 4)
    for at_ns, command in session.commands:
        again.advance(at_ns)
        again.submit(command)
    again.advance(session.now_ns)
    if session.over == "left":
        again.leave()
    assert again.digest == session.digest


def test_a_person_acts_late_and_seldom() -> None:
    session = Session(short("skew", 60), 4)
    player("person")(session)
    times = sorted({at_ns for at_ns, _ in session.commands if at_ns})
    assert len(times) > 3
    assert all(at_ns % 3_000_000_000 == 0 for at_ns in times)
    assert not session.maker.auto


def test_a_person_quotes_by_hand_after_a_notice_where_hand_and_strategy_together_earn_stars() -> None:
    level = load_level("hedge")
    score = msgspec.structs.replace(level.score, together=True)
    session = Session(msgspec.structs.replace(level, score=score), 4)
    player("person")(session)
    (_, first), (at_ns, second), *others = session.commands
    assert first == HandOver(level.lesson_strategy)
    # The central bank decides at 240 s.
    assert second == TakeBack()
    assert 240e9 <= at_ns <= 243e9
    assert any(isinstance(command, Peg) for _, command in others)
    assert not session.maker.auto


# The scales


@pytest.mark.slow
def test_the_scales_give_the_lesson_three_stars_on_just_under_half_of_the_seeds() -> None:
    level = short("skew", 120)
    seeds = range(1, 9)
    scales = fitted_scales(level, seeds)
    assert all(float(f"{value:.3g}") == value for value in scales)
    fitted = msgspec.structs.replace(level, score=msgspec.structs.replace(level.score, **scales._asdict()))
    found = [simulate(fitted, "skew", seed) for seed in seeds]
    # Of eight seeds three or four are nearest to the share that is wanted.
    assert sum(result.score >= STARS[-1] for result in found) in (3, 4)
    # Earning nothing gives thirty points, where par earns.
    par = fmean(result.par for result in found)
    if par > 0:
        assert 80 - par / scales.point == pytest.approx(30, abs=0.5)


def test_who_holds_the_least_that_counts_has_half_of_the_inventory_part_however_flat_the_lesson_is() -> None:
    # Each fill is hedged at once: the net position is next to nothing at all times.
    level = short("index-future", 60)
    least = level.obligation.min_size / level.maker.position_limit
    assert fitted_scales(level, range(1, 3)).inventory == 2 * least


def test_the_scales_are_written_and_nothing_else(tmp_path: Path) -> None:
    path = shortened("skew", tmp_path)
    before = path.read_text()
    write_scales(path, Scales(12.5, 0.25, -0.75))
    score = load_level(str(path)).score
    assert (score.point, score.inventory, score.markout) == (12.5, 0.25, -0.75)
    after = path.read_text()
    changed = [new for new in after.splitlines() if new not in before.splitlines()]
    assert changed == ["point = 12.5", "inventory = 0.25", "markout = -0.75"]
    scale = re.compile(r"(?m)^(point|inventory|markout)\s*=.*\n")
    assert scale.sub("", after) == scale.sub("", before)
    # A file that has only the first gets all three.
    path.write_text(re.sub(r"(?m)^(inventory|markout)\s*=.*\n", "", before))
    write_scales(path, Scales(12.5, 0.25, -0.75))
    assert load_level(str(path)).score == score


def test_a_file_without_a_line_for_the_scale_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("title = 'x'\n")
    with pytest.raises(LevelError, match=r"a\.toml: score\.point: expected one line 'point = …'"):
        write_scales(tmp_path / "a.toml", Scales(1.0, 1.0, 1.0))


# The command


@pytest.mark.slow
def test_the_command_writes_to_the_file_that_it_was_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shortened("skew", tmp_path)
    shipped = load_level("skew")
    before = load_level(str(path))
    code = main(["calibrate", str(path), "--seeds", "1:3", "--write", "--format", "json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert code == (0 if row["teaches"] else 1)
    assert (row["level"], row["seeds"]) == ("skew-short", 3)
    score = load_level(str(path)).score
    assert (score.point, score.inventory, score.markout) == fitted_scales(before, range(4, 7))
    assert load_level("skew") == shipped
    # What is documented of the JSON.
    assert {*row} == {*Teaching.__struct_fields__}
    assert {*row["score"]} == {*row["deviation"]} == {*row["pnl"]} == {*row["pnl_p10"]}
    assert {*row["score"]} == {"naive", "lesson", "idle", "reckless"}
    assert {*row["stars"]} == {"lesson", "person"}
    assert {*row["checks"]} == {*row["asked"]} == {"lesson", "naive"}
    assert all(
        {*rival} == {"score", "t", "three_stars"} for rival in (*row["baselines"].values(), *row["others"].values())
    )
    assert {*row["lesson_pnl"]} == {"spread", "position", "hedge", "fees"}


@pytest.mark.slow
def test_the_table_is_put_into_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, document = shortened("skew", tmp_path), tmp_path / "doc.md"
    document.write_text("a\n<!-- mmtui calibrate -->\n<!-- end of mmtui calibrate -->\nb\n")
    main(["calibrate", str(path), "--seeds", "1:3", "--format", "markdown", "--into", str(document)])
    printed = capsys.readouterr().out
    heading, _, line = printed.splitlines()
    assert heading == (
        "| level | seeds | naive → lesson | naive | lesson | gap | t | wins | best baseline | best other | "
        "★★★ lesson | ★★, ★★★ person | checks: lesson, naive | PnL of the lesson | teaches |"
    )
    assert line.startswith("| skew-short | 1:3 | fixed → skew[skew=0.15] | ")
    how = "Made by `mmtui calibrate LEVEL… --seeds A:B --into FILE`, over the seeds of the second column."
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

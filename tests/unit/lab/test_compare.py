"""The verdict on two strategies."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from pyarrow.parquet import read_table

from mmtui.cli.main import main
from mmtui.errors import InputError
from mmtui.lab.runs.batch import Batch, simulate
from mmtui.lab.runs.run import run, run_batches
from mmtui.lab.statistics.compare import PER_SIZE, Comparison, compare
from mmtui.lab.statistics.paired import MEASURES
from mmtui.lab.sweeps.capacity import size_of, sized, sized_batches
from mmtui.level.level import Level, load_level
from mmtui.market.core.draws import Floats
from mmtui.session.commands import Params
from mmtui.session.maker import rules_of
from mmtui.session.result import Result
from mmtui.signals.student import power, student_p
from tests.unit.session.support import strategy_file

BOTH = ("base", "other")


def short_level(seconds: int) -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=seconds)


@pytest.fixture(scope="module")
def template() -> Result:
    return simulate(msgspec.structs.replace(load_level("first-quotes"), duration_s=2), "idle", 1)


@pytest.fixture(scope="module")
def sessions() -> list[Result]:
    """Sixty seeds of *fixed* and *skew* in turn."""
    return list(run_batches([Batch([short_level(30)], [("fixed", {}), ("skew", {})], range(1, 61))]))


def named(results: Sequence[Result], *names: str) -> list[Result]:
    """The results as those of strategies of these names in turn."""
    return [
        msgspec.structs.replace(result, strategy=names[at % len(names)], params={}) for at, result in enumerate(results)
    ]


def scored(template: Result, *columns: Sequence[float] | Floats, names: Sequence[str] = BOTH) -> list[Result]:
    """Results with these scores, a column a strategy, seed by seed, no two sessions the same."""
    found = [
        msgspec.structs.replace(template, score=float(score), seed=seed, digest=f"{seed} {column}")
        for seed, row in enumerate(zip(*columns, strict=True))
        for column, score in enumerate(row)
    ]
    return named(found, *names)


def earning(template: Result, *columns: Sequence[float] | Floats) -> list[Result]:
    """The same with these PnLs."""
    return [
        msgspec.structs.replace(result, pnl=msgspec.structs.replace(result.pnl, total=result.score), score=50.0)
        for result in scored(template, *columns)
    ]


def row_of(rows: list[Comparison], measure: str) -> Comparison:
    (found,) = (row for row in rows if row.measure == measure)
    return found


# One pair


def test_difference_is_the_strategy_less_the_first(template: Result) -> None:
    row = compare(scored(template, [1, 2, 3, 4], [2, 4, 3, 5]), ["base", "other"])[0]
    assert (row.measure, row.strategy, row.baseline, row.seeds) == ("score", "other", "base", 4)
    assert (row.mean, row.against, row.difference) == (3.5, 2.5, 1.0)
    assert row.deviation == pytest.approx(math.sqrt(2 / 3))
    assert row.win_rate == (3 + 0.5) / 4
    # t = 1 / (0.8165 / 2) = 2.449 on three degrees of freedom; by tables p = .0917.
    assert row.p == pytest.approx(0.0917, abs=2e-4)
    assert row.low == pytest.approx(1 - 3.182 * 0.40825, abs=1e-3)
    assert row.verdict == "not distinguishable"
    assert row.words.startswith(
        "other is not distinguishable from base: score +1 (95% from -0.2992 to +2.299) over 4 seeds, "
    )
    assert f"; {row.seeds_needed - 4} more seeds would find it 80% of the time" in row.words  # type: ignore[operator]


def test_superiority_counts_every_pair_of_seeds(template: Result) -> None:
    row = compare(scored(template, [1, 3], [2, 3]), ["base", "other"])[0]
    assert row.superiority == (1 + 0 + 1 + 0.5) / 4


def test_less_drawdown_is_better(template: Result) -> None:
    falls = scored(template, [9.0, 8.0, 9.5, 8.5], [1.0, 1.5, 0.5, 1.2])
    falls = [msgspec.structs.replace(result, drawdown=result.score, score=0.0) for result in falls]
    row = row_of(compare(falls, ["base", "other"]), "drawdown")
    assert (row.verdict, row.win_rate, row.superiority) == ("better", 1.0, 1.0)
    assert row.difference < 0


def test_seeds_on_which_either_has_no_markout_are_left_out(template: Result) -> None:
    made = [(None, 0.5), (0.5, 0.75), (1.0, 1.5), (1.0, None)]
    results = [
        msgspec.structs.replace(template, markout={**template.markout, "10s": value}, seed=seed)
        for seed, pair in enumerate(made)
        for value in pair
    ]
    results = named(results, *BOTH)
    row = row_of(compare(results, ["base", "other"]), "markout_10s")
    assert (row.seeds, row.difference) == (2, 0.375)
    rows = compare(results[:4], ["base", "other"])
    assert not [row for row in rows if row.measure == "markout_10s"]


def test_results_that_are_not_whole_are_refused(template: Result) -> None:
    with pytest.raises(InputError, match="on the same seeds, two or more"):
        compare(scored(template, [1], [2]), ["base", "other"])
    with pytest.raises(
        InputError, match="seed 1: expected its result of strategy other, not 0 of 1, which are of base"
    ):
        compare(scored(template, [1, 2], [3, 4])[:-1], ["base", "other"])


def test_labels_in_any_order_are_matched_by_the_results_own_strategies(template: Result) -> None:
    results = scored(template, [1, 2, 3, 4], [2, 4, 3, 5])
    forward, backward = (compare(results, names)[0] for names in (["base", "other"], ["other", "base"]))
    assert (backward.strategy, backward.baseline, backward.difference) == ("base", "other", -forward.difference)
    turned = [results[at ^ 1] for at in range(len(results))]
    assert compare(turned, ["base", "other"])[0] == forward


def test_labels_that_do_not_match_are_refused(template: Result) -> None:
    results = scored(template, [1, 2], [3, 4])
    for names in (["base", "elsewhere"], ["base"], ["base", "base"], ["base", "other", "third"]):
        with pytest.raises(InputError, match="level first-quotes, seed 0: expected "):
            compare(results, names)
    with pytest.raises(InputError, match="expected the results of one level"):
        compare([msgspec.structs.replace(results[0], level_digest="another"), *results[1:]], ["base", "other"])


def test_two_of_one_name_are_told_apart_by_their_parameters() -> None:
    level = short_level(20)
    wide: tuple[str, Params] = ("fixed", {"half_spread": 5.0})
    tight: tuple[str, Params] = ("fixed", {"half_spread": 1.0})
    results = run(level, [wide, tight], range(1, 4))
    with pytest.raises(InputError, match="expected its result of strategy fixed, not 2 of 2"):
        compare(results, ["fixed", "skew"])
    one, other = (compare(results, order)[0] for order in ([wide, tight], [tight, wide]))
    assert one.difference == -other.difference


def test_sizes_in_another_order_and_others_are_refused() -> None:
    batches = sized_batches([short_level(20)], [("fixed", {})], range(1, 4), [1, 2])
    results = list(run_batches(batches))
    assert compare(results, ["fixed"], [1, 2])
    for sizes in ([2, 1], [1, 4]):
        with pytest.raises(InputError, match="at 2 sizes, in their order"):
            compare(results, ["fixed"], sizes)


def test_sizes_that_are_rounded_to_the_same_lots_are_multiples() -> None:
    times = [1.0, 0.3, 1.5, 0.01, 2.5]
    results = list(run_batches(sized_batches([short_level(20)], [("fixed", {"size": 3})], range(1, 3), times)))
    assert compare(results, ["fixed"], times)


def test_a_measure_that_cannot_be_computed_is_refused(template: Result, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="sharpe cannot be computed"):
        compare(earning(template, [1, 2], [3, 4]), ["base", "other"], measure="sharpe")
    silent = [
        msgspec.structs.replace(result, markout={**result.markout, "10s": None})
        for result in scored(template, [1, 2], [3, 4])
    ]
    with pytest.raises(InputError, match="markout_10s cannot be computed"):
        compare(silent, ["base", "other"], measure="markout_10s")
    for command in (
        ["compare", "first-quotes", "-s", "idle", "-s", "fixed"],
        ["sweep", "first-quotes", "-s", "fixed", "--grid", "size=1,2"],
    ):
        assert main([*command, "--seeds", "1:2", "--measure", "sharpe"]) == 2
        shown = capsys.readouterr()
        assert (
            shown.err == "Error: --measure sharpe: expected at least 3 seeds, since it is a ratio over seeds, not 2\n"
        )
        assert shown.out == ""


# When nothing is different


@pytest.mark.slow
def test_the_same_strategy_by_another_name_is_not_distinguishable(tmp_path: Path) -> None:
    """On real sessions: a hundred comparisons of it with itself, on other seeds each."""
    (tmp_path / "copy.py").write_text(
        "from mmtui.strategies.baselines.skew import Skew\n\n\nclass Copy(Skew):\n    name = 'copy'\n"
    )
    copy = f"{tmp_path / 'copy.py'}:Copy"
    found = run(short_level(3), ["skew", copy], range(1, 201))
    assert {result.strategy for result in found} == {"skew", copy}
    for first in range(0, 400, 4):
        rows = compare(named(found[first : first + 4], "skew", "copy"), ["skew", "copy"])
        assert {row.verdict for row in rows} == {"not distinguishable"}
        assert all(row.difference == row.low == row.high == 0.0 for row in rows)
        assert all((row.p, row.win_rate, row.seeds_needed) in {(1.0, 0.5, None), (1.0, None, None)} for row in rows)
        assert rows[0].identical
        assert rows[0].words == "copy is not distinguishable from skew: they had the same session on each of 2 seeds"


@pytest.mark.slow
def test_chance_alone_is_called_a_difference_one_time_in_twenty(template: Result) -> None:
    rng = np.random.default_rng(5)
    rounds = 200
    found = 0
    for _ in range(rounds):
        rows = compare(scored(template, *rng.standard_normal((2, 8))), ["base", "other"])
        found += rows[0].verdict != "not distinguishable"
    # 10 expected, standard deviation 3.1; four of them above, and not none.
    assert 0 < found <= 10 + 13


@pytest.mark.slow
def test_real_differences_around_nothing_are_called_one_one_time_in_twenty(sessions: list[Result]) -> None:
    """Whole sessions of two strategies, each seed's two changed over by a toss, so that neither is better."""
    rng = np.random.default_rng(6)
    rounds, count = 120, 30
    found = 0
    for _ in range(rounds):
        mixed: list[Result] = []
        for seed in rng.choice(60, count, replace=False).tolist():
            pair = sessions[2 * seed : 2 * seed + 2]
            mixed += pair if rng.random() < 0.5 else pair[::-1]
        found += compare(named(mixed, "one", "other"), ["one", "other"])[0].verdict != "not distinguishable"
    # 6 expected, standard deviation 2.4; four of them above.
    assert found <= 6 + 10


# When something is


@pytest.mark.slow
def test_one_made_better_by_a_known_amount_is_found_at_the_predicted_power(sessions: list[Result]) -> None:
    """Real sessions of *skew* against themselves with real differences, drawn anew around a known mean, added."""
    base = [result for result in sessions if result.strategy == "skew"]
    scores = np.array([result.score for result in sessions]).reshape(-1, 2)
    noise = scores[:, 1] - scores[:, 0]
    noise -= noise.mean()
    better = 0.6 * noise.std()
    rng = np.random.default_rng(7)
    rounds, count = 200, 20
    verdicts, predicted = 0, 0.0
    for _ in range(rounds):
        results: list[Result] = []
        for at in rng.choice(60, count, replace=False).tolist():
            gained = base[at].score + better + float(rng.choice(noise))
            results += [base[at], msgspec.structs.replace(base[at], score=gained, digest="")]
        row = compare(named(results, "base", "better"), ["base", "better"])[0]
        verdicts += row.verdict == "better"
        predicted += power(better / row.deviation, count, row.alpha)
    # The power foretold from each round's own deviation, on average, is .70; a share of it over 200 rounds has a
    # standard error of .032, and the band is three of them: differences of scores are not quite normal.
    assert predicted / rounds == pytest.approx(0.70, abs=0.05)
    assert verdicts / rounds == pytest.approx(predicted / rounds, abs=0.1)


def test_seeds_that_it_asks_for_settle_it_four_times_in_five(template: Result) -> None:
    rng = np.random.default_rng(9)
    pilot = compare(scored(template, np.zeros(200), 0.2 + rng.standard_normal(200)), ["base", "other"])[0]
    needed = pilot.seeds_needed
    assert needed is not None
    truth = pilot.difference / pilot.deviation
    rounds = 2000
    differences = truth + rng.standard_normal((rounds, needed))
    t = differences.mean(axis=1) / differences.std(axis=1, ddof=1) * math.sqrt(needed)
    found = np.mean([student_p(float(value), needed - 1) < 0.05 for value in t])
    # The standard error of a share of .8 over 2,000 rounds is .009.
    assert found == pytest.approx(0.8, abs=0.036)


def test_a_difference_on_every_seed_alike_is_one(template: Result) -> None:
    row = compare(scored(template, [1, 2, 3], [2, 3, 4]), ["base", "other"])[0]
    assert (row.verdict, row.p, row.power, row.seeds_needed) == ("better", 0.0, 1.0, 2)
    assert (
        row.words == "other is better than base: score +1 (95% from +1 to +1) over 3 seeds, on 100% of them, p < 0.001"
    )


# The ratio of mean to deviation


def test_sharpe_is_mean_over_deviation_with_the_jackknife_s_error(template: Result) -> None:
    made = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    row = row_of(compare(earning(template, np.zeros(5), made), ["base", "other"]), "sharpe")
    # Tukey's jackknife, by hand.
    ratio = made.mean() / made.std(ddof=1)
    without = [np.delete(made, at) for at in range(5)]
    parts = np.array([part.mean() / part.std(ddof=1) for part in without])
    assert row.mean == pytest.approx(ratio)
    assert row.against == 0.0
    assert row.deviation / math.sqrt(5) == pytest.approx(math.sqrt(4 / 5 * ((parts - parts.mean()) ** 2).sum()))
    assert row.win_rate is None
    assert row.bootstrap_low < ratio < row.bootstrap_high


def test_resamples_of_one_seed_alone_have_no_sharpe(template: Result) -> None:
    # Of three numbers equal to .7 the deviation is 1e-16 in floating point, not 0.
    made = [0.1, 0.7, 0.4]
    row = row_of(compare(earning(template, [3.0, 1.0, 2.0], made), ["base", "other"]), "sharpe")
    assert row.bootstrap_high < 1000


def test_twice_the_size_has_the_same_sharpe_and_no_more_is_claimed(template: Result) -> None:
    made = np.random.default_rng(2).standard_normal(30) + 0.5
    rows = compare(earning(template, made, 3.3 * made), ["base", "other"])
    sharpe = row_of(rows, "sharpe")
    assert (sharpe.difference, sharpe.p, sharpe.bootstrap_low, sharpe.bootstrap_high) == (0.0, 1.0, 0.0, 0.0)
    assert sharpe.words == "other is not distinguishable from base: no difference in sharpe over 30 seeds"


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 40])
def test_equal_sharpes_are_called_different_one_time_in_twenty(template: Result, count: int) -> None:
    """Also where one is twice the size, the two go together, and losses are larger than gains."""
    rng = np.random.default_rng(count)
    rounds = 120
    found = 0
    for _ in range(rounds):
        shocks = 1 - rng.exponential(size=(3, count))
        ours, theirs = 0.8 + (shocks[0] + shocks[1]) / 2, 2 * (0.8 + (shocks[0] + shocks[2]) / 2)
        rows = compare(earning(template, ours, theirs), ["base", "other"], measure="sharpe")
        found += rows[0].verdict != "not distinguishable"
    # 6 expected, standard deviation 2.4; four of them above. Jobson and Korkie's formula has 20 of them at 8 seeds.
    assert found <= 6 + 10


# Many


def test_many_strategies_and_levels_are_corrected_for(template: Result) -> None:
    rng = np.random.default_rng(4)
    base, wins = rng.standard_normal(12), rng.standard_normal(12)
    columns = [base, *(base + shift + wins for shift in (0.4, 0.7, 1.0))]
    names = ["base", "one", "two", "three"]
    alone = [compare(scored(template, base, column), ["base", "other"])[0].p for column in columns[1:]]
    together = [row.p for row in compare(scored(template, *columns, names=names), names) if row.measure == "score"]
    smallest, middle, largest = alone[2], alone[1], alone[0]
    first = 3 * smallest
    assert together == pytest.approx([max(2 * middle, largest), max(first, 2 * middle), first])
    results = scored(template, base, columns[3])
    elsewhere = [msgspec.structs.replace(result, level="elsewhere") for result in scored(template, base, wins)]
    both = [row for row in compare(results + elsewhere, ["base", "other"]) if row.measure == "score"]
    assert both[0].p == pytest.approx(2 * smallest)
    assert [row.alpha for row in both] == [0.025, 0.05]


def test_a_row_is_held_against_the_step_at_which_holm_stopped(template: Result) -> None:
    noise = np.random.default_rng(3).standard_normal((4, 10))
    rows = [row for row in compare(scored(template, *noise, names="xabc"), list("xabc")) if row.measure == "score"]
    assert {row.verdict for row in rows} == {"not distinguishable"}
    assert {row.alpha for row in rows} == {0.05 / 3}


def test_the_measure_that_decides_is_corrected_by_itself(template: Result) -> None:
    made = np.random.default_rng(1).standard_normal((2, 10)) + np.array([[0.0], [1.2]])
    rows = compare(earning(template, *made), ["base", "other"], measure="pnl")
    assert [row.measure for row in rows] == ["pnl", *(name for name in MEASURES if name not in ("pnl", "markout_10s"))]
    pnl = compare(scored(template, *made), ["base", "other"])[0]
    assert rows[0].p == pnl.p
    with pytest.raises(InputError, match="measure 'luck': expected one of score, pnl"):
        compare(earning(template, *made), ["base", "other"], measure="luck")


# Sizes


def test_each_strategy_is_compared_with_itself_at_its_first_size() -> None:
    batches = sized_batches([short_level(20)], [("fixed", {}), ("skew", {"size": 1})], range(1, 4), [1, 2])
    assert batches[0].strategies == [
        ("fixed", {"size": 2}),
        ("fixed", {"size": 4}),
        ("skew", {"size": 1}),
        ("skew", {"size": 2}),
    ]
    rows = compare(list(run_batches(batches)), ["fixed", "skew"], [1, 2])
    pairs = dict.fromkeys((row.strategy, row.baseline) for row in rows)
    assert list(pairs) == [
        ("skew", "fixed"),
        ("skew ×2", "fixed ×2"),
        ("fixed ×2", "fixed"),
        ("skew ×2", "skew"),
    ]
    sized_up = [row for row in rows if row.strategy == "fixed ×2"]
    pnl, each = row_of(sized_up, "pnl"), row_of(sized_up, PER_SIZE)
    assert each.mean == pytest.approx(pnl.mean / 2)
    assert each.against == pnl.against
    assert {row.strategy for row in rows if row.measure == PER_SIZE} == {"fixed ×2", "skew ×2"}
    assert len([row for row in rows if row.measure == PER_SIZE]) == 2


def test_a_size_is_the_one_set_the_default_or_what_auto_stands_for() -> None:
    rules = rules_of(load_level("skew"))
    assert size_of("skew", {}, rules) == 2
    assert sized("skew", {"half_spread": 1.0}, rules, 4) == {"half_spread": 1.0, "size": 8}
    assert sized("skew", {"size": "3"}, rules, 0.1) == {"size": 1}
    assert sized("hedged", {"base": "skew", "settings": "skew=0.5"}, rules, 2) == {
        "base": "skew",
        "settings": "skew=0.5 size=4",
    }
    assert sized("rules", {}, rules, 2) == {"size": 4}
    with pytest.raises(InputError, match="strategy idle has no parameter 'size'"):
        sized("idle", {}, rules, 2)


# The command


@pytest.mark.slow
def test_command_compares_with_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "first-quotes", "-s", "idle", "-s", "fixed", "--seeds", "1:3", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    # Who never trades has no markout.
    assert [row["measure"] for row in rows] == [name for name in MEASURES if name != "markout_10s"]
    assert (rows[0]["strategy"], rows[0]["baseline"], rows[0]["verdict"]) == ("fixed", "idle", "better")
    assert main(["compare", "first-quotes", "-s", "idle", "-s", "fixed", "--seeds", "1:4"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("first-quotes: fixed against idle\nmeasure ")
    assert "fixed is better than idle: score +" in shown


@pytest.mark.slow
def test_command_writes_csv_and_parquet_alike(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    args = ["compare", "first-quotes", "-s", "fixed", "-s", "skew", "--seeds", "1:3"]
    assert main([*args, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert main([*args, "--format", "csv"]) == 0
    listed = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert main([*args, "--format", "parquet", "--out", str(tmp_path / "v.parquet")]) == 0
    assert capsys.readouterr().out == ""
    assert read_table(tmp_path / "v.parquet").to_pylist() == rows
    assert [row["words"] for row in listed] == [row["words"] for row in rows]
    assert list(listed[0]) == list(rows[0])


def test_command_tells_of_capacity(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "first-quotes", "-s", "fixed", "--sizes", "1,400", "--seeds", "1:2"]) == 0
    shown = capsys.readouterr()
    assert "fixed ×400" in shown.out
    assert "pnl_per_size" in shown.out
    assert "but the largest order is" in shown.err


def test_a_strategy_that_fails_is_told_and_counts_as_far_as_it_came(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = strategy_file(tmp_path, "raise ValueError('no idea')")
    assert main(["compare", "first-quotes", "-s", "fixed", "-s", broken, "--seeds", "1:3", "--format", "json"]) == 1
    shown = capsys.readouterr()
    assert shown.err.count("no idea") == 3
    assert json.loads(shown.out)[0]["verdict"] == "worse"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["-s", "fixed"], "expected two strategies or more"),
        (["-s", "fixed", "-s", "skew", "--seeds", "4"], "expected at least two seeds"),
        (["-s", "fixed", "--sizes", "1,1"], "--sizes 1,1: expected different numbers"),
        (["-s", "fixed", "--sizes", "1,x"], "--sizes 1,x: expected a number from 1e-6 to 1e6"),
        (["-s", "idle", "--sizes", "1,2"], "strategy idle has no parameter 'size'"),
        (["-s", "fixed", "-s", "skew", "--format", "parquet"], "expected --out FILE"),
    ],
)
def test_command_refuses_what_cannot_be_compared(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert main(["compare", "first-quotes", *arguments]) == 2
    assert complaint in capsys.readouterr().err

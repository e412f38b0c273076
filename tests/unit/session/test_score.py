"""The score, part by part, against figures worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmtui.level.level import Level, Part, ScoreSpec, level_ids, load_level
from mmtui.session.score import ScoreInputs, by_third, explain, points, score, wants
from tests.unit.session.support import still

LEVEL = still()  # A point is 10; the position limit 20 lots; the usual spread 2.4 ticks.
FAIR = ScoreInputs(
    pnl=120.0, par=120.0, mean_net=0.0, final_net=0, markout=0.0, presence=1.0, volumes=(100,), par_volumes=(100,)
)


def of(part: Part, **changes: Any) -> float:
    return points(LEVEL, part, replace(FAIR, **changes))


@pytest.mark.parametrize(
    ("pnl", "expected"), [(120, 80), (130, 81), (100, 78), (-680, 0), (-679, 0.1), (-9e9, 0), (320, 100), (9e9, 100)]
)
def test_pnl_is_eighty_at_par_and_a_point_more_for_each_ten(pnl: float, expected: float) -> None:
    assert of("pnl", pnl=pnl) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("mean_net", "final_net", "expected"),
    [(0, 0, 100), (4, 0, 70), (0, 4, 90), (0, -4, 90), (4, 4, 60), (8, 16, 0), (10, 10, 0), (20, 20, 0)],
)
def test_inventory_is_used_up_at_half_the_limit(mean_net: float, final_net: int, expected: float) -> None:
    assert of("inventory", mean_net=mean_net, final_net=final_net) == pytest.approx(expected)


def test_a_level_may_ask_for_less_inventory() -> None:
    level = scaled(inventory=0.1)
    assert points(level, "inventory", replace(FAIR, mean_net=1.0)) == pytest.approx(62.5)
    assert points(level, "inventory", replace(FAIR, mean_net=4.0)) == 0


def test_inventory_counts_only_while_a_market_is_made() -> None:
    assert of("inventory", presence=0.0) == 0
    assert of("inventory", presence=0.5, mean_net=4) == pytest.approx(35)


@pytest.mark.parametrize(
    ("markout", "expected"), [(None, 0), (0.0, 50), (1.2, 100), (0.6, 75), (-1.2, 0), (-0.6, 25), (9.0, 100), (-9.0, 0)]
)
def test_markout_is_full_at_half_the_usual_spread(markout: float | None, expected: float) -> None:
    assert of("markout", markout=markout) == pytest.approx(expected)


@pytest.mark.parametrize(("markout", "expected"), [(-0.6, 100), (-1.8, 50), (-3.0, 0), (0.6, 100)])
def test_a_level_may_ask_for_another_markout(markout: float, expected: float) -> None:
    assert points(scaled(markout=-0.6), "markout", replace(FAIR, markout=markout)) == pytest.approx(expected)


@pytest.mark.parametrize("presence", [0.0, 0.25, 1.0])
def test_presence_is_its_share(presence: float) -> None:
    assert of("presence", presence=presence) == 100 * presence


@pytest.mark.parametrize(("presence", "expected"), [(0.0, 0), (0.4, 50), (0.8, 100), (0.9, 100)])
def test_presence_is_full_at_the_share_that_is_owed(presence: float, expected: float) -> None:
    level = msgspec.structs.replace(LEVEL, obligation=msgspec.structs.replace(LEVEL.obligation, share=0.8))
    assert points(level, "presence", replace(FAIR, presence=presence)) == pytest.approx(expected)


# What is not traded is not earned


@pytest.mark.parametrize(
    ("volumes", "par_volumes", "trade"),
    [
        ((0, 0, 0), (50, 30, 20), 0),
        ((15, 9, 6), (50, 30, 20), 0.5),
        ((30, 18, 11), (50, 30, 20), 80 / 100 + 11 / 60),
        ((30, 18, 12), (50, 30, 20), 1),
        ((900, 900, 900), (50, 30, 20), 1),
        # Much in one third makes good for nothing in another.
        ((900, 0, 0), (50, 30, 20), 0.5),
        ((900, 0, 0), (50, 0, 0), 1),
        ((0, 0, 0), (0, 0, 0), 1),
        ((0, 0, 0), None, 1),
    ],
)
def test_inventory_and_markout_count_as_far_as_one_trades_in_each_third(
    volumes: tuple[int, ...], par_volumes: tuple[int, ...] | None, trade: float
) -> None:
    measures = replace(FAIR, volumes=volumes, par_volumes=par_volumes)
    assert measures.trade == pytest.approx(trade)
    assert points(LEVEL, "inventory", measures) == pytest.approx(100 * trade)
    assert points(LEVEL, "markout", measures) == pytest.approx(50 * trade)


@pytest.mark.parametrize(
    ("from_s", "to_s", "volumes"),
    [
        (0, 60, (400, 1200, 2000)),
        (0, 20, (400, 0, 0)),
        (0, 21, (400, 41, 0)),
        (0, 0, (0, 0, 0)),
        (30, 50, (0, 700, 900)),
        (30, 30, (0, 0, 0)),
    ],
)
def test_what_was_traded_is_told_by_the_thirds_of_the_level(from_s: int, to_s: int, volumes: tuple[int, ...]) -> None:
    level = msgspec.structs.replace(LEVEL, duration_s=60)
    assert by_third(level, from_s, to_s, lambda second: second**2) == volumes
    assert sum(volumes) == to_s**2 - from_s**2
    assert by_third(level, from_s, to_s, lambda second: None if second == to_s else 0) is None


@pytest.mark.parametrize("part", ["pnl", "presence"])
def test_pnl_and_presence_do_not_ask_how_much_one_trades(part: Part) -> None:
    assert of(part, volumes=(0,)) == of(part, volumes=(100,))


def scaled(**keys: float) -> Level:
    return msgspec.structs.replace(LEVEL, score=msgspec.structs.replace(LEVEL.score, **keys))


def weighing(**weights: float) -> Any:
    return msgspec.structs.replace(LEVEL, score=ScoreSpec(weights=weights, point=10.0))  # type: ignore[arg-type]


def test_the_total_is_the_weighted_sum_of_the_parts_that_the_level_weighs() -> None:
    got = score(weighing(pnl=0.25, presence=0.75), replace(FAIR, presence=0.4))
    assert got.parts == {"pnl": 80.0, "presence": 40.0}
    assert got.total == pytest.approx(0.25 * 80 + 0.75 * 40)


@pytest.mark.parametrize(
    ("presence", "stars"), [(0.0, 0), (0.499, 0), (0.5, 1), (0.699, 1), (0.7, 2), (0.849, 2), (0.85, 3), (1.0, 3)]
)
def test_stars_at_fifty_seventy_and_eighty_five(presence: float, stars: int) -> None:
    assert score(weighing(presence=1.0), replace(FAIR, presence=presence)).stars == stars


def test_while_par_is_not_known_its_part_counts_nothing_and_there_are_no_stars() -> None:
    got = score(weighing(pnl=0.1, presence=0.9), replace(FAIR, par=None))
    assert (got.parts, got.total, got.stars, got.pending) == ({"pnl": 0.0, "presence": 100.0}, 90.0, 0, True)


def test_who_is_not_scored_by_pnl_waits_for_no_par() -> None:
    got = score(weighing(presence=1.0), replace(FAIR, par=None))
    assert (got.total, got.stars, got.pending) == (100.0, 3, False)


@cache
def shipped(level_id: str) -> Level:
    return load_level(level_id)


@pytest.mark.parametrize("level_id", level_ids())
@settings(max_examples=30)
@given(
    st.builds(
        ScoreInputs,
        pnl=st.floats(-1e6, 1e6),
        par=st.floats(-1e6, 1e6),
        mean_net=st.floats(0, 1e4),
        final_net=st.floats(-1e4, 1e4),
        markout=st.floats(-100, 100),
        presence=st.floats(0, 1),
        volumes=st.tuples(*[st.integers(0, 10**6)] * 3),
        par_volumes=st.tuples(*[st.integers(0, 10**6)] * 3),
    )
)
def test_the_formulas_told_are_those_that_score(level_id: str, measures: ScoreInputs) -> None:
    level = shipped(level_id)
    for part in level.score.weights:
        formula, inputs = explain(level, part, measures)
        told = eval(formula.replace("×", "*").replace("−", "-"), {"max": max, "abs": abs}, inputs)
        assert points(level, part, measures) == pytest.approx(min(100.0, max(0.0, told)))


def test_what_each_part_wants_is_a_line_with_the_level_s_own_scales() -> None:
    assert [*wants(LEVEL)] == [
        ("pnl", "80 for what idle makes, 1 more or less for each $10"),
        ("inventory", "100 flat, 0 from 10 lots held on average, times presence"),
        ("markout", "100 at +1.2 ticks a share after 10 s, 50 at +0"),
        ("presence", "100 for quoting as obliged all the time"),
        ("trade", "inventory, markout in full from 60% of par's volume a third"),
    ]
    assert [*wants(weighing(presence=1.0))] == [("presence", "100 for quoting as obliged all the time")]


@pytest.mark.parametrize("level_id", level_ids())
def test_the_lines_are_true_of_the_shipped_levels_and_fit_a_narrow_screen(level_id: str) -> None:
    level = shipped(level_id)
    lines = dict(wants(level))
    assert {*lines} == {*level.score.weights, "trade"}
    assert all(len(line) <= 62 for line in lines.values())
    if "markout" in lines:
        full, half = (float(number) for number in re.findall(r"[+-][\d.]+", lines["markout"]))
        for markout, expected in ((full, 100), (half, 50)):
            near = 50 * 0.05 * max(1.0, abs(markout)) / (level.normal.spread / 2)
            assert points(level, "markout", replace(FAIR, markout=markout)) == pytest.approx(expected, abs=near)
    if "inventory" in lines:
        told = re.search(r", (\d+) (?:from|at the limit of) ([\d.]+) lots", lines["inventory"])
        assert told is not None
        left, lots = float(told[1]), float(told[2])
        assert lots <= level.maker.position_limit
        assert points(level, "inventory", replace(FAIR, mean_net=lots, final_net=lots)) == pytest.approx(left, abs=0.5)

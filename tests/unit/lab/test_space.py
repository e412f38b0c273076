"""Points of a sweep: grids, draws, Sobol's sequence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmtui.errors import InputError, UnknownStrategyError
from mmtui.lab.sweeps.heat import heat_map
from mmtui.lab.sweeps.sobol import MOST_DIMENSIONS, sobol
from mmtui.lab.sweeps.space import Axis, parse_axis, points
from mmtui.session.commands import Params


def test_sobol_is_the_published_sequence() -> None:
    """The first points in three dimensions, as everybody's implementation has them."""
    eighths = [(0, 0, 0), (4, 4, 4), (6, 2, 2), (2, 6, 6), (3, 3, 5), (7, 7, 1), (5, 1, 7), (1, 5, 3)]
    assert sobol(8, 3).tolist() == [[part / 8 for part in point] for point in eighths]
    # The last of 512 in the tenth dimension, by scipy.stats.qmc.Sobol.
    assert sobol(512, 10)[511, 9] == 0.201171875


@pytest.mark.parametrize("seed", [None, 0, 7])
def test_sobol_has_one_point_in_every_interval(seed: int | None) -> None:
    found = sobol(256, MOST_DIMENSIONS, seed)
    for column in found.T:
        assert sorted((column * 256).astype(int).tolist()) == list(range(256))
    # In two dimensions too: one point in every box of 16 by 16 and of 2 by 128.
    for across, down in ((16, 16), (2, 128)):
        boxes = (found[:, 0] * across).astype(int) * down + (found[:, 1] * down).astype(int)
        assert len(set(boxes.tolist())) == 256
    assert np.array_equal(sobol(100, 3, seed), sobol(256, 3, seed)[:100])


def test_values_and_ranges_are_read_as_the_parameter_s_type() -> None:
    assert parse_axis("skew", "half_spread=0.5,1, auto,1") == Axis("half_spread", (0.5, 1.0, None))
    assert parse_axis("skew", "size=1:4") == Axis("size", (), 1, 4, False, True)
    assert parse_axis("skew", "skew=0.01:1:log") == Axis("skew", (), 0.01, 1.0, True, False)
    assert parse_axis("rules", "hurst=on,off") == Axis("hurst", (True, False))
    assert parse_axis("composite", "base=my.py:Mine,skew") == Axis("base", ("my.py:Mine", "skew"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("half_spread", "expected key=v1,v2,... or key=lo:hi or key=lo:hi:log"),
        ("half_spread=", "expected key=v1,v2,..."),
        ("half_spread=2:1", "expected lo < hi"),
        ("skew=0:1:log", "expected 0 < lo < hi"),
        ("half_spread=auto:1", "expected lo < hi"),
    ],
)
def test_what_is_no_axis_is_told(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse_axis("skew", text)


def test_an_axis_of_no_parameter_is_told() -> None:
    with pytest.raises(UnknownStrategyError, match="has no parameter 'half_spred'; did you mean 'half_spread'"):
        parse_axis("skew", "half_spred=1")
    with pytest.raises(UnknownStrategyError, match="size must be a whole number"):
        parse_axis("skew", "size=1,1.5")


def test_a_grid_is_every_combination() -> None:
    axes = [Axis("a", (1, 2)), Axis("b", (True, None, "x"))]
    assert points(axes) == [{"a": a, "b": b} for a in (1, 2) for b in (True, None, "x")]
    with pytest.raises(InputError, match="a range needs --random N or --sobol N"):
        points([Axis("a", (), 0, 1)])
    with pytest.raises(InputError, match="--grid a: expected each parameter once"):
        points([Axis("a", (1,)), Axis("a", (2,))])


@pytest.mark.parametrize("draw", ["random", "sobol"])
def test_draws_fill_their_ranges_and_keep_their_first_points(draw: str) -> None:
    axes = [Axis("a", (), 1.0, 100.0, log=True), Axis("n", (), 1, 3, whole=True), Axis("s", ("x", "y"))]
    found = points(axes, draw, 256)  # type: ignore[arg-type]
    assert found[:16] == points(axes, draw, 16)  # type: ignore[arg-type]
    logs = [math.log10(float(str(point["a"]))) for point in found]
    assert 0 <= min(logs) < 0.05 and 1.95 < max(logs) <= 2  # noqa: PT018
    # Half of them are below 10, in the logarithm's middle: 128 of 256 with a standard deviation of 8 at random.
    assert sum(log < 1 for log in logs) == pytest.approx(128, abs=32 if draw == "random" else 1)
    assert [sum(point["n"] == n for point in found) for n in (1, 2, 3)] == pytest.approx([85.3] * 3, abs=30)
    assert {point["s"] for point in found} == {"x", "y"}


def test_points_that_come_twice_are_tried_once() -> None:
    assert len(points([Axis("n", (), 1, 2, whole=True)], "random", 50)) == 2


def test_a_heat_map_is_the_mean_over_what_it_does_not_show() -> None:
    down, across = Axis("a", (1, 2)), Axis("b", (), 0.0, 8.0)
    values: list[tuple[Params, float]] = [
        ({"a": a, "b": b, "c": c}, 10 * a + b + c) for a in (1, 2) for b in (0.0, 7.5) for c in (0, 1)
    ]
    found = heat_map(values, across, down)
    assert (found.down, found.across[0], found.across[-1]) == (["1", "2"], "0…", "7…")
    assert found.cells[0] == [10.5, *[None] * 6, 18.0]
    assert found.cells[1] == [20.5, *[None] * 6, 28.0]
    alone = heat_map(values, down, None)
    assert (alone.down, alone.cells) == ([""], [[14.25, 24.25]])

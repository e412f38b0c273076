"""The distance to a halt."""

from __future__ import annotations

import pytest

from mmtui.signals.band import band_distance

# An index future's band around 4865: 5% either way, the lower limit rounded down to 4622 and the upper to 5108.
REFERENCE, LOWER, UPPER = 4865, 4622, 5108


@pytest.mark.parametrize(
    ("price", "side", "ticks", "fraction"),
    [
        (4865, 1, 243, 1.0),
        (5000, 1, 108, 108 / 243),
        (4700, -1, 78, 78 / 243),
        (5108, 1, 0, 0.0),
        (4622, -1, 0, 0.0),
        (5120, 1, -12, -12 / 243),
        (4600, -1, -22, -22 / 243),
        (4864.5, -1, 242.5, 242.5 / 243),
    ],
)
def test_it_names_the_nearer_limit(price: float, side: int, ticks: float, fraction: float) -> None:
    distance = band_distance(price, REFERENCE, LOWER, UPPER)
    assert (distance.side, distance.ticks) == (side, ticks)
    assert distance.fraction == pytest.approx(fraction)


def test_the_nearer_limit_is_the_one_with_less_of_its_way_left() -> None:
    # 16 of 20 ticks are left upward and 14 downward, of 10; then 9 of those 10.
    assert band_distance(104, 100, 90, 120) == (1, 16, 0.8)
    assert band_distance(99, 100, 90, 120) == (-1, 9, 0.9)


@pytest.mark.parametrize("reference", [90, 120, 80, float("nan")])
def test_a_reference_outside_the_band_is_refused(reference: float) -> None:
    with pytest.raises(ValueError, match="not between"):
        band_distance(100, reference, 90, 120)

"""The acceptance of the named markets: each in every band of its own and near its table, the controls outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mmtui.cli.fact_rows import REFERENCE, reference
from mmtui.cli.facts import market_of
from mmtui.lab.research.fact_bands import CLUSTERING, FactBand, bands_of
from mmtui.lab.research.facts import DayTask, Facts, facts, measure_days
from mmtui.lab.research.recorded_day import control

pytestmark = pytest.mark.slow

#: As many as the bands are meant for; seeds that are neither the command's own nor the reference's.
DAYS, CONTROL_DAYS = 20, 3
FIRST_SEED = 301


@pytest.fixture(scope="module")
def markets() -> dict[str, Facts]:
    """Facts by market and, as ``control NAME``, of its control; all days in one go, to keep two processes busy."""

    def groups() -> Iterator[tuple[str, list[DayTask]]]:
        for name in REFERENCE:
            spec, hedges = market_of(name)
            yield name, [DayTask(spec, FIRST_SEED + day, hedges) for day in range(DAYS)]
            yield f"control {name}", [DayTask(control(spec), FIRST_SEED + day, hedges) for day in range(CONTROL_DAYS)]

    tasks = dict(groups())
    measured = measure_days([day for days in tasks.values() for day in days], jobs=2)
    return {name: facts([next(measured) for _ in days]) for name, days in tasks.items()}


@pytest.mark.parametrize(
    ("name", "band"),
    [pytest.param(name, band, id=f"{name} {band.name}") for name in REFERENCE for band in bands_of(name)],
)
def test_each_market_is_in_every_band_of_its_own(markets: dict[str, Facts], name: str, band: FactBand) -> None:
    # The bands leave room for 20 days' errors: over 20 days the kurtosis's standard error is .5, the decay exponent's
    # .014, the single orders' impact exponent's .02, the metaorders' .03 and the signature's .03.
    found = markets[name]
    assert band.holds(found), band.value(found)


@pytest.mark.parametrize("band", CLUSTERING, ids=[band.name for band in CLUSTERING])
@pytest.mark.parametrize("name", REFERENCE)
def test_a_brownian_value_is_outside_the_bands_of_clustering(
    markets: dict[str, Facts], name: str, band: FactBand
) -> None:
    # Three days: the kurtosis at 60 s is near 0 with a standard error of sqrt(24/1,170) = .14, far below 1. The least
    # of 20 lags' t values, each around 0, is not above 3.
    assert not band.holds(markets[f"control {name}"])


@pytest.mark.parametrize("name", REFERENCE)
def test_a_brownian_value_has_neither_fat_tails_nor_memory_of_size(markets: dict[str, Facts], name: str) -> None:
    # Five standard errors: .7 for the kurtosis; 7,020 ten-second returns give .012 at each lag, .0027 for their mean.
    found = markets[f"control {name}"]
    assert abs(found["kurtosis_60s"].mean) < 0.7
    assert abs(sum(lag.mean for lag in found.abs_acf) / len(found.abs_acf)) < 0.013


@pytest.mark.parametrize("name", REFERENCE)
def test_each_market_is_near_its_table(markets: dict[str, Facts], name: str) -> None:
    # Within five standard errors of the difference, and half of the table's last digit: days are independent, and one
    # comparison in a million would fail by chance; the deviations, known to some 7%, do not change that much.
    found = markets[name]
    measured = reference()[name]
    for fact, known in measured.facts.items():
        if known.sd is not None and fact in found.facts:
            error = known.sd * (1 / len(found[fact].days) + 1 / measured.days) ** 0.5
            assert found[fact].mean == pytest.approx(known.mean, abs=5 * error + 0.0005), fact

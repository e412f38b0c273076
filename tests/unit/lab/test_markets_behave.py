"""The acceptance of the named markets: the US one in every band, the others near their table, the control outside."""

from __future__ import annotations

import pytest

from mmtui.lab.research.facts import BANDS, CLUSTERING, FactBand, Facts, facts, measure_days
from mmtui.lab.research.recorded_day import control
from mmtui.level.level import load_preset

pytestmark = pytest.mark.slow

US_DAYS, OTHER_DAYS = 20, 3

#: Fact, calibrated mean, and standard deviation across days.
HK_FINE = {
    "spread": (2.08, 0.02),
    "spread_1": (0.30, 0.01),
    "spread_2": (0.35, 0.01),
    "depth": (9.9, 0.2),
    "limits": (1.60, 0.01),
    "cancels": (1.27, 0.02),
    "trades": (0.90, 0.04),
    "noise": (0.78, 0.03),
    "informed": (0.18, 0.02),
    "volatility": (0.69, 0.08),
    "signature": (1.08, 0.13),
    "sign_acf": (0.123, 0.015),
    "markout_noise": (1.13, 0.03),
    "markout_informed": (-0.52, 0.26),
}
HK = {
    "spread": (1.49, 0.01),
    "spread_1": (0.53, 0.01),
    "spread_2": (0.45, 0.01),
    # The queues are a little shorter than the prototype's: 23.2 ± .05 over 20 days.
    "depth": (23.7, 0.6),
    "limits": (2.00, 0.01),
    "cancels": (1.69, 0.02),
    "trades": (0.77, 0.03),
    "noise": (0.83, 0.03),
    "informed": (0.15, 0.02),
    "volatility": (0.39, 0.04),
    "signature": (1.21, 0.16),
    "sign_acf": (0.131, 0.014),
    "markout_noise": (0.81, 0.02),
    "markout_informed": (-0.14, 0.16),
}
#: The US market's own table, beyond the bands.
US = {
    "spread": (2.38, 0.02),
    "spread_1": (0.24, 0.01),
    "spread_3": (0.36, 0.01),
    "depth": (5.8, 0.1),
    "limits": (2.40, 0.01),
    "cancels": (1.83, 0.02),
    "trades": (1.59, 0.07),
    "noise": (0.76, 0.03),
    "informed": (0.19, 0.02),
    "snipe": (0.05, 0.01),
    "volatility": (1.02, 0.13),
    "signature": (1.03, 0.10),
    "sign_acf": (0.119, 0.013),
    "markout_noise": (1.28, 0.05),
    "markout_informed": (-0.62, 0.35),
}


@pytest.fixture(scope="module")
def markets() -> dict[str, Facts]:
    """Facts by market; all days in one go, to keep two processes busy."""
    us = load_preset("us-100")
    groups = {
        "us-100": (us, US_DAYS),
        "control": (control(us), OTHER_DAYS),
        "hk-50-fine": (load_preset("hk-50-fine"), OTHER_DAYS),
        "hk-45": (load_preset("hk-45"), OTHER_DAYS),
    }
    days = [(spec, 100 + day) for spec, count in groups.values() for day in range(count)]
    measured = measure_days(days, jobs=2)
    return {name: facts([next(measured) for _ in range(count)]) for name, (_, count) in groups.items()}


@pytest.mark.parametrize("band", BANDS, ids=[band.name for band in BANDS])
def test_the_us_market_is_in_every_band(markets: dict[str, Facts], band: FactBand) -> None:
    # The bands leave room for 20 days' errors: over 20 days the kurtosis's standard error is .5, the decay exponent's
    # .014, the impact exponent's .02 and the signature's .02; |t| of the markout is near 9, of the ACF above 10.
    found = markets["us-100"]
    assert band.holds(found), band.value(found)


@pytest.mark.parametrize("band", CLUSTERING, ids=[band.name for band in CLUSTERING])
def test_a_brownian_value_is_outside_the_bands_of_clustering(markets: dict[str, Facts], band: FactBand) -> None:
    # Three days: the kurtosis at 60 s is 0 with a standard error of sqrt(24/1,170) = .14, far below 1. The least of
    # 20 lags' t values, each around 0, is not above 3.
    assert not band.holds(markets["control"])


def test_a_brownian_value_has_neither_fat_tails_nor_memory_of_size(markets: dict[str, Facts]) -> None:
    # Five standard errors: .7 for the kurtosis; 7,020 ten-second returns give .012 at each lag, .0027 for their mean.
    found = markets["control"]
    assert abs(found["kurtosis_60s"].mean) < 0.7
    assert abs(sum(lag.mean for lag in found.abs_acf) / len(found.abs_acf)) < 0.013


@pytest.mark.parametrize(("name", "table"), [("us-100", US), ("hk-50-fine", HK_FINE), ("hk-45", HK)])
def test_each_market_is_near_its_table(
    markets: dict[str, Facts], name: str, table: dict[str, tuple[float, float]]
) -> None:
    # Within five standard errors, and half of the table's last digit: days are independent, and one comparison in a
    # million would fail by chance; the deviations, known to some 5%, do not change that much.
    found = markets[name]
    for fact, (mean, sd) in table.items():
        days = len(found[fact].days)
        assert found[fact].mean == pytest.approx(mean, abs=5 * sd / days**0.5 + 0.005), fact

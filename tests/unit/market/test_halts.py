"""Bands and references against what the exchanges publish."""

from __future__ import annotations

from typing import Literal

import pytest

from mmtui.market.rules.halts import Band, LuldSpec, VcmSpec, band_around, open_halt
from mmtui.market.rules.phases import PhaseSpec, Timetable

S = 1_000_000_000
MINUTE = 60 * S
#: Hong Kong's continuous trading in seconds since the opening: two and a half hours, an hour's lunch, three hours.
HONG_KONG = Timetable(
    (
        PhaseSpec(from_s=0, kind="open"),
        PhaseSpec(from_s=9_000, kind="closed"),
        PhaseSpec(from_s=12_600, kind="open"),
        PhaseSpec(from_s=23_400, kind="auction"),
    )
)


@pytest.mark.parametrize(("reference", "lower", "upper"), [(4865, 4622, 5108), (4900, 4655, 5145), (5321, 5055, 5587)])
def test_bands_are_those_of_the_triggers_that_hkex_lists(reference: int, lower: int, upper: int) -> None:
    """HKEX, VCM Cooling-off Period Trigger History, derivatives market: Hang Seng TECH Index futures, 8 Oct 2024."""
    assert band_around(reference, 5.0) == Band(lower, upper, reference, False)


@pytest.mark.parametrize(
    ("instrument", "band"),
    [
        ("large-cap", (9_000, 11_000)),
        ("mid-cap", (8_500, 11_500)),
        ("small-cap", (8_000, 12_000)),
        ("index-future", (9_500, 10_500)),
    ],
)
def test_the_class_of_an_instrument_decides_its_band(instrument: str, band: tuple[int, int]) -> None:
    vcm = open_halt(VcmSpec(instrument=instrument), HONG_KONG, 23_400 * S)  # type: ignore[arg-type]
    vcm.record(0, 10_000)

    found = vcm.band(20 * MINUTE)

    assert found is not None
    assert (found.lower, found.upper) == band
    assert not found.binding


def test_the_reference_of_vcm_is_the_last_trade_at_least_five_minutes_old() -> None:
    vcm = open_halt(VcmSpec(), HONG_KONG, 23_400 * S)
    for time_ns, price in [(20 * MINUTE, 1_000), (21 * MINUTE, 1_010), (21 * MINUTE + 1, 1_020), (24 * MINUTE, 1_030)]:
        vcm.record(time_ns, price)

    references = [
        None if band is None else band.reference
        for band in map(
            vcm.band, (25 * MINUTE - 1, 25 * MINUTE, 26 * MINUTE, 26 * MINUTE + 1, 28 * MINUTE, 90 * MINUTE)
        )
    ]

    assert references == [None, 1_000, 1_010, 1_020, 1_020, 1_030]


@pytest.mark.parametrize(
    ("minute", "watched"),
    [
        (14, False),
        (15, True),
        (149, True),
        (210, False),
        (224, False),
        (225, True),
        (369, True),
        (370, False),
        (389, False),
    ],
)
def test_vcm_leaves_out_the_first_15_minutes_of_a_session_and_the_last_20_of_the_day(
    minute: int, watched: bool
) -> None:
    vcm = open_halt(VcmSpec(), HONG_KONG, 23_400 * S)
    vcm.record(0, 1_000)

    assert (vcm.band(minute * MINUTE) is not None) is watched


@pytest.mark.parametrize(("instrument", "again"), [("large-cap", False), ("index-future", True)])
def test_equities_trigger_once_a_session_and_futures_any_number_of_times(instrument: str, again: bool) -> None:
    vcm = open_halt(VcmSpec(instrument=instrument), HONG_KONG, 23_400 * S)  # type: ignore[arg-type]
    vcm.record(0, 1_000)
    vcm.triggered(20 * MINUTE)

    assert (vcm.band(30 * MINUTE) is not None) is again
    assert vcm.band(230 * MINUTE) is not None, "the afternoon is another session"


@pytest.mark.parametrize(("tier", "lower", "upper"), [(1, 9_500, 10_500), (2, 9_000, 11_000)])
def test_the_tier_decides_the_band_of_luld_and_it_binds(tier: Literal[1, 2], lower: int, upper: int) -> None:
    rule = open_halt(LuldSpec(tier=tier), Timetable(), 23_400 * S)
    rule.record(16 * MINUTE, 10_000)

    assert rule.band(16 * MINUTE) == Band(lower, upper, 10_000.0, True)


@pytest.mark.parametrize(
    ("tier", "minute", "width"),
    [(1, 14, 5), (1, 364, 5), (1, 365, 10), (1, 389, 10), (2, 14, 10), (2, 365, 10), (2, 389, 10)],
)
def test_luld_doubles_its_band_in_the_last_25_minutes_of_tier_1(tier: Literal[1, 2], minute: int, width: int) -> None:
    rule = open_halt(LuldSpec(tier=tier), Timetable(), 23_400 * S)
    rule.record(minute * MINUTE, 10_000)

    band = rule.band(minute * MINUTE)

    assert band is not None
    assert band.upper == 10_000 + 100 * width


@pytest.mark.parametrize(("minute", "width"), [(14, 20), (15, 10), (369, 10), (370, 20)])
def test_a_level_may_double_the_band_of_luld_as_it_once_was(minute: int, width: int) -> None:
    rule = open_halt(LuldSpec(tier=2, double_first_s=900.0, double_last_s=1200.0), Timetable(), 23_400 * S)
    rule.record(minute * MINUTE, 10_000)

    band = rule.band(minute * MINUTE)

    assert band is not None
    assert band.upper == 10_000 + 100 * width


def test_the_reference_of_luld_is_a_five_minute_mean_that_must_have_moved_one_percent() -> None:
    rule = open_halt(LuldSpec(), Timetable(), 23_400 * S)
    start = 30 * MINUTE
    rule.record(start, 10_000)
    references = []
    # The means are 10,000, then 10,135, 10,190, which is too near to it, and 10,500, the others being too old.
    for at_s, price in [(0, 10_000), (40, 10_270), (80, 10_300), (400, 10_500)]:
        if at_s:
            rule.record(start + at_s * S, price)
        band = rule.band(start + at_s * S)
        assert band is not None
        references.append(round(band.reference))

    assert references == [10_000, 10_135, 10_135, 10_500]


def test_a_mean_that_has_moved_just_as_much_as_it_must_is_the_new_reference() -> None:
    rule = open_halt(LuldSpec(update_percent=50.0, reference_s=10.0), Timetable(), 23_400 * S)
    rule.record(MINUTE, 10_000)
    rule.band(MINUTE)
    rule.record(2 * MINUTE, 15_000)
    band = rule.band(2 * MINUTE)

    assert band is not None
    assert band.reference == 15_000


def test_luld_holds_a_reference_for_30_seconds() -> None:
    rule = open_halt(LuldSpec(), Timetable(), 23_400 * S)
    start = 30 * MINUTE
    rule.record(start, 10_000)
    rule.band(start)
    rule.record(start + S, 12_000)

    bands = [rule.band(start + after * S) for after in (1, 29, 30)]

    assert [band.reference for band in bands if band is not None] == [10_000, 10_000, 11_000]


def test_luld_starts_anew_from_the_price_that_reopens_trading() -> None:
    rule = open_halt(LuldSpec(), Timetable(), 23_400 * S)
    rule.record(30 * MINUTE, 10_000)
    rule.band(30 * MINUTE)

    rule.reopened(40 * MINUTE, 9_000)

    assert rule.band(40 * MINUTE) == Band(8_550, 9_450, 9_000, True)

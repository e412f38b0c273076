"""Rules, reversion and composite in whole sessions: without an error anywhere, and better where they should be."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from statistics import fmean, stdev

import msgspec
import pytest

from mmtui.lab.runs.batch import simulate
from mmtui.level.level import Level, level_ids, load_level
from tests.unit.session.support import short
from tests.unit.strategies.levels import adverse, calm, reverting, trend

SEEDS = range(1, 13)


LEVELS: dict[str, Callable[[], Level]] = {
    "adverse": adverse,
    "reverting": reverting,
    "trend": trend,
    "us-100": lambda: calm("us-100"),
    "hk-45": lambda: calm("hk-45"),
    "hk-50-fine": lambda: calm("hk-50-fine"),
}


def found(level: str) -> Level:
    """A level of these or one that ships, ten minutes at most, with nobody to compute par for."""
    made = LEVELS[level]() if level in LEVELS else load_level(level)
    return msgspec.structs.replace(short(level, 600) if made.duration_s > 600 else made, par="idle")


@cache
def pnls(level: str, strategy: str) -> list[float]:
    results = [simulate(found(level), strategy, seed) for seed in SEEDS]
    assert [result.error for result in results] == [None] * len(results)
    return [result.pnl.total for result in results]


def paired_t(level: str, better: str, worse: str) -> float:
    differences = [a - b for a, b in zip(pnls(level, better), pnls(level, worse), strict=True)]
    return fmean(differences) / (stdev(differences) / math.sqrt(len(differences)))


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["rules", "reversion", "composite"])
@pytest.mark.parametrize("level", [*level_ids(), *LEVELS])
def test_every_level_is_quoted_to_its_end(level: str, strategy: str) -> None:
    result = simulate(found(level), strategy, 1)
    assert (result.error, result.ended) == (None, "time")
    assert result.presence > 0.5
    assert result.fills > 0


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["rules", "composite"])
def test_defences_win_where_they_are_needed(strategy: str) -> None:
    for level in ("volatility-spike", "adverse"):
        assert paired_t(level, strategy, "fixed") > 4.0
    assert paired_t("adverse", strategy, "skew") > 3.0
    assert fmean(pnls("adverse", strategy)) > 0.0 > fmean(pnls("adverse", "skew"))


@pytest.mark.slow
def test_defences_cost_little_where_they_are_not() -> None:
    assert fmean(pnls("us-100", "rules")) > 0.75 * fmean(pnls("us-100", "skew"))


@pytest.mark.slow
def test_reversion_wins_where_prices_come_back_and_is_skew_where_they_run() -> None:
    assert paired_t("reverting", "reversion", "skew") > 2.0
    assert fmean(pnls("reverting", "reversion")) > 1.5 * fmean(pnls("reverting", "skew"))
    assert fmean(pnls("trend", "reversion")) == pytest.approx(fmean(pnls("trend", "skew")), rel=0.1)

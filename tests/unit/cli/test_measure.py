"""``mmtui measure``: what is known of a path is found in its file."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from mmtui.market.core.draws import Floats
from tests.unit.cli.conftest import Mmtui

SECONDS = 2_000
#: A return's deviation, and what that is a year of 252 days of 6.5 hours.
SIGMA, ANNUAL = 1e-4, 1e-4 * math.sqrt(252 * 6.5 * 3600)


def walk(seed: int, sigma: float = SIGMA) -> Floats:
    values: Floats = 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, sigma, SECONDS)))
    return values


def around(level: float, phi: float, seed: int) -> Floats:
    """A first-order autoregression, of deviation .05 at most."""
    noise = np.random.default_rng(seed).normal(0, 0.02, SECONDS)
    values: Floats = np.full(SECONDS, float(level))
    for at in range(1, SECONDS):
        values[at] += phi * (values[at - 1] - level) + noise[at]
    return values


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path / "walk.csv", walk(1))
    written(tmp_path / "other.csv", walk(2))
    written(tmp_path / "pair.csv", 5 + 1.5 * walk(1) + around(0, 0.95, 3))
    written(tmp_path / "reverting.csv", around(100, 0.95, 4))
    return tmp_path


def written(path: Path, values: Floats, start: int = 0, every: float = 1) -> None:
    rows = [f"{start + at * every:g},{value:.6f}" for at, value in enumerate(values)]
    path.write_text("\n".join(["timestamp,price", *rows]), encoding="utf-8")


def measured(mmtui: Mmtui, *args: object) -> dict[str, list[dict[str, object]]]:
    ended = mmtui("measure", *args, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, list[dict[str, object]]] = json.loads(ended.out)
    return found


def test_a_walk_has_its_volatility_and_no_memory(mmtui: Mmtui, folder: Path) -> None:
    [found] = measured(mmtui, folder / "walk.csv")["prices"]
    volatility, hurst = found["volatility"], found["hurst"]
    assert (found["bars"], found["bar_s"], found["bars_a_year"]) == (SECONDS, 1, 252 * 23_400)
    assert isinstance(volatility, dict)
    assert isinstance(hurst, dict)
    assert abs(volatility["annual"] - ANNUAL) < 3 * volatility["error"]
    assert volatility["error"] == pytest.approx(ANNUAL / math.sqrt(2 * SECONDS), rel=0.05)
    # Twenty returns are good to a sixth.
    assert volatility["recent"] == pytest.approx(ANNUAL, rel=0.5)
    assert volatility["recent"] != volatility["annual"]
    assert hurst["verdict"] == "random"
    assert abs(hurst["h"] - 0.5) < 3 * hurst["sd"]


def test_what_reverts_is_found_with_its_half_life(mmtui: Mmtui, folder: Path) -> None:
    [found] = measured(mmtui, folder / "reverting.csv")["prices"]
    hurst, reversion = found["hurst"], found["reversion"]
    assert isinstance(hurst, dict)
    assert isinstance(reversion, dict)
    assert hurst["verdict"] == "reverting"
    assert reversion["half_life_s"] == pytest.approx(-math.log(2) / math.log(0.95), rel=0.35)


def test_a_pair_is_told_from_two_that_only_move(mmtui: Mmtui, folder: Path) -> None:
    pair = measured(mmtui, folder / "pair.csv", folder / "walk.csv")["pair"]
    assert isinstance(pair, dict)
    assert pair["cointegrated"]
    assert pair["t"] < pair["critical"] < 0
    assert pair["hedge_ratio"] == pytest.approx(1.5, rel=0.05)
    assert pair["deviation"] == pytest.approx(0.02 / math.sqrt(1 - 0.95**2), rel=0.2)
    assert pair["reversion"]["half_life_s"] == pytest.approx(13.5, rel=0.35)
    last = 5 + 1.5 * walk(1)[-1] + around(0, 0.95, 3)[-1]
    residual = last - pair["intercept"] - pair["hedge_ratio"] * walk(1)[-1]
    assert pair["z"] == pytest.approx(residual / pair["deviation"], abs=0.01)
    apart = measured(mmtui, folder / "walk.csv", folder / "other.csv")["pair"]
    assert isinstance(apart, dict)
    assert not apart["cointegrated"]


def test_times_decide_what_belongs_together(mmtui: Mmtui, tmp_path: Path) -> None:
    """The other file begins 500 s later and has a row every ten seconds."""
    written(tmp_path / "y.csv", 5 + 1.5 * walk(1) + around(0, 0.5, 3))
    written(tmp_path / "x.csv", walk(1)[500::10], start=500, every=10)
    pair = measured(mmtui, tmp_path / "y.csv", tmp_path / "x.csv", "--step", 10)["pair"]
    assert isinstance(pair, dict)
    assert pair["bars"] == 150
    assert pair["hedge_ratio"] == pytest.approx(1.5, rel=0.05)
    assert pair["cointegrated"]


def test_a_step_makes_bars_and_daily_rows_have_a_year_of_days(mmtui: Mmtui, tmp_path: Path) -> None:
    written(tmp_path / "walk.csv", walk(1))
    [minutes] = measured(mmtui, tmp_path / "walk.csv", "--step", 60)["prices"]
    assert (minutes["bars"], minutes["bars_a_year"]) == (34, 252 * 390)
    assert minutes["hurst"] is None
    days = [f"2026-{month:02}-{day:02},{100 + (day * 7 + month) % 5}" for month in (1, 2) for day in range(5, 25)]
    (tmp_path / "days.csv").write_text("\n".join(["timestamp,price", *days]))
    [daily] = measured(mmtui, tmp_path / "days.csv", "--days", 246)["prices"]
    assert (daily["bars"], daily["bar_s"], daily["bars_a_year"]) == (40, 86_400, 246)


def test_the_table_says_it_in_words_and_draws_it(mmtui: Mmtui, folder: Path) -> None:
    one = mmtui("measure", folder / "walk.csv", "--window", 50)
    shown = {line[:12].strip(): line[12:].strip() for line in one.out.splitlines()}
    assert shown["volatility"].endswith("%")
    assert "a year; over the last 50 bars" in shown["volatility"]
    assert shown["Hurst"].endswith(": random")
    assert "a random walk shows as much" in shown["half-life"]
    assert "volatility over 50 bars, % a year" in one.out
    two = mmtui("measure", folder / "pair.csv", folder / "walk.csv")
    assert "(5%): cointegrated" in two.out
    assert "z, about 0 and ±2" in two.out
    assert max(len(line) for line in two.out.splitlines() if "│" in line) <= 100
    assert "⣿" in two.out


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["none.csv"], "none.csv: cannot be read: No such file or directory"),
        (["walk.csv", "dated.csv"], "dated.csv: timestamps are ISO times without a zone, but those of walk.csv are"),
        (["walk.csv", "later.csv"], "later.csv: only 0 bars of walk.csv are in its time; expected at least 20"),
        (["walk.csv", "flat.csv"], "a price that never changes, or is a multiple of the other, cannot be tested"),
        (["walk.csv", "--step", 5_000], "walk.csv: steps of 5000 s make 1 bars of it; expected 2 to 5,000,000"),
        (["walk.csv", "other.csv", "--lags", 5_000], "2000 bars are too few for --lags 5000; expected at least 10010"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(
    mmtui: Mmtui, folder: Path, monkeypatch: pytest.MonkeyPatch, args: list[object], complaint: str
) -> None:
    written(folder / "later.csv", walk(2), start=90_000)
    written(folder / "flat.csv", np.full(SECONDS, 100.0))
    (folder / "dated.csv").write_text("timestamp,price\n2026-01-05,1\n2026-01-06,2\n2026-01-07,2\n")
    monkeypatch.chdir(folder)
    ended = mmtui("measure", *args)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"Error: {complaint}")
    assert ended.err.count("\n") == 1


def test_a_price_that_never_changes_has_neither_memory_nor_half_life(mmtui: Mmtui, tmp_path: Path) -> None:
    written(tmp_path / "flat.csv", np.full(100, 100.0))
    [found] = measured(mmtui, tmp_path / "flat.csv")["prices"]
    assert found["volatility"] == {"returns": 99, "annual": 0, "error": 0, "window": 20, "recent": 0}
    assert found["hurst"] is None
    assert found["reversion"] is None
    assert mmtui("measure", tmp_path / "flat.csv").code == 0

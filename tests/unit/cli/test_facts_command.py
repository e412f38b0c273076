from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

import msgspec
import pytest

from mmtui.cli import facts as module
from mmtui.cli import main as cli
from mmtui.cli.fact_rows import GROUPS
from mmtui.lab.research.fact_bands import FactBand, bands_of
from mmtui.lab.research.facts import DayFacts, DayTask, measure_days
from mmtui.level.level import load_level, load_preset
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.core.instrument import Calendar

Output = pytest.CaptureFixture[str]
Asked = list[DayTask]


def short(spec: BookMarketSpec) -> BookMarketSpec:
    """The same market with a day of twenty minutes."""
    calendar = Calendar(sessions=(("09:30", "09:50"),))
    return msgspec.structs.replace(spec, instrument=msgspec.structs.replace(spec.instrument, calendar=calendar))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the command has measured, on days cut short."""
    asked: Asked = []

    def measure(days: Sequence[DayTask], _jobs: int) -> Iterator[DayFacts]:
        asked.extend(days)
        return measure_days([DayTask(short(spec), seed, hedges) for spec, seed, hedges in days], 1)

    monkeypatch.setattr(module, "measure_days", measure)
    monkeypatch.setattr("mmtui.lab.research.price_impact.PAIRS", 1)
    return asked


@pytest.mark.slow
@pytest.mark.usefixtures("asked")
def test_the_table_has_our_figures_beside_the_reference_and_the_bands(capsys: Output) -> None:
    cli.main(["facts", "us-100", "--days", "2"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[-3:] == ["us-100", "sd", "reference"]
    groups = [line.strip() for line in lines if line.strip() in GROUPS]
    assert groups == ["returns and flow", "impact, ticks", "queues"]
    (spread,) = [line.split() for line in lines if line.startswith("spread, ticks")]
    assert 2.0 < float(spread[2]) < 2.8
    assert spread[-1] == "2.45"
    (moved,) = [line.split() for line in lines if line.startswith("80 lots in 60 s: at their end")]
    assert 1.0 < float(moved[8]) < 9.0
    (kurtosis,) = [line for line in lines if line.startswith("excess kurtosis at 60 s") and "…" in line]
    assert kurtosis.split()[-1] in ("holds", "fails")
    assert len([line for line in lines if line.endswith(("holds", "fails"))]) == len(bands_of("us-100")) == 20


@pytest.mark.slow
@pytest.mark.usefixtures("asked")
def test_each_market_is_judged_by_its_own_bands(capsys: Output) -> None:
    cli.main(["facts", "us-100", "hk-45", "index-20000", "--days", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[3:] == ["us-100", "reference", "hk-45", "reference", "index-20000", "reference"]
    verdicts = {line[:48].strip(): line.split().count("holds") + line.split().count("fails") for line in lines}
    assert verdicts["signature 1 s / 60 s"] == 3
    assert verdicts["|basis|, ticks"] == 1
    exponents = [line for line in lines if line.startswith("exponent of metaorders' impact")]
    assert [line.split("…")[1].split()[0] for line in exponents] == ["0.75", "0.85"]


@pytest.mark.slow
def test_every_market_is_measured_on_the_days_that_follow_the_seed(asked: Asked, capsys: Output) -> None:
    cli.main(["facts", "--days", "2", "--seed", "5", "--format", "json"])
    pair = load_level("index-future")
    assert isinstance(pair.market, BookMarketSpec)
    markets = [DayTask(load_preset(name), 0) for name in ("us-100", "hk-50-fine", "hk-45")]
    future = msgspec.structs.replace(load_preset("index-20000"), arbitrageur=pair.market.arbitrageur)
    markets.append(DayTask(future, 0, pair.hedges))
    assert asked == [market._replace(seed=seed) for market in markets for seed in (5, 6)]
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["us-100", "hk-50-fine", "hk-45", "index-20000"]
    assert found["hk-45"]["facts"]["spread"]["mean"] == pytest.approx(1.54, abs=0.2)
    assert found["us-100"]["days"] == 2
    for name, market in found.items():
        assert len(market["bands"]) == len(bands_of(name))
        assert all(fact["reference"] is not None for fact in market["facts"].values())
        assert ("basis" in market["facts"]) is (name == "index-20000")


@pytest.mark.slow
@pytest.mark.parametrize("outcomes", [[True, True], [True, False], [False, False]])
@pytest.mark.parametrize("control", [True, False])
def test_the_exit_code_says_whether_the_bands_do_as_they_should(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, outcomes: list[bool], control: bool
) -> None:
    bands = {name: band("its", holds) for name, holds in zip(("us-100", "hk-45"), outcomes, strict=True)}
    monkeypatch.setattr(module, "bands_of", lambda name: (bands[name],))
    both = iter(outcomes)
    monkeypatch.setattr(module, "CLUSTERING", [FactBand("each", lambda _: 0.0 if next(both) else 2.0, -1.0, 1.0)])
    monkeypatch.setattr(module, "_print_tables", lambda _: None)
    code = cli.main(["facts", "us-100", "hk-45", "--days", "1", *(["--control"] if control else [])])
    assert code == int(any(outcomes) if control else not all(outcomes))
    assert (asked[0].spec.value.jump_rate == 0) is control


def band(name: str, holds: bool) -> FactBand:
    """A band that holds or not, whatever the facts."""
    return FactBand(name, lambda _: 0.0 if holds else 2.0, -1.0, 1.0)


def test_an_unknown_market_is_one_sentence(capsys: Output) -> None:
    assert cli.main(["facts", "us-100", "nasdaq"]) == 2
    shown = capsys.readouterr()
    assert (
        shown.err == "Error: nasdaq: no such market; expected one of btc-usd, hk-45, hk-50-fine, index-20000, us-100\n"
    )
    assert shown.out == ""


@pytest.mark.parametrize("args", [["--days", "0"], ["--seed", "-1"], ["--jobs", "0"], ["--format", "xml"]])
def test_options_that_cannot_be_are_refused(args: list[str], capsys: Output) -> None:
    assert cli.main(["facts", *args]) == 2
    error = capsys.readouterr().err
    assert f"Error: {args[0]} {args[1]}: expected" in error or f"Error: Invalid value for '{args[0]}'" in error


def test_help_says_what_the_exit_code_means(capsys: Output) -> None:
    cli.main(["facts", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "Exit code 1 when a market is outside one of them" in shown
    assert "mmtui facts --jobs 2" in shown


@pytest.mark.slow
@pytest.mark.usefixtures("asked")
def test_progress_goes_to_a_terminal_s_standard_error_only(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    cli.main(["facts", "hk-45", "--days", "1"])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    cli.main(["facts", "hk-45", "--days", "1", "--format", "json"])
    shown = capsys.readouterr()
    assert "100%" in shown.err
    json.loads(shown.out)

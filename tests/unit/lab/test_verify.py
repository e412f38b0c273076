"""The published tables from few paths, rows of one's own, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from mmtui.cli import main as cli
from mmtui.lab.research import verify
from mmtui.lab.research.paper_check import exactly, promised, sampled
from mmtui.lab.research.published import Printed
from mmtui.lab.research.verify import AsModel, CjModel, GlftModel, published_rows, rows
from mmtui.market.core.draws import Floats
from mmtui.strategies.models.avellaneda_stoikov import reservation_and_spread

Output = pytest.CaptureFixture[str]


def report(capsys: Output, *args: str) -> tuple[int, dict[str, Any]]:
    code = cli.main(["verify", "--format", "json", "--paths", "2000", *args])
    return code, json.loads(capsys.readouterr().out)


def figures(row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {figure["name"]: figure for figure in row["figures"]}


@pytest.mark.slow
def test_published_tables_come_out_within_their_bands(capsys: Output) -> None:
    code, found = report(capsys)
    assert code == 0
    assert found["ok"] is True
    assert (found["paths"], found["seed"]) == (2000, 1)
    assert set(found["rows"][0]) == {"model", "case", "parameters", "figures", "quotes", "ok"}
    simulated = [row for row in found["rows"] if row["case"] in ("inventory", "symmetric")]
    assert [(row["parameters"]["gamma"], row["case"]) for row in simulated] == [
        (gamma, case) for gamma in (0.1, 0.01, 1.0) for case in ("inventory", "symmetric")
    ]
    for row in simulated:
        assert set(row["parameters"]) == {"gamma", "sigma", "k", "A", "T", "dt", "fills"}
        assert list(figures(row)) == ["spread", "profit", "sd profit", "final q", "sd final q"]
        for figure in row["figures"]:
            assert figure["low"] < figure["paper"] or figure["name"] != "profit"
            assert figure["low"] <= figure["ours"] <= figure["high"]
            assert figure["ok"] is True
    assert figures(simulated[0])["profit"]["paper"] == 65.0
    assert figures(simulated[0])["profit"]["simulated"] == 64.88


@pytest.mark.slow
def test_every_published_model_is_there() -> None:
    found = list(published_rows((AsModel, GlftModel, CjModel), 50, 1))
    assert [(row.model, row.case) for row in found].count(("avellaneda-stoikov", "formula")) == 4
    assert [row.model for row in found].count("glft") == 3
    assert [row.model for row in found].count("cartea-jaimungal") == 2


@pytest.mark.slow
def test_fair_games_and_prices_stand_beside_them(capsys: Output) -> None:
    _, found = report(capsys)
    by_model = {row["model"]: figures(row) for row in found["rows"]}
    assert {"glosten-milgrom", "kyle", "black-scholes", "carry"} <= set(by_model)
    assert by_model["glosten-milgrom"]["spread"]["closed_form"] == pytest.approx(0.3 * 2)
    assert by_model["kyle"]["lambda"]["closed_form"] == 0.2
    for model in ("glosten-milgrom", "kyle"):
        assert by_model[model]["maker's profit"]["closed_form"] == 0.0
        assert by_model[model]["maker's profit"]["error"] > 0
    assert by_model["carry"]["F"]["paper"] == 20016.4451
    assert by_model["black-scholes"]["price"]["paper"] == 140.624531


def test_one_model_can_be_chosen(capsys: Output) -> None:
    _, found = report(capsys, "--model", "kyle")
    assert [row["model"] for row in found["rows"]] == ["kyle"]


def test_wrong_formula_is_outside_the_bands(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    """The commonest mistake: (2/gamma) ln(1 + gamma/k) taken for half of the spread."""

    def doubled(*given: Any) -> Any:
        centre, spread = reservation_and_spread(*given)
        return centre, 2 * spread

    monkeypatch.setattr("mmtui.lab.research.verify.reservation_and_spread", doubled)
    assert cli.main(["verify", "--model", "as", "--paths", "200"]) == 1
    shown = capsys.readouterr().out
    assert "FAIL" in shown
    assert "Not all figures are within their bands." in shown


@pytest.mark.parametrize("form", ["table", "json"])
def test_one_figure_out_of_its_band_is_enough(form: str, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setattr(verify, "AS_CHECKS", {(100, 0, 0.1, 2, 1, 1.5): ("100.000000", "1.690771")})
    assert cli.main(["verify", "--model", "as", "--paths", "500", "--format", form]) == 1
    shown = capsys.readouterr().out
    assert shown.count("FAIL") == (form == "table")
    assert shown.count('"ok": false') == (0 if form == "table" else 3)


@pytest.mark.slow
@pytest.mark.parametrize("model", [GlftModel(horizon=60.0, most=5), CjModel(phi=1e-3)])
def test_quotes_that_are_not_the_optimum_miss_the_promised_value(
    model: GlftModel | CjModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(row.ok for row in rows(model, 2_000, 1))
    right = verify._by_position

    def wide(*given: Any) -> Any:
        rule = right(*given)

        def wider(mid: Any, q: Any, time: float) -> Any:
            bid, ask = rule(mid, q, time)
            return bid - 1 / model.k, ask + 1 / model.k

        return wider

    monkeypatch.setattr(verify, "_by_position", wide)
    assert not all(row.ok for row in rows(model, 2_000, 1))


def test_penalty_at_the_end_is_paid() -> None:
    (row,) = rows(CjModel(alpha=0.02, horizon=5.0), 5_000, 1)
    assert row.figures[1].low is not None
    assert row.ok


def test_rule_by_position_is_solved_again_for_each_hundredth_of_the_time_left() -> None:
    asked: list[float] = []

    def distances(left: float) -> tuple[Floats, Floats]:
        asked.append(left)
        return np.array([1.0, 2.0, np.inf]), np.array([np.inf, 2.0, 1.0]) + left

    rule = verify._by_position(distances, 100.0)
    for time in (0.0, 0.5, 1.5, 2.0, 99.9):
        bid, ask = rule(np.array([50.0, 60.0]), np.array([0, -1]), time)
    assert asked == pytest.approx([100.0, 98.5, 0.1])
    assert bid.tolist() == [48.0, 59.0]
    assert ask.tolist() == pytest.approx([52.1, np.inf])


def test_error_of_a_normal_sample_s_deviation_is_known() -> None:
    mean, deviation = verify._mean_and_deviation(np.random.default_rng(4).standard_normal(100_000))
    assert mean[1] == deviation[0] == pytest.approx(1.0, rel=0.01)
    assert deviation[1] == pytest.approx(1 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize("model", [GlftModel(horizon=5.0, fills="poisson"), CjModel(horizon=5.0, fills="poisson")])
def test_fills_by_another_law_are_not_held_against_the_closed_form(model: GlftModel | CjModel) -> None:
    (row,) = rows(model, 100, 1)
    assert row.figures[-1].closed_form is not None
    assert row.figures[-1].low is None


def test_own_parameters_are_run_without_anything_to_compare_to(capsys: Output) -> None:
    code, found = report(capsys, "--gamma", "0.5", "--A", "100")
    assert code == 0
    assert [row["case"] for row in found["rows"]] == ["inventory", "symmetric"]
    for row in found["rows"]:
        assert (row["parameters"]["gamma"], row["parameters"]["A"], row["parameters"]["sigma"]) == (0.5, 100.0, 2.0)
        assert all(figure["paper"] is None and figure["low"] is None for figure in row["figures"])


@pytest.mark.slow
def test_published_parameters_by_hand_stand_beside_the_published_figures(capsys: Output) -> None:
    _, found = report(capsys, "--gamma", "1")
    assert figures(found["rows"][0])["profit"]["paper"] == 31.4
    _, found = report(capsys, "--gamma", "1", "--fills", "poisson")
    assert figures(found["rows"][0])["profit"]["paper"] is None
    _, found = report(capsys, "--phi", "0", "--seed", "3")
    assert figures(found["rows"][0])["h(0,0)"]["paper"] == 0.20593


def test_poisson_fills_earn_less() -> None:
    profits = [next(rows(AsModel(fills=fills), 1_000, 1)).figures[1].ours for fills in ("linear", "poisson")]
    assert 0.85 * profits[0] < profits[1] < 0.96 * profits[0]


def test_exact_and_approximate_quotes_are_listed_by_position(capsys: Output) -> None:
    _, found = report(capsys, "--model", "glft", "--sigma", "1", "--A", "0.2", "--T", "60", "--Q", "12")
    (row,) = found["rows"]
    quotes = {quote["q"]: quote for quote in row["quotes"]}
    assert list(quotes) == list(range(-12, 13))
    assert quotes[12]["bid"] is quotes[12]["bid asymptotic"] is quotes[-12]["ask"] is None
    assert quotes[3]["bid"] == pytest.approx(quotes[-3]["ask"])
    assert cli.main(["verify", "--model", "cj", "--Q", "2", "--paths", "100"]) == 0
    assert len([line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("-2")]) == 1


@pytest.mark.parametrize(
    ("option", "model"), [("--phi", "cartea-jaimungal"), ("--alpha", "cartea-jaimungal"), ("--Q", "glft")]
)
def test_options_that_only_one_model_has_choose_it(option: str, model: str, capsys: Output) -> None:
    _, found = report(capsys, option, "1", "--T", "1")
    assert {row["model"] for row in found["rows"]} == {model}


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["--sigma", "-1"], "--sigma -1: expected 0, or a number from 1e-9 to 1e9"),
        (["--gamma", "nan"], "--gamma nan: expected 0, or a number from 1e-9 to 1e9"),
        (["--k", "0"], "--k 0: expected a number from 1e-9 to 1e9"),
        (["--A", "inf"], "--A inf: expected a number from 1e-9 to 1e9"),
        (["--T", "-5"], "--T -5: expected a number from 1e-9 to 1e9"),
        (["--Q", "0"], "--Q 0: expected a whole number from 1 to 100"),
        (["--dt", "1e-8"], "--dt 1e-08: expected at least T / 200,000 = 5e-06"),
        (["--model", "kyle", "--A", "1"], "--model kyle: its rows are as printed; expected no parameters"),
        (["--paths", "1"], "--paths 1: expected a whole number from 2 to 1e6"),
        (["--seed", "-1"], "--seed -1: expected a whole number from 0 to 1e18"),
        (
            ["--model", "as", "--Q", "3"],
            "--Q: no parameter of as, which has --gamma, --sigma, --k, --A, --T, --dt, --fills",
        ),
    ],
)
def test_parameters_that_make_no_sense_are_refused_in_a_sentence(
    args: list[str], complaint: str, capsys: Output
) -> None:
    assert cli.main(["verify", *args]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"Error: {complaint}\n"


@pytest.mark.parametrize("model", ["as", "glft", "cj"])
@pytest.mark.parametrize("extreme", ["1e-9", "1e9"])
@pytest.mark.parametrize("option", ["--sigma", "--k", "--A"])
def test_extreme_parameters_give_numbers(model: str, option: str, extreme: str, capsys: Output) -> None:
    args = ["verify", "--model", model, option, extreme, "--T", "1", "--dt", "0.1", "--paths", "10", "--format", "json"]
    assert cli.main(args) in (0, 1)
    for row in json.loads(capsys.readouterr().out)["rows"]:
        assert all(figure["ours"] is not None for figure in row["figures"])


def test_bands() -> None:
    assert exactly("c", 3.27898, "3.2790").ok
    assert not exactly("c", 3.27906, "3.2790").ok
    near = sampled("profit", 64.0, 10.0, 10_000, Printed("65.0", "64.00"), 0.0)
    # 4 x 10 x sqrt(1/10,000 + 1/1,000) about the paper's, and with 200,000 instead about the other.
    assert near.low == pytest.approx(max(65 - 1.3266 - 0.05, 64 - 0.4099 - 0.005), abs=1e-3)
    assert near.high == pytest.approx(64 + 0.4099 + 0.005, abs=1e-3)
    assert near.ok
    assert not sampled("profit", 64.5, 10.0, 10_000, Printed("65.0", "64.00"), 0.0).ok
    assert sampled("profit", 1.0, 10.0, 100, Printed(None), 0.0).ok
    assert promised("value", 10.3, 0.1, 10.0, 0.0, True).ok
    assert not promised("value", 10.5, 0.1, 10.0, 0.0, True).ok
    assert promised("value", 10.5, 0.1, 10.0, 0.2, True).ok
    assert promised("value", 99.0, 0.1, 10.0, 0.0, False).low is None

"""Strategies with labels and parameters, levels' keys and duels, in every command that compares."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path

import pytest

from mmtui.cli.main import main
from tests.unit.cli.conftest import Mmtui, mmtui, short  # noqa: F401
from tests.unit.session.support import strategy_file

SHORT = ("--set", "duration_s=5", "--seeds", "1:3")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_variants_are_strategies_of_their_own(mmtui: Mmtui) -> None:  # noqa: F811
    names = ["skew", "tight=skew[half_spread=.5]", "skew[half_spread=2,size=3]"]
    chosen = [word for name in names for word in ("-s", name)]
    found = json.loads(mmtui("run", "skew", *chosen, *SHORT, "--set", "half_spread=1", "--format", "json").out)
    assert [(row["strategy"], row["params"]["half_spread"]) for row in found[:3]] == [
        ("skew", 1.0),
        ("tight", 0.5),
        ("skew[half_spread=2,size=3]", 2.0),
    ]
    labelled = mmtui("run", "skew", *chosen, *SHORT, "--set", "tight.half_spread=3", "--format", "json")
    assert json.loads(labelled.out)[1]["params"]["half_spread"] == 3.0
    compared = rows(mmtui("compare", "skew", *chosen, *SHORT, "--format", "csv").out)
    assert {(row["strategy"], row["baseline"]) for row in compared} == {(name, "skew") for name in ("tight", names[2])}


def test_two_of_one_label_are_refused(mmtui: Mmtui) -> None:  # noqa: F811
    ended = mmtui("run", "skew", "-s", "a=skew", "-s", "a=fixed", *SHORT)
    assert (ended.code, ended.err) == (2, "Error: --strategy: two are called 'a'; expected each label once\n")


@pytest.mark.slow
def test_files_on_both_sides_of_a_duel(mmtui: Mmtui, tmp_path: Path) -> None:  # noqa: F811
    spec = strategy_file(tmp_path, "return Quotes.around(view.mid, 1.0, 2)")
    duel = ("--duel", f"rival={spec}", "--set", "market.value.sigma=2", *SHORT)
    found = rows(mmtui("compare", "skew", "-s", "fixed", "-s", spec, *duel, "--format", "csv").out)
    assert {row["strategy"] for row in found} == {spec}
    journals = tmp_path / "journals"
    run = mmtui("run", "skew", "-s", spec, *duel, "--journals", str(journals), "--format", "json")
    (record, *_) = json.loads(run.out)
    assert record["opponent"]["strategy"] == "rival"
    assert record["opponent"]["fills"] > 0
    swept = mmtui("sweep", "skew", "-s", "skew", "--grid", "size=1,2", "--store", str(tmp_path / "store"), *duel)
    assert (swept.code, swept.err) == (0, "")
    for path in journals.iterdir():
        assert mmtui("replay", str(path), "--headless").code == 0
    strategy_file(tmp_path, "return Quotes()")
    refused = mmtui("replay", str(path), "--headless")
    assert (refused.code, "and is not a journal of yours with the same files" in refused.err) == (2, True)


def test_an_opponent_that_is_not_there_is_one_sentence(mmtui: Mmtui, tmp_path: Path) -> None:  # noqa: F811
    for duel, words in (
        ("skw", "opponent.strategy: there is no strategy 'skw'; did you mean 'skew'?"),
        (f"{tmp_path}/no.py:Mine", "there is no strategy file"),
        ("skew[size=x]", "size must be a whole number"),
    ):
        ended = mmtui("run", "skew", "-s", "skew", "--duel", duel, *SHORT)
        assert (ended.code, len(ended.err.splitlines())) == (2, 1)
        assert words in ended.err


def test_the_last_line_of_a_sweep_confirms_its_winner(
    mmtui: Mmtui,  # noqa: F811
    short: Path,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ("--seeds", "1:3", "--set", "size=2", "--duel", "touch", "--measure", "pnl")
    swept = mmtui(
        *("sweep", str(short), "-s", "mine=skew[skew=0.2]", "--grid", "half_spread=0.5,2"),
        *("--store", str(tmp_path), *options),
    )
    words = shlex.split(swept.out.splitlines()[-1])
    assert words[:5] == ["mmtui", "compare", str(short), "-s", "mine=skew[skew=0.2]"]
    assert words[6].startswith("winner=skew[skew=0.2,half_spread=")
    assert words[7:] == ["--seeds", "4:6", "--set", "size=2", "--duel", "touch", "--measure", "pnl"]
    assert main(words[1:]) == 0
    assert "winner against mine" in capsys.readouterr().out

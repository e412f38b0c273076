"""Figures of benchmarks, as a line each and as records."""

from __future__ import annotations

import pytest

import mmtui
from tests.benchmarks import ratios


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    records: list[dict[str, object]] = []
    monkeypatch.setattr(ratios, "FOUND", records)
    return records


def test_a_ratio_is_kept_with_its_spread_over_the_rounds(
    found: list[dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    ratios.show_ratio("session / book", 4.2, 4.0, rounds=[4.0, 4.4, 4.1])
    assert capsys.readouterr().out.split() == ["session", "/", "book", "4.20", "at", "least", "4:", "met"]
    build = "compiled" if mmtui.build == "compiled" else "plain"
    figure = {"figure": "session / book", "ratio": 4.2, "low": 4.0, "high": 4.4}
    assert found == [{**figure, "asked": 4.0, "build": build, "rounds": 3}]


def test_a_ratio_above_what_it_may_be_at_most_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    ratios.show_ratio("memory", 1.6, 1.5, below=True)
    assert capsys.readouterr().out.split()[-4:] == ["at", "most", "1.5:", "MISSED"]


def test_of_a_rival_that_is_not_installed_there_is_no_ratio_but_how_to_install_it(
    found: list[dict[str, object]],
) -> None:
    ratios.show_missing("book / rival 1.0", "no such version", "rival==1.0")
    assert found[0]["ratio"] is None
    assert found[0]["rounds"] == 0
    assert found[0]["install"] == "pip install 'rival==1.0'"


def test_the_table_says_what_was_asked_and_measured_and_how_to_install_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ratios.show_ratio("session / book", 4.2, 4.0, rounds=[4.0, 4.4])
    ratios.show_ratio("by the way", 1.0, None)
    ratios.show_missing("book / rival 1.0", "no such version", "rival==1.0")
    capsys.readouterr()
    ratios.show_table()
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["asked", "measured", "rounds"]
    assert [line.split() for line in lines] == [
        ["session", "/", "book", "4", "4.20", "4.00", "to", "4.40"],
        ["book", "/", "rival", "1.0", "not", "here", "pip", "install", "'rival==1.0'"],
    ]

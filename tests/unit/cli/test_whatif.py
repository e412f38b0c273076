"""``mmtui whatif``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Mmtui


@pytest.fixture
def journal(mmtui: Mmtui, short: Path, tmp_path: Path) -> Path:
    assert mmtui("run", short, "-s", "skew", "--seeds", "7", "--journals", tmp_path / "j").code == 0
    return tmp_path / "j" / "skew-short-skew-7.jsonl"


def test_the_json_is_as_documented(mmtui: Mmtui, journal: Path) -> None:
    ended = mmtui("whatif", journal, "--at", "0:02", "--do", "flatten", "--futures", "4", "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert list(found) == [
        "at_s",
        "do",
        "futures",
        "horizon_s",
        "unit",
        "done",
        "instead",
        "difference",
        "what_happened",
        "verdict",
    ]
    assert (found["at_s"], found["do"], found["futures"], found["unit"]) == (2.0, "flatten", 4, "USD")
    assert list(found["done"]) == list(found["instead"]) == ["mean", "p5", "p95"]
    assert list(found["difference"]) == ["mean", "low", "high", "better_in"]
    assert list(found["what_happened"]) == ["pnl", "percentile"]
    assert found["difference"]["mean"] == pytest.approx(found["instead"]["mean"] - found["done"]["mean"])
    assert found["difference"]["low"] <= found["difference"]["mean"] <= found["difference"]["high"]


def test_in_words(mmtui: Mmtui, journal: Path) -> None:
    ended = mmtui("whatif", journal, "--at", "2", "--do", "widen=3", "--futures", "4", "--horizon", "2")
    assert ended.code == 0
    first, _, heading, *rows = ended.out.splitlines()
    assert first.endswith(".")
    assert heading.split() == ["from", "00:02,", "2", "s,", "USD", "mean", "5%", "95%"]
    assert [row.partition("  ")[0] for row in rows] == [
        "what was done",
        "widen=3",
        "difference, with its 95% interval",
        "widen=3 is better in",
        "what really happened",
        "so much of the futures made less",
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("--at", "2", "--do", "jump"), "there is no such action"),
        (("--at", "0:59", "--do", "flatten"), "the session ends at"),
        (("--at", "soon", "--do", "flatten"), "expected seconds or minutes:seconds"),
        (("--at", "2", "--do", "flatten", "--futures", "1"), "expected a whole number from 2"),
    ],
)
def test_bad_input_is_one_sentence(mmtui: Mmtui, journal: Path, given: tuple[str, ...], why: str) -> None:
    ended = mmtui("whatif", journal, *given)
    assert ended.code == 2
    assert why in ended.err
    assert len(ended.err.splitlines()) == 1

"""``mmtui drill``."""

from __future__ import annotations

import json

import pytest

from mmtui.learning.drills import shipped
from tests.unit.cli.conftest import Mmtui


@pytest.fixture(autouse=True)
def _nothing_done(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))


def test_what_is_due_and_everything(mmtui: Mmtui) -> None:
    due, everything = mmtui("drill"), mmtui("drill", "list")
    assert due.code == everything.code == 0
    assert [line.split()[0] for line in due.out.splitlines()[1:-1]] == [drill.name for drill in shipped()[:3]]
    assert len(everything.out.splitlines()) == len(shipped()) + 2
    assert due.out.splitlines()[-1] == "3 drills due today."


@pytest.mark.slow
def test_a_drill_is_done_and_comes_again_another_day(mmtui: Mmtui) -> None:
    ended = mmtui("drill", "too-wide", "--do", "strategy=fixed", "--futures", "12", "--format", "json")
    found = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert (found["drill"], found["passed"], found["chosen"]["do"]) == ("too-wide", True, "strategy=fixed")
    first = json.loads(mmtui("drill", "list", "--format", "json").out)[0]
    assert (first["name"], first["due"], first["done"], first["passed"], first["box"]) == ("too-wide", False, 1, 1, 0)
    assert mmtui("drill").out.splitlines()[-1] == "2 drills due today."


@pytest.mark.slow
def test_a_wrong_answer_is_told_with_the_right_one(mmtui: Mmtui) -> None:
    lines = mmtui("drill", "too-wide", "--do", "stop", "--futures", "12").out.splitlines()
    assert lines[0].startswith("Wrong: stop makes less than what was done there")
    assert lines[1].startswith("The answer was strategy=fixed. Right: ")
    assert lines[2].startswith("Why: ")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("no-such",), "there is no drill no-such"),
        (("too-wide",), "expected your answer as --do ACTION"),
        (("too-wide", "--do", "jump"), "there is no such action"),
    ],
)
def test_bad_input_is_one_sentence(mmtui: Mmtui, given: tuple[str, ...], why: str) -> None:
    ended = mmtui("drill", *given)
    assert ended.code == 2
    assert why in ended.err
    assert len(ended.err.splitlines()) == 1

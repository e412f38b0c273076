"""``mmtui compare --agent``: programs of any language beside strategies, on the same seeds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from mmtui.book import Side
from mmtui.level.level import load_level
from mmtui.session.commands import Join
from mmtui.session.session import Session
from tests.unit.cli.conftest import Mmtui

S = 1_000_000_000
AGENT = """
import json, sys
def ask(message):
    print(json.dumps(message), flush=True)
    return json.loads(sys.stdin.readline())
answer = ask({"hello": 1})
while answer["is"] != "end":
    for side in (1, -1):
        ask({"do": "join", "side": side, "size": 2})
    answer = ask({"do": "step", "ns": 500_000_000})
"""


def agent(folder: Path, code: str) -> str:
    path = folder / f"agent-{abs(hash(code))}.py"
    path.write_text(code)
    return f"{sys.executable} {path}"


def test_an_agent_is_compared_on_the_sessions_that_it_has_played(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    line = f"mine={agent(tmp_path, AGENT)}"
    ended = mmtui("compare", short, "-s", "skew", "--agent", line, "--seeds", "3:4", "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    (row,) = (row for row in json.loads(ended.out) if row["measure"] == "score")
    assert (row["strategy"], row["baseline"], row["seeds"]) == ("mine", "skew", 2)
    scores = []
    for seed in (3, 4):
        session = Session(load_level(str(short)), seed)
        while session.over is None:
            session.submit(Join(Side.BUY, 2))
            session.submit(Join(Side.SELL, 2))
            session.advance(session.now_ns + S // 2)
        scores.append(session.score().total)
    assert row["mean"] == sum(scores) / 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "budget", "told"),
    [
        ("raise SystemExit(3)", (), "it ended with exit code 3"),
        ("import time; time.sleep(600)", ("--seconds", 0.5), "its 0.5 s were over"),
        # Its output is closed before it has ended.
        ("import os, time; os.close(1); time.sleep(0.5); os._exit(3)", (), "it ended with exit code 3"),
        (
            "import sys; print('hello', flush=True); sys.stdin.read()",
            (),
            'it was let go: expected {"hello": 1, …} as the first line: JSON is malformed: invalid character (byte 0)',
        ),
        (AGENT.replace('"step", "ns": 500_000_000', '"look"'), ("--lines", 200), "its 200 lines were used up"),
    ],
)
def test_one_that_ends_early_or_uses_up_its_budget_has_left_its_market_there(
    mmtui: Mmtui, short: Path, tmp_path: Path, code: str, budget: tuple[object, ...], told: str
) -> None:
    given = ("--agent", f"mine={agent(tmp_path, code)}", *budget, "--seeds", "1:2", "--format", "json")
    ended = mmtui("compare", short, "-s", "idle", *given)
    assert ended.code == 0
    assert ended.err.splitlines() == [f"skew-short, seed {seed}: mine: {told}" for seed in (1, 2)]
    assert {row["strategy"] for row in json.loads(ended.out)} == {"mine"}


def test_what_it_has_started_ends_with_its_budget_and_holds_nothing_up(
    mmtui: Mmtui, short: Path, tmp_path: Path
) -> None:
    left = tmp_path / "left"
    code = f"import subprocess, time; subprocess.Popen(['sh', '-c', 'sleep 20; echo >{left}']); time.sleep(600)"
    given = ("--agent", f"mine={agent(tmp_path, code)}", "--seconds", 0.5, "--seeds", "1:2", "--format", "json")
    ended = mmtui("compare", short, "-s", "idle", *given)
    assert ended.err.splitlines() == [f"skew-short, seed {seed}: mine: its 0.5 s were over" for seed in (1, 2)]
    assert not left.exists()


def test_what_cannot_be_started_is_a_sentence(mmtui: Mmtui, short: Path) -> None:
    wrong = {
        "/nowhere/agent": "it cannot be started: No such file or directory",
        "'": "no closing quotation",
        "skew=/bin/true": "two are called 'skew'",
        " ": "expected a program",
    }
    for line, sentence in wrong.items():
        ended = mmtui("compare", short, "-s", "skew", "--agent", line, "--seeds", "1:2")
        assert (ended.code, ended.out) == (2, ""), line
        assert sentence in ended.err

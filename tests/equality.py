"""``python -m tests.equality [--seeds N] [--random N]``: the compiled build and plain Python play the same sessions.

Compared are digests: of every level, or its first ten minutes, with every strategy that ships, on so many seeds, and of
so many random levels. It needs the compiled build (``.ci/build``), and plays every session twice, side by side.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import mmtui
from mmtui.errors import LevelError
from mmtui.level.level import level_from_json, level_ids, load_level
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from mmtui.strategies.registry import strategy_names
from mmtui.units import NS_PER_S

_LONGEST_NS = 600 * NS_PER_S


class Played(NamedTuple):
    """A session to play: a level's id, or a level as JSON, a strategy, a seed."""

    level: str
    strategy: str
    seed: int

    def digest(self) -> str:
        """Play it, and return its digest; of a random level that cannot go on, what it was that stopped it."""
        is_shipped = not self.level.startswith("{")
        level = load_level(self.level) if is_shipped else level_from_json(self.level.encode(), "random.toml")
        try:
            session = Session(level, self.seed, self.strategy, par=NoPar())
            session.advance(min(session.end_ns, _LONGEST_NS))
        except ArithmeticError as error:
            if is_shipped:
                raise
            return repr(error)
        return session.digest


def shipped(seeds: int) -> list[Played]:
    """Every level and strategy, on seeds from 1."""
    strategies = strategy_names(baselines=True)
    return [
        Played(level_id, strategy, number)
        for level_id in level_ids()
        for strategy in strategies
        for number in range(1, seeds + 1)
    ]


def random_levels(count: int) -> list[Played]:
    """As many levels, of a few seconds, with something of everything and any values at a few keys."""
    from tests.property.test_hostile_levels import CHANGES, changed

    found: list[Played] = []
    strategies = strategy_names(baselines=True)

    @seed(1)
    @settings(
        max_examples=50 * count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(CHANGES, min_size=1, max_size=3))
    def gather(changes: list[tuple[tuple[object, ...], object]]) -> None:
        if len(found) < count:
            text = changed(changes)
            try:
                level_from_json(text, "random.toml")
            except LevelError:
                return
            found.append(Played(text.decode(), strategies[len(found) % len(strategies)], len(found)))

    gather()
    return found


def compare(sessions: list[Played]) -> str:
    """Play the sessions by both builds at once; returns what differs, or nothing."""
    ask = json.dumps(sessions)
    playing = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.equality", "--play", build],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "MMTUI_PURE": pure},
        )
        for build, pure in (("compiled", ""), ("plain Python, as MMTUI_PURE asks", "1"))
    ]
    for process in playing:
        assert process.stdin is not None
        process.stdin.write(ask)
        process.stdin.close()
    answers = [process.stdout.read() for process in playing if process.stdout is not None]
    if any(process.wait() for process in playing):
        return "one of the builds failed"
    compiled, plain = map(json.loads, answers)
    differing = [
        f"{session.level[:60]} {session.strategy} {session.seed}"
        for session, one, other in zip(sessions, compiled, plain, strict=True)
        if one != other
    ]
    return "\n".join(["these sessions differ:", *differing]) if differing else ""


def _play(build: str) -> str:
    """Print the digests of the sessions asked for; returns why not, if this is another build."""
    if mmtui.build != build:
        return f"this is {mmtui.build}, not {build}: run .ci/build"
    print(json.dumps([Played(*session).digest() for session in json.load(sys.stdin)]))
    return ""


def main() -> str:
    """Compare, and return what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="seeds a level and strategy (2)")
    parser.add_argument("--random", type=int, default=20, help="random levels (20)")
    parser.add_argument("--play", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.play is not None:
        return _play(options.play)
    sessions = shipped(options.seeds) + random_levels(options.random)
    wrong = compare(sessions)
    if not wrong:
        print(f"{len(sessions)} sessions are the same in both builds")
    return wrong


if __name__ == "__main__":
    sys.exit(main() or 0)

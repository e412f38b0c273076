"""Both builds of the engine against each other, and against the engine of objects and callables before it.

``python -m tests.benchmarks builds``, after ``.ci/build``, in a clone, which has the engine before in its history.
Each session is played in a process of its own, timed in processor seconds; the engines take turns. Since the market
has changed in between, and its events with it, figures are those of an event. Steps of environments are those of 64 in
one call, or, where that engine had no such call, of as many as Gymnasium puts side by side.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path
from statistics import median

from tests.benchmarks.ratios import show_ratio

ROOT = Path(__file__).parents[2]
#: The last state before the ladder by price, with the market's impact in it.
BEFORE = "1e5ceff"
#: Level, strategy, sessions timed at once, and how much faster than before plain Python and the compiled build are to
#: be; of the full day asked are seconds a session.
_PLAYED = (("skew", "skew", 10, 1.7, 4.0), ("skew", "rules", 5, 1.7, 3.0), ("full-day", "skew", 1, None, None))
_FULL_DAY = {"plain": 1.4, "compiled": 0.6}
_SESSIONS = """
import json, sys, time
import mmtui
from mmtui.level.level import load_level
from mmtui.session.par import NoPar
from mmtui.session.session import Session
level, strategy, count = load_level(sys.argv[1]), sys.argv[2], int(sys.argv[3])
Session(level, 0, strategy, par=NoPar()).advance(10**10)
start, events = time.process_time(), 0
for seed in range(1, count + 1):
    session = Session(level, seed, strategy, par=NoPar())
    session.advance(level.end_ns)
    events += session.market_facts().events
seconds = time.process_time() - start
print(json.dumps([getattr(mmtui, "build", ""), seconds / count, seconds / events]))
"""
#: Environments side by side, and how much faster than before they are to be.
_BESIDE, _PLAIN_STEPS, _COMPILED_STEPS = 64, 2.0, 5.0
_STEPS = """
import json, sys, time
import gymnasium, mmtui, numpy
level, strategy, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
make = lambda **options: gymnasium.make_vec(
    "mmtui.lab.gym.gym:mmtui/MarketMaking-v0", num_envs=count, level=level, **options
)
try:
    several = make()
except gymnasium.error.Error:
    several = make(vectorization_mode="sync")
several.reset(seed=1)
actions = numpy.tile(numpy.array([-0.75, -0.75, -0.6, -0.6], dtype=numpy.float32), (count, 1))
several.step(actions)
start = time.process_time()
for _ in range(100):
    several.step(actions)
step = (time.process_time() - start) / 100 / count
print(json.dumps([getattr(mmtui, "build", ""), step, step]))
"""


def main(argv: list[str] | None = None) -> None:
    """Run the comparison and print it, of what there is."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.builds", description=(__doc__ or "").split(".")[0]
    )
    parser.add_argument("--rounds", type=int, default=5, help="times each part is timed")
    rounds = parser.parse_args(argv).rounds
    with tempfile.TemporaryDirectory() as scratch:
        engines = {"before": (Path(scratch), ""), "plain": (ROOT, "1"), "compiled": (ROOT, "")}
        if not _taken_out(Path(scratch)):
            print(f"The engine before is not compared with: commit {BEFORE} is not in this clone's history.")
            del engines["before"]
        build, *_ = _played(engines["compiled"], _SESSIONS, ("skew", "idle", "1"))
        if build != "compiled":
            print(f"The compiled build is not compared with: {build}; .ci/build compiles.")
            del engines["compiled"]
        for level, strategy, count, plain, compiled in _PLAYED:
            _compare(engines, rounds, _SESSIONS, (level, strategy, str(count)), plain, compiled)
        _compare(engines, rounds, _STEPS, ("skew", "64 environments", str(_BESIDE)), _PLAIN_STEPS, _COMPILED_STEPS)


def _compare(
    engines: dict[str, tuple[Path, str]],
    rounds: int,
    code: str,
    arguments: tuple[str, str, str],
    plain: float | None,
    compiled: float | None,
) -> None:
    level, strategy, _ = arguments
    sessions: dict[str, list[float]] = {name: [] for name in engines}
    events: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, engine in engines.items():
            _, session, event = _played(engine, code, arguments)
            sessions[name].append(session)
            events[name].append(event)
    seconds = ", ".join(f"{name} {median(found):.4f} s" for name, found in sessions.items())
    print(f"{level}, {strategy}: a session, or a step, {seconds}")
    for one, other, asked in (
        ("before", "plain", plain),
        ("before", "compiled", compiled),
        ("plain", "compiled", None),
    ):
        if one in engines and other in engines:
            ratios = [slow / fast for slow, fast in zip(events[one], events[other], strict=True)]
            show_ratio(
                f"{level}, {strategy}: {other} / {one}", min(events[one]) / min(events[other]), asked, rounds=ratios
            )
    if level == "full-day":
        for name, asked in _FULL_DAY.items():
            if name in engines:
                show_ratio(f"full day, {strategy}: {name}, CPU s", min(sessions[name]), asked, below=True)


def _taken_out(into: Path) -> bool:
    """Write the engine before into a folder; returns whether it is there."""
    done = subprocess.run(["git", "archive", BEFORE, "mmtui", "levels"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0:
        with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
            archive.extractall(into, filter="data")
    return done.returncode == 0


def _played(engine: tuple[Path, str], code: str, arguments: tuple[str, str, str]) -> tuple[str, float, float]:
    """The build that played, and the processor seconds of a session and of an event, or of a step."""
    root, pure = engine
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "MMTUI_PURE": pure, "PYTHONPATH": str(root)},
    )
    build, session, event = json.loads(done.stdout)
    return build, session, event


if __name__ == "__main__":
    main()

"""How fast, how large and how quick to start a session is, as ratios: `python -m tests.benchmarks.session`.

Each part is timed in processes of its own, in processor seconds, which take turns; the best of each is compared. An
event is what the session's clock runs: an order's arrival or withdrawal, a participant's or strategy's wake, an own
instruction's arrival, a markout, a sample.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time

from mmtui.level.level import load_level
from mmtui.session.replay import Replay, Script
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
from tests.benchmarks.ratios import show_missing, show_ratio
from tests.benchmarks.rivals import NotInstalled, Rival, environment
from tests.benchmarks.stream import make_stream

ROOT = Path(__file__).parents[2]
DRIVERS = "tests.benchmarks.drivers"
_AGENTS = "20 noise traders, 3 makers, 3 informed"
_ABIDES = "git+https://github.com/jpmorganchase/abides-jpmc-public@f9cbe51"
#: Simulators of markets, each with what its driver is told to run and what it counts.
SIMULATORS = (
    (Rival("convexpi-arena==0.2.0", "convexpi_arena", 12.0, _AGENTS, compiled=30.0), "1000", "orders"),
    (
        Rival("crowdbook-engine==0.14.1", "crowdbook", 0.15, f"C++; {_AGENTS}", python=(3, 12), compiled=0.35),
        "6000",
        "orders",
    ),
    (
        Rival(
            f"abides-markets @ {_ABIDES}#subdirectory=abides-markets",
            "abides",
            3.5,
            "plain Python, at most 3.11; without its logs",
            compiled=8.0,
            more=(
                f"abides-core @ {_ABIDES}#subdirectory=abides-core",
                "pomegranate==0.15.0",
                "pandas<2",
                "numpy<2",
                "scipy",
                "coloredlogs",
            ),
            title="ABIDES rmsc04",
        ),
        "10:30:00",
        "kernel messages",
    ),
)


def main(argv: list[str] | None = None) -> None:
    """Run the comparisons and print them."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.session", description=(__doc__ or "").split(":")[0]
    )
    parser.add_argument("--rounds", type=int, default=5, help="times each part is timed")
    parser.add_argument("--envs", type=Path, default=Path(tempfile.gettempdir()) / "mmtui-benchmark-envs")
    arguments = parser.parse_args(argv)
    _speed(arguments.rounds, arguments.envs)
    _memory()
    _rewind(arguments.rounds)
    _start(arguments.rounds)


def _speed(rounds: int, envs: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        stream, _ = make_stream(200_000)
        path = Path(scratch) / "stream.json"
        path.write_text(json.dumps(stream), encoding="utf-8")
        rivals = []
        for rival, run, counted in SIMULATORS:
            name = f"session / {counted} of {rival.name}"
            try:
                rivals.append((name, rival, run, str(environment(rival, envs))))
            except NotInstalled as reason:
                show_missing(name, reason, rival.requirement, *rival.more)
        book, session = [], []
        rates: dict[str, list[float]] = {name: [] for name, *_ in rivals}
        for _ in range(rounds):
            book.append(len(stream) / _driven(sys.executable, "mmtui", str(path))["seconds"])
            ours = _driven(sys.executable, "session", "3600")
            session.append(ours["events"] / ours["seconds"])
            for name, rival, run, python in rivals:
                theirs = _driven(python, rival.driver, run)
                rates[name].append(theirs["count"] / theirs["seconds"])
    print(f"bare book                          {max(book):12,.0f} messages/s")
    print(f"session, a maker asked once a second {max(session):10,.0f} events/s")
    _show_rates("session / bare book", session, book, 0.25)
    for name, rival, *_ in rivals:
        _show_rates(name, session, rates[name], rival.asked)


def _show_rates(name: str, ours: list[float], theirs: list[float], target: float | None) -> None:
    rounds = [one / other for one, other in zip(ours, theirs, strict=True)]
    show_ratio(name, max(ours) / max(theirs), target, rounds=rounds)


def _memory() -> None:
    peaks = [_driven(sys.executable, "memory", str(hours * 3600))["peak"] for hours in (1, 8)]
    show_ratio("memory of 8 h / of 1 h, journal, fills and samples aside", peaks[1] / peaks[0], 1.5, below=True)


def _rewind(rounds: int) -> None:
    """From the end of five minutes quoted by a strategy to their middle, and to a second before the end."""
    session = Session(load_level("skew"), 1, "skew")
    session.advance(session.end_ns)
    replay = Replay(Script.of(session))
    for name, to_ns in (("the middle", session.end_ns // 2), ("a second before", session.end_ns - NS_PER_S)):
        best = math.inf
        for _ in range(3 * rounds):
            replay.seek(session.end_ns)
            start = process_time()
            replay.seek(to_ns)
            best = min(best, process_time() - start)
        show_ratio(f"five minutes rewound to {name} / 0.1 s", best / 0.1, 1.0, below=True)


def _start(rounds: int) -> None:
    def best(*command: str) -> float:
        def once() -> float:
            start = os.times()
            subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, check=True, env=written)
            end = os.times()
            return end.children_user + end.children_system - start.children_user - start.children_system

        # Once bytecode is written, as it is for everybody.
        written = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

        return min(once() for _ in range(3 * rounds))

    show_ratio(
        "mmtui --help / import click", best("-m", "mmtui", "--help") / best("-c", "import click"), 1.5, below=True
    )
    with tempfile.TemporaryDirectory() as scratch:
        level = Path(scratch) / "minute.toml"
        from tests.benchmarks.drivers.session import LEVEL

        level.write_text(LEVEL.format(seconds=60), encoding="utf-8")
        run = best("-m", "mmtui", "run", str(level), "--strategy", "fixed", "--seeds", "1", "--format", "jsonl")
    show_ratio(
        "mmtui run, a minute / import numpy, sortedcontainers",
        run / best("-c", "import numpy, sortedcontainers"),
        2.0,
        below=True,
    )


def _driven(python: str, driver: str, argument: str) -> dict[str, float]:
    command = [python, "-m", f"{DRIVERS}.{driver}", argument]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{driver} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()

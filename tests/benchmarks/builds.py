"""The compiled build against plain Python, as ratios: `python -m tests.benchmarks.builds`, after `.ci/build`.

Each session is played in a process of its own, timed in processor seconds; the builds take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from tests.benchmarks.ratios import show_ratio

ROOT = Path(__file__).parents[2]
#: Level, strategy, sessions timed at once, and how much faster the compiled build is to be.
_PLAYED = (("skew", "skew", 10, 2.35), ("skew", "rules", 5, 1.75), ("full-day", "skew", 1, 2.3))
_SESSIONS = """
import json, sys, time
import mmtui
from mmtui.level.level import load_level
from mmtui.session.par import NoPar
from mmtui.session.session import Session
level, strategy, count = load_level(sys.argv[1]), sys.argv[2], int(sys.argv[3])
Session(level, 0, strategy, par=NoPar()).advance(10**10)
start = time.process_time()
for seed in range(1, count + 1):
    Session(level, seed, strategy, par=NoPar()).advance(level.end_ns)
print(json.dumps([mmtui.build, (time.process_time() - start) / count]))
"""


def main(argv: list[str] | None = None) -> None:
    """Run the comparison and print it; nothing where there is no compiled build."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.builds", description=(__doc__ or "").split(":")[0]
    )
    parser.add_argument("--rounds", type=int, default=5, help="times each part is timed")
    rounds = parser.parse_args(argv).rounds
    build, _ = _seconds("", "skew", "idle", 1)
    if build != "compiled":
        print(f"The builds are not compared: {build}; .ci/build compiles.")
        return
    for level, strategy, count, asked in _PLAYED:
        plain, compiled = [], []
        for _ in range(rounds):
            plain.append(_seconds("1", level, strategy, count)[1])
            compiled.append(_seconds("", level, strategy, count)[1])
        print(f"{level}, {strategy}: plain {median(plain):.4f} s, compiled {median(compiled):.4f} s")
        ratios = [one / other for one, other in zip(plain, compiled, strict=True)]
        show_ratio(f"{level}, {strategy}: compiled / plain", min(plain) / min(compiled), asked, rounds=ratios)


def _seconds(pure: str, level: str, strategy: str, count: int) -> tuple[str, float]:
    """The build that played, and the processor seconds of a session."""
    command = [sys.executable, "-c", _SESSIONS, level, strategy, str(count)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "MMTUI_PURE": pure}
    )
    build, seconds = json.loads(done.stdout)
    return build, seconds


if __name__ == "__main__":
    main()

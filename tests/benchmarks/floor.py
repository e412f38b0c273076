"""What the floor costs, how fast it answers and how soon the app is there: ``python -m tests.benchmarks.floor``.

All in a real pseudo-terminal of 120×40, where no other size is named. It takes five minutes; nothing else should be
running. ``--only speed`` measures the highest speed only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import msgspec

from mmtui.coach.watched import WatchedSession
from mmtui.level.level import load_level
from mmtui.session.session import Session
from mmtui.tui.app import MmtuiApp
from mmtui.tui.driver import PAINTS_A_SECOND, Driver
from mmtui.tui.engine import Engine
from mmtui.tui.screens.floor import FloorScreen
from tests.benchmarks.drivers.terminal import Terminal
from tests.benchmarks.ratios import keep_ratio, show_ratio

COLUMNS, ROWS = 120, 40
_SCREENS = [sys.executable, "-m", "tests.benchmarks.drivers.screens"]
_EMPTY = """
from textual.app import App
from textual.widgets import Static

class Empty(App[None]):
    def compose(self):
        yield Static("simulator")

Empty().run()
"""
#: The cursor's sign and the price beside it.
_CURSOR = re.compile("▶(?:\x1b\\[[0-9;]*m)* *([0-9.]+)".encode())
_UP = b"\x1b[A"
_DOWN = b"\x1b[B"
_LONG_S = 1800
_PAINTS_A_MARKET_SECOND = 4


def cost(which: str, folder: Path, size: tuple[int, int] = (COLUMNS, ROWS), *options: str) -> dict[str, float]:
    """What a live app costs: CPU seconds without the simulation and with it, seconds by the clock, paints, bytes."""
    path = folder / f"{which}.json"
    terminal = Terminal([*_SCREENS, which, "--measure", str(path), *options], *size, {})
    terminal.drain()
    terminal.close()
    found: dict[str, float] = json.loads(path.read_text())
    return found


def at_speed(folder: Path) -> None:
    """Print what the floor takes of a processor at the highest speed, beside a bare ladder that paints every frame."""
    print(f"at ×16, without the simulation{'':22}CPU ms a second   paints   KB a second")
    for level, size in product(("full-day", "volatility-spike"), ((COLUMNS, ROWS), (200, 60))):
        found = {}
        for which in ("whole", "bare"):
            found[which] = taken = cost(which, folder, size, "--speed", "16", "--level", level)
            per_second = [taken[name] / taken["seconds"] for name in ("cpu", "paints", "bytes")]
            name = f"{which}, {level}, {size[0]}×{size[1]}"
            print(f"  {name:<44}{per_second[0] * 1e3:21.1f} {per_second[1]:8.1f} {per_second[2] / 1e3:13.1f}")
        whole, bare = (found[which]["cpu"] / found[which]["seconds"] for which in ("whole", "bare"))
        show_ratio(f"the floor at ×16 / a bare ladder, {level}, {size[0]}×{size[1]}", whole / bare, 4.0, below=True)


def answer_frames(speed: float, presses: int) -> list[float]:
    """From a key to the changed cells at the terminal, in frames of the app."""
    terminal = Terminal([*_SCREENS, "whole", "--speed", f"{speed:g}"], COLUMNS, ROWS, {})
    frames = []
    try:
        terminal.until(lambda output: bool(_CURSOR.search(output)))
        before = _CURSOR.findall(terminal.output)[-1]
        for press in range(presses):
            # Not in step with the frames.
            deadline = time.perf_counter() + 0.2 + 0.013 * (press % 5)
            while time.perf_counter() < deadline:
                terminal.read(0.01)
            terminal.output = b""
            start = time.perf_counter()
            terminal.type(_UP if press % 2 else _DOWN)
            # The cursor's sign beside another price than before: rows are also drawn anew for the market's sake.
            terminal.until(lambda output: bool(prices := _CURSOR.findall(output)) and prices[-1] != before)  # noqa: B023
            frames.append((time.perf_counter() - start) * PAINTS_A_SECOND)
            before = _CURSOR.findall(terminal.output)[-1]
    finally:
        terminal.close()
    return frames


def first_frame(args: list[str], folder: Path) -> float:
    """Seconds from the start of a program to its first frame."""
    env = {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    terminal = Terminal(args, COLUMNS, ROWS, env)
    try:
        return terminal.until(lambda output: b"simulator" in output)
    finally:
        terminal.close()


class _ByHand(Driver):
    def start(self, screen: Any, paint: Callable[[], None], runs: Callable[[], bool]) -> None:
        self.paint = paint


class _LongEngine(Engine):
    def open(self, card: Any, seed: int, strategy: str | None) -> WatchedSession:
        level = msgspec.structs.replace(load_level(card.source), duration_s=_LONG_S, par="idle")
        return WatchedSession(Session(level, seed, strategy))


async def growth() -> tuple[list[float], list[float]]:
    """CPU a paint in each tenth of half an hour of market, and the memory after it, in MB."""
    app = MmtuiApp(_LongEngine(), ("first-quotes", 3, "skew", 1.0), _ByHand)
    cpu, memory = [], []
    async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
        await pilot.pause()
        floor = app.screen
        assert isinstance(floor, FloorScreen)
        driver = floor.driver
        assert isinstance(driver, _ByHand)
        paints = _LONG_S * _PAINTS_A_MARKET_SECOND // 10 - 1
        for _ in range(10):
            spent = 0.0
            for _ in range(paints):
                driver.advance(1 / _PAINTS_A_MARKET_SECOND)
                start = time.process_time()
                driver.paint()
                await asyncio.sleep(0)
                spent += time.process_time() - start
            cpu.append(spent / paints)
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return cpu, memory


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.floor", description=__doc__)
    parser.add_argument("--presses", type=int, default=40, help="keys a speed")
    parser.add_argument("--rounds", type=int, default=7, help="starts of each app")
    parser.add_argument("--only", choices=("speed",), help="only what the floor costs at the highest speed")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        at_speed(folder)
        print()
        if arguments.only:
            return
        whole, bare = cost("whole", folder), cost("bare", folder)
        print(f"live at {COLUMNS}×{ROWS}, without the simulation       CPU ms a paint    paints")
        for name, found in (("the whole floor", whole), ("a bare ladder, dirty rows", bare)):
            print(f"  {name:<44} {found['cpu'] / found['paints'] * 1e3:14.2f} {found['paints']:9.0f}")
        ratio = (whole["cpu"] / whole["paints"]) / (bare["cpu"] / bare["paints"])
        keep_ratio(f"a paint of the floor / of a bare ladder, {COLUMNS}×{ROWS}", ratio, 3.0, ())
        simulated = whole["simulated"] / whole["seconds"]
        print(f"  ratio {ratio:.2f} (at most 3); the simulation takes {simulated:.1%} of a processor")
        print()
        for speed in (1.0, 16.0):
            frames = sorted(answer_frames(speed, arguments.presses))
            median, worst = statistics.median(frames), frames[-1]
            late = sum(count > 2 for count in frames)
            print(f"key to changed cell at ×{speed:g}: median {median:.2f} frames, worst {worst:.2f}, over two: {late}")
        print()
        cpu, memory = asyncio.run(growth())
        print(f"half an hour of market, CPU a paint: first tenth {cpu[0] * 1e3:.2f} ms, last {cpu[-1] * 1e3:.2f} ms,")
        print(
            f"  ratio {cpu[-1] / cpu[0]:.2f}; memory after a tenth {memory[0]:.1f} MB, at the end {memory[-1]:.1f} MB"
        )
        print()
        ours, empty = [], []
        for _ in range(arguments.rounds):
            ours.append(first_frame([sys.executable, "-m", "mmtui"], folder))
            empty.append(first_frame([sys.executable, "-c", _EMPTY], folder))
        print(
            f"first frame: mmtui {min(ours) * 1e3:.0f} ms, an empty Textual app {min(empty) * 1e3:.0f} ms, "
            f"ratio {min(ours) / min(empty):.2f} (at most 1.3)"
        )
        rounds = [one / other for one, other in zip(ours, empty, strict=True)]
        keep_ratio("first frame / an empty Textual app's", min(ours) / min(empty), 1.3, rounds)


if __name__ == "__main__":
    main()

"""The apps that the benchmark of the floor compares: ``whole`` and ``bare``.

``python -m tests.benchmarks.drivers.screens whole --speed 16`` in a terminal shows one. With ``--measure FILE`` it ends
by itself after some seconds and writes what they cost: CPU seconds of the process without those of the simulation,
those of the simulation, paints, seconds by the clock, and bytes for the terminal.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.level.level import load_level
from mmtui.session.session import Session
from mmtui.tui.app import MmtuiApp
from mmtui.tui.driver import Driver
from mmtui.tui.engine import Engine

SEED, STRATEGY = 3, "skew"
#: Together, at the highest speed, less than a short level.
_WARM_UP_S, _MEASURED_S = 3.0, 12.0


class Meter:
    """What the process has spent since the warm-up, but for the simulation."""

    def __init__(self) -> None:
        self.simulated = 0.0
        self.paints = 0
        self.written = 0
        self._start: dict[str, float] = {}

    def _now(self) -> dict[str, float]:
        return {
            "cpu": time.process_time() - self.simulated,
            "simulated": self.simulated,
            "paints": self.paints,
            "seconds": time.perf_counter(),
            "bytes": self.written,
        }

    def begin(self) -> None:
        self._start = self._now()

    def end(self, path: Path) -> None:
        path.write_text(
            json.dumps({name: value - self._start[name] for name, value in self._now().items()}), encoding="utf-8"
        )


METER = Meter()


class MeteredDriver(Driver):
    """Sets the simulation's time apart."""

    def start(self, screen: Screen[Any], paint: Callable[[], None], runs: Callable[[], bool]) -> None:
        def counted() -> None:
            METER.paints += 1
            paint()

        super().start(screen, counted, runs)

    def advance(self, elapsed_s: float, wall: Callable[[], float] | None = None) -> None:
        start = time.process_time()
        super().advance(elapsed_s, wall)
        METER.simulated += time.process_time() - start


class BareLadder(Widget):
    """Bids, prices and asks by the line API, only the rows that changed: the least that a ladder can be."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._rows: list[tuple[int, int, int]] = []
        self._styles = (Style(color="green"), Style(color="white"), Style(color="red"))
        book = session.maker.view
        self._top = round(book.mid) + 18

    def paint(self) -> None:
        view = self._session.maker.view
        bids = {level.price: level.quantity for level in view.depth(Side.BUY)}
        asks = {level.price: level.quantity for level in view.depth(Side.SELL)}
        height, width = self.size.height, self.size.width
        prices = range(self._top, self._top - height, -1)
        before, self._rows = self._rows, [(price, bids.get(price, 0), asks.get(price, 0)) for price in prices]
        for y, row in enumerate(self._rows):
            if y >= len(before) or before[y] != row:
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        price, bid, ask = self._rows[y] if y < len(self._rows) else (0, 0, 0)
        texts = (f"{bid or '':>10} ", f"{price / 100:>10.2f} ", f"{ask or '':>10}")
        segments = [Segment(text, style) for text, style in zip(texts, self._styles, strict=True)]
        return Strip(segments).adjust_cell_length(self.size.width)


class BareApp(App[None]):
    """Nothing but the bare ladder."""

    def __init__(self, session: Session, driver: Driver) -> None:
        super().__init__()
        self._ladder = BareLadder(session)
        self._frames = driver

    def compose(self) -> ComposeResult:
        yield self._ladder

    def on_mount(self) -> None:
        self._frames.start(cast("Screen[None]", self.screen), self._ladder.paint, lambda: True)


class MeteredTerminal(LinuxDriver):
    """Counts what is written."""

    def write(self, data: str) -> None:
        METER.written += len(data.encode())
        super().write(data)


def make(which: str, level: str, speed: float) -> App[None]:
    """One of the apps."""
    if which == "whole":
        return MmtuiApp(Engine(), (level, SEED, STRATEGY, speed), MeteredDriver)
    watched = WatchedSession(Session(load_level(level), SEED, STRATEGY))
    return BareApp(watched.session, MeteredDriver(watched, speed))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("which", choices=("whole", "bare"))
    parser.add_argument("--level", default="volatility-spike")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--measure", type=Path)
    arguments = parser.parse_args()
    app = make(arguments.which, arguments.level, arguments.speed)
    if arguments.measure is not None:
        app.driver_class = MeteredTerminal

        def finish() -> None:
            METER.end(arguments.measure)
            app.exit()

        def begin() -> None:
            METER.begin()
            app.set_timer(_MEASURED_S, finish)

        app.call_later(lambda: app.set_timer(_WARM_UP_S, begin))
    app.run()


if __name__ == "__main__":
    main()

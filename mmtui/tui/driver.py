"""The driver: turns frames into ``advance`` calls. Wall time exists nowhere else, but in words, which it plays too."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from mmtui.units import NS_PER_S

# Only types: the first frame need not wait for them, nor a floor in words for textual.
if TYPE_CHECKING:
    from textual.screen import Screen

    from mmtui.observe.seat import Seat

PAINTS_A_SECOND = 15
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
#: As fast as the machine can: a stretch that nobody watches, see :data:`mmtui.session.hand_shares.FOLDED`.
FOLDING = 512.0

#: Time of a frame for the simulation, in seconds; what does not fit slows the market's clock.
_BUDGET_S = 0.5 / PAINTS_A_SECOND
_SLICE_NS = NS_PER_S // 20
#: A longer frame, as after a suspended terminal, counts as this long, so that the market does not jump.
_LONGEST_FRAME_S = 0.25


class Driver:
    """Plays a session at a speed.

    Attributes:
        behind: whether the last frame ran out of time before its target.
        stood_s: for how long the session has stood still so far, in seconds of wall time.
    """

    def __init__(self, session: Seat, speed: float = 1.0) -> None:
        self.session = session
        self.behind = False
        self.stood_s = 0.0
        self._speed = speed
        self._paused = False
        self._on_change: Callable[[float, bool], None] | None = None
        self._until: Callable[[], bool] | None = None
        self._unfolded = speed

    @property
    def folded(self) -> bool:
        """Whether a stretch is being folded."""
        return self._until is not None

    def fold(self, until: Callable[[], bool]) -> None:
        """Go as fast as the machine can until ``until`` holds, which is asked every twentieth of a second."""
        self._unfolded, self._until = self._speed, until
        self._change(FOLDING, False)

    def unfold(self) -> None:
        """Go on at the speed from before the fold."""
        if self._until is not None:
            self._until = None
            self._change(self._unfolded, self._paused)

    @property
    def speed(self) -> float:
        """Seconds of market per second of wall time."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._change(speed, self._paused)

    @property
    def paused(self) -> bool:
        """Whether the market's clock is stopped."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        self._change(self._speed, paused)

    def _change(self, speed: float, paused: bool) -> None:
        changed = (speed, paused) != (self._speed, self._paused)
        self._speed, self._paused = speed, paused
        if changed and self._on_change is not None:
            self._on_change(speed, paused)

    def watch(self, on_change: Callable[[float, bool], None]) -> None:
        """Call a function with speed and paused, now and whenever one of them changes."""
        self._on_change = on_change
        on_change(self._speed, self._paused)

    def start(self, screen: Screen[None], paint: Callable[[], None], runs: Callable[[], bool]) -> None:
        """Advance and paint at each frame while the clock ``runs``."""
        last = perf_counter()

        def frame() -> None:
            nonlocal last
            now = perf_counter()
            elapsed, last = now - last, now
            if runs() and not self.paused:
                self.advance(min(elapsed, _LONGEST_FRAME_S), perf_counter)
                paint()
            elif self.session.over is None:
                self.stood_s += elapsed

        screen.set_interval(1 / PAINTS_A_SECOND, frame)

    def advance(self, elapsed_s: float, wall: Callable[[], float] | None = None) -> None:
        """Advance the session by some wall time; ``wall`` returns it, to keep within the budget, None for no budget."""
        session = self.session
        target = min(session.end_ns, session.now_ns + round(elapsed_s * self.speed * NS_PER_S))
        deadline = wall() + _BUDGET_S if wall is not None else 0.0
        while session.now_ns < target and session.over is None:
            session.advance(min(target, session.now_ns + _SLICE_NS))
            if self._until is not None and self._until():
                self.unfold()
                break
            if wall is not None and wall() > deadline:
                break
        self.behind = session.now_ns < target and session.over is None and not self.folded

    def go(self, to_ns: int, wall: Callable[[], float] | None = perf_counter) -> bool:
        """Advance towards a time, for a frame's budget at most, none without ``wall``; whether it is reached."""
        session = self.session
        deadline = wall() + _BUDGET_S if wall is not None else 0.0
        while True:
            session.advance(min(to_ns, session.now_ns + _SLICE_NS))
            if session.now_ns >= to_ns or session.over is not None:
                return True
            if wall is not None and wall() > deadline:
                return False

    def change_speed(self, steps: int) -> None:
        """Double (positive) or halve the speed, between ½ and 16."""
        self.unfold()
        nearest = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - self.speed))
        self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, nearest + steps))]

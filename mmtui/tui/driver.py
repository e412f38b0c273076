"""The only place where wall time is: it turns frames into ``advance`` calls."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from textual.screen import Screen

from mmtui.units import NS_PER_S

# Only a type: the first frame need not wait for it.
if TYPE_CHECKING:
    from mmtui.observe.seat import Seat

PAINTS_A_SECOND = 15
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)

#: The share of a frame that the simulation may use; what it cannot do in that time slows its clock.
_BUDGET_S = 0.5 / PAINTS_A_SECOND
_SLICE_NS = NS_PER_S // 20
#: A frame that comes later than this (a suspended terminal) does not make the market jump.
_LONGEST_FRAME_S = 0.25


class Driver:
    """Plays a session at a speed.

    Attributes:
        speed: seconds of market for one of ours.
        paused: whether the clock stands still.
        behind: whether the last frame could not simulate all that it should have.
    """

    def __init__(self, session: Seat, speed: float = 1.0) -> None:
        self.session = session
        self.speed = speed
        self.paused = False
        self.behind = False

    def start(self, screen: Screen[None], paint: Callable[[], None]) -> None:
        """Advance and paint at each frame for as long as the screen is on top."""
        last = perf_counter()

        def frame() -> None:
            nonlocal last
            now = perf_counter()
            elapsed, last = now - last, now
            if screen.is_current and not self.paused:
                self.advance(min(elapsed, _LONGEST_FRAME_S), perf_counter)
                paint()

        screen.set_interval(1 / PAINTS_A_SECOND, frame)

    def advance(self, elapsed_s: float, wall: Callable[[], float] | None = None) -> None:
        """Advance the session by a stretch of our time, within the budget that ``wall`` measures (None: all of it)."""
        session = self.session
        target = min(session.end_ns, session.now_ns + round(elapsed_s * self.speed * NS_PER_S))
        deadline = wall() + _BUDGET_S if wall is not None else 0.0
        while session.now_ns < target and session.over is None:
            session.advance(min(target, session.now_ns + _SLICE_NS))
            if wall is not None and wall() > deadline:
                break
        self.behind = session.now_ns < target and session.over is None

    def change_speed(self, steps: int) -> None:
        """Double (positive) or halve the speed, within ½ and 16."""
        nearest = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - self.speed))
        self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, nearest + steps))]

"""The time line of a replay, with the own fills; a click seeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.message import Message

from mmtui.book import Side
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span
from mmtui.tui.widgets.line_view import LineView
from mmtui.units import NS_PER_S

_CLOCK = 11
_WHEEL_NS = NS_PER_S


class ReplayState(NamedTuple):
    """The state of a replay.

    Attributes:
        now_ns, end_ns: its time and its end.
        fills: time and side of each own fill; empty while they are unknown.
        revealed: what stands under the time line, in a line where it fits.
    """

    now_ns: int
    end_ns: int
    fills: Sequence[tuple[int, Side]] = ()
    revealed: tuple[str, ...] = ()


def scrubber_rows(state: ReplayState, width: int) -> list[Row]:
    """The time, the line with its fills, and the end; below, what is revealed."""
    track = max(1, width - 2 * _CLOCK)
    here = _place(state.now_ns, state.end_ns, track)
    cells: list[Span] = [("━", "live on panel" if x < here else "rule on panel") for x in range(track)]
    for at_ns, side in state.fills:
        sign, ink = fmt.arrow(side)
        cells[_place(at_ns, state.end_ns, track)] = (sign, f"{ink} on panel")
    cells[here] = ("●", "bold own on panel")
    now, end = f" {fmt.stamp(state.now_ns)} ".rjust(_CLOCK), f" {fmt.stamp(state.end_ns)} ".ljust(_CLOCK)
    together = "   ".join(state.revealed)
    lines = [together] if len(together) < width else state.revealed
    return [
        ((now, "bold foreground on panel"), *cells, (end, "muted on panel")),
        *(((fmt.fit(f" {line}", width), "auto"),) for line in lines),
    ]


def _place(at_ns: int, end_ns: int, track: int) -> int:
    return max(0, min(track - 1, at_ns * track // max(1, end_ns)))


class Scrubber(LineView):
    """The time line of a replay."""

    class Seek(Message):
        """A click or the wheel asks for a time, in nanoseconds."""

        def __init__(self, at_ns: int) -> None:
            super().__init__()
            self.at_ns = at_ns

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._state = ReplayState(0, 1)

    def update(self, state: ReplayState) -> None:
        """Show the state of a replay."""
        self._state = state
        self.show()

    def lines(self) -> list[Row]:
        return scrubber_rows(self._state, self.size.width)

    def on_click(self, event: events.Click) -> None:
        track = max(1, self.size.width - 2 * _CLOCK)
        share = (event.x - _CLOCK + 0.5) / track
        if 0 <= share <= 1 and event.y == 0:
            self.post_message(self.Seek(round(share * self._state.end_ns)))

    def wheel(self, step: int) -> None:
        self.post_message(self.Seek(self._state.now_ns + step * _WHEEL_NS))

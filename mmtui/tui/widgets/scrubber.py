"""Where a replay stands, between its start and its end, with the own fills; a click jumps."""

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

_CLOCK = 10
_WHEEL_NS = NS_PER_S


class Moment(NamedTuple):
    """Where a replay stands.

    Attributes:
        now_ns, end_ns: its time and its end.
        fills: time and side of every own fill, as far as they are known.
        told: what is revealed of this moment, empty for nothing.
    """

    now_ns: int
    end_ns: int
    fills: Sequence[tuple[int, Side]] = ()
    told: str = ""


def scrubber_rows(moment: Moment, width: int) -> list[Row]:
    """The time, the way with its fills, the end; and what is revealed."""
    track = max(1, width - 2 * _CLOCK)
    here = _place(moment.now_ns, moment.end_ns, track)
    cells: list[Span] = [("━", "live on panel" if x < here else "rule on panel") for x in range(track)]
    for at_ns, side in moment.fills:
        sign, ink = fmt.arrow(side)
        cells[_place(at_ns, moment.end_ns, track)] = (sign, f"{ink} on panel")
    cells[here] = ("●", "bold own on panel")
    now, end = f" {fmt.stamp(moment.now_ns)} ".rjust(_CLOCK), f" {fmt.stamp(moment.end_ns)} ".ljust(_CLOCK)
    return [
        ((now, "bold foreground on panel"), *cells, (end, "muted on panel")),
        ((fmt.fit(f" {moment.told}", width), "auto"),),
    ]


def _place(at_ns: int, end_ns: int, track: int) -> int:
    return max(0, min(track - 1, at_ns * track // max(1, end_ns)))


class Scrubber(LineView):
    """The line of a replay's time."""

    class Sought(Message):
        """The mouse wants to be elsewhere: at a time, in nanoseconds."""

        def __init__(self, at_ns: int) -> None:
            super().__init__()
            self.at_ns = at_ns

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._moment = Moment(0, 1)

    def update(self, moment: Moment) -> None:
        """Show where the replay stands."""
        self._moment = moment
        self.show()

    def lines(self) -> list[Row]:
        return scrubber_rows(self._moment, self.size.width)

    def on_click(self, event: events.Click) -> None:
        track = max(1, self.size.width - 2 * _CLOCK)
        share = (event.x - _CLOCK + 0.5) / track
        if 0 <= share <= 1 and event.y == 0:
            self.post_message(self.Sought(round(share * self._moment.end_ns)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.post_message(self.Sought(self._moment.now_ns + _WHEEL_NS))
        event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.post_message(self.Sought(self._moment.now_ns - _WHEEL_NS))
        event.stop()

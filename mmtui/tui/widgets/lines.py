"""A panel of lines made from a snapshot."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message

from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui.format import Row
from mmtui.tui.widgets.line_view import LineView


class Lines(LineView):
    """A panel whose lines are made from a snapshot, its width and its height."""

    class Pressed(Message):
        """A line was clicked."""

        def __init__(self, panel: Lines, x: int, y: int) -> None:
            super().__init__()
            self.panel = panel
            self.x = x
            self.y = y

    def __init__(
        self,
        instrument: Instrument,
        lines: Callable[[FloorSnapshot, Instrument, int, int], list[Row]],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.instrument = instrument
        self._lines = lines
        self._view: FloorSnapshot | None = None

    def update(self, view: FloorSnapshot) -> None:
        """Show a snapshot."""
        self._view = view
        self.show()

    def lines(self) -> list[Row]:
        return [] if self._view is None else self._lines(self._view, self.instrument, *self.size)

    def on_click(self, event: events.Click) -> None:
        self.post_message(self.Pressed(self, event.x, event.y))

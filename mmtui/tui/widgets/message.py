"""The line above the footer: the last message, and the size of the next quote."""

from __future__ import annotations

from typing import NamedTuple

from textual import events
from textual.message import Message

from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span
from mmtui.tui.widgets.line_view import LineView


class MessageState(NamedTuple):
    """What the line shows.

    Attributes:
        text: the message.
        ink: its style.
        size: of the next quote, in lots.
        presets: those of keys 1 to 5.
        armed: whether a click sends an order.
    """

    text: str = ""
    size: int = 1
    presets: tuple[int, ...] = ()
    armed: bool = True
    ink: str = "bold own"


def size_spans(state: MessageState, width: int) -> list[Span]:
    """Whether clicks send orders, and the preset sizes, the chosen one marked; nothing without presets.

    A message that would be cut beside them is more urgent: it leaves room for the chosen size, or for nothing.
    """
    if not state.presets:
        return []
    room = width - len(state.text) - 2
    spans = _all_sizes(state)
    if fmt.width_of(spans) <= room or not state.text:
        return spans
    only: Span = (f" size [{state.size}] ", "muted")
    return [only] if len(only[0]) <= room else []


def _all_sizes(state: MessageState) -> list[Span]:
    clicks: Span = (" armed ", "bold live") if state.armed else (" clicks off ", "muted")
    spans: list[Span] = [clicks, (" size ", "muted")]
    for preset in state.presets:
        chosen = preset == state.size
        spans.append((f"[{preset}]" if chosen else f" {preset} ", "bold ink on live" if chosen else "muted"))
    spans.append(("     " if state.size in state.presets else f"[{state.size}]".ljust(5), "bold live"))
    return spans


def message_rows(state: MessageState, width: int, height: int) -> list[Row]:
    """The message left, the sizes right; without sizes, over as many lines as there is height for."""
    if height > 1 and not state.presets:
        lines = fmt.wrap(state.text, width - 2)
        kept = [*lines[: height - 1], *[" ".join(lines[height - 1 :])] * (len(lines) >= height)] or [""]
        return [((fmt.fit(f" {line}", width), state.ink),) for line in kept]
    sizes = size_spans(state, width)
    room = max(0, width - fmt.width_of(sizes))
    return [((fmt.fit(f" {state.text}", room), state.ink if state.text else "muted"), *sizes)]


class MessageLine(LineView):
    """The message and the sizes."""

    class SizeChange(Message):
        """A change of the size by the mouse: to a preset, or by steps of a lot."""

        def __init__(self, preset: int | None = None, step: int = 0) -> None:
            super().__init__()
            self.preset = preset
            self.step = step

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._state = MessageState()

    def update(self, state: MessageState) -> None:
        """Show a message and the sizes."""
        if state != self._state:
            self._state = state
            self.show()

    def lines(self) -> list[Row]:
        return message_rows(self._state, self.size.width, self.size.height)

    def on_click(self, event: events.Click) -> None:
        spans = size_spans(self._state, self.size.width)
        x = event.x - (self.size.width - fmt.width_of(spans))
        for index, (text, _) in enumerate(spans):
            if 0 <= x < len(text) and 2 <= index < 2 + len(self._state.presets):
                self.post_message(self.SizeChange(preset=index - 2))
            x -= len(text)

    def wheel(self, step: int) -> None:
        self.post_message(self.SizeChange(step=step))

"""The line above the footer: what was just said, and the size of the next quote."""

from __future__ import annotations

from typing import NamedTuple

from textual import events
from textual.message import Message

from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span
from mmtui.tui.widgets.line_view import LineView


class Said(NamedTuple):
    """What the line shows.

    Attributes:
        text: the message.
        size: lots of the next quote.
        presets: those of keys 1 to 5.
        armed: whether a click sends an order.
    """

    text: str = ""
    size: int = 1
    presets: tuple[int, ...] = ()
    armed: bool = True


def size_spans(said: Said) -> list[Span]:
    """Whether clicks send orders, and the sizes, the chosen one marked; nothing where there are no sizes."""
    if not said.presets:
        return []
    clicks: Span = (" armed ", "bold live") if said.armed else (" clicks off ", "muted")
    spans: list[Span] = [clicks, (" size ", "muted")]
    for preset in said.presets:
        chosen = preset == said.size
        spans.append((f"[{preset}]" if chosen else f" {preset} ", "bold ink on live" if chosen else "muted"))
    spans.append(("     " if said.size in said.presets else f"[{said.size}]".ljust(5), "bold live"))
    return spans


def message_row(said: Said, width: int) -> Row:
    """The message left, the sizes right."""
    sizes = size_spans(said)
    room = max(0, width - fmt.width_of(sizes))
    return ((fmt.fit(f" {said.text}", room), "bold own" if said.text else "muted"), *sizes)


class MessageLine(LineView):
    """Notices of the exchange and answers to keys."""

    class Sized(Message):
        """The mouse wants another size: that of a preset, or one by steps of a lot."""

        def __init__(self, preset: int | None = None, step: int = 0) -> None:
            super().__init__()
            self.preset = preset
            self.step = step

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._said = Said()

    def update(self, said: Said) -> None:
        """Show a message and the sizes."""
        if said != self._said:
            self._said = said
            self.show()

    def lines(self) -> list[Row]:
        return [message_row(self._said, self.size.width)]

    def on_click(self, event: events.Click) -> None:
        spans = size_spans(self._said)
        x = event.x - (self.size.width - fmt.width_of(spans))
        for index, (text, _) in enumerate(spans):
            if 0 <= x < len(text) and 2 <= index < 2 + len(self._said.presets):
                self.post_message(self.Sized(preset=index - 2))
            x -= len(text)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.post_message(self.Sized(step=1))
        event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.post_message(self.Sized(step=-1))
        event.stop()

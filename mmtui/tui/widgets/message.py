"""The line above the footer: what was just said, and the size of the next quote."""

from __future__ import annotations

from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span
from mmtui.tui.widgets.rows import Rows


def message_row(text: str, size: int, presets: tuple[int, ...], width: int) -> Row:
    """The message left, the sizes right, the chosen one marked."""
    sizes: list[Span] = [(" size ", "muted")]
    for preset in presets:
        chosen = preset == size
        sizes.append((f"[{preset}]" if chosen else f" {preset} ", "bold ink on live" if chosen else "muted"))
    sizes.append(("     " if size in presets else f"[{size}]".ljust(5), "bold live"))
    room = max(0, width - fmt.width_of(sizes))
    return ((fmt.fit(f" {text}", room), "bold own" if text else "muted"), *sizes)


class MessageLine(Rows):
    """Notices of the exchange and answers to keys."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._last: tuple[str, int, tuple[int, ...]] = ("", 1, ())

    def update(self, text: str, size: int, presets: tuple[int, ...]) -> None:
        """Show a message and the sizes."""
        self._last = text, size, presets
        self.show([message_row(text, size, presets, self.size.width)])

    def on_resize(self) -> None:
        self.redraw()
        self.update(*self._last)

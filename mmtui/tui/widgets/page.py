"""A page of the documentation, scrolled."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual import work
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.worker import get_current_worker

from mmtui import docs

#: The style of each part of a page: a colour of the theme and what else it is.
_PARTS = {
    "h1": "bold own",
    "h2": "bold own",
    "h3": "bold live",
    "code": "live",
    "code_block": "live",
    "link_url": "underline auto",
    "table.header": "bold muted",
    "table.border": "rule",
    "item.bullet": "muted",
    "item.number": "muted",
}


class PageView(ScrollView, can_focus=True):
    """A page of the documentation, or nothing.

    Pages are read and laid out in a thread: the longest takes some tenths of a second.

    Attributes:
        topic: the page shown, empty for none.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.topic = ""
        self._anchor = ""
        self._strips: list[Strip] = []

    def show(self, topic: str, anchor: str = "") -> None:
        """Show a page from its top, or from a heading."""
        self.topic, self._anchor = topic, anchor
        self._strips = []
        self._lay_out()

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._lay_out())

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        if self.topic and self.scrollable_content_region.width:
            self._read(self.topic, self.scrollable_content_region.width, self.app.theme_variables)

    @work(exclusive=True, thread=True)
    def _read(self, topic: str, width: int, colours: Mapping[str, str]) -> None:
        from mmtui.tui.markdown import page_lines

        styles = {}
        for part, description in _PARTS.items():
            *attributes, colour = description.split()
            styles[part] = Style.parse(" ".join([*attributes, colours[colour]]))
        base = Style(color=colours["foreground"], bgcolor=colours["surface"])
        lines = page_lines(docs.page(topic), width, styles, base, "screen.follow")
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show, [Strip(line, width) for line in lines])

    def _show(self, strips: list[Strip]) -> None:
        new = not self._strips
        self._strips = strips
        self.virtual_size = Size(self.scrollable_content_region.width, len(strips))
        if new:
            headings = (y for y, strip in enumerate(strips) if docs.anchor(strip.text) == self._anchor)
            self.scroll_to(y=next(headings, 0) if self._anchor else 0, animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        row = self.scroll_offset.y + y
        return self._strips[row] if row < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

"""A widget that repaints only the lines that changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.content import Content
from textual.filter import ANSIToTruecolor, DimFilter, LineFilter
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Static

from mmtui.tui.format import Row, Span

_WORD = re.compile(r"\S+")
_ATTRIBUTES = {"bold", "italic", "underline"}
#: Lines that are kept drawn; some kilobytes each.
_STRIPS = 2048


class Palette(dict[str, Style]):
    """Styles by description, ``palette["bold bid on bid-bar"]``, each made once. It is hashed as the one object it is.

    Args:
        variables: colour by name, as in a theme.
        ground: the ground colour of descriptions that name none.
    """

    def __init__(self, variables: Mapping[str, str], ground: str) -> None:
        self._variables = variables
        self._ground = ground

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __missing__(self, description: str) -> Style:
        ink, _, ground = description.partition(" on ")
        words = ink.split()
        attributes = _ATTRIBUTES.intersection(words)
        colours = [word for word in words if word not in attributes] or ["foreground"]
        style = self[description] = Style(
            color=self._variables[colours[0]],
            bgcolor=self._variables[ground or self._ground],
            **dict.fromkeys(attributes, True),  # type: ignore[arg-type]
        )
        return style


def as_content(rows: Iterable[Row]) -> Content:
    """Rows as the content of a Static, which follows changes of the theme."""
    lines = [Content.assemble(*((text, _content_style(style)) for text, style in row)) for row in rows]
    return Content("\n").join(lines)


def _content_style(description: str) -> str:
    return " ".join(word if word in _ATTRIBUTES or word == "on" else f"${word}" for word in description.split())


class _Line(Strip):
    """A strip that is no garbage by itself: the base keeps itself as what it was divided into by no cut."""

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> list[Strip]:
        cuts = list(cuts)
        return [self] if cuts == [self.cell_length] else [*super().divide(cuts)]


@lru_cache(maxsize=16)
def _palette(variables: frozenset[tuple[str, str]], ground: str) -> Palette:
    return Palette(dict(variables), ground)


@lru_cache(maxsize=_STRIPS)
def _drawn(
    spans: tuple[Span, ...],
    width: int,
    palette: Palette,
    colours: str | None,  # noqa: ARG001
    filters: tuple[LineFilter, ...],
    background: Color,
) -> Strip:
    """A line of some width, for terminals of some colours: it keeps how they are written. Floors share it."""
    strip = Strip([Segment(text, palette[style]) for text, style in spans])
    segments = [*strip.adjust_cell_length(width, palette["foreground"])]
    for line_filter in filters:
        segments = line_filter.apply(segments, background)
    return _Line(segments, width)


class TextRows(Static):
    """A fixed number of rows, made for the present width."""

    def __init__(self, rows: Callable[[int], list[Row]], *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows = rows
        self._made: dict[int, Content] = {}

    def change(self, rows: Callable[[int], list[Row]]) -> None:
        """Replace the rows."""
        self._rows = rows
        self._made.clear()
        self.refresh(layout=True)

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """The height of the rows made for a width; the layout tries others than the one they get."""
        return self._content_for(width).get_height(self.styles.get_rules(), width)

    def render(self) -> Content:
        return self._content_for(self.size.width)

    def _content_for(self, width: int) -> Content:
        if width not in self._made:
            self._made[width] = as_content(self._rows(width))
        return self._made[width]


class LineView(Widget):
    """Lines given by keys: a line is drawn again when its key differs from the one before.

    Subclasses return one key a line from ``lines``, top first, and turn a key into spans in ``draw``. A key may be
    the spans themselves.
    """

    ALLOW_SELECT = False
    GROUND = "surface"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._keys: list[Hashable] = []
        self._strips: dict[int, Strip] = {}
        self._palette: Palette | None = None
        self._background = Color(0, 0, 0)
        self._filters: tuple[LineFilter, ...] = ()

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._on_theme)

    def _on_theme(self, _theme: Theme) -> None:
        self._palette = None
        self.redraw()

    def redraw(self) -> None:
        """Draw all lines again."""
        self._strips.clear()
        self.refresh()

    def on_resize(self, _event: events.Resize) -> None:
        self.redraw()
        self.show()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.wheel(1)
        event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.wheel(-1)
        event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the word under the pointer once the pointer rests."""
        text = self.hint_at(event.x, event.y)
        self.tooltip = Content(text) if text else None

    def hint_at(self, x: int, y: int) -> str:
        """What appears beside the pointer at a cell."""
        return self.explain_at(x, y)

    def explain_at(self, x: int, y: int) -> str:
        """What the word at a cell means, by itself or with its neighbour; empty if the glossary does not know it."""
        from mmtui.docs.terms import explain

        words = [(found.start(), found.end(), found[0]) for found in _WORD.finditer(self.render_line(y).text)]
        at = next((place for place, (start, end, _) in enumerate(words) if start <= x < end), None)
        if at is None:
            return ""
        before, word, after = (words[place][2] if 0 <= place < len(words) else "" for place in (at - 1, at, at + 1))
        return explain(f"{word} {after}", f"{before} {word}", word)

    def wheel(self, step: int) -> None:
        """Called with 1 when the wheel is turned up, and with -1 when down."""

    def lines(self) -> Sequence[Hashable]:
        """The keys of the lines at the present size; those beyond the widget's height are cut."""
        return self._keys

    def show(self) -> None:
        """Draw the lines whose keys changed; nothing while the widget has no size."""
        if not self.size:
            return
        before, keys = self._keys, self.lines()
        self._keys = list(keys)
        shared = min(len(before), len(keys))
        dirty = [y for y in range(shared) if before[y] != keys[y]]
        dirty += range(shared, max(len(before), len(keys)))
        if not dirty:
            return
        top, left = self.gutter.top, self.gutter.left
        width = self.size.width
        for y in dirty:
            self._strips.pop(y, None)
        # In one call: a refresh costs more than a line.
        self.refresh(*(Region(left, top + y, width, 1) for y in dirty))

    def draw(self, key: Hashable) -> Iterable[Span]:
        """The spans of a line."""
        return key  # type: ignore[return-value]  # the default key is a row of spans

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region.

        The screen asks every widget for all its lines whenever any cell changes. Without border, padding and tint
        there is nothing to add to the cached lines.
        """
        # The colours are never ANSI's, and no style is dim, so those filters would do nothing.
        filters = tuple(each for each in self.get_line_filters() if not isinstance(each, ANSIToTruecolor | DimFilter))
        if filters != self._filters:
            self._filters = filters
            self._strips.clear()
        lines = [self.render_line(y) for y in range(crop.y, crop.bottom)]
        if crop.x or crop.width < self.size.width:
            return [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def render_line(self, y: int) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._strip(y)
        return strip

    def _strip(self, y: int) -> Strip:
        palette = self._palette
        if palette is None:
            palette = self._palette = _palette(frozenset(self.app.theme_variables.items()), self.GROUND)
            self._background = self.background_colors[1]
        spans = tuple(self.draw(self._keys[y])) if y < len(self._keys) else ()
        return _drawn(spans, self.size.width, palette, self.app.console.color_system, self._filters, self._background)

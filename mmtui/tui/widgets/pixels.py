"""A canvas of half cells, each with a colour of its own, for areas and bands over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mmtui.braille import Plot
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span
from mmtui.units import NS_PER_S


class Pixels:
    """``width`` × ``height`` cells, two pixels high each, for values from ``low`` to ``high`` upwards.

    Args:
        ground: the colour where nothing is drawn.
    """

    def __init__(self, width: int, height: int, low: float, high: float, ground: str = "surface") -> None:
        self.width, self.height = width, height
        self._low, self._span = low, max(high - low, 1e-9)
        self._inks = [[ground] * width for _ in range(2 * height)]
        self._lines = Plot(width, height, low, high)

    def row(self, value: float) -> int:
        """The pixel row of a value, from the top, held inside."""
        last = 2 * self.height - 1
        return max(0, min(last, round((1 - (value - self._low) / self._span) * last)))

    def bar(self, x: int, one: float, other: float, ink: str) -> None:
        """All pixels between two values; none where they are the same."""
        if one == other:
            return
        first, last = sorted((self.row(one), self.row(other)))
        for y in range(first, last + 1):
            self._inks[y][x] = ink

    def line(self, values: Sequence[float], ink: str, every: int = 1) -> None:
        """A thin line over the areas: two values a cell, joined upright; a dot only at ``every`` so many of them."""
        for x in range(0, min(len(values), 2 * self.width), every):
            self._lines.line(ink, x, values[x], values[x - 1] if x and every == 1 else None, over=True)

    def spans(self, y: int) -> list[Span]:
        """A row of cells."""
        spans: list[Span] = []
        for x, (upper, lower) in enumerate(zip(self._inks[2 * y], self._inks[2 * y + 1], strict=True)):
            dots = self._lines.dots(y, x)
            glyph, style = ("▀", f"{upper} on {lower}") if dots is None else (dots[0], f"{dots[1]} on {upper}")
            if spans and spans[-1][1] == style:
                spans[-1] = (spans[-1][0] + glyph, style)
            else:
                spans.append((glyph, style))
        return spans


def framed(pixels: Pixels, values: list[float], write: Callable[[float], str], room: int) -> list[Row]:
    """The canvas with values written at its right, each in its row, in ``room`` cells; the first ones come first."""
    labels: dict[int, float] = {}
    for value in values:
        labels.setdefault(pixels.row(value) // 2, value)
    return [
        (*pixels.spans(y), (write(labels[y]).rjust(room) if y in labels else " " * room, "muted"))
        for y in range(pixels.height)
    ]


def time_axis(width: int, until_ns: int) -> Row:
    """Times under a canvas, at its ends and its quarters."""
    marks = [until_ns * quarter // 4 // NS_PER_S * NS_PER_S for quarter in range(5)]
    cells = [" "] * width
    for quarter, mark in enumerate(marks):
        text = fmt.clock(mark)
        x = max(0, min(width - len(text), quarter * (width - 1) // 4 - len(text) // 2))
        cells[x : x + len(text)] = text
    return (("".join(cells[:width]), "muted"),)

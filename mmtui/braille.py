"""A canvas of braille dots for a terminal: two dots across and four down in each cell."""

from __future__ import annotations

#: A run of text and the name of its style.
StyledText = tuple[str, str]
#: Braille bits by dot column and row, rows downwards.
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


class Plot:
    """``width`` × ``height`` cells, values from ``low`` to ``high`` upwards; ``blank`` is a cell without dots."""

    def __init__(self, width: int, height: int, low: float, high: float, blank: StyledText = (" ", "muted")) -> None:
        self.width, self.height = width, height
        self._low, self._high = low, max(high, low + 1e-9)
        self._blank = blank
        self._layers: dict[str, list[list[int]]] = {}
        self._marks: dict[tuple[int, int], StyledText] = {}

    def row(self, value: float) -> int:
        """The dot row of a value, from the top, held inside."""
        dots = self.height * 4 - 1
        share = (self._high - value) / (self._high - self._low)
        return max(0, min(dots, round(share * dots)))

    def line(self, style: str, x: int, value: float, before: float | None = None, *, over: bool = False) -> None:
        """A dot in a dot column, joined to a value of the column before.

        A style that was drawn first gives a cell its colour; with ``over`` a new one goes before the others.
        """
        if style not in self._layers:
            layer = [[0] * self.width for _ in range(self.height)]
            self._layers = {style: layer, **self._layers} if over else {**self._layers, style: layer}
        y = self.row(value)
        y_before = y if before is None else self.row(before)
        for dot in range(min(y, y_before), max(y, y_before) + 1):
            self._layers[style][dot // 4][x // 2] |= _BITS[x % 2][dot % 4]

    def mark(self, x: int, value: float, span: StyledText) -> None:
        """A sign over whatever is drawn in the cell."""
        self._marks[self.row(value) // 4, x // 2] = span

    def dots(self, y: int, x: int) -> StyledText | None:
        """The dots in a cell, None without any."""
        bits, style = 0, ""
        for name, layer in self._layers.items():
            if layer[y][x] and not bits:
                style = name
            bits |= layer[y][x]
        return (chr(0x2800 + bits), style) if bits else None

    def spans(self, y: int) -> list[StyledText]:
        """A row of cells, those of one style together, but each mark by itself."""
        row: list[StyledText] = []
        for x in range(self.width):
            if (y, x) in self._marks:
                row.append(self._marks[y, x])
                continue
            glyph, style = self.dots(y, x) or self._blank
            if row and row[-1][1] == style:
                row[-1] = (row[-1][0] + glyph, style)
            else:
                row.append((glyph, style))
        return row

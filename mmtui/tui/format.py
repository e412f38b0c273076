"""Numbers and bars in fixed widths, so that nothing moves as digits change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

# The screens take these from here, with the bars.
from mmtui.wording import badge as badge
from mmtui.wording import clock as clock
from mmtui.wording import counted as counted
from mmtui.wording import figure as figure
from mmtui.wording import lots as lots
from mmtui.wording import money as money
from mmtui.wording import points as points
from mmtui.wording import signed as signed
from mmtui.wording import stamp as stamp
from mmtui.wording import stars as stars
from mmtui.wording import ticks as ticks

if TYPE_CHECKING:
    from mmtui.market.core.instrument import Instrument

#: A word with the spaces around it that belong to the line it ends.
_PIECE = re.compile(r" *[^ ]+ *| +")
_LEFT_BLOCKS = " ▏▎▍▌▋▊▉"

#: A run of text and the name of its style, for Palette.
Span = tuple[str, str]
Row = tuple[Span, ...]


def arrow(side: int) -> tuple[str, str]:
    """The sign and the colour of a side, 1 (bought), -1 (sold) or 0 (a cross)."""
    return ("▲", "bid") if side > 0 else ("▼", "ask") if side < 0 else ("◆", "muted")


def price(instrument: Instrument, ticks: float) -> str:
    """A price between ticks, in money, with a digit more than the instrument's prices have."""
    return f"{instrument.to_money(ticks):.{instrument.decimals + 1}f}"


def tone(value: float | None, *, nothing: str = "muted") -> str:
    """The style of a signed number: gain, loss, or ``nothing`` when it is zero or absent."""
    if value is None or abs(value) < 0.005:
        return nothing
    return "gain" if value > 0 else "loss"


def typed(value: object) -> str:
    """A parameter's value as it is typed into a field: ``auto`` for None."""
    if value is None:
        return "auto"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def title_row(left: str, right: str, width: int) -> Row:
    """A heading, with a note at its right if it fits."""
    room = max(0, width - len(left) - 2)
    note = right if len(right) <= room else ""
    return ((f" {left}", "bold muted on panel"), (note.rjust(room) + " ", "muted on panel"))


def fit(text: str, width: int) -> str:
    """Text cut or padded to exactly a width; a cut one ends in an ellipsis."""
    return text.ljust(width) if len(text) <= width else text[: max(0, width - 1)] + "…"[:width]


def eighths(share: float, width: int) -> int:
    """The length of a bar, in eighths of a cell: at least one when the share is positive, at most all the width."""
    if share <= 0:
        return 0
    return max(1, min(width * 8, round(share * width * 8)))


def bar(text: str, length: int, ink: str, fill: str, ground: str, *, from_right: bool = False) -> list[Span]:
    """Text over a bar whose length is exact to an eighth of a cell, unless a character is at its end.

    Args:
        text: as wide as the cell.
        length: of the bar, in eighths of a cell.
        ink: style of the text.
        fill: colour of the bar.
        ground: colour beside it.
        from_right: whether the bar grows from the right edge.
    """
    whole, rest = divmod(length, 8)
    width = len(text)
    if whole >= width:
        return [(text, f"{ink} on {fill}")]
    edge = width - 1 - whole if from_right else whole
    glyph = text[edge]
    if rest and glyph == " ":
        left = (_LEFT_BLOCKS[8 - rest], f"{ground} on {fill}"), (_LEFT_BLOCKS[rest], f"{fill} on {ground}")
        middle = left[0 if from_right else 1]
    else:
        middle = (glyph, f"{ink} on {fill if rest >= 4 else ground}")
    before, after = text[:edge], text[edge + 1 :]
    near, far = (ground, fill) if from_right else (fill, ground)
    spans = [(before, f"{ink} on {near}"), middle, (after, f"{ink} on {far}")]
    return [span for span in spans if span[0]]


def gauge(share: float, width: int, fill: str, ground: str) -> list[Span]:
    """A bar without text; ``share`` of 0 to 1."""
    return bar(" " * width, eighths(share, width), fill, fill, ground)


def balance(share: float, width: int, fill: str, ground: str) -> list[Span]:
    """A bar around its middle, leftwards for negative shares; ``share`` of -1 to 1, width odd."""
    half = width // 2
    empty: Span = (" " * half, f"{fill} on {ground}")
    length = eighths(abs(share), half)
    left = bar(" " * half, length, fill, fill, ground, from_right=True) if share < 0 else [empty]
    right = bar(" " * half, length, fill, fill, ground) if share > 0 else [empty]
    return [*left, ("│", f"muted on {ground}"), *right]


def marked(row: list[Span], at: tuple[int, ...], ink: str) -> list[Span]:
    """A row with thin marks in those of the cells ``at`` that are blank."""
    cells = [(glyph, style) for text, style in row for glyph in text]
    for x in at:
        glyph, style = cells[x]
        if glyph == " ":
            cells[x] = ("┊", f"{ink} on {style.partition(' on ')[2]}")
    return [("".join(glyph for glyph, _ in run), style) for style, run in groupby(cells, itemgetter(1))]


def width_of(row: Row | list[Span]) -> int:
    """The width of a row in cells; every character used is one cell wide."""
    return sum(len(text) for text, _ in row)


def wrap_spans(spans: Iterable[Span], width: int) -> list[Row]:
    """Spans as lines of at most a width, broken at spaces."""
    lines: list[list[Span]] = [[]]
    pieces = ((piece, style) for text, style in spans for piece in _PIECE.findall(text))
    for piece, style in pieces:
        at_space = bool(lines[-1]) and (piece[0] == " " or lines[-1][-1][0].endswith(" "))
        if at_space and width_of(lines[-1]) + len(piece.rstrip()) > width:
            lines.append([])
        lines[-1].append((piece if lines[-1] else piece.lstrip(), style))
    return [tuple(line) for line in lines]


def key_row(*ways: tuple[str, str]) -> Row:
    """Keys and what each does, in one row."""
    *others, (last, ends) = ways
    spans = [((key, "bold own"), (f" {does}    ", "foreground")) for key, does in others]
    return (*chain.from_iterable(spans), (last, "bold own"), (f" {ends}", "foreground"))


def wrap(text: str, width: int) -> list[str]:
    """Text as lines of at most a width, broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines

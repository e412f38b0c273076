"""Rows of a terminal that change over time, as an SVG that moves and as an asciicast; lines that stay are in it once.

An asciicast is what asciinema records and plays: https://docs.asciinema.org/manual/asciicast/v2/.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

from mmtui.wording import visible

#: A line: runs of text with their styles, such as ``bold bid on panel``.
Line = tuple[tuple[str, str], ...]
#: A cell in pixels, in which the dots of braille have whole coordinates, and a font whose letters are as wide.
_CELL, _LINE, _SIZE, _MARGIN = 8, 16, 13.3, 12
_FONTS = "'Fira Code','DejaVu Sans Mono',Menlo,Consolas,monospace"
#: Braille's dots by bit: column and row.
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
_FIRST_BRAILLE = 0x2800


def shown(line: str, start: float, end: float, seconds: float) -> str:
    """A piece of SVG that is there from one share of a film to another, over and over."""
    if (start, end) == (0.0, 1.0):
        return f"<g>{line}</g>"
    steps = [(0.0, "hidden")] * (start > 0) + [(start, "visible")] + [(end, "hidden")] * (end < 1)
    values = ";".join(state for _, state in steps)
    times = ";".join(f"{time:.4g}" for time, _ in steps)
    return (
        f'<g visibility="{"hidden" if start else "visible"}"><animate attributeName="visibility" calcMode="discrete" '
        f'values="{values}" keyTimes="{times}" dur="{seconds:g}s" repeatCount="indefinite"/>{line}</g>'
    )


def as_svg(frames: Sequence[Sequence[Line]], colours: Mapping[str, str], seconds: float, rests: float, of: str) -> str:
    """The frames as a picture that moves, over and over; a viewer that does not move pictures shows the first.

    Args:
        frames: of as many lines each.
        colours: by name, with ``foreground`` and the ground, ``surface``.
        seconds: how long all frames take.
        rests: how long the last one stays besides.
        of: what it shows, for those who cannot see it.
    """
    whole = seconds + rests
    width = _CELL * max(_width(line) for frame in frames for line in frame) + 2 * _MARGIN
    height = _LINE * len(frames[0]) + 2 * _MARGIN
    body = []
    for y in range(len(frames[0])):
        for first, last, line in _runs(frame[y] for frame in frames):
            end = 1.0 if last == len(frames) else last / len(frames) * seconds / whole
            if any(text.strip() for text, _ in line):
                piece = _svg_line(line, _MARGIN + y * _LINE, colours)
                body.append(shown(piece, first / len(frames) * seconds / whole, end, whole))
    lines = "\n".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(visible(of))}"><style>text{{font:{_SIZE}px {_FONTS};white-space:pre}}'
        ".b{font-weight:bold}path{stroke-width:2;stroke-linecap:square}</style>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{colours["surface"]}"/>\n'
        f"{lines}\n</svg>\n"
    )


def as_asciicast(frames: Sequence[Sequence[Line]], colours: Mapping[str, str], seconds: float, title: str) -> str:
    """The frames as an asciicast, version 2; arguments as of :func:`as_svg`."""
    width = max(_width(line) for frame in frames for line in frame)
    head = {"version": 2, "width": width, "height": len(frames[0]), "title": visible(title)}
    events: list[object] = []
    before: Sequence[Line] = ()
    for number, frame in enumerate(frames):
        changed = [(y, line) for y, line in enumerate(frame) if not before or before[y] != line]
        text = "".join(f"\x1b[{y + 1}H{_coloured(line, colours)}\x1b[0m\x1b[K" for y, line in changed)
        if text:
            start = "" if before else "\x1b[?25l\x1b[2J"
            events.append([round(number * seconds / len(frames), 3), "o", start + text])
        before = frame
    events.append([round(seconds, 3), "o", f"\x1b[{len(frames[0])}H\x1b[?25h\r\n"])
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (head, *events))


def _width(line: Line) -> int:
    return sum(len(text) for text, _ in line)


def _runs(lines: Iterable[Line]) -> Iterator[tuple[int, int, Line]]:
    """Yields each line that stays for some frames, with its first frame and the one after its last."""
    at = 0
    for line, run in groupby(lines):
        length = len(list(run))
        yield at, at + length, line
        at += length


def _inks(style: str, colours: Mapping[str, str]) -> tuple[str, str, bool]:
    """The colours of text and ground (empty for the surface's) of a style, and whether it is bold."""
    ink, _, ground = style.partition(" on ")
    words = ink.split()
    names = [word for word in words if word in colours] or ["foreground"]
    return colours[names[0]], colours[ground] if ground else "", "bold" in words


def _svg_line(line: Line, top: int, colours: Mapping[str, str]) -> str:
    parts, x = [], 0
    for text, style in line:
        ink, ground, bold = _inks(style, colours)
        left, wide = _MARGIN + x * _CELL, len(text) * _CELL
        if ground:
            parts.append(f'<rect x="{left}" y="{top}" width="{wide}" height="{_LINE}" fill="{ground}"/>')
        dots = "".join(
            _braille(letter, left + place * _CELL, top) for place, letter in enumerate(text) if _is_braille(letter)
        )
        if dots:
            parts.append(f'<path stroke="{ink}" d="{dots}"/>')
        words = "".join(" " if _is_braille(letter) else letter for letter in visible(text))
        if words.strip():
            at = len(words) - len(words.lstrip())
            kept = words.strip()
            parts.append(
                f'<text class="{"b" if bold else "n"}" x="{left + at * _CELL}" y="{top + 12}" '
                f'fill="{ink}" textLength="{len(kept) * _CELL}">{escape(kept)}</text>'
            )
        x += len(text)
    return "".join(parts)


def _is_braille(letter: str) -> bool:
    return 0 < ord(letter) - _FIRST_BRAILLE < 256


def _braille(letter: str, left: int, top: int) -> str:
    """A cell's dots as the ends of lines without a length, so that no font is needed for them."""
    bits = ord(letter) - _FIRST_BRAILLE
    return "".join(
        f"M{left + 2 + 4 * column} {top + 2 + 4 * row}h0" for bit, (column, row) in enumerate(_DOTS) if bits & 1 << bit
    )


def _coloured(line: Line, colours: Mapping[str, str]) -> str:
    """A line with the terminal's codes for its colours."""
    parts = []
    for text, style in line:
        ink, ground, bold = _inks(style, colours)
        codes = [*(["1"] if bold else []), f"38;2;{_rgb(ink)}", f"48;2;{_rgb(ground or colours['surface'])}"]
        parts.append(f"\x1b[0;{';'.join(codes)}m{visible(text)}")
    return "".join(parts)


def _rgb(colour: str) -> str:
    return ";".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))

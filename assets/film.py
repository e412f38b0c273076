"""Several screens as one SVG that moves: lines that stay the same are in it once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from mmtui.report.film import shown

_RULE = re.compile(r"\.(mmtui-r\d+) \{ *([^}]*?) *\}")
_ELEMENT = re.compile(r"<rect fill=[^>]*shape-rendering[^>]*/>|<text class=\"mmtui-r\d+\".*?</text>")
_TOP = re.compile(r' y="([\d.]+)"')
_LINE = 24.4


def film(frames: Sequence[str], seconds: float) -> str:
    """The frames, each a screen's SVG of the same size, one after the other for ``seconds`` in all, over and over.

    A viewer that does not move pictures shows the first.
    """
    styles: dict[str, str] = {}
    pictures = [_lines(frame, styles) for frame in frames]
    first = frames[0]
    start = _ELEMENT.search(first)
    assert start is not None
    head = _RULE.sub("", first[: start.start()])
    rules = "".join(f".{name} {{ {rule} }}\n" for rule, name in styles.items())
    body = []
    for y in sorted({y for picture in pictures for y in picture}):
        at = 0
        for line, run in groupby(picture.get(y, "") for picture in pictures):
            length = len(list(run))
            if line:
                body.append(shown(line, at / len(frames), (at + length) / len(frames), seconds))
            at += length
    lines = "\n".join(body)
    return head.replace("</style>", f"{rules}</style>", 1) + f'<g class="mmtui-matrix">\n{lines}\n</g></g>\n</svg>\n'


def _lines(frame: str, styles: dict[str, str]) -> dict[int, str]:
    """The elements of each line of a screen, in the film's own classes."""
    rules = dict(_RULE.findall(frame))
    lines: dict[int, str] = {}
    for element in _ELEMENT.findall(frame):
        top = _TOP.search(element)
        assert top is not None
        y = int((float(top[1]) + (0 if element.startswith("<text") else 20)) / _LINE)
        plain = re.sub(r' (clip-path|shape-rendering)="[^"]*"', "", element)
        lines[y] = lines.get(y, "") + re.sub(r"mmtui-r\d+", lambda found: _class(rules[found[0]], styles), plain)
    return lines


def _class(rule: str, styles: dict[str, str]) -> str:
    return styles.setdefault(rule, f"f{len(styles)}")

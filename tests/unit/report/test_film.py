"""Lines that change over time: the picture that moves and the asciicast show each of them when it is there."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

from mmtui.report.film import as_asciicast, as_svg

_SVG = "{http://www.w3.org/2000/svg}"
COLOURS = {"foreground": "#dddddd", "surface": "#101010", "panel": "#202020", "bid": "#00ff80"}
TITLE, BLANK = (("title", "bold bid on panel"),), ((" ", "bid"),)
FRAMES = (
    (TITLE, (("one <&>", "bid"),), BLANK),
    (TITLE, (("two \x1b[2J", "bid"),), (("⠁⣿", "bid"),)),
    (TITLE, (("two \x1b[2J", "bid"),), (("⠁⣿", "bid"),)),
    (TITLE, (("one <&>", "bid"),), BLANK),
)


def test_a_line_that_stays_is_in_the_picture_once_and_others_come_and_go() -> None:
    picture = ET.fromstring(as_svg(FRAMES, COLOURS, 8.0, 2.0, 'a "film"'))
    groups = [group for group in picture.iter(f"{_SVG}g") if group.find(f"{_SVG}text") is not None]
    texts = ["".join(group.itertext()) for group in groups]
    assert texts == ["title", "one <&>", "two [2J", "one <&>"]
    animated = [group.find(f"{_SVG}animate") for group in groups]
    assert animated[0] is None
    # Of ten seconds the last two are of the last frame.
    found = [(each.get("values"), each.get("keyTimes"), each.get("dur")) for each in animated[1:] if each is not None]
    assert found == [
        ("visible;hidden", "0;0.2", "10s"),
        ("hidden;visible;hidden", "0;0.2;0.6", "10s"),
        ("hidden;visible", "0;0.6", "10s"),
    ]
    assert [group.get("visibility") for group in groups[1:]] == ["visible", "hidden", "hidden"]
    assert picture.get("aria-label") == 'a "film"'


def test_braille_needs_no_font() -> None:
    made = as_svg(FRAMES, COLOURS, 8.0, 2.0, "")
    (path,) = ET.fromstring(made).iter(f"{_SVG}path")
    assert path.get("d", "").count("M") == 1 + 8
    assert path.get("stroke") == COLOURS["bid"]
    assert not re.search("[⠀-⣿\x1b]", made)


def test_an_asciicast_writes_what_changes_when_it_does() -> None:
    head, *events = (json.loads(line) for line in as_asciicast(FRAMES, COLOURS, 8.0, "t\x1bitle").splitlines())
    assert head == {"version": 2, "width": 8, "height": 3, "title": "title"}
    assert [(at, kind) for at, kind, _ in events] == [(0.0, "o"), (2.0, "o"), (6.0, "o"), (8.0, "o")]
    first, second, third, last = (text for *_, text in events)
    assert first.startswith("\x1b[?25l\x1b[2J\x1b[1H")
    assert "\x1b[0;1;38;2;0;255;128;48;2;32;32;32mtitle" in first
    assert "title" not in second
    assert ("two [2J" in second, "⠁⣿" in second, "one <&>" in third) == (True, True, True)
    assert last.endswith("\x1b[?25h\r\n")

"""The documentation: a Markdown page a topic, shipped with the program.

The app's help and ``mmtui docs`` show these pages; links between them are relative, so that they also work where the
files are read as they are.
"""

from __future__ import annotations

import re
from pathlib import Path

#: Where the pages are.
FOLDER = Path(__file__).resolve().parent

#: Every topic, in the order to read them: the page's name and what is on it.
TOPICS: dict[str, str] = {
    "start": "install it, play a first level, where your files are",
    "floor": "the screen you trade on: panels, marks, keys, mouse",
    "plain": "a level in words, for screen readers and plain terminals",
    "glossary": "every term and mark that a screen uses",
    "levels": "the campaign, how it is scored, daily, duel and sandbox",
    "learning": "wrong or unlucky: what-if, luck, drills, boards, grades",
    "strategies": "the strategies that ship, and how to write one",
    "better": "whether a strategy is better, and how sure that is",
    "lab": "batches, comparisons, sweeps, clusters, Gymnasium, reports",
    "tapes": "recorded order books: check, play, make a level of one",
    "format": "the level format: how to write a level, every key",
    "protocol": "rooms, and programs of any language that play: every message",
    "agents": "programs and assistants that play, compared with strategies",
    "journal": "the file of a session: every kind of line, with an example",
    "stable": "what stays as it is from version to version",
    "promises": "what is guaranteed, and the test that holds it",
    "design": "the packages, the path of the data, the rules",
    "changelog": "what is new",
}


def page(topic: str) -> str:
    """The Markdown of a topic. Raises KeyError for one that is not in ``TOPICS``."""
    if topic not in TOPICS:
        raise KeyError(topic)
    return (FOLDER / f"{topic}.md").read_text(encoding="utf-8")


def anchor(heading: str) -> str:
    """What a link to a heading names it after its ``#``.

    >>> anchor("Where it comes from: `spread`, fees")
    'where-it-comes-from-spread-fees'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")

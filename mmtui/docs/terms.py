"""What a word or a mark of the screens means, from the glossary and the tables of the floor's page."""

from __future__ import annotations

import re
from functools import cache

from mmtui import docs

#: A word of more letters also finds the term that it begins, as hurst finds the Hurst exponent.
_SHORTEST = 3
_ENTRY = re.compile(r"(?ms)^- (\*\*.+?)(?=^- |^## |\Z)")
_NAME = re.compile(r"\*\*(.+?)\*\*")
_ROW = re.compile(r"(?m)^\| (.+?) \| (.+?) \|$")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


@cache
def glossary() -> dict[str, str]:
    """Each entry of the glossary: its names, and what it says, in the order of the page."""
    entries: dict[str, str] = {}
    for found in _ENTRY.finditer(docs.page("glossary")):
        head, _, text = _plain(found[1], bold=True).partition(": ")
        entries[head] = _plain(text)
    return entries


@cache
def terms() -> dict[str, str]:
    """Each name in lower case, with what all entries of that name say."""
    found: dict[str, str] = {}
    for head, text in glossary().items():
        shown = f"{_plain(head)}: {text}"
        for name in (name for names in _NAME.findall(head) for name in names.split(", ")):
            key = name.casefold()
            found[key] = f"{found[key]}\n{shown}" if key in found else shown
    return found


@cache
def columns() -> dict[str, str]:
    """The ladder's columns by their titles in lower case."""
    found: dict[str, str] = {}
    for name, text in _table("Ladder"):
        found.setdefault(name.casefold(), f"{name}: {text}")
    return found


@cache
def marks() -> dict[str, str]:
    """The marks by the characters that tell them apart, without those that are words."""
    found: dict[str, str] = {}
    for shown, text in _table("Marks"):
        if not shown.islower() or not shown.isalpha():
            found |= {glyph: f"{shown}  {text}" for glyph in shown if glyph not in "0123456789 "}
    return found


def explain(*words: str) -> str:
    """What the first of some words that the glossary knows means; empty for none."""
    known = terms()
    for word in words:
        key = word.casefold().strip(" .:,;()")
        longer = (name for name in known if len(key) > _SHORTEST and name.startswith(f"{key} "))
        for name in (key, key.removesuffix("s"), f"{key}s", *longer):
            if name in known:
                return known[name]
    return ""


def explain_mark(text: str) -> str:
    """What the first mark in a text means; empty without one."""
    known = marks()
    return next((known[glyph] for glyph in text if glyph in known), "")


def search(text: str) -> list[tuple[str, str]]:
    """The entries, by their names, that have a text in them: first those that have it in their names."""
    wanted = text.casefold()
    entries = [(_plain(head), said) for head, said in glossary().items()]
    entries += [tuple(said.split("  ", 1)) for said in dict.fromkeys(marks().values())]  # type: ignore[misc]
    named = [entry for entry in entries if wanted in entry[0].casefold()]
    return named + [entry for entry in entries if entry not in named and wanted in entry[1].casefold()]


def _table(heading: str) -> list[tuple[str, str]]:
    """The rows of the table under a heading of the floor's page, without its own headings."""
    part = docs.page("floor").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [(_plain(left), _plain(right)) for left, right in _ROW.findall(part)]
    return [row for row in rows if set(row[0]) != {"-"}][1:]


def _plain(text: str, *, bold: bool = False) -> str:
    """Markdown as plain text on one line; bold words stay marked if asked for."""
    text = _LINK.sub(r"\1", " ".join(text.split())).replace("`", "")
    text = re.sub(r"(?<!\*)\*(?!\*)", "", text)
    return text if bold else text.replace("**", "")

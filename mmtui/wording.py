"""How times, quantities, money and texts of others are written, on the screens and in reports alike."""

from __future__ import annotations

import re

from mmtui.units import NS_PER_S

#: What a terminal would obey instead of showing it: C0, DEL and C1, but for tabs and line ends; what turns the
#: direction of writing; and what some take for the end of a line.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
#: Half of a pair, as in a file's name that is no UTF-8: nothing can write it.
_HALF = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    r"""A text, of whomever, as it may go to a terminal: without what a terminal obeys, and writable.

    >>> visible("\x1b[2Jskew\x9b")
    '[2Jskew'
    """
    return text if text.isprintable() else _HALF.sub("�", _OBEYED.sub("", text))


def clock(time_ns: int) -> str:
    """Minutes and seconds: ``02:47``; hours in front when there are any."""
    minutes, seconds = divmod(max(0, time_ns) // NS_PER_S, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def stamp(time_ns: int) -> str:
    """The clock with tenths of a second: ``02:47.3``; before the level's start ``-0:01.5``."""
    tenths = abs(time_ns) * 10 // NS_PER_S
    text = f"{clock(abs(time_ns))}.{tenths % 10}"
    return text if time_ns >= 0 else "-" + text[1:]


def lots(quantity: int, width: int) -> str:
    """Lots, right-aligned; thousands as ``12k`` when they would not fit; zero is blank."""
    if not quantity:
        return " " * width
    text = str(quantity)
    if len(text) > width:
        text = f"{quantity // 1000}k" if abs(quantity) < 1_000_000 else f"{quantity // 1_000_000}M"
    return text.rjust(width)


def signed(quantity: int, width: int = 0) -> str:
    """A signed whole number, right-aligned: ``+12``, or ``+12k`` when it would not fit; zero has no sign."""
    text = f"{quantity:+,}" if quantity else "0"
    if width and len(text) > width:
        text = ("+" if quantity > 0 else "-") + lots(abs(quantity), max(1, width - 1)).strip()
    return text.rjust(width)


def money(amount: float, width: int = 0, decimals: int = 2) -> str:
    """Signed money, right-aligned, without its currency; digits after the point go first when it would not fit."""
    text = f"{amount:+,.{decimals}f}"
    if not text.strip("+-0.,"):
        text = " " + text[1:]
    if width and len(text) > width:
        text = f"{amount:+,.0f}"
    if width and len(text) > width:
        text = f"{amount / 1000:+,.0f}k" if abs(amount) < 1e6 else f"{amount / 1e6:+,.1f}M"
    return text.rjust(width)


def ticks(value: float | None, width: int = 6, decimals: int = 2) -> str:
    """Signed ticks, right-aligned; a dot while there is nothing to say."""
    if value is None:
        return "·".rjust(width)
    text = f"{value:+.{decimals}f}"
    return (text if text.strip("+-0.") else " " + text[1:]).rjust(width)


def counted(number: int, word: str) -> str:
    """A number with its word: ``1 lot``, ``12 lots``."""
    return f"{number:,} {word}" + ("" if abs(number) == 1 else "s")


def figure(amount: float) -> str:
    """Signed money to be read, not added up: cents only below a hundred."""
    return money(amount, decimals=0 if abs(amount) >= 100 else 2).strip()


def points(score: float) -> str:
    """A score in whole points, cut down: it never looks like that of a star which it just misses."""
    return f"{int(score)}"


def badge(count: int, of: int = 3) -> str:
    """What strategies alone have earned: ``✦✦✧``."""
    return "✦" * count + "✧" * (of - count)


def stars(count: int, of: int = 3, *, ranked: bool = False) -> str:
    """Stars earned and not: ``★★☆``; none where ranks decide."""
    return "" if ranked else "★" * count + "☆" * (of - count)

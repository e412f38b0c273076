"""What can be typed: the floor's actions by their names, and what is asked for in words only."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Mapping
from typing import Any, NamedTuple

from mmtui.tui.actions.floor import FLOOR
from mmtui.tui.manual_trading import ManualTrading
from mmtui.units import NS_PER_S

#: What needs no key on the floor, since it is on the screen or the clock runs by itself: the word, and what it does.
OWN_WORDS: Mapping[str, str] = {
    "go": "Let the clock run until something happens to you, ten seconds at most; Enter does the same",
    "wait": "wait 5: let the clock run for five seconds, whatever happens",
    "pause": "Stop the clock where it runs by itself; Enter starts it again",
    "size": "size 4: quote four lots from now on",
    "cancel": "cancel 99.98: withdraw your orders at a price",
    "choose strategy": "choose strategy skew: have a strategy ready to hand over to",
    "market": "The best prices and the lots there, five levels deep, and the last trade",
    "orders": "Your orders, and the queue before each",
    "position": "What you hold, what it has made, and where from",
    "score": "The score so far, by part",
    "signals": "What a trader's instruments show",
    "tape": "The last five trades",
    "fills": "Your last five fills, and what the price did afterwards",
    "hedges": "The hedge instruments",
    "rules": "What the level asks of you",
    "time": "The clock",
    "again": "The lesson's text once more",
    "help": "help WORD: what a word does",
    "leave": "Leave; mmtui play --plain continue goes on from here",
}
#: Words whose action takes what is typed after them, and how.
_TYPED = {
    "bid": "bid 99.98 4: bid for four lots at 99.98, instead of the bid you have; without lots, the chosen size",
    "offer": "offer 100.02 4: offer four lots at 100.02, instead of the offer you have",
}
_NEXT_TO_KEYS = ("preset", "size", "choose_strategy")


class Word(NamedTuple):
    """A word for an action of the floor: what it calls, with what, and what it does."""

    method: str
    args: tuple[Any, ...]
    about: str


def _words() -> dict[str, Word]:
    found = {}
    for action in FLOOR:
        method, _, args = action.action.partition("(")
        if (hasattr(ManualTrading, f"action_{method}") or action.name in _TYPED) and method not in _NEXT_TO_KEYS:
            values = literal_eval(f"({args[:-1]},)") if args else ()
            found[action.name] = Word(f"action_{method}", values, _TYPED.get(action.name, action.tooltip))
    return found


#: Actions by what is typed for them; hyphens do as spaces.
WORDS = _words()


#: Signs and units that screen readers leave out or spell, in words.
_SPOKEN = (
    (re.compile(r"±"), "plus or minus "),
    (re.compile(r"(?<![\w./])[-−](?=[$\d])"), "minus "),
    (re.compile(r"(?<![\w./])\+(?=[$\d])"), "plus "),
    (re.compile(r" ?× ?"), " times "),
    (re.compile(r" → "), " to "),
    (re.compile(r"≤ ?"), "at most "),
    (re.compile(r"≥ ?"), "at least "),
)
_UNITS = {"ms": "millisecond", "s": "second", "min": "minute", "h": "hour"}
_AMOUNT = re.compile(rf"(?<![\w.])([\d.,]*\d) ({'|'.join(_UNITS)})\b")


def spoken(line: str) -> str:
    """A line as a screen reader says it right.

    >>> spoken("In 1 s −0.5 ticks, limit ±80, latency 20 ms")
    'In 1 second minus 0.5 ticks, limit plus or minus 80, latency 20 milliseconds'
    """
    for sign, word in _SPOKEN:
        line = sign.sub(word, line)
    return _AMOUNT.sub(lambda found: f"{found[1]} {_UNITS[found[2]]}{'' if found[1] == '1' else 's'}", line)


def moment(time_ns: int) -> str:
    """A time of the market without the zeros of a clock: ``3.8 s``, ``1 min 3.8 s``."""
    minutes, tenths = divmod(time_ns * 10 // NS_PER_S, 600)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{tenths / 10:g} s" if tenths else ""]
    return " ".join(part for part in parts if part) or "0 s"


def split(line: str) -> tuple[str, list[str]]:
    """The longest word that a line begins with, and the rest of it; no word for none."""
    said = line.split()
    for count in range(len(said), 0, -1):
        word = " ".join(said[:count]).replace("-", " ").casefold()
        if word in WORDS or word in OWN_WORDS:
            return word, said[count:]
    return "", said

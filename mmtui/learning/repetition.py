"""Spaced repetition by the simple rule of Leitner: what is known comes again later and later, what is not tomorrow.

Sebastian Leitner, So lernt man lernen, 1972: a card that is known goes to the next box, one that is not to the first;
each box is looked at half as often as the one before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import msgspec

from mmtui.json_file import JsonFile, Versioned

#: Days until what is in a box is due again.
DAYS = (1, 2, 4, 8, 16, 32)
#: So many new ones come in a day.
NEW_A_DAY = 3
#: What the kinds of one's own mistakes begin with.
OWN = "mistake-"
#: The file in the player's data folder.
FILE = "drills.json"


class Memory(msgspec.Struct, frozen=True):
    """How well something is known.

    Attributes:
        box: from 0.
        due, first: the days on which it is due and was done first, as 2026-11-27.
        done, passed: how often.
    """

    box: Annotated[int, msgspec.Meta(ge=0, lt=len(DAYS))]
    due: str
    first: str
    done: int = 1
    passed: int = 0


class Cards(Versioned, frozen=True, kw_only=True):
    """What the player has done, by what it is repeated by."""

    cards: dict[str, Memory] = msgspec.field(default_factory=dict)


class Repetition:
    """What is due when.

    Args:
        folder: the player's data folder; None keeps everything for this run only.

    Attributes:
        trouble: a sentence on what is wrong with the file; empty for nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = JsonFile(folder and folder / FILE)
        self._cards, self.trouble = self._file.read(Cards())

    def card(self, key: str) -> Memory | None:
        """How well something is known; None before it was done."""
        return self._cards.cards.get(key)

    def own(self) -> list[str]:
        """The kinds of one's own mistakes that were done before."""
        return [key for key in self._cards.cards if key.startswith(OWN)]

    def due(self, keys: Iterable[str], today: date) -> list[str]:
        """Which of these are due: the longest waiting first, then as many new ones as may still come today."""
        cards, day = self._cards.cards, today.isoformat()
        known: list[tuple[str, str]] = []
        new: list[str] = []
        for key in dict.fromkeys(keys):
            card = cards.get(key)
            if card is None:
                new.append(key)
            elif card.due <= day:
                known.append((card.due, key))
        begun = sum(card.first == day for card in cards.values())
        return [key for _, key in sorted(known)] + new[: max(0, NEW_A_DAY - begun)]

    def record(self, key: str, today: date, *, passed: bool) -> str:
        """Keep that something was done; returns a sentence on what went wrong, empty for nothing."""
        day, before = today.isoformat(), self.card(key)
        box = 0
        if passed and before is not None:
            box = min(before.box + 1, len(DAYS) - 1)
        due = (today + timedelta(days=DAYS[box])).isoformat()
        first = Memory(box, due, day, 1, int(passed))
        card = first if before is None else Memory(box, due, before.first, before.done + 1, before.passed + passed)
        self._cards = Cards(cards={**self._cards.cards, key: card})
        return self._file.write(self._cards)

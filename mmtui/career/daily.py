"""The daily challenge: a level and a seed that follow from the date, the same for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

_Level = TypeVar("_Level")


def today() -> date:
    """The date where the player is."""
    return datetime.now().astimezone().date()


def daily(day: date, levels: Sequence[_Level]) -> tuple[_Level, int]:
    """The day's level and seed; the levels take turns."""
    number = day.toordinal()
    return levels[number % len(levels)], number

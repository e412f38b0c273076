"""Levels and strategies as the screens show them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

# Only types: the first frame need not wait for them.
if TYPE_CHECKING:
    from mmtui.level.level import Level
    from mmtui.strategies.protocol import Param

#: The longest name of a player, in characters.
MOST_OF_A_NAME = 40
_SEEDS = 100_000


@dataclass(frozen=True)
class Card:
    """A level that can be played.

    Attributes:
        level: the level.
        source: its id or the path of its file, with the overrides that were set.
        counts: whether its scores count: it is a level of the campaign, unchanged and open.
        kept: whether its session leaves a journal.
        changed: whether keys of a level of the campaign were set: its scores are kept, and bring no stars.
        note: what it is played as, in a line: the day's challenge, a duel, unranked; empty for nothing special.
    """

    level: Level
    source: str
    counts: bool = False
    kept: bool = True
    changed: bool = False
    note: str = ""


@dataclass(frozen=True)
class OverrideField:
    """A key of a level that the sandbox can set: its path, name, meaning and value as text."""

    path: str
    name: str
    about: str
    value: str


@dataclass(frozen=True)
class StrategyCard:
    """A strategy to choose: its name, its one-line idea and its parameters."""

    name: str
    idea: str
    params: tuple[Param, ...] = ()


def is_shipped(level: Level) -> bool:
    """Whether a level is one of the campaign's, unchanged."""
    from mmtui.level.level import level_ids, load_level

    return level.id in level_ids() and load_level(level.id).digest == level.digest


def random_seed() -> int:
    """A random seed, short enough to say aloud."""
    return random.SystemRandom().randrange(_SEEDS)

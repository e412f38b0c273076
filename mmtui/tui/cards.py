"""Levels and strategies as the screens show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

# Only types: the first frame need not wait for them.
if TYPE_CHECKING:
    from mmtui.level.level import Level
    from mmtui.market.core.instrument import Instrument
    from mmtui.strategies.protocol import Param


@dataclass(frozen=True)
class Card:
    """A level as the screens show it.

    Attributes:
        source: id or path to load it by, with the keys that were set.
        counts: whether its scores count: it is a level of the campaign, unchanged.
        situation: four sentences.
        rules: name and value, in display order.
        weights: the weight of each part of the score.
        strategy: the one that is ready at the start.
        par: the strategy whose PnL on the same seed is par.
        opponent: in a duel, the strategy that makes the same market.
        sizes: the size presets of keys 1 to 5, in lots.
        keys: ids of the actions that the briefing shows.
    """

    id: str
    source: str
    number: int
    title: str
    lesson: str
    situation: str
    duration_s: float
    instrument: Instrument
    rules: tuple[tuple[str, str], ...]
    weights: Mapping[str, float]
    max_order: int
    strategy: str
    par: str
    opponent: str | None = None
    sizes: tuple[int, ...] = (1, 2, 5, 10, 20)
    keys: tuple[str, ...] = ()
    counts: bool = True


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


def title_of(level: str, cards: Mapping[str, Card]) -> str:
    """The title of a level; its id where it is not among the cards."""
    return cards[level].title if level in cards else level


def is_shipped(level: Level) -> bool:
    """Whether a level is one of the campaign's, unchanged."""
    from mmtui.level.level import level_ids, load_level

    return level.id in level_ids() and load_level(level.id).digest == level.digest


def card_of(level: Level, source: str) -> Card:
    """The card of a level; ``source`` is what it is loaded by."""
    from mmtui.level.describe import maker_rules

    return Card(
        id=level.id,
        source=source,
        number=level.number,
        title=level.title,
        lesson=level.lesson,
        situation=" ".join(level.situation.split()),
        duration_s=level.duration_s,
        instrument=level.market.instrument,
        rules=tuple(maker_rules(level)),
        weights={str(part): weight for part, weight in level.score.weights.items()},
        max_order=level.maker.max_order,
        strategy=level.lesson_strategy,
        par=level.par,
        opponent=None if level.opponent is None else level.opponent.strategy,
        sizes=level.maker.sizes,
        keys=tuple(f"floor.{key}" for key in level.keys),
        counts=level.campaign and source == level.id,
    )

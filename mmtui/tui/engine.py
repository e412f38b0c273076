"""What the screens need of the game, and the game as they see it. Heavy imports wait until a screen asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mmtui.game.commands import AnyCommand
from mmtui.game.snapshot import FloorSnapshot
from mmtui.market.instrument import Instrument


@dataclass(frozen=True)
class Card:
    """A level as the screens tell it.

    Attributes:
        situation: four sentences.
        rules: name and value, in the order to show.
        weights: part of the score to its weight.
        strategy: the one that is ready when nothing else was chosen.
        sizes: the size presets of keys 1 to 5, in lots.
        keys: ids of the actions that are first needed here.
    """

    id: str
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
    sizes: tuple[int, ...] = (1, 2, 5, 10, 20)
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class StrategyCard:
    """A strategy to choose: its name and its one-line idea."""

    name: str
    idea: str


class PlaySession(Protocol):
    """A session as the floor uses it."""

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the level's start."""

    @property
    def end_ns(self) -> int:
        """When the level ends."""

    @property
    def over(self) -> str | None:
        """Why it ended, None while it goes on."""

    def advance(self, to_ns: int) -> None:
        """Simulate up to a time."""

    def submit(self, command: AnyCommand) -> None:
        """Do what the player wants, now."""

    def prepare(self, strategy: str) -> None:
        """Make a strategy ready: its quotes show as ghosts."""

    def snapshot(self) -> FloorSnapshot:
        """What the screen shows."""

    def result(self) -> Any:
        """The result, once it is over."""


class Engine(Protocol):
    """Levels, strategies and sessions."""

    def levels(self) -> list[Card]:
        """All levels in order."""

    def level(self, level: str) -> Card:
        """One level by id or path."""

    def strategies(self) -> list[StrategyCard]:
        """The strategies a player can choose."""

    def open(self, level: str, seed: int, strategy: str | None) -> PlaySession:
        """A new session; a strategy quotes from the start, if given."""

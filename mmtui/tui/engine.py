"""What the screens need of the game. Heavy imports wait until a screen asks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

# Only types: the first frame need not wait for them.
if TYPE_CHECKING:
    from mmtui.debrief.model import Debrief, Ranking
    from mmtui.observe.snapshot import FloorSnapshot
    from mmtui.session.commands import AnyCommand, Params
    from mmtui.session.replay import Replay, Script
    from mmtui.session.result import Result
    from mmtui.tui.cards import Card, OverrideField, StrategyCard


class PlaySession(Protocol):
    """A session as the floor uses it."""

    @property
    def seed(self) -> int:
        """Which market of its level it is."""

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

    def leave(self) -> None:
        """End the session here."""

    def snapshot(self) -> FloorSnapshot:
        """What the screen shows."""

    def result(self) -> Result:
        """The result, once it is over."""


class Engine(Protocol):
    """Levels, strategies and sessions.

    Attributes:
        trouble: what the player should know about the last session that was opened; empty when all is well.
    """

    trouble: str

    def levels(self) -> list[Card]:
        """The shipped levels, in the order of the campaign."""

    def level(self, level: str, overrides: Mapping[str, str] = {}) -> Card:
        """One level, by id or by the path of its file, with some of its keys set, by path."""

    def own_levels(self) -> tuple[list[Card], list[str]]:
        """The levels in the player's own folder, and a sentence for each file there that is none."""

    def overrides(self, level: str) -> list[OverrideField]:
        """The main overrides of a level, as they stand."""

    def strategies(self) -> list[StrategyCard]:
        """The strategies a player can choose: those that ship or are installed, then files chosen in this run."""

    def scores(self, card: Card) -> list[tuple[str, float, int]]:
        """Name, score and stars of what each strategy does by itself on the level's first seed; takes a while."""

    def params(self, strategy: str, texts: Mapping[str, str]) -> Params:
        """A strategy's parameters from what was typed. Raises UnknownStrategyError with what is wrong."""

    def open(self, card: Card, seed: int, strategy: str | None) -> PlaySession:
        """A new session; a strategy quotes from the start, if given."""

    def close(self, session: PlaySession) -> str:
        """The session is over: finish its journal, and tell the name of its file, empty without one."""

    def unfinished(self) -> list[Path]:
        """Journals that break off, the latest first: sessions to go on with."""

    def resume(self, path: Path) -> tuple[Card, PlaySession]:
        """Go on with a session where its journal breaks off. Raises JournalError, UnknownStrategyError."""

    def put_down(self) -> None:
        """Close the journal that is being written, if one is: its session can be gone on with later."""

    def recording(self, name: str) -> tuple[Card, Script]:
        """What a journal holds, by the name of its file. Raises JournalError."""

    def script(self, session: PlaySession) -> Script:
        """What plays a session again."""

    def debrief(self, script: Script) -> Debrief:
        """A session explained; takes a while. Raises UnknownStrategyError for a strategy that is gone."""

    def ranking(self, script: Script, debrief: Debrief) -> Ranking:
        """The strategies that ship on a session's tape; takes a while."""

    def replay(self, script: Script) -> Replay:
        """A session to be played again, at its start."""

    def take_over(self, replay: Replay, name: str) -> PlaySession:
        """Play on from where a replay stands, under a journal of its own; ``name`` is that of the one replayed.

        Raises JournalError where the level is over.
        """

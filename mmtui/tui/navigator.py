"""What screens may ask of the app: navigation, and the state shared between screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mmtui.career.career import Career, Progress
from mmtui.tui.settings import Settings

# Only types: the first frame need not wait for them.
if TYPE_CHECKING:
    from textual.screen import Screen

    from mmtui.coach.watched import WatchedReplay, WatchedSession
    from mmtui.debrief.model import QuoteHistory
    from mmtui.learning.drills import Drill
    from mmtui.learning.play import Play
    from mmtui.session.commands import Params
    from mmtui.session.replay import Script
    from mmtui.tui.cards import Card
    from mmtui.tui.engine import Engine
    from mmtui.tui.widgets.debrief_tables import Played


class Navigator(Protocol):
    """The app as its screens know it.

    Attributes:
        engine: where levels, strategies and sessions come from.
        career: past scores and sessions.
        progress: best scores and the level played last.
        settings: the player's preferences; changed by ``prefer``.
    """

    engine: Engine
    career: Career
    progress: Progress
    settings: Settings

    def today(self) -> date:
        """The date, which chooses the daily challenge."""

    def new_seed(self) -> int:
        """A random seed."""

    def return_to(self, screen: Screen[Any]) -> bool:
        """Remove what is above a screen; nothing, and False, where that is gone itself."""

    def prefer(self, **changes: Any) -> None:
        """Change settings, and save them."""

    def lesson_done(self) -> None:
        """Save that the first lesson was finished or skipped, and go from its floor to the first level's briefing."""

    def show_levels(self, opponent: tuple[str, Params] | None = None) -> None:
        """Open the list of levels, to play alone or against a strategy with these parameters."""

    def choose_duel(self) -> None:
        """Ask for a strategy to play against, then open the list of levels."""

    def show_sandbox(self) -> None:
        """Open the sandbox."""

    def show_scores(self) -> None:
        """Open the scores."""

    def show_replays(self) -> None:
        """Open the list of replays."""

    def show_drills(self) -> None:
        """Open the list of drills."""

    def show_drill_floor(
        self, drill: Drill, lead: WatchedReplay, seat: WatchedSession, judge: Callable[[Play], None]
    ) -> None:
        """Go to the floor for a drill: what came before it is played again, then the player acts, then ``judge``."""

    def show_settings(self) -> None:
        """Open the settings."""

    def show_board(self) -> None:
        """Open the board of the day."""

    def show_licence(self) -> None:
        """Open the licence."""

    def show_keys(self) -> None:
        """Open the help: the keys of the present screen."""

    def show_briefing(self, card: Card, seed: int | None = None) -> None:
        """Open a level's briefing, with a new seed where none is given."""

    def show_showpiece(self) -> None:
        """Open the briefing of the level that shows in a minute and a half what there is to see."""

    def show_daily(self) -> None:
        """Open the briefing of the daily challenge."""

    def start_lesson(self) -> None:
        """Go to the floor for the first lesson."""

    def play(self, card: Card, seed: int, strategy: str | None = None) -> None:
        """Go to the floor."""

    def resume(self, path: Path) -> None:
        """Go to the floor with the unfinished session of a journal."""

    def finish(self, played: Played) -> None:
        """Go from the floor to the debrief, and record the score."""

    def show_finale(self, played: Played, end: Callable[[None], None] | None = None, number: int | None = None) -> None:
        """Show a fill of a finished level as it came, the worst unless it is given by its number; ``end`` follows."""

    def is_daily(self, card: Card, seed: int) -> bool:
        """Whether it is today's challenge, and nothing counts as it yet."""

    def retry(self, card: Card, seed: int, strategy: str | None, earlier: QuoteHistory | None = None) -> None:
        """Go from the debrief to the floor; the quotes of an earlier run on the same market show as ghosts."""

    def show_replay(self, card: Card, script: Script, name: str, at_ns: int = 0) -> None:
        """Open the replay of a session at a time; ``name`` is its journal's file name."""

    def show_journal(self, name: str, at_ns: int = 0) -> None:
        """Open the replay of a journal at a time."""

    def what_if(self, replay: WatchedReplay, at_ns: int) -> None:
        """Ask what another action at a moment of a session would have come to."""

    def take_over(self, card: Card, replay: WatchedReplay, at_ns: int, name: str, earlier: QuoteHistory | None) -> None:
        """Go from a replay to the floor, at a time of it, unless the level is over then."""

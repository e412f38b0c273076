"""The app at the guessing game: markets one after the other, and after each the question what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mmtui.tui.app import MmtuiApp
from mmtui.tui.cards import Card
from mmtui.tui.screens.guess import GuessScreen

if TYPE_CHECKING:
    from mmtui.learning.guess import GuessingGame
    from mmtui.tui.engine import Engine
    from mmtui.tui.widgets.debrief_tables import Played


class GuessApp(MmtuiApp):
    """The app, which goes from floor to floor until the game is over, and then on as ever.

    Args:
        game: the game.
    """

    def __init__(self, engine: Engine, *, game: GuessingGame, **options: Any) -> None:
        super().__init__(engine, **options)
        self._game: GuessingGame | None = game

    def on_mount(self) -> None:
        self._play_round()

    def _play_round(self) -> None:
        """Go to the floor of the game's next market."""
        if self._game is not None:
            level, seed, _ = self._game.begin()
            self.play(Card(level, level.id, kept=False), seed)

    def finish(self, played: Played) -> None:
        """Ask what the market was that has just ended."""
        if self._game is None or played.card.kept:
            super().finish(played)
            return

        def answered(go_on: bool | None) -> None:
            self.pop_screen()
            if not go_on:
                self._game = None
            self._play_round()

        self.push_screen(GuessScreen(self._game), answered)

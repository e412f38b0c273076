"""The question of the guessing game after each of its markets: recorded or simulated?"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mmtui.learning.guess import GuessingGame
from mmtui.tui.format import Row, key_row
from mmtui.tui.screens.card import AnsweredCard


class GuessScreen(AnsweredCard[bool]):
    """Asks, says whether the answer is right, and returns whether the player goes on.

    Args:
        game: whose present round is over.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "answer(True)", "recorded"),
        Binding("s", "answer(False)", "simulated"),
        Binding("enter", "go_on", "next market"),
        Binding("escape", "dismiss(False)", "end"),
    ]

    def __init__(self, game: GuessingGame) -> None:
        heading = f"Market {len(game.answers) + 1} of {game.rounds}: was it recorded, or simulated?"
        ways = (("r", "recorded"), ("s", "simulated"), ("Esc", "end"))
        super().__init__([((heading, "bold foreground"),), (), key_row(*ways)])
        self._game = game
        self._right: bool | None = None

    def _answered_rows(self) -> list[Row]:
        game = self._game
        was, _ = game.answers[-1]
        told = f"{'Right' if self._right else 'Wrong'}: it was {'recorded' if was else 'simulated'}."
        ways = (("Esc", "end"),) if game.over else (("Enter", "next market"), ("Esc", "end"))
        return [
            ((told, "bold gain" if self._right else "bold loss"),),
            (),
            ((game.verdict, "foreground"),),
            (),
            key_row(*ways),
        ]

    def action_answer(self, recorded: bool) -> None:
        """Take the first answer."""
        if self._right is None:
            self._right = self._game.answer(recorded=recorded)
            self.turn(self._answered_rows())

    def action_go_on(self) -> None:
        """Go to the next market, once this one is answered."""
        if self._right is not None:
            self.dismiss(not self._game.over)

"""The question of the guessing game after each of its markets: recorded or simulated?"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from mmtui.learning.guess import GuessingGame
from mmtui.tui.format import Row, key_row
from mmtui.tui.widgets.line_view import as_content


class GuessScreen(ModalScreen[bool]):
    """Asks, says whether the answer is right, and returns whether the player goes on.

    Args:
        game: whose present round is over.
    """

    CSS_PATH = "leave.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "answer(True)", "recorded"),
        Binding("s", "answer(False)", "simulated"),
        Binding("enter", "go_on", "next market"),
        Binding("escape", "dismiss(False)", "end"),
    ]

    def __init__(self, game: GuessingGame) -> None:
        super().__init__()
        self._game = game
        self._right: bool | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="leave", classes="panel"):
            yield Static(as_content(self._rows()))

    def _rows(self) -> list[Row]:
        game = self._game
        if self._right is None:
            heading = f"Market {len(game.answers) + 1} of {game.rounds}: was it recorded, or simulated?"
            return [((heading, "bold foreground"),), (), key_row(("r", "recorded"), ("s", "simulated"), ("Esc", "end"))]
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
            self.query_one(Static).update(as_content(self._rows()))

    def action_go_on(self) -> None:
        """Go to the next market, once this one is answered."""
        if self._right is not None:
            self.dismiss(not self._game.over)

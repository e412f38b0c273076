"""A line over a screen while something takes seconds; no key reaches the screen below."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class WaitingScreen(ModalScreen[None]):
    """Shows what is being done, until whoever pushed it removes it.

    Args:
        what: the line.
    """

    CSS_PATH = "leave.tcss"

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def compose(self) -> ComposeResult:
        with Vertical(id="leave", classes="panel"):
            yield Static(self._what, markup=False)

"""A card over a screen: a few sentences, and the keys that answer them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from mmtui.tui.format import Row
from mmtui.tui.screens.base import AppModal
from mmtui.tui.widgets.line_view import as_content

CARD_WIDTH = 56
_Answer = TypeVar("_Answer")


class AnsweredCard(AppModal[_Answer]):
    """Shows rows until an answer dismisses them.

    Args:
        rows: what to read.
    """

    CSS_PATH = "card.tcss"

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        with Vertical(id="card", classes="panel"):
            yield Static(as_content(self._rows))

    def turn(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.query_one(Static).update(as_content(rows))


class CardScreen(AnsweredCard[None]):
    """Shows rows of at most :data:`CARD_WIDTH` cells until they are read."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape,space", "dismiss(None)", "go on")]


class WaitingScreen(AnsweredCard[None]):
    """Shows what is being done until whoever pushed it removes it; no key reaches the screen below.

    Args:
        what: the line.
    """

    def __init__(self, what: str) -> None:
        super().__init__([((what, ""),)])

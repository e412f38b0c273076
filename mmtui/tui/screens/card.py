"""A card over a screen: a few sentences, and Enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from mmtui.tui.format import Row
from mmtui.tui.widgets.line_view import as_content

CARD_WIDTH = 56


class CardScreen(ModalScreen[None]):
    """Shows rows of at most :data:`CARD_WIDTH` cells until they are read.

    Args:
        rows: what to read.
    """

    CSS_PATH = "leave.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape,space", "dismiss(None)", "go on")]

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        with Vertical(id="leave", classes="panel"):
            yield Static(as_content(self._rows))

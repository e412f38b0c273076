"""The question whether to leave a level."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from mmtui.tui.format import Row, key_row
from mmtui.tui.widgets.line_view import as_content


class LeaveScreen(ModalScreen[str | None]):
    """Returns "leave", "keep" (for later) or None (stay)."""

    CSS_PATH = "leave.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss('leave')", "leave"),
        Binding("k", "dismiss('keep')", "keep for later"),
        Binding("escape,p", "dismiss(None)", "stay"),
    ]

    def __init__(self, *, scored: bool = False) -> None:
        super().__init__()
        self.scored = scored

    def compose(self) -> ComposeResult:
        told = "What you did so far is not scored."
        if self.scored:
            told = "A daily counts: its rest is absence."
        rows: list[Row] = [
            (("Leave the level?", "bold foreground"),),
            (),
            ((f"The clock stands still. {told}", "muted"),),
            (),
            key_row(("Enter", "leave"), ("k", "keep it for later"), ("Esc", "stay")),
        ]
        with Vertical(id="leave", classes="panel"):
            yield Static(as_content(rows))

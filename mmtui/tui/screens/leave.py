"""The question whether to leave a level."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from mmtui.tui.widgets.line_view import as_content


class LeaveScreen(ModalScreen[str | None]):
    """Returns "leave", "keep" (for later) or None (stay)."""

    CSS_PATH = "leave.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss('leave')", "leave"),
        Binding("k", "dismiss('keep')", "keep for later"),
        Binding("escape,p", "dismiss(None)", "stay"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="leave", classes="panel"):
            yield Static(
                as_content(
                    [
                        (("Leave the level?", "bold foreground"),),
                        (),
                        (("The clock stands still. What you did so far is not scored.", "muted"),),
                        (),
                        (
                            ("Enter", "bold own"),
                            (" leave    ", "foreground"),
                            ("k", "bold own"),
                            (" keep it for later    ", "foreground"),
                            ("Esc", "bold own"),
                            (" stay", "foreground"),
                        ),
                    ]
                )
            )

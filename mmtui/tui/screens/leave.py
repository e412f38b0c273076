"""The questions whether to leave a level, and a room."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mmtui.tui.format import key_row
from mmtui.tui.screens.card import AnsweredCard


class LeaveScreen(AnsweredCard[str | None]):
    """Returns "leave", "keep" (for later) or None (stay)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss('leave')", "leave"),
        Binding("k", "dismiss('keep')", "keep for later"),
        Binding("escape,p", "dismiss(None)", "stay"),
    ]

    def __init__(self, *, scored: bool) -> None:
        told = "A daily counts: its rest is absence." if scored else "What you did so far is not scored."
        super().__init__(
            [
                (("Leave the level?", "bold foreground"),),
                (),
                ((f"The clock stands still. {told}", "muted"),),
                (),
                key_row(("Enter", "leave"), ("k", "keep it for later"), ("Esc", "stay")),
            ]
        )


class LeaveRoomScreen(AnsweredCard[None]):
    """Leaves a room, and its app, if that is meant.

    Args:
        told: what becomes of the room, or of the seat.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave", "leave"),
        Binding("escape", "dismiss(None)", "stay"),
    ]

    def __init__(self, told: str) -> None:
        super().__init__(
            [
                (("Leave the room?", "bold foreground"),),
                (),
                ((told, "muted"),),
                (),
                key_row(("Enter", "leave"), ("Esc", "stay")),
            ]
        )

    def action_leave(self) -> None:
        self.app.exit()

"""The question whether a journal that names files of code may run them."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from textual.binding import Binding, BindingType

from mmtui.tui.format import Row, key_row
from mmtui.tui.screens.card import AnsweredCard

_WIDTH = 60
_IS_CODE = (
    "It is not a journal of yours with the same files. A strategy's file is code: it runs as you, and may do what you "
    "may. Go on only if you trust it."
)


class TrustScreen(AnsweredCard[bool]):
    """Returns whether the player trusts the journal.

    Args:
        name: the journal.
        files: what it would do with which file, and the file's digest.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "trust it"),
        Binding("escape,enter,n", "dismiss(False)", "go back"),
    ]

    def __init__(self, name: str, files: Sequence[str]) -> None:
        rows: list[Row] = [((line, "bold foreground"),) for line in wrap(f"{name} names files", _WIDTH)]
        for file in files:
            rows += [(), *(((line, "foreground"),) for line in wrap(f"It {file}", _WIDTH))]
        rows += [(), *(((line, "muted"),) for line in wrap(_IS_CODE, _WIDTH)), ()]
        super().__init__([*rows, key_row(("y", "I trust it"), ("Esc", "go back"))])

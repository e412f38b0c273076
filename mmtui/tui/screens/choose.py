"""Which strategy is ready to take over."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from mmtui.tui import format as fmt
from mmtui.tui.engine import StrategyCard
from mmtui.tui.format import Row
from mmtui.tui.widgets.rows import as_content

_WIDTH = 62


def strategy_rows(card: StrategyCard, ready: str | None) -> list[Row]:
    """Name, whether it is the ready one, and its idea."""
    note = "   ready" if card.name == ready else ""
    lines = [((f"  {line}", "muted"),) for line in fmt.wrap(card.idea, _WIDTH - 2)]
    return [((card.name, "bold foreground"), (note, "auto")), *lines]


class ChooseStrategy(ModalScreen[str | None]):
    """A list of names with their ideas."""

    CSS_PATH = "choose.tcss"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, strategies: list[StrategyCard], ready: str | None) -> None:
        super().__init__()
        self.strategies = strategies
        self.ready = ready

    def compose(self) -> ComposeResult:
        with Vertical(id="choose", classes="panel"):
            yield Static("Which strategy shall be ready?", id="choose-title")
            yield OptionList(
                *(Option(as_content(strategy_rows(card, self.ready)), id=card.name) for card in self.strategies)
            )
            yield Static("Enter chooses, Esc goes back", id="choose-foot")

    def on_mount(self) -> None:
        names = [card.name for card in self.strategies]
        if self.ready in names:
            self.query_one(OptionList).highlighted = names.index(self.ready)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

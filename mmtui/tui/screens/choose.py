"""Choosing a strategy and its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, OptionList, Static

from mmtui.errors import InputError
from mmtui.session.commands import Params
from mmtui.tui import format as fmt
from mmtui.tui.cards import StrategyCard
from mmtui.tui.engine import Engine
from mmtui.tui.format import Row
from mmtui.tui.screens.base import HEIGHTS, AppModal, changed, field, option, take_layout

if TYPE_CHECKING:
    from mmtui.strategies.protocol import Param

_WIDTH = 66
_FOOT = "Enter chooses, Tab goes to the parameters, Esc goes back"

#: The entry for a strategy in a file, and the name of its field.
_FILE = StrategyCard("a file of your own", "the class in a Python file, such as mmtui strategies new writes")
_FIELD = "file.py:Class"
#: What is typed for a parameter, as the documentation of levels calls it.
_TYPED = {bool: "true or false", int: "whole number", float: "number", str: "text"}
_IS_CODE = "A strategy's file is code: it runs as you, and may do what you may. Choose only what you trust."


def strategy_rows(card: StrategyCard, ready: str | None) -> list[Row]:
    """A strategy's name, whether it is ready, and its idea."""
    note = "   ready" if card.name == ready else ""
    lines = [((f"  {line}", "muted"),) for line in fmt.wrap(card.idea, _WIDTH - 2)]
    return [((card.name, "bold foreground"), (note, "auto")), *lines]


def about_param(param: Param) -> str:
    """What a parameter does, what is typed for it, and its bounds."""
    return f"{param.about} ({_TYPED.get(param.type, param.type.__name__)}{param.bounds and f', {param.bounds}'})"


class ChooseStrategy(AppModal[tuple[str, Params] | None]):
    """A list of strategies, and the parameters of the highlighted one to fill in.

    Args:
        engine: lists the strategies.
        ready: the strategy that is ready or quoting.
        params: those of its parameters that differ from the defaults.
        question: the title.
        files: whether a strategy in a file may be chosen.
    """

    CSS_PATH = "choose.tcss"
    AUTO_FOCUS = "OptionList"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(
        self,
        engine: Engine,
        ready: str | None,
        params: Params,
        question: str = "Which strategy shall be ready?",
        *,
        files: bool = True,
    ) -> None:
        super().__init__()
        self.question = question
        self.engine = engine
        self.strategies = {card.name: card for card in (*engine.strategies(), *[_FILE] * files)}
        self.ready = ready
        self.params = params

    def on_mount(self) -> None:
        take_layout(self)

    def compose(self) -> ComposeResult:
        names = list(self.strategies)
        first = names.index(self.ready) if self.ready in names else 0
        with Vertical(id="choose", classes="panel"):
            yield Static(self.question, id="choose-title")
            menu = OptionList(
                *(option(*strategy_rows(card, self.ready), id=card.name) for card in self.strategies.values())
            )
            menu.highlighted = first
            yield menu
            yield VerticalScroll(id="choose-params", can_focus=False)
            yield Static(_FOOT, id="choose-foot", markup=False)

    @property
    def _marked(self) -> StrategyCard:
        return list(self.strategies.values())[self.query_one(OptionList).highlighted or 0]

    async def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the fields of the highlighted strategy."""
        card = self._marked
        set_already = self.params if card.name == self.ready else {}
        form = self.query_one("#choose-params", VerticalScroll)
        await form.remove_children()
        rows = []
        if card is _FILE:
            rows.append(Horizontal(Static(_FIELD, classes="name", markup=False), field(_FIELD)))
            rows.append(Horizontal(Static(_IS_CODE, classes="about", markup=False), classes="about-row"))
        for param in card.params:
            value = set_already.get(param.name, param.default)
            name = Static(f"{param.name}  {param.unit}", classes="name", markup=False)
            rows.append(Horizontal(name, field(param.name, fmt.typed(value))))
            rows.append(Horizontal(Static(about_param(param), classes="about", markup=False), classes="about-row"))
        await form.mount(*rows)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._choose()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._choose()

    def _choose(self) -> None:
        """Return the highlighted strategy with its parameters, or show what is wrong with them."""
        card = self._marked
        texts = changed(self, {param.name: fmt.typed(param.default) for param in card.params})
        name = texts.pop(_FIELD, "") if card is _FILE else card.name
        try:
            params = self.engine.params(name, texts)
        except InputError as error:
            text = str(error)
            self.query_one("#choose-foot", Static).update(f"{text[0].upper()}{text[1:]}.")
            return
        self.dismiss((name, params))

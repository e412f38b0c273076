"""What the screens have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from mmtui.tui.format import Row
from mmtui.tui.navigator import Navigator
from mmtui.tui.settings import Settings
from mmtui.tui.widgets.line_view import as_content

#: Below 30 rows a page goes without its margins.
HEIGHTS = [(0, "-small"), (30, "-tall")]


def take_layout(screen: Screen[Any]) -> None:
    """Take the layout of the terminal's size before the first frame, not after it."""
    for breakpoints, extent in zip(
        (screen.HORIZONTAL_BREAKPOINTS, screen.VERTICAL_BREAKPOINTS), screen.app.size, strict=True
    ):
        fitting = [name for least, name in breakpoints or () if extent >= least]
        screen.add_class(*fitting[-1:])


class AnsweringScreen(Screen[ScreenResultType]):
    """A screen that acts while it is on top: fast keys and timers may ask for more when it has given way to another."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """As the base class; only the screen on top leaves."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    async def _on_message(self, message: Message) -> None:
        if self.is_active or not isinstance(message, OptionList.OptionSelected | Input.Submitted):
            await super()._on_message(message)


class AppModal(ModalScreen[ScreenResultType], AnsweringScreen[ScreenResultType]):
    """A screen over another."""


class AppScreen(AnsweringScreen[None]):
    """A screen that knows the app as a Navigator. Its actions are documented by their tooltips in mmtui.tui.actions."""

    def on_mount(self) -> None:
        take_layout(self)

    @property
    def navigator(self) -> Navigator:
        """The app, as its screens may use it."""
        return cast("Navigator", self.app)

    @property
    def settings(self) -> Settings:
        """The player's preferences."""
        return self.navigator.settings

    def after_action(self, action: str) -> None:
        """Called after an action was carried out on this screen."""

    def fill(self, options: Iterable[Option]) -> None:
        """Replace the options of the screen's list; the same place stays highlighted."""
        menu = self.query_one(OptionList)
        place = menu.highlighted or 0
        menu.clear_options()
        menu.add_options(options)
        menu.highlighted = place


class Menu(OptionList):
    """A list whose footer says that Enter chooses."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "choose")]


def option(*rows: Row, id: str | None = None) -> Option:
    """An option of a list, disabled without an id."""
    return Option(as_content(rows), id=id, disabled=id is None)


def field(name: str, value: str = "") -> Input:
    """A text field of a form."""
    made = Input(value, compact=True, name=name)
    made.cursor_blink = False
    return made


def changed(form: DOMNode, before: Mapping[str, str]) -> dict[str, str]:
    """The texts of a form's fields, by name, that differ from before; an empty field counts as unchanged."""
    typed = {str(each.name): each.value.strip() for each in form.query(Input)}
    return {name: text for name, text in typed.items() if text and text != before.get(name)}

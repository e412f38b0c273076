"""The settings and the key map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.keys import format_key
from textual.widgets import Footer, Input, OptionList, Static

from mmtui.errors import InputError
from mmtui.tui import format as fmt
from mmtui.tui.actions import ACTIONS, Action
from mmtui.tui.cards import MOST_OF_A_NAME
from mmtui.tui.driver import SPEEDS
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings, keys_of, remap
from mmtui.tui.layouts import LAYOUTS, with_layout
from mmtui.tui.screens.base import AppModal, AppScreen, Menu, field, option
from mmtui.tui.settings import Settings
from mmtui.tui.theme import THEMES
from mmtui.tui.widgets.line_view import as_content
from mmtui.tui.widgets.status import speed_label
from mmtui.wording import visible

_NAME, _VALUE = 24, 15
_KEYMAP_WIDTH = 108
_NAME_WIDTH = 58


@dataclass(frozen=True)
class SettingValues:
    """A setting, whose values Enter goes through in turn.

    Attributes:
        field: its field of Settings.
        values: its possible values.
        shown: returns a value in words.
    """

    field: str
    title: str
    about: str
    values: tuple[Any, ...]
    shown: Callable[[Any], str]

    def next(self, settings: Settings) -> dict[str, Any]:
        """The change to the next value."""
        now = getattr(settings, self.field)
        at = self.values.index(now) if now in self.values else -1
        return self.change(settings, self.values[(at + 1) % len(self.values)])

    def change(self, settings: Settings, value: Any) -> dict[str, Any]:
        """The change to a value; a layout brings its keys."""
        changes = {self.field: value}
        if self.field == "layout":
            changes["keys"] = with_layout(settings.keys, settings.layout, value)
        return changes


def _on_off(value: bool) -> str:
    return "on" if value else "off"


_TRUTHS = (False, True)
CHOICES = (
    SettingValues(
        "theme",
        "Colours",
        "of all screens",
        tuple(theme.name for theme in THEMES),
        lambda name: str(name).removeprefix("mmtui-").replace("-", " "),
    ),
    SettingValues("speed", "Speed", "at which a level starts", SPEEDS, lambda speed: speed_label(speed).strip()),
    SettingValues("armed", "One-click", "a click in Bid or Ask quotes there", _TRUTHS, _on_off),
    SettingValues("several", "Several orders a side", "a new price adds an order", _TRUTHS, _on_off),
    SettingValues("bell", "Bell", "once if you bought, twice if you sold", _TRUTHS, _on_off),
    SettingValues("coach", "Coach", "a sentence at the moment it matters", _TRUTHS, _on_off),
    SettingValues("runs_on", "Market runs on", "under the chooser and the palette", _TRUTHS, _on_off),
    SettingValues("layout", "Keyboard", "whose keys can be reached", tuple(LAYOUTS), str),
    SettingValues("still", "Reduced motion", "nothing moves for show", _TRUTHS, _on_off),
)


def choice_row(title: str, value: str, about: str) -> Row:
    """A setting's name, value and meaning."""
    return ((f"{title:<{_NAME}}", "bold foreground"), (f"{value:<{_VALUE}}", "bold own"), (about, "muted"))


def action_row(action: Action, keymap: Mapping[str, str], room: int) -> Row:
    """An action's screen, keys (coloured where they are the player's own) and tooltip."""
    keys = " ".join(format_key(key) for key in keys_of(action, keymap))
    return (
        (f"{action.screen:<10}", "muted"),
        (f"{keys:<12}", "bold auto" if action.id in keymap else "bold own"),
        (fmt.fit(action.tooltip, room), "foreground"),
    )


class SettingsScreen(AppScreen):
    """A list of settings; each change applies and is saved at once."""

    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "OptionList"
    BINDINGS = bindings("settings")

    def compose(self) -> ComposeResult:
        with Vertical(id="settings"):
            yield Static("SETTINGS", id="heading")
            yield Menu(id="list")
            yield Static("Enter changes the one that is marked.", id="foot")
        yield Footer(show_command_palette=False)

    def on_screen_resume(self) -> None:
        self._fill()

    def _fill(self) -> None:
        settings = self.settings
        entries = [
            (choice.title, choice.shown(getattr(settings, choice.field)), choice.about, choice.field)
            for choice in CHOICES
        ]
        changed = f"{len(settings.keys)} changed" if settings.keys else "as delivered"
        named = settings.player or "none"
        entries.append(("Name", fmt.fit(named, _VALUE - 1), "what journals call you", "player"))
        entries.append(("Keys", changed, "give any action another key", "keys"))
        self.fill(option(choice_row(title, value, about), id=name) for title, value, about, name in entries)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option.id == "keys":
            self.app.push_screen(KeymapScreen())
            return
        if event.option.id == "player":
            self.app.push_screen(NameScreen(self.settings.player), self._named)
            return
        choice = next(choice for choice in CHOICES if choice.field == event.option.id)
        self.navigator.prefer(**choice.next(self.settings))
        self._fill()

    def _named(self, name: str | None) -> None:
        if name is not None:
            self.navigator.prefer(player=name)
            self._fill()


class NameScreen(AppModal[str | None]):
    """Asks for the player's name; returns it, or None."""

    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "none")]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._before = name

    def compose(self) -> ComposeResult:
        told = "Journals carry it from the next session on. Without one they show a pseudonym of your key."
        rows: list[Row] = [
            (("What shall journals call you?", "bold foreground"),),
            (),
            *(((line, "muted"),) for line in fmt.wrap(told, _NAME_WIDTH)),
        ]
        with Vertical(id="ask-name", classes="panel"):
            yield Static(as_content(rows))
            typed = field("player", self._before)
            typed.max_length = MOST_OF_A_NAME
            yield typed

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Input))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the name, without what a terminal would obey."""
        self.dismiss(visible(event.value).strip())


class KeymapScreen(AppScreen):
    """Every action with its keys."""

    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "OptionList"
    BINDINGS = bindings("keymap")

    def compose(self) -> ComposeResult:
        with Vertical(id="keymap"):
            yield Static("KEYS", id="heading")
            yield Menu(id="list")
            yield Static("Enter asks for another key.", id="foot")
        yield Footer(show_command_palette=False)

    def on_resize(self) -> None:
        self._fill()

    def _fill(self) -> None:
        keymap = self.settings.keys
        room = min(_KEYMAP_WIDTH, self.app.size.width) - 28
        self.fill(option(action_row(action, keymap, room), id=action.id) for action in ACTIONS.values())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        assert event.option.id is not None

        def chosen(keymap: dict[str, str] | None) -> None:
            if keymap is not None:
                self.navigator.prefer(keys=keymap)
                self._fill()

        self.app.push_screen(KeyScreen(ACTIONS[event.option.id], self.settings.keys), chosen)

    def action_reset(self) -> None:
        """Reset the highlighted action to its default key, unless another action has it now."""
        menu = self.query_one(OptionList)
        if menu.highlighted is None:
            return
        action = ACTIONS[menu.get_option_at_index(menu.highlighted).id or ""]
        try:
            self.navigator.prefer(keys=remap(self.settings.keys, action.id, action.key))
        except InputError as error:
            self.notify(str(error), severity="warning", markup=False)
        self._fill()


class KeyScreen(AppModal[dict[str, str] | None]):
    """Waits for an action's new key; returns the changed key map, or None."""

    CSS_PATH = "settings.tcss"

    def __init__(self, about: Action, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self.about = about
        self.keymap = keymap

    def compose(self) -> ComposeResult:
        rows: list[Row] = [
            ((self.about.tooltip, "bold foreground"),),
            (),
            (("Press the key for it, or Esc for none.", "muted"),),
        ]
        with Vertical(id="ask-key", classes="panel"):
            yield Static(as_content(rows))
            yield Static("", id="refusal", markup=False)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.dismiss(None)
            return
        try:
            keymap = remap(self.keymap, self.about.id, event.key)
        except InputError as error:
            sentence = str(error)
            self.query_one("#refusal", Static).update(f"{sentence[0].upper()}{sentence[1:]}.")
            return
        self.dismiss(keymap)

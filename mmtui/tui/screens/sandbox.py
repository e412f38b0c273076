"""The sandbox: a form of its main overrides."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer, Input, Static

from mmtui.errors import InputError
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import AppScreen

LEVEL = "sandbox"
_FOOT = "Enter plays, Tab: the next dial. Any other key: mmtui play sandbox --set …"


class SandboxScreen(AppScreen):
    """A field for each dial; what is changed is checked as a level's file is."""

    CSS_PATH = "sandbox.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS = bindings("sandbox")

    def compose(self) -> ComposeResult:
        self.overrides = self.navigator.engine.overrides(LEVEL)
        with Vertical(id="sandbox"):
            yield Static("SANDBOX", id="heading")
            with VerticalScroll(can_focus=False):
                for dial in self.overrides:
                    field = Input(dial.value, compact=True, name=dial.path)
                    field.cursor_blink = False
                    about = Static(dial.about, classes="about", markup=False)
                    yield Horizontal(Static(dial.name, classes="name", markup=False), field, about)
            yield Static(_FOOT, id="foot", markup=False)
        yield Footer(show_command_palette=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the briefing of the sandbox as it is set, or say what is wrong with it."""
        navigator = self.navigator
        before = {dial.path: dial.value for dial in self.overrides}
        typed = {str(field.name): field.value.strip() for field in self.query(Input)}
        # A field left empty is as good as one left alone.
        changed = {path: text for path, text in typed.items() if text and text != before[path]}
        try:
            card = navigator.engine.level(LEVEL, changed)
        except InputError as error:
            # The file is the program's own: what is wrong is the key.
            text = str(error).partition(".toml: ")[2] or str(error)
            self.query_one("#foot", Static).update(f"{text}.")
            return
        self.query_one("#foot", Static).update(_FOOT)
        navigator.brief(card)

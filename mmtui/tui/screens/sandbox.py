"""The sandbox: a form for the main parameters of its level."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer, Input, Static

from mmtui.errors import InputError
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import AppScreen, changed, field

LEVEL = "sandbox"
_FOOT = "Enter goes to the briefing, Tab to the next dial. More dials at a shell: mmtui play sandbox --set …"


class SandboxScreen(AppScreen):
    """A field for each override; changes are checked as a level's file is."""

    CSS_PATH = "sandbox.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS = bindings("sandbox")

    def compose(self) -> ComposeResult:
        self.overrides = self.navigator.engine.overrides(LEVEL)
        with Vertical(id="sandbox"):
            yield Static("SANDBOX", id="heading")
            with VerticalScroll(can_focus=False):
                for override in self.overrides:
                    name = Static(override.name, classes="name", markup=False)
                    about = Static(override.about, classes="about", markup=False)
                    yield Horizontal(name, field(override.path, override.value), about)
            yield Static(_FOOT, id="foot", markup=False)
        yield Footer(show_command_palette=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the briefing of the changed level, or show what is wrong with it."""
        before = {override.path: override.value for override in self.overrides}
        try:
            card = self.navigator.engine.level(LEVEL, changed(self, before))
        except InputError as error:
            # The file is the program's own, so only the key is named.
            text = str(error).partition(".toml: ")[2] or str(error)
            self.query_one("#foot", Static).update(f"{text}.")
            return
        self.query_one("#foot", Static).update(_FOOT)
        self.navigator.show_briefing(card)

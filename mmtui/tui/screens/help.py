"""Help: the keys of a screen, from the bindings it really has, and the documentation."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from mmtui import docs
from mmtui.tui.actions import ACTIONS, lines
from mmtui.tui.format import Row
from mmtui.tui.widgets.line_view import as_content
from mmtui.tui.widgets.page import PageView

_KEY_WIDTH = 12
_MOUSE: tuple[tuple[str, str], ...] = (
    ("click", "quote, in Bid or Ask"),
    ("right click", "the next larger size"),
    ("", "on your order: cancel"),
    ("drag", "move your order"),
    ("header", "of My bids, asks: cancel"),
    ("wheel", "move the window, the size"),
    ("middle", "recentre"),
    ("position", "take it as the size"),
)
#: What the last line says, under the keys and under a page.
_KEYS = "→ documentation   g glossary   l marks   n what is new   Esc back"
_READING = "← → pages   k keys   g glossary   l marks   n what is new   Esc back"


def help_groups(screen: str, keys: dict[str, list[str]]) -> list[list[Row]]:
    """Lines by group.

    Args:
        screen: the screen's name in the registry.
        keys: action id to the keys it has now, as the eye reads them.
    """
    groups: dict[str, list[Row]] = {}
    for line in lines(screen):
        heading: Row = ((line[0].group.upper(), "bold muted"),)
        used = " ".join(key for action in line for key in keys.get(action.id, []))
        groups.setdefault(line[0].group, [heading]).append(
            ((f"{used:<{_KEY_WIDTH}}", "bold own"), (line[0].label, "foreground"))
        )
    return list(groups.values())


def columns_of(groups: list[list[Row]]) -> tuple[list[Row], list[Row]]:
    """The groups in two columns of about the same height."""
    total = sum(len(group) + 1 for group in groups)
    left: list[Row] = []
    right: list[Row] = []
    for group in groups:
        column = left if not right and len(left) + len(group) <= (total + 3) // 2 else right
        column += [*group, ()]
    return left[:-1], right[:-1]


class HelpScreen(ModalScreen[None]):
    """The keys of a screen in two columns; from there, the pages of the documentation.

    Attributes:
        about: the screen whose keys are shown.
    """

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,enter,q", "dismiss", "back", id="help.back"),
        # Before the page, which would scroll sideways.
        Binding("left", "turn(-1)", "page before", id="help.previous", priority=True),
        Binding("right", "turn(1)", "next page", id="help.next", priority=True),
        Binding("k", "turn_to('')", "keys", id="help.keys"),
        Binding("g", "turn_to('glossary')", "glossary", id="help.glossary"),
        Binding("l", "turn_to('floor', 'marks')", "marks", id="help.marks"),
        Binding("n", "turn_to('changelog')", "what is new", id="help.news"),
    ]

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        self.about = about

    def compose(self) -> ComposeResult:
        keys: dict[str, list[str]] = {}
        for active in self.about.active_bindings.values():
            binding = active.binding
            if binding.id in ACTIONS:
                keys.setdefault(binding.id, []).append(self.app.get_key_display(binding))
        screen = next((name.partition(".")[0] for name in keys if not name.startswith("app.")), "")
        groups = help_groups(screen, keys) + help_groups("app", keys)
        if screen == "floor":
            groups.append(
                [(("MOUSE", "bold muted"),)]
                + [((f"{what:<{_KEY_WIDTH}}", "bold own"), (does, "foreground")) for what, does in _MOUSE]
            )
        left, right = columns_of(groups)
        with Vertical(id="help", classes="panel"):
            yield Static(id="help-pages")
            with VerticalScroll(id="help-keys", can_focus=True), Horizontal(id="help-columns"):
                yield Static(as_content(left), classes="column")
                yield Static(as_content(right), classes="column")
            yield PageView(id="help-page")
            yield Static(id="help-foot")

    def on_mount(self) -> None:
        self.action_turn_to("")

    def action_turn(self, steps: int) -> None:
        """Turn to another page, those of the documentation after the keys."""
        pages = ("", *docs.TOPICS)
        shown = self.query_one(PageView).topic
        self.action_turn_to(pages[(pages.index(shown) + steps) % len(pages)])

    def action_follow(self, link: str) -> None:
        """Follow a link from one page to another."""
        name, _, anchor = link.partition("#")
        self.action_turn_to(name.removesuffix(".md") or self.query_one(PageView).topic, anchor)

    def action_turn_to(self, topic: str, anchor: str = "") -> None:
        """Show a page of the documentation, from a heading if one is given; the keys without a topic."""
        page = self.query_one(PageView)
        self.set_class(bool(topic), "-reading")
        page.show(topic, anchor)
        self.set_focus(page if topic else self.query_one("#help-keys"))
        tabs = (
            f"[bold $ink on $live] {name or 'keys'} [/]"
            if name == topic
            else f"[@click=screen.turn_to('{name}')] {name or 'keys'} [/]"
            for name in ("", *docs.TOPICS)
        )
        self.query_one("#help-pages", Static).update(" ".join(tabs))
        self.query_one("#help-foot", Static).update(_READING if topic else _KEYS)

"""Help: the keys of a screen, from the bindings it really has, and the documentation."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from mmtui import docs
from mmtui.tui.actions import ACTIONS, lines
from mmtui.tui.format import Row
from mmtui.tui.screens.base import AppModal
from mmtui.tui.widgets.line_view import LineView, as_content
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
_KEYS = "/ find a word   → pages   g glossary   l marks   n what is new   Esc back"
_READING = "/ find a word   ← → pages   k keys   g glossary   l marks   Esc back"
_SEARCHING = "Type a part of a word or a mark; Esc ends the search"


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
        if not used:
            # It has no use just now.
            continue
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


def _pointed_at(screen: Screen[Any]) -> str:
    """What the word or the mark under the pointer means; empty without one."""
    at = screen.app.mouse_position
    # It is at the origin until the mouse moves.
    if not at or not screen.region.contains_point(at):
        return ""
    widget, region = screen.get_widget_at(*at)
    return widget.explain_at(at.x - region.x, at.y - region.y) if isinstance(widget, LineView) else ""


class HelpScreen(AppModal[None]):
    """The keys of a screen in two columns; from there, the pages of the documentation.

    Attributes:
        about: the screen whose keys are shown.
    """

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,enter,q", "back", "back", id="help.back"),
        Binding("slash", "search", "find a word", id="help.search"),
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
        self._pointed = _pointed_at(about)

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
        if getattr(self.about, "STANDS", False):
            groups.insert(0, [(("The clock stands still.", "bold own"),)])
        left, right = columns_of(groups)
        with Vertical(id="help", classes="panel"):
            yield Static(self._pointed, id="help-word", markup=False)
            yield Input(placeholder="a word or a part of one", compact=True, id="help-search")
            with VerticalScroll(id="help-results", can_focus=False):
                yield Static(id="help-found")
            yield Static(id="help-pages")
            with VerticalScroll(id="help-keys", can_focus=True), Horizontal(id="help-columns"):
                yield Static(as_content(left), classes="column")
                yield Static(as_content(right), classes="column")
            yield PageView(id="help-page")
            yield Static(id="help-foot")

    def on_mount(self) -> None:
        self.query_one("#help-word").display = bool(self._pointed)
        self.query_one(Input).cursor_blink = False
        self.action_turn_to("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the search the arrows move in what is typed."""
        return action != "turn" or not self.has_class("-searching")

    def action_back(self) -> None:
        """Leave the search, or the help."""
        if self.has_class("-searching"):
            self.action_turn_to(self.query_one(PageView).topic)
        else:
            self.dismiss()

    def action_search(self) -> None:
        """Search the glossary and the marks as a word is typed."""
        self.set_class(True, "-searching")
        self.query_one(Input).focus()
        self._find("")
        self.query_one("#help-foot", Static).update(_SEARCHING)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._find(event.value)

    def _find(self, text: str) -> None:
        from mmtui.docs.terms import search

        found = search(text)
        rows: list[Row] = []
        for name, said in found:
            rows += [((name, "bold own"), (f"  {said}", "foreground"))]
        nothing: list[Row] = [(("No word of the glossary and no mark has that in it.", "muted"),)]
        self.query_one("#help-found", Static).update(as_content(rows or nothing))
        self.query_one("#help-results").scroll_to(y=0, animate=False)

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
        self.set_class(False, "-searching")
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

"""The briefing: what a level is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.keys import format_key
from textual.widgets import Footer, Input, Static

from mmtui.level.describe import maker_rules
from mmtui.level.level import Level
from mmtui.session.score import STARS, wants
from mmtui.tui import format as fmt
from mmtui.tui.actions import lines
from mmtui.tui.cards import Card
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings, keys_of
from mmtui.tui.screens.base import HEIGHTS, AppModal, AppScreen
from mmtui.tui.widgets.line_view import TextRows, as_content
from mmtui.tui.widgets.signal_strip import needed
from mmtui.units import NS_PER_S

_PART_MEANS = {
    "pnl": "money against par",
    "inventory": "position kept small",
    "markout": "fills that stay good",
    "presence": "quoting on both sides",
}
#: Width for the name of a rule.
_RULE = 15
_FIRST_KEYS = ("bid", "join-bid", "tighten", "cancel-all", "hand-over", "pause")


def heading_row(level: Level, seed: int) -> Row:
    """Number, title, length and seed."""
    return (
        (f"{level.number}  ", "bold own"),
        (level.title, "bold foreground"),
        (f"   {fmt.clock(level.duration_s * NS_PER_S)}", "live"),
        (f"   {level.market.instrument.symbol} in {level.market.instrument.currency}   seed ", "muted"),
        (str(seed), "bold live"),
    )


def note_rows(card: Card) -> list[Row]:
    """What the level is played as, if as anything special."""
    return [((card.note, "bold live"),)] if card.note else []


def rule_rows(level: Level, width: int) -> list[Row]:
    """The rules as a table."""
    rows: list[Row] = [(("RULES", "bold muted"),)]
    for name, value in maker_rules(level):
        for place, line in enumerate(fmt.wrap(value, max(12, width - _RULE))):
            shown = "" if place else name
            rows.append(((f"{shown:<{_RULE}}", "muted"), (line, "foreground")))
    return rows


def new_rows(level: Level, earlier: Iterable[Level], width: int) -> list[Row]:
    """What is needed here and was not in earlier levels, each with what the glossary says of it in its first line."""
    from mmtui.docs.terms import explain

    before = list(earlier)
    known = {label for each in before for label in _labels(each)}
    rows: list[Row] = []
    for label in _labels(level):
        if label not in known:
            first, *others = fmt.wrap(explain(label).partition("\n")[0], max(20, width - 2))
            rows += [((first, "foreground"),), *(((f"  {line}", "foreground"),) for line in others)]
    return [(("NEW HERE", "bold muted"),), *rows] if rows else []


def _labels(level: Level) -> list[str]:
    """The glossary's names of what a level needs a player to know."""
    labels = [item.label for item in needed(level)]
    if level.obligation.share < 1.0 or level.number == 1:
        labels.append("presence")
    if level.hedges:
        labels.append("hedge")
    halt = level.exchange.halt
    return labels if halt is None else [*labels, type(halt).__name__.removesuffix("Spec").lower()]


def weight_rows(level: Level) -> list[Row]:
    """The parts of the score, their weights, and what they mean."""
    parts: list[Row] = [
        (
            (f"{name:<10}", "foreground"),
            (f"{weight:4.0%} ", "bold own"),
            *fmt.gauge(weight, 4, "own", "track"),
            (f" {_PART_MEANS[name]}", "muted"),
        )
        for name, weight in level.score.weights.items()
    ]
    stars = "   ".join(f"{'★' * count} at {least:g}" for count, least in enumerate(STARS, start=1))
    return [(("SCORE", "bold muted"),), *parts, ((stars, "own"),)]


def part_rows(level: Level) -> list[Row]:
    """What each part of the score wants."""
    return [
        (("POINTS", "bold muted"),),
        *(((f"{name:<10}", "foreground"), (line, "muted")) for name, line in wants(level)),
    ]


def key_rows(level: Level, keymap: Mapping[str, str]) -> list[Row]:
    """The most needed keys, as the help lists them."""
    rows: list[Row] = [(("KEYS", "bold muted"),)]
    wanted = {f"floor.{name}" for name in level.keys or _FIRST_KEYS}
    for line in lines("floor"):
        if wanted.intersection(action.id for action in line):
            keys = " ".join(format_key(keys_of(action, keymap)[0]) for action in line)
            rows.append(((f"{keys:<10}", "bold own"), (line[0].label, "foreground")))
    return rows


class BriefingScreen(AppScreen):
    """The situation, the rules and the parts of the score."""

    CSS_PATH = "briefing.tcss"
    AUTO_FOCUS = "#briefing"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = bindings("briefing")

    def __init__(self, card: Card, seed: int) -> None:
        super().__init__()
        self.card = card
        self.seed = seed

    def compose(self) -> ComposeResult:
        level = self.card.level
        with VerticalScroll(id="briefing"):
            yield Static(id="heading")
            yield Static(level.lesson, id="lesson", markup=False)
            yield Static(" ".join(level.situation.split()), id="situation", markup=False)
            yield TextRows(partial(new_rows, level, self._earlier()), id="new")
            with Horizontal(id="tables"):
                yield TextRows(partial(rule_rows, level), id="rules")
                yield Static(as_content([*weight_rows(level), (), *key_rows(level, self.settings.keys)]), id="weights")
            yield Static(as_content(part_rows(level)), id="parts")
        yield Footer(show_command_palette=False)

    def _earlier(self) -> list[Level]:
        """The levels of the campaign before this one."""
        levels = [card.level for card in self.navigator.engine.levels()]
        return [level for level in levels if level.number < self.card.level.number]

    def on_mount(self) -> None:
        self._show_seed()

    def _show_seed(self) -> None:
        rows = [heading_row(self.card.level, self.seed), *note_rows(self.card)]
        self.query_one("#heading", Static).update(as_content(rows))

    def action_start(self) -> None:
        self.navigator.play(self.card, self.seed)

    def action_seed(self) -> None:

        def chosen(seed: int | None) -> None:
            if seed is not None:
                self.seed = seed
                self._show_seed()

        self.app.push_screen(SeedScreen(self.seed), chosen)


class SeedScreen(AppModal[int | None]):
    """Asks for a seed."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "back")]

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="ask-seed", classes="panel", can_focus=False):
            yield Static("Seed: the same one is the same market. Enter takes it, Esc keeps the old one.")
            yield Input(str(self.seed), type="integer", max_length=9, restrict=r"[0-9]*", id="seed-input")

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(int(event.value) if event.value else None)

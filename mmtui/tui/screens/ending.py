"""The end of a level: its stars light one by one, what they open, and what is missing to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from mmtui.career.career import Best
from mmtui.debrief import tables
from mmtui.session.result import Result
from mmtui.session.score import next_star
from mmtui.tui import format as fmt
from mmtui.tui.cards import Card
from mmtui.tui.format import Row, Span
from mmtui.tui.screens.base import AppModal
from mmtui.tui.widgets.debrief_tables import Played, sum_rows
from mmtui.tui.widgets.line_view import as_content

#: The panel's text, and what is beside it.
_WIDTH, _EDGES = 66, 6
_STARS = 3
#: Seconds from one star to the next.
_BEAT_S = 0.5


@dataclass(frozen=True)
class Ending:
    """What the end of a level has to say.

    Attributes:
        played: the level.
        best: the best there was before; None for none.
        opened: the level that it opened, if any.
        crowned: whether it is the last level with every star, and how many stars the campaign has given.
    """

    played: Played
    best: Best | None = None
    opened: Card | None = None
    crowned: str = ""


def star_row(stars: int, lit: int, *, badge: bool) -> Row:
    """The stars that are lit so far, far apart; a strategy's are of another kind."""
    full, empty = ("✦", "✧") if badge else ("★", "☆")
    ink = "auto" if badge else "own"
    spans: list[Span] = []
    for number in range(_STARS):
        on = number < min(stars, lit)
        spans += [(full if on else empty, f"bold {ink}" if on else "muted"), ("    " * (number < _STARS - 1), "muted")]
    return tuple(span for span in spans if span[0])


def centred(row: Row, width: int) -> Row:
    """A row in the middle of the panel."""
    return ((" " * max(0, (width - fmt.width_of(row)) // 2), "muted"), *row)


def duel_row(result: Result, width: int) -> Row:
    """Whether a duel was won, and by how much; nothing without an opponent."""
    other = result.opponent
    if other is None:
        return ()
    gap = result.score - other.score
    word, ink = ("WON", "gain") if gap > 0 else ("LOST", "loss") if gap < 0 else ("DRAWN", "own")
    told = f"  {result.score:.1f} against {other.score:.1f} by {other.strategy}"
    return centred(((word, f"bold {ink}"), (told, "foreground")), width)


def standing_rows(ending: Ending, width: int) -> list[Row]:
    """The best so far and what is missing to the next star, or why there are none."""
    played, record = ending.played, ending.played.record
    if record is None:
        return [((played.card.note or "Outside the campaign: its stars are shown here, and kept nowhere.", "muted"),)]
    if record.rehearsed:
        told = f"This session is {record.apart}: it is kept and shown, and earns no stars."
        return [((line, "muted"),) for line in fmt.wrap(told, width)]
    if not record.counts:
        shares = tables.quoted_by(played.result, played.shares)
        if played.card.level.score.together:
            told = f"Stars are for what hand and strategy do together; this was {shares}."
        else:
            told = f"Stars are for what is quoted by hand, 80% of the time and of the fills; this was {shares}."
        if record.badge:
            told += " Strategies alone earn a badge: ✦."
        return [((line, "muted"),) for line in fmt.wrap(told, width)]
    score, best = played.result.score, ending.best
    missing = next_star(max(score, best.score if best else 0.0))
    if best is None:
        before = "your first score here"
    elif score > best.score:
        before = f"a new best; before it {best.score:.1f} {fmt.stars(best.stars)}"
    else:
        before = f"your best is {best.score:.1f} {fmt.stars(best.stars)}"
    to_next = "every star there is" if missing is None else f"{missing:.1f} more for the next star"
    return [((before[0].upper() + before[1:], "foreground"), (f"   {to_next}", "muted"))]


def ending_rows(ending: Ending, lit: int, width: int = _WIDTH) -> list[Row]:
    """The whole panel with so many stars lit; the rest follows the last of them."""
    played, record = ending.played, ending.played.record
    result = played.result
    stars = result.stars if record is None else record.badge if played.alone else record.stars
    rows: list[Row] = [
        centred(((played.card.level.title.upper(), "bold own"), (f"   {tables.ended(result)}", "muted")), width),
        (),
        centred(star_row(stars, lit, badge=played.alone), width),
        centred(((f"{result.score:.1f}", "bold foreground"), (" of 100", "muted")), width),
    ]
    if duel := duel_row(result, width):
        rows.append(duel)
    rows += [(), *sum_rows(played, width), ()]
    done = lit >= stars
    rows += standing_rows(ending, width) if done else [()]
    if done and ending.crowned:
        rows += [(), centred((("★ ★ ★  THE WHOLE CAMPAIGN IS YOURS  ★ ★ ★", "bold ink on own"),), width)]
        rows += [centred(((line, "foreground"),), width) for line in fmt.wrap(ending.crowned, width)]
    rows.append(())
    if done and ending.opened is not None:
        level = ending.opened.level
        rows += [(("UNLOCKED", "bold ink on live"), (f"  {level.number}  {level.title}", "bold foreground")), ()]
    first = "plays it" if ending.opened is not None else "debrief"
    debrief = [] if ending.opened is None else [("d", "debrief")]
    return [*rows, fmt.key_row(("Enter", first), *debrief, ("r", "retry"), ("n", "new seed"))]


class EndingScreen(AppModal[str]):
    """Returns what comes next: "next" (the level that it opened), "debrief", "retry" or "new".

    Args:
        ending: what there is to say.
        still: whether all stars are lit at once.
    """

    CSS_PATH = "ending.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "go on"),
        Binding("escape,d", "dismiss('debrief')", "debrief"),
        Binding("r", "again('retry')", "retry"),
        Binding("n", "again('new')", "new seed"),
    ]

    def __init__(self, ending: Ending, *, still: bool) -> None:
        super().__init__()
        self.ending = ending
        self.lit = _STARS if still else 0

    def compose(self) -> ComposeResult:
        with Vertical(id="ending", classes="panel"):
            yield Static(id="told")

    def on_mount(self) -> None:
        self._show()
        if self.lit < _STARS:
            self.set_interval(_BEAT_S, self.light, repeat=_STARS)

    def light(self) -> None:
        """Light the next star."""
        self.lit += 1
        self._show()

    def _show(self) -> None:
        width = min(_WIDTH, self.app.size.width - _EDGES)
        self.query_one("#told", Static).update(as_content(ending_rows(self.ending, self.lit, width)))

    def action_again(self, how: str) -> None:
        """Play again, once the stars are lit: until then a key may have been meant for the floor."""
        if self.lit >= _STARS:
            self.dismiss(how)

    def action_go_on(self) -> None:
        """Play what was opened; while stars are still to be lit, light them all first."""
        if self.lit < _STARS:
            self.lit = _STARS
            self._show()
        else:
            self.dismiss("debrief" if self.ending.opened is None else "next")

"""How it went, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from mmtui.tui import format as fmt
from mmtui.tui.engine import Card
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.briefing import HEIGHTS
from mmtui.tui.widgets.rows import Passage, as_content

if TYPE_CHECKING:
    from mmtui.tui.app import MmtuiApp

_ENDS = {"time": "The time is up.", "loss": "The loss limit was reached: the level ended there."}
_MONEY = 12


@dataclass(frozen=True)
class Played:
    """A finished level.

    Attributes:
        strategy: the one that quoted from the start, if any.
        result: the result with the keys of ``mmtui run --format json``.
    """

    card: Card
    seed: int
    strategy: str | None
    result: Mapping[str, Any]


def verdict_rows(played: Played) -> list[Row]:
    """Title, score and stars, and how it ended."""
    result = played.result
    score, stars = result["score"], result["stars"]
    ended = _ENDS.get(result["ended"], f"It ended: {result['ended']}.")
    return [
        (("", "muted"), (f"{played.card.number}  {played.card.title}", "bold own"), (f"   {ended}", "muted")),
        (),
        (
            (f"{score:.1f}", "bold foreground"),
            (" of 100   ", "muted"),
            (fmt.stars(stars), "bold own"),
            (f"   {_next_star(score)}", "muted"),
        ),
    ]


def _next_star(score: float) -> str:
    for needed in (50, 70, 85):
        if score < needed:
            return f"{needed - score:.1f} more for the next star"
    return "every star there is"


def score_rows(played: Played, width: int) -> list[Row]:
    """Each part's points times its weight, and their sum."""
    rows: list[Row] = [(("SCORE", "bold muted"), ("    points  weight", "muted"))]
    for name, points in played.result["parts"].items():
        weight = played.card.weights.get(name, 0.0)
        rows.append(
            (
                (f"{name:<10}", "foreground"),
                (f"{points:6.1f}", "bold foreground"),
                (f" × {weight:4.2f} = ", "muted"),
                (f"{points * weight:5.1f} ", "own"),
                *fmt.gauge(points / 100, max(0, min(20, width - 33)), "bid-bar" if points >= 50 else "entry", "track"),
            )
        )
    score = played.result["score"]
    rows.append((("total".ljust(26), "muted"), (f"{score:5.1f}", "bold own")))
    return rows


def attribution_rows(played: Played, width: int) -> list[Row]:
    """Spread + position + hedge − fees = total, with bars."""
    pnl = played.result["pnl"]
    parts = [("spread", pnl["spread"]), ("position", pnl["position"]), ("hedge", pnl["hedge"]), ("fees", -pnl["fees"])]
    largest = max(abs(amount) for _, amount in parts) or 1.0
    room = min(25, width - 11 - _MONEY - 2)
    room -= 1 - room % 2
    rows: list[Row] = [(("WHERE IT CAME FROM", "bold muted"), (f"   {played.card.instrument.currency}", "muted"))]
    for sign, (name, amount) in zip(("", "+", "+", "−"), parts, strict=True):
        fill = "bought-bar" if amount > 0 else "sold-bar"
        shown = f"{pnl['fees']:,.2f}".rjust(_MONEY) if name == "fees" else fmt.money(amount, _MONEY)
        rows.append(
            (
                (f"{sign:<2}{name:<9}", "foreground"),
                (shown, fmt.tone(amount)),
                ("  ", "muted"),
                *(fmt.balance(amount / largest, room, fill, "surface") if room >= 5 else ()),
            )
        )
    total = pnl["total"]
    rows.append((("= total    ", "bold foreground"), (fmt.money(total, _MONEY), f"bold {fmt.tone(total)}")))
    rows.append(
        ((f"  par      {fmt.money(played.result['par'], _MONEY)}  by {played.card.par}"[: max(24, width)], "muted"),)
    )
    return rows


def trading_rows(played: Played) -> list[Row]:
    """Markouts, inventory, fills, presence, and how to see it again."""
    result = played.result
    position, markout = result["position"], result["markout"]
    rows: list[Row] = [(("MARKOUT", "bold muted"), ("   ticks a share", "muted"))]
    rows.append(
        tuple(
            span
            for horizon, value in markout.items()
            for span in ((f"{horizon} ", "muted"), (f"{fmt.ticks(value, 0)}   ", f"bold {fmt.tone(value)}"))
        )
    )
    rows += [
        (),
        (("INVENTORY", "bold muted"), (f"   lots, limit ±{position['limit']}", "muted")),
        _facts(
            ("end", fmt.signed(position["final"])),
            ("largest", str(position["max_abs"])),
            ("mean", f"{position['mean_abs']:.1f}"),
        ),
        (),
        (("TRADING", "bold muted"),),
        _facts(
            ("fills", str(result["fills"])),
            ("lots", str(result["volume"])),
            ("two-sided", f"{result['presence']:.0%}"),
        ),
    ]
    return rows


def _facts(*facts: tuple[str, str]) -> Row:
    spans = [((f"{name} ", "muted"), (f"{value}  ", "bold foreground")) for name, value in facts]
    return tuple(span for pair in spans for span in pair)


def origin_row(played: Played) -> Row:
    """The seed and the short digest."""
    result = played.result
    return (
        ("seed ", "muted"),
        (str(played.seed), "bold live"),
        ("   digest ", "muted"),
        (str(result["digest"])[:12], "foreground"),
        (f"   quoted by {result['strategy'] or 'hand'}", "muted"),
    )


class ResultScreen(Screen[None]):
    """Score, attribution and the facts."""

    CSS_PATH = "result.tcss"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("result"))

    def __init__(self, played: Played) -> None:
        super().__init__()
        self.played = played

    def compose(self) -> ComposeResult:
        played = self.played
        with VerticalScroll(id="result", can_focus=False):
            yield Static(as_content(verdict_rows(played)), id="verdict")
            with Horizontal(classes="pair"):
                yield Passage(partial(score_rows, played), classes="half")
                yield Passage(partial(attribution_rows, played), classes="half")
            with Horizontal(classes="pair"):
                yield Static(as_content(trading_rows(played)), classes="half")
                yield Static(as_content(lesson_rows(played.card)), classes="half")
            yield Static(as_content([origin_row(played)]), id="origin")
        yield Footer(show_command_palette=False)

    def action_retry(self) -> None:
        """The same market once more."""
        cast("MmtuiApp", self.app).replay_level(self.played.card, self.played.seed, self.played.strategy)

    def action_new_seed(self) -> None:
        """Another market."""
        app = cast("MmtuiApp", self.app)
        app.replay_level(self.played.card, app.new_seed(), self.played.strategy)

    def action_back(self) -> None:
        """Back to the briefing or home."""
        self.app.pop_screen()


def lesson_rows(card: Card) -> list[Row]:
    """What the level was there to teach."""
    return [(("THE LESSON", "bold muted"),), *(((line, "auto"),) for line in fmt.wrap(card.lesson, 36))]

"""The list of levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Footer, OptionList, Static
from textual.worker import get_current_worker

from mmtui.career.career import Best, opened
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import AppScreen, option
from mmtui.tui.widgets.line_view import as_content
from mmtui.units import NS_PER_S

if TYPE_CHECKING:
    from mmtui.level.level import Level
    from mmtui.session.commands import Params

WIDTH = 58
_WIDTHS = [(0, "-narrow"), (110, "-wide")]
_DETAIL_WIDTH = 50


def level_row(level: Level, best: Best | None, *, is_open: bool = True) -> Row:
    """A level's number, title, length and best score, or that it is locked."""
    score = "open" if best is None else f"{best.score:5.1f} {fmt.stars(best.stars)}"
    if not is_open:
        score = "locked"
    length = fmt.clock(level.duration_s * NS_PER_S)
    return (
        (f"{level.number:>2}  ", "bold own" if is_open else "muted"),
        (fmt.fit(level.title, WIDTH - 4 - len(length) - 12), "bold foreground" if is_open else "muted"),
        (length, "live" if is_open else "muted"),
        (score.rjust(12), "own" if best else "muted"),
    )


def lesson_rows(level: Level) -> list[Row]:
    """What a level teaches."""
    return [((line, "auto"),) for line in fmt.wrap(level.lesson, _DETAIL_WIDTH)]


def strategy_rows(scores: list[tuple[str, float, int]]) -> list[Row]:
    """The score of each strategy alone, the best first."""
    rows: list[Row] = [(("BY THEMSELVES, ON SEED 1", "bold muted"),)]
    for name, score, stars in sorted(scores, key=lambda entry: -entry[1]):
        rows.append(
            (
                (fmt.fit(name, 20), "foreground"),
                (f"{score:5.1f} ", "bold foreground"),
                (f"{fmt.stars(stars)}  ", "own"),
                *fmt.gauge(score / 100, _DETAIL_WIDTH - 32, "bid-bar", "track"),
            )
        )
    return rows


class LevelsScreen(AppScreen):
    """The list of levels: the campaign's, then the player's own.

    Args:
        opponent: the strategy to play against, with its parameters; None to play alone.
    """

    CSS_PATH = "levels.tcss"
    AUTO_FOCUS = "OptionList"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    BINDINGS = bindings("levels")

    def __init__(self, opponent: tuple[str, Params] | None = None) -> None:
        super().__init__()
        self.opponent = opponent

    def compose(self) -> ComposeResult:
        heading = "LEVELS" if self.opponent is None else f"ON WHICH LEVEL, AGAINST {self.opponent[0].upper()}?"
        with Container(id="levels"):
            with Vertical(id="campaign"):
                yield Static(heading, id="heading")
                yield OptionList(id="list")
            with Vertical(id="about"):
                yield Static(id="lesson")
                yield Static(id="strategies")
        yield Footer(show_command_palette=False)

    def on_screen_resume(self) -> None:
        engine, best = self.navigator.engine, self.navigator.progress.best
        cards = engine.levels()
        own, troubles = engine.own_levels()
        is_open = opened([card.level.id for card in cards], best)
        self._open = {*is_open, *(card.source for card in own)}
        options = [
            option(level_row(card.level, best.get(card.level.id), is_open=card.level.id in is_open), id=card.source)
            for card in cards
        ]
        if own or troubles:
            options.append(option((("YOUR LEVELS", "bold muted"),)))
        options += [option(level_row(card.level, None), id=card.source) for card in own]
        options += [option(*(((line, "ask"),) for line in fmt.wrap(trouble, WIDTH))) for trouble in troubles]
        self.fill(options)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id is not None:
            card = self.navigator.engine.level(event.option.id)
            self.query_one("#lesson", Static).update(as_content(lesson_rows(card.level)))
            self.query_one("#strategies", Static).update("")
            self._show_strategies(event.option.id)

    @work(exclusive=True, thread=True)
    def _show_strategies(self, level: str) -> None:
        """Show what the strategies score on a level; played in a thread, since it takes a second or so."""
        engine, worker = self.navigator.engine, get_current_worker()
        scores = engine.scores(engine.level(level))
        if not worker.is_cancelled:
            self.app.call_from_thread(self.query_one("#strategies", Static).update, as_content(strategy_rows(scores)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        navigator = self.navigator
        if event.option.id is None:
            return
        if event.option.id not in self._open:
            self.notify("A star on the level before opens it. At a shell, mmtui play opens any.", severity="warning")
            return
        overrides = {}
        if self.opponent is not None:
            name, params = self.opponent
            overrides = {"opponent.strategy": name}
            overrides |= {f"opponent.params.{key}": fmt.typed(value) for key, value in params.items()}
        navigator.show_briefing(navigator.engine.level(event.option.id, overrides))

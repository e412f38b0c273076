"""The list of levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Footer, OptionList, Static
from textual.worker import get_current_worker

from mmtui.career.career import Best, opened, summary
from mmtui.career.share import bars
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import AppScreen, Menu, option
from mmtui.tui.screens.scores import history_rows
from mmtui.tui.widgets.line_view import TextRows, as_content
from mmtui.units import NS_PER_S

if TYPE_CHECKING:
    from mmtui.level.level import Level
    from mmtui.session.commands import Params
    from mmtui.tui.cards import Card

WIDTH = 58
_WIDTHS = [(0, "-narrow"), (110, "-wide")]
_DETAIL_WIDTH = 50
#: How many runs the campaign shows of each level, and the rows of their chart.
_RUNS, _CHART = 8, 8


def level_row(
    level: Level, best: Best | None, runs: Sequence[float] = (), *, older: Best | None = None, is_open: bool = True
) -> Row:
    """A station of the campaign: number, title, length, one's latest runs as bars, and the best score.

    The best of an earlier scoring, ``older``, shows while there is no other.
    """
    score = "open" if older is None else f"was {fmt.points(older.score)} {fmt.stars(older.stars)}"
    if best is not None:
        score = f"{best.score:5.1f} {fmt.stars(best.stars)}"
    if not is_open:
        score = "locked"
    length = fmt.clock(level.duration_s * NS_PER_S)
    reached = any(each is not None and each.stars > 0 for each in (best, older))
    station = ("●" if reached else "◉" if is_open else "○", "own" if reached else "live" if is_open else "muted")
    return (
        station,
        (f"{level.number:>3}  ", "bold own" if is_open else "muted"),
        (fmt.fit(level.title, WIDTH - 6 - len(length) - _RUNS - 14), "bold foreground" if is_open else "muted"),
        (length, "live" if is_open else "muted"),
        (f"  {bars(runs[-_RUNS:]):<{_RUNS}}", "bid"),
        (score.rjust(12), "own" if best else "muted"),
    )


def lesson_rows(level: Level) -> list[Row]:
    """What a level teaches."""
    return [((line, "auto"),) for line in fmt.wrap(level.lesson, _DETAIL_WIDTH)]


def best_rows(groups: Sequence[Mapping[str, Any]]) -> list[Row]:
    """One's bests on a level: by hand, by a strategy, by both; how often, and stars or badge."""
    rows: list[Row] = [(("YOUR BESTS", "bold muted"),)]
    for group in groups:
        earned = (fmt.badge(group["badge"]), "auto") if group["badge"] else (fmt.stars(group["stars"]), "own")
        rows.append(
            (
                (fmt.fit(group["who"], 28), "foreground"),
                (f"{group['best']:5.1f} ", "bold foreground"),
                earned,
                (f"  {fmt.counted(group['sessions'], 'run')}", "muted"),
            )
        )
    return [*rows, ()] if groups else []


def strategy_rows(scores: list[tuple[str, float, int]]) -> list[Row]:
    """The score of each strategy alone, the best first; those that come to the same here share a row."""
    rows: list[Row] = [(("BY THEMSELVES, ON SEED 1", "bold muted"),)]
    alike: dict[tuple[float, int], list[str]] = {}
    for name, score, stars in sorted(scores, key=lambda entry: -entry[1]):
        alike.setdefault((score, stars), []).append(name)
    for (score, stars), (name, *others) in alike.items():
        rows.append(
            (
                (fmt.fit(name, 20), "foreground"),
                (f"{score:5.1f} ", "bold foreground"),
                (f"{fmt.stars(stars)}  ", "own"),
                *fmt.gauge(score / 100, _DETAIL_WIDTH - 32, "bid-bar", "track"),
            )
        )
        same = f"  the same here: {', '.join(others)}" if others else ""
        rows += [((line, "muted"),) for line in fmt.wrap(same, _DETAIL_WIDTH)]
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
                yield Menu(id="list")
            with Vertical(id="about"):
                yield Static(id="lesson")
                yield Static(id="bests")
                yield TextRows(lambda _: [], id="runs")
                yield Static(id="strategies")
        yield Footer(show_command_palette=False)

    def on_screen_resume(self) -> None:
        engine, progress = self.navigator.engine, self.navigator.progress
        best, older = progress.best, progress.older
        cards = engine.levels()
        own, troubles = engine.own_levels()
        is_open = opened([card.level.id for card in cards], progress.reached)
        self._open = {*is_open, *(card.source for card in own)}
        self._records = self.navigator.career.sessions()
        options = []
        for card in cards:
            level = card.level
            earlier, reached = older.get(level.id), best.get(level.id)
            row = level_row(level, reached, self._runs(level), older=earlier, is_open=level.id in is_open)
            options.append(option(row, id=card.source))
        if own or troubles:
            options.append(option((("YOUR LEVELS", "bold muted"),)))
        options += [option(level_row(card.level, None), id=card.source) for card in own]
        options += [option(*(((line, "ask"),) for line in fmt.wrap(trouble, WIDTH))) for trouble in troubles]
        self.fill(options)

    def _runs(self, level: Level) -> list[float]:
        """One's scores on a level, oldest first, but those of strategies alone."""
        return [record.score for record in self._records if record.level == level.id and record.current]

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id is not None:
            card = self.navigator.engine.level(event.option.id)
            records = [record for record in self._records if record.level == card.level.id]
            runs = [record for record in records if record.current]
            told = lesson_rows(card.level)
            if self._is_locked(card):
                way = f"A star on {self._before(card)} opens it. Enter plays it unranked before that."
                told += [(), *(((line, "muted"),) for line in fmt.wrap(way, _DETAIL_WIDTH))]
            self.query_one("#lesson", Static).update(as_content(told))
            self.query_one("#bests", Static).update(as_content(best_rows(summary(records))))
            chart = self.query_one("#runs", TextRows)
            chart.set_class(not runs, "-empty")
            chart.change(lambda width: history_rows(runs, width, _CHART) if runs else [])
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
        card = navigator.engine.level(event.option.id)
        if self.opponent is not None:
            name, params = self.opponent
            overrides = {"opponent.strategy": name}
            overrides |= {f"opponent.params.{key}": fmt.typed(value) for key, value in params.items()}
            note = f"A duel: you and {name} make the same market, and the higher score wins."
            card = replace(navigator.engine.level(event.option.id, overrides), note=note)
        elif self._is_locked(card):
            note = f"Unranked: a star on {self._before(card)} opens it, and then it counts."
            card = replace(card, counts=False, note=note)
        navigator.show_briefing(card)

    def _is_locked(self, card: Card) -> bool:
        """Whether a level's score does not count yet; nothing is locked for a duel."""
        return self.opponent is None and card.source not in self._open

    def _before(self, card: Card) -> str:
        """The level whose star opens another."""
        titles = {each.level.id: each.level.title for each in self.navigator.engine.levels()}
        ids = list(titles)
        return titles[ids[ids.index(card.level.id) - 1]]

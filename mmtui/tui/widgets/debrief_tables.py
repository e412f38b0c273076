"""A finished level in the panels of the debrief screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mmtui.debrief import tables
from mmtui.debrief.model import Debrief, Ranking, ScorePart
from mmtui.debrief.tables import Table
from mmtui.session.replay import Script
from mmtui.session.result import Result
from mmtui.session.score import next_star
from mmtui.tui import format as fmt
from mmtui.tui.cards import Card
from mmtui.tui.format import Row, Span, title_row

_MONEY = 12


@dataclass(frozen=True)
class Played:
    """A finished level.

    Attributes:
        strategy: the one that quoted from the start, if any.
        script: the commands to play it again.
        name: the file name of its journal, empty without one.
        daily: the day whose challenge it was, if it was one.
    """

    card: Card
    seed: int
    strategy: str | None
    result: Result
    script: Script
    name: str = ""
    daily: date | None = None


def verdict_rows(played: Played) -> list[Row]:
    """Title, end and seed; score, stars, and what is missing to the next one."""
    card, result = played.card, played.result
    missing = next_star(result.score)
    to_next = "every star there is" if missing is None else f"{missing:.1f} more for the next star"
    opponent: list[Span] = []
    if (other := result.opponent) is not None:
        opponent = [
            ("   v ", "muted"),
            (f"{other.strategy} {other.score:.1f}", "bold ask"),
            (f" {other.pnl:+,.0f}", "foreground"),
        ]
    return [
        (
            (f"{card.number}  {card.title}", "bold own"),
            (f"   {tables.ended(result)}   seed ", "muted"),
            (str(played.seed), "bold live"),
            (f"   {tables.quoted_by(result)}", "muted"),
        ),
        (
            (f"{result.score:.1f}", "bold foreground"),
            (" of 100   ", "muted"),
            (fmt.stars(result.stars), "bold own"),
            (f"   {to_next}", "muted"),
            *opponent,
        ),
    ]


def score_rows(played: Played, width: int) -> list[Row]:
    """Each part's points times its weight, and their sum."""
    rows: list[Row] = [title_row("SCORE", "points × weight", width)]
    for name, points in played.result.parts.items():
        weight = played.card.weights.get(name, 0.0)
        rows.append(
            (
                (f" {name:<10}", "foreground"),
                (f"{points:6.1f}", "bold foreground"),
                (f" × {weight:4.2f} = ", "muted"),
                (f"{points * weight:5.1f}  ", "own"),
                *fmt.gauge(points / 100, max(0, width - 36), "bid-bar" if points >= 50 else "entry", "track"),
            )
        )
    rows.append(((" total".ljust(27), "muted"), (f"{played.result.score:5.1f}", "bold own")))
    return rows


def arithmetic_rows(parts: Iterable[ScorePart], width: int) -> list[Row]:
    """The formula of each part, then its inputs."""
    rows: list[Row] = [title_row("HOW THE POINTS COME ABOUT", "kept within 0 and 100", width)]
    for part in parts:
        rows += [((f" {line}", "foreground"),) for line in fmt.wrap(f"{part.name} = {part.formula}", width - 2)]
        rows += [((f"   {line}", "muted"),) for line in fmt.wrap(tables.numbers(part), width - 4)]
    return rows


def attribution_rows(played: Played, width: int) -> list[Row]:
    """Spread + position + hedge − fees = total, with bars."""
    pnl = played.result.pnl
    terms = tables.pnl_terms(pnl)
    largest = max(abs(term.amount) for term in terms) or 1.0
    room = width - 12 - _MONEY - 3
    room -= 1 - room % 2
    rows: list[Row] = [title_row("WHERE IT CAME FROM", played.card.instrument.currency, width)]
    for term in terms:
        fill = "bought-bar" if term.effect > 0 else "sold-bar"
        rows.append(
            (
                (f" {term.sign:<2}{term.name:<9}", "foreground"),
                (term.text(_MONEY), fmt.tone(term.effect)),
                ("  ", "muted"),
                *(fmt.balance(term.effect / largest, room, fill, "surface") if room >= 5 else ()),
            )
        )
    rows.append(((" = pnl      ", "bold foreground"), (fmt.money(pnl.total, _MONEY), f"bold {fmt.tone(pnl.total)}")))
    par = f"   par      {fmt.money(played.result.par, _MONEY)}  by {played.card.par}"
    rows.append(((fmt.fit(par, width), "muted"),))
    return rows


def facts_row(played: Played) -> Row:
    """What was traded and held, in a line; the limit stands over the chart of the position."""
    facts = [(name, value) for name, value in tables.facts(played.result) if name != "limit"]
    return tuple(span for name, value in facts for span in ((f" {name} ", "muted"), (f"{value}  ", "bold foreground")))


def table_rows(table: Table, width: int, widths: Sequence[int], *, numbered: bool = False) -> list[Row]:
    """A table's columns for panels under the panel's title.

    Args:
        table: its first column is the title and takes the room that the others leave.
        width: cells in all.
        widths: cells of the other columns.
        numbered: whether the rows have numbers.
    """
    first, *others = [place for place, column in enumerate(table.columns) if column.short]
    columns = [(place, table.columns[place], cells) for place, cells in zip(others, widths, strict=True)]
    heads = "".join(column.short.rjust(cells) for _, column, cells in columns).lstrip()
    rows: list[Row] = [title_row(table.columns[first].short.upper(), heads, width)]
    for number, row in enumerate(table.rows, start=1):
        if row.starts:
            rows.append(())
        ink = "bold own" if row.own else "foreground"
        before = f" {number:>2} " if numbered else ""
        name = fmt.fit(f" {row.cells[first]}", max(10, width - sum(widths) - len(before) - 1))
        spans: list[Span] = [(before, "muted"), (name, ink)]
        for place, column, cells in columns:
            value = row.cells[place]
            text = tables.written(value, column.kind, short=True).rjust(cells)
            style = "muted"
            if column.kind in ("money", "ticks"):
                style = fmt.tone(None if isinstance(value, str) else value)
            elif column.kind == "points":
                style = ink
            spans.append((text, f"bold {style}" if column.strong else style))
        rows.append(tuple(spans))
    return rows


def comparison_rows(debrief: Debrief, ranking: Ranking) -> list[Row]:
    """The session's rank, and what the market was without its maker."""
    rows: list[Row] = []
    for sentence in tables.comparison(debrief, ranking):
        figure = "foreground" if rows else "bold own"
        spans = [(text, figure if place % 2 else "muted") for place, text in enumerate(sentence)]
        rows.append(((" ", "muted"), *spans))
    return rows

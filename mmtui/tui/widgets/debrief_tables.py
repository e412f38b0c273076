"""A finished level in the panels of the debrief screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mmtui.career.career import Mark, Record
from mmtui.debrief import tables
from mmtui.debrief.model import Debrief
from mmtui.debrief.tables import Table
from mmtui.session.hand_shares import NO_SHARES, HandShares
from mmtui.session.replay import Script
from mmtui.session.result import Result
from mmtui.session.score import next_star, stars_of
from mmtui.tui import format as fmt
from mmtui.tui.cards import Card
from mmtui.tui.format import Row, Span, title_row

_MONEY = 12
#: The most that the two of a duel take.
_DUEL_WIDTH = 70


@dataclass(frozen=True)
class Played:
    """A finished level.

    Attributes:
        strategy: the one that quoted from the start, if any.
        script: the commands to play it again.
        name: the file name of its journal, empty without one.
        daily: the day whose challenge it was, if it was one.
        shares: how much of it was by hand.
        stood_s: for how long the clock stood still while it was played, in seconds of wall time.
        marks: what sets it apart, see :class:`~mmtui.career.career.Record`.
        record: what the career keeps of it; None where its scores do not count.
    """

    card: Card
    seed: int
    strategy: str | None
    result: Result
    script: Script
    name: str = ""
    daily: date | None = None
    shares: HandShares = NO_SHARES
    stood_s: float = 0.0
    marks: tuple[Mark, ...] = ()
    record: Record | None = None

    @property
    def earned(self) -> Span:
        """Its stars, or a strategy's badge."""
        if self.alone:
            return (fmt.badge(stars_of(self.result.score)), "bold auto")
        stars = self.result.stars if self.record is None else self.record.stars
        return (fmt.stars(stars, ranked=self.result.ranked), "bold own")

    @property
    def alone(self) -> bool:
        """Whether strategies alone quoted where scores count."""
        return self.record is not None and self.shares.by_strategy


def verdict_rows(played: Played) -> list[Row]:
    """Title, end and seed; score, stars, and what is missing to the next one."""
    card, result = played.card, played.result
    missing = next_star(result.score)
    to_next = "every star there is" if missing is None else f"{missing:.1f} more for the next star"
    quoted = tables.quoted_by(result, played.shares)
    if played.record is not None and not played.record.counts:
        quoted = quoted if played.alone else ""
        together = card.level.score.together
        by_hand = f"stars by hand only: {tables.hand_share(played.shares)}"
        to_next = "stars for hand and strategy together" if together else by_hand
        if played.record.rehearsed:
            to_next = f"no stars: {played.record.apart}"
    elif result.ranked:
        to_next = "ranks decide"
    elif not card.counts and card.note:
        to_next = "unranked: its stars are kept nowhere"
    opponent: list[Span] = []
    if (other := result.opponent) is not None:
        opponent = [
            ("   v ", "muted"),
            (f"{other.strategy} {other.score:.1f}", "bold ask"),
            (f" {other.pnl:+,.0f}", "foreground"),
        ]
    return [
        (
            (f"{card.level.number}  {card.level.title}", "bold own"),
            (f"   {tables.ended(result)}   seed ", "muted"),
            (str(played.seed), "bold live"),
            (f"   {quoted}", "muted"),
        ),
        (
            (f"{result.score:.1f}", "bold foreground"),
            (" of 100   ", "muted"),
            played.earned,
            (f"   {to_next}", "muted"),
            *opponent,
        ),
    ]


def sum_rows(played: Played, width: int) -> list[Row]:
    """The score's arithmetic in three lines, where they fit: points by weight, their sum, and where most was lost."""
    result = played.result
    weights = {str(part): weight for part, weight in played.card.level.score.weights.items()}
    parts = {name: (points, weights.get(name, 0.0)) for name, points in result.parts.items()}
    factors = [f"{name} {points:.0f} × {weight:.0%}" for name, (points, weight) in parts.items()]
    products = " + ".join(f"{product:.1f}" for product in tables.products(result, weights).values())
    name, (points, weight) = max(parts.items(), key=lambda entry: entry[1][1] * (100 - entry[1][0]))
    markout, held = result.markout["10s"], result.position
    least = f", traded {result.trade:.0%} of what it takes" if result.trade < 1.0 else ""
    why = {
        "pnl": f"you {fmt.figure(result.pnl.total)}, par {fmt.figure(result.par)}",
        "inventory": f"held {held.mean_net:.1f} of {held.limit}, quoted {result.presence:.0%}{least}",
        "markout": "no fill is 10 s old" if markout is None else f"{fmt.ticks(markout, 0)} ticks at 10 s{least}",
        "presence": f"quoted {result.presence:.0%} of the time",
    }[name]
    told = "  ".join(factors)
    if len(told) > width:
        told = "  ".join(factor.replace("inventory", "inv") for factor in factors)
    lost = f"most is missing in {name}, {weight * (100 - points):.1f}: {why}"

    def lines(text: str, ink: str) -> list[Row]:
        rows = fmt.wrap_spans([(text, ink)], width)
        return [(("".join(part for part, _ in row).rstrip(), ink),) for row in rows]

    total: Row = ((f"{products} = ", "muted"), (f"{result.score:.1f}", "bold own"))
    return [*lines(told, "foreground"), total, *lines(lost, "muted")]


def score_rows(played: Played, width: int) -> list[Row]:
    """Each part's points times its weight, and their sum."""
    rows: list[Row] = [title_row("SCORE", "points × weight", width)]
    weights = {str(part): weight for part, weight in played.card.level.score.weights.items()}
    for name, product in tables.products(played.result, weights).items():
        points, weight = played.result.parts[name], weights.get(name, 0.0)
        rows.append(
            (
                (f" {name:<10}", "foreground"),
                (f"{points:6.1f}", "bold foreground"),
                (f" × {weight:4.2f} = ", "muted"),
                (f"{product:5.1f}  ", "own"),
                *fmt.gauge(points / 100, max(0, width - 36), "bid-bar" if points >= 50 else "entry", "track"),
            )
        )
    rows.append(((" total".ljust(27), "muted"), (f"{played.result.score:5.1f}", "bold own")))
    return rows


def arithmetic_rows(debrief: Debrief, width: int) -> list[Row]:
    """The formula of each part, then its inputs."""
    rows: list[Row] = [title_row("HOW THE POINTS COME ABOUT", "kept within 0 and 100", width)]
    for part in debrief.score:
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
    rows: list[Row] = [title_row("WHERE IT CAME FROM", played.card.level.market.instrument.currency, width)]
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
    par = f"   par      {fmt.money(played.result.par, _MONEY)}  by {played.card.level.par}"
    rows.append(((fmt.fit(par, width), "muted"),))
    return rows


def facts_rows(played: Played, width: int) -> list[Row]:
    """What was traded and held, in lines that break between facts; the limit stands over the chart of the position."""
    rows: list[Row] = [()]
    for name, value in tables.facts(played.result).items():
        fact: Row = ((f" {name} ", "muted"), (f"{value}  ", "bold foreground"))
        if name != "limit":
            if rows[-1] and fmt.width_of(rows[-1]) + fmt.width_of(fact) > width:
                rows.append(())
            rows[-1] += fact
    return rows


def group_rows(debrief: Debrief, width: int) -> list[Row]:
    """Markouts by side, by counterparty, and by how the quote was set; nothing without fills."""
    return _table_rows(tables.markouts(debrief), width, (5, 7, 8, 8, 8)) if debrief.markouts else []


def met_row(called: str, traded: str, money: float, tell: str, width: int) -> list[Row]:
    """A participant with a name: what was traded with it and what that came to; below, how one knows it."""
    head = ((f" {called}", "bold own"), (traded, "muted"), (fmt.money(money, 0, 0), f"bold {fmt.tone(money)}"))
    return [head, *(((f"   {line}", "foreground"),) for line in fmt.wrap(tell, width - 4))]


def met_rows(debrief: Debrief, width: int) -> list[Row]:
    """The participants with a name whom the maker traded with: how one knows them, and what it came to."""
    rows: list[Row] = []
    for each in debrief.met:
        traded = f"   {fmt.counted(each.fills, 'fill')}, ten seconds after "
        rows += met_row(f"{each.called[0].upper()}{each.called[1:]}", traded, each.money, each.tell, width)
    return rows


def queue_rows(debrief: Debrief, width: int) -> list[Row]:
    """The orders by the lots ahead of them as they joined; nothing without fills."""
    return _table_rows(tables.queue(debrief), width, (6, 9, 12, 8)) if debrief.markouts else []


def rank_rows(ranks: Table, width: int) -> list[Row]:
    """The session among the strategies that ship."""
    return _table_rows(ranks, width, (6, 11, 8, 8), numbered=True)


def cost_rows(debrief: Debrief, width: int) -> list[Row]:
    """What the mistakes cost together, beside what was lost."""
    table = tables.mistakes(debrief)
    heading = title_row("MISTAKES", "costliest first; Enter shows it, t plays on there", width)
    told = f"{''.join(table.sentences[0])}{_absent(debrief)}"
    if not table.rows:
        least = fmt.figure(debrief.point).lstrip("+")
        told = f"None cost {least} {debrief.instrument.currency} or more, a point of the score. {told}"
    lines = fmt.wrap(told, width - 2)
    return [heading, *(((f" {line}", "foreground"),) for line in lines)]


def _absent(debrief: Debrief) -> str:
    """What absence cost where it has no price in money; empty where it cost less than a point."""
    if any(mistake.kind == "absent" for mistake in debrief.mistakes):
        return ""
    presence = next((part for part in debrief.score if part.name == "presence"), None)
    missing = 0.0 if presence is None else presence.weight * (100 - presence.points)
    told = f" What money does not show: you quoted as obliged {debrief.result.presence:.0%} of the time"
    return f"{told}, which cost {missing:.0f} points of the score." if missing >= 1 else ""


def duel_rows(result: Result, width: int) -> list[Row]:
    """The two of a duel side by side, and who won."""
    table = tables.duel(result)
    if not table.rows:
        return []
    each = max(14, 1 + len(table.columns[-1].short))
    rows = _table_rows(table, min(width, _DUEL_WIDTH), (each, each))
    return [*rows, (), ((f" You {table.note}." if table.note != "drawn" else " Drawn.", "bold own"),)]


def comparison_rows(ranks: Table, width: int) -> list[Row]:
    """The session's rank in words, and the market with and without its maker."""
    rows: list[Row] = []
    for sentence in ranks.sentences:
        figure = "foreground" if rows else "bold own"
        spans = [(text, figure if place % 2 else "muted") for place, text in enumerate(sentence)]
        rows += [((" ", "muted"), *row) for row in fmt.wrap_spans(spans, width - 2)]
    return rows


def _table_rows(table: Table, width: int, widths: Sequence[int], *, numbered: bool = False) -> list[Row]:
    """The columns of a table that have a short heading; the first takes the width that the others leave.

    Args:
        table: its first column has the title.
        width: cells in all.
        widths: cells of the other columns.
        numbered: whether to number the rows.
    """
    title, *others = [place for place, column in enumerate(table.columns) if column.short]
    heads = "".join(table.columns[place].short.rjust(cells) for place, cells in zip(others, widths, strict=True))
    rows: list[Row] = [title_row(table.columns[title].short.upper(), heads.lstrip(), width)]
    for number, row in enumerate(table.rows):
        if number in table.starts:
            rows.append(())
        ink = "bold own" if number == table.own else "foreground"
        before = f" {number + 1:>2} " if numbered else ""
        name = fmt.fit(f" {row[title]}", max(10, width - sum(widths) - len(before) - 1))
        spans: list[Span] = [(before, "muted"), (name, ink)]
        for place, cells in zip(others, widths, strict=True):
            column, value = table.columns[place], row[place]
            style = ink if column.kind == "points" else "muted"
            if column.kind in ("money", "ticks") and not isinstance(value, str):
                style = fmt.tone(value)
            text = tables.written(value, column.kind, short=True).rjust(cells)
            spans.append((text, f"bold {style}" if column.strong else style))
        rows.append(tuple(spans))
    return rows

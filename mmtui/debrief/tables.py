"""The tables of a debrief as typed rows: their headings, their words, and how their numbers are written.

A report writes them as text or HTML and the debrief screen draws them in panels; neither words or rounds anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import floor
from typing import Literal, NamedTuple

from msgspec.structs import astuple

from mmtui.coach.coach import Occasion
from mmtui.debrief.mistakes import told
from mmtui.debrief.model import JUDGED_NS, PNL_PARTS, Debrief, FillFacts, FillVerdict, Ranking, ScorePart
from mmtui.desk import HORIZONS_NS, PnL
from mmtui.market.book_market import KIND_WORDS
from mmtui.market.core.instrument import Instrument
from mmtui.session.hand_shares import HandShares
from mmtui.session.result import Result
from mmtui.units import NS_PER_S
from mmtui.wording import figure, money, signed, stamp, stars, ticks

ValueKind = Literal[
    "text", "time", "count", "points", "weight", "product", "share", "seconds", "lots", "money", "ticks"
]
CellValue = str | float | None

_ENDS = {
    "time": "The time is up.",
    "loss": "The loss limit was reached: the level ended there.",
    "left": "You left before the end.",
    "error": "The strategy failed.",
    "running": "The journal breaks off here.",
}
_GROUPS = {
    "all": "all fills",
    "buy": "bought",
    "sell": "sold",
    "manual": "quoted by hand",
    "strategy": "quoted by a strategy",
}
_WRITERS: Mapping[ValueKind, Callable[[float], str]] = {
    "text": str,
    "time": lambda at_ns: stamp(round(at_ns)),
    "count": str,
    "points": "{:.1f}".format,
    "weight": "× {:.2f}".format,
    "product": "= {:.1f}".format,
    "share": "{:.1%}".format,
    "seconds": "{:.1f} s".format,
    "lots": "{:.1f}".format,
    "money": money,
    "ticks": lambda value: ticks(value, 0),
}
#: In panels money and shares go without decimals.
_SHORT_WRITERS = {**_WRITERS, "share": "{:.0%}".format, "money": lambda amount: money(amount, decimals=0)}


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        heading: in a report.
        kind: the unit of its values, which decides how they are written.
        short: the heading in a panel of the screen, which leaves out columns without one; of the first column it is
            the panel's title.
        strong: whether its values are bold.
    """

    heading: str
    kind: ValueKind = "text"
    short: str = ""
    strong: bool = False


class Table(NamedTuple):
    """A table.

    Attributes:
        title, note: the heading above it.
        columns: the first one names the rows.
        rows: a value for each column.
        own: the index of the session's own row among others.
        starts: the indices of the rows that start a new group.
        sentences: what is said below it, each as words and figures by turns.
    """

    title: str
    note: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[CellValue, ...]]
    own: int | None = None
    starts: Sequence[int] = ()
    sentences: Sequence[tuple[str, ...]] = ()

    @property
    def heading(self) -> str:
        """The title with its note."""
        return f"{self.title}, {self.note}" if self.note else self.title

    def texts(self) -> Iterator[list[str]]:
        """Yields the values of each row as a report writes them, with a mark at the session's own row."""
        for number, row in enumerate(self.rows):
            first, *others = (written(value, column.kind) for value, column in zip(row, self.columns, strict=True))
            yield [f"▸ {first}" if number == self.own else first, *others]


def written(value: CellValue, kind: ValueKind, *, short: bool = False) -> str:
    """A value as text, in a report or, ``short``, in a panel of the screen."""
    if value is None:
        return "·"
    if isinstance(value, str):
        return value
    return (_SHORT_WRITERS if short else _WRITERS)[kind](value).strip()


def sections(debrief: Debrief, ranking: Ranking | None) -> Iterator[Table]:
    """Yields the tables of a report, those that have rows."""
    tables = [
        score(debrief),
        pnl(debrief.result, debrief.instrument.currency),
        trading(debrief.result),
        markouts(debrief),
        queue(debrief),
        mistakes(debrief),
        duel(debrief.result),
        *extremes(debrief),
        *([] if ranking is None else [ranks(debrief, ranking)]),
        lesson(debrief.occasions),
    ]
    return (table for table in tables if table.rows)


# The session


def quoted_by(result: Result, shares: HandShares) -> str:
    """Who quoted: the player, a strategy, or both with the player's shares."""
    if shares.by_strategy:
        return f"quoted by {result.strategy or 'a strategy'}"
    told = hand_share(shares)
    return f"quoted by hand {told}" if told else "quoted by hand"


def hand_share(shares: HandShares) -> str:
    """How much was by hand; empty for everything."""
    named = zip(("time", "fills"), shares, strict=True)
    return " and ".join(f"{share:.0%} of the {what}" for what, share in named if share is not None and share < 1)


def ended(result: Result) -> str:
    """Why the session ended."""
    return _ENDS.get(result.ended, f"It ended: {result.ended}.")


def numbers(part: ScorePart) -> str:
    """The inputs of a part's formula, to at most four decimals."""
    return ", ".join(f"{name} {_number(value)}" for name, value in part.inputs.items())


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")


def score(debrief: Debrief) -> Table:
    """The parts of the score with their arithmetic, and their sum."""
    columns = (
        Column("part"),
        Column("points", "points"),
        Column("weight", "weight"),
        Column("product", "product"),
        Column("how"),
    )
    made = products(debrief.result, {part.name: part.weight for part in debrief.score})
    rows = [
        (part.name, part.points, part.weight, made[part.name], f"{part.formula}; {numbers(part)}")
        for part in debrief.score
    ]
    return Table("Score", "", columns, [*rows, ("total", "", "", debrief.result.score, "")])


class PnlTerm(NamedTuple):
    """A term of the PnL: the sign it enters with, its name, and its amount in money."""

    sign: str
    name: str
    amount: float

    @property
    def effect(self) -> float:
        """What it adds to the PnL."""
        return -self.amount if self.sign == "−" else self.amount

    def text(self, width: int = 0) -> str:
        """The amount, right-aligned; a term that is subtracted has no plus."""
        return f"{self.amount:,.2f}".rjust(width) if self.sign == "−" else money(self.amount, width)


def pnl_terms(pnl: PnL) -> list[PnlTerm]:
    """The terms of the PnL, in hundredths, whose effects add up to its total as it is shown."""
    exact = {name: 100 * sign * getattr(pnl, name) for name, sign in PNL_PARTS.items()}
    effects = _adding_up(exact, round(100 * pnl.total))
    first, *others = (
        PnlTerm("+" if sign > 0 else "−", name, sign * effects[name] / 100) for name, sign in PNL_PARTS.items()
    )
    return [first._replace(sign=" "), *others]


def _adding_up(exact: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole numbers beside the exact ones, those that are nearest to the next first, that add up to a total."""
    whole = {name: floor(value) for name, value in exact.items()}
    for name in sorted(exact, key=lambda name: whole[name] - exact[name])[: max(0, total - sum(whole.values()))]:
        whole[name] += 1
    return whole


def pnl(result: Result, currency: str) -> Table:
    """The PnL by source, and the par."""
    rows = [(f"{term.sign} {term.name}", term.text()) for term in pnl_terms(result.pnl)]
    rows += [("= total", money(result.pnl.total)), ("  par", money(result.par))]
    return Table("PnL", currency, (Column(""), Column("", "money")), rows)


def facts(result: Result) -> dict[str, str]:
    """What was traded and held, by name."""
    position = result.position
    return {
        "fills": f"{result.fills}",
        "lots": f"{result.volume}",
        "two-sided": f"{result.presence:.0%}",
        "position at the end": signed(position.final),
        "largest": f"{position.max_abs}",
        "mean": f"{position.mean_abs:.1f}",
        "limit": f"±{position.limit}",
    }


def products(result: Result, weights: Mapping[str, float]) -> dict[str, float]:
    """Points times weight of each part, in tenths that add up to the score as it is shown."""
    exact = {name: 10 * points * weights.get(name, 0.0) for name, points in result.parts.items()}
    return {name: tenth / 10 for name, tenth in _adding_up(exact, round(10 * round(result.score, 1))).items()}


def trading(result: Result) -> Table:
    """What was traded and held, in one row."""
    found = facts(result)
    columns = (Column(""), *(Column(name, "count") for name in found))
    return Table("Trading and inventory", "in lots", columns, [("", *found.values())])


# Markouts and the queue


def group_name(group: str) -> str:
    """The name of a group of fills."""
    return _GROUPS.get(group) or KIND_WORDS[group].many


def markouts(debrief: Debrief) -> Table:
    """The mean markouts of each group of fills at the horizons of the desk."""
    heads = [f"{horizon_ns // NS_PER_S} s" for horizon_ns in HORIZONS_NS]
    columns = (
        Column("group", short="by"),
        Column("fills", "count", "fills"),
        Column("lots", "count", "lots"),
        *(Column(head, "ticks", head, strong=True) for head in heads),
        Column("95% band at 10 s"),
    )
    rows = []
    for curve in debrief.markouts:
        points = [curve.at(horizon_ns) for horizon_ns in HORIZONS_NS]
        means = [None if point is None else point.mean for point in points]
        band = None
        if (judged := curve.at(JUDGED_NS)) is not None and judged.low is not None:
            band = f"{written(judged.low, 'ticks')} to {written(judged.high, 'ticks')}"
        rows.append((group_name(curve.group), curve.fills, curve.lots, *means, band))
    criteria = [curve.by for curve in debrief.markouts]
    starts = [row for row, (before, by) in enumerate(pairwise(criteria), 1) if by != before]
    return Table("Markout", "ticks a share, with 95% bands", columns, rows, starts=starts)


def queue(debrief: Debrief) -> Table:
    """The orders by the lots ahead of them as they joined, or by their part of what trades there."""
    parts = any(order.part is not None for order in debrief.orders)
    columns = (
        Column("part", short="part") if parts else Column("lots ahead", short="lots ahead"),
        Column("orders", "count", "orders"),
        Column("lots", "count"),
        Column("lots traded", "share", "traded"),
        Column("orders reached", "share"),
        Column("first lot after", "seconds", "first lot"),
        Column("markout at 10 s", "ticks", "10 s", strong=True),
    )
    by = "by their part of an order for half the lots there, at joining" if parts else "by lots ahead at joining"
    return Table("Queue", by, columns, [astuple(group) for group in debrief.queue])


# Moments


def deal(fill: FillFacts, instrument: Instrument) -> str:
    """A fill in words."""
    return f"{'bought' if fill.side > 0 else 'sold'} {fill.quantity} @ {instrument.format(fill.price)}"


def extremes(debrief: Debrief) -> tuple[Table, Table]:
    """The worst and the best fills."""
    columns = (Column("when", "time"), Column("in ten seconds", "money"), Column("what"), Column("why"))

    def table(title: str, verdicts: Sequence[FillVerdict]) -> Table:
        fills = [debrief.fills[verdict.fill] for verdict in verdicts]
        rows = [
            (fill.at_ns, verdict.money, deal(fill, debrief.instrument), verdict.why)
            for fill, verdict in zip(fills, verdicts, strict=True)
        ]
        return Table(title, "what they made in ten seconds", columns, rows)

    return table("Worst fills", debrief.worst), table("Best fills", debrief.best)


def mistakes(debrief: Debrief) -> Table:
    """The mistakes that matter with their costs, and their sum beside what was lost."""
    columns = (Column("when", "time"), Column("lasted", "seconds"), Column("cost", "money"), Column("what"))
    rows = [
        (mistake.from_ns, mistake.lasted_ns / NS_PER_S if mistake.lasted_ns else None, -mistake.cost, told(mistake))
        for mistake in debrief.mistakes
    ]
    return Table("Mistakes", "the costliest moment of each", columns, rows, sentences=[_against_par(debrief)])


def _against_par(debrief: Debrief) -> tuple[str, ...]:
    """What the mistakes cost together, set against what was lost."""
    result, currency = debrief.result, debrief.instrument.currency
    cost, pnl, par = sum(mistake.cost for mistake in debrief.mistakes), result.pnl.total, result.par
    held, end = result.pnl.position + result.pnl.hedge, ", hedges counted." if result.pnl.hedge else "."
    made = "you earned ", figure(result.pnl.spread), " of spread, and what you held made ", figure(held), end
    if not debrief.mistakes:
        return ("You made ", figure(pnl), ", par made ", figure(par), f" {currency}: ", *made)
    together = ("Together ", f"{figure(-cost)} {currency}", ": you made ", figure(pnl), ", par made ", figure(par))
    if pnl >= par:
        return (*together, ". You beat par all the same.")
    if pnl + cost >= par:
        return (*together, ". Without them you would have made as much or more.")
    rest = figure(par - pnl - cost).lstrip("+")
    return (*together, ". The other ", rest, " that par is ahead is no mistake's: ", *made)


def duel(result: Result) -> Table:
    """The player and the opponent side by side; no rows without one."""
    other = result.opponent
    if other is None:
        return Table("The duel", "", (), [])
    columns = (
        Column("", short="head to head"),
        Column("you", "text", "you", strong=True),
        Column(other.strategy, "text", other.strategy),
    )
    rows: list[tuple[CellValue, ...]] = [("score", f"{result.score:.1f}", f"{other.score:.1f}")]
    for part, points in result.parts.items():
        rows.append((f"  {part}", f"{points:.1f}", f"{other.parts.get(part, 0.0):.1f}"))
    rows += [
        ("PnL", money(result.pnl.total), money(other.pnl)),
        ("position at the end", signed(result.position.final), signed(other.position)),
        ("fills", f"{result.fills}", f"{other.fills}"),
    ]
    gap = result.score - other.score
    # Of the scores as they are shown, so that the three add up.
    by = abs(round(result.score, 1) - round(other.score, 1))
    note = f"won by {by:.1f}" if gap > 0 else f"lost by {by:.1f}" if gap < 0 else "drawn"
    return Table("The duel", note, columns, rows)


def verdict(occasion: Occasion) -> str:
    """Whether the lesson was done on an occasion, and when that was settled."""
    return f"{'done' if occasion.done else 'missed'} by {stamp(occasion.to_ns)}"


def lesson(occasions: Sequence[Occasion]) -> Table:
    """Each occasion to do what the lesson asks for."""
    rows = [(occasion.from_ns, verdict(occasion), occasion.name) for occasion in occasions]
    note = f"done {sum(occasion.done for occasion in occasions)} of {len(occasions)}; it is no part of the score"
    return Table("The lesson", note, (Column("when", "time"), Column("done"), Column("what")), rows)


# The same tape


def ranks(debrief: Debrief, ranking: Ranking) -> Table:
    """The strategies that ship and the session on the same tape, and the market with and without its maker.

    Strategies that come to the same, as those do whose instruments are not there, share a row.
    """
    columns = (
        Column("who", short="the same tape"),
        Column("stars"),
        Column("score", "points", "score"),
        Column("PnL", "money", "pnl"),
        Column("mean lots held", "lots", "held"),
        Column("markout at 10 s", "ticks", "10 s"),
    )
    alike: dict[tuple[CellValue, ...], list[str]] = {}
    for rank in ranking.ranks:
        made = stars(rank.stars), rank.score, rank.pnl, rank.mean_abs, rank.markout
        # The session keeps a row of its own.
        alike.setdefault(made if rank.strategy else (*made, "own"), []).append(rank.strategy or "you")
    rows = [(", ".join(names), *made[:5]) for made, names in alike.items()]
    own = next(row for row, names in enumerate(alike.values()) if names == ["you"])
    without, market = ranking.without_maker, debrief.result.market
    trades = "Without you the market traded ", f"{without.trades}", " times instead of ", f"{market.trades}"
    spread = ", at a mean spread of ", f"{without.mean_spread:.2f}", " ticks instead of ", f"{market.mean_spread:.2f}"
    sentences = [
        ("You did better than ", f"{ranking.percentile:.0f}%", " of the strategies."),
        (*trades, *spread, "."),
        ("It ended at ", f"{without.final_mid:g}", " instead of ", f"{market.final_mid:g}", "."),
    ]
    note = f"percentile {ranking.percentile:.0f}"
    return Table("The same tape", note, columns, rows, own=own, sentences=sentences)

"""The tables of a debrief as typed rows: their headings, their words, and how their numbers are written.

The report writes them as text and as HTML, the debrief screen in panels; none of them words or rounds anything itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from mmtui.coach.coach import Occasion
from mmtui.debrief.model import (
    JUDGED_NS,
    PNL_PARTS,
    Debrief,
    FillFacts,
    FillVerdict,
    MarkoutCurve,
    QueueGroup,
    Ranking,
    ScorePart,
)
from mmtui.desk import HORIZONS_NS
from mmtui.market.book_market import KIND_WORDS
from mmtui.market.core.instrument import Instrument
from mmtui.session.result import PnL, Result
from mmtui.units import NS_PER_S
from mmtui.wording import money, signed, stamp, stars, ticks

ValueKind = Literal["text", "count", "points", "weight", "share", "seconds", "lots", "money", "ticks"]
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


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        heading: in a report.
        kind: the unit of its values, which decides how they are written.
        short: the heading in a panel of the screen, which leaves out columns without one; of the first column it is
            the panel's title.
        strong: whether its values stand out.
    """

    heading: str
    kind: ValueKind = "text"
    short: str = ""
    strong: bool = False


class TableRow(NamedTuple):
    """A row of a table: a value for each column.

    Attributes:
        own: whether it is the session's own row among others.
        starts: whether a new group of rows starts with it.
    """

    cells: tuple[CellValue, ...]
    own: bool = False
    starts: bool = False


class Table(NamedTuple):
    """A table: its title, a note to the title, and its columns and rows."""

    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]

    def texts(self) -> list[list[str]]:
        """The values by row as they are written in a report, the session's own row marked."""
        texts = []
        for row in self.rows:
            cells = [written(value, column.kind) for value, column in zip(row.cells, self.columns, strict=True)]
            texts.append([f"▸ {cells[0]}", *cells[1:]] if row.own else cells)
        return texts


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


def written(value: CellValue, kind: ValueKind, *, short: bool = False) -> str:
    """A value in words, rounded further where there is little room."""
    if value is None:
        return "·"
    if isinstance(value, str):
        return value
    match kind:
        case "points" | "lots":
            return f"{value:.1f}"
        case "weight":
            return f"{value:.2f}"
        case "share":
            return f"{value:.0%}" if short else f"{value:.1%}"
        case "seconds":
            return f"{value:.1f} s"
        case "money":
            return money(value, decimals=0 if short else 2).strip()
        case "ticks":
            return ticks(value, 0).strip()
        case _:
            return f"{value}"


# The session


def quoted_by(result: Result) -> str:
    """The strategy that quoted at the end, or the player."""
    return f"quoted by {result.strategy or 'hand'}"


def ended(result: Result) -> str:
    """Why the session ended."""
    return _ENDS.get(result.ended, f"It ended: {result.ended}.")


def pnl_terms(pnl: PnL) -> tuple[PnlTerm, ...]:
    """The terms of the PnL, whose effects add up to its total."""
    signs = {1: "+", -1: "−"}
    terms = [PnlTerm(signs[sign], name, getattr(pnl, name)) for name, sign in PNL_PARTS.items()]
    return (terms[0]._replace(sign=""), *terms[1:])


def facts(result: Result) -> tuple[tuple[str, str], ...]:
    """Name and value: what was traded and held."""
    position = result.position
    return (
        ("fills", f"{result.fills}"),
        ("lots", f"{result.volume}"),
        ("two-sided", f"{result.presence:.0%}"),
        ("position at the end", signed(position.final)),
        ("largest", f"{position.max_abs}"),
        ("mean", f"{position.mean_abs:.1f}"),
        ("limit", f"±{position.limit}"),
    )


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
        Column("points × weight", "points"),
        Column("how"),
    )
    rows = [
        TableRow((part.name, part.points, part.weight, part.points * part.weight, f"{part.formula}; {numbers(part)}"))
        for part in debrief.score
    ]
    return Table("Score", "", columns, (*rows, TableRow(("total", "", "", debrief.result.score, ""))))


# Markouts and the queue


def group_name(group: str) -> str:
    """The name of a group of fills."""
    return _GROUPS.get(group) or KIND_WORDS[group].many


def markouts(curves: Iterable[MarkoutCurve]) -> Table:
    """The mean markouts of each group of fills at the horizons of the desk."""
    heads = [f"{horizon_ns // NS_PER_S} s" for horizon_ns in HORIZONS_NS]
    columns = (
        Column("group", short="by"),
        Column("fills", "count", "fills"),
        Column("lots", "count", "lots"),
        *(Column(head, "ticks", head, strong=True) for head in heads),
        Column("95% band at 10 s"),
    )
    return Table("Markout", "ticks a share", columns, tuple(_markout_rows(curves)))


def _markout_rows(curves: Iterable[MarkoutCurve]) -> Iterator[TableRow]:
    by = "all"
    for curve in curves:
        points = [curve.at(horizon_ns) for horizon_ns in HORIZONS_NS]
        means = [None if point is None else point.mean for point in points]
        judged = curve.at(JUDGED_NS)
        band = None
        if judged is not None and judged.low is not None:
            band = f"{written(judged.low, 'ticks')} to {written(judged.high, 'ticks')}"
        yield TableRow((group_name(curve.group), curve.fills, curve.lots, *means, band), starts=curve.by != by)
        by = curve.by


def queue(groups: Iterable[QueueGroup]) -> Table:
    """The orders by the lots ahead of them as they joined."""
    columns = (
        Column("lots ahead", short="lots ahead"),
        Column("orders", "count", "orders"),
        Column("lots", "count"),
        Column("lots traded", "share", "traded"),
        Column("orders reached", "share"),
        Column("first lot after", "seconds", "first lot"),
        Column("markout at 10 s", "ticks", "10 s", strong=True),
    )
    rows = (
        TableRow((group.ahead, group.orders, group.lots, group.filled, group.reached, group.wait_s, group.markout))
        for group in groups
    )
    return Table("Queue", "by lots ahead at joining", columns, tuple(rows))


# Moments


def deal(fill: FillFacts, instrument: Instrument) -> str:
    """A fill in words."""
    return f"{'bought' if fill.side > 0 else 'sold'} {fill.quantity} @ {instrument.format(fill.price)}"


def fills(title: str, debrief: Debrief, verdicts: Sequence[FillVerdict]) -> Table:
    """The worst or the best fills."""
    columns = (Column("when"), Column("in ten seconds", "money"), Column("what"), Column("why"))
    rows = []
    for verdict in verdicts:
        fill = debrief.fills[verdict.fill]
        rows.append(TableRow((stamp(fill.at_ns), verdict.money, deal(fill, debrief.instrument), verdict.why)))
    return Table(title, "what they made in ten seconds", columns, tuple(rows))


def verdict(occasion: Occasion) -> str:
    """Whether an occasion of the lesson was used, and until when that could be done."""
    return f"{'done' if occasion.done else 'missed'} by {stamp(occasion.to_ns)}"


def lesson(occasions: Sequence[Occasion]) -> Table:
    """Each occasion to do what the lesson asks for."""
    rows = (TableRow((stamp(occasion.from_ns), verdict(occasion), occasion.name)) for occasion in occasions)
    done = sum(occasion.done for occasion in occasions)
    note = f"done {done} times of {len(occasions)}"
    return Table("The lesson", note, (Column("when"), Column("done"), Column("what")), tuple(rows))


# The same tape


def ranks(ranking: Ranking) -> Table:
    """The strategies that ship and the session on the same tape, best score first."""
    columns = (
        Column("who", short="the same tape"),
        Column("stars"),
        Column("score", "points", "score"),
        Column("PnL", "money", "pnl"),
        Column("mean lots held", "lots", "held"),
        Column("markout at 10 s", "ticks", "10 s"),
    )
    rows = (
        TableRow(
            (rank.strategy or "you", stars(rank.stars), rank.score, rank.pnl, rank.mean_abs, rank.markout),
            own=rank.strategy is None,
        )
        for rank in ranking.ranks
    )
    return Table("The same tape", f"percentile {ranking.percentile:.0f}", columns, tuple(rows))


def comparison(debrief: Debrief, ranking: Ranking) -> tuple[tuple[str, ...], ...]:
    """Sentences on the session's rank, and on the market with and without its maker: words and figures by turns."""
    without, market = ranking.without_maker, debrief.result.market
    return (
        ("You did better than ", f"{ranking.percentile:.0f}%", " of the strategies."),
        (
            "Without you the market traded ",
            f"{without.trades}",
            " times instead of ",
            f"{market.trades}",
            ", at a mean spread of ",
            f"{without.mean_spread:.2f}",
            " ticks instead of ",
            f"{market.mean_spread:.2f}",
            ".",
        ),
        ("It ended at ", f"{without.final_mid:g}", " instead of ", f"{market.final_mid:g}", "."),
    )

"""The debrief of a room: how all did, who paid whom, who traded with whom; as text and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from mmtui.debrief.tables import Column, Table
from mmtui.report.html import html_table, page, section
from mmtui.report.text import table_lines
from mmtui.room.core.room import Room
from mmtui.room.core.settlement import pairs, settlement
from mmtui.session.result import Result
from mmtui.wording import stamp

_MOST_PAIRS = 40


def room_text(room: Room) -> Iterator[str]:
    """Yields the lines of a room's debrief."""
    yield _title(room)
    for table in room_tables(room):
        yield ""
        yield from table_lines(table)
        yield from (f"  {''.join(sentence)}" for sentence in table.sentences)


def room_page(room: Room, more: Sequence[Table] = ()) -> str:
    """A room's debrief as a page of HTML, with more tables at its end."""
    sections = [f"<header><h1>{escape(room.level.title)}</h1><p>{escape(_title(room))}</p></header>"]
    for table in (*room_tables(room), *more):
        sentences = "".join(f"<p>{escape(''.join(sentence))}</p>" for sentence in table.sentences)
        sections.append(section(table.heading, html_table(table) + sentences))
    sections.append(f"<footer>digest <code>{room.digest}</code></footer>")
    return page(f"{room.level.title}, a room of {len(room.seats)}", sections)


def room_tables(room: Room) -> Iterator[Table]:
    """Yields the tables of a room's debrief."""
    names = [seat.name or f"({room.spec.bot(seat.number)} {seat.number + 1})" for seat in room.seats]
    results = [room.result(number) for number in range(len(room.seats))]
    yield _ranks(names, results)
    yield _earned(names, results)
    if room.formers:
        yield _formers(room, names)
    if not room.spec.own_market:
        yield _matrix(room, names)
        if (table := _pairs(room, names)).rows:
            yield table


def instead_table(room: Room, strategies: Sequence[str], made: Mapping[tuple[int | None, str], float]) -> Table:
    """What strategies would have made in each seat that somebody took.

    Args:
        room: the room, at its end.
        strategies: which.
        made: by seat, None for any where each has its own market, and strategy; what is missing is not known yet.
    """
    columns = [Column("Made in the seat", "text"), Column("its player", "money")]
    columns += [Column(name, "money") for name in strategies]
    rows: list[tuple[str | float | None, ...]] = []
    for seat in room.seats:
        if seat.taken:
            session, index = room.session_of(seat.number)
            place = None if room.spec.own_market else seat.number
            by_strategy = [made.get((place, name)) for name in strategies]
            rows.append((seat.name, session.seats[index].total, *by_strategy))
    told = "PnL, of a strategy that plays from when the seat was taken, while all others do what they did."
    if room.spec.own_market:
        told = "PnL, of a strategy that plays from the start."
    return Table("Made in each seat by strategies", "", tuple(columns), rows, sentences=((told,),))


def _title(room: Room) -> str:
    kind = "the same market for each seat" if room.spec.own_market else "one market"
    return f"{room.level.id}, {len(room.seats)} seats, {kind}, to {stamp(room.now_ns)}; seed {room.seed}"


def _ranks(names: Sequence[str], results: Sequence[Result]) -> Table:
    order = sorted(range(len(names)), key=lambda number: -results[number].score)
    parts = list(results[0].parts)
    columns = [Column("Ranks", "text"), Column("score", "points")]
    for part in parts:
        columns += [Column(part, "points"), Column("rank", "count")]
    by_part = {part: sorted((result.parts[part] for result in results), reverse=True) for part in parts}
    rows = []
    for rank, number in enumerate(order, start=1):
        result = results[number]
        cells = [cell for part in parts for cell in (result.parts[part], by_part[part].index(result.parts[part]) + 1)]
        rows.append((f"{rank}. {names[number]}", result.score, *cells))
    return Table("Ranks", "", tuple(columns), rows)


def _earned(names: Sequence[str], results: Sequence[Result]) -> Table:
    columns = (
        Column("Where it came from", "text"),
        Column("PnL", "money"),
        Column("spread", "money"),
        Column("position", "money"),
        Column("hedge", "money"),
        Column("fees", "money"),
        Column("par", "money"),
        Column("fills", "count"),
        Column("markout 10 s", "ticks"),
        Column("presence", "share"),
    )
    rows = []
    for name, result in zip(names, results, strict=True):
        pnl = result.pnl
        money = (pnl.total, pnl.spread, pnl.position, pnl.hedge, -pnl.fees, result.par)
        rows.append((name, *money, result.fills, result.markout["10s"], result.presence))
    return Table("Where it came from", "", columns, rows)


def _formers(room: Room, names: Sequence[str]) -> Table:
    columns = (
        Column("Who was there before", "text"),
        Column("until", "text"),
        Column("score", "points"),
        Column("PnL", "money"),
        Column("seat now", "text"),
    )
    rows = [
        (former.name, stamp(former.until_ns), former.score, former.pnl, names[former.seat]) for former in room.formers
    ]
    told = "Score and PnL are of the time from taking the seat. In the other tables a seat's money is of all its time."
    return Table("Who was there before", "", columns, rows, sentences=((told,),))


def _matrix(room: Room, names: Sequence[str]) -> Table:
    settled = settlement(room.sessions[0])
    columns = [Column("Who paid whom", "text"), *(Column(name, "money") for name in (*names, *settled.kinds))]
    columns += [Column(name, "money") for name in ("start", "hedges", "fees", "own impact", "PnL")]
    rows: list[tuple[str | float | None, ...]] = []
    for number, name in enumerate(names):
        others = (settled.start[number], settled.hedges[number], -settled.fees[number], -settled.own_impact[number])
        rows.append((name, *settled.paid[number], *others, settled.totals[number]))
    background = settled.background
    for place, kind in enumerate(settled.kinds):
        column = len(names) + place
        lost = [-row[column] for row in settled.paid]
        rows.append((kind, *lost, *[None] * (len(settled.kinds) + 4), background[place]))
    traded = sum(map(sum, settled.paid)) + sum(background)
    told = (
        "A row made what stands in it from the column's; trades are valued at the last mid, and sum to ",
        f"{traded:,.2f}",
        " over all. PnL is the row's sum.",
    )
    return Table("Who paid whom", "", tuple(columns), rows, sentences=(told,))


def _pairs(room: Room, names: Sequence[str]) -> Table:
    columns = (
        Column("Trades between seats", "text"),
        Column("trades", "count"),
        Column("lots", "count"),
        Column("made by the first", "money"),
        Column("of all they traded", "share"),
        Column("better than the mid", "ticks"),
    )
    rows = [
        (f"{names[pair.seat]} from {names[pair.other]}", pair.trades, pair.lots, pair.paid, pair.share, pair.edge)
        for pair in pairs(room.sessions[0])[:_MOST_PAIRS]
    ]
    return Table("Trades between seats", "", columns, rows)

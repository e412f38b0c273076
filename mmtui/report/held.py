"""What a journal holds of a session that this version cannot play again: a report without a debrief."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

import msgspec

from mmtui.debrief.tables import CellValue, Column, Table, pnl, trading
from mmtui.level.level import Level
from mmtui.market.book_market import KIND_WORDS
from mmtui.market.core.instrument import Instrument
from mmtui.report.html import html_table, page, section
from mmtui.report.model import result_notes
from mmtui.report.text import table_lines
from mmtui.session.held_level import HeldLevel
from mmtui.session.journal import Journal
from mmtui.session.journal_lines import Entry, Outcome, Parent, Player
from mmtui.session.outcome import FillColumns, WhoQuoted
from mmtui.session.result import Result
from mmtui.wording import stamp, stars


class HeldReport(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON of ``mmtui report`` where there can be no debrief.

    Attributes:
        journal: the file's name.
        unplayable: why the session cannot be played again.
        ended, digest: None when the journal breaks off.
        results: what the session came to for each seat; empty in formats 1 and 2, and when the journal breaks off.
    """

    journal: str
    unplayable: str
    format: int
    engine: int
    mmtui: str
    level: Level | HeldLevel
    seed: int
    attempt: int | None = msgspec.field(name="try")
    player: Player | None
    begun: str | None
    parent: Parent | None
    until_ns: int
    ended: str | None
    digest: str | None
    commands: Sequence[Entry]
    results: Sequence[Outcome]


def held_report(journal: Journal) -> HeldReport:
    """The report of a journal that cannot be played again."""
    end = journal.end
    return HeldReport(
        journal=Path(journal.source).name,
        unplayable=str(journal.refused).removeprefix(f"{journal.source}: "),
        format=journal.format,
        engine=journal.engine,
        mmtui=journal.version,
        level=journal.level,
        seed=journal.seed,
        attempt=journal.attempt,
        player=journal.player,
        begun=journal.begun,
        parent=journal.parent,
        until_ns=journal.until_ns,
        ended=None if end is None else end.ended,
        digest=None if end is None else end.digest,
        commands=journal.entries,
        results=journal.outcomes,
    )


def held_text(report: HeldReport) -> Iterator[str]:
    """Yields the lines of a report."""
    yield _title(report)
    yield from _notes(report)
    for table in _tables(report):
        yield ""
        yield from table_lines(table)


def held_html(report: HeldReport) -> str:
    """Returns the page."""
    notes = "".join(f"<p>{escape(note)}</p>" for note in _notes(report))
    head = f"<header><h1>{escape(_title(report))}</h1>{notes}</header>"
    return page(_title(report), [head, *(section(table.heading, html_table(table)) for table in _tables(report))])


def _title(report: HeldReport) -> str:
    return f"{report.level.title}  ·  {report.level.id}, seed {report.seed}"


def _notes(report: HeldReport) -> Iterator[str]:
    yield f"{report.journal}: {report.unplayable}."
    for outcome in report.results:
        if outcome.result is not None:
            yield from result_notes(outcome.result)


def _tables(report: HeldReport) -> Iterator[Table]:
    """Yields the tables of a report, those that have rows."""
    tables = [_journal(report)]
    instrument = _instrument(report.level)
    for outcome in report.results:
        if (result := outcome.result) is not None:
            tables += [_score(result), pnl(result, instrument.currency), trading(result), _markouts(result)]
        tables += [_quoted(outcome.quoted), _fills(outcome.fills, instrument)]
    tables.append(_commands(report.commands))
    return (table for table in tables if table.rows)


def _journal(report: HeldReport) -> Table:
    player, parent = report.player, report.parent
    facts = {
        "played by": None if player is None else player.name,
        "key": None if player is None else player.key,
        "begun": report.begun,
        "try": report.attempt,
        "taken over from": None if parent is None else f"{parent.name} at {stamp(parent.at_ns)}",
        "engine": report.engine,
        "mmtui": report.mmtui,
        "ended": f"{'it breaks off' if report.ended is None else report.ended} at {stamp(report.until_ns)}",
        "digest": report.digest,
    }
    rows = [(name, str(fact)) for name, fact in facts.items() if fact is not None]
    return Table("Journal", f"format {report.format}", (Column(""), Column("")), rows)


def _score(result: Result) -> Table:
    rows: list[tuple[CellValue, ...]] = [(name, points) for name, points in result.parts.items()]
    columns = (Column("part"), Column("points", "points"))
    return Table("Score", stars(result.stars, ranked=result.ranked), columns, [*rows, ("total", result.score)])


def _markouts(result: Result) -> Table:
    columns = Column(""), *(Column(horizon, "ticks") for horizon in result.markout)
    return Table("Markout", "ticks a share", columns, [("all fills", *result.markout.values())])


def _quoted(who: WhoQuoted) -> Table:
    columns = (Column(""), Column("of the time", "share"), Column("of the fills", "share"))
    by_hand = who.shares()
    others = (None if share is None else 1 - share for share in by_hand)
    return Table("Who quoted", "", columns, [("by hand", *by_hand), ("by a strategy", *others)])


def _instrument(level: Level | HeldLevel) -> Instrument:
    return level.instrument if isinstance(level, HeldLevel) else level.market.instrument


def _fills(fills: FillColumns, instrument: Instrument) -> Table:
    columns = (
        Column("when", "time"),
        Column("side"),
        Column("lots", "count"),
        Column("price", "count"),
        Column("fee", "money"),
        Column("how"),
        Column("placed"),
        Column("with"),
        *(Column(horizon, "ticks") for horizon in fills.markouts),
    )
    rows = zip(
        fills.at_ns,
        ("bought" if side > 0 else "sold" for side in fills.side),
        fills.quantity,
        map(instrument.format, fills.price),
        fills.fee,
        ("maker" if maker else "taker" for maker in fills.maker),
        ("by hand" if manual else "by strategy" for manual in fills.manual),
        (None if other is None else _with(other) for other in fills.other),
        *fills.markouts.values(),
        strict=True,
    )
    horizons = ", ".join(fills.markouts)
    return Table("Fills", f"with their markouts after {horizons} in ticks a share", columns, list(rows))


def _with(kind: str) -> str:
    return KIND_WORDS[kind].one if kind in KIND_WORDS else kind


def _commands(entries: Sequence[Entry]) -> Table:
    rows: list[tuple[CellValue, ...]] = []
    for entry in entries:
        command = msgspec.to_builtins(entry.command)
        rows.append((entry.at_ns, command.pop("do"), ", ".join(f"{name} {value}" for name, value in command.items())))
    return Table("Commands", "", (Column("when", "time"), Column("do"), Column("how")), rows)

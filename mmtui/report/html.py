"""A report as one HTML file without scripts, fonts or network access; it follows the reader's light or dark theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from mmtui.debrief import tables
from mmtui.debrief.model import Debrief
from mmtui.debrief.tables import Table
from mmtui.report import charts
from mmtui.report.model import Report, notes
from mmtui.wording import money, stamp, stars

_CRITERIA = {"side": "By side", "other": "By counterparty", "placed": "By how the quote was set"}


def as_html(report: Report) -> str:
    """Returns the page."""
    debrief = report.debrief
    style = (files("mmtui.report") / "report.css").read_text(encoding="utf-8")
    title = escape(f"{debrief.title}, seed {debrief.result.seed}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" '
        f'content="light dark"><title>{title} · mmtui</title>\n<style>\n{style}</style></head>\n<body><main>\n'
        + "\n".join(_sections(report))
        + "\n</main></body></html>\n"
    )


def _sections(report: Report) -> Iterator[str]:
    debrief, ranking = report.debrief, report.ranking
    result = debrief.result
    yield _head(report)
    yield _section("What to try next", _advice(debrief))
    yield _section("Score", _table(tables.score(debrief)))
    terms = tables.pnl_terms(result.pnl)
    pnl = [(f"{term.sign} {term.name}", term.text()) for term in terms]
    pnl += [("= total", money(result.pnl.total)), ("par", money(result.par))]
    yield _section(
        f"Where the PnL came from, {debrief.instrument.currency}",
        _legend(*((term.name, term.name) for term in terms), ("total", "PnL"))
        + charts.attribution(debrief)
        + _line_table(pnl),
    )
    lines = [("mid", "mid"), ("value", "latent value"), ("bid", "your bid"), ("ask", "your ask")]
    if ranking is not None:
        lines.append(("without-maker", "the mid without you"))
    yield _section("Price, quotes and fills", _legend(*lines) + charts.price(debrief, ranking))
    yield _section("Inventory", charts.inventory(debrief) + _line_table(tables.facts(result)))
    if debrief.markouts:
        yield _section(
            "Markout, ticks a share, with its 95% band",
            charts.markouts(debrief, "all") + _figures(debrief) + _table(tables.markouts(debrief.markouts)),
        )
    for title, verdicts in (("Worst fills", debrief.worst), ("Best fills", debrief.best)):
        if verdicts:
            yield _table_section(tables.fills(title, debrief, verdicts))
    if debrief.queue:
        yield _table_section(tables.queue(debrief.queue))
    if ranking is not None:
        sentences = (f"<p>{escape(''.join(sentence))}</p>" for sentence in tables.comparison(debrief, ranking))
        yield _table_section(tables.ranks(ranking), "".join(sentences))
    if debrief.occasions:
        yield _table_section(tables.lesson(debrief.occasions))
    yield f"<footer>digest <code>{result.digest}</code><br>mmtui {escape(result.mmtui)}</footer>"


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _table_section(table: Table, rest: str = "") -> str:
    return _section(f"{table.title}: {table.note}" if table.note else table.title, _table(table) + rest)


def _head(report: Report) -> str:
    debrief, result = report.debrief, report.debrief.result
    ended = f"{tables.ended(result)} ({stamp(debrief.until_ns)})"
    facts = " · ".join([f"seed {result.seed}", tables.quoted_by(result), ended, *notes(report)])
    return (
        f"<header><h1>{escape(debrief.title)}</h1><p>{escape(facts)}</p>"
        f'<p class="score"><b>{result.score:.1f}</b> of 100 <span class="stars">{stars(result.stars)}</span></p>'
        f"<p>{escape(debrief.lesson)}</p></header>"
    )


def _advice(debrief: Debrief) -> str:
    items = []
    for piece in debrief.advice:
        when = "" if piece.at_ns is None else f' <span class="when">see {stamp(piece.at_ns)}</span>'
        items.append(f"<li>{escape(piece.text)}{when}</li>")
    return f"<ul>{''.join(items)}</ul>"


def _table(table: Table) -> str:
    columns = table.columns
    return _grid([column.heading for column in columns], table.texts(), [column.kind == "text" for column in columns])


def _line_table(facts: Sequence[tuple[str, str]]) -> str:
    """Names over their values, in one line."""
    names, values = zip(*facts, strict=True)
    return _grid(names, [values], [False] * len(facts))


def _grid(heads: Sequence[str], rows: Iterable[Sequence[str]], words: Sequence[bool]) -> str:
    """A table of escaped cells; columns of ``words`` are aligned left, and numbers right."""

    def line(cells: Sequence[str], tag: str) -> str:
        return "".join(
            f"<{tag}{'' if left else ' class=number'}>{escape(text.strip())}</{tag}>"
            for text, left in zip(cells, words, strict=True)
        )

    body = "".join(f"<tr>{line(cells, 'td')}</tr>" for cells in rows)
    return f'<div class="wide"><table><thead><tr>{line(heads, "th")}</tr></thead><tbody>{body}</tbody></table></div>'


def _legend(*entries: tuple[str, str]) -> str:
    return '<p class="legend">' + "".join(f'<span class="{style}">{name}</span>' for style, name in entries) + "</p>"


def _figures(debrief: Debrief) -> str:
    """The markout curves of each criterion, side by side."""
    parts = []
    for by, title in _CRITERIA.items():
        groups = [tables.group_name(curve.group) for curve in debrief.markouts if curve.by == by]
        legend = _legend(*((f"group{number}", name) for number, name in enumerate(groups)))
        parts.append(f"<figure><figcaption>{title}</figcaption>{legend}{charts.markouts(debrief, by)}</figure>")
    return f'<div class="figures">{"".join(parts)}</div>'

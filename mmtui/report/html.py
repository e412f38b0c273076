"""A report as one HTML file without scripts, fonts or network access; it follows the reader's light or dark theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

from mmtui.debrief.model import PNL_PARTS, Debrief, Ranking
from mmtui.debrief.tables import Table, ended, group_name, quoted_by, sections
from mmtui.report import charts
from mmtui.report.model import Report, notes
from mmtui.wording import stamp, stars

_CRITERIA = {"side": "By side", "other": "By counterparty", "placed": "By how the quote was set"}


def as_html(report: Report) -> str:
    """Returns the page."""
    return page(f"{report.debrief.title}, seed {report.debrief.result.seed}", _sections(report))


def page(title: str, sections: Iterable[str]) -> str:
    """A page of sections."""
    style = (files("mmtui.report") / "report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" '
        f'content="light dark"><title>{escape(title)} · mmtui</title>\n<style>\n{style}</style></head>\n<body><main>\n'
        + "\n".join(sections)
        + "\n</main></body></html>\n"
    )


def _sections(report: Report) -> Iterator[str]:
    debrief, ranking = report.debrief, report.ranking
    drawn = {"PnL": _pnl_chart, "Trading and inventory": charts.inventory, "Markout": _markout_charts}
    yield _head(report)
    yield section("What to try next", _advice(debrief))
    for table in sections(debrief, ranking):
        if table.title == "Trading and inventory":
            yield section("Price, quotes and fills", _price_chart(debrief, ranking))
        chart = drawn[table.title](debrief) if table.title in drawn else ""
        sentences = (f"<p>{escape(''.join(sentence))}</p>" for sentence in table.sentences)
        yield section(table.heading, chart + html_table(table) + "".join(sentences))
    result = debrief.result
    yield f"<footer>digest <code>{result.digest}</code><br>mmtui {escape(result.mmtui)}</footer>"


def section(title: str, body: str) -> str:
    """A section with its heading."""
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _head(report: Report) -> str:
    debrief, result = report.debrief, report.debrief.result
    end = f"{ended(result)} ({stamp(debrief.until_ns)})"
    facts = " · ".join([f"seed {result.seed}", quoted_by(result, debrief.quoted.shares()), end, *notes(report)])
    return (
        f"<header><h1>{escape(debrief.title)}</h1><p>{escape(facts)}</p>"
        f'<p class="score"><b>{result.score:.1f}</b> of 100'
        f' <span class="stars">{stars(result.stars, ranked=result.ranked)}</span></p>'
        f"<p>{escape(debrief.lesson)}</p></header>"
    )


def _advice(debrief: Debrief) -> str:
    items = []
    for piece in debrief.advice:
        when = "" if piece.at_ns is None else f' <span class="when">see {stamp(piece.at_ns)}</span>'
        items.append(f"<li>{escape(piece.text)}{when}</li>")
    return f"<ul>{''.join(items)}</ul>"


def html_table(table: Table) -> str:
    """A table: cells of text are aligned left, and numbers right."""

    def line(texts: Iterable[str], tag: str) -> str:
        return "".join(
            f"<{tag}{'' if column.kind == 'text' else ' class=number'}>{escape(text.strip())}</{tag}>"
            for text, column in zip(texts, table.columns, strict=True)
        )

    heads = line((column.heading for column in table.columns), "th")
    rows = "".join(f"<tr>{line(texts, 'td')}</tr>" for texts in table.texts())
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _legend(*entries: tuple[str, str]) -> str:
    return '<p class="legend">' + "".join(f'<span class="{style}">{name}</span>' for style, name in entries) + "</p>"


def _pnl_chart(debrief: Debrief) -> str:
    legend = _legend(*((name, name) for name in PNL_PARTS), ("total", "PnL"))
    return legend + charts.attribution(debrief)


def _price_chart(debrief: Debrief, ranking: Ranking | None) -> str:
    lines = [("mid", "mid"), ("value", "latent value"), ("bid", "your bid"), ("ask", "your ask")]
    if ranking is not None:
        lines.append(("without-maker", "the mid without you"))
    return _legend(*lines) + charts.price(debrief, ranking)


def _markout_charts(debrief: Debrief) -> str:
    """All fills with their band, then the groups of each criterion side by side."""
    parts = []
    for by, title in _CRITERIA.items():
        groups = [group_name(curve.group) for curve in debrief.markouts if curve.by == by]
        legend = _legend(*((f"group{number}", name) for number, name in enumerate(groups)))
        parts.append(f"<figure><figcaption>{title}</figcaption>{legend}{charts.markouts(debrief, by)}</figure>")
    return f'{charts.markouts(debrief, "all")}<div class="figures">{"".join(parts)}</div>'

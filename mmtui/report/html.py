"""A report as one HTML file that needs nothing else: no script, no font, no network; light or dark as the reader is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from mmtui.debrief import Debrief, FillVerdict, Ranking
from mmtui.report import charts
from mmtui.report.model import Report
from mmtui.report.words import ENDS, GROUPS, against, arithmetic, clock, deal, money, stars, ticks, who
from mmtui.units import NS_PER_S

_KINDS = {"side": "By side", "other": "By counterparty", "placed": "By how the quote was set"}


def as_html(report: Report) -> str:
    """The page."""
    found = report.debrief
    style = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    title = escape(f"{found.title}, seed {found.result.seed}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" '
        f'content="light dark"><title>{title} · mmtui</title>\n<style>\n{style}</style></head>\n<body><main>\n'
        + "\n".join(_sections(report))
        + "\n</main></body></html>\n"
    )


def _sections(report: Report) -> Iterator[str]:
    found, ranking = report.debrief, report.ranking
    yield _head(report)
    yield _section("What to try next", _advice(found))
    yield _section("Score", _score(found))
    yield _section(
        f"Where the PnL came from, {escape(found.instrument.currency)}",
        _legend(("spread", "spread"), ("position", "position"), ("hedge", "hedge"), ("fees", "fees"), ("total", "PnL"))
        + charts.attribution(found)
        + _pnl(found),
    )
    lines = [("mid", "mid"), ("value", "latent value"), ("bid", "your bid"), ("ask", "your ask")]
    if ranking is not None:
        lines.append(("alone", "the mid without you"))
    yield _section("Price, quotes and fills", _legend(*lines) + charts.price(found, ranking))
    yield _section("Inventory", charts.inventory(found) + _inventory(found))
    if found.markouts:
        yield _section("Markout, ticks a share, with its 95% band", charts.markouts(found, "all") + _groups(found))
    yield _section("Worst fills", _fills(found, found.worst))
    yield _section("Best fills", _fills(found, found.best))
    if found.queue:
        yield _section("Queue", _queue(found))
    if ranking is not None:
        yield _section(f"The same tape: percentile {ranking.percentile:.0f}", _ranking(ranking))
    if found.occasions:
        yield _section("The lesson", _lesson(found))
    yield f"<footer>digest <code>{found.result.digest}</code><br>mmtui {escape(found.result.mmtui)}</footer>"


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>{body}</section>" if body else ""


def _head(report: Report) -> str:
    found, result = report.debrief, report.debrief.result
    told = [
        f"seed {result.seed}",
        who(result.strategy),
        f"{ENDS.get(result.ended, result.ended)} ({clock(found.until_ns)})",
    ]
    if result.opponent is not None:
        told.append(against(result.opponent))
    if report.parent is not None:
        told.append(f"taken over from {report.parent.name} at {clock(report.parent.at_ns)}")
    if report.same is False:
        told.append("the digest differs from the journal's")
    if result.error is not None:
        told.append(result.error)
    return (
        f"<header><h1>{escape(found.title)}</h1><p>{escape(' · '.join(told))}</p>"
        f'<p class="score"><b>{result.score:.1f}</b> of 100 <span class="stars">{stars(result.stars)}</span></p>'
        f"<p>{escape(found.lesson)}</p></header>"
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A table whose first columns are text and whose others are numbers; cells are escaped."""

    def row(cells: Sequence[str], tag: str) -> str:
        return "".join(
            f"<{tag}{'' if column < left else ' class=number'}>{escape(cell)}</{tag}>"
            for column, cell in enumerate(cells)
        )

    body = "".join(f"<tr>{row(cells, 'td')}</tr>" for cells in rows)
    return f'<div class="wide"><table><thead><tr>{row(heads, "th")}</tr></thead><tbody>{body}</tbody></table></div>'


def _legend(*entries: tuple[str, str]) -> str:
    return '<p class="legend">' + "".join(f'<span class="{style}">{name}</span>' for style, name in entries) + "</p>"


def _score(found: Debrief) -> str:
    rows = [
        (
            part.name,
            arithmetic(part),
            f"{part.points:.1f}",
            f"{part.weight:.2f}",
            f"{part.points * part.weight:.1f}",
        )
        for part in found.score
    ]
    rows.append(("total", "", "", "", f"{found.result.score:.1f}"))
    return _table(("part", "how", "points", "weight", "points × weight"), rows, left=2)


def _pnl(found: Debrief) -> str:
    pnl = found.result.pnl
    heads = ("spread", "+ position", "+ hedge", "− fees", "= total", "par")
    amounts = (pnl.spread, pnl.position, pnl.hedge, pnl.fees, pnl.total, found.result.par)
    return _table(heads, [[money(amount) for amount in amounts]], left=0)


def _inventory(found: Debrief) -> str:
    position, result = found.result.position, found.result
    heads = ("mean", "largest", "at the end", "limit", "fills", "lots traded", "both sides quoted")
    cells = (
        f"{position.mean_abs:.1f}",
        str(position.max_abs),
        f"{position.final:+}",
        f"±{position.limit}",
        str(result.fills),
        str(result.volume),
        f"{result.presence:.0%}",
    )
    return _table(heads, [cells], left=0)


def _groups(found: Debrief) -> str:
    parts = []
    for by, title in _KINDS.items():
        curves = [curve for curve in found.markouts if curve.by == by]
        legend = _legend(*((f"group{number}", GROUPS[curve.group]) for number, curve in enumerate(curves)))
        parts.append(f"<figure><figcaption>{title}</figcaption>{legend}{charts.markouts(found, by)}</figure>")
    rows = []
    told = [seconds * NS_PER_S for seconds in (1, 10, 60)]
    for curve in found.markouts:
        points = {point.horizon_ns: point for point in curve.points}
        judged = points.get(told[1])
        band = "–" if judged is None or judged.low is None else f"{ticks(judged.low)} to {ticks(judged.high)}"
        means = [ticks(points[at].mean if at in points else None) for at in told]
        lots = max((point.lots for point in curve.points), default=0)
        rows.append((GROUPS[curve.group], str(lots), *means, band))
    heads = ("group", "lots", "1 s", "10 s", "60 s", "95% band at 10 s")
    return f'<div class="figures">{"".join(parts)}</div>' + _table(heads, rows)


def _fills(found: Debrief, verdicts: Sequence[FillVerdict]) -> str:
    if not verdicts:
        return ""
    rows = []
    for verdict in verdicts:
        fill = found.fills[verdict.fill]
        rows.append((clock(fill.at_ns), deal(found, fill), verdict.why, money(verdict.money)))
    return _table(("when", "what", "why", "in ten seconds"), rows, left=3)


def _queue(found: Debrief) -> str:
    rows = [
        (
            group.ahead,
            str(group.orders),
            str(group.lots),
            f"{group.filled:.1%}",
            f"{group.reached:.1%}",
            "–" if group.wait_s is None else f"{group.wait_s:.1f} s",
            ticks(group.markout),
        )
        for group in found.queue
    ]
    heads = ("lots ahead at joining", "orders", "lots", "lots filled", "orders reached", "wait", "markout at 10 s")
    return _table(heads, rows)


def _ranking(ranking: Ranking) -> str:
    rows = [
        (
            "▸ you" if rank.strategy is None else rank.strategy,
            f"{rank.score:.1f} {stars(rank.stars)}",
            money(rank.pnl),
            f"{rank.mean_abs:.1f}",
            ticks(rank.markout),
        )
        for rank in ranking.ranks
    ]
    alone = ranking.alone
    return (
        _table(("who", "score", "PnL", "mean lots held", "markout at 10 s"), rows)
        + f"<p>Without a maker: {alone.trades} trades, a mean spread of {alone.mean_spread:.2f} ticks, and "
        f"{alone.final_mid:g} at the end.</p>"
    )


def _lesson(found: Debrief) -> str:
    rows = [
        (clock(occasion.from_ns), occasion.name, "done" if occasion.done else "missed") for occasion in found.occasions
    ]
    return _table(("when", "what", "done"), rows, left=3)


def _advice(found: Debrief) -> str:
    items = []
    for piece in found.advice:
        when = "" if piece.at_ns is None else f' <span class="when">see {clock(piece.at_ns)}</span>'
        items.append(f"<li>{escape(piece.text)}{when}</li>")
    return f"<ul>{''.join(items)}</ul>"

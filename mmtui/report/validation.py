"""A market beside a recording as one HTML file: a row a statistic, drawn as shares of the recording's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from mmtui.lab.market_fit.validate import WITHIN, Row, Validation
from mmtui.report.html import page, section

#: Of a drawing, in its own units: width of the words, of the scale, of a row.
_WORDS, _SCALE, _ROW = 330, 520, 24
#: The scale goes from none of the recording's value to twice it.
_MOST = 2.0


def as_html(found: Validation) -> str:
    """Returns the page."""
    return page(f"{found.market} beside {found.tape}", _sections(found))


def _sections(found: Validation) -> Iterator[str]:
    yield (
        f"<header><h1>{escape(found.market)} beside {escape(found.tape)}</h1><p>{escape(found.verdict)}</p>"
        '<p class="legend"><span class="bid">the recording, two standard errors either way</span>'
        '<span class="ask">the market, likewise</span> 1 is the recording’s value</p></header>'
    )
    for group, rows in found.groups.items():
        yield section(group.capitalize(), _drawing(rows) + _table(rows))
    if found.undecided:
        yield section("Not decided by this recording", f"<p>{escape(', '.join(found.undecided))}</p>")


def _drawing(rows: Sequence[Row]) -> str:
    height = _ROW * len(rows) + 20
    parts = [f'<svg viewBox="0 0 {_WORDS + _SCALE + 20} {height}" role="img" aria-label="statistics">']
    for mark in (0.0, 0.5, 1.0, 1.5, 2.0):
        x = _at(mark)
        parts.append(f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="{height - 18}"/>')
        parts.append(f'<text class="axis" x="{x}" y="{height - 4}" text-anchor="middle">{mark:g}</text>')
    for number, row in enumerate(rows):
        y = _ROW * number + 12
        parts.append(f'<text class="axis" x="0" y="{y + 4}">{escape(row.statistic)}</text>')
        parts.append(_span(1.0, row.tape_se / abs(row.tape), y - 3, "bid"))
        if row.market is not None and row.market_se is not None:
            parts.append(_span(row.market / row.tape, row.market_se / abs(row.tape), y + 4, "ask"))
    return f'<div class="wide">{"".join(parts)}</svg></div>'


def _at(share: float) -> float:
    return round(_WORDS + _SCALE * min(max(share, 0.0), _MOST) / _MOST, 1)


def _span(middle: float, error: float, y: int, style: str) -> str:
    low, high, x = _at(middle - 2 * error), _at(middle + 2 * error), _at(middle)
    return (
        f'<line class="line {style}" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>'
        f'<circle class="mark {style}" cx="{x}" cy="{y}" r="4"/>'
    )


def _table(rows: Sequence[Row]) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("statistic", "recording", "market", "distance"))
    body = "".join(
        f'<tr><td>{escape(row.words)}</td><td class="number">{row.tape:.4g} ± {row.tape_se:.2g}</td>'
        f'<td class="number">{_number(row.market, row.market_se)}</td><td class="number">{_distance(row)}</td></tr>'
        for row in rows
    )
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def _number(value: float | None, error: float | None) -> str:
    return "none" if value is None else f"{value:.4g}" + ("" if error is None else f" ± {error:.2g}")


def _distance(row: Row) -> str:
    if row.distance is None:
        return "—"
    return f"<b>{row.distance:.1f}</b>" if row.distance > WITHIN else f"{row.distance:.1f}"

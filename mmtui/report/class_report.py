"""A class's journals as one HTML page: how scores and their parts are spread, what was missed, who did what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from statistics import fmean, median

from mmtui.learning.grades import Graded
from mmtui.report.html import page, section
from mmtui.report.svg import SvgChart
from mmtui.wording import counted, stars

_BIN = 10
_PARTS = ("score", "inventory", "markout", "presence")
_CAVEAT = (
    "The replay proves what was played, the seal whose key it was. Neither proves that a person was there, or how "
    "often one tried before. Names are as the journals carry them; who has chosen none has a pseudonym."
)


def class_page(title: str, graded: Sequence[Graded]) -> str:
    """The page.

    Args:
        title: of the class or the level.
        graded: the journals, in the order to show them.
    """
    return page(title, _sections(title, graded))


def _sections(title: str, graded: Sequence[Graded]) -> Iterator[str]:
    counting = [each for each in graded if not each.apart]
    others = [each for each in graded if each.apart]
    scores = [each.grade.score for each in counting if each.grade.score is not None]
    told = (
        f"{counted(len(counting), 'session')} that {'counts' if len(counting) == 1 else 'count'}, {len(others)} apart"
    )
    if scores:
        told += f"; score: mean {fmean(scores):.1f}, median {median(scores):.1f}"
    yield f"<header><h1>{escape(title)}</h1><p>{escape(told)}</p></header>"
    if counting:
        yield section("Distributions", _histograms(counting))
        yield section("Sessions", _sessions(counting))
        yield section("Mistakes", _counts("mistake", [(each.grade.mistakes or "").split() for each in counting]))
        yield section(
            "What of the lesson was missed", _counts("to do", [[*dict.fromkeys(each.missed)] for each in counting])
        )
    if others:
        rows = [(each.grade.file, each.grade.player or "", "; ".join(each.apart)) for each in others]
        yield section("Apart, with why", _table(("file", "player", "why"), rows, numbers=0))
    yield f"<footer>{escape(_CAVEAT)}</footer>"


def _histograms(counting: Sequence[Graded]) -> str:
    figures = []
    for name in _PARTS:
        points = [value for each in counting if (value := getattr(each.grade, name)) is not None]
        if points:
            chart = _histogram(points, name)
            figures.append(f"<figure><figcaption>{name}</figcaption>{chart}</figure>")
    return f'<div class="figures">{"".join(figures)}</div>'


def _histogram(points: Sequence[float], name: str) -> str:
    """How many have so many points, in bins of ten."""
    counts = Counter(min(int(value // _BIN), 100 // _BIN - 1) for value in points)
    chart = SvgChart(
        (0.0, 100.0), (0.0, float(max(counts.values()))), f"{name}: how many have so many points", 220, 480
    )
    for number, count in counts.items():
        left = float(number * _BIN)
        chart.area([(left + 0.5, 0.0, float(count)), (left + _BIN - 0.5, 0.0, float(count))], "spread")
    return chart.render(lambda x: f"{x:g}", lambda y: f"{y:g}" if y == int(y) else "", [0, 20, 40, 60, 80, 100])


def _sessions(counting: Sequence[Graded]) -> str:
    rows = []
    for place, each in enumerate(counting, start=1):
        grade = each.grade
        shown = (grade.score, grade.pnl, grade.par, grade.inventory, grade.markout, grade.presence)
        rows.append(
            (
                f"{place}. {grade.player or grade.file}",
                stars(grade.stars or 0),
                *("" if value is None else f"{value:,.1f}" for value in shown),
                f"{grade.checks_done} of {(grade.checks_done or 0) + (grade.checks_missed or 0)}",
            )
        )
    heads = ("player", "stars", "score", "PnL", "par", "inventory", "markout", "presence", "lesson")
    return _table(heads, rows, numbers=len(heads) - 2)


def _counts(heading: str, found: Sequence[Sequence[str]]) -> str:
    """In how many sessions each was found."""
    counts = Counter(name for names in found for name in names)
    if not counts:
        return "<p>None.</p>"
    rows = [(name, f"{count} of {len(found)}") for name, count in counts.most_common()]
    return _table((heading, "sessions"), rows, numbers=1)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: int) -> str:
    """A table whose last columns are numbers, aligned right."""

    def line(texts: Sequence[str], tag: str) -> str:
        first = len(texts) - numbers
        return "".join(
            f"<{tag}{' class=number' if at >= first else ''}>{escape(text)}</{tag}>" for at, text in enumerate(texts)
        )

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{line(heads, "th")}</tr></thead><tbody>{body}</tbody></table></div>'

"""A report as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmtui.debrief import Debrief, FillVerdict, MarkoutCurve, Ranking
from mmtui.report.model import Report
from mmtui.report.words import ENDS, GROUPS, against, arithmetic, clock, deal, money, stars, ticks, who
from mmtui.units import NS_PER_S

_TOLD_NS = tuple(seconds * NS_PER_S for seconds in (1, 10, 60))


def as_text(report: Report) -> Iterator[str]:
    """The lines of a report."""
    found = report.debrief
    yield from _head(report)
    yield from _score(found)
    yield from _pnl(found)
    yield from _markouts(found)
    yield from _trading(found)
    yield from _fills("WORST FILLS", found, found.worst)
    yield from _fills("BEST FILLS", found, found.best)
    if report.ranking is not None:
        yield from _ranking(report.ranking)
    if found.occasions:
        yield from _lesson(found)
    yield "WHAT TO TRY NEXT"
    for piece in found.advice:
        when = "" if piece.at_ns is None else f"  (see {clock(piece.at_ns)})"
        yield f"  {piece.text}{when}"


def _head(report: Report) -> Iterator[str]:
    found, result = report.debrief, report.debrief.result
    yield f"{found.title}  ·  {result.level}, seed {result.seed}, {who(result.strategy)}"
    until = clock(found.until_ns)
    yield f"{result.score:.1f} of 100  {stars(result.stars)}   {ENDS.get(result.ended, result.ended)} ({until})"
    if result.opponent is not None:
        yield against(result.opponent)
    if result.error is not None:
        yield result.error
    if report.parent is not None:
        yield f"taken over from {report.parent.name} at {clock(report.parent.at_ns)}"
    if report.same is False:
        yield "This version plays it otherwise than the one that wrote it: the digests differ."
    yield f"digest {result.digest}"
    yield ""


def _score(found: Debrief) -> Iterator[str]:
    yield "SCORE        points  weight"
    for part in found.score:
        product = part.points * part.weight
        yield f"  {part.name:<10} {part.points:6.1f} ×  {part.weight:4.2f} = {product:5.1f}   {arithmetic(part)}"
    yield f"  {'total':<23} {found.result.score:7.1f}"
    yield ""


def _pnl(found: Debrief) -> Iterator[str]:
    pnl = found.result.pnl
    yield f"PNL, {found.instrument.currency}"
    for sign, name, amount in (
        (" ", "spread", pnl.spread),
        ("+", "position", pnl.position),
        ("+", "hedge", pnl.hedge),
        ("−", "fees", pnl.fees),
    ):
        yield f"{sign} {name:<10} {money(amount):>14}"
    yield f"= {'total':<10} {money(pnl.total):>14}   par {money(found.result.par)}"
    yield ""


def _markouts(found: Debrief) -> Iterator[str]:
    if not found.markouts:
        return
    yield "MARKOUT, ticks a share     lots         1 s        10 s        60 s   95% band at 10 s"
    for curve in found.markouts:
        yield _curve(curve)
    yield ""


def _curve(curve: MarkoutCurve) -> str:
    points = {point.horizon_ns: point for point in curve.points}
    cells = "".join(f"{ticks(points[at].mean if at in points else None):>12}" for at in _TOLD_NS)
    judged = points.get(_TOLD_NS[1])
    band = "" if judged is None or judged.low is None else f"   {ticks(judged.low)} to {ticks(judged.high)}"
    lots = max(point.lots for point in points.values()) if points else 0
    return f"  {GROUPS[curve.group]:<22} {lots:>6}{cells}{band}"


def _trading(found: Debrief) -> Iterator[str]:
    result, position = found.result, found.result.position
    quoted = f"both sides quoted {result.presence:.0%} of the time"
    yield f"TRADING      {result.fills} fills, {result.volume} lots; {quoted}"
    yield (
        f"INVENTORY    mean {position.mean_abs:.1f}, largest {position.max_abs}, end {position.final:+}, "
        f"limit ±{position.limit} lots"
    )
    if found.queue:
        yield "QUEUE        lots ahead   orders     lots   filled  reached   wait, s   markout 10 s"
        for group in found.queue:
            wait = "–" if group.wait_s is None else f"{group.wait_s:.1f}"
            yield (
                f"             {group.ahead:>10}{group.orders:>9}{group.lots:>9}{group.filled:>9.1%}"
                f"{group.reached:>9.1%}{wait:>10}{ticks(group.markout):>15}"
            )
    yield ""


def _fills(title: str, found: Debrief, verdicts: Sequence[FillVerdict]) -> Iterator[str]:
    if not verdicts:
        return
    yield f"{title}, by what they made in ten seconds"
    for verdict in verdicts:
        fill = found.fills[verdict.fill]
        yield f"  {clock(fill.at_ns):>8} {money(verdict.money):>11}  {deal(found, fill)}: {verdict.why}"
    yield ""


def _ranking(ranking: Ranking) -> Iterator[str]:
    yield f"THE SAME TAPE, percentile {ranking.percentile:.0f}     score            pnl   mean lots   markout 10 s"
    for rank in ranking.ranks:
        name = "you" if rank.strategy is None else rank.strategy
        mark = "▸" if rank.strategy is None else " "
        yield (
            f"{mark} {name:<22} {stars(rank.stars)} {rank.score:>9.1f}{money(rank.pnl):>15}{rank.mean_abs:>12.1f}"
            f"{ticks(rank.markout):>15}"
        )
    alone = ranking.alone
    spread = f"mean spread {alone.mean_spread:.2f} ticks"
    yield f"  without a maker: {alone.trades} trades, {spread}, end {alone.final_mid:g}"
    yield ""


def _lesson(found: Debrief) -> Iterator[str]:
    yield "THE LESSON"
    for occasion in found.occasions:
        yield f"  {clock(occasion.from_ns):>8}  {'done  ' if occasion.done else 'missed'}  {occasion.name}"
    yield ""

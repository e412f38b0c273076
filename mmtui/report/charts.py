"""The charts of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mmtui.debrief.model import JUDGED, PNL_PARTS, Debrief, Ranking
from mmtui.debrief.tables import deal, written
from mmtui.report.svg import SvgChart, thinned
from mmtui.units import NS_PER_S
from mmtui.wording import clock, stamp

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


def attribution(debrief: Debrief) -> str:
    """The parts of the PnL over time, gains stacked upwards and losses downwards; their sum is the line."""
    seconds = debrief.seconds
    rows = thinned(len(seconds.at_ns))
    stacks = [seconds.stack(row) for row in rows]
    ends = [end for stack in stacks for bar in stack.values() for end in bar]
    chart = SvgChart(_time(debrief), (min(ends), max(ends)), "PnL over time by source")
    for name in PNL_PARTS:
        if any(getattr(seconds, name)):
            chart.area([(seconds.at_ns[row], *stack[name]) for row, stack in zip(rows, stacks, strict=True)], name)
    chart.rule(0.0, "zero")
    chart.line([(seconds.at_ns[row], seconds.total[row]) for row in rows], "total")
    return chart.render(_clock, lambda y: f"{y:,.0f}", _times(debrief))


def price(debrief: Debrief, ranking: Ranking | None) -> str:
    """The mid, the latent value, the maker's quotes and the fills."""
    seconds, quotes, instrument = debrief.seconds, debrief.quotes, debrief.instrument
    rows = thinned(len(seconds.at_ns))
    mids = [(seconds.at_ns[row], seconds.mid[row]) for row in rows]
    values = [(seconds.at_ns[row], value) for row in rows if (value := seconds.value[row]) is not None]
    prices = [*(price for _, price in mids + values), *(fill.price for fill in debrief.fills)]
    chart = SvgChart(_time(debrief), (min(prices), max(prices)), "Price, own quotes and fills", 360)
    if ranking is not None:
        without = [(row * NS_PER_S, mid) for row, mid in enumerate(ranking.without_maker.mid)]
        played = [point for point in without if point[0] <= debrief.until_ns]
        chart.line([played[row] for row in thinned(len(played))], "without-maker")
    for column, style in ((quotes.bid, "bid"), (quotes.ask, "ask")):
        for stretch in _stretches(quotes.at_ns, column, debrief.until_ns, chart.y):
            chart.line(stretch, style, stepped=True)
    chart.line(values, "value")
    chart.line(mids, "mid")
    for fill in debrief.fills:
        markout = written(fill.markouts[JUDGED], "ticks")
        words = f"{stamp(fill.at_ns)} {deal(fill, instrument)}, {fill.who}, 10 s {markout}"
        chart.mark(fill.at_ns, fill.price, "bid" if fill.side > 0 else "ask", words, up=fill.side > 0)
    return chart.render(_clock, instrument.format, _times(debrief))


def _stretches(
    at_ns: Sequence[int], prices: Sequence[int | None], until_ns: int, bounds: tuple[float, float]
) -> Iterator[list[tuple[float, float]]]:
    """A quote's path wherever there was one within the bounds, each stretch to where it ended."""
    low, high = bounds
    stretch: list[tuple[float, float]] = []
    for row, price in enumerate(prices):
        inside = price if price is not None and low <= price <= high else None
        if inside is not None:
            stretch.append((at_ns[row], inside))
        elif stretch:
            yield [*stretch, (at_ns[row], stretch[-1][1])]
            stretch = []
    if stretch:
        yield [*stretch, (until_ns, stretch[-1][1])]


def inventory(debrief: Debrief) -> str:
    """The position over time within its limit; with hedge instruments the net position too."""
    limit = debrief.result.position.limit
    path = [(0, debrief.start_position), *((fill.at_ns, fill.position_after) for fill in debrief.fills)]
    path.append((debrief.until_ns, path[-1][1]))
    chart = SvgChart(_time(debrief), (-limit, limit), "Position over time", 200)
    chart.area([(x, 0.0, held) for (at, held), (later, _) in pairwise(path) for x in (at, later)], "held")
    for bound in (-limit, limit):
        chart.rule(bound, "limit")
    chart.rule(0.0, "zero")
    chart.line(path, "total", stepped=True)
    if debrief.hedge_fills:
        seconds = debrief.seconds
        chart.line([(seconds.at_ns[row], seconds.net[row]) for row in thinned(len(seconds.at_ns))], "value")
    return chart.render(_clock, lambda y: f"{y:+,.0f}" if y else "0", _times(debrief))


def markouts(debrief: Debrief, by: str) -> str:
    """The markout curves of the groups by one criterion; that of all fills is wider, with its band behind it."""
    whole, *_ = debrief.markouts
    curves = [curve for curve in debrief.markouts if curve.by == by]
    paths = [[(point.horizon_ns / NS_PER_S, point.mean) for point in curve.points] for curve in (whole, *curves)]
    horizons = [x for x, _ in paths[0]]
    values = [mean for path in paths for _, mean in path]
    band: list[tuple[float, float, float]] = []
    style, height, width = "group{}", 200, 380
    if by == "all":
        style, height, width = "total", 240, 960
        for x, point in zip(horizons, whole.points, strict=True):
            if point.low is not None and point.high is not None:
                band.append((x, point.low, point.high))
                values += [point.low, point.high]
    else:
        horizons = [x for x in horizons if x in (0.1, 1.0, 10.0, 60.0)]
    bounds = min(0.0, *values), max(0.0, *values)
    chart = SvgChart((0.1, 60.0), bounds, f"Markout by horizon: {by}", height, width=width, logarithmic=True)
    if band:
        chart.area(band, "band")
    chart.rule(0.0, "zero")
    for number, path in enumerate(paths[1:]):
        chart.line(path, style.format(number))
    return chart.render(lambda x: f"{x:g} s", lambda y: f"{y:+.1f}" if y else "0", horizons)


def _time(debrief: Debrief) -> tuple[float, float]:
    return 0.0, float(max(debrief.until_ns, 1))


def _times(debrief: Debrief) -> list[float]:
    """Whole round times for the axis."""
    length_s = debrief.until_ns / NS_PER_S
    step_s = next((step for step in _STEPS_S if length_s / step <= 10), _STEPS_S[-1])
    return [float(at_s * NS_PER_S) for at_s in range(0, int(length_s) + 1, step_s)]


def _clock(at_ns: float) -> str:
    return clock(round(at_ns))

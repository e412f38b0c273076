"""The charts of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmtui.debrief import Debrief, MarkoutCurve, Ranking
from mmtui.report.svg import SvgChart, thinned
from mmtui.report.words import PARTS, clock, deal, part, ticks
from mmtui.units import NS_PER_S

_Time = tuple[float, float]
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


def attribution(found: Debrief) -> str:
    """The parts of the PnL over time, gains stacked upwards and losses downwards; their sum is the line."""
    seconds = found.seconds
    rows = thinned(len(seconds.at_ns))
    stacks: dict[str, list[tuple[float, float, float]]] = {name: [] for name, _ in PARTS}
    columns = {name: part(seconds, name, sign) for name, sign in PARTS}
    low = high = 0.0
    for row in rows:
        above = below = 0.0
        for name, _ in PARTS:
            amount = columns[name][row]
            base = above if amount > 0 else below
            stacks[name].append((seconds.at_ns[row], base, base + amount))
            if amount > 0:
                above += amount
            else:
                below += amount
        low, high = min(low, below), max(high, above)
    chart = SvgChart(_time(found), (low, high), "PnL over time by source")
    for name, stack in stacks.items():
        if any(columns[name]):
            chart.area(stack, name)
    chart.rule(0.0, "zero")
    chart.line([(seconds.at_ns[row], seconds.total[row]) for row in rows], "total")
    return chart.render(_minutes, lambda y: f"{y:,.0f}", _times(found))


def price(found: Debrief, ranking: Ranking | None) -> str:
    """The mid, the latent value, the own quotes and the fills."""
    seconds, instrument = found.seconds, found.instrument
    rows = thinned(len(seconds.at_ns))
    mids = [seconds.mid[row] for row in rows]
    values = [value for row in rows if (value := seconds.value[row]) is not None]
    prices = [fill.price for fill in found.fills]
    chart = SvgChart(
        _time(found),
        (min([*mids, *values, *prices]), max([*mids, *values, *prices])),
        "Price, own quotes and fills",
        360,
    )
    if ranking is not None:
        alone = list(enumerate(ranking.alone.mid))
        inside = [(row * NS_PER_S, mid) for row, mid in alone if row * NS_PER_S <= found.until_ns]
        chart.line([inside[row] for row in thinned(len(inside))], "alone")
    quotes = found.quotes
    for column, style in ((quotes.bid, "bid"), (quotes.ask, "ask")):
        for stretch in _stretches(quotes.at_ns, column, found.until_ns, chart.y):
            chart.line(stretch, style, stepped=True)
    chart.line([(seconds.at_ns[row], value) for row in rows if (value := seconds.value[row]) is not None], "value")
    chart.line([(seconds.at_ns[row], seconds.mid[row]) for row in rows], "mid")
    for fill in found.fills:
        told = f"{clock(fill.at_ns)} {deal(found, fill)}, {fill.other}, 10 s {ticks(fill.markouts[6])}"
        chart.mark(fill.at_ns, fill.price, "bid" if fill.side > 0 else "ask", told, up=fill.side > 0)
    return chart.render(_minutes, instrument.format, _times(found))


def _stretches(
    at_ns: Sequence[int], prices: Sequence[int | None], until_ns: int, bounds: tuple[float, float]
) -> Iterator[list[_Time]]:
    """A quote's path wherever there was one within the bounds, each stretch to where it ended."""
    low, high = bounds
    stretch: list[_Time] = []
    for row, price in enumerate(prices):
        inside = price if price is not None and low <= price <= high else None
        if inside is not None:
            stretch.append((at_ns[row], inside))
        elif stretch:
            yield [*stretch, (at_ns[row], stretch[-1][1])]
            stretch = []
    if stretch:
        yield [*stretch, (until_ns, stretch[-1][1])]


def inventory(found: Debrief) -> str:
    """The position over time within its limit; with hedge instruments the net position too."""
    limit = found.result.position.limit
    path = [(0, found.start_position), *((fill.at_ns, fill.position_after) for fill in found.fills)]
    path.append((found.until_ns, path[-1][1]))
    chart = SvgChart(_time(found), (-limit, limit), "Position over time", 200)
    chart.area([(x, 0.0, y) for x, y in _corners(path)], "held")
    for bound in (-limit, limit):
        chart.rule(bound, "limit")
    chart.rule(0.0, "zero")
    chart.line(path, "total", stepped=True)
    if found.hedge_fills:
        seconds = found.seconds
        chart.line([(seconds.at_ns[row], seconds.net[row]) for row in thinned(len(seconds.at_ns))], "value")
    return chart.render(_minutes, lambda y: f"{y:+,.0f}" if y else "0", _times(found))


def _corners(path: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The corners of a path in steps."""
    held = path[0][1]
    for at_ns, position in path:
        yield at_ns, held
        yield at_ns, position
        held = position


def markouts(found: Debrief, by: str) -> str:
    """Markout curves of the groups of one kind over the horizon, "all" with its band behind them."""
    whole, *_ = found.markouts
    groups = [curve for curve in found.markouts if curve.by == by]
    horizons = [point.horizon_ns / NS_PER_S for point in whole.points]
    values = [point.mean for curve in (whole, *groups) for point in curve.points]
    band = [
        (point.horizon_ns / NS_PER_S, point.low, point.high)
        for point in whole.points
        if point.low is not None and point.high is not None
    ]
    whole_width = by == "all"
    if whole_width:
        values += [bound for _, low, high in band for bound in (low, high)]
    chart = SvgChart(
        (0.1, 60.0),
        (min(0.0, *values), max(0.0, *values)),
        f"Markout by horizon: {by}",
        240 if whole_width else 200,
        width=960 if whole_width else 380,
        logarithmic=True,
    )
    if whole_width and band:
        chart.area(band, "band")
    chart.rule(0.0, "zero")
    for number, curve in enumerate(groups):
        chart.line(_curve(curve), "total" if whole_width else f"group{number}")
    shown = horizons if whole_width else [x for x in horizons if x in (0.1, 1.0, 10.0, 60.0)]
    return chart.render(lambda x: f"{x:g} s", lambda y: f"{y:+.1f}" if y else "0", shown)


def _curve(curve: MarkoutCurve) -> list[tuple[float, float]]:
    return [(point.horizon_ns / NS_PER_S, point.mean) for point in curve.points]


def _time(found: Debrief) -> _Time:
    return 0.0, float(max(found.until_ns, 1))


def _times(found: Debrief) -> list[float]:
    """Whole round times for the axis."""
    length_s = found.until_ns / NS_PER_S
    step_s = next((step for step in _STEPS_S if length_s / step <= 10), _STEPS_S[-1])
    return [float(at_s * NS_PER_S) for at_s in range(0, int(length_s) + 1, step_s)]


def _minutes(at_ns: float) -> str:
    minutes, seconds = divmod(round(at_ns / NS_PER_S), 60)
    return f"{minutes}:{seconds:02}"

"""A session over time, as the debrief shows it: money by where it came from, position, price with quotes and fills."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from mmtui.braille import Plot
from mmtui.debrief import Debrief, MarkoutCurve
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span, title_row
from mmtui.tui.widgets.chart import MARKS, price_range
from mmtui.tui.widgets.pixels import Pixels, framed, time_axis
from mmtui.units import NS_PER_S

_ROOM = 9
#: Every part of the money has its colour.
_INKS = {"spread": "bought-bar", "position": "cursor", "hedge": "entry", "fees": "sold-bar"}


def money_rows(debrief: Debrief, width: int, height: int) -> list[Row]:
    """Spread, position, hedge and fees stacked on both sides of nothing; their sum, the PnL, as a line.

    Args:
        debrief: the session.
        width: cells in all.
        height: rows in all: a title, a legend, the canvas and its times.
    """
    seconds = debrief.seconds
    parts = {
        "spread": seconds.spread,
        "position": seconds.position,
        "hedge": seconds.hedge,
        "fees": [-fee for fee in seconds.fees],
    }
    columns = _columns(seconds.at_ns, debrief.until_ns, max(8, width - _ROOM))
    stacks = [_stacked([values[row] for values in parts.values()]) for row in columns]
    total = [seconds.total[row] for row in _columns(seconds.at_ns, debrief.until_ns, 2 * len(columns))]
    ends = [end for stack in stacks for span in stack for end in span]
    low, high = min(ends + total), max(ends + total)
    pixels = Pixels(len(columns), height - 3, low, high)
    for x, stack in enumerate(stacks):
        for ink, (start, end) in zip(_INKS.values(), stack, strict=True):
            pixels.bar(x, start, end, ink)
    pixels.line([0.0] * 2 * len(columns), "muted", every=2)
    pixels.line(total, "foreground")
    legend: list[Span] = [(" ", "muted")]
    for name, values in parts.items():
        legend += [
            ("██", f"{_INKS[name]} on surface"),
            (f" {name} ", "muted"),
            (f"{fmt.money(values[-1], 0, 0)}   ", "foreground"),
        ]
    legend += [("⠒⠒", "foreground"), (" pnl ", "muted"), (fmt.money(seconds.total[-1], 0, 0), "bold foreground")]
    return [
        title_row("MONEY OVER TIME", "the parts add up to the line", width),
        tuple(legend),
        *framed(pixels, [0.0, high, low], lambda value: fmt.money(value, 0, 0), _ROOM),
        time_axis(len(columns), debrief.until_ns),
    ]


def _stacked(amounts: Sequence[float]) -> list[tuple[float, float]]:
    """From and to of each amount: gains on each other upwards, losses downwards."""
    above = below = 0.0
    spans = []
    for amount in amounts:
        if amount > 0:
            spans.append((above, above + amount))
            above += amount
        else:
            spans.append((below + amount, below))
            below += amount
    return spans


def position_rows(debrief: Debrief, width: int, height: int) -> list[Row]:
    """The position, net of what was held beside the book, between its limits; amber over half of them, then red."""
    seconds, limit = debrief.seconds, float(debrief.result.position.limit)
    columns = _columns(seconds.at_ns, debrief.until_ns, max(8, width - _ROOM))
    largest = max(abs(net) for net in seconds.net)
    reach = limit if largest > limit / 4 else max(1.0, 2 * largest)
    pixels = Pixels(len(columns), height - 2, -reach, reach)
    for x, row in enumerate(columns):
        net = seconds.net[row]
        share = abs(net) / limit if limit else 0.0
        pixels.bar(x, 0.0, net, "cursor" if share < 0.5 else "entry" if share < 0.8 else "sold-bar")
    pixels.line([0.0] * 2 * len(columns), "muted", every=2)
    pixels.line([seconds.net[row] for row in _columns(seconds.at_ns, debrief.until_ns, 2 * len(columns))], "live")
    return [
        title_row("POSITION", f"limit ±{limit:g}", width),
        *framed(pixels, [0.0, reach, -reach], lambda value: f"{value:+g}" if value else "0", _ROOM),
        time_axis(len(columns), debrief.until_ns),
    ]


def price_rows(debrief: Debrief, width: int, height: int) -> list[Row]:
    """The mid, the own quotes, and the fills as marks."""
    instrument, until_ns = debrief.instrument, max(1, debrief.until_ns)
    dots = 2 * max(8, width - _ROOM)
    times = [until_ns * x // (dots - 1) for x in range(dots)]
    mids = [debrief.mids.just_before(at_ns) for at_ns in times]
    quotes = [debrief.quotes.at(at_ns) for at_ns in times]
    low, high = price_range([*mids, *(fill.price for fill in debrief.fills)])
    plot = Plot(dots // 2, height - 2, low, high)
    for x, mid in enumerate(mids):
        plot.line("live", x, mid, mids[x - 1] if x else None)
        for style, price in zip(("bid", "ask"), quotes[x], strict=True):
            if x % 2 == 0 and price is not None and low <= price <= high:
                plot.line(style, x, price)
    for fill in debrief.fills:
        plot.mark(fill.at_ns * (dots - 1) // until_ns, fill.price, MARKS[fill.side])
    labels = {plot.row(price) // 4: instrument.format(price) for price in (low, high)}
    return [
        title_row("PRICE", "mid, your quotes, ▲ bought, ▼ sold", width),
        *((*plot.spans(y), (labels.get(y, "").rjust(_ROOM), "muted")) for y in range(height - 2)),
        time_axis(dots // 2, until_ns),
    ]


def markout_rows(curve: MarkoutCurve, width: int, height: int) -> list[Row]:
    """The mean markout at each horizon, each as far from the next, with its 95% band."""
    points = curve.points
    cells = max(len(points), (width - _ROOM) // len(points) * len(points))
    each = cells // len(points)
    ends = [value for point in points for value in (point.mean, point.low, point.high, 0.0) if value is not None]
    low, high = min(ends), max(ends)
    pixels = Pixels(cells, height - 2, low, high)
    means: list[float] = []
    for dot in range(2 * cells):
        place = max(0.0, min(len(points) - 1.0, (dot - each + 0.5) / (2 * each)))
        left = min(int(place), max(0, len(points) - 2))
        one, other, share = points[left], points[min(left + 1, len(points) - 1)], place - left
        means.append(one.mean + share * (other.mean - one.mean))
        bottom, top = _between(one.low, other.low, share), _between(one.high, other.high, share)
        if bottom is not None and top is not None:
            pixels.bar(dot // 2, bottom, top, "cursor")
    pixels.line([0.0] * 2 * cells, "muted", every=2)
    pixels.line(means, "live")
    names = "".join(f"{point.horizon_ns / NS_PER_S:g}".center(each) for point in points)
    return [
        title_row("MARKOUT", "ticks a share, seconds after the fill; 95% band", width),
        *framed(pixels, [0.0, high, low], lambda value: f"{value:+.1f}" if value else "0", _ROOM),
        ((names, "muted"),),
    ]


def _between(one: float | None, other: float | None, share: float) -> float | None:
    return None if one is None or other is None else one + share * (other - one)


def _columns(at_ns: Sequence[int], until_ns: int, width: int) -> list[int]:
    """The row of the last sample before each column's time."""
    return [max(0, bisect_right(at_ns, until_ns * (x + 1) // width) - 1) for x in range(width)]

"""The charts of the debrief screen: PnL by source, position, price with quotes and fills, and markouts."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from mmtui.braille import Plot
from mmtui.debrief.model import Debrief, DuelCourse
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span, title_row
from mmtui.tui.widgets.chart import MARKS, price_range
from mmtui.tui.widgets.pixels import Pixels, framed, time_axis
from mmtui.units import NS_PER_S

_ROOM = 9
#: The colours of the parts of the PnL.
_INKS = {"spread": "bought-bar", "position": "cursor", "hedge": "entry", "fees": "sold-bar"}


def money_rows(debrief: Debrief, width: int, height: int = 13) -> list[Row]:
    """Spread, position, hedge and fees stacked on both sides of zero; their sum, the PnL, as a line.

    Args:
        debrief: the session.
        width: cells in all.
        height: rows in all: a title, a legend, the canvas and its times.
    """
    seconds = debrief.seconds
    columns = _columns(seconds.at_ns, debrief.until_ns, max(8, width - _ROOM))
    stacks = [seconds.stack(row) for row in columns]
    total = [seconds.total[row] for row in _columns(seconds.at_ns, debrief.until_ns, 2 * len(columns))]
    ends = [end for stack in stacks for bar in stack.values() for end in bar]
    low, high = min(ends + total), max(ends + total)
    pixels = Pixels(len(columns), height - 3, low, high)
    for x, stack in enumerate(stacks):
        for name, (base, tip) in stack.items():
            pixels.bar(x, base, tip, _INKS[name])
    pixels.line([0.0] * 2 * len(columns), "muted", every=2)
    pixels.line(total, "foreground")
    legend: list[Span] = [(" ", "muted")]
    for name, (base, tip) in seconds.stack(-1).items():
        legend += [
            ("██", f"{_INKS[name]} on surface"),
            (f" {name} ", "muted"),
            (f"{fmt.money(tip - base, 0, 0)}   ", "foreground"),
        ]
    legend += [("⠒⠒", "foreground"), (" pnl ", "muted"), (fmt.money(total[-1], 0, 0), "bold foreground")]
    return [
        title_row("MONEY OVER TIME", "the parts add up to the line", width),
        tuple(legend),
        *framed(pixels, [0.0, high, low], lambda value: fmt.money(value, 0, 0), _ROOM),
        time_axis(len(columns), debrief.until_ns),
    ]


def position_rows(debrief: Debrief, width: int, height: int = 8) -> list[Row]:
    """The position net of hedges between its limits; amber over half of the limit, then red."""
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


def course_rows(debrief: Debrief, duel: DuelCourse, width: int) -> list[Row]:
    """Both scores of a duel over time, and when the lead changed."""
    columns = _columns(debrief.seconds.at_ns, debrief.until_ns, 2 * max(8, width - _ROOM))
    pixels = Pixels(len(columns) // 2, 10, 0.0, 100.0)
    pixels.line([duel.opponent_scores[row] for row in columns], "ask")
    pixels.line([duel.scores[row] for row in columns], "live")
    changes = [f"{fmt.clock(change.at_ns)} {'you' if change.own else 'the opponent'}" for change in duel.leads]
    led = "Nobody led." if not changes else "Ahead from: " + "   ".join(changes)
    return [
        title_row("SCORES OVER TIME", "yours, and the opponent's in the colour of asks", width),
        *framed(pixels, [100.0, 50.0, 0.0], lambda value: f"{value:.0f}", _ROOM),
        time_axis(len(columns) // 2, debrief.until_ns),
        *(((f" {line}", "muted"),) for line in fmt.wrap(led, width - 2)),
    ]


def price_rows(debrief: Debrief, width: int, height: int = 14) -> list[Row]:
    """The mid, the maker's quotes, and the fills as marks."""
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


def markout_rows(debrief: Debrief, width: int, height: int = 14) -> list[Row]:
    """The mean markout of all fills at each horizon, at equal distances, with its 95% band."""
    if not debrief.markouts:
        return [((" Nobody traded with you.", "muted"),)]
    points = debrief.markouts[0].points
    cells = max(len(points), (width - _ROOM) // len(points) * len(points))
    each = cells // len(points)
    ends = [value for point in points for value in (point.mean, point.low, point.high, 0.0) if value is not None]
    low, high = min(ends), max(ends)
    pixels = Pixels(cells, height - 2, low, high)
    places = (np.arange(2 * cells) - each + 0.5) / (2 * each)
    means, lows, highs = (
        np.interp(places, range(len(points)), [math.nan if value is None else value for value in values]).tolist()
        for values in zip(*((point.mean, point.low, point.high) for point in points), strict=True)
    )
    for dot, (bottom, top) in enumerate(zip(lows, highs, strict=True)):
        if not math.isnan(bottom):
            pixels.bar(dot // 2, bottom, top, "cursor")
    pixels.line([0.0] * 2 * cells, "muted", every=2)
    pixels.line(means, "live")
    names = "".join(f"{point.horizon_ns / NS_PER_S:g}".center(each) for point in points)
    return [
        title_row("MARKOUT", "ticks a share, seconds after the fill; 95% band", width),
        *framed(pixels, [0.0, high, low], lambda value: f"{value:+.1f}" if value else "0", _ROOM),
        ((names, "muted"),),
    ]


def _columns(at_ns: Sequence[int], until_ns: int, width: int) -> list[int]:
    """The index of the last sample before each column's time."""
    return [max(0, bisect_right(at_ns, until_ns * (x + 1) // width) - 1) for x in range(width)]

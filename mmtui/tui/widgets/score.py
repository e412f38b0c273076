"""The score panel: its parts as bars, with what each wants."""

from __future__ import annotations

from math import ceil

from mmtui.level.describe import obligation
from mmtui.level.level import Level, Part
from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.session.score import PAR_POINTS, full_markout, inventory_kept, next_star
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span, title_row
from mmtui.units import NS_PER_S

#: Before this a score says next to nothing: a fill more or less moves it by tens of points.
SETTLES_NS = 20 * NS_PER_S
_LABEL, _VALUE, _LINE_BAR = 11, 17, 2


def settled(view: FloorSnapshot) -> bool:
    """Whether there is a score to show: par is known, and enough has happened."""
    return not view.score.pending and (view.now_ns >= SETTLES_NS or view.ended is not None)


def score_rows(level: Level, view: FloorSnapshot, instrument: Instrument, width: int, height: int) -> list[Row]:
    """A line a part: points, bar, and what they come from, below if the line is short; if it fits, what earns them."""
    parts = view.score.parts
    shown = settled(view)
    rows = [title_row("SCORE", _total(view) if shown else f"from {fmt.clock(SETTLES_NS)} on", width)]
    wants = {part: fmt.wrap(_wants(level, part, instrument), width - 2) for part in parts}
    roomy = height > sum(2 + len(lines) for lines in wants.values())
    beside = max(0, width - _LABEL - 5 - _VALUE)
    below = roomy or (not beside and height > 2 * len(parts))
    bar = width - _LABEL - 5 if below else beside
    for part, points in parts.items():
        style = "bid-bar" if points >= 50 else "entry"
        row: list[Span] = [
            (f" {part}".ljust(_LABEL), "muted"),
            (f"{points:3.0f} " if shown else "  — ", "bold foreground"),
            *(fmt.gauge(points / 100 if shown else 0.0, bar, style, "track") if bar else ()),
        ]
        value = _value(level, view, part)
        if below:
            rows += [tuple(row), ((f"  {value}", "foreground"),)]
            rows += [((f"  {line}", "muted"),) for line in wants[part] if roomy]
        else:
            rows.append((*row, (fmt.fit(f" {value}", max(0, width - fmt.width_of(row))), "foreground")))
    return rows[:height]


def score_line(level: Level, view: FloorSnapshot, _instrument: Instrument, width: int, _height: int) -> list[Row]:
    """All parts in one line, and what the one wants that costs most of the score."""
    parts, shown = view.score.parts, settled(view)
    spans: list[Span] = []
    for part, points in parts.items():
        style = "bid-bar" if points >= 50 else "entry"
        spans += [(f" {part} ", "muted"), (f"{points:2.0f} " if shown else " — ", "bold foreground")]
        spans += fmt.gauge(points / 100 if shown else 0.0, _LINE_BAR, style, "track")
    weights = level.score.weights
    worst = max(weights, key=lambda part: weights[part] * (100.0 - parts[part]))
    value = f"  {_value(level, view, worst)}"
    return [(*spans, (fmt.fit(value, max(0, width - fmt.width_of(spans))), "foreground"))]


def _total(view: FloorSnapshot) -> str:
    if view.score.ranked:
        return fmt.points(view.score.total)
    missing = next_star(view.score.total)
    more = "" if missing is None else f" {ceil(missing)} to {'★' * (view.score.stars + 1)}"
    return f"{fmt.points(view.score.total)} {fmt.stars(view.score.stars)}{more}"


def _value(level: Level, view: FloorSnapshot, part: str) -> str:
    """The number behind a part's points, in a few words: of several, the one that costs most of them."""
    measures = view.measures
    volume = f"trade more: {measures.trade:.0%}"
    match part:
        case "pnl":
            par = "·" if measures.par is None else fmt.money(measures.par, 6, 0).strip()
            return f"{fmt.money(measures.pnl, 6, 0).strip()} par {par}"
        case "inventory":
            kept = inventory_kept(level, measures)
            least = min(kept, measures.trade, measures.presence)
            if least == kept:
                return f"{measures.mean_net:.1f}: hold less"
            return volume if least == measures.trade else "quote both sides"
        case "markout":
            if measures.markout is None:
                return "no fill 10 s old"
            # What the points would be if they counted in full.
            earned = view.score.parts[part] / 100 / measures.trade if measures.trade else 1.0
            return volume if measures.trade < earned else f"{measures.markout:+.2f} t at 10 s"
        case _:
            owed = level.obligation.share
            return f"{measures.presence:.0%} {'both sides' if owed == 1.0 else f'of {owed:.0%} owed'}"


def _wants(level: Level, part: Part | str, instrument: Instrument) -> str:
    """What earns a part's points, in a few words."""
    match part:
        case "pnl":
            return f"{PAR_POINTS:g} at par, +1 a {level.score.point:g} {instrument.currency}."
        case "inventory":
            return "Hold little and end flat, while you quote and trade."
        case "markout":
            return f"All from {full_markout(level):+.1f} t on, as you trade."
        case _:
            _, width, size, _ = obligation(level).split(", ")
            return f"{width.capitalize()}, {size}."

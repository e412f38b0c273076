"""A fill as it came: the quote that stood, the value and the mid about it, who traded with it, and what it made."""

from __future__ import annotations

from mmtui.book import Side
from mmtui.braille import Plot
from mmtui.debrief.finale import Finale
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span, title_row
from mmtui.tui.widgets.chart import MARKS, price_range
from mmtui.units import NS_PER_S

#: How long it lasts for whoever looks, in frames.
FRAMES_A_SECOND, SECONDS = 10, 10
FRAMES = FRAMES_A_SECOND * SECONDS
_ROOM = 10
#: The least width for a whole legend.
_ROOMY = 76
#: How long it takes to tell who it was and why, from the fill on.
_TOLD_NS = 4 * NS_PER_S
#: Rows beside the chart: a title, a legend, the times, a blank, two of what happened and up to three of why.
_TEXT_ROWS = 9


def time_of(finale: Finale, frame: int) -> int:
    """The time that a frame shows, up to which everything is drawn."""
    shown = min(frame, FRAMES - 1)
    return finale.from_ns + (finale.to_ns - finale.from_ns) * shown // (FRAMES - 1)


def finale_rows(finale: Finale, frame: int, width: int, height: int) -> list[Row]:
    """A frame.

    Args:
        finale: what is told.
        frame: which, from 0; the last one of :data:`FRAMES` stays.
        width: cells in all.
        height: rows in all, at least 14.
    """
    now_ns = time_of(finale, frame)
    debrief, fill = finale.debrief, finale.fill
    name = "YOUR BEST FILL" if finale.best else "YOUR WORST FILL"
    legend: Row = (
        (" ⠒⠒", "own"),
        (" the value, which nobody could see   " if width >= _ROOMY else " the value   ", "muted"),
        ("⠒⠒", "live"),
        (" mid   ", "muted"),
        ("⠂⠂", "bid"),
        (" your bid   ", "muted"),
        ("⠂⠂", "ask"),
        (" your ask", "muted"),
    )
    rows = [
        title_row(name, f"{debrief.title}, {fmt.stamp(fill.at_ns)}", width),
        legend,
        *_chart(finale, now_ns, width, height - _TEXT_ROWS),
        (),
        _quote_row(finale, now_ns),
        _made_row(finale, now_ns),
    ]
    rows += [((line, "foreground"),) for line in _why(finale, now_ns, width)]
    return [*rows[:height], *[()] * (height - len(rows))]


def _chart(finale: Finale, now_ns: int, width: int, height: int) -> list[Row]:
    """Quotes, mid and value up to a time, and the seconds from the fill on under them."""
    debrief, fill = finale.debrief, finale.fill
    dots = 2 * max(8, width - _ROOM)
    span_ns = finale.to_ns - finale.from_ns
    times = [finale.from_ns + span_ns * x // (dots - 1) for x in range(dots)]
    mids = [debrief.mids.just_before(at_ns) for at_ns in times]
    values = [finale.value_at(at_ns) for at_ns in times]
    low, high = price_range([*mids, fill.price, *(value for value in values if value is not None)])
    plot = Plot(dots // 2, height, low, high)
    shown = sum(at_ns <= now_ns for at_ns in times)
    for ink, line in (("own", values), ("live", mids)):
        for x, price in enumerate(line[:shown]):
            if price is not None:
                plot.line(ink, x, price, line[x - 1] if x else None)
    for x in range(0, shown, 2):
        for ink, quote in zip(("bid", "ask"), debrief.quotes.at(times[x]), strict=True):
            if quote is not None and low <= quote <= high:
                plot.line(ink, x, quote)
    own = "bid" if fill.side is Side.BUY else "ask"
    for x, at_ns in enumerate(times[:shown]):
        # The quote that is hit is a whole line, the others are dotted.
        if finale.joined_ns is not None and finale.joined_ns <= at_ns <= fill.at_ns:
            plot.line(own, x, fill.price, over=True)
    if fill.at_ns <= now_ns:
        plot.mark((fill.at_ns - finale.from_ns) * (dots - 1) // span_ns, fill.price, MARKS[fill.side])
    labels: dict[int, Span] = {plot.row(price) // 4: (_price(finale, price), "muted") for price in (low, high)}
    labels[plot.row(fill.price) // 4] = (_price(finale, fill.price), own)
    rows: list[Row] = []
    for y in range(height):
        text, ink = labels.get(y, ("", "muted"))
        rows.append((*plot.spans(y), (text.rjust(_ROOM), ink)))
    return [*rows, ((_seconds(finale, dots // 2), "muted"),)]


def _price(finale: Finale, price: int) -> str:
    return finale.debrief.instrument.format(price)


def _seconds(finale: Finale, cells: int) -> str:
    """The axis: seconds before and after the fill."""
    line = [" "] * cells
    first = -((finale.fill.at_ns - finale.from_ns) // NS_PER_S)
    for second in range(first, (finale.to_ns - finale.fill.at_ns) // NS_PER_S + 1):
        text = f"{second:+d}" if second else "fill"
        at = (finale.fill.at_ns + second * NS_PER_S - finale.from_ns) * (cells - 1) // (finale.to_ns - finale.from_ns)
        at = max(0, min(cells - len(text), at - len(text) // 2))
        if at == 0 or line[at - 1 : at + len(text)] == [" "] * (len(text) + 1):
            line[at : at + len(text)] = text
    return "".join(line)


def _quote_row(finale: Finale, now_ns: int) -> Row:
    """The quote as it stands, until somebody trades with it."""
    fill = finale.fill
    ink, word = ("bid", "bid") if fill.side is Side.BUY else ("ask", "offer")
    what = f"{fmt.counted(fill.quantity, 'lot')} @ {_price(finale, fill.price)}"
    if now_ns >= fill.at_ns:
        arrow, did = ("▲", "bought") if fill.side is Side.BUY else ("▼", "sold")
        return ((f" {arrow} you {did} {what}", f"bold {ink}"),)
    if finale.joined_ns is None:
        return ((" You are about to trade at once …", "muted"),)
    if now_ns < finale.joined_ns:
        return ((" Your quote is not there yet …", "muted"),)
    stood = (now_ns - finale.joined_ns) / NS_PER_S
    return ((f" Your {word}: {what}", f"bold {ink}"), (f"   standing for {stood:.1f} s", "muted"))


def _made_row(finale: Finale, now_ns: int) -> Row:
    """What it has made so far."""
    if now_ns < finale.fill.at_ns:
        return ()
    made = finale.made_by(now_ns)
    after = (now_ns - finale.fill.at_ns) / NS_PER_S
    word = "It cost" if made < 0 else "It made"
    return (
        (f" {word} ", "foreground"),
        (f"{abs(made):,.2f} {finale.debrief.instrument.currency}", f"bold {fmt.tone(made)}"),
        (f"   {after:.1f} s after", "muted"),
    )


def _why(finale: Finale, now_ns: int, width: int) -> list[str]:
    """Who it was and why, unmasked letter by letter."""
    since_ns = now_ns - finale.fill.at_ns
    if since_ns < 0:
        return []
    told = finale.verdict.why
    open_to = len(told) * min(since_ns, _TOLD_NS) // _TOLD_NS
    masked = told[:open_to] + "".join(letter if letter == " " else "▒" for letter in told[open_to:])
    return [f" {line}" for line in fmt.wrap(masked, width - 2)]

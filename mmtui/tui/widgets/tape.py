"""The tape: time and sales, newest first, own fills marked."""

from __future__ import annotations

from mmtui.book import Side
from mmtui.market.core.instrument import Instrument
from mmtui.observe.leads import LeadChange
from mmtui.observe.snapshot import FloorSnapshot, TapeTrade
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span
from mmtui.units import NS_PER_S

#: Lots that fill the bar of a trade.
_FULL_BAR = 10
#: How long a change of the lead stays in the ticker.
_LEAD_SHOWN_NS = 10 * NS_PER_S


def tape_rows(view: FloorSnapshot, instrument: Instrument, width: int, height: int) -> list[Row]:
    """A header and a line a trade; or, at a height of one, as many trades as fit in a line."""
    if height <= 1:
        return [ticker_row(view, instrument, width)]
    own = sum(trade.own is not None for trade in view.tape[: height - 1])
    title = f" TAPE {'· yours in amber' if own else ''}"
    clock = len(fmt.stamp(view.end_ns))
    timed = [(trade.time_ns, trade_row(trade, instrument, width, clock)) for trade in view.tape[: max(0, height - 1)]]
    timed += [(change.at_ns, lead_row(change, view, width)) for change in view.leads]
    timed.sort(key=lambda entry: -entry[0])
    return [((fmt.fit(title, width), "muted on panel"),), *(row for _, row in timed[: max(0, height - 1)])]


def ticker_row(view: FloorSnapshot, instrument: Instrument, width: int) -> Row:
    """``02:47.3 ▲ 5 @ 100.19   02:46.9 ▼ 2 @ 100.16 you …``, newest first."""
    spans: list[Span] = []
    left = width
    if view.leads and view.now_ns - view.leads[0].at_ns < _LEAD_SHOWN_NS:
        spans.append((lead_row(view.leads[0], view, width)[0][0].rstrip() + " ", "bold ink on auto"))
        left -= fmt.width_of(spans)
    for trade in view.tape:
        arrow, ink = fmt.arrow(trade.side)
        own = " you " if trade.own is not None else ""
        entry: list[Span] = [
            (f" {fmt.stamp(trade.time_ns)} ", "muted"),
            (f"{arrow} {trade.quantity} ", f"bold {ink}"),
            (f"@ {instrument.format(trade.price)} ", "foreground"),
            (own, "bold own on entry"),
            (" ", "muted"),
        ]
        left -= fmt.width_of(entry)
        if left < 0:
            break
        spans += [span for span in entry if span[0]]
    return tuple(spans)


def lead_row(change: LeadChange, view: FloorSnapshot, width: int) -> Row:
    """``02:47.0 ⇄ you lead``: a change of the lead in a duel."""
    name = "you lead" if change.own or view.opponent is None else f"{view.opponent.strategy} leads"
    return ((fmt.fit(f" {fmt.stamp(change.at_ns)} ⇄ {name}", width), "bold ink on auto"),)


def trade_row(trade: TapeTrade, instrument: Instrument, width: int, clock: int) -> Row:
    """``02:47.3 ▲   5  100.19 ▇▇▇ you``: the arrow is the taker's side; the time is ``clock`` cells wide."""
    arrow, ink = fmt.arrow(trade.side)
    price = instrument.format(trade.price).rjust(8)
    spans: list[Span] = [
        (f" {fmt.stamp(trade.time_ns):>{clock}} ", "muted"),
        (f"{arrow} {fmt.lots(trade.quantity, 4)}", ink),
        (f"{price} ", "foreground"),
    ]
    spent = fmt.width_of(spans)
    note = "" if trade.own is None else ("you bought" if trade.own is Side.BUY else "you sold")
    if note and width - spent < len(note) + 1:
        note = "you"
    room = max(0, width - spent - 12)
    if trade.own is not None:
        spans = [(text, "bold own on entry") for text, _ in spans]
        spans.append((f" {note}".ljust(max(0, width - spent)), "bold own on entry"))
    elif room >= 4:
        spans += fmt.gauge(trade.quantity / _FULL_BAR, room, f"{ink}-bar", "surface")
    return tuple(spans)

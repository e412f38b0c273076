"""The tape: time and sales, newest first, own fills marked."""

from __future__ import annotations

from mmtui.book import Side
from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot, TapeTrade
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span

#: Lots that fill the bar of a trade.
_FULL_BAR = 10


def tape_rows(view: FloorSnapshot, instrument: Instrument, width: int, height: int) -> list[Row]:
    """A header and a line a trade; or, at a height of one, as many trades as fit in a line."""
    if height <= 1:
        return [ticker_row(view, instrument, width)]
    own = sum(trade.own is not None for trade in view.tape[: height - 1])
    title = f" TAPE {'· yours in amber' if own else ''}"
    return [((fmt.fit(title, width), "muted on panel"),)] + [
        trade_row(trade, instrument, width, len(fmt.stamp(view.end_ns))) for trade in view.tape[: max(0, height - 1)]
    ]


def ticker_row(view: FloorSnapshot, instrument: Instrument, width: int) -> Row:
    """``02:47.3 ▲ 5 @ 100.19   02:46.9 ▼ 2 @ 100.16 you …``, newest first."""
    spans: list[Span] = []
    left = width
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

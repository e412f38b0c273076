"""The desk panel: position, PnL and its attribution, markouts and fills."""

from __future__ import annotations

from typing import NamedTuple

from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import DeskSnapshot, FillLine, FloorSnapshot
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span, title_row
from mmtui.tui.widgets.hedges import hedge_rows

#: The line of the position.
POSITION_LINE = 1
_LABEL = 11
_MONEY = 11
#: The usual, least and largest number of fills shown.
_FILLS, _LEAST_FILLS, _MOST_FILLS = 5, 1, 12
_FILLS_RANK = 6
#: The least width for bars and remarks.
_ROOMY = 36
HORIZONS = ("1 s", "10 s", "60 s")


class Block(NamedTuple):
    """Lines that belong together; where not all fit, blocks of lower ``rank`` come first."""

    rank: int
    rows: list[Row]


def brief_rows(view: FloorSnapshot, instrument: Instrument, width: int, height: int) -> list[Row]:
    """Position and PnL, for beside another panel."""
    return [_position(view.desk, instrument, width)[0], _money(view.desk, instrument, width)[0]][:height]


def desk_rows(view: FloorSnapshot, instrument: Instrument, width: int, height: int) -> list[Row]:
    """As many blocks as fit, in reading order; position and PnL where there is one line only."""
    if height <= 1:
        return [_one_line(view.desk)]
    desk = view.desk
    blocks = [
        Block(0, [title_row("DESK", f"{instrument.symbol}  {instrument.currency}", width)]),
        Block(1, _position(desk, instrument, width)),
        Block(2, _money(desk, instrument, width)),
        Block(9, [()]),
        Block(4, [title_row("WHERE IT COMES FROM", "", width), *_attribution(desk, width, hedges=bool(view.hedges))]),
        Block(9, [()] if view.hedges else []),
        Block(2, hedge_rows(view.hedges, width)),
        Block(9, [()]),
        Block(3, _markouts(desk, width)),
        Block(5, [_presence(desk, width)]),
        Block(9, [()]),
        # A placeholder: there may be room for more fills in the end.
        Block(_FILLS_RANK, [()]),
    ]
    fills = 0
    chosen: set[int] = set()
    left = height
    for index in sorted(range(len(blocks)), key=lambda index: blocks[index].rank):
        if blocks[index].rank == _FILLS_RANK:
            fills = min(_FILLS, left - 1)
            blocks[index] = Block(_FILLS_RANK, [()] * (fills + 1) if fills >= _LEAST_FILLS else [])
        # A blank line only where two more fills would fit.
        spare = 2 if blocks[index].rank > _FILLS_RANK else 0
        if blocks[index].rows and len(blocks[index].rows) + spare <= left:
            chosen.add(index)
            left -= len(blocks[index].rows)
    if len(blocks) - 1 in chosen:
        count, clock = min(_MOST_FILLS, fills + left), len(fmt.clock(view.end_ns))
        blocks[-1] = Block(_FILLS_RANK, _fills(desk, instrument, width, count, clock))
    return [row for index in sorted(chosen) for row in blocks[index].rows]


def _line(label: str, *spans: Span) -> Row:
    return ((f" {label}".ljust(_LABEL), "muted"), *spans)


def _load_style(share: float) -> str:
    """The colour of a position bar, by the share of the limit."""
    return "live" if share < 0.5 else "own" if share < 0.8 else "loss"


def _position(desk: DeskSnapshot, instrument: Instrument, width: int) -> list[Row]:
    share = desk.position / desk.limit if desk.limit else 0.0
    style = _load_style(abs(share))
    limit = f" ±{fmt.lots(desk.limit, 6).strip()} "
    room = width - _LABEL - _MONEY - 1 - len(limit)
    if room < 0:
        limit = limit.strip()
    room -= 1 - room % 2
    average = "·" if desk.average_entry is None else fmt.price(instrument, desk.average_entry)
    return [
        _line(
            "position",
            (fmt.signed(desk.position, _MONEY) + " ", f"bold {style if desk.position else 'foreground'}"),
            *(fmt.balance(share, room, style, "track") if room >= 5 else ()),
            (limit, "muted"),
        ),
        *([] if desk.net is None else [_line("net", (f"{desk.net:+.1f}".rjust(_MONEY), "foreground"))]),
        _line("average", (average.rjust(_MONEY), "own" if desk.average_entry is not None else "muted")),
    ]


def _money(desk: DeskSnapshot, instrument: Instrument, width: int) -> list[Row]:
    def in_ticks(amount: float) -> Span:
        roomy = amount and width >= _LABEL + _MONEY + 11
        return (f" {fmt.money(amount / instrument.tick_value, 7, 1)} t" if roomy else "", "muted")

    return [
        _line("pnl", (fmt.money(desk.total, _MONEY), f"bold {fmt.tone(desk.total, nothing='foreground')}")),
        _line("open", (fmt.money(desk.unrealised, _MONEY), fmt.tone(desk.unrealised)), in_ticks(desk.unrealised)),
        _line("realised", (fmt.money(desk.realised, _MONEY), fmt.tone(desk.realised)), in_ticks(desk.realised)),
    ]


def _attribution(desk: DeskSnapshot, width: int, *, hedges: bool) -> list[Row]:
    """Each part with a bar relative to the largest; fees count negatively."""
    parts = [("spread", desk.spread), ("position", desk.position_pnl), ("fees", -desk.fees)]
    if hedges:
        parts.insert(2, ("hedge", desk.hedge))
    largest = max(abs(amount) for _, amount in parts) or 1.0
    room = max(0, width - _LABEL - _MONEY - 3)
    room -= 1 - room % 2
    rows = []
    for name, amount in parts:
        style = fmt.tone(amount)
        bar = fmt.balance(amount / largest, room, f"{'bought' if amount > 0 else 'sold'}-bar", "surface")
        rows.append(_line(name, (fmt.money(amount, _MONEY), style), ("  ", "muted"), *(bar if room >= 7 else ())))
    return rows


def _markouts(desk: DeskSnapshot, width: int) -> list[Row]:
    roomy = width >= _ROOMY
    cell = 8 if roomy else 6
    label = "ticks a share" if width - 3 * cell > 14 else "ticks"
    values: list[Span] = [
        (fmt.ticks(value, cell, 2 if roomy or abs(value or 0.0) < 9.995 else 1), f"bold {fmt.tone(value)}")
        for value in desk.markouts
    ]
    return [
        title_row("MARKOUT", "".join(f"{horizon:>{cell}}" for horizon in HORIZONS), width),
        ((f" {label}".ljust(width - 1 - 3 * cell), "muted"), *values),
    ]


def _presence(desk: DeskSnapshot, width: int) -> Row:
    """The share of time with both quotes, and the number of fills."""
    style = "bid-bar" if desk.presence >= 0.8 else "entry"
    traded = f"{fmt.counted(desk.fills, 'fill'):>11} " if width >= _ROOMY else " "
    return _line(
        "two-sided",
        (f"{desk.presence:4.0%} ", "bold foreground"),
        *fmt.gauge(desk.presence, max(0, width - _LABEL - 5 - len(traded)), style, "track"),
        (traded, "muted"),
    )


def _fills(desk: DeskSnapshot, instrument: Instrument, width: int, count: int, clock: int) -> list[Row]:
    wide = width >= _ROOMY
    header = "1 s   10 s" if wide else "1 s  10 s"
    rows = [title_row("LAST FILLS", header, width)]
    rows += [fill_row(fill, instrument, width, clock if wide else 0) for fill in desk.last_fills[:count]]
    rows += [()] * (count + 1 - len(rows))
    return rows


def fill_row(fill: FillLine, instrument: Instrument, width: int, clock: int) -> Row:
    """``▲   5   100.16  02:46   +.5  +1.0``: bought or sold, with its markouts; the time is ``clock`` cells wide."""
    arrow, ink = fmt.arrow(fill.side)
    left: list[Span] = [
        (f" {arrow} {fmt.lots(fill.quantity, 3)} ", f"bold {ink}"),
        (f"{instrument.format(fill.price):>8}", "foreground"),
    ]
    if clock:
        left.append((f" {fmt.clock(fill.time_ns):>{clock}}", "muted"))
    cell = (width - 1 - fmt.width_of(left)) // 2
    right = [(fmt.ticks(value, min(7, cell), 1), fmt.tone(value)) for value in fill.markouts[:2]]
    gap = max(0, width - fmt.width_of(left) - fmt.width_of(right) - 1)
    return (*left, (" " * gap, "muted"), *right)


def _one_line(desk: DeskSnapshot) -> Row:
    style = _load_style(abs(desk.position) / desk.limit if desk.limit else 0.0)
    return (
        (" position ", "muted"),
        (fmt.signed(desk.position, 5), f"bold {style if desk.position else 'foreground'}"),
        (f" of ±{desk.limit}   pnl ", "muted"),
        (fmt.money(desk.total, 10), f"bold {fmt.tone(desk.total, nothing='foreground')}"),
        ("   10 s ", "muted"),
        (fmt.ticks(desk.markouts[1], 6), fmt.tone(desk.markouts[1])),
    )

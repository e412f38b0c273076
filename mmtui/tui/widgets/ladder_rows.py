"""The ladder's lines worked out without a terminal: columns, what stands at each price, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mmtui.book import Side
from mmtui.game.snapshot import FloorSnapshot, OwnOrder
from mmtui.market.instrument import Instrument
from mmtui.tui import format as fmt
from mmtui.tui.format import Span

#: From these widths on a ladder has more columns, and all.
_WIDE, _WHOLE = 72, 81


class Column(NamedTuple):
    """A column of the ladder: its name, width and header."""

    name: str
    width: int
    title: str


def columns(width: int, price_width: int) -> tuple[Column, ...]:
    """The columns that fit a width; spare cells go to the bars, alike on both sides so that the price stays central."""
    wide, whole = width >= _WIDE, width >= _WHOLE
    own = 8
    price = Column("price", price_width + (8 if wide else 6), "Price")
    pnl, sold, bought = Column("pnl", 8, "PnL"), Column("sold", 5, "Sold"), Column("bought", 6, "Bought")
    moved = 5 if whole else 0
    rest = (pnl.width + sold.width + bought.width if wide else 0) + 2 * moved
    bars = width - price.width - 2 * own - rest
    volume = 7
    side = max(4, min(28, (bars - volume) // 2))
    own_bid, bid = Column("my_bid", own, "My bids"), Column("bid", side, "Bid")
    ask, own_ask = Column("ask", side, "Ask"), Column("my_ask", own, "My asks")
    traded = Column("volume", max(4, bars - 2 * side), "Vol")
    if not wide:
        return (own_bid, bid, price, ask, own_ask, traded)
    if not whole:
        return (pnl, own_bid, bid, sold, price, bought, ask, own_ask, traded)
    bid_moved, ask_moved = Column("bid_moved", moved, "Δ"), Column("ask_moved", moved, "Δ")
    return (pnl, own_bid, bid_moved, bid, sold, price, bought, ask, ask_moved, own_ask, traded)


def column_at(layout: Iterable[Column], x: int) -> str | None:
    """The name of the column under a cell."""
    for column in layout:
        if x < column.width:
            return column.name
        x -= column.width
    return None


class OwnCell(NamedTuple):
    """What stands in a My column: the text and ``working``, ``sent``, ``leaving``, ``ghost`` or nothing."""

    text: str = ""
    state: str = ""


class LadderRow(NamedTuple):
    """All that a line of the ladder shows; equal rows look the same. Bars are lengths in eighths of a cell."""

    price: int
    label: str
    zone: str
    cursor: bool
    bid: int = 0
    bid_bar: int = 0
    ask: int = 0
    ask_bar: int = 0
    my_bid: OwnCell = OwnCell()
    my_ask: OwnCell = OwnCell()
    bid_moved: int = 0
    ask_moved: int = 0
    sold: int = 0
    bought: int = 0
    last: str = ""
    last_side: Side | None = None
    pnl: float | None = None
    entry: bool = False
    mark: str = " "
    volume: int = 0
    sold_bar: int = 0
    bought_bar: int = 0


class Scale:
    """The size that fills a bar: grows at once and shrinks late, so that bars do not breathe with every order."""

    def __init__(self) -> None:
        self.full = 1

    def fit(self, largest: int) -> int:
        """The full size, given the largest to show."""
        if largest > self.full or largest * 3 < self.full:
            self.full = _round_up(largest)
        return self.full


def _round_up(size: int) -> int:
    step: int = 10 ** (len(str(max(1, size))) - 1)
    return next(step * digit for digit in (1, 2, 3, 5, 8, 10) if step * digit >= size)


@dataclass
class Scales:
    """One scale for sizes in the book, one for traded volume."""

    depth: Scale
    volume: Scale


def row_of(price: int, group: int, *, up: bool) -> int:
    """The row in which a price is shown: bids and sales downwards, asks and purchases upwards to the next row."""
    return -(-price // group) * group if up else price // group * group


Pairs = Mapping[int, tuple[int, int]]


def _grouped(lots: Mapping[int, int], group: int, *, up: bool) -> Mapping[int, int]:
    if group == 1:
        return lots
    rows: dict[int, int] = {}
    for price, count in lots.items():
        row = row_of(price, group, up=up)
        rows[row] = rows.get(row, 0) + count
    return rows


def _grouped_pairs(pairs: Pairs, group: int) -> Pairs:
    """Pairs of what belongs to the bid's and to the ask's side, by row."""
    if group == 1:
        return pairs
    low = _grouped({price: pair[0] for price, pair in pairs.items()}, group, up=False)
    high = _grouped({price: pair[1] for price, pair in pairs.items()}, group, up=True)
    return {row: (low.get(row, 0), high.get(row, 0)) for row in {*low, *high}}


def own_cell(orders: list[OwnOrder]) -> OwnCell:
    """The own orders of a side at a price: lots and the exact queue in front of the first."""
    size = sum(order.quantity for order in orders)
    working = [order for order in orders if not order.leaving]
    queues = [order.lots_ahead for order in working if order.lots_ahead is not None]
    head = fmt.lots(size, 3)
    if not working:
        return OwnCell(f"{head} ×", "leaving")
    if not queues:
        return OwnCell(f"{head} …", "sent")
    return OwnCell(f"{head} q{fmt.lots(min(queues), 3).strip() or '0'}", "working")


def ladder_rows(
    view: FloorSnapshot,
    instrument: Instrument,
    layout: tuple[Column, ...],
    top: int,
    count: int,
    cursor: int,
    scales: Scales,
    group: int = 1,
    label: Callable[[int], str] | None = None,
) -> list[LadderRow]:
    """The rows from price ``top`` downwards, ``group`` ticks apart; ``label`` writes a price as the instrument does."""
    label = instrument.format if label is None else label
    widths = {column.name: column.width for column in layout}
    prices = range(top, top - count * group, -group)
    best_bid = None if view.best_bid is None else row_of(view.best_bid, group, up=False)
    best_ask = None if view.best_ask is None else row_of(view.best_ask, group, up=True)
    bids, asks = _grouped(view.bids, group, up=False), _grouped(view.asks, group, up=True)
    volume, recent, stacked = (_grouped_pairs(pairs, group) for pairs in (view.volume, view.recent, view.stacked))
    depth_full = scales.depth.fit(max((max(bids.get(p, 0), asks.get(p, 0)) for p in prices), default=1))
    volume_full = scales.volume.fit(max((sum(volume.get(p, (0, 0))) for p in prices), default=1))
    own: dict[tuple[Side, int], list[OwnOrder]] = {}
    for order in view.orders:
        own.setdefault((order.side, row_of(order.price, group, up=order.side is Side.SELL)), []).append(order)
    cells = {key: own_cell(orders) for key, orders in own.items()}
    for ghost in view.ghosts:
        row = row_of(ghost.price, group, up=ghost.side is Side.SELL)
        cells.setdefault((ghost.side, row), OwnCell(f"┄{ghost.quantity}┄", "ghost"))
    position, average = view.desk.position, view.desk.average_entry
    entry = _nearest(average if position else None, group)
    marks = _marks(view, entry, group)
    trade = view.last
    last_row = None if trade is None else row_of(trade.price, group, up=trade.side is Side.BUY)
    nothing = OwnCell()
    rows = []
    for price in prices:
        if best_bid is not None and price <= best_bid:
            zone = "best-bid" if price == best_bid else "bid"
        elif best_ask is not None and price >= best_ask:
            zone = "best-ask" if price == best_ask else "ask"
        else:
            zone = "spread"
        sold, bought = recent.get(price, (0, 0))
        sold_all, bought_all = volume.get(price, (0, 0))
        bid_moved, ask_moved = stacked.get(price, (0, 0))
        last = trade if price == last_row else None
        bid, ask = bids.get(price, 0), asks.get(price, 0)
        rows.append(
            LadderRow(
                price=price,
                label=label(price) if price > 0 else "",
                zone=zone,
                cursor=price == cursor,
                bid=bid,
                bid_bar=fmt.eighths(bid / depth_full, widths["bid"]),
                ask=ask,
                ask_bar=fmt.eighths(ask / depth_full, widths["ask"]),
                my_bid=cells.get((Side.BUY, price), nothing),
                my_ask=cells.get((Side.SELL, price), nothing),
                bid_moved=bid_moved if "bid_moved" in widths else 0,
                ask_moved=ask_moved if "ask_moved" in widths else 0,
                sold=sold if "sold" in widths else 0,
                bought=bought if "bought" in widths else 0,
                last="" if last is None else str(last.quantity),
                last_side=None if last is None else last.side,
                pnl=round((price - average) * position * instrument.tick_value)
                if "pnl" in widths and average is not None and position
                else None,
                entry=price == entry,
                mark=marks.get(price, " "),
                volume=sold_all + bought_all,
                sold_bar=fmt.eighths(sold_all / volume_full, widths["volume"]),
                bought_bar=fmt.eighths(bought_all / volume_full, widths["volume"]),
            )
        )
    return rows


def _nearest(ticks: float | None, group: int) -> int | None:
    return None if ticks is None else round(ticks / group) * group


def _marks(view: FloorSnapshot, entry: int | None, group: int) -> dict[int | None, str]:
    """The sign right of a price: session low and high, own average entry, reservation price; the last ones win."""
    low = None if view.low is None else row_of(view.low, group, up=False)
    high = None if view.high is None else row_of(view.high, group, up=True)
    return {low: "L", high: "H", entry: "◂", _nearest(view.reservation, group): "◆"}


class Top(NamedTuple):
    """What the header shows: ticks to the market while it is out of the window, ticks a row, whether it follows."""

    away: int = 0
    group: int = 1
    follows: bool = False


def header(layout: tuple[Column, ...], top: Top) -> list[Span]:
    """The titles; the price's gives way to an arrow and a distance in ticks while the market is out of the window."""
    market_away = top.away
    spans: list[Span] = []
    for name, width, title in layout:
        if name == "price" and market_away:
            arrow = "▲" if market_away > 0 else "▼"
            spans.append((f"{arrow} {abs(market_away)} t".center(width)[:width], "bold ink on own"))
        elif name == "price":
            margin = 2 if width > 13 else 1
            grouped = f"×{top.group} " if top.group > 1 else ""
            text = f"{'follow' if top.follows else title} {grouped}".rstrip()
            spans.append((text.rjust(width - margin)[: width - margin] + " " * margin, "muted on panel"))
        elif name in ("ask", "my_ask", "bought"):
            text = title.rjust(5) if name != "my_ask" else " " + title
            spans.append((text.ljust(width)[:width], "muted on panel"))
        elif name == "my_bid":
            spans.append((" " + title.ljust(width - 1), "muted on panel"))
        else:
            spans.append((title.rjust(width - 1)[: width - 1] + " ", "muted on panel"))
    return spans


def draw_row(row: LadderRow, layout: tuple[Column, ...]) -> list[Span]:
    """A row as spans, column by column."""
    spans: list[Span] = []
    for column in layout:
        spans += _DRAW[column.name](row, column.width)
    return spans


def _ground(row: LadderRow, ground: str) -> str:
    return "cursor" if row.cursor else ground


def _pnl(row: LadderRow, width: int) -> list[Span]:
    ground = _ground(row, "surface")
    if row.pnl is None:
        return [(" " * width, f"muted on {ground}")]
    return [(fmt.money(row.pnl, width - 1, 0) + " ", f"{fmt.tone(row.pnl)} on {ground}")]


def _own(cell: OwnCell, side: str, ground: str, width: int) -> list[Span]:
    blank = f"muted on {ground}"
    if not cell.text:
        return [(" " * width, blank)]
    if cell.state == "ghost":
        text = cell.text.center(width)
        return [(text, f"ghost on {ground}")]
    text = f"{cell.text:<8}"[:8]
    style = {
        "working": f"bold ink on {side}",
        "sent": f"bold {side} on {side}-bar",
        "leaving": f"{side} on {ground}",
    }[cell.state]
    space = [(" " * (width - 8), blank)] if width > 8 else []
    return [(text, style), *space] if side == "bid" else [*space, (text, style)]


def _my_bid(row: LadderRow, width: int) -> list[Span]:
    return _own(row.my_bid, "bid", _ground(row, "surface"), width)


def _my_ask(row: LadderRow, width: int) -> list[Span]:
    return _own(row.my_ask, "ask", _ground(row, "surface"), width)


def _bid(row: LadderRow, width: int) -> list[Span]:
    text = fmt.lots(row.bid, width - 1) + " "
    ink = "bold foreground" if row.zone == "best-bid" else "foreground"
    return fmt.bar(text, row.bid_bar, ink, "bid-bar", _ground(row, "bid-ground"), from_right=True)


def _ask(row: LadderRow, width: int) -> list[Span]:
    text = fmt.lots(row.ask, 5).ljust(width)[:width]
    ink = "bold foreground" if row.zone == "best-ask" else "foreground"
    return fmt.bar(text, row.ask_bar, ink, "ask-bar", _ground(row, "ask-ground"))


def _moved(lots: int, row: LadderRow, width: int) -> list[Span]:
    """Lots stacked (+) or pulled (−)."""
    style = "live" if lots > 0 else "muted"
    text = fmt.signed(lots, width - 1) if lots else " " * (width - 1)
    return [(text[-(width - 1) :] + " ", f"{style} on {_ground(row, 'surface')}")]


def _bid_moved(row: LadderRow, width: int) -> list[Span]:
    return _moved(row.bid_moved, row, width)


def _ask_moved(row: LadderRow, width: int) -> list[Span]:
    return _moved(row.ask_moved, row, width)


def _sold(row: LadderRow, width: int) -> list[Span]:
    return [(fmt.lots(row.sold, width - 1) + " ", f"ask on {_ground(row, 'surface')}")]


def _bought(row: LadderRow, width: int) -> list[Span]:
    return [(fmt.lots(row.bought, width - 1) + " ", f"bid on {_ground(row, 'surface')}")]


def _price(row: LadderRow, width: int) -> list[Span]:
    ground = "entry" if row.entry and not row.cursor else _ground(row, "price-ground")
    if row.last_side is None:
        last: Span = (" " * 4, f"muted on {ground}")
    else:
        arrow, ink = ("▲", "bid") if row.last_side is Side.BUY else ("▼", "ask")
        last = (f"{arrow}{row.last[:3]:<3}", f"bold {ink} on {ground}")
    ink = {"best-bid": "bold bid", "best-ask": "bold ask", "bid": "bid", "ask": "ask"}.get(row.zone, "muted")
    if row.entry and not row.cursor:
        ink = "bold own"
    mark = {"◆": "auto", "◂": "own"}.get(row.mark, "muted")
    margin = 1 if width > 13 else 0
    label = width - 6 - 2 * margin
    return [
        (" " * margin, f"muted on {ground}"),
        last,
        ("▶" if row.cursor else " ", f"live on {ground}"),
        (row.label.rjust(label), f"{ink} on {ground}"),
        (row.mark.rjust(1 + margin), f"{mark} on {ground}"),
    ]


def _volume(row: LadderRow, width: int) -> list[Span]:
    ground = _ground(row, "surface")
    text = fmt.lots(row.volume, width - 1) + " "
    total = min(width * 8, row.sold_bar + row.bought_bar)
    if not total:
        return [(text, f"muted on {ground}")]
    split = round(row.sold_bar / 8)
    sold = [(text[:split], "foreground on sold-bar")] if split else []
    rest = total - split * 8
    if rest <= 0:
        return [*sold, (text[split:], f"foreground on {ground}")]
    return sold + fmt.bar(text[split:], rest, "foreground", "bought-bar", ground)


_DRAW = {
    "pnl": _pnl,
    "my_bid": _my_bid,
    "bid_moved": _bid_moved,
    "ask_moved": _ask_moved,
    "bid": _bid,
    "sold": _sold,
    "price": _price,
    "bought": _bought,
    "ask": _ask,
    "my_ask": _my_ask,
    "volume": _volume,
}

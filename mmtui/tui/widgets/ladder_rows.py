"""The contents of the ladder's rows, independent of the terminal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mmtui.book import Side
from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot, OwnOrder
from mmtui.tui import format as fmt
from mmtui.tui.widgets.ladder_columns import LadderColumn


class OwnOrdersCell(NamedTuple):
    """A cell of a My column: its text, and ``working``, ``sent``, ``cancelling``, ``ghost`` or nothing."""

    text: str = ""
    state: str = ""


class LadderRow(NamedTuple):
    """The contents of a row; equal rows look the same. Bars are lengths in eighths of a cell."""

    price: int
    label: str
    zone: str
    cursor: bool
    bid: int = 0
    bid_bar: int = 0
    ask: int = 0
    ask_bar: int = 0
    my_bid: OwnOrdersCell = OwnOrdersCell()
    my_ask: OwnOrdersCell = OwnOrdersCell()
    bid_moved: int = 0
    ask_moved: int = 0
    sold: int = 0
    bought: int = 0
    last: str = ""
    last_side: Side | None = None
    pnl: float | None = None
    entry: bool = False
    mark: str = " "
    beyond: bool = False
    volume: int = 0
    sold_bar: int = 0
    bought_bar: int = 0
    flash: bool = False


class BarScale:
    """The size that fills a bar: grows at once and shrinks late, so that bars are steady."""

    def __init__(self) -> None:
        self.full = 1

    def fit(self, largest: int) -> int:
        """The full size for the largest to show."""
        if largest > self.full or largest * 3 < self.full:
            self.full = _round_up(largest)
        return self.full


def _round_up(size: int) -> int:
    step: int = 10 ** (len(str(max(1, size))) - 1)
    return next(step * digit for digit in (1, 2, 3, 5, 8, 10) if step * digit >= size)


@dataclass
class BarScales:
    """One scale for sizes in the book, one for traded volume."""

    depth: BarScale
    volume: BarScale


def row_of(price: int, group: int, *, up: bool) -> int:
    """The row of a price: bids and sales are rounded down to one, asks and purchases up."""
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
    """Pairs of (bid side, ask side) by row."""
    if group == 1:
        return pairs
    low = _grouped({price: pair[0] for price, pair in pairs.items()}, group, up=False)
    high = _grouped({price: pair[1] for price, pair in pairs.items()}, group, up=True)
    return {row: (low.get(row, 0), high.get(row, 0)) for row in {*low, *high}}


def own_quotes(view: FloorSnapshot) -> tuple[int | None, int | None]:
    """The prices of the best own bid and ask, without pending cancels; None without one."""
    bids = [order.price for order in view.orders if order.side is Side.BUY and not order.pending_cancel]
    asks = [order.price for order in view.orders if order.side is Side.SELL and not order.pending_cancel]
    return max(bids, default=None), min(asks, default=None)


def own_cell(orders: list[OwnOrder]) -> OwnOrdersCell:
    """The own orders of a side at a price: lots, and the lots ahead of the first or their part of what trades."""
    size = sum(order.quantity for order in orders)
    working = [order for order in orders if not order.pending_cancel]
    queues = [order.lots_ahead for order in working if order.lots_ahead is not None]
    head = fmt.lots(size, 3)
    if not working:
        return OwnOrdersCell(f"{head} ×", "cancelling")
    if not queues:
        return OwnOrdersCell(f"{head} …", "sent")
    parts = [order.part for order in working if order.part is not None]
    if parts:
        return OwnOrdersCell(f"{head} {sum(parts):.0%}", "working")
    return OwnOrdersCell(f"{head} q{fmt.lots(min(queues), 3).strip() or '0'}", "working")


def ladder_rows(
    view: FloorSnapshot,
    instrument: Instrument,
    layout: tuple[LadderColumn, ...],
    top: int,
    count: int,
    cursor: int,
    scales: BarScales,
    group: int = 1,
    label: Callable[[int], str] | None = None,
    flashed: Collection[int] = (),
) -> list[LadderRow]:
    """The rows from price ``top`` downwards, ``group`` ticks apart.

    ``label`` formats prices as the instrument does; the rows of the prices in ``flashed`` stand out.
    """
    label = instrument.format if label is None else label
    widths = {column.name: column.width for column in layout}
    prices = range(top, top - count * group, -group)
    best_bid = None if view.best_bid is None else row_of(view.best_bid, group, up=False)
    best_ask = None if view.best_ask is None else row_of(view.best_ask, group, up=True)
    bids, asks = _grouped(view.bids, group, up=False), _grouped(view.asks, group, up=True)
    volume, recent, stacked = (_grouped_pairs(pairs, group) for pairs in (view.volume, view.recent, view.stacked))
    depth_full = scales.depth.fit(max(lots for side in (bids, asks) for lots in _within(side, prices)))
    volume_full = scales.volume.fit(max(sold + bought for sold, bought in _within(volume, prices, (0, 0))))
    # The bars of both sides have the same width.
    bar = widths["bid"]
    own: dict[tuple[Side, int], list[OwnOrder]] = {}
    for order in view.orders:
        own.setdefault((order.side, row_of(order.price, group, up=order.side is Side.SELL)), []).append(order)
    cells = {key: own_cell(orders) for key, orders in own.items()}
    for ghost in view.ghosts:
        row = row_of(ghost.price, group, up=ghost.side is Side.SELL)
        cells.setdefault((ghost.side, row), OwnOrdersCell("‹ ›" if ghost.earlier else f"┄{ghost.quantity}┄", "ghost"))
    position, average = view.desk.position, view.desk.average_entry
    entry = _nearest(average if position else None, group)
    marks = _marks(view, entry, group)
    trade = view.last
    last_row = None if trade is None else row_of(trade.price, group, up=trade.side is Side.BUY)
    flashing = {row_of(price, group, up=False) for price in flashed}
    nothing, tradable = OwnOrdersCell(), _tradable(view, group)
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
                bid_bar=fmt.eighths(bid / depth_full, bar) if bid else 0,
                ask=ask,
                ask_bar=fmt.eighths(ask / depth_full, bar) if ask else 0,
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
                beyond=tradable is not None and price not in tradable,
                volume=sold_all + bought_all,
                sold_bar=fmt.eighths(sold_all / volume_full, widths["volume"]) if sold_all else 0,
                flash=price in flashing,
                bought_bar=fmt.eighths(bought_all / volume_full, widths["volume"]) if bought_all else 0,
            )
        )
    return rows


def _within(by_price: Mapping[int, Any], prices: range, nothing: Any = 0) -> list[Any]:
    """The values at these prices, and ``nothing``."""
    return [nothing, *(by_price[price] for price in by_price if price in prices)]


def _nearest(ticks: float | None, group: int) -> int | None:
    return None if ticks is None else round(ticks / group) * group


def _marks(view: FloorSnapshot, entry: int | None, group: int) -> dict[int | None, str]:
    """The sign right of a price; later ones replace earlier ones.

    Session low and high, limits of the price band, indicative auction price, own average entry, reservation price.
    """
    low = None if view.low is None else row_of(view.low, group, up=False)
    high = None if view.high is None else row_of(view.high, group, up=True)
    marks: dict[int | None, str] = {low: "L", high: "H"}
    if view.band is not None:
        marks[row_of(view.band.lower, group, up=False)] = marks[row_of(view.band.upper, group, up=True)] = "═"
    if view.indication is not None:
        marks[_nearest(view.indication.price, group)] = "◇"
    return {**marks, entry: "◂", _nearest(view.reservation, group): "◆"}


def _tradable(view: FloorSnapshot, group: int) -> range | None:
    """The rows inside a binding price band; None without one."""
    band = view.band
    if band is None or not band.binding:
        return None
    return range(row_of(band.lower, group, up=False), row_of(band.upper, group, up=True) + 1)

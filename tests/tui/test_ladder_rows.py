from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mmtui.book import Side
from mmtui.observe.snapshot import FloorSnapshot, OwnOrder, TapeTrade
from mmtui.tui.format import width_of
from mmtui.tui.widgets.ladder_columns import HeaderState, column_at, columns, header
from mmtui.tui.widgets.ladder_draw import draw_row
from mmtui.tui.widgets.ladder_rows import BarScale, BarScales, LadderRow, OwnOrdersCell, ladder_rows, own_cell
from tests.tui import small
from tests.tui.small import INSTRUMENT

QUIET, TRADING = small.quiet().view(), small.trading().view()
BID, ASK = small.touch(small.quiet())
BANDED, COOLING, AUCTION = small.banded().view(), small.cooling().view(), small.auction().view()

LAYOUT = columns(78, 6)


def rows_of(view: FloorSnapshot, top: int = 10015, count: int = 20, cursor: int = 10010) -> Mapping[int, LadderRow]:
    rows = ladder_rows(view, INSTRUMENT, LAYOUT, top, count, cursor, BarScales(BarScale(), BarScale()))
    return {row.price: row for row in rows}


def text_of(row: LadderRow) -> str:
    return "".join(text for text, _ in draw_row(row, LAYOUT))


@pytest.mark.parametrize("width", [50, 51, 60, 78, 82, 101, 160])
def test_columns_fill_the_width_with_the_price_in_the_middle_of_the_book(width: int) -> None:
    layout = columns(width, 6)
    assert sum(column.width for column in layout) == width
    names = [column.name for column in layout]
    assert names.index("bid") < names.index("price") < names.index("ask")
    widths = {column.name: column.width for column in layout}
    assert widths["bid"] == widths["ask"]
    assert widths["my_bid"] == widths["my_ask"]


def test_narrow_ladder_keeps_the_six_columns_that_one_trades_by() -> None:
    assert [column.name for column in columns(51, 6)] == ["my_bid", "bid", "price", "ask", "my_ask", "volume"]


def test_wide_ladder_has_every_column() -> None:
    names = [column.name for column in LAYOUT]
    assert names == ["pnl", "my_bid", "bid", "sold", "price", "bought", "ask", "my_ask", "volume"]


@pytest.mark.parametrize("width", [51, 60, 78, 120])
def test_every_row_is_exactly_as_wide_as_the_ladder(width: int) -> None:
    layout = columns(width, 6)
    rows = ladder_rows(TRADING, INSTRUMENT, layout, 10035, 60, 10004, BarScales(BarScale(), BarScale()))
    assert {width_of(draw_row(row, layout)) for row in rows} == {width}
    assert width_of(header(layout, HeaderState(0))) == width
    assert width_of(header(layout, HeaderState(-1234))) == width


def test_digits_of_a_column_end_at_the_same_cell_whatever_the_size() -> None:
    small = replace(QUIET, bids={10003: 1}, asks={10009: 1})
    large = replace(QUIET, bids={10003: 9999}, asks={10009: 9999})
    for price in (10003, 10009):
        short, long = text_of(rows_of(small)[price]), text_of(rows_of(large)[price])
        assert long.index("9999") + 3 == short.index("1", 0 if price == 10003 else 50)


def test_rows_tell_the_sides_of_the_market_apart() -> None:
    rows = rows_of(QUIET)
    assert ASK - BID > 1
    assert [rows[price].zone for price in (ASK + 1, ASK, ASK - 1, BID, BID - 1)] == [
        "ask",
        "best-ask",
        "spread",
        "best-bid",
        "bid",
    ]


def test_own_orders_show_size_and_exact_queue_and_where_they_are_on_their_way() -> None:
    rows, states = rows_of(TRADING), []
    for order in TRADING.orders:
        cell = rows[order.price].my_bid if order.side is Side.BUY else rows[order.price].my_ask
        states.append(cell.state)
        if order.pending_cancel:
            assert cell == OwnOrdersCell(f"{order.quantity:>3} ×", "cancelling")
        elif order.lots_ahead is None:
            assert cell == OwnOrdersCell(f"{order.quantity:>3} …", "sent")
        else:
            assert cell == OwnOrdersCell(f"{order.quantity:>3} q{order.lots_ahead}", "working")
            assert cell.text in text_of(rows[order.price])
    assert set(states) == {"working", "cancelling", "sent"}


def test_orders_at_one_price_are_added_up_behind_the_shortest_queue() -> None:
    orders = [OwnOrder(1, Side.BUY, 100, 5, 12, 3), OwnOrder(2, Side.BUY, 100, 2, 40, 9)]
    assert own_cell(orders) == OwnOrdersCell("  7 q12", "working")


def test_ghosts_show_only_where_no_own_order_is() -> None:
    ghost = QUIET.ghosts[0]
    assert ghost.side is Side.BUY
    assert rows_of(QUIET)[ghost.price].my_bid == OwnOrdersCell(f"┄{ghost.quantity}┄", "ghost")
    hidden = replace(QUIET, orders=(OwnOrder(1, Side.BUY, ghost.price, 5, 3, 1),))
    assert rows_of(hidden)[ghost.price].my_bid.state == "working"


def test_pnl_here_is_what_closing_at_the_row_would_make() -> None:
    # 5 lots of 100 at 10005.04 ticks of a cent: 10008 is 2.96 ticks, $1 a lot each, better.
    rows = rows_of(replace(TRADING, desk=replace(TRADING.desk, position=5, average_entry=10005.04)))
    assert rows[10008].pnl == round(5 * 2.96)
    assert rows[10000].pnl == round(5 * -5.04)
    assert rows_of(QUIET)[10008].pnl is None


def test_prices_are_marked_for_reservation_entry_high_and_low() -> None:
    desk = replace(TRADING.desk, position=5, average_entry=10005.04)
    rows = rows_of(replace(TRADING, reservation=10006.4, desk=desk, high=10009, low=10002))
    assert {price: row.mark for price, row in rows.items() if row.mark != " "} == {
        10006: "◆",
        10005: "◂",
        10009: "H",
        10002: "L",
    }


def test_last_trade_shows_at_its_price_only() -> None:
    last = QUIET.last
    assert last is not None
    shown = [row for row in rows_of(QUIET).values() if row.last]
    assert [(row.price, row.last, row.last_side) for row in shown] == [(last.price, str(last.quantity), last.side)]


def test_rows_of_several_ticks_hold_bids_and_sales_downwards_and_the_rest_upwards() -> None:
    view = replace(
        TRADING,
        bids={10004: 4, 10003: 5, 10000: 18, 9998: 2},
        asks={10007: 5, 10008: 7, 10010: 8, 10011: 1},
        best_bid=10004,
        best_ask=10007,
        recent={10002: (3, 0), 10003: (2, 3), 10006: (0, 1)},
        orders=(OwnOrder(1, Side.BUY, 10003, 5, 0, 0), OwnOrder(2, Side.BUY, 10000, 10, 8, 2)),
        last=TapeTrade(0, 10003, 1, Side.SELL, None),
        reservation=10006.4,
    )
    rows = {
        row.price: row
        for row in ladder_rows(view, INSTRUMENT, LAYOUT, 10030, 10, 10000, BarScales(BarScale(), BarScale()), 5)
    }
    assert [(row.price, row.bid) for row in rows.values() if row.bid] == [(10000, 4 + 5 + 18), (9995, 2)]
    assert (rows[10010].ask, rows[10015].ask) == (5 + 7 + 8, 1)
    assert (rows[10000].sold, rows[10005].bought, rows[10010].bought) == (3 + 2, 3, 1)
    assert rows[10000].my_bid.text == " 15 q0"
    assert rows[10000].zone == "best-bid"
    assert rows[10010].zone == "best-ask"
    assert rows[10000].last == "1"
    assert rows[10005].mark == "◆"


def test_whole_ladder_shows_lots_stacked_and_pulled() -> None:
    layout, view = columns(90, 6), replace(QUIET, stacked={9999: (4, 0), 10012: (0, -9)})
    rows = {
        row.price: row for row in ladder_rows(view, INSTRUMENT, layout, 10025, 30, 0, BarScales(BarScale(), BarScale()))
    }
    assert (rows[9999].bid_moved, rows[10012].ask_moved) == (4, -9)
    assert "+4" in "".join(text for text, _ in draw_row(rows[9999], layout))


def test_scale_grows_at_once_and_shrinks_late() -> None:
    scale = BarScale()
    assert scale.fit(23) == 30
    assert scale.fit(31) == 50
    assert scale.fit(20) == 50
    assert scale.fit(16) == 20


def test_equal_market_gives_equal_rows_so_that_nothing_is_painted_twice() -> None:
    assert rows_of(TRADING) == rows_of(replace(TRADING, now_ns=TRADING.now_ns + 1))


@pytest.mark.parametrize(("x", "name"), [(0, "pnl"), (9, "my_bid"), (18, "bid"), (77, "volume"), (78, None)])
def test_column_under_the_mouse(x: int, name: str | None) -> None:
    assert column_at(LAYOUT, x) == name


def test_header_says_how_far_the_market_is() -> None:
    assert "▲ 14 t" in "".join(text for text, _ in header(LAYOUT, HeaderState(14)))
    assert "▼ 3 t" in "".join(text for text, _ in header(LAYOUT, HeaderState(-3)))
    assert "Price" in "".join(text for text, _ in header(LAYOUT, HeaderState(0)))


def test_the_limits_of_a_band_are_marked_and_only_one_that_binds_shuts_rows_off() -> None:
    for view in (BANDED, COOLING):
        band = view.band
        assert band is not None
        rows = rows_of(view, top=band.upper + 2, count=band.upper - band.lower + 5)
        # The mid has its own mark.
        limits = [price for price in (band.upper, band.lower) if price != view.mid]
        assert [price for price, row in rows.items() if row.mark == "═"] == limits
        outside = [price for price in rows if not band.lower <= price <= band.upper]
        assert [price for price, row in rows.items() if row.beyond] == (outside if view is COOLING else [])


def test_what_an_auction_would_trade_at_is_marked_among_bids_and_asks_that_cross() -> None:
    assert AUCTION.indication is not None
    at = AUCTION.indication.price
    crossed = replace(AUCTION, bids={**AUCTION.bids, at: 25}, asks={**AUCTION.asks, at: 16})
    rows = rows_of(crossed, top=at + 10)

    assert [price for price, row in rows.items() if row.mark == "◇"] == [at]
    assert rows[at].bid == 25
    assert rows[at].ask == 16

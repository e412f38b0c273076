from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mmtui.book import Side
from mmtui.observe.snapshot import FloorSnapshot, OwnOrder
from mmtui.tui.format import width_of
from mmtui.tui.widgets.ladder_columns import HeaderState, column_at, columns, header
from mmtui.tui.widgets.ladder_draw import draw_row
from mmtui.tui.widgets.ladder_rows import LadderRow, OwnOrdersCell, Scale, Scales, ladder_rows, own_cell
from tests.tui import small
from tests.tui.small import INSTRUMENT

QUIET, TRADING = small.quiet().view(), small.trading().view()
BANDED, COOLING, AUCTION = small.banded().view(), small.cooling().view(), small.auction().view()

LAYOUT = columns(78, 6)


def rows_of(view: FloorSnapshot, top: int = 10015, count: int = 20, cursor: int = 10010) -> Mapping[int, LadderRow]:
    rows = ladder_rows(view, INSTRUMENT, LAYOUT, top, count, cursor, Scales(Scale(), Scale()))
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
    rows = ladder_rows(TRADING, INSTRUMENT, layout, 10035, 60, 10004, Scales(Scale(), Scale()))
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
    assert [rows[price].zone for price in (10010, 10009, 10006, 10003, 10001)] == [
        "ask",
        "best-ask",
        "spread",
        "best-bid",
        "bid",
    ]


def test_own_orders_show_size_and_exact_queue_and_where_they_are_on_their_way() -> None:
    rows = rows_of(TRADING)
    assert rows[10003].my_bid == OwnOrdersCell("  5 q0", "working")
    assert rows[10000].my_bid == OwnOrdersCell(" 10 q8", "working")
    assert rows[9998].my_bid.state == "cancelling"
    assert rows[10012].my_ask.state == "sent"
    assert " 5 q0" in text_of(rows[10003])


def test_orders_at_one_price_are_added_up_behind_the_shortest_queue() -> None:
    orders = [OwnOrder(1, Side.BUY, 100, 5, 12, 3), OwnOrder(2, Side.BUY, 100, 2, 40, 9)]
    assert own_cell(orders) == OwnOrdersCell("  7 q12", "working")


def test_ghosts_show_only_where_no_own_order_is() -> None:
    ghosts = rows_of(QUIET)
    assert ghosts[10003].my_bid == OwnOrdersCell("┄5┄", "ghost")
    hidden = replace(QUIET, orders=(OwnOrder(1, Side.BUY, 10003, 5, 3, 1),))
    assert rows_of(hidden)[10003].my_bid.state == "working"


def test_pnl_here_is_what_closing_at_the_row_would_make() -> None:
    rows = rows_of(TRADING)
    # 5 lots of 100 at 10005.04 ticks of a cent: 10008 is 2.96 ticks, $1 a lot each, better.
    assert rows[10008].pnl == round(5 * 2.96)
    assert rows[10000].pnl == round(5 * -5.04)
    assert rows_of(QUIET)[10008].pnl is None


def test_prices_are_marked_for_reservation_entry_high_and_low() -> None:
    rows = rows_of(replace(TRADING, reservation=10006.4))
    assert {price: row.mark for price, row in rows.items() if row.mark != " "} == {
        10006: "◆",
        10005: "◂",
        10009: "H",
        10002: "L",
    }


def test_last_trade_shows_at_its_price_only() -> None:
    shown = [row for row in rows_of(QUIET).values() if row.last]
    assert [(row.price, row.last, row.last_side) for row in shown] == [(10003, "1", Side.SELL)]


def test_rows_of_several_ticks_hold_bids_and_sales_downwards_and_the_rest_upwards() -> None:
    rows = {
        row.price: row
        for row in ladder_rows(TRADING, INSTRUMENT, LAYOUT, 10030, 10, 10000, Scales(Scale(), Scale()), 5)
    }
    assert [(row.price, row.bid) for row in rows.values() if row.bid] == [
        (10000, 4 + 5 + 18),
        (9995, 2),
        (9990, 1),
        (9985, 1),
    ]
    assert rows[10010].ask == 5 + 7 + 8
    assert rows[10015].ask == 1 + 4 + 3
    assert (rows[10000].sold, rows[10010].bought) == (3 + 2, 3 + 1)
    assert rows[10000].my_bid.text == " 15 q0"
    assert rows[10000].zone == "best-bid"
    assert rows[10010].zone == "best-ask"
    assert rows[10000].last == "1"
    assert rows[10005].mark == "◆"


def test_whole_ladder_shows_lots_stacked_and_pulled() -> None:
    layout = columns(90, 6)
    rows = {row.price: row for row in ladder_rows(QUIET, INSTRUMENT, layout, 10025, 30, 0, Scales(Scale(), Scale()))}
    assert (rows[9999].bid_moved, rows[10012].ask_moved) == (4, -9)
    assert "+4" in "".join(text for text, _ in draw_row(rows[9999], layout))


def test_scale_grows_at_once_and_shrinks_late() -> None:
    scale = Scale()
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
    banded, cooling = rows_of(BANDED, top=5022, count=34), rows_of(COOLING, top=5014, count=26)

    assert [price for price, row in banded.items() if row.mark == "═"] == [5021, 4991]
    assert [price for price, row in cooling.items() if row.mark == "═"] == [5013, 5003]
    assert not any(row.beyond for row in banded.values())
    assert [price for price, row in cooling.items() if row.beyond] == [5014, *range(5002, 4988, -1)]


def test_what_an_auction_would_trade_at_is_marked_among_bids_and_asks_that_cross() -> None:
    crossed = replace(AUCTION, bids={**AUCTION.bids, 5004: 25}, asks={**AUCTION.asks, 5004: 16})
    rows = rows_of(crossed, top=5015)

    assert [price for price, row in rows.items() if row.mark == "◇"] == [5004]
    assert rows[5004].bid == 25
    assert rows[5004].ask == 16

"""The market without one's own orders."""

from mmtui.book import Side
from mmtui.strategies.excluding_own import others_mid
from tests.unit.strategies.fake_view import market


def test_without_own_orders_it_is_the_market() -> None:
    view = market(bid=99, ask=102)
    assert (view.others_best(Side.BUY), view.others_best(Side.SELL), others_mid(view)) == (99, 102, 100.5)


def test_own_order_alone_in_front_does_not_count() -> None:
    view = market(bid=99, ask=105)
    view.rest(Side.BUY, 103, 2)
    assert view.mid == 104
    assert view.others_best(Side.BUY) == 99
    assert others_mid(view) == 102


def test_price_shared_with_others_counts() -> None:
    view = market(bid=99, ask=105)
    view.rest(Side.BUY, 99, 2)
    assert view.others_best(Side.BUY) == 99


def test_order_being_cancelled_is_still_own() -> None:
    view = market(bid=99, ask=105)
    view.pending_cancel.add(view.rest(Side.BUY, 103, 2))
    assert view.others_best(Side.BUY) == 99


def test_many_own_prices_in_front_are_looked_through() -> None:
    view = market(bid=90, ask=105)
    for price in range(91, 104):
        view.rest(Side.BUY, price, 1)
    assert view.others_best(Side.BUY) == 90


def test_alone_on_a_side_the_own_best_stands_in() -> None:
    view = market()
    view.book.clear()
    view.others(Side.SELL, (105, 1))
    view.rest(Side.BUY, 95, 1)
    assert view.others_best(Side.BUY) is None
    assert others_mid(view) == 100

"""Call auctions with any orders: the price is the best there is, and what is left is not crossed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmtui.book import AuctionBook, Side

_ORDERS = st.lists(st.tuples(st.sampled_from(list(Side)), st.integers(90, 110), st.integers(1, 9)), max_size=30)


def _volume(orders: list[tuple[Side, int, int]], price: int) -> int:
    """Lots that trade at a price, worked out order by order."""
    bought = sum(lots for side, limit, lots in orders if side is Side.BUY and limit >= price)
    sold = sum(lots for side, limit, lots in orders if side is Side.SELL and limit <= price)
    return min(bought, sold)


@pytest.mark.slow
@given(orders=_ORDERS, reference=st.integers(80, 120))
def test_an_auction_trades_the_most_that_any_price_could_and_fairly(
    orders: list[tuple[Side, int, int]], reference: int
) -> None:
    auction = AuctionBook()
    for order_id, (side, price, lots) in enumerate(orders):
        auction.limit(order_id, side, price, lots)
    most = max(_volume(orders, price) for price in range(90, 111))

    trades = auction.uncross(reference)

    assert sum(trade.quantity for trade in trades) == most
    assert len({trade.price for trade in trades}) <= 1
    filled: dict[int, int] = {}
    for trade in trades:
        for order_id, sign in ((trade.maker_id, -trade.taker_side), (trade.taker_id, trade.taker_side)):
            side, limit, _ = orders[order_id]
            assert side == sign
            assert side * (limit - trade.price) >= 0, "nobody trades at a worse price than his own"
            filled[order_id] = filled.get(order_id, 0) + trade.quantity
    for order_id, (side, limit, lots) in enumerate(orders):
        left = auction.remaining(order_id) or 0
        assert left + filled.get(order_id, 0) == lots
        ahead = [
            other
            for other, (other_side, price, _) in enumerate(orders)
            if other_side is side and (side * price, -other) > (side * limit, -order_id)
        ]
        assert order_id not in filled or not any(auction.remaining(other) for other in ahead), "out of turn"
    bid, ask = auction.best_bid, auction.best_ask
    assert bid is None or ask is None or bid < ask

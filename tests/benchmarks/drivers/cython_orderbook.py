from __future__ import annotations

from collections.abc import Callable

from cython_orderbook import Order, OrderBook, OrderSide  # type: ignore[import-not-found]

from tests.benchmarks.drivers.harness import Row, drive


def prepare(rows: list[Row]) -> tuple[Callable[[], None], Callable[[], dict[str, float | None]]]:
    book = OrderBook()
    # Orders are numbered "1", "2", "3" … in the order of their making, as in the stream. Its own examples have
    # Decimal prices; whole ticks are as good to it, and faster.
    messages = [
        (str(order_id), OrderSide.BID if side > 0 else OrderSide.ASK, price, quantity)
        for order_id, side, price, quantity in rows
    ]

    def play() -> None:
        add_limit_order, cancel_order = book.add_limit_order, book.cancel_order
        for order_id, side, price, quantity in messages:
            if quantity:
                add_limit_order(Order(side, quantity, price))
            else:
                cancel_order(order_id)

    def outcome() -> dict[str, float | None]:
        # It returns no trades but keeps a log of them.
        return {"traded": sum(trade.quantity_filled for trade in book.trade_log), "resting": len(book.orders)}

    return play, outcome


if __name__ == "__main__":
    drive(prepare)

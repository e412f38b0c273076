from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyorderbook import Book, ask, bid  # type: ignore[import-not-found]

from tests.benchmarks.drivers.harness import Row, drive

SYMBOL = "ABC"


def prepare(rows: list[Row]) -> tuple[Callable[[], None], Callable[[], dict[str, float | None]]]:
    book = Book()
    messages = [(order_id, bid if side > 0 else ask, price, quantity) for order_id, side, price, quantity in rows]
    orders: list[Any] = [None]
    trades: list[list[Any]] = []

    def play() -> None:
        # A cancel names the order object, so they are kept in a list by number.
        match, cancel = book.match, book.cancel
        for order_id, make, price, quantity in messages:
            if quantity:
                order = make(SYMBOL, price, quantity)
                orders.append(order)
                blotter = match(order)
                if blotter.trades:
                    trades.append(blotter.trades)
            else:
                cancel(orders[order_id])

    def outcome() -> dict[str, float | None]:
        return {
            "traded": sum(trade.fill_quantity for made in trades for trade in made),
            "resting": len(book.order_map),
        }

    return play, outcome


if __name__ == "__main__":
    drive(prepare)

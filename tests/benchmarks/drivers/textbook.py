from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.drivers.harness import Row, drive
from tests.benchmarks.textbook import TextbookBook, Trade


def prepare(rows: list[Row]) -> tuple[Callable[[], None], Callable[[], dict[str, float | None]]]:
    book = TextbookBook()
    messages = [(order_id, side > 0, price, quantity) for order_id, side, price, quantity in rows]
    trades: list[list[Trade]] = []

    def play() -> None:
        limit, cancel = book.limit, book.cancel
        for order_id, is_buy, price, quantity in messages:
            if quantity:
                made = limit(order_id, is_buy, price, quantity)
                if made:
                    trades.append(made)
            else:
                cancel(order_id)

    def outcome() -> dict[str, float | None]:
        return {"traded": sum(trade.quantity for made in trades for trade in made), "resting": len(book.orders)}

    return play, outcome


if __name__ == "__main__":
    drive(prepare)

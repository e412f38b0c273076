from __future__ import annotations

from collections.abc import Callable

from bourse.core import OrderBook  # type: ignore[import-not-found]

from tests.benchmarks.drivers.harness import Row, drive

_ACTIVE, _QUANTITY = 1, 3


def prepare(rows: list[Row]) -> tuple[Callable[[], None], Callable[[], dict[str, float | None]]]:
    book = OrderBook(0, 1)
    # It numbers orders itself, in the order of their placing.
    numbers: dict[int, int] = {}
    trades: list[tuple[int, ...]] = []

    def play() -> None:
        place, cancel, set_time = book.place_order, book.cancel_order, book.set_time
        for now, (order_id, side, price, quantity) in enumerate(rows):
            if quantity:
                # Its queues go by the clock, which nothing else moves.
                set_time(now)
                numbers[order_id] = place(side > 0, quantity, 0, price=price)
            else:
                cancel(numbers[order_id])
        trades.extend(book.get_trades())

    def outcome() -> dict[str, float | None]:
        resting = sum(book.order_status(number) == _ACTIVE for number in numbers.values())
        return {"traded": sum(trade[_QUANTITY] for trade in trades), "resting": resting}

    return play, outcome


if __name__ == "__main__":
    drive(prepare)

from __future__ import annotations

from collections.abc import Callable

from limit_order_book import LimitOrderBook  # type: ignore[import-not-found]

from tests.benchmarks.drivers.harness import Row, drive


def prepare(rows: list[Row]) -> tuple[Callable[[], None], Callable[[], dict[str, float | None]]]:
    book = LimitOrderBook()

    def play() -> None:
        limit_buy, limit_sell, cancel = book.limit_buy, book.limit_sell, book.cancel
        for order_id, side, price, quantity in rows:
            if quantity:
                if side > 0:
                    limit_buy(order_id, quantity, price)
                else:
                    limit_sell(order_id, quantity, price)
            else:
                cancel(order_id)

    def outcome() -> dict[str, float | None]:
        # It tells nobody of its trades, so only what rests can be compared.
        return {"traded": None, "resting": book.count()}

    return play, outcome


if __name__ == "__main__":
    drive(prepare)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lightmatchingengine.lightmatchingengine import LightMatchingEngine, Side  # type: ignore[import-not-found]

from tests.benchmarks.drivers.harness import Row, drive

SYMBOL = "ABC"


def prepare(rows: list[Row]) -> tuple[Callable[[], None], Callable[[], dict[str, float | None]]]:
    engine = LightMatchingEngine()
    messages = [
        (order_id, Side.BUY if side > 0 else Side.SELL, price, quantity) for order_id, side, price, quantity in rows
    ]
    trades: list[list[Any]] = []

    def play() -> None:
        # The engine numbers orders 1, 2, 3 … itself, as the stream does.
        add_order, cancel_order = engine.add_order, engine.cancel_order
        for order_id, side, price, quantity in messages:
            if quantity:
                _, made = add_order(SYMBOL, price, quantity, side)
                if made:
                    trades.append(made)
            else:
                cancel_order(order_id, SYMBOL)

    def outcome() -> dict[str, float | None]:
        # Every match is reported twice, once for the incoming order and once for the resting ones.
        book = engine.order_books[SYMBOL]
        levels = [*book.bids.values(), *book.asks.values()]
        return {
            "traded": sum(trade.trade_qty for made in trades for trade in made) / 2,
            "resting": sum(map(len, levels)),
        }

    return play, outcome


if __name__ == "__main__":
    drive(prepare)

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from loguru import logger  # type: ignore[import-not-found]
from order_matching.enums import Side  # type: ignore[import-not-found]
from order_matching.matching_engine import MatchingEngine  # type: ignore[import-not-found]
from order_matching.order import LimitOrder  # type: ignore[import-not-found]
from order_matching.orders import Orders  # type: ignore[import-not-found]

from tests.benchmarks.drivers.harness import Row, drive


def prepare(rows: list[Row]) -> tuple[Callable[[], None], Callable[[], dict[str, float | None]]]:
    logger.remove()  # it would otherwise write two lines to the terminal for each message
    engine = MatchingEngine(seed=1)
    noon = datetime(2025, 1, 1, 12)  # noqa: DTZ001 - the package has naive times
    messages = [
        (str(order_id), Side.BUY if side > 0 else Side.SELL, float(price), float(quantity), noon + timedelta(seconds=i))
        for i, (order_id, side, price, quantity) in enumerate(rows)
    ]
    trades: list[Any] = []

    def play() -> None:
        place, match, cancel_order = engine.place, engine.match, engine.cancel_order
        for order_id, side, price, size, now in messages:
            if size:
                order = LimitOrder(
                    side=side, price=price, size=size, timestamp=now, order_id=order_id, trader_id="trader"
                )
                place(Orders([order]))
                trades.extend(match(now))
            else:
                cancel_order(order_id)

    def outcome() -> dict[str, float | None]:
        book = engine.unprocessed_orders
        levels = [*book.bids.values(), *book.offers.values()]
        return {"traded": sum(trade.size for trade in trades), "resting": sum(len(level) for level in levels)}

    return play, outcome


if __name__ == "__main__":
    drive(prepare)

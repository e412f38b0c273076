from __future__ import annotations

from collections.abc import Callable
from timeit import Timer

from mmtui.book import OrderBook, Side, Trade
from tests.benchmarks.drivers.harness import Row, drive


def prepare(rows: list[Row]) -> tuple[Callable[[], None], Callable[[], dict[str, float | None]]]:
    book = OrderBook()
    messages = [(order_id, Side(side or 1), price, quantity) for order_id, side, price, quantity in rows]
    trades: list[tuple[Trade, ...]] = []

    def play() -> None:
        limit, cancel = book.limit, book.cancel
        for order_id, side, price, quantity in messages:
            if quantity:
                report = limit(order_id, side, price, quantity)
                if report.trades:
                    trades.append(report.trades)
            else:
                cancel(order_id)

    def outcome() -> dict[str, float | None]:
        resting = [order_id for order_id, *_ in rows if order_id in book]
        rounds = 20

        def ask_queues() -> None:
            for order_id in resting:
                book.queue_ahead(order_id)

        def ask_depth() -> None:
            for _ in resting:
                book.depth(Side.BUY, 10)

        return {
            "traded": sum(trade.quantity for report in trades for trade in report),
            "resting": len(book),
            "queue_ahead": min(Timer(ask_queues).repeat(rounds, 1)) / len(resting),
            "depth": min(Timer(ask_depth).repeat(rounds, 1)) / len(resting),
        }

    return play, outcome


if __name__ == "__main__":
    drive(prepare)

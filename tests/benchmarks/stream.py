"""The stream of messages that every book in the benchmark is given."""

from __future__ import annotations

import random
from typing import NamedTuple

from mmtui.book import OrderBook, Side

#: Of a hundred messages: new limit orders that rest, cancels; the others are marketable.
NEW, CANCEL = 49, 41
LIVE = 350
LEVELS = 9
START = 10_000


class Message(NamedTuple):
    """One instruction. Orders are numbered 1, 2, 3 … as they come; a quantity of 0 cancels an earlier one."""

    order_id: int
    side: int
    price: int
    quantity: int


class Shape(NamedTuple):
    """What a stream was found to be."""

    messages: int
    new: float
    cancels: float
    marketable: float
    live: float
    levels: float
    orders_per_level: tuple[int, float, int]
    trades: int


def make_stream(messages: int, seed: int = 1) -> tuple[list[Message], Shape]:
    """A stream, and its averages sampled every hundred messages.

    Limit orders come to the nine ticks beyond the other side's best, marketable ones to that best price itself, in a
    size that keeps about ``LIVE`` orders in the book; cancels pick any live order.
    """
    rng = random.Random(seed)
    book = OrderBook()
    stream: list[Message] = []
    kinds = [0, 0, 0]
    live: list[int] = []
    place: dict[int, int] = {}
    trades = next_id = 0
    samples: list[tuple[int, list[int]]] = []

    def forget(order_id: int) -> None:
        index, last = place.pop(order_id), live.pop()
        if last != order_id:
            live[index] = last
            place[last] = index

    while len(stream) < messages:
        draw = rng.randrange(100) if len(live) > LIVE // 2 else 0
        if NEW <= draw < NEW + CANCEL:
            order_id = rng.choice(live)
            message = Message(order_id, 0, 0, 0)
            kinds[1] += 1
            book.cancel(order_id)
            forget(order_id)
        else:
            side = rng.choice((Side.BUY, Side.SELL))
            best = book.best_ask if side is Side.BUY else book.best_bid
            best = START + side * (LEVELS // 2) if best is None else best
            marketable = draw >= NEW
            price = best if marketable else best - side * rng.randint(1, LEVELS)
            quantity = rng.randint(1, 24 if len(live) > LIVE else 3) if marketable else rng.randint(1, 10)
            next_id += 1
            message = Message(next_id, int(side), price, quantity)
            kinds[2 if marketable else 0] += 1
            report = book.limit(next_id, side, price, quantity)
            trades += len(report.trades)
            for trade in report.trades:
                if trade.maker_id not in book:
                    forget(trade.maker_id)
            if next_id in book:
                place[next_id] = len(live)
                live.append(next_id)
        stream.append(message)
        if len(stream) % 100 == 0:
            depths = book.depth(Side.BUY) + book.depth(Side.SELL)
            samples.append((len(book), sorted(depth.orders for depth in depths)))

    settled = samples[len(samples) // 10 :] or samples
    sizes = sorted(size for _, level_sizes in settled for size in level_sizes)
    shape = Shape(
        messages=len(stream),
        new=kinds[0] / len(stream),
        cancels=kinds[1] / len(stream),
        marketable=kinds[2] / len(stream),
        live=sum(count for count, _ in settled) / len(settled),
        levels=len(sizes) / len(settled) / 2,
        orders_per_level=(sizes[len(sizes) // 20], sum(sizes) / len(sizes), sizes[-len(sizes) // 20]),
        trades=trades,
    )
    return stream, shape

"""A made day of orders, the book after each of them kept by lists alone, and writers by public specifications."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmtui.lab.tapes.formats import hftbacktest as events

#: By side and price: the lots of the orders in the queue, first to last.
Queues = dict[tuple[int, int], list[int]]
#: Ten o'clock, as ITCH counts.
OPEN_NS = 36_000 * 10**9
_KINDS = ("add", "reduce", "delete", "execute", "execute_at", "replace", "hidden", "cross")
#: A cent, in ten-thousandths of a dollar.
CENT = 100


class Step(NamedTuple):
    """What happened: when, what, to which order (and, of a replacement, to which new one), side, price, lots."""

    at_ns: int
    what: str
    order_id: int
    new_id: int
    side: int
    price: int
    lots: int


def day(steps: int, seed: int) -> tuple[list[Step], list[Queues]]:
    """So many steps, and the book after each: orders never cross, and those that trade are the first of the best."""
    rng = random.Random(seed)
    # By id: side, price, lots. A dictionary keeps the order of arrival.
    live: dict[int, list[int]] = {}
    found: list[Step] = []
    books: list[Queues] = []
    at_ns, last_id, middle = OPEN_NS, 0, 10_000

    def best(side: int) -> int | None:
        prices = [side * price for there, price, _ in live.values() if there == side]
        return side * max(prices) if prices else None

    def free_price(side: int) -> int:
        opposite = best(-side)
        price = middle * CENT - side * rng.randint(1, 12) * CENT
        return price if opposite is None or side * (opposite - price) > 0 else opposite - side * CENT

    while len(found) < steps:
        at_ns += rng.choice((0, 0, 1, 999, 1_234_567, 80_000_000))
        middle += rng.choice((0,) * 30 + (-1, 1))
        what = rng.choices(_KINDS, (40, 10, 18, 12, 4, 12, 3, 1))[0]
        side = rng.choice((1, -1))
        chosen = rng.choice(list(live)) if live else 0
        if what == "add" or (not live and what not in ("hidden", "cross")):
            last_id += rng.randint(1, 3)
            step = Step(at_ns, "add", last_id, 0, side, free_price(side), rng.choice((1, 5, 100, 300, 737)))
            live[last_id] = [side, step.price, step.lots]
        elif what in ("hidden", "cross"):
            step = Step(at_ns, what, 0, 0, side, middle * CENT, rng.randint(1, 500))
        elif what.startswith("execute"):
            first = best(side)
            if first is None:
                continue
            order_id = next(each for each, order in live.items() if order[:2] == [side, first])
            step = Step(at_ns, what, order_id, 0, side, first, rng.randint(1, live[order_id][2]))
            live[order_id][2] -= step.lots
        elif what == "replace":
            last_id += 1
            side = live.pop(chosen)[0]
            step = Step(at_ns, what, chosen, last_id, side, free_price(side), rng.randint(1, 400))
            live[last_id] = [side, step.price, step.lots]
        else:
            there, price, lots = live[chosen]
            gone = lots if what == "delete" or lots == 1 else rng.randint(1, lots - 1)
            step = Step(at_ns, "delete" if gone == lots else "reduce", chosen, 0, there, price, gone)
            live[chosen][2] -= gone
        live = {each: order for each, order in live.items() if order[2]}
        found.append(step)
        queues: Queues = {}
        for there, price, lots in live.values():
            queues.setdefault((there, price), []).append(lots)
        books.append(queues)
    return found, books


# NASDAQ TotalView-ITCH 5.0


def itch(path: Path, steps: Sequence[Step]) -> None:
    """Write a part of a day with every kind of message of the specification.

    The stock is number 7 of two. What the book does not hear of (auctions' imbalances, collars, broken trades, another
    stock's orders) comes between the steps.
    """
    stock, other = b"MADE    ", b"OTHER   "
    data = bytearray()

    def put(kind: bytes, at_ns: int, fields: str = "", *values: object, locate: int = 7) -> None:
        # Type, stock locate, tracking number, and a time of six bytes; integers are big-endian.
        message = kind + struct.pack(">HH", locate, 0) + at_ns.to_bytes(6, "big") + struct.pack(">" + fields, *values)
        data.extend(struct.pack(">H", len(message)) + message)

    put(b"S", OPEN_NS - 9, "c", b"O", locate=0)
    for name, locate in ((other, 3), (stock, 7)):
        directory = (name, b"Q", b"N", 100, b"N", b"C", b"Z ", b"P", b"N", b"N", b"1", b"N", 0, b"N")
        put(b"R", OPEN_NS - 8, "8sccIcc2scccccIc", *directory, locate=locate)
    put(b"H", OPEN_NS - 7, "8scc4s", stock, b"T", b" ", b"    ")
    put(b"Y", OPEN_NS - 6, "8sc", stock, b"0")
    put(b"L", OPEN_NS - 5, "4s8sccc", b"MMKR", stock, b"Y", b"N", b"A")
    put(b"V", OPEN_NS - 4, "QQQ", 10**8, 10**8, 10**8, locate=0)
    put(b"W", OPEN_NS - 3, "c", b"1", locate=0)
    put(b"K", OPEN_NS - 2, "8sIcI", stock, 36_000, b"A", 10**6)
    put(b"J", OPEN_NS - 1, "8sIIII", stock, 10**6, 10**6, 10**6, 0)
    put(b"h", OPEN_NS - 1, "8scc", stock, b"Q", b"T")
    put(b"O", OPEN_NS - 1, "8scIIIQII", stock, b"Y", 10**6, 10**6, 10**6, OPEN_NS, 10**6, 10**6)
    for number, step in enumerate(steps):
        at_ns, what, order_id, new_id, side, price, lots = step
        way = b"B" if side > 0 else b"S"
        if what == "add" and number % 3:
            put(b"A", at_ns, "QcI8sI", order_id, way, lots, stock, price)
        elif what == "add":
            put(b"F", at_ns, "QcI8sI4s", order_id, way, lots, stock, price, b"MMKR")
        elif what == "execute":
            put(b"E", at_ns, "QIQ", order_id, lots, number)
        elif what == "execute_at":
            put(b"C", at_ns, "QIQcI", order_id, lots, number, b"Y" if number % 2 else b"N", price - side * CENT)
        elif what == "reduce":
            put(b"X", at_ns, "QI", order_id, lots)
        elif what == "delete":
            put(b"D", at_ns, "Q", order_id)
        elif what == "replace":
            put(b"U", at_ns, "QQII", order_id, new_id, lots, price)
        elif what == "hidden":
            put(b"P", at_ns, "QcI8sIQ", 0, b"B", lots, stock, price, number)
        else:
            put(b"Q", at_ns, "Q8sIQc", lots, stock, price, number, b"O")
        if number % 5 == 0:
            # The same id again: it is unique within a day, so this is another's, and so is its price.
            put(b"A", at_ns, "QcI8sI", 10**9 + number, way, 100, other, 10 * price, locate=3)
            put(b"E", at_ns, "QIQ", 10**9 + number, 60, number, locate=3)
        if number % 7 == 0:
            put(b"B", at_ns, "Q", number)
            put(b"I", at_ns, "QQc8sIIIcc", 0, 0, b"N", stock, price, price, price, b"O", b"L")
            put(b"N", at_ns, "8sc", stock, b"B")
    put(b"Q", steps[-1].at_ns, "Q8sIQc", 0, stock, 0, 0, b"C")
    put(b"S", steps[-1].at_ns, "c", b"C", locate=0)
    path.write_bytes(bytes(data))


# hftbacktest


def hftbacktest(path: Path, steps: Sequence[Step]) -> None:
    """Write the steps as events of orders, those of the local side apart, a millisecond later."""
    rows: list[tuple[int, int, float, int, int]] = []
    left: dict[int, int] = {}
    for step in steps:
        at_ns, what, order_id, new_id, side, price, lots = step
        rests, takes = (events.BUYS, events.SELLS) if side > 0 else (events.SELLS, events.BUYS)
        px = price / 10_000
        if what in ("replace", "delete"):
            rows.append((events.CANCEL | rests, at_ns, px, left[order_id], order_id))
        if what in ("execute", "execute_at"):
            rows.append((events.TRADED | takes, at_ns, px, lots, 0))
            rows.append((events.FILL | rests, at_ns, px, lots, order_id))
        if what in ("hidden", "cross"):
            rows.append((events.TRADED | (takes if what == "hidden" else 0), at_ns, px, lots, 0))
        if what in ("add", "replace"):
            left[new_id or order_id] = lots
            rows.append((events.ADD | rests, at_ns, px, lots, new_id or order_id))
        if what in ("execute", "execute_at", "reduce"):
            left[order_id] -= lots
            kind = events.MODIFY if left[order_id] else events.CANCEL
            rows.append((kind | rests, at_ns, px, left[order_id] or lots, order_id))
    array = np.zeros(2 * len(rows), dtype=events.EVENT)
    for name, column in zip(("ev", "exch_ts", "px", "qty", "order_id"), zip(*rows, strict=True), strict=True):
        array[name] = np.repeat(np.array(column, dtype=array[name].dtype), 2)
    array["local_ts"] = array["exch_ts"] + 10**6
    array["ev"][0::2] |= events.EXCHANGE
    array["ev"][1::2] |= events.LOCAL
    np.savez_compressed(path, data=array)


# Databento


def databento(path: Path, steps: Sequence[Step]) -> None:
    """Write the steps as market by order: what a fill takes is told by a cancellation, or a modification."""
    lines = ["ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,price,size,channel_id,order_id,flags"]
    left: dict[int, int] = {}

    def put(at_ns: int, action: str, side: int, price: int, lots: int, order_id: int, *, last: bool = True) -> None:
        way = {1: "B", -1: "A", 0: "N"}[side]
        cells = (at_ns, at_ns, 160, 2, 7, action, way, f"{price / 10_000:.9f}", lots, 0, order_id, 128 * last)
        lines.append(",".join(map(str, cells)))

    for number, (at_ns, what, order_id, new_id, side, price, lots) in enumerate(steps):
        if what == "add":
            left[order_id] = lots
            put(at_ns, "A", side, price, lots, order_id)
        elif what == "replace":
            put(at_ns, "C", side, price, left.pop(order_id), order_id, last=False)
            left[new_id] = lots
            put(at_ns, "A", side, price, lots, new_id)
        elif what in ("hidden", "cross"):
            put(at_ns, "T", -side if what == "hidden" else 0, price, lots, 0)
        else:
            left[order_id] -= lots
            if what.startswith("execute"):
                put(at_ns, "T", -side, price, lots, 0, last=False)
                put(at_ns, "F", side, price, lots, order_id, last=False)
            if left[order_id] and number % 2:
                put(at_ns, "M", side, price, left[order_id], order_id)
            else:
                put(at_ns, "C", side, price, lots, order_id)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

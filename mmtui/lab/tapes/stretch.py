"""A stretch cut out of a recording while it is read, whatever its length."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mmtui.lab.tapes.formats.rows import DELETE, EXECUTE, NEW
from mmtui.market.tape.lobster import Messages
from mmtui.units import NS_PER_S


def cut(blocks: Iterator[Messages], from_s: float, lasts_s: float | None) -> Iterator[Messages]:
    """The messages from some seconds after the first one on, with the orders of that time placed before them.

    Memory grows with the orders alive, not with the messages.

    Args:
        blocks: messages in blocks.
        from_s: when the stretch begins.
        lasts_s: how long it is; None for the rest of the recording.
    """
    start_ns: int | None = None
    end_ns = 0
    live: dict[int, list[int]] | None = {}
    for block in blocks:
        if start_ns is None:
            start_ns = int(block.times_ns[0]) + round(from_s * NS_PER_S)
            end_ns = 2**62 if lasts_s is None else start_ns + round(lasts_s * NS_PER_S)
        first = int(np.searchsorted(block.times_ns, start_ns))
        last = int(np.searchsorted(block.times_ns, end_ns, side="right"))
        if live is not None and from_s > 0:
            _follow(live, block.take(slice(0, first)))
            if first < len(block):
                if live:
                    yield _standing(live, start_ns)
                live = None
        else:
            live = None
        if first < last:
            yield block.take(slice(first, last))
        if last < len(block):
            return


def _follow(live: dict[int, list[int]], part: Messages) -> None:
    """Keep the orders alive: id to lots, price and side, oldest first."""
    columns = (part.kinds, part.ids, part.sizes, part.prices, part.sides)
    for kind, order_id, lots, price, side in zip(*(column.tolist() for column in columns), strict=True):
        if kind == NEW:
            live[order_id] = [lots, price, side]
        elif kind == DELETE:
            live.pop(order_id, None)
        elif kind <= EXECUTE and order_id in live:
            order = live[order_id]
            order[0] -= lots
            if order[0] <= 0:
                del live[order_id]


def _standing(live: dict[int, list[int]], at_ns: int) -> Messages:
    rows = [(0, at_ns, NEW, order_id, lots, price, side) for order_id, (lots, price, side) in live.items()]
    return Messages(*np.array(rows, dtype=np.int64).T)

"""The lives of a tape's orders: those alive, and messages checked against them and put into lots, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from mmtui.market.tape.lobster import Faults, MessageKind, Messages

_NEW, _DELETE, _EXECUTE = int(MessageKind.NEW), int(MessageKind.DELETE), int(MessageKind.EXECUTE)


class Alive:
    """The orders alive after the messages so far: memory grows with them, not with the messages."""

    def __init__(self) -> None:
        #: Lots left, price and side by id, oldest first.
        self._orders: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._orders)

    def follow(self, messages: Messages) -> None:
        """Follow some more messages; one about an order that is not there changes nothing."""
        orders = self._orders
        columns = (messages.kinds, messages.ids, messages.sizes, messages.prices, messages.sides)
        for kind, order_id, lots, price, side in zip(*(column.tolist() for column in columns), strict=True):
            if kind == _NEW:
                orders[order_id] = [lots, price, side]
            elif kind == _DELETE:
                orders.pop(order_id, None)
            elif kind <= _EXECUTE and order_id in orders:
                order = orders[order_id]
                order[0] -= lots
                if order[0] <= 0:
                    del orders[order_id]

    def placed(self, at_ns: int) -> Messages:
        """The messages that place them, all at one time."""
        rows = [(0, at_ns, _NEW, order_id, lots, price, side) for order_id, (lots, price, side) in self._orders.items()]
        return Messages(*np.array(rows, dtype=np.int64).reshape(-1, 7).T)


def stream_lives(blocks: Iterator[Messages], faults: Faults) -> Iterator[Messages]:
    """Yields blocks without the messages that do not fit their orders; see :func:`check_lives`."""
    alive = Alive()
    for block in blocks:
        fitting = _continued(alive, block, lambda messages: check_lives(messages, faults))
        alive.follow(fitting)
        if len(fitting):
            yield fitting


def stream_lots(blocks: Iterator[Messages], lot: int) -> Iterator[Messages]:
    """Yields blocks in lots of so many units; see :func:`in_lots`."""
    alive = Alive()
    for block in blocks:
        in_them = _continued(alive, block, lambda messages: in_lots(messages, lot))
        alive.follow(block)
        if len(in_them):
            yield in_them


def _continued(alive: Alive, block: Messages, change: Callable[[Messages], Messages]) -> Messages:
    """What becomes of a block by a function of whole tapes, to which those alive are placed ahead of it."""
    before = alive.placed(int(block.times_ns[0]))
    return change(Messages.join([before, block])).take(slice(len(before), None))


def in_lots(messages: Messages, lot: int) -> Messages:
    """Returns messages that fit their orders, whose sizes are in the file's units, with sizes in lots of so many.

    Where a size is not a whole number of lots, an order counts as the next whole number for as long as any of it is
    left; what then takes off no lot is left out.
    """
    halt = messages.kinds == MessageKind.HALT
    sizes = np.where(halt, messages.sizes, np.maximum(1, np.rint(messages.sizes / lot).astype(np.int64)))
    about = np.flatnonzero(messages.kinds <= MessageKind.EXECUTE)
    about = about[np.argsort(messages.ids[about], kind="stable")]
    changes = np.where(messages.kinds[about] == MessageKind.NEW, 1, -1) * messages.sizes[about]
    # Of an order that is gone the sum is zero, so that it need not be known where each begins.
    after = np.cumsum(changes)
    first = np.append(True, messages.ids[about][1:] != messages.ids[about][:-1])[: len(about)]
    starts = np.flatnonzero(first)
    after = after - np.repeat((after - changes)[starts], np.diff(np.append(starts, len(about))))
    sizes[about] = np.abs(-(-after // lot) + (changes - after) // lot)
    return replace(messages, sizes=sizes).take((sizes > 0) | halt)


def check_lives(messages: Messages, faults: Faults) -> Messages:
    """Returns the messages without those that do not fit their orders.

    A new order has an id that no other order then has; any other message refers to an order that is there, at its price
    and side, and takes no more lots than it has; a deletion takes all of them.

    Raises:
        InputError: unless faults are lenient, for the first that does not fit.
    """
    about = np.flatnonzero(messages.kinds <= _EXECUTE)
    about = about[np.argsort(messages.ids[about], kind="stable")]
    if not len(about):
        return messages
    orders = messages.take(about)
    fresh = orders.kinds == _NEW
    lots = np.where(fresh, orders.sizes, -orders.sizes)
    first = np.append(True, orders.ids[1:] != orders.ids[:-1])
    so_far = np.cumsum(lots)
    starts = np.flatnonzero(first)
    after = so_far - np.repeat((so_far - lots)[starts], np.diff(np.append(starts, len(lots))))
    # Where the order of each message was placed; of no meaning for one that was not.
    made = np.maximum.accumulate(np.where(fresh, np.arange(len(lots)), 0))
    known = after - lots > 0
    elsewhere = (orders.prices != orders.prices[made]) | (orders.sides != orders.sides[made])
    whole = (orders.kinds != _DELETE) | (after == 0)
    wrong = np.where(fresh, known, ~known | elsewhere | (after < 0) | ~whole)
    if not wrong.any():
        return messages
    # What is wrong changes nothing, so that later faults of its order need not be some: these orders are followed.
    followed = np.sort(about[np.isin(orders.ids, orders.ids[wrong])])
    found = _misfits(messages.take(followed))
    misfits = followed[list(found)]
    reasons = np.array(list(found.values()))
    faults.sift(
        messages.take(misfits),
        [(reason, detail, reasons == number) for number, (reason, detail) in enumerate(_MISFITS)],
    )
    keep = np.ones(len(messages), dtype=np.bool_)
    keep[misfits] = False
    return messages.take(keep)


#: How a message may not fit its order.
_MISFITS = (
    ("order id used twice", "order {ids} is there already"),
    ("unknown order", "there is no order {ids}"),
    ("other price", "order {ids} is not at this price and side"),
    ("too many lots", "order {ids} has fewer than {sizes} lots left"),
    ("lots left", "a deletion of order {ids} leaves lots of it; expected all"),
)


def _misfits(messages: Messages) -> dict[int, int]:
    """The messages that do not fit their orders, and how, as numbers of ``_MISFITS``."""
    found: dict[int, int] = {}
    left: dict[int, int] = {}
    stands: dict[int, tuple[int, int]] = {}
    columns = (messages.kinds, messages.ids, messages.sizes, messages.prices, messages.sides)
    for at, (kind, order_id, lots, *where) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        there = left.get(order_id, 0)
        if kind == _NEW:
            if there:
                found[at] = 0
            else:
                left[order_id], stands[order_id] = lots, tuple(where)
        elif not there:
            found[at] = 1
        elif stands[order_id] != tuple(where):
            found[at] = 2
        elif lots > there:
            found[at] = 3
        elif kind == _DELETE and lots < there:
            found[at] = 4
        else:
            left[order_id] = there - lots
    return found

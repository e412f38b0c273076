"""Reading a tape from its files: checked and completed, with its units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmtui.errors import InputError
from mmtui.files import is_file
from mmtui.lab.tapes.books import Reading, complete, infer_opening, read_books, uncrossed
from mmtui.market.core.exchange import Exchange
from mmtui.market.tape.lobster import Faults, MessageKind, Messages, Units, check_lives, read_messages
from mmtui.market.tape.tape_market import TapeFlow
from mmtui.market.tape.tape_orders import TapeOrders
from mmtui.units import NS_PER_S

_FOREVER_NS = 10**6 * NS_PER_S


@dataclass(frozen=True, kw_only=True)
class TapeSource:
    """The files of a tape and how to read them.

    Attributes:
        messages: LOBSTER's message file.
        orderbook: the file to check and complete it with, if any.
        tick: units of the file's prices in a tick; None for the largest step that all orders' prices are on.
        lot: units of the file's sizes in a lot.
        lenient: whether to skip and count wrong rows.
        infer: whether orders without a placement were there before the first message.
    """

    messages: Path
    orderbook: Path | None = None
    tick: int | None = None
    lot: int = 1
    lenient: bool = False
    infer: bool = False


@dataclass(frozen=True, kw_only=True)
class Tape:
    """A tape, read.

    Attributes:
        source: its files.
        units: of the files' numbers.
        messages: every order is placed before any other message refers to it.
        rows: correct messages in the file.
        reading: what was inserted, and what was compared.
        skipped: wrong rows, by reason.
    """

    source: TapeSource
    units: Units
    messages: Messages
    rows: int
    reading: Reading
    skipped: Counter[str]

    @property
    def seconds(self) -> float:
        """Seconds from the first message to the last."""
        times = self.messages.times_ns
        return float(times[-1] - times[0]) / NS_PER_S

    @property
    def complete(self) -> bool:
        """Whether the file can be played as it is."""
        return len(self.messages) == self.rows and not self.skipped


def orderbook_beside(messages: Path) -> Path | None:
    """Returns the orderbook file beside a message file, by LOBSTER's or similar names; None unless there is one."""
    if "message" not in messages.name:
        return None
    before, _, after = messages.name.partition("message")
    exact = messages.with_name(f"{before}orderbook{after}")
    if is_file(exact):
        return exact
    found = [path for path in messages.parent.glob("*orderbook*.csv*") if path.name.startswith(before)]
    return found[0] if len(found) == 1 else None


def read_tape(source: TapeSource) -> Tape:
    """Read a tape. Raises InputError with file and line when it is wrong."""
    path = source.messages
    faults = Faults(str(path), source.lenient)
    units = Units(source.tick or _tick(path), source.lot)
    messages = read_messages(path, units, faults)
    rows = len(messages)
    if source.orderbook is not None:
        reading = complete(messages, read_books(source.orderbook, units), faults)
    elif source.infer:
        reading = infer_opening(messages, faults)
    else:
        reading = Reading(messages)
    try:
        messages = check_lives(reading.messages, faults)
        if source.orderbook is None:
            messages = check_lives(uncrossed(messages, faults), faults)
    except InputError as error:
        if source.orderbook is None and not source.infer and "there is no order" in str(error):
            raise InputError(
                f"{error}; if it stood before the first message, give the orderbook file, or have such orders put in"
            ) from None
        raise
    return Tape(source=source, units=units, messages=messages, rows=rows, reading=reading, skipped=faults.skipped)


def replay(tape: Tape) -> Iterator[tuple[int, Exchange]]:
    """Yields the line of each message of the file, and the exchange after it and what was inserted behind it.

    The first is line 0, with the orders before the first message. It is always the same exchange, which changes; an
    order of the tape has the id :func:`~mmtui.market.tape.tape_orders.book_id` in it.
    """
    exchange = Exchange("")
    times, actions, rows = TapeFlow(TapeOrders(exchange), tape.messages, 0).part(_FOREVER_NS)
    line = 0
    for of, now_ns, action, row in zip(
        tape.messages.lines.tolist(), times.tolist(), actions, rows.tolist(), strict=True
    ):
        if of:
            yield line, exchange
            line = of
        action(now_ns, row)
    yield line, exchange


def _tick(path: Path) -> int:
    """Returns the largest step that the prices of all visible orders are on."""
    messages = read_messages(path, Units(1), Faults(str(path), lenient=True))
    prices = messages.prices[messages.kinds <= MessageKind.EXECUTE]
    return max(1, int(np.gcd.reduce(prices))) if len(prices) else 1

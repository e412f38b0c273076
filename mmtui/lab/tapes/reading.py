"""Reading a tape from its files: checked and completed, with its units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from mmtui.errors import InputError
from mmtui.files import is_file
from mmtui.lab.tapes.books import Reading, complete, infer_opening, read_books, uncrossed
from mmtui.lab.tapes.formats.known import Choice, open_recording
from mmtui.lab.tapes.formats.rows import Recording
from mmtui.market.core.draws import Ints
from mmtui.market.core.exchange import Exchange
from mmtui.market.tape.lobster import (
    LATEST_S,
    Faults,
    MessageKind,
    Messages,
    Units,
    check_lives,
    in_lots,
    in_ticks,
    read_messages,
)
from mmtui.market.tape.tape_market import TapeFlow
from mmtui.market.tape.tape_orders import TapeOrders
from mmtui.units import NS_PER_S

_FOREVER_NS = 10**6 * NS_PER_S


@dataclass(frozen=True, kw_only=True)
class TapeSource:
    """The files of a tape and how to read them.

    Attributes:
        messages: LOBSTER's message file, or a recording in another format.
        orderbook: the file to check and complete it with, if any.
        tick: units of the file's prices in a tick; None for the largest step that all orders' prices are on.
        lot: units of the file's sizes in a lot; None for the largest of 1, 2, 5, 10, 20, ... that almost all orders'
            sizes are multiples of, and in which they mostly have two digits or more.
        lenient: whether to skip and count wrong rows.
        infer: whether orders without a placement were there before the first message.
        choice: what of a recording in another format is read.
    """

    messages: Path
    orderbook: Path | None = None
    tick: int | None = None
    lot: int | None = 1
    lenient: bool = False
    infer: bool = False
    choice: Choice = field(default_factory=Choice)


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
        rounded: orders whose sizes are not whole numbers of lots.
        recording: what there is to say of one in another format; None for LOBSTER's.
    """

    source: TapeSource
    units: Units
    messages: Messages
    rows: int
    reading: Reading
    skipped: Counter[str]
    rounded: int = 0
    recording: Recording | None = None

    @property
    def seconds(self) -> float:
        """Seconds from the first message to the last."""
        times = self.messages.times_ns
        return float(times[-1] - times[0]) / NS_PER_S

    @property
    def complete(self) -> bool:
        """Whether the file can be played as it is."""
        whole = len(self.messages) == self.rows and not self.skipped and not self.rounded
        return whole and self.recording is None

    @property
    def share(self) -> float:
        """Shares, or coins, in a unit of the file's sizes, as far as the format tells."""
        return 1.0 if self.recording is None else self.recording.share


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
    """Read a tape. Raises InputError with file and line when it is wrong.

    What a recording in another format has that does not fit its orders is left out and counted.
    """
    path = source.messages
    recording = Recording()
    blocks = open_recording(path, source.choice, recording)
    if blocks is not None:
        return _recorded(source, Messages.join(list(blocks)), recording)
    faults = Faults(str(path), source.lenient)
    units = Units(source.tick or 1, source.lot or 1)
    messages = read_messages(path, units, faults)
    rows = len(messages)
    if source.tick is None:
        units = Units(_tick(messages), units.lot)
        messages = in_ticks(messages, units.tick)
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
    tape = Tape(source=source, units=units, messages=messages, rows=rows, reading=reading, skipped=faults.skipped)
    return tape if source.lot is not None else in_lots_of(tape, _lot(_placed(messages)))


def in_lots_of(tape: Tape, lot: int) -> Tape:
    """A tape that was read with a lot of one unit, in lots of so many units; sizes between are rounded."""
    return replace(
        tape,
        units=Units(tape.units.tick, lot),
        messages=in_lots(tape.messages, lot) if lot > 1 else tape.messages,
        rounded=int((_placed(tape.messages) % lot != 0).sum()),
    )


def _placed(messages: Messages) -> Ints:
    sizes: Ints = messages.sizes[messages.kinds == MessageKind.NEW]
    return sizes


def _recorded(source: TapeSource, messages: Messages, recording: Recording) -> Tape:
    """A tape of a recording whose messages are in its own units."""
    if not len(messages):
        raise InputError(f"{source.messages}: {recording.nothing}")
    within_a_day(messages, source.messages)
    rows = len(messages)
    faults = Faults(str(source.messages), lenient=True)
    faults.skipped = recording.skipped
    units = Units(source.tick or _tick(messages), 1)
    messages = check_lives(uncrossed(check_lives(in_ticks(messages, units.tick), faults), faults), faults)
    tape = Tape(
        source=source,
        units=units,
        messages=messages,
        rows=rows,
        reading=Reading(messages),
        skipped=faults.skipped,
        recording=recording,
    )
    return in_lots_of(tape, source.lot or _lot(_placed(messages)))


def within_a_day(messages: Messages, path: Path) -> None:
    """Raise InputError for messages too late for LOBSTER's times of day."""
    if len(messages) and messages.times_ns[-1] >= LATEST_S * NS_PER_S:
        raise InputError(
            f"{path}: goes on for more than a day; mmtui tape convert --from SECONDS --duration SECONDS cuts out a part"
        )


def replay(tape: Tape) -> Iterator[tuple[int, Exchange]]:
    """Yields the line of each message of the file, and the exchange after it and what was inserted behind it.

    The first is line 0, with the orders before the first message. It is always the same exchange, which changes; an
    order of the tape has the id :func:`~mmtui.market.tape.tape_orders.book_id` in it.
    """
    exchange = Exchange("")
    flow = TapeFlow(TapeOrders(exchange), tape.messages, 0)
    part = flow.part(_FOREVER_NS)
    assert part.kinds is not None
    line = 0
    for of, now_ns, kind, row in zip(
        tape.messages.lines.tolist(), part.times.tolist(), part.kinds.tolist(), part.rows.tolist(), strict=True
    ):
        if of:
            yield line, exchange
            line = of
        flow.act(now_ns, kind, row)
    yield line, exchange


#: A price is mostly more ticks than this, and its tick so many of LOBSTER's units.
_FEW_TICKS, _USUAL = 4, (100, 50, 10, 5, 1)


def _tick(messages: Messages) -> int:
    """Returns the largest step that the prices of all visible orders are on."""
    prices = messages.prices[messages.kinds <= MessageKind.EXECUTE]
    step = max(1, int(np.gcd.reduce(prices))) if len(prices) else 1
    if len(prices) and prices.min() < _FEW_TICKS * step:
        # So few prices do not show the step: a cent, or a fraction of one.
        step = next(usual for usual in _USUAL if step % usual == 0)
    return step


#: A lot divides so large a part of the sizes, and the middle one of them is so many lots at least.
_DIVIDES, _DIGITS = 0.95, 10


def _lot(sizes: Ints) -> int:
    """Returns the units in a lot that suits the sizes of orders; see :class:`TapeSource`."""
    lots = [digit * 10**power for power in range(12) for digit in (1, 2, 5)]
    middle = float(np.median(sizes)) if len(sizes) else 0.0
    fitting = [lot for lot in lots if middle >= _DIGITS * lot and (sizes % lot == 0).mean() >= _DIVIDES]
    return max(fitting, default=1)

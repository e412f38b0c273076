"""Reading a tape from its files: checked and completed, with its units."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmtui.errors import InputError
from mmtui.files import is_file
from mmtui.lab.tapes.books import Reading, complete, infer_opening, read_books, uncrossed
from mmtui.lab.tapes.formats.known import Choice, open_recording
from mmtui.lab.tapes.formats.rows import OpenRecording
from mmtui.lab.tapes.stretch import cut
from mmtui.market.core.draws import Ints
from mmtui.market.core.exchange import Exchange
from mmtui.market.tape.lives import check_lives, in_lots, stream_lives, stream_lots
from mmtui.market.tape.lobster import LATEST_S, Faults, MessageKind, Messages, Units, in_ticks, read_blocks
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


class Window(NamedTuple):
    """What a level needs of a tape: its start, so many seconds after the first message or as much later as it roams.

    ``duration_s`` is None for all that comes after. The trades just before the start are needed, too.
    """

    from_s: float
    roam_s: float
    duration_s: float | None


@dataclass(frozen=True, kw_only=True)
class Tape:
    """A tape, or a window of one, read.

    Attributes:
        source: its files.
        units: of the files' numbers.
        messages: every order is placed before any other message refers to it.
        start_s: seconds of the tape before these.
        rows: correct messages in the file, as far as it was read.
        reading: what was inserted, and what was compared.
        skipped: wrong rows, by reason.
        rounded: orders whose sizes are not whole numbers of lots.
        recording: what there is to say of one in another format; None for LOBSTER's.
    """

    source: TapeSource
    units: Units
    messages: Messages
    start_s: float = 0.0
    rows: int
    reading: Reading
    skipped: Counter[str]
    rounded: int = 0
    recording: OpenRecording | None = None

    @property
    def seconds(self) -> float:
        """Seconds from the first message to the last."""
        times = self.messages.times_ns
        return float(times[-1] - times[0]) / NS_PER_S

    @property
    def complete(self) -> bool:
        """Whether the file can be played as it is."""
        whole = len(self.messages) == self.rows and bool((self.messages.lines > 0).all())
        return whole and not self.skipped and not self.rounded and self.recording is None

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


class TapeReader:
    """A tape that is read in blocks, in memory that grows with the orders alive and not with its length.

    With an orderbook file, or where orders are taken to have stood before the first message, it is one block: what is
    inserted depends on what comes later.

    Args:
        source: its files. Without a tick they are read once beforehand, to find it.

    Attributes:
        source: its files.
        units: of the files' numbers.
        recording: what there is to say of one in another format than LOBSTER's, as far as it was read; likewise:
        rows: correct messages in the file.
        first_ns, last_ns: times of the first and the last of them.
        reading: what was inserted, and what was compared.
        rounded: orders whose sizes are not whole numbers of lots.

    Raises:
        InputError: with file and line when it is wrong, now or on the way. What a recording in another format has that
            does not fit its orders is left out and counted.
    """

    def __init__(self, source: TapeSource) -> None:
        self.source = source
        self.rows = self.rounded = self.first_ns = self.last_ns = 0
        self.reading = Reading()
        recording = OpenRecording()
        self.recording = None if open_recording(source.messages, source.choice, recording) is None else recording
        self._faults = self._new_faults()
        if self.recording is not None:
            self._faults.skipped = self.recording.skipped
        self.units = Units(source.tick or _tick(self._read(1, self._new_faults(), OpenRecording())), source.lot or 1)

    @property
    def skipped(self) -> Counter[str]:
        """Wrong rows, by reason."""
        return self._faults.skipped

    def blocks(self) -> Iterator[Messages]:
        """Yields the messages: every order is placed before any other message refers to it."""
        nothing = True
        for block in self._placed_first():
            nothing = False
            yield block
        if nothing:
            raise InputError(f"{self.source.messages}: holds no orders that anybody sees")

    def _placed_first(self) -> Iterator[Messages]:
        source, faults = self.source, self._faults
        blocks = self._counted(self._read(self.units.tick, faults, self.recording))
        if self.recording is not None:
            blocks = _fitting(blocks, faults)
            yield from blocks if self.units.lot == 1 else stream_lots(self._rounded(blocks), self.units.lot)
        elif source.orderbook is not None:
            whole, self.reading = complete(_joined(blocks), read_books(source.orderbook, self.units), faults)
            yield check_lives(whole, faults)
        elif source.infer:
            whole, self.reading = infer_opening(_joined(blocks), faults)
            yield from _fitting(iter([whole]), faults)
        else:
            try:
                yield from _fitting(blocks, faults)
            except InputError as error:
                if "there is no order" not in str(error):
                    raise
                raise InputError(
                    f"{error}; if it stood before the first message, give the orderbook file, or have such orders put "
                    "in"
                ) from None

    def _new_faults(self) -> Faults:
        return Faults(str(self.source.messages), self.source.lenient or self.recording is not None)

    def _read(self, tick: int, faults: Faults, recording: OpenRecording | None) -> Iterator[Messages]:
        """The rows of the file by themselves."""
        path = self.source.messages
        if recording is None or self.recording is None:
            return read_blocks(path, Units(tick, self.source.lot or 1), faults)
        blocks = open_recording(path, self.source.choice, recording)
        assert blocks is not None
        return (in_ticks(block, tick) for block in within_a_day(blocks, path))

    def _counted(self, blocks: Iterator[Messages]) -> Iterator[Messages]:
        for block in blocks:
            if not self.rows:
                self.first_ns = int(block.times_ns[0])
            self.last_ns = int(block.times_ns[-1])
            self.rows += len(block)
            yield block
        if not self.rows and self.recording is not None:
            raise InputError(f"{self.source.messages}: {self.recording.nothing}")

    def _rounded(self, blocks: Iterator[Messages]) -> Iterator[Messages]:
        for block in blocks:
            self.rounded += int((_placed(block) % self.units.lot != 0).sum())
            yield block


def _fitting(blocks: Iterator[Messages], faults: Faults) -> Iterator[Messages]:
    """Messages that fit their orders, none of which trades on arrival."""
    return stream_lives(uncrossed(stream_lives(blocks, faults), faults), faults)


def _joined(blocks: Iterator[Messages]) -> Messages:
    return Messages.join(list(blocks))


def read_tape(source: TapeSource, window: Window | None = None) -> Tape:
    """Read a tape whole, or what a level needs of it, so that nothing else is held.

    Raises:
        InputError: as :class:`TapeReader`, or the tape ends before the window.
    """
    reader = TapeReader(source)
    blocks = reader.blocks()
    if window is not None:
        latest_s = window.from_s + window.roam_s
        start_s = max(0.0, window.from_s - Exchange.TAPE_NS / NS_PER_S)
        end_s = None if window.duration_s is None else latest_s + window.duration_s - start_s
        blocks = cut(blocks, start_s, end_s)
    messages = _joined(blocks)
    lasts_s = (reader.last_ns - reader.first_ns) / NS_PER_S
    if window is not None and latest_s > lasts_s:
        raise InputError(f"{source.messages}: the tape lasts {lasts_s:g} s; expected a start in it, not {latest_s:g} s")
    tape = Tape(
        source=source,
        units=reader.units,
        messages=messages,
        start_s=(int(messages.times_ns[0]) - reader.first_ns) / NS_PER_S if len(messages) else 0.0,
        rows=reader.rows,
        reading=reader.reading,
        skipped=reader.skipped,
        rounded=reader.rounded,
        recording=reader.recording,
    )
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


def within_a_day(blocks: Iterator[Messages], path: Path) -> Iterator[Messages]:
    """Yields blocks. Raises InputError for messages too late for LOBSTER's times of day."""
    for block in blocks:
        if block.times_ns[-1] >= LATEST_S * NS_PER_S:
            raise InputError(
                f"{path}: goes on for more than a day; mmtui tape convert --from SECONDS --duration SECONDS cuts out a "
                "part"
            )
        yield block


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


def _tick(blocks: Iterator[Messages]) -> int:
    """Returns the largest step that the prices of all visible orders are on."""
    step, least = 0, 0
    for block in blocks:
        prices = block.prices[block.kinds <= MessageKind.EXECUTE]
        if len(prices):
            step = math.gcd(step, int(np.gcd.reduce(prices)))
            least = min(least or int(prices.min()), int(prices.min()))
    if step and least < _FEW_TICKS * step:
        # So few prices do not show the step: a cent, or a fraction of one.
        step = next(usual for usual in _USUAL if step % usual == 0)
    return step or 1


#: A lot divides so large a part of the sizes, and the middle one of them is so many lots at least.
_DIVIDES, _DIGITS = 0.95, 10


def _lot(sizes: Ints) -> int:
    """Returns the units in a lot that suits the sizes of orders; see :class:`TapeSource`."""
    lots = [digit * 10**power for power in range(12) for digit in (1, 2, 5)]
    middle = float(np.median(sizes)) if len(sizes) else 0.0
    fitting = [lot for lot in lots if middle >= _DIGITS * lot and (sizes % lot == 0).mean() >= _DIVIDES]
    return max(fitting, default=1)

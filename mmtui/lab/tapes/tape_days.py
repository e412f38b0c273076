"""A tape as a recorded day, to be measured like a day of our markets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from mmtui.lab.research.recorded_day import Day, DayRecorder
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.draws import Ints
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.ladder import PriceLadder
from mmtui.market.tape.lobster import MessageKind, Messages
from mmtui.market.tape.tape_market import TapeFlow
from mmtui.market.tape.tape_orders import TapeOrders
from mmtui.units import NS_PER_S

_BLOCK_NS = 10 * NS_PER_S


@dataclass
class Tally:
    """Messages counted as they go by.

    Attributes:
        kinds: how many there were of each kind, from 1.
        inside: how many of these came after the first instant and not after the last whole second.
        volume: lots traded; the executions of a cross's instant are its own.
    """

    kinds: Ints = field(default_factory=lambda: np.zeros(len(MessageKind), dtype=np.int64))
    inside: Ints = field(default_factory=lambda: np.zeros(len(MessageKind), dtype=np.int64))
    volume: int = 0

    def watch(self, blocks: Iterator[Messages]) -> Iterator[Messages]:
        """Yields the blocks, counted."""
        first_ns = second_ns = 0
        # Messages of the second under way, which may be the last one and go on in the next block.
        under_way = Messages.join([])
        for block in blocks:
            first_ns = first_ns or int(block.times_ns[0])
            self.kinds += _by_kind(block.kinds)
            known = Messages.join([under_way, block])
            second_ns = int(known.times_ns[-1]) - (int(known.times_ns[-1]) - first_ns) % NS_PER_S
            last = int(np.searchsorted(known.times_ns, second_ns))
            self._count(known.take(slice(last)), first_ns, second_ns)
            under_way = known.take(slice(last, None))
            yield block
        self._count(under_way, first_ns, second_ns)

    def _count(self, messages: Messages, first_ns: int, second_ns: int) -> None:
        inside = (messages.times_ns > first_ns) & (messages.times_ns <= second_ns)
        self.inside += _by_kind(messages.kinds[inside])
        self.volume += _traded(messages)


def _by_kind(kinds: Ints) -> Ints:
    return np.bincount(kinds, minlength=len(MessageKind) + 1)[1:]


def _traded(messages: Messages) -> int:
    cross = messages.kinds == MessageKind.CROSS
    traded = (messages.kinds == MessageKind.EXECUTE) | (messages.kinds == MessageKind.HIDDEN)
    traded = cross | (traded & ~np.isin(messages.times_ns, messages.times_ns[cross]))
    return int(messages.sizes[traded].sum())


def _open(first: Messages) -> Exchange:
    """An exchange whose empty sides are where the tape begins: at the middle of what its first instant leaves."""
    seen = first.prices[first.kinds <= MessageKind.EXECUTE]
    start = int(seen[0]) if len(seen) else 2
    tried = Exchange("", PriceLadder(start - 1, start + 1))
    TapeFlow(TapeOrders(tried), first, int(first.times_ns[0])).skip_to(0)
    start = math.floor(tried.mid)
    return Exchange("", PriceLadder(start - 1, start + 1))


def tape_day(blocks: Iterator[Messages], tally: Tally) -> Day:
    """Record a tape that is read while it is played: it holds a block of it, the book, and 64 bytes a trade.

    Args:
        blocks: its messages; the first has some.
        tally: counts them.
    """
    blocks = tally.watch(blocks)
    first = next(blocks)
    exchange = _open(first)
    flow = TapeFlow(TapeOrders(exchange), first, int(first.times_ns[0]), blocks)
    recorder = DayRecorder(exchange)
    flow.skip_to(0)
    clock = Scheduler([flow], 0, _BLOCK_NS)
    for second in count():
        if not flow.reaches(second * NS_PER_S):
            break
        clock.advance(second * NS_PER_S)
        recorder.sample()
    limits, cancels = (int(tally.inside[kind - 1]) for kind in (MessageKind.NEW, MessageKind.DELETE))
    return recorder.day(limits, cancels)

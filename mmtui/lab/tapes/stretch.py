"""A stretch cut out of a recording while it is read, whatever its length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mmtui.market.tape.lives import Alive
from mmtui.market.tape.lobster import MessageKind, Messages
from mmtui.units import NS_PER_S


def cut(blocks: Iterator[Messages], from_s: float, lasts_s: float | None) -> Iterator[Messages]:
    """The messages from some seconds after the first one on, behind the orders of that time and the last halt.

    Memory grows with the orders alive, not with the messages.

    Args:
        blocks: messages in blocks.
        from_s: when the stretch begins.
        lasts_s: how long it is; None for the rest of the recording.
    """
    start_ns: int | None = None
    end_ns = 0
    alive: Alive | None = Alive() if from_s > 0 else None
    halt: Messages | None = None
    for block in blocks:
        if start_ns is None:
            start_ns = int(block.times_ns[0]) + round(from_s * NS_PER_S)
            end_ns = 2**62 if lasts_s is None else start_ns + round(lasts_s * NS_PER_S)
        first = int(np.searchsorted(block.times_ns, start_ns))
        last = int(np.searchsorted(block.times_ns, end_ns, side="right"))
        if alive is not None:
            before = block.take(slice(0, first))
            alive.follow(before)
            halts = before.take(before.kinds == MessageKind.HALT)
            halt = halts.take(slice(-1, None)) if len(halts) else halt
            if first < len(block):
                if len(alive):
                    yield alive.placed(start_ns)
                if halt is not None:
                    yield replace(halt, lines=halt.lines * 0, times_ns=np.array([start_ns]))
                alive = None
        if first < last:
            yield block.take(slice(first, last))
        if last < len(block):
            return

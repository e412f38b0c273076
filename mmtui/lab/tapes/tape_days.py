"""A tape as a recorded day, to be measured like a day of our markets."""

from __future__ import annotations

from mmtui.lab.research.recorded_day import Day, DayRecorder
from mmtui.market.tape.lobster import MessageKind, Messages
from mmtui.market.tape.tape_market import TapeMarket
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.units import NS_PER_S


def tape_day(spec: TapeSpec, messages: Messages, seconds: int | None = None) -> Day:
    """Record a stretch of a tape.

    Args:
        spec: the tape, and from when.
        messages: its messages.
        seconds: how long; None for as long as it lasts.
    """
    market = TapeMarket(spec, 0, messages)
    recorder = DayRecorder(market.exchange)
    lasts = market.lasts_ns // NS_PER_S if seconds is None else seconds
    for second in range(lasts + 1):
        market.clock.advance(second * NS_PER_S)
        recorder.sample()
    from_ns = int(messages.times_ns[0]) + round(spec.from_s * NS_PER_S)
    inside = (messages.times_ns > from_ns) & (messages.times_ns <= from_ns + lasts * NS_PER_S)
    limits, cancels = (int((inside & (messages.kinds == kind)).sum()) for kind in (MessageKind.NEW, MessageKind.DELETE))
    return recorder.day(limits, cancels)

"""A session does not grow with its length, but for the maker's own fills and four samples a second."""

from __future__ import annotations

import gc
import tracemalloc

import msgspec
import pytest

from mmtui.level.level import load_level
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from tests.unit.session.support import S

MINUTE = 60 * S
#: Four samples a second, and what an array keeps in reserve.
SAMPLES_A_MINUTE = 60 * 4 * 8 * 9 // 8
#: The flow drawn ahead and the book are now larger, now smaller. Trades or orders kept would cost several times this.
SLACK = 60_000


@pytest.mark.slow
def test_half_an_hour_more_takes_no_more_memory() -> None:
    level = msgspec.structs.replace(load_level("first-quotes"), duration_s=3_600)
    tracemalloc.start()
    try:
        # Without par, whose own fills grow.
        session = Session(level, 1, par=NoPar())
        held = []
        for minutes in (20, 50):
            session.advance(minutes * MINUTE)
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert session.market_facts().trades > 2_000
    assert held[1] - held[0] < 30 * SAMPLES_A_MINUTE + SLACK

"""Who holds too much while somebody sells: a small loss at once is less than the one that comes later."""

from __future__ import annotations

import math
from statistics import fmean, stdev

import pytest

from mmtui.book import Side
from mmtui.level.level import load_level
from mmtui.session.commands import Take
from mmtui.session.session import Session
from mmtui.units import NS_PER_S

LEVEL = load_level("unwanted-inventory")
SEEDS = range(9_001, 9_013)


def sold_from(at_s: int, seed: int) -> float:
    """The PnL of selling the whole position at the bid, 50 lots every two seconds, and doing nothing else."""
    session = Session(LEVEL, seed)
    session.advance(at_s * NS_PER_S)
    while session.maker.gateway.position > 0 and session.over is None:
        session.submit(Take(Side.SELL, min(50, session.maker.gateway.position)))
        session.advance(min(session.now_ns + 2 * NS_PER_S, session.end_ns))
    session.advance(session.end_ns)
    return session.maker.total


@pytest.mark.slow
def test_a_small_loss_early_is_far_less_than_the_later_one() -> None:
    """Over 20 seeds 7,051 against 15,665, the difference with a standard deviation of 6,000: 1,700 over 12 seeds."""
    early, late = ([sold_from(at_s, seed) for seed in SEEDS] for at_s in (3, 170))
    gained = [one - other for one, other in zip(early, late, strict=True)]
    assert fmean(gained) > 3 * stdev(gained) / math.sqrt(len(gained))
    assert fmean(late) < 1.5 * fmean(early) < 0

"""A market in which answers are known: a mid that walks by a tick, and takers who reach a quote by a known chance."""

from __future__ import annotations

import math
from functools import cache

from mmtui.level.level import Level, parse_level
from mmtui.session.commands import Peg
from mmtui.session.par import NoPar
from mmtui.session.replay import Script
from mmtui.session.session import Session
from mmtui.units import NS_PER_S

STEP_S, RATE, DECAY = 0.1, 2.0, 0.25

_BROWNIAN = f"""
id = "brownian"
title = "Brownian"
number = 99
situation = "Nobody else quotes."
lesson = "None."
duration_s = 60
naive = "idle"
lesson_strategy = "fixed"
par = "idle"

[market]
kind = "intensity"
instrument = {{ symbol = "B", currency = "USD", tick = 1.0, lot = 1, price = 10000.0 }}
sigma = {1.0 / math.sqrt(STEP_S)}
rate = {RATE}
decay = {DECAY}
step_ms = {STEP_S * 1000}

[maker]
position_limit = 1000
max_order = 1
latency_ms = 0
interval_ms = {STEP_S * 1000}

[score]
point = 1.0
weights = {{ pnl = 1.0 }}
"""


@cache
def brownian() -> Level:
    """The level: steps of a tenth of a second, by a tick up or down."""
    return parse_level(_BROWNIAN, "brownian.toml")


def gain_a_step(half_spread: int) -> float:
    """The expected PnL of a step with both quotes so many ticks from the mid: 2·δ·A·dt·e^(−kδ), in ticks.

    A fill earns δ against the mid, and the mid is a martingale, so that positions earn nothing on average.
    """
    return 2 * half_spread * RATE * STEP_S * math.exp(-DECAY * half_spread)


def pegged(seed: int, half_spread: int, until_s: int = 6) -> Script:
    """A session with quotes so many ticks from the mid from its start on."""
    session = Session(brownian(), seed, par=NoPar())
    session.submit(Peg(half_spread, 0.0, 1))
    session.advance(until_s * NS_PER_S)
    return Script.of(session)

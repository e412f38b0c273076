"""Levels with a hedge instrument of each kind, for tests."""

from __future__ import annotations

import msgspec

from mmtui.level.level import Level, parse_level

_HEAD = """
id = "{kind}"
title = "Hedge"
number = 1
situation = "There is a hedge."
lesson = "Hedge."
duration_s = {duration_s}
naive = "skew"
lesson_strategy = "hedged"
par = "idle"

[maker]
position_limit = 50
max_order = 25

[score]
point = 10.0
weights = {{ pnl = 0.5, inventory = 0.2, markout = 0.1, presence = 0.2 }}

[market]
preset = "us-100"
"""

_HEDGES = {
    "none": "",
    "future": """
[[hedges]]
kind = "future"
name = "IDX"
price = 5000.0
beta = 1.2
correlation = 0.9
tick = 0.25
multiplier = 5.0
half_spread = 0.5
limit = 100
fee = 0.2
rate = 0.04
dividend_yield = 0.015
""",
    "index": """
[[hedges]]
kind = "index"
name = "SPOT"
basis_sd = 2.0
basis_half_life_s = 60.0
tick = 0.01
multiplier = 100.0
half_spread = 0.5
limit = 100
rate = 0.04
dividend_yield = 0.03
""",
    "put": """
[[hedges]]
kind = "put"
name = "P100"
strike = 100.0
volatility = 0.25
expiry_days = 5
tick = 0.01
multiplier = 100.0
half_spread = 0.5
limit = 200
fee = 0.1
""",
    "call": """
[[hedges]]
kind = "call"
name = "C100"
strike = 100.0
volatility = 0.25
expiry_days = 5
tick = 0.01
multiplier = 100.0
half_spread = 0.5
limit = 200
""",
}

KINDS = tuple(kind for kind in _HEDGES if kind != "none")


def text(kind: str, duration_s: int = 60) -> str:
    """The text of a level with a hedge instrument of a kind; "none" for none, "all" for one of each."""
    head = _HEAD.format(kind=kind, duration_s=duration_s)
    return head + ("".join(_HEDGES.values()) if kind == "all" else _HEDGES[kind])


def level(kind: str, duration_s: int = 60, *, position: int = 0, latency_ms: float = 20.0) -> Level:
    """That level."""
    found = parse_level(text(kind, duration_s), f"{kind}.toml")
    maker = msgspec.structs.replace(found.maker, position=position, latency_ms=latency_ms)
    return msgspec.structs.replace(found, maker=maker)

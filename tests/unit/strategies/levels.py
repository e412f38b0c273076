"""Levels made for strategies to be tried in: those who trade know more, nothing happens, and prices that come back."""

from __future__ import annotations

from functools import cache

from mmtui.level.level import Level, parse_level

_LEVEL = """
id = "{name}"
title = "A test"
number = 1
situation = "A market to try strategies in."
lesson = "None."
duration_s = {duration_s}
naive = "idle"
lesson_strategy = "idle"
par = "idle"

[market]
preset = "{preset}"
{market}

[maker]
position_limit = 20
max_order = 20

[obligation]
max_width = 8

[score]
point = 10.0
weights = {{ pnl = 0.4, inventory = 0.2, markout = 0.2, presence = 0.2 }}
"""

_ADVERSE = """
value = { sigma = 1.2, sv_std = 0.2, jump_rate = 0.0 }
noise_market = { rate = 0.4 }
informed = { ahead_s = 8.0, rate = 1.0, rate_per_gap = 0.3, mean_size = 5.0, edge = 1.0 }
rivals = { lag_s = 3.0 }
"""
_CALM = "value = { sv_std = 0.2, jump_rate = 0.0 }"
_REVERTING = """value = { sigma = 1.5, sv_std = 0.2, jump_rate = 0.0, reversion = 0.05 }
impact = { weight = 0.0, permanent = 0.0 }"""
_TREND = "value = { sigma = 0.6, sv_std = 0.2, jump_rate = 0.0, trend = 0.25 }"


def _level(name: str, preset: str, market: str, duration_s: int = 300) -> Level:
    text = _LEVEL.format(name=name, preset=preset, market=market, duration_s=duration_s)
    return parse_level(text, f"{name}.toml")


@cache
def adverse() -> Level:
    """The informed see 8 s ahead and trade large, the rivals learn late; the spread looks as it always does."""
    return _level("adverse", "us-100", _ADVERSE)


@cache
def calm(preset: str = "us-100") -> Level:
    """A market as it is, with hardly changing volatility and no jumps."""
    return _level("calm", preset, _CALM)


@cache
def reverting() -> Level:
    """The value comes back to where it started, with a half-life of 14 s."""
    return _level("reverting", "us-100", _REVERTING, 420)


@cache
def trend() -> Level:
    """The value runs away, a quarter of a tick a second."""
    return _level("trend", "us-100", _TREND, 420)

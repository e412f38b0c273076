"""What happens while a level runs: the market changes, the value jumps, news is read; at set times or drawn ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from mmtui.market.draws import generator
from mmtui.market.instrument import NS_PER_S, FiniteFloat, NonNegativeFloat, PositiveFloat
from mmtui.market.kinds import AnyMarketSpec


class EventSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From a time on the market is another one.

    Attributes:
        at_s: when, in seconds since the level's start.
        until_s: the time is drawn between ``at_s`` and this one; it is ``at_s`` if left out.
        headline: what the maker reads then, if anything.
        jump: ticks by which the latent value jumps.
        jump_sd: standard deviation, in ticks, of what is drawn besides.
        either_way: whether a coin decides the sign of the whole jump.
        market: the market from then on.
    """

    at_s: PositiveFloat
    until_s: PositiveFloat | None = None
    headline: str | None = None
    jump: FiniteFloat = 0.0
    jump_sd: NonNegativeFloat = 0.0
    either_way: bool = False
    market: AnyMarketSpec

    @property
    def latest_s(self) -> float:
        """The last moment at which it may happen."""
        return self.at_s if self.until_s is None else self.until_s

    @property
    def jumps(self) -> bool:
        """Whether the latent value jumps."""
        return self.jump != 0 or self.jump_sd != 0


class Happening(NamedTuple):
    """An event under a seed: its time in nanoseconds, the market from then on, the jump in ticks, the headline."""

    at_ns: int
    market: AnyMarketSpec
    jump: float
    headline: str | None


def happenings(events: Iterable[EventSpec], seed: int) -> list[Happening]:
    """What a level's events come to under a seed; three draws an event, from a generator of its own."""
    found = []
    for number, event in enumerate(events):
        rng = generator(seed, f"event-{number}")
        part, size, coin = float(rng.random()), float(rng.standard_normal()), float(rng.random())
        at_s = event.at_s + part * (event.latest_s - event.at_s)
        jump = event.jump + event.jump_sd * size
        if event.either_way and coin < 0.5:
            jump = -jump
        found.append(Happening(round(at_s * NS_PER_S), event.market, jump, event.headline))
    return found

"""A market's usual state, which its rules publish."""

from __future__ import annotations

import msgspec

from mmtui.units import PositiveFloat, PositiveInt


class NormalSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What everybody knows of the market's usual state.

    Attributes:
        spread: time-weighted, in ticks.
        volatility: of the mid over a second, in ticks.
        size: lots at the best price.
    """

    spread: PositiveFloat
    volatility: PositiveFloat
    size: PositiveInt

"""A market's usual state, which its rules publish."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mmtui.units import PositiveInt

#: The fewest ticks that strategies can reckon with; a book that is locked all the time has less.
LEAST = 0.01
_Length = Annotated[float, msgspec.Meta(ge=LEAST, le=1e9)]


class NormalSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What everybody knows of the market's usual state.

    Attributes:
        spread: time-weighted, in ticks.
        volatility: of the mid over a second, in ticks.
        size: lots at the best price.
    """

    spread: _Length
    volatility: _Length
    size: PositiveInt

"""Nanoseconds, and the bounded numbers of which schemas are made."""

from __future__ import annotations

from typing import Annotated

import msgspec

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000

# Bounded above, since TOML and JSON numbers may be infinite.
PositiveFloat = Annotated[float, msgspec.Meta(gt=0, le=1e12)]
NonNegativeFloat = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
FiniteFloat = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]

"""Nanoseconds, the bounded numbers of which schemas are made, and numbers read from text."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000

# Bounded above, since TOML and JSON numbers may be infinite.
PositiveFloat = Annotated[float, msgspec.Meta(gt=0, le=1e12)]
NonNegativeFloat = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
FiniteFloat = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
BoundedInt = Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
PositiveInt = Annotated[int, msgspec.Meta(gt=0, le=10**12)]

#: The most ticks, or lots, that anybody may ask for: floats count that far without gaps.
MOST_ASKED = 2**53
#: The largest seed on the command line.
MOST_SEED = 10**18

_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,400}\.?\d{0,400}|\.\d{1,400})([eE][+-]?\d{1,3})?", re.ASCII)


def bound_text(bound: float) -> str:
    """Return a bound in few characters: 1e9, not 1e+09."""
    return re.sub(r"e\+?(-?)0*", r"e\1", f"{bound:g}") if abs(bound) >= 1e6 or bound != int(bound) else str(int(bound))


def whole_number(text: str) -> int:
    """Read a whole number in plain digits. Raises ValueError."""
    if not _WHOLE.fullmatch(text.strip()):
        raise ValueError("expected a whole number")
    return int(text)


def decimal_text(text: str) -> str:
    """Return a decimal number's text, perhaps with an exponent. Raises ValueError for anything else, such as nan."""
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError("expected a number")
    return text.strip()

"""What a fit has simulated so far, kept in a file from which it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from mmtui.errors import InputError
from mmtui.files import NO_JSON, read, write
from mmtui.lab.market_fit.fit import MOMENTS, Search
from mmtui.lab.market_fit.observed import Observed
from mmtui.lab.market_fit.parameters import Family
from mmtui.market.core.draws import Floats
from mmtui.version import ENGINE


class Generations(msgspec.Struct):
    """The statistics of every market simulated, generation by generation; None where a market lacks one."""

    fit: str
    generations: list[list[list[float | None]]] = []


class SearchFile:
    """Keeps a search's generations.

    Args:
        path: the file; it is there only while the fit is not finished.
        of: what is fitted: a file kept of anything else is refused.
    """

    def __init__(self, path: Path, of: str) -> None:
        self._path = path
        self._kept = Generations(of)

    def resume(self, search: Search) -> int:
        """Have a search learn what it had already simulated; returns how many markets.

        Raises:
            InputError: the file is of another fit, or is damaged.
        """
        if not self._path.exists():
            return 0
        try:
            kept = msgspec.json.decode(read(self._path), type=Generations)
        except (OSError, msgspec.MsgspecError, *NO_JSON) as error:
            raise InputError(f"{self._path}: cannot be read as the beginning of a fit: {error}") from None
        if kept.fit != self._kept.fit:
            raise InputError(f"{self._path}: is the beginning of another fit; remove it to start this one anew")
        for generation in kept.generations:
            if any(len(moments) != len(MOMENTS) for moments in generation) or len(generation) != search.generation:
                raise InputError(f"{self._path}: is damaged; remove it to start anew")
            search.advance([np.array(moments, dtype=np.float64) for moments in generation])
        self._kept = kept
        return len(search.points)

    def keep(self, generation: Sequence[Floats]) -> None:
        """Keep another generation. Raises OutputError."""
        self._kept.generations.append(
            [[float(value) if np.isfinite(value) else None for value in moments] for moments in generation]
        )
        write(self._path, msgspec.json.encode(self._kept))

    def done(self) -> None:
        """Remove the file."""
        self._path.unlink(missing_ok=True)


def identity(family: Family, seen: Observed, seed: int, markets: int) -> str:
    """What a fit is of: the engine, the recording, the markets searched and how many of them, the seed."""
    found = sha256()
    for part in (ENGINE, seed, markets, family.parameters, family.assumed, dict(family.base), seen.seconds):
        found.update(repr(part).encode())
    for column in (seen.at, seen.bid, seen.ask, seen.arrivals.lots, seen.takers.lots):
        found.update(column.tobytes())
    return found.hexdigest()

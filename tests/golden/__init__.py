"""Digests of sessions, kept in ``digests.json``: every level, or its first ten minutes, a few strategies, two seeds.

They pin everything that happens in a session, so any change to the market, the book, the maker, a strategy or a level
shows here. They belong to an engine number: whoever alters sessions raises ``ENGINE`` in ``mmtui/version.py``, states
the reason in the message of the commit, and records them anew:

    python -m tests.golden --write

Where only a level's own file has changed, journals of it, which hold the level whole, come out as before and the number
stays; name the level:

    python -m tests.golden --write skew
"""

from __future__ import annotations

import json
import struct
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import ClassVar
from unittest.mock import patch

from mmtui.level.level import level_ids, load_level
from mmtui.session.digest import Digest
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
from mmtui.version import ENGINE

FILE = Path(__file__).parent / "digests.json"
#: The same sessions' digests over the records without order ids.
FILE_WITHOUT_IDS = Path(__file__).parent / "without_ids.json"
STRATEGIES = ("fixed", "skew", "avellaneda-stoikov", "reckless")
SEEDS = (1, 2)
#: The campaign's levels, and the one on a market that was fitted to a recording.
LEVELS = (*level_ids(), "btc-usd")
_LONGEST_NS = 600 * NS_PER_S

Digests = dict[str, dict[str, dict[str, str]]]


def digests(kind: type[Digest] = Digest) -> Digests:
    """Digest by level, strategy and seed, computed now."""
    return {
        level_id: {
            strategy: {str(seed): digest_of(level_id, strategy, seed, kind) for seed in SEEDS}
            for strategy in STRATEGIES
        }
        for level_id in LEVELS
    }


def recorded(file: Path = FILE) -> Digests:
    """Those of the file."""
    found: Digests = json.loads(file.read_text(encoding="utf-8"))["sessions"]
    return found


def recorded_engine(file: Path = FILE) -> int:
    """The engine number that those of the file belong to."""
    return int(json.loads(file.read_text(encoding="utf-8"))["engine"])


def write(changed: Collection[str] = ()) -> str:
    """Record the digests of now, unless they would be others under the same engine number; says why not.

    Args:
        changed: levels whose files have changed, whose digests may be others.
    """
    found, engine = digests(), recorded_engine(FILE)
    altered = [level for level in _altered(recorded(FILE), found) if level not in changed]
    if altered and engine >= ENGINE:
        return (
            f"the digests of {', '.join(altered)} differ from those recorded for engine {engine}: raise "
            "ENGINE in mmtui/version.py, or name the levels whose files you have changed"
        )
    for file, sessions in ((FILE, found), (FILE_WITHOUT_IDS, digests(WithoutIds))):
        file.write_text(json.dumps({"engine": ENGINE, "sessions": sessions}, indent=1) + "\n")
    return ""


def _altered(before: Digests, now: Digests) -> list[str]:
    """Levels of which a session that was recorded comes out otherwise."""
    return [
        level
        for level, strategies in before.items()
        if any(
            now.get(level, {}).get(strategy, {}).get(seed, digest) != digest
            for strategy, seeds in strategies.items()
            for seed, digest in seeds.items()
        )
    ]


def digest_of(level_id: str, strategy: str, seed: int, kind: type[Digest] = Digest) -> str:
    """The digest of a session, over the records that a kind of digest takes in."""
    with patch("mmtui.session.session.Digest", kind):
        session = Session(load_level(level_id), seed, strategy, par=NoPar())
    session.advance(min(session.end_ns, _LONGEST_NS))
    return session.digest


class WithoutIds(Digest):
    """SHA-256 over the same records without the order ids in them, which say nothing but how ids are handed out."""

    #: By kind of record, the places of ids in it.
    _IDS: ClassVar = {1: (4, 5), 2: (3,), 3: (2,)}

    def __init__(self) -> None:
        super().__init__()
        self._hash = sha256()

    def add(self, numbers: tuple[int, ...]) -> None:
        """Take in one record."""
        ids = self._IDS.get(numbers[0], ()) if len(numbers) > 4 else ()
        others = [number for place, number in enumerate(numbers) if place not in ids]
        self._hash.update(struct.pack(f"<{len(others)}q", *others))

    def hexdigest(self) -> str:
        """The digest of all that was taken in so far."""
        return self._hash.hexdigest()

"""Digests of sessions, kept in ``digests.json``: every level, or its first ten minutes, a few strategies, two seeds.

They pin everything that happens in a session, so any change to the market, the book, the maker, a strategy or a level
shows here. They change only with a stated reason, in the message of the commit that changes them:

    python -m tests.golden --write
"""

from __future__ import annotations

import json
from pathlib import Path

from mmtui.level.level import level_ids, load_level
from mmtui.session.session import Session
from mmtui.units import NS_PER_S

FILE = Path(__file__).parent / "digests.json"
STRATEGIES = ("fixed", "skew", "avellaneda-stoikov", "reckless")
SEEDS = (1, 2)
_LONGEST_NS = 600 * NS_PER_S

Digests = dict[str, dict[str, dict[str, str]]]


def digests() -> Digests:
    """Digest by level, strategy and seed, computed now."""
    return {
        level_id: {
            strategy: {str(seed): digest_of(level_id, strategy, seed) for seed in SEEDS} for strategy in STRATEGIES
        }
        for level_id in level_ids()
    }


def recorded() -> Digests:
    """Those of the file."""
    found: Digests = json.loads(FILE.read_text())
    return found


def write() -> None:
    """Make those of now the recorded ones."""
    FILE.write_text(json.dumps(digests(), indent=1) + "\n")


def digest_of(level_id: str, strategy: str, seed: int) -> str:
    session = Session(load_level(level_id), seed, strategy)
    session.advance(min(session.end_ns, _LONGEST_NS))
    return session.digest

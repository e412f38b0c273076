"""``python -m tests.corpus``: pins journals of this engine in tests/files, once for each engine that is released.

A hand that draws its commands plays the first minute of several levels: every kind of command is in them. From then on
every version with this engine's number plays them again to their digests, see ``tests/unit/test_earlier_files.py``.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from mmtui.book import Side
from mmtui.level.level import Level, load_level
from mmtui.session import commands
from mmtui.session.journal_file import JournalWriter
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
from mmtui.version import ENGINE

FILES = Path(__file__).parent / "files"
#: Levels with all that markets have: halts, events, hedges, an institution, an index.
LEVELS = ("first-quotes", "volatility-spike", "vcm", "hedge", "index-future")
_LONGEST_S = 60


def path_of(level_id: str) -> Path:
    """Where the journal of a level is pinned, for this engine."""
    return FILES / f"engine-{ENGINE}-{level_id}.jsonl"


def short(level_id: str) -> Level:
    """The first minute of a level."""
    level = load_level(level_id)
    events = tuple(event for event in level.events if event.at_s < _LONGEST_S)
    return msgspec.structs.replace(level, duration_s=_LONGEST_S, events=events)


def drawn(session: Session, rng: random.Random) -> Iterator[commands.AnyCommand]:
    """A command of every kind now and then."""
    exchange, level = session.market.exchange, session.level
    side = rng.choice(list(Side))
    best = round(exchange.mid)
    size = rng.randint(1, 5)
    found: list[commands.AnyCommand] = [
        commands.Quote(side, best - side * rng.randint(1, 4) * exchange.step, size, rng.random() < 0.3),
        commands.Join(side, size, rng.randint(0, 1)),
        commands.Take(side, size),
        commands.Shift(rng.randint(-1, 1), rng.randint(-1, 1)),
        commands.Move(side, best - side, best - side * 2),
        commands.Cancel(rng.choice([None, side])),
        commands.Flatten(),
        commands.Reverse(),
        commands.Peg(rng.choice([1.0, 1.5, 2.0]), 0.0, size, rng.choice(["mid", "microprice"])),
        commands.Fix(),
        commands.Undo(),
        commands.Ready("skew"),
        commands.HandOver(rng.choice(["skew", "glft", "touch"])),
        commands.TakeBack(),
    ]
    for hedge in level.hedges:
        found += [commands.Hedge(hedge.name, side, 1), commands.HedgeAll(hedge.name)]
    yield rng.choice(found)


def pin(level_id: str) -> None:
    """Play and pin one."""
    session = Session(short(level_id), 11)
    writer = JournalWriter(path_of(level_id), session)
    rng = random.Random(level_id)
    while session.over is None:
        for command in drawn(session, rng):
            session.submit(command)
        session.advance(session.now_ns + rng.randint(1, NS_PER_S))
    writer.close()


if __name__ == "__main__":
    there = [str(path_of(level_id)) for level_id in LEVELS if path_of(level_id).exists()]
    if there:
        sys.exit(f"these are pinned: {', '.join(there)}")
    for name in LEVELS:
        pin(name)

"""A folder of journals: played by hand, each by a key of its own, and some that are not what they seem."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mmtui.level.level import Level
from mmtui.session.commands import AnyCommand, HandOver, Peg
from mmtui.session.journal_file import JournalWriter, Try
from mmtui.session.session import Session
from mmtui.session.signing import SigningKey
from tests.unit.session.support import S


def key_of(number: int) -> SigningKey:
    """A player's key."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


def by_hand(half_spread: float = 2.0, at_ns: int = S) -> list[tuple[int, AnyCommand]]:
    """The commands of somebody who lets quotes follow the mid."""
    return [(at_ns, Peg(half_spread, 0.0, 2))]


def by_strategy() -> list[tuple[int, AnyCommand]]:
    """The commands of somebody who has a strategy quote."""
    return [(S, HandOver("skew"))]


def write(
    path: Path,
    level: Level,
    seed: int,
    player: int,
    commands: list[tuple[int, AnyCommand]],
    *,
    name: str | None = None,
    minute: int = 0,
    attempt: int = 1,
) -> Path:
    """Play a level and keep its journal.

    Args:
        player: whose key signs it.
        name: what the player is called.
        minute: of the hour in which it was begun.
        attempt: which try the journal says it is.
    """
    session = Session(level, seed)
    about = Try(number=attempt, begun=f"2026-11-27T10:{minute:02}:00Z", name=name, key=key_of(player))
    writer = JournalWriter(path, session, about=about)
    for at_ns, command in commands:
        session.advance(at_ns)
        session.submit(command)
    session.advance(session.end_ns)
    writer.close()
    return path

"""What a player is called who has not chosen a name: two words and a number that follow from the public key."""

from __future__ import annotations

from hashlib import sha256

_FIRST = (
    *("amber", "brisk", "calm", "deft", "eager", "frank", "grey", "hardy"),
    *("inky", "jolly", "keen", "lucid", "mild", "nimble", "olive", "plain"),
)
_SECOND = (
    *("badger", "crane", "dipper", "egret", "finch", "grebe", "heron", "ibis"),
    *("jackdaw", "kite", "linnet", "merlin", "otter", "plover", "rook", "swift"),
)


def pseudonym(key: str) -> str:
    """The pseudonym of a public key.

    >>> pseudonym("00" * 32)
    'amber-badger-11'
    """
    drawn = sha256(key.encode()).digest()
    return f"{_FIRST[drawn[0] % 16]}-{_SECOND[drawn[1] % 16]}-{drawn[2] % 90 + 10}"

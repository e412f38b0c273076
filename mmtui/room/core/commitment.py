"""A seed that nobody could have chosen afterwards: published as a digest before the market opens, shown at its end.

The commitment is the SHA-256 of the text ``SEED:NONCE``, the seed in decimal and the nonce in hexadecimal digits.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

import msgspec

_BITS = 128


class Secret(msgspec.Struct, frozen=True):
    """A seed, and what is hashed along with it so that the seed cannot be guessed from the commitment."""

    seed: int
    nonce: str

    @classmethod
    def new(cls, seed: int | None = None) -> Secret:
        """A new one, of 128 random bits unless the seed is given."""
        return cls(secrets.randbits(_BITS) if seed is None else seed, secrets.token_hex(_BITS // 8))

    @property
    def commitment(self) -> str:
        """What is published of it at the start."""
        return sha256(f"{self.seed}:{self.nonce}".encode()).hexdigest()

"""The digest of a session: every trade, every event of the maker's orders, and how it ended."""

from __future__ import annotations

import sys
from array import array
from hashlib import sha256

_FLUSH_AT = 8192


class Digest:
    """SHA-256 over a stream of integers, each as eight bytes, least significant first."""

    def __init__(self) -> None:
        self._hash = sha256()
        self._pending: list[int] = []

    def __deepcopy__(self, memo: object) -> Digest:
        other = Digest()
        other._hash, other._pending = self._hash.copy(), self._pending.copy()
        return other

    def add(self, *numbers: int) -> None:
        """Take in one record."""
        self._pending += numbers
        if len(self._pending) >= _FLUSH_AT:
            self._flush()

    def hexdigest(self) -> str:
        """The digest of all that was taken in so far."""
        self._flush()
        return self._hash.hexdigest()

    def _flush(self) -> None:
        packed = array("q", self._pending)
        if sys.byteorder == "big":
            packed.byteswap()
        self._hash.update(packed.tobytes())
        self._pending.clear()

"""The digest of a session: every trade, every event of the maker's orders, and how it ended."""

from __future__ import annotations

import struct
from hashlib import sha256

from mmtui.book import Trade

_BLOCK = 8192
_TRADE_RECORD = 1


class Digest:
    """SHA-256 over a stream of integers, each as eight bytes, least significant first, taken in block by block.

    Each block's hash starts with the hash of the blocks before it, so that what there is between two blocks is bytes,
    which can be copied and sent elsewhere. A block ends with the record that fills it.
    """

    def __init__(self) -> None:
        self._before = b""
        self._block: list[int] = []

    def add(self, numbers: tuple[int, ...]) -> None:
        """Take in one record."""
        self._block += numbers
        if len(self._block) >= _BLOCK:
            self._before = self._hashed()
            self._block.clear()

    def on_print(self, now_ns: int, trade: Trade, mid_before: float) -> None:
        """Take in a trade."""
        self.add((_TRADE_RECORD, now_ns, *trade))

    def hexdigest(self) -> str:
        """The digest of all that was taken in so far."""
        return self._hashed().hex()

    def _hashed(self) -> bytes:
        block = self._block
        return sha256(self._before + struct.pack(f"<{len(block)}q", *block)).digest()

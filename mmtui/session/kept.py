"""Copies kept as bytes: small, and nothing that Python's collector of cycles has to look through."""

from __future__ import annotations

import io
import pickle
from types import FunctionType
from typing import Any, Generic, TypeVar

from mmtui.desk import Fill
from mmtui.level.level import Level
from mmtui.market.tape.lobster import Messages

Held = TypeVar("Held")


class Kept(Generic[Held]):
    """A session with its watchers as they were, of which any number of copies can be made in this process.

    Classes, functions, levels, recorded tapes and finished fills are shared with the copies.
    """

    def __init__(self, held: Held) -> None:
        self._shared: list[object] = []
        file = io.BytesIO()
        pickler = _Pickler(file, pickle.HIGHEST_PROTOCOL)
        pickler.shared = self._shared
        pickler.dump(held)
        self._content = file.getvalue()

    def copy(self) -> Held:
        """A new copy."""
        unpickler = _Unpickler(io.BytesIO(self._content))
        unpickler.shared = self._shared
        held: Held = unpickler.load()
        return held


class _Pickler(pickle.Pickler):
    shared: list[object]

    def persistent_id(self, obj: Any) -> int | None:
        if isinstance(obj, type | FunctionType | Level | Messages) or (isinstance(obj, Fill) and obj.is_finished):
            self.shared.append(obj)
            return len(self.shared) - 1
        return None


class _Unpickler(pickle.Unpickler):
    shared: list[object]

    def persistent_load(self, pid: int) -> object:
        return self.shared[pid]

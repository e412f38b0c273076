"""Modules in the folder of a strategy's file, which it may import: they are found there, and run afresh with it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from mmtui.files import temporary_copies


class _FolderFinder(MetaPathFinder):
    """Finds modules that are nowhere else in the folder of the strategy's file that was run last."""

    def __init__(self) -> None:
        self._folder = ""
        self._found: set[str] = set()

    def enter(self, folder: str) -> None:
        """Look in this folder from now on; what was found in another, or in an earlier state of it, is forgotten."""
        if self not in sys.meta_path:
            sys.meta_path.append(self)
        for name in [name for name in sys.modules if name.partition(".")[0] in self._found]:
            del sys.modules[name]
        self._found.clear()
        self._folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is, as Python asks for it."""
        if path is not None or not self._folder:
            return None
        spec = PathFinder.find_spec(fullname, [self._folder])
        if spec is not None:
            self._found.add(fullname)
        return spec


_FINDER = _FolderFinder()


def import_from(folder: str) -> None:
    """Have modules imported from a folder too, after all other places. Those of the folder before are forgotten."""
    _FINDER.enter(folder)


def placed_modules(modules: Mapping[str, bytes]) -> str:
    """Return a folder of this machine that holds modules sent from another, by their paths in it."""
    digest = sha256(b"".join(path.encode() + b"\0" + sha256(code).digest() for path, code in sorted(modules.items())))
    return str(temporary_copies(digest.hexdigest(), modules))

"""Modules in the folder of a strategy's file, which it may import: they are found there, and run afresh with it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.abc import MetaPathFinder
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    PathFinder,
    SourceFileLoader,
)
from types import CodeType, ModuleType

from mmtui.files import temporary_copies


class _SourceLoader(SourceFileLoader):
    """Compiles a module's text, which is what is known of it; a compiled copy beside it could be of another."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the module's code."""
        return self.source_to_code(self.get_data(self.path), self.path)


class _SourceFinder(FileFinder):
    """Finds modules in a folder, and those of its packages, by their text."""

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return where a module is; its package's folder is looked through in the same way."""
        spec = super().find_spec(fullname, target)
        for folder in (spec and spec.submodule_search_locations) or ():
            _look_into(folder)
        return spec


def _look_into(folder: str) -> None:
    """Have modules in a folder found by their text alone."""
    loaders = (ExtensionFileLoader, EXTENSION_SUFFIXES), (_SourceLoader, SOURCE_SUFFIXES)
    sys.path_importer_cache[folder] = _SourceFinder(folder, *loaders)


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
        _look_into(folder)

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

"""The compiled build: extension modules in place of their Python sources, if they were built from just these sources.

``.ci/build``, or a wheel, puts them into ``mmtui/_compiled`` with the digests of the sources. They are used together or
not at all, since they hold each other's data. ``MMTUI_PURE=1`` in the environment leaves them alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from pathlib import Path
from types import ModuleType

_PACKAGE = Path(__file__).resolve().parent
_BUILT = _PACKAGE / "_compiled"
#: Of each source, and of the types beside it, the SHA-256 and the path in the package, as ``sha256sum`` writes them.
_DIGESTS = _BUILT / "SHA256SUMS"


class _Loader(ExtensionFileLoader):
    """Loads an extension module, which then says that it comes from its source."""

    def __init__(self, name: str, path: str, source: Path) -> None:
        super().__init__(name, path)
        self._source = str(source)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module."""
        module.__file__ = self._source
        super().exec_module(module)


class _Finder:
    """Finds the compiled modules, by name."""

    def __init__(self, modules: dict[str, tuple[str, Path]]) -> None:
        self._modules = modules

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a compiled module; None of any other."""
        found = self._modules.get(fullname)
        if found is None:
            return None
        extension, source = found
        return ModuleSpec(fullname, _Loader(fullname, extension, source), origin=extension)


def use_compiled() -> str:
    """Have compiled modules imported from now on, if there are any and they fit; returns which build runs."""
    if not _DIGESTS.is_file():
        return "plain Python"
    if os.environ.get("MMTUI_PURE", "") not in ("", "0"):
        return "plain Python, as MMTUI_PURE asks"
    from hashlib import sha256

    modules = {}
    for line in _DIGESTS.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        source = _PACKAGE / name
        if source.suffix == ".py":
            module = name.removesuffix(".py")
            extension = _BUILT / (module + EXTENSION_SUFFIXES[0])
            if not extension.is_file():
                return "plain Python: what is compiled is for another Python"
            modules["mmtui." + module.replace("/", ".")] = str(extension), source
        if not source.is_file() or sha256(source.read_bytes()).hexdigest() != digest:
            return f"plain Python: {name} has changed since it was compiled"
    sys.meta_path.insert(0, _Finder(modules))
    return "compiled"

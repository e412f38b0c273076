"""Where the program's own files are, and what files of its making are called."""

from __future__ import annotations

from pathlib import Path

#: What a level may be called, which its file is named after.
LEVEL_ID = "^[a-z0-9][a-z0-9-]*$"

_PACKAGE = Path(__file__).resolve().parent


def levels_dir(package: Path = _PACKAGE) -> Path:
    """The directory of the levels: inside the installed package, or beside it in a clone.

    Args:
        package: the directory of ``mmtui``.
    """
    packed = package / "levels"
    return packed if packed.is_dir() else package.parent / "levels"


def presets_dir() -> Path:
    """The directory of the named markets."""
    return _PACKAGE / "market" / "presets"


def untaken(path: Path) -> Path:
    """The path, or with a number if it is taken: what a file is set aside or copied as, over no other."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found

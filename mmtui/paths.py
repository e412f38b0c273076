"""Where the program's own files are."""

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

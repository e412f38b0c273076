"""Where the program's own data files are."""

from __future__ import annotations

from pathlib import Path

import mmtui


def levels_dir() -> Path:
    """The folder of the shipped levels: inside the package when installed, beside it in a checkout."""
    package = Path(mmtui.__file__).parent
    packed = package / "levels"
    return packed if packed.is_dir() else package.parent / "levels"

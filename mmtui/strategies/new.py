"""Starts a strategy of the user's own from the skeleton."""

from __future__ import annotations

import shlex
from importlib.resources import files
from pathlib import Path

from mmtui.errors import InputError


def write_skeleton(path: Path) -> str:
    """Write the skeleton to a new file; its commands name that file.

    Returns:
        What the strategy in it is called by on the command line.

    Raises:
        InputError: the file is there already, cannot be written, or is not called ``.py``.
    """
    if path.suffix != ".py":
        raise InputError(f"{path}: a strategy's file ends in .py")
    name = path.as_posix()
    spec = f"{name}:MyMaker"
    text = (files("mmtui.strategies") / "skeleton.py").read_text(encoding="utf-8")
    text = text.replace("my.py:MyMaker", shlex.quote(spec))
    create(path, text)
    return spec


def create(path: Path, text: str) -> None:
    """Write text to a new file. Raises InputError where there is one already or none can be written."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path}: is there already; expected a name that is free") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None

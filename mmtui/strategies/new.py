"""Starts a file of the user's own, a strategy or another, from its skeleton."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

from mmtui.errors import InputError
from mmtui.files import write


def write_skeleton(path: Path) -> str:
    """Write a strategy's skeleton to a new file; the commands in it name that file.

    Returns:
        The strategy's spec on the command line.

    Raises:
        InputError: the file exists already, or is not called ``.py``.
        OutputError: it cannot be written.
    """
    if path.suffix != ".py":
        raise InputError(f"{path}: a strategy's file ends in .py")
    spec = f"{path.as_posix()}:MyMaker"
    from_skeleton(path, "mmtui.strategies", "skeleton.py", {"my.py:MyMaker": shlex.quote(spec)})
    return spec


def from_skeleton(
    path: Path, package: str, name: str, words: Mapping[str, str], change: Callable[[str], str] = str
) -> None:
    """Write a package's file to a new one, with some of its words replaced, and then changed.

    Raises:
        InputError: the new file exists already.
        OutputError: it cannot be written.
    """
    text = (files(package) / name).read_text(encoding="utf-8")
    text = re.sub(rf"\b({'|'.join(map(re.escape, words))})\b", lambda found: words[found[0]], text)
    try:
        write(path, change(text), new=True)
    except FileExistsError:
        raise InputError(f"{path}: is there already; expected a name that is free") from None

"""Starts a level of the user's own from the skeleton."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from mmtui.errors import InputError
from mmtui.files import write
from mmtui.level.json_schema import FILE, schema_text
from mmtui.strategies.new import from_skeleton


def write_skeleton(path: Path) -> None:
    """Write the skeleton to a new file, after whose name the level is called, and beside it the schema that it names.

    Raises:
        InputError: the file is there already, or is not called as a level can be.
        OutputError: it cannot be written.
    """
    name = path.stem
    if path.suffix != ".toml" or not re.fullmatch("[a-z0-9][a-z0-9-]*", name):
        raise InputError(f"{path}: a level's file is called by small letters, digits and hyphens, and ends in .toml")
    words = {"FILE": shlex.quote(str(path)), "ID": name, "TITLE": name.replace("-", " ").capitalize()}
    from_skeleton(path, "mmtui.level", "skeleton.toml", words)
    write(path.with_name(FILE), schema_text())

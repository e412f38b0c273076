"""Sections of a document that a command writes: between ``<!-- NAME -->`` and ``<!-- end of NAME -->``."""

from __future__ import annotations

import re
from pathlib import Path

from mmtui.errors import InputError


def section(path: Path, name: str) -> str:
    """Returns the text of a section. Raises InputError if the file cannot be read or has no such section."""
    return _split(path, name)[1]


def write_section(path: Path, name: str, text: str) -> None:
    """Replaces the text of a section. Raises InputError if the file cannot be written or has no such section."""
    before, _, after = _split(path, name)
    try:
        path.write_text(f"{before}{text}{after}", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


def _split(path: Path, name: str) -> tuple[str, str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    found = re.search(rf"(?s)(.*<!-- {name} -->\n)(.*?)(<!-- end of {name} -->.*)", text)
    if found is None:
        raise InputError(f"{path}: expected a line <!-- {name} --> and after it a line <!-- end of {name} -->")
    return found[1], found[2], found[3]

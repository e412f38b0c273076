"""Sections of a document that a command writes: between ``<!-- NAME -->`` and ``<!-- end of NAME -->``."""

from __future__ import annotations

import re
from pathlib import Path

from mmtui.errors import InputError
from mmtui.files import read, write


def section(path: Path, name: str) -> str:
    """Returns the text of a section. Raises InputError if the file cannot be read or has no such section."""
    return _split(path, name)[1]


def write_section(path: Path, name: str, text: str) -> None:
    """Replaces the text of a section. Raises InputError if there is none, or OutputError."""
    before, _, after = _split(path, name)
    write(path, f"{before}{text}{after}")


def _split(path: Path, name: str) -> tuple[str, str, str]:
    try:
        text = read(path).decode()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: expected UTF-8 text") from None
    found = re.search(rf"(?s)(.*<!-- {name} -->\n)(.*?)(<!-- end of {name} -->.*)", text)
    if found is None:
        raise InputError(f"{path}: expected a line <!-- {name} --> and after it a line <!-- end of {name} -->")
    return found[1], found[2], found[3]

"""Small JSON files, written whole or not at all, and set aside when they are damaged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from mmtui.errors import OutputError
from mmtui.files import NO_JSON, read, unwritable, write
from mmtui.paths import untaken


class Versioned(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a file. Changing the meaning of a key raises the default version; a file without one is of 1."""

    version: Annotated[int, msgspec.Meta(ge=1)] = 1


Stored = TypeVar("Stored", bound=Versioned)


class JsonFile:
    """One struct in one JSON file. A file of an earlier version is copied before it is overwritten.

    Args:
        path: the file; None keeps its content for this run only.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._to_copy: Path | None = None

    def read(self, default: Stored) -> tuple[Stored, str]:
        """The content of the file, or ``default`` without one; and a sentence on what is wrong, empty for nothing.

        A damaged file is renamed, so that the next write does not lose it. One of a later version stays: its known
        keys are used, and nothing is written in this run.
        """
        path = self.path
        if path is None:
            return default, ""
        try:
            content = read(path)
            version = msgspec.json.decode(content, type=Versioned).version
            if version > default.version:
                self.path = None
                why = f"{path} is of a later version of mmtui: it is left as it is, and changes are not kept."
                return _as_far_as_possible(content, default), why
            found = msgspec.json.decode(content, type=type(default))
            if version < default.version:
                self._to_copy = path.with_name(f"{path.name}.v{version}")
            return msgspec.structs.replace(found, version=default.version), ""
        except FileNotFoundError:
            return default, ""
        except OSError as error:
            return default, f"{path} cannot be read ({error.strerror}): the defaults are used."
        except NO_JSON as error:
            aside = untaken(path.with_name(path.name + ".damaged"))
            try:
                path.replace(aside)
            except OSError:
                return default, f"{path} is damaged ({error}): the defaults are used."
            return (
                default,
                f"{path} was damaged ({error}): it is set aside as {aside.name}, the defaults are used.",
            )

    def write(self, kept: Versioned) -> str:
        """Replace the file; return a sentence on what went wrong, empty for nothing."""
        if self.path is None:
            return ""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._to_copy is not None and self.path.exists():
                shutil.copy2(self.path, untaken(self._to_copy))
                self._to_copy = None
            write(self.path, msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")
        except OSError as error:
            return f"{unwritable(self.path, error)}."
        except OutputError as error:
            return f"{error}."
        return ""


def _as_far_as_possible(content: bytes, default: Stored) -> Stored:
    try:
        return msgspec.json.decode(content, type=type(default))
    except msgspec.ValidationError:
        return default

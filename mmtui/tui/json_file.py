"""Small files that the app keeps: written whole or not at all, and set aside when they cannot be read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from mmtui.paths import untaken


class Versioned(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds; a change of what its keys mean raises the version's default. A file without one is of 1."""

    version: Annotated[int, msgspec.Meta(ge=1)] = 1


Kept = TypeVar("Kept", bound=Versioned)


class JsonFile:
    """One struct in one JSON file. A file of an earlier version is copied before it is written over.

    Args:
        path: the file; None keeps nothing beyond this run.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._to_copy: Path | None = None

    def read(self, default: Kept) -> tuple[Kept, str]:
        """What the file holds, or ``default`` without one; and a sentence when something is wrong, else an empty one.

        A damaged file is set aside, so that nothing is lost when a new one is written. One of a later version is left
        as it is: what can be read of it holds, and nothing is written in this run.
        """
        path = self.path
        if path is None:
            return default, ""
        try:
            content = path.read_bytes()
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
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
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
        """Put a struct in the file's place; a sentence when that fails, else an empty one."""
        if self.path is None:
            return ""
        import tempfile

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._to_copy is not None and self.path.exists():
                shutil.copy2(self.path, untaken(self._to_copy))
                self._to_copy = None
            with tempfile.NamedTemporaryFile(dir=self.path.parent, prefix=self.path.name, delete=False) as file:
                file.write(msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self.path)
        except OSError as error:
            return f"{self.path} cannot be written: {error.strerror}."
        return ""


def _as_far_as_possible(content: bytes, default: Kept) -> Kept:
    try:
        return msgspec.json.decode(content, type=type(default))
    except msgspec.ValidationError:
        return default

"""Small files that the app keeps: written whole or not at all, and set aside when they cannot be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

import msgspec

Kept = TypeVar("Kept", bound=msgspec.Struct)


class JsonFile:
    """One struct in one JSON file.

    Args:
        path: the file; None keeps nothing beyond this run.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def read(self, default: Kept) -> tuple[Kept, str]:
        """What the file holds, or ``default`` without one; and a sentence when it is damaged, else an empty one.

        A damaged file is set aside, so that nothing is lost when a new one is written.
        """
        if self.path is None:
            return default, ""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=type(default)), ""
        except FileNotFoundError:
            return default, ""
        except OSError as error:
            return default, f"{self.path} cannot be read ({error.strerror}): the defaults are used."
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            aside = self.path.with_name(self.path.name + ".damaged")
            try:
                self.path.replace(aside)
            except OSError:
                return default, f"{self.path} is damaged ({error}): the defaults are used."
            return (
                default,
                f"{self.path} was damaged ({error}): it is set aside as {aside.name}, the defaults are used.",
            )

    def write(self, kept: msgspec.Struct) -> str:
        """Put a struct in the file's place; a sentence when that fails, else an empty one."""
        if self.path is None:
            return ""
        import tempfile

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.path.parent, prefix=self.path.name, delete=False) as file:
                file.write(msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self.path)
        except OSError as error:
            return f"{self.path} cannot be written: {error.strerror}."
        return ""

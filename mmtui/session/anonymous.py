"""A journal to pass on that says neither who played nor where files are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any

import msgspec

from mmtui.level.level import Level
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.session.journal import parse_journal
from mmtui.session.journal_lines import sealed
from mmtui.session.trust import files_of
from mmtui.strategies.sources import named_files


def anonymous(content: bytes, source: str) -> bytes:
    """A journal's content without name, key and signatures, and with every path cut to the file's name.

    It is the same session: level, seed, commands, result and digest stay.

    Args:
        content: what the journal's file holds.
        source: the file, as errors name it.

    Raises JournalError.
    """
    journal = parse_journal(content, source)
    paths = [file.path for file in files_of(journal.entries)]
    if isinstance(journal.level, Level):
        paths += named_files(journal.level.parted()[1] or "")
        if isinstance(journal.level.market, TapeSpec):
            paths.append(str(msgspec.json.decode(content.partition(b"\n")[0])["level"]["market"]["file"]))
    # The longest first, since one may be part of another.
    names = {path: PureWindowsPath(path).name for path in sorted(paths, key=len, reverse=True)}
    crc, lines = 0, []
    for number, line in enumerate(content[: journal.size].splitlines()):
        record = msgspec.json.decode(line)
        if record.get("line") == "signature":
            continue
        if not number and "player" in record:
            record["player"] = None
        record = _renamed(record, names)
        had_crc = record.pop("crc", None) is not None
        sealed_line, crc = sealed(record, crc) if had_crc else (msgspec.json.encode(record) + b"\n", 0)
        lines.append(sealed_line)
    return b"".join(lines)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A decoded line with paths in all its texts replaced by names."""
    match value:
        case str():
            for path, name in names.items():
                value = value.replace(path, name)
            return value
        case dict():
            return {_renamed(key, names): _renamed(inner, names) for key, inner in value.items()}
        case list():
            return [_renamed(inner, names) for inner in value]
    return value

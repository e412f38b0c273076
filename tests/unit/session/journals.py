"""Journals of tests, taken apart and put together again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast
from zlib import crc32


def lines(file: Path) -> list[dict[str, Any]]:
    """The lines without their checksums."""
    records = [cast("dict[str, Any]", json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    for record in records:
        del record["crc"]
    return records


def unsigned(file: Path) -> Path:
    """Take away what comes after the session's end."""
    *rest, last = file.read_bytes().splitlines(keepends=True)
    assert last.startswith(b'{"line":"signature"')
    file.write_bytes(b"".join(rest))
    return file


def rewrite(file: Path, records: list[Any]) -> None:
    """Write lines with checksums that match, so that what else is wrong with them comes to light."""
    crc, out = 0, b""
    for record in records:
        body = json.dumps(record, separators=(",", ":")).encode()[:-1]
        crc = crc32(body, crc)
        out += body + f',"crc":"{crc:08x}"}}\n'.encode()
    file.write_bytes(out)

"""What a file is, by how it begins: to name it where another kind was expected."""

from __future__ import annotations

import re
from pathlib import Path

from mmtui.files import unpacked

_START = 4096
_MAGIC = (
    (b"BZh", "compressed by bzip2; expected it plain or gzipped"),
    (b"\xfd7zXZ\x00", "compressed by xz; expected it plain or gzipped"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd; expected it plain or gzipped"),
    (b"\x04\x22\x4d\x18", "compressed by lz4; expected it plain or gzipped"),
    (b"\x1f\x9d", "compressed by compress; expected it plain or gzipped"),
    (b"PK\x03\x04", "a zip archive; expected it unpacked"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; expected it unpacked"),
    (b"Rar!\x1a\x07", "a RAR archive; expected it unpacked"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file; expected it as CSV"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file; expected it as CSV"),
    (b"\x93NUMPY", "a numpy array; expected it as CSV"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"DBN", "a Databento file, as mmtui tape reads"),
    (b"\x00\x0cS", "a NASDAQ ITCH file, as mmtui tape reads"),
    (b"\xff\xfe", "text in UTF-16; expected UTF-8"),
    (b"\xfe\xff", "text in UTF-16; expected UTF-8"),
    (b"%PDF", "a PDF file"),
)
#: Text by how its first line that is not blank looks.
_TEXTS = (
    (r'\{"(line|journal|mmtui)"', "a journal of mmtui"),
    (r'\{"career"', "an exported career of mmtui"),
    (r"[\[{]", "JSON"),
    (r"<", "HTML or XML"),
    (
        r"exchange,symbol,timestamp,local_timestamp,(?!id,|is_snapshot,)",
        "Tardis's, but neither incremental_book_L2 nor trades",
    ),
    (r"exchange,symbol,timestamp,local_timestamp", "a Tardis file, as mmtui tape reads"),
    (r"(?=.*\btimestamp\b)(?=.*\bprice\b)[^;]*,", "a CSV file of prices, as mmtui backtest reads"),
    (r"[a-z_]+ *= *\S", "a level, or other TOML"),
    (r"[0-9.]+,[1-7],-?[0-9]+,-?[0-9]+,-?[0-9]+,-?1$", "LOBSTER messages, as mmtui tape reads"),
    (r"[0-9.]+(;[^;,]*){5}$", "LOBSTER messages with semicolons; expected commas"),
    (r"[0-9.]+(\t[^\t,]*){5}$", "LOBSTER messages with tabs; expected commas"),
    (r"[0-9.]+,[1-7](,[^,]*){5}$", "LOBSTER messages with a seventh column; expected six"),
    (r"(-?[0-9]+,){3}-?[0-9]+((,-?[0-9]+){4})*$", "LOBSTER's orderbook file, which goes with its messages"),
)


def kind_of(path: Path) -> str:
    """Returns what a file seems to be, in words that follow "the file is"; nothing for what is not known."""
    try:
        with unpacked(path) as file:
            start = file.read(_START)
    except Exception:
        # Whatever is wrong with it, whoever wanted to know more of it has a complaint of its own.
        return ""
    for magic, words in _MAGIC:
        if start.startswith(magic):
            return words
    if b"\x00" in start:
        return "no text"
    lines = start.decode("utf-8-sig", "replace").splitlines()
    first = next((line.strip() for line in lines if line.strip() and not line.startswith("#")), "").lower()
    return next((words for pattern, words in _TEXTS if re.match(pattern, first)), "")


def told(path: Path, expected: str) -> str:
    """Returns the end of a sentence on a file that is not what was expected: what it is, if that is something else."""
    kind = kind_of(path)
    return f"; the file is {kind}" if kind and not kind.startswith(expected) else ""

"""Which format a recording has, by how it begins, and its messages."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, cast

from mmtui.errors import InputError
from mmtui.files import DAMAGED, bounded, member, opened, unpacked
from mmtui.lab.tapes.formats import databento, hftbacktest, itch, levels, parquet, text
from mmtui.lab.tapes.formats.levels import Change
from mmtui.lab.tapes.formats.rows import MOST_SIZE, OpenRecording
from mmtui.market.tape.lobster import Faults, Messages, Units, plausible

_START = 1 << 16
_ZSTD, _ZIP = b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
#: An ITCH file: a message's length, then its kind: what a day, or a part of one, may begin with.
_ITCH = re.compile(rb"\x00[\x0b-\x3c][SRHYLVWKJhAFECXDUPQBINO]")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What of a recording is read.

    Attributes:
        instrument: which, where a file has several; None for the only one.
        trades: the file of its trades, where levels have one of their own.
    """

    instrument: str | None = None
    trades: Path | None = None


@contextmanager
def unpacked_recording(path: Path) -> Iterator[BinaryIO]:
    """Open a recording to read bytes from, through gzip, zstd or the zip archive of one file.

    Raises:
        InputError: it cannot be read, or zstd needs a library.
    """
    try:
        with opened(path) as raw:
            magic = raw.read(4)
            raw.seek(0)
            if magic == _ZSTD:
                try:
                    zstd = import_module("zstandard")
                except ImportError:
                    raise InputError(
                        f"{path}: is compressed by zstd, which needs zstandard: pip install 'mmtui[databento]'"
                    ) from None
                stream = zstd.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
                try:
                    with bounded(cast("BinaryIO", stream), raw) as data:
                        yield data
                except zstd.ZstdError as error:
                    raise ValueError(str(error)) from None
            elif magic == _ZIP:
                with (
                    zipfile.ZipFile(raw) as archive,
                    member(archive, archive.namelist()[0]) as packed,
                    bounded(packed, raw) as data,
                ):
                    yield data
            else:
                with unpacked(path) as data:
                    yield data
    except (*DAMAGED, IndexError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def open_recording(path: Path, choice: Choice, recording: OpenRecording) -> Iterator[Messages] | None:
    """The messages of a recording that is not LOBSTER's, in its units, in blocks; None for one that may be.

    Args:
        path: its file, plain or compressed.
        choice: what of it is read.
        recording: is told what there is to say of it, while it is read.

    Raises:
        InputError: now or on the way, when it cannot be read.
    """
    blocks = _blocks(path, choice, recording)
    return None if blocks is None else _checked(blocks, path)


def _checked(blocks: Iterator[Messages], path: Path) -> Iterator[Messages]:
    """Messages, as long as they are some: in whatever format, a number may be none that a tape has."""
    last_ns, faults = 0, Faults(str(path))
    try:
        for block in blocks:
            yield plausible(block, Units(1), last_ns, MOST_SIZE, faults)
            last_ns = int(block.times_ns[-1])
    except (ValueError, OverflowError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None


def _blocks(path: Path, choice: Choice, recording: OpenRecording) -> Iterator[Messages] | None:
    if _is_array(path):
        return hftbacktest.messages_of(path, recording)
    with unpacked_recording(path) as file:
        start = file.read(_START)
    if start.startswith(b"PAR1"):
        return parquet.messages_of(path, recording)
    if start.startswith(b"DBN"):
        return _binary(path, choice, recording, dbn=True)
    if _ITCH.match(start):
        return _binary(path, choice, recording, dbn=False)
    begins = start.decode("utf-8-sig", "replace").lstrip()
    first = begins.partition("\n")[0].strip()
    if text.is_mbo(first):
        return _mbo(path, choice, recording)
    if _changes(path, begins, choice, recording) is None:
        if choice.trades is not None:
            raise InputError(f"{path}: --trades goes with the levels of a book, such as Tardis's or Binance's")
        return None
    return _levels(path, choice, recording)


def _is_array(path: Path) -> bool:
    """Whether a file is an array of numpy, or an archive of such."""
    try:
        with opened(path) as raw:
            start = raw.read(8)
            if start.startswith(_ZIP):
                raw.seek(0)
                with zipfile.ZipFile(raw) as archive:
                    return any(name.endswith(".npy") for name in archive.namelist())
            return start.startswith(b"\x93NUMPY")
    except (*DAMAGED, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _binary(path: Path, choice: Choice, recording: OpenRecording, *, dbn: bool) -> Iterator[Messages]:
    with unpacked_recording(path) as file:
        if dbn:
            records = databento.records(file, str(path), choice.instrument)
            yield from databento.messages_of(records, str(path), choice.instrument, recording)
        else:
            yield from itch.messages_of(file, str(path), choice.instrument, recording)


def _mbo(path: Path, choice: Choice, recording: OpenRecording) -> Iterator[Messages]:
    with _lines(path) as lines:
        actions = text.mbo_actions(lines, str(path))
        yield from databento.messages_of(actions, str(path), choice.instrument, recording)


def _levels(path: Path, choice: Choice, recording: OpenRecording) -> Iterator[Messages]:
    files = [path] if choice.trades is None else [path, choice.trades]
    changes = [_changes(each, _start(each), choice, recording) for each in files]
    for each, found in zip(files, changes, strict=True):
        if found is None:
            raise InputError(f"{each}: expected the trades of a recording, as Tardis, Binance or Bybit have them")
    yield from levels.messages_of(levels.in_time(*(found for found in changes if found is not None)), recording)


def _start(path: Path) -> str:
    with unpacked_recording(path) as file:
        return file.read(_START).decode("utf-8-sig", "replace").lstrip()


def _changes(path: Path, start: str, choice: Choice, recording: OpenRecording) -> Iterator[Change] | None:
    """The changes in a file of text that begins so; None if it is of no kind that is known."""
    table = text.table_of(start.partition("\n")[0].strip())
    if table is None and not text.is_stream(start):
        return None

    def changes() -> Iterator[Change]:
        with _lines(path) as lines:
            if table is not None:
                yield from text.table_changes(lines, table, str(path), choice.instrument)
            else:
                yield from text.stream_changes(lines, str(path), choice.instrument, recording)

    return changes()


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[str]]:
    with unpacked_recording(path) as data:
        yield io.TextIOWrapper(data, encoding="utf-8-sig", errors="replace")

"""Files: read if they are files and no larger than a limit; written whole, and then moved into place, or not at all."""

from __future__ import annotations

import errno
import gzip
import io
import lzma
import os
import secrets
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from mmtui.errors import OutputError

#: What reading JSON raises for what is none, or is deeper, longer or of other text than any that is meant.
NO_JSON = (ValueError, RecursionError, OverflowError)
#: What reading a file raises that is damaged, or packed in a way that is not known.
DAMAGED = (OSError, EOFError, ValueError, OverflowError, RuntimeError, zlib.error, lzma.LZMAError)
_MIB = 2**20
#: The largest file that is read whole, unless the environment says otherwise; and the variable that does, in MiB.
_MOST_MIB, _MOST_BY = 64, "MMTUI_MOST_MIB"
#: A compressed file may become so many times as large, or a quarter of :func:`most_bytes` if that is more.
_MOST_RATIO = 40


def most_bytes() -> int:
    """How large a file may be that is read whole."""
    told = os.environ.get(_MOST_BY, "")
    return (int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else _MOST_MIB) * _MIB


def most_unpacked(size: int) -> int:
    """How many bytes a packed file of so many may become."""
    return max(most_bytes() // 4, _MOST_RATIO * size)


def is_file(path: Path) -> bool:
    """Whether there is a regular file, also where a name is too long to be asked for."""
    return os.path.isfile(path)  # noqa: PTH113


def opened(path: Path) -> BinaryIO:
    """Open a regular file to read bytes from. Raises OSError, at once also for a folder, pipe or device."""
    try:
        mode = path.stat().st_mode
    except ValueError:
        raise OSError(errno.EINVAL, "its name holds a null byte") from None
    if not stat.S_ISREG(mode):
        code = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise OSError(code, os.strerror(code) if code == errno.EISDIR else "it is not a regular file")
    return path.open("rb")


def read(path: Path, most: int | None = None) -> bytes:
    """The content of a regular file. Raises OSError, also for one of more than ``most`` bytes (None: most_bytes())."""
    most = most_bytes() if most is None else most
    with opened(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"expected at most {most:,} bytes")
    return data


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file to read bytes from, through gzip if it is compressed.

    Raises OSError, also where it becomes far larger than it is, or has a line as long as a whole file may be. What
    :mod:`gzip` raises for a damaged one it raises too.
    """
    with opened(path) as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        with bounded(gzip.GzipFile(fileobj=raw) if zipped else raw, raw) as data:
            yield data


def member(archive: zipfile.ZipFile, name: str) -> BinaryIO:
    """Open a file of an archive. Raises OSError for one packed in a way that unpacks much of it at once."""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise OSError(errno.EINVAL, "its archive is packed otherwise than by deflate")
    return cast("BinaryIO", archive.open(name))


@contextmanager
def bounded(source: BinaryIO | gzip.GzipFile, raw: BinaryIO) -> Iterator[BinaryIO]:
    """What a file unpacks to, as :func:`unpacked` has it; ``source`` is the file itself where it is plain."""
    size = os.fstat(raw.fileno()).st_size
    most = size if source is raw else most_unpacked(size)
    yield io.BufferedReader(_Bounded(source, most), 1 << 16)


class _Bounded(io.RawIOBase):
    """Bytes of another stream, until there are too many of them or too many without a line's end."""

    def __init__(self, source: BinaryIO | gzip.GzipFile, most: int) -> None:
        self._source = source
        self._left = most
        self._line = 0

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read some bytes. Raises OSError."""
        data = self._source.read(len(buffer))
        self._left -= len(data)
        end = data.rfind(b"\n")
        self._line = self._line + len(data) if end < 0 else len(data) - end - 1
        if self._left < 0 or self._line > most_bytes():
            raise OSError(errno.EFBIG, "it becomes far larger than it is" if self._left < 0 else "it is one long line")
        buffer[: len(data)] = data
        return len(data)


def created(path: Path, *, private: bool = False) -> io.FileIO:
    """Make a file to write bytes to, unbuffered; ``private``: only the user may ever read it. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return io.FileIO(os.open(path, flags, 0o600 if private else 0o666), "wb")


@contextmanager
def replacing(path: Path, *, new: bool = False, keep: bool = False, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write bytes to, which takes the place of another once it is whole and on the disk.

    What is no regular file, such as a device, is written to as it is.

    Args:
        path: the file; of a link, the file that it leads to.
        new: there must be none yet.
        keep: what was written so far takes its place too when something else fails or is interrupted.
        private: only the user may read it.

    Raises:
        FileExistsError: there is one, and ``new``.
        OutputError: it cannot be written; the one that is there is as it was.
    """
    try:
        if new and os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        mode = path.stat().st_mode if path.exists() else None
        if mode is not None and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        in_place = mode is not None and not stat.S_ISREG(mode)
        target = Path(os.path.realpath(path))
        part = path if in_place else target.with_name(f".{target.name[:64]}.{secrets.token_hex(4)}")
        raw = part.open("wb", buffering=0) if in_place else created(part, private=private)
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None
    done, whole = keep, False
    try:
        try:
            with raw, io.BufferedWriter(_Written(path, raw)) as file:
                try:
                    yield file
                    done = True
                except OutputError:
                    done = False
                    raise
                finally:
                    if done and not in_place:
                        file.flush()
                        _through(raw, path)
                        whole = True
        finally:
            # Closed before: not every system moves a file that is open.
            if whole:
                _move(part, target, mode, path, new=new)
    finally:
        if not in_place:
            with suppress(OSError):
                part.unlink()


def _through(raw: IO[bytes], path: Path) -> None:
    """Write a file through to the disk. Raises OutputError."""
    try:
        os.fsync(raw.fileno())
    except OSError as error:
        raise unwritable(path, error) from None


def _move(part: Path, target: Path, mode: int | None, path: Path, *, new: bool) -> None:
    try:
        if mode is not None:
            part.chmod(stat.S_IMODE(mode))
        if new:
            # Fails where somebody else was quicker, which a move would not; but not every disk can.
            with suppress(OSError):
                os.link(part, target)
                return
            if target.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        part.replace(target)
    except FileExistsError:
        raise
    except OSError as error:
        raise unwritable(path, error) from None


class _Written(io.RawIOBase):
    """Writes to a file; what fails is said of the path that the file is to have. The file is not closed with it."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: Any) -> int:
        """Write some of the bytes, and tell how many. Raises OutputError."""
        try:
            return self._file.write(data)
        except OSError as error:
            raise unwritable(self._path, error) from None


def write(path: Path, content: bytes | str, *, new: bool = False, private: bool = False) -> None:
    """Write a whole file, text as UTF-8. Raises as :func:`replacing` does."""
    with replacing(path, new=new, private=private) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def make_folder(path: Path) -> None:
    """Make a folder, if there is none, with those that it is in. Raises OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from None


def unwritable(path: Path | str, error: Exception) -> OutputError:
    """The error that says that a file cannot be written, and why."""
    return OutputError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}")


def temporary_copies(digest: str, files: Mapping[str, bytes]) -> Path:
    """Return a folder with copies of files from another machine, by their paths in it; it goes when the process ends.

    Args:
        digest: what tells these files from others.
        files: contents by path.
    """
    folder = Path(_temporary().name) / digest
    for name, content in files.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.replace(path)
    return folder


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="mmtui-")

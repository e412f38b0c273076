"""The command line's way out: standard output and standard error, as every command writes to them."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import IO, TextIO, cast

from mmtui.errors import OutputError
from mmtui.files import unwritable
from mmtui.wording import visible

#: What stands for signs that an encoding lacks and Unicode has no plain form of.
_PLAIN = str.maketrans("−–—×≤≥±·★☆“”‘’→←◆✓✗│─ΔΣσ▁▂▃▄▅▆▇█", "---x<>~.*.\"\"''><o+x|-DSs__.-=+*#")


class ReaderGoneError(Exception):
    """Nobody reads standard output any more."""


class LostOutputError(OutputError):
    """Standard output cannot be written."""


class Screened(io.TextIOBase):
    """A stream to which no control character goes but tabs and the ends of lines.

    Args:
        stream: where it goes; None where that is closed.
        name: what it is called when it cannot be written to; None where that is of no consequence.
        styled: whether who writes keeps control characters out, and puts colours in.

    Writing raises LostOutputError, or ReaderGoneError.
    """

    def __init__(self, stream: TextIO | None, name: str | None, *, styled: bool = False) -> None:
        self._stream = stream
        self._name = name
        self._styled = styled

    @property
    def styled(self) -> Screened:
        """The same for a library that screens and colours by itself."""
        return Screened(self._stream, self._name, styled=True)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The stream's, UTF-8 where that is closed."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write a text."""
        with self._told():
            if self._stream is None:
                raise OSError(0, "it is closed")
            self._stream.write(text if self._styled else visible(text))
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        with self._told():
            if self._stream is not None:
                self._stream.flush()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        """The stream's number."""
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise ReaderGoneError from None
        except OSError as error:
            if self._name is not None:
                raise LostOutputError(str(unwritable(self._name, error))) from None


def styled(stream: IO[str]) -> TextIO:
    """A stream for a library that keeps control characters out by itself, and puts colours in."""
    return cast("TextIO", stream.styled if isinstance(stream, Screened) else stream)


@contextmanager
def screened() -> Iterator[None]:
    """Have all that is written to standard output and error go through here."""
    codecs.register_error("plain", _plain)
    with ExitStack() as stack:
        out, trouble = _whole(sys.stdout), _whole(sys.stderr)
        stack.enter_context(redirect_stdout(cast("TextIO", Screened(out, "standard output"))))
        stack.enter_context(redirect_stderr(cast("TextIO", Screened(trouble, None))))
        yield


def _whole(stream: TextIO | None) -> TextIO | None:
    """A stream that lacks no character, and writes all of a text where Python was told not to buffer.

    An unbuffered file takes a part when a signal comes, and Python forgets the rest.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if isinstance(stream.buffer, io.RawIOBase):
        return open(stream.fileno(), "w", buffering=1, encoding=stream.encoding, errors="plain", closefd=False)
    stream.reconfigure(errors="plain")
    return stream


def forget_output() -> None:
    """Have what still waits for standard output go nowhere, so that it does not fail again as the process ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What is written instead of characters that the encoding lacks."""
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end].translate(_PLAIN)
    plain = unicodedata.normalize("NFKD", lacking)
    return "".join(sign if sign.isascii() else "?" for sign in plain if not unicodedata.combining(sign)), error.end

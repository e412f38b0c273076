"""Every error the program raises on purpose, and the words that their sentences share.

MmtuiError                   one clear sentence for the user; exit code 1
├── InputError               bad input: says what, where and what was expected; exit code 2
│   ├── LevelError           a level file
│   ├── JournalError         a journal file
│   │   └── UntrustedError   one that names files which the player has not said to use
│   ├── CareerError          an exported career
│   └── UnknownStrategyError a strategy name, file or class that is not there
├── OutputError              a file, or standard output, that cannot be written
├── StrategyError            a strategy's own code failed; says where
└── AuditError               a session whose books do not add up; says when and which
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

#: The most characters of a value that a sentence quotes.
_MOST_QUOTED = 60
#: A word longer than any path that is meant, and the most characters of a sentence.
_LONG, _LONGEST = re.compile(r"\S{300,}"), 1500
#: What is not written as it is: control characters and lone surrogates.
_NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class MmtuiError(Exception):
    """The root: its message is one sentence a user can act on, however long what it quotes is."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(brief(message))


class InputError(MmtuiError):
    """Input that cannot be used."""

    exit_code = 2


class LevelError(InputError):
    """A level that cannot be found, read or understood."""


class JournalError(InputError):
    """A journal that cannot be read or does not match its level."""


class UntrustedError(JournalError):
    """A journal that names files which the player has not said to use.

    Args:
        source: the journal.
        files: what it would do with which, a clause each.
    """

    def __init__(self, source: str, files: Sequence[str]) -> None:
        super().__init__(
            f"{source}: it {', and '.join(files)}, and is not a journal of yours with the same files; --trust says "
            "that it may"
        )
        self.files = files


class CareerError(InputError):
    """An exported career that cannot be read, or one that cannot be kept."""


class UnknownStrategyError(InputError):
    """A strategy that cannot be found or configured."""


class OutputError(MmtuiError):
    """A file that cannot be written, for want of room or rights; or standard output."""


class StrategyError(MmtuiError):
    """A strategy raised, or returned what is not a quote."""


class AuditError(MmtuiError):
    """A session's books do not add up: a fault of the program's."""


class Interrupted(KeyboardInterrupt):
    """A signal to end came; a strategy that raises KeyboardInterrupt itself has failed, as with any other exception."""


def did_you_mean(name: str, known: Iterable[str], *, quoted: bool = False) -> str:
    """Return the end of a sentence about an unknown name: the nearest known one or, if none is near, all of them.

    Args:
        name: the name that is not known.
        known: those that are.
        quoted: quote the nearest, and begin the list with "there are" instead of "expected one of".
    """
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean {near[0]!r}?" if quoted else f"; did you mean {near[0]}?"
    if quoted and not known:
        return "; there are none"
    return f"; {'there are' if quoted else 'expected one of'} {', '.join(known)}"


def brief(sentence: str) -> str:
    """Return a sentence with words that nobody reads to their end cut, and so long that it can be read."""
    sentence = _LONG.sub(lambda word: shortened(word[0]), sentence)
    return sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST]}..."


def one_line(error: object) -> str:
    """Return what an error says, in one line: what it is about may be part of it."""
    return " ".join(str(error).split())


def shortened(text: str) -> str:
    """Return a text, cut to sixty characters if it is longer."""
    return text if len(text) <= _MOST_QUOTED else f"{text[: _MOST_QUOTED - 3]}..."


def shown(value: object) -> str:
    """Return any value as a sentence quotes it, in sixty characters; its own ``repr`` may fail."""
    try:
        return shortened(encodable(repr(value)))
    except BaseException as error:
        return f"a {type(value).__name__} whose repr raises {type(error).__name__}"


def is_plain(text: str) -> bool:
    """Return whether a text can be written anywhere: it has no control character and no lone surrogate."""
    return not _NOT_PLAIN.search(text)


def named_in(text: str) -> str:
    """Return a name of somebody's as a sentence tells it: in sixty characters, and quoted if it is not plain."""
    return shortened(text) if is_plain(text) else shown(text)


def message_of(error: BaseException) -> str:
    """Return an error's own text in one line; its ``str`` may fail, or hold what no encoding has."""
    try:
        return " ".join(encodable(str(error)).split())
    except BaseException as other:
        return f"its text raises {type(other).__name__}"


def encodable(text: str) -> str:
    """Return a text with its lone surrogates written as escapes."""
    return text.encode(errors="backslashreplace").decode()

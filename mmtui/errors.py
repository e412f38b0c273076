"""Every error the program raises on purpose.

MmtuiError                   one clear sentence for the user; exit code 1
├── InputError               bad input: says what, where and what was expected; exit code 2
│   ├── LevelError           a level file
│   ├── JournalError         a journal file
│   ├── CareerError          an exported career
│   └── UnknownStrategyError a strategy name, file or class that is not there
├── StrategyError            a strategy's own code failed; says where
└── AuditError               a session whose books do not add up; says when and which
"""

from __future__ import annotations


class MmtuiError(Exception):
    """The root: its message is one sentence a user can act on."""

    exit_code = 1


class InputError(MmtuiError):
    """Input that cannot be used."""

    exit_code = 2


class LevelError(InputError):
    """A level that cannot be found, read or understood."""


class JournalError(InputError):
    """A journal that cannot be read or does not match its level."""


class CareerError(InputError):
    """An exported career that cannot be read, or one that cannot be kept."""


class UnknownStrategyError(InputError):
    """A strategy that cannot be found or configured."""


class StrategyError(MmtuiError):
    """A strategy raised, or returned what is not a quote."""


class AuditError(MmtuiError):
    """A session's books do not add up: a fault of the program's."""

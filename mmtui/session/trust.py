"""What of this machine a journal may have the program use: files of code, and tapes outside the journal's own folder.

Each is used if the journal is signed by the player's own key and the file is the recorded one, to the byte, or if the
player says so; never only because the journal names it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PureWindowsPath

import msgspec

from mmtui.files import is_file, read
from mmtui.level.level import Level
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.session.commands import HandOver, Ready
from mmtui.session.journal_lines import Entry, Header, Signature
from mmtui.session.signing import is_good
from mmtui.strategies.sources import code_digest, named_files


@dataclass(frozen=True)
class Trust:
    """Whom and what the player trusts; nobody and nothing, unless it is said.

    Attributes:
        key: the player's own public key.
        told: the player has said of this journal that its files are to be used.
    """

    key: str | None = None
    told: bool = False

    def covers(self, files: Iterable[NamedFile], statement: bytes, signatures: Sequence[Signature]) -> bool:
        """Whether a journal with these signatures may have these files used."""
        return self.told or (
            self.key is not None
            # First, since no file is so much as looked at because a stranger names it.
            and any(each.key == self.key and is_good(each, statement) for each in signatures)
            and all(file.is_recorded for file in files)
        )


_MOST_TOLD, _LONGEST_PATH = 3, 200
#: Trusts no journal.
NOBODY = Trust()


@dataclass(frozen=True)
class NamedFile:
    """A file that a journal names.

    Attributes:
        path: as the journal writes it.
        recorded: the SHA-256 that the journal records of it and, for code, of what it imports; None for none.
        is_code: whether it is a strategy's, and would be run; else it is a tape.
    """

    path: str
    recorded: str | None
    is_code: bool = True

    @property
    def is_recorded(self) -> bool:
        """Whether it is still what the journal records; of a tape that is looked at when it is played."""
        try:
            return not self.is_code or code_digest(Path(self.path)) == self.recorded
        except OSError:
            # One reading of a text that has several: no such file was there, and none is.
            return self.recorded is None

    def __str__(self) -> str:
        try:
            # Of the file alone: what a stranger's file would import is not looked for.
            digest = sha256(read(Path(self.path))).hexdigest() if self.is_code else self.recorded
        except OSError:
            digest = None
        path = str(Path(self.path).absolute())
        if len(path) > _LONGEST_PATH:
            path = f"{path[: _LONGEST_PATH // 2]}...{path[-_LONGEST_PATH // 2 :]}"
        which = "which is not there" if digest is None else f"SHA-256 {digest}"
        # Nobody is to take a part of a name for a part of the sentence.
        shown = path if path.isprintable() and " " not in path else repr(path)
        imports = " and what it imports" if digest else ""
        return f"runs {shown} ({which}){imports}" if self.is_code else f"reads {shown} ({which})"


def told(files: Sequence[NamedFile]) -> list[str]:
    """What a journal would do with its files, a clause each, for a few of them."""
    more = len(files) - _MOST_TOLD
    return [*map(str, files[:_MOST_TOLD]), *([f"names {more} more files"] if more > 0 else [])]


def opponents_files(header: Header) -> list[NamedFile]:
    """The files of code that a journal's opponent would have run."""
    recorded = header.files or {}
    return [NamedFile(name, recorded.get(name)) for name in named_files(header.opponent or "")]


def files_of(entries: Iterable[Entry]) -> list[NamedFile]:
    """The files of code that a journal's commands would have run."""
    found: dict[NamedFile, None] = {}
    for entry in entries:
        command = entry.command
        if isinstance(command, HandOver | Ready):
            recorded = entry.files or {}
            for text in (command.strategy, *command.params.values()):
                for name in named_files(text) if isinstance(text, str) else ():
                    found[NamedFile(name, recorded.get(name))] = None
    return list(found)


def placed(level: Level, folder: Path) -> tuple[Level, list[NamedFile]]:
    """A journal's level, with its tape in the journal's folder, by its name alone; elsewhere it is a named file."""
    market = level.market
    if not isinstance(market, TapeSpec):
        return level, []
    # The journal may come from another system.
    name = PureWindowsPath(market.file).name
    beside = folder / name
    is_there = is_file(beside)
    file = str(beside) if is_there or name == market.file else market.file
    found = level.on_tape(msgspec.structs.replace(market, file=file))
    # Not by a link out of the folder either.
    inside = Path(os.path.realpath(beside)).parent == Path(os.path.realpath(folder))
    if inside and file == str(beside):
        return found, []
    return found, [NamedFile(file, market.digest, is_code=False)]

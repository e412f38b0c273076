"""Keeping journals: written as the session is played, taken up again where they broke off, branched off.

Every line of an attended session is handed to the operating system at once, so that a process that is killed loses
nothing but the last half second of the market's clock. It is also written through to the disk (fsync) as it begins and
as it ends; between the two, a power cut may cost what the system had not written yet. The journal of a headless run,
which can be run again, is written whole at its end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO, FileIO
from pathlib import Path

import msgspec

from mmtui.errors import JournalError, OutputError, UnknownStrategyError
from mmtui.files import created, opened, write
from mmtui.level.level import Level
from mmtui.session.commands import AnyCommand, HandOver, Ready
from mmtui.session.journal import Journal, level_of, read_header, read_journal, signed_statement
from mmtui.session.journal_lines import (
    FORMAT,
    Clock,
    Entry,
    Header,
    JournalEnd,
    JournalLine,
    Outcome,
    Parent,
    Player,
    Signature,
    SpeedChange,
    sealed,
)
from mmtui.session.outcome import FillColumns, result_of, who_quoted
from mmtui.session.replay import Replay, Watched
from mmtui.session.session import Session
from mmtui.session.signing import SigningKey
from mmtui.session.trust import NOBODY, Trust
from mmtui.session.watcher import Watcher
from mmtui.strategies.sources import code_digest, strategy_files
from mmtui.units import NS_PER_S
from mmtui.version import ENGINE, program_version

try:
    import fcntl
except ImportError:  # pragma: no cover
    fcntl = None  # type: ignore[assignment]

#: How much of the market's time may pass without a line; at half speed that is a second of ours.
BEAT_NS = NS_PER_S // 2


@dataclass(frozen=True)
class Try:
    """What a journal's first line says of a try at a level and seed; what is None is not said.

    Attributes:
        number: which of the player's it is, from 1.
        begun: when, UTC, as 2026-11-24T16:58:31Z.
        name: what the player is called.
        key: the player's, which signs the journal at its end.
    """

    number: int | None = None
    begun: str | None = None
    name: str | None = None
    key: SigningKey | None = None

    @property
    def player(self) -> Player | None:
        """Who plays; None where that is not said."""
        if self.name is None and self.key is None:
            return None
        return Player(name=self.name, key=None if self.key is None else self.key.public)


class JournalWriter(Watcher):
    """Writes a session's journal: what has been done in it so far, and from then on what is done.

    Args:
        path: the file; one that is there is written over, unless somebody plays.
        session: the session.
        parent: what the session was taken over from.
        on_trouble: somebody plays: the time is recorded too, and a line that cannot be written is reported to this,
            once, and play goes on without a journal. None, and all is written as the writer is closed, or raised.
        about: what the first line says of the try.
        private: only the user may read the file.

    Raises:
        OutputError: the file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        session: Session,
        parent: Parent | None = None,
        on_trouble: Callable[[str], None] | None = None,
        about: Try = Try(),
        *,
        private: bool = False,
    ) -> None:
        self.path = path
        self._on_trouble = on_trouble
        self._key = about.key
        self._private = private
        self._crc = 0
        self._hash = sha256()
        self._written_ns = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered, so that a line that cannot be written is not tried again on closing.
            self._file: FileIO | BytesIO | None = BytesIO() if on_trouble is None else created(path, private=private)
        except OSError as error:
            raise _unwritten(path, error) from None
        level, opponent = session.level.parted()
        header = Header(
            journal=FORMAT,
            engine=ENGINE,
            mmtui=program_version(),
            seed=session.seed,
            attempt=about.number,
            player=about.player,
            begun=about.begun,
            parent=parent,
            level=msgspec.Raw(msgspec.json.encode(level)),
            opponent=opponent or msgspec.UNSET,
            files=_digests(opponent or "") or msgspec.UNSET,
        )
        try:
            self._hold()
            self._write(header)
            for at_ns, command in session.commands:
                self._write(_entry(at_ns, command))
            if session.now_ns:
                self._write(Clock(at_ns=session.now_ns))
        except OSError as error:
            self._drop()
            path.unlink(missing_ok=True)
            raise _unwritten(path, error) from None
        self._written_ns = session.now_ns
        super().__init__(session)

    @classmethod
    def resumed(
        cls,
        path: Path,
        journal: Journal,
        session: Session,
        on_trouble: Callable[[str], None],
        key: SigningKey | None = None,
    ) -> JournalWriter:
        """A writer that goes on where a journal breaks off, its half line cut off. Raises OutputError."""
        writer = cls.__new__(cls)
        writer.path, writer._on_trouble = path, on_trouble
        writer._crc, writer._written_ns = journal.crc, journal.until_ns
        player = journal.player
        # What a stranger has begun is not signed as one's own.
        writer._key = key if key is not None and player is not None and player.key == key.public else None
        try:
            writer._file = path.open("r+b", buffering=0)
            writer._hold()
            writer._file.truncate(journal.size)
            writer._hash = sha256(writer._file.readall())
        except OSError as error:
            writer._drop()
            raise _unwritten(path, error) from None
        Watcher.__init__(writer, session)
        return writer

    def on_command(self, now_ns: int, command: AnyCommand, seat: int) -> None:
        """Record a command."""
        self._lines(_entry(now_ns, command, seat))

    def record(self, line: JournalLine) -> None:
        """Record what else was done."""
        self._lines(line)

    def on_advance(self, now_ns: int) -> None:
        """If somebody plays, record that the session has come so far, unless there was a line a moment ago."""
        if self._on_trouble is not None and now_ns >= self._written_ns + BEAT_NS and self.session.over is None:
            self._lines(Clock(at_ns=now_ns))

    def change_speed(self, speed: float, paused: bool, stood_s: float = 0.0) -> None:
        """Record the speed that the player has the market run at from now on, and whether it stands still.

        ``stood_s`` is for how long it has stood still so far, in seconds of the player's.
        """
        stood = round(stood_s, 1) or msgspec.UNSET
        self._lines(SpeedChange(at_ns=self.session.now_ns, speed=speed, paused=paused, stood_s=stood))

    def close(self) -> None:
        """Record what the session came to and its end, if it is over, and close the file. Raises OutputError."""
        session = self.session
        try:
            if session.over is not None:
                now_ns = session.now_ns
                outcomes = [
                    Outcome(
                        at_ns=now_ns,
                        seat=seat,
                        result=result_of(session, seat),
                        quoted=who_quoted(session, seat),
                        fills=FillColumns.of(maker.desk.fills),
                    )
                    for seat, maker in enumerate(session.seats)
                ]
                self._lines(
                    *outcomes,
                    JournalEnd(at_ns=now_ns, ended=session.over, digest=session.digest),
                )
                if self._key is not None:
                    self._lines(self._key.signature(signed_statement(self._hash.hexdigest()), now_ns))
            if isinstance(self._file, BytesIO):
                write(self.path, self._file.getvalue(), private=self._private)
        finally:
            self._drop()

    def _lines(self, *records: JournalLine) -> None:
        if self._file is None:
            return
        try:
            self._write(*records)
        except OSError as error:
            assert self._on_trouble is not None, "nothing fails in memory"
            # Half a line may be in the file, after which no other can follow.
            self._drop()
            self._on_trouble(f"{_unwritten(self.path, error)}; you play on without one")
        self._written_ns = self.session.now_ns

    def _write(self, *records: Header | JournalLine) -> None:
        """Write lines, all at once."""
        assert self._file is not None
        content = b""
        for record in records:
            line, self._crc = sealed(record, self._crc)
            content += line
        left = memoryview(content)
        while left:
            left = left[self._file.write(left) :]
        self._hash.update(content)
        if self._on_trouble is not None and isinstance(records[-1], Header | JournalEnd | Signature):
            os.fsync(self._file.fileno())

    def _hold(self) -> None:
        """Let no other process take up a journal that is being played."""
        if self._on_trouble is not None and fcntl is not None:
            assert self._file is not None
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise OSError(error.errno, "it is being played") from None

    @property
    def is_whole(self) -> bool:
        """Whether all could be written so far; asked before it is closed."""
        return self._file is not None

    def _drop(self) -> None:
        file, self._file = getattr(self, "_file", None), None
        if file is not None:
            file.close()


def resume(
    path: Path,
    on_trouble: Callable[[str], None],
    watch: Callable[[Session], Watched],
    trust: Trust = NOBODY,
    key: SigningKey | None = None,
) -> tuple[Session, Watched, JournalWriter]:
    """Take up a journal that breaks off: the session as it was at its last line, and the writer that goes on.

    Args:
        path: the journal.
        on_trouble: see :class:`JournalWriter`.
        watch: attaches to the session, at its start, whoever looks at it, and returns them.
        trust: what of this machine the journal may have the program use.
        key: signs at the end, if the journal is of its player.

    Raises:
        JournalError: it cannot be read, it has ended, or it cannot be played again.
        OutputError: it cannot be written, or another process plays it.
        UnknownStrategyError: a strategy in it is not there any more.
    """
    journal = read_journal(path, trust)
    if journal.end is not None:
        raise JournalError(f"{path}: the session has ended; there is nothing to go on with")
    replay = Replay(journal.script, watch)
    replay.advance(journal.until_ns)
    return replay.session, replay.watched, JournalWriter.resumed(path, journal, replay.session, on_trouble, key)


def take_over(
    path: Path,
    replay: Replay[Watched],
    name: str,
    digest: str | None,
    on_trouble: Callable[[str], None],
    about: Try = Try(),
) -> tuple[Session, Watched, JournalWriter]:
    """Play on by oneself from where a replay stands, under a journal of its own that names its parent.

    Args:
        path: the new journal.
        replay: where it stands; it is left as it is.
        name: the file name of the parent.
        digest: the parent's, if it had ended.
        on_trouble: see :class:`JournalWriter`.
        about: see :class:`JournalWriter`.

    Raises:
        JournalError: the session is over there.
        OutputError: the journal cannot be written.
    """
    at_ns, script = replay.now_ns, replay.script
    if at_ns >= script.level.end_ns:
        raise JournalError(f"{name}: the level is over there; go back to a moment before")
    session, watched = replay.branch()
    return session, watched, JournalWriter(path, session, Parent(name, digest, at_ns), on_trouble, about)


def free_path(folder: Path, name: str) -> Path:
    """The first numbered name in a folder that is not taken."""
    number = 1
    while os.path.lexists(path := folder / f"{name}-{number}.jsonl"):
        number += 1
    return path


def earlier_tries(folder: Path, level: Level, seed: int) -> int:
    """How many journals of a folder, named as :func:`free_path` names them, are of a level and seed."""
    whole, count = msgspec.json.encode(level), 0
    for path in folder.glob(f"{level.id}-{seed}-*.jsonl"):
        with suppress(JournalError):
            header = read_header(path)
            same = bytes(header.level) == whole or level_of(header, str(path)).digest == level.digest
            count += same and header.seed == seed
    return count


def unfinished(folder: Path) -> list[Path]:
    """Journals of a folder that break off and are not being played, the latest first.

    A file that was killed before its first line was whole holds nothing, and is removed.
    """
    found: dict[Path, int] = {}
    # A link that leads nowhere, or what is no file, hides no other.
    for path in folder.glob("*.jsonl"):
        with suppress(OSError):
            found[path] = path.stat().st_mtime_ns
    return [path for path in sorted(found, key=found.__getitem__, reverse=True) if _breaks_off(path)]


def _breaks_off(path: Path) -> bool:
    """Whether a journal's last whole line is not its end; its tail tells, so that many take no time."""
    try:
        with opened(path) as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            *lines, half = file.read().split(b"\n")
            if size <= _TAIL and not lines:
                if half.startswith(_FIRST) or not half:
                    path.unlink()
                return False
    except OSError:
        return False
    # Without a line in its tail it may end in what the session came to, in one long line.
    return not lines or not lines[-1].startswith(_LAST)


def _entry(at_ns: int, command: AnyCommand, seat: int = 0) -> Entry:
    """The line of a command, with what tells apart the strategy's files, if it is in any."""
    files = _digests(command.strategy, command.params.values()) if isinstance(command, HandOver | Ready) else {}
    return Entry(at_ns=at_ns, seat=seat, command=command, files=files or msgspec.UNSET)


def _digests(strategy: str, values: Iterable[object] = ()) -> dict[str, str]:
    """SHA-256 of a strategy's files with what they import, by path; nothing of those that have gone since."""
    try:
        return {name: code_digest(Path(name)) for name in strategy_files(strategy, values)}
    except (UnknownStrategyError, OSError):
        return {}


#: More than the last line of a journal takes, but for what a session came to.
_TAIL = 64 * 1024
#: What the first line and the last ones begin with.
_FIRST, _LAST = b'{"journal":', (b'{"line":"end"', b'{"line":"signature"')


def _unwritten(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path}: the journal cannot be written: {error.strerror}")

"""The file of a career: a SQLite database that survives what happens to files. It does not know what a record says."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Generic, TypeVar
from zlib import crc32

import msgspec

from mmtui.errors import one_line
from mmtui.files import opened
from mmtui.paths import untaken

#: What brings the tables from each version to the next; the version is how many have been applied.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL, level TEXT NOT NULL, score REAL NOT NULL, stars INTEGER NOT NULL,
        seed INTEGER, strategy TEXT, ended TEXT NOT NULL, pnl REAL, fills INTEGER, digest TEXT, daily TEXT,
        journal TEXT, crc INTEGER NOT NULL
    );
    CREATE INDEX sessions_by_level ON sessions (level);
    CREATE TABLE facts (name TEXT PRIMARY KEY, fact TEXT NOT NULL) WITHOUT ROWID;
    """,
    "ALTER TABLE sessions ADD COLUMN scoring INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE sessions ADD COLUMN hand_time REAL; ALTER TABLE sessions ADD COLUMN hand_fills REAL",
    "ALTER TABLE sessions ADD COLUMN local_day TEXT",
    "ALTER TABLE sessions ADD COLUMN marks TEXT NOT NULL DEFAULT ''",
)
#: How many fields a record had in the first version. One added since is in a row's checksum when it is not its default,
#: so that the checksums of rows from before stay good.
_FIRST_FIELDS = 12
#: Tells our files from other programs' databases: "mmtu".
_APPLICATION = 0x6D6D7475
_BUSY_MS = 5_000
_MAGIC = b"SQLite format 3\x00"

RecordType = TypeVar("RecordType", bound=msgspec.Struct)
Found = TypeVar("Found")


class CareerFile(Generic[RecordType]):
    """Records and facts in a database.

    Args:
        path: the file; None for memory.
        kind: what a record is; its fields are the columns of ``sessions``.

    Attributes:
        troubles: what went wrong on opening, a sentence each.
    """

    def __init__(self, path: Path | None, kind: type[RecordType]) -> None:
        self.path = path
        self.troubles: list[str] = []
        self._kind = kind
        self._columns = ", ".join(kind.__struct_fields__)
        self._db = self._memory() if path is None else self._opened(path)

    # Reading and adding

    def records(self, level: str | None = None) -> list[RecordType]:
        """The records, oldest first; those of one level, if it is given."""
        where, values = ("", ()) if level is None else (" WHERE level = ?", (level,))

        def found() -> list[RecordType]:
            rows = self._rows(self._db, f"{where} ORDER BY at, id", values)
            return [record for record in rows if record is not None]

        return self._read(found)

    def facts(self) -> dict[str, str]:
        """What else is kept, by name."""
        return self._read(lambda: dict(self._db.execute("SELECT name, fact FROM facts")))

    def _read(self, read: Callable[[], Found]) -> Found:
        """Read something; when the file cannot be read any more, from a copy of what can be."""
        try:
            return read()
        except sqlite3.Error as error:
            if self.path is None:
                raise
            path = self.path
            with suppress(sqlite3.Error):
                self._db.close()
            self._lost(path, error)
            self._db = self._read_only(path)
            return read()

    def add(self, records: Sequence[RecordType], facts: Mapping[str, str]) -> str:
        """Add records and set facts, all or none; a sentence if that could not be kept, else an empty one."""
        try:
            self._fill(self._db, records, facts)
        except sqlite3.Error as error:
            if self.path is None:
                raise
            trouble = f"{self.path} cannot be written ({one_line(error)}): this run's scores are not kept."
            self._db = self._in_memory(self._db)
            self.path = None
            self._fill(self._db, records, facts)
            return trouble
        return ""

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # Rows

    def _encoded(self, record: RecordType) -> tuple[object, ...]:
        return (*msgspec.structs.astuple(record), _checksum(record))

    def _rows(self, db: sqlite3.Connection, rest: str = "", values: Sequence[str] = ()) -> Iterator[RecordType | None]:
        """The records of rows, None for one that is damaged; columns that an earlier version lacked have defaults."""
        rows = db.execute(f"SELECT * FROM sessions{rest}", values)
        names = [name for name, *_ in rows.description]
        for row in rows:
            fields = dict(zip(names, row, strict=True))
            try:
                known = {name: fields[name] for name in self._kind.__struct_fields__ if name in fields}
                record = msgspec.convert(known, self._kind)
            except msgspec.ValidationError:
                yield None
            else:
                yield record if _checksum(record) == fields.get("crc") else None

    # Opening

    def _opened(self, path: Path) -> sqlite3.Connection:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for ending in ("", "-journal", "-wal", "-shm"):
                # SQLite would wait for what is no file.
                if os.path.lexists(each := path.with_name(path.name + ending)):
                    opened(each).close()
        except OSError as error:
            self._lost(path, error.strerror)
            return self._memory()
        try:
            return self._checked(path)
        except _DamageError as damage:
            return self._anew(path, one_line(damage))
        except sqlite3.Error as error:
            self._lost(path, error)
            return self._read_only(path)

    def _checked(self, path: Path) -> sqlite3.Connection:
        """The database, looked through and brought to this version. Raises _DamageError, sqlite3.Error."""
        _check_magic(path)
        db = _connect(path)
        try:
            version = _look_through(db)
            if version > len(MIGRATIONS):
                raise sqlite3.NotSupportedError("a later version of mmtui wrote it")
            if version < len(MIGRATIONS):
                if version:
                    _copy(db, path.with_name(f"{path.name}.v{version}"))
                _migrate(db, version)
            # Refused while another app has the file open for the first time; that one has set it by then.
            with suppress(sqlite3.OperationalError):
                db.execute("PRAGMA journal_mode = WAL")
            # Reading takes room beside the file from then on.
            self._check_rows(db)
            db.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            db.close()
            raise
        return db

    def _check_rows(self, db: sqlite3.Connection) -> None:
        try:
            damaged = sum(record is None for record in self._rows(db))
            db.execute("SELECT name, fact FROM facts").fetchall()
        except sqlite3.Error as error:
            raise _damage(error) from None
        if damaged:
            raise _DamageError(f"{damaged} of its sessions")

    def _anew(self, path: Path, why: str) -> sqlite3.Connection:
        """Set a damaged file aside and start a new one with what is whole in it."""
        aside = untaken(path.with_name(path.name + ".damaged"))
        try:
            path.replace(aside)
            for extra in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    path.with_name(path.name + extra).replace(aside.with_name(aside.name + extra))
            db = self._checked(path)
        except (OSError, sqlite3.Error) as error:
            self._lost(path, error)
            return self._memory()
        saved, facts = self._saved(aside)
        self._fill(db, saved, facts)
        self.troubles.append(
            f"{path} was damaged ({why}): it is set aside as {aside.name}; {len(saved)} sessions were saved from it."
        )
        return db

    def _fill(self, db: sqlite3.Connection, records: Sequence[RecordType], facts: Mapping[str, str]) -> None:
        marks = ", ".join("?" * (len(self._kind.__struct_fields__) + 1))
        with _transaction(db):
            db.executemany(f"INSERT INTO sessions ({self._columns}, crc) VALUES ({marks})", map(self._encoded, records))
            db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    def _saved(self, path: Path, *, read_only: bool = False) -> tuple[list[RecordType], dict[str, str]]:
        """What can still be read of a file that may be damaged."""
        records: list[RecordType] = []
        facts: dict[str, str] = {}
        unreadable = (sqlite3.Error, UnicodeDecodeError)
        with suppress(*unreadable), closing(_connect(path, read_only=read_only)) as db:
            with suppress(*unreadable):
                records.extend(record for record in self._rows(db, " ORDER BY id") if record is not None)
            rows = db.execute("SELECT name, fact FROM facts").fetchall()
            facts |= {name: fact for name, fact in rows if isinstance(name, str) and isinstance(fact, str)}
        return records, facts

    def _read_only(self, path: Path) -> sqlite3.Connection:
        """What the file holds, in memory, since it cannot be written."""
        db = self._memory()
        saved, facts = self._saved(path, read_only=True)
        with suppress(sqlite3.Error):
            self._fill(db, saved, facts)
        return db

    def _memory(self) -> sqlite3.Connection:
        self.path = None
        db = _connect(None)
        _migrate(db, 0)
        return db

    def _in_memory(self, db: sqlite3.Connection) -> sqlite3.Connection:
        """A copy in memory of a database that cannot be written any more."""
        memory = self._memory()
        with suppress(sqlite3.Error):
            db.backup(memory)
        with suppress(sqlite3.Error):
            db.close()
        return memory

    def _lost(self, path: Path, why: object) -> None:
        self.troubles.append(f"{path} cannot be used ({one_line(why)}): this run's scores are not kept.")


def _checksum(record: msgspec.Struct) -> int:
    # Zero added, since the database knows no negative zero.
    values = [value + 0.0 if isinstance(value, float) else value for value in msgspec.structs.astuple(record)]
    defaults = record.__struct_defaults__[::-1]
    while len(values) > _FIRST_FIELDS and values[-1] == defaults[len(record.__struct_fields__) - len(values)]:
        values.pop()
    return crc32(repr(values).encode(errors="surrogatepass"))


class _DamageError(Exception):
    """A database that cannot be trusted; the message says what is wrong."""


def _connect(path: Path | None, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection whose transactions are begun by hand."""
    if path is None:
        return sqlite3.connect(":memory:", isolation_level=None)
    # Immutable, or a folder that is read-only could not hold what write-ahead mode needs beside the file.
    query = "?mode=ro&immutable=1" if read_only else ""
    db = sqlite3.connect(f"{path.absolute().as_uri()}{query}", uri=True, isolation_level=None)
    db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    return db


def _check_magic(path: Path) -> None:
    """A file too short to be a database would be taken for an empty one. Raises _DamageError."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError:
        return  # SQLite says it better
    # What an app was killed at, or is at, SQLite takes back by the journal beside the file.
    if start not in (b"", _MAGIC) and not path.with_name(f"{path.name}-journal").exists():
        raise _DamageError("it is no database")


def _look_through(db: sqlite3.Connection) -> int:
    """The version of a database that is whole and ours, 0 for an empty one. Raises _DamageError, sqlite3.Error."""
    try:
        # At one moment: another app may make the tables between two of these questions.
        db.execute("BEGIN")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        (verdict,) = db.execute("PRAGMA integrity_check(1)").fetchone()
        db.execute("COMMIT")
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _damage(error) from None
    if verdict != "ok":
        raise _DamageError(str(verdict))
    if application != _APPLICATION and (tables or version):
        raise _DamageError("it is another program's database")
    if version < 0 or (version == 0 and tables):
        raise _DamageError("its version is missing")
    return int(version)


def _damage(error: Exception) -> Exception:
    """An error of reading: damage, unless only the moment or the rights were wrong."""
    passing = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
    passing |= {sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in passing:
        return error
    return _DamageError(str(error))


def _migrate(db: sqlite3.Connection, version: int) -> None:
    """Bring the tables to this version, all at once; another app that has done so meanwhile has done it for us."""
    with _transaction(db):
        (now,) = db.execute("PRAGMA user_version").fetchone()
        for migration in MIGRATIONS[max(version, now) :]:
            for statement in migration.split(";"):
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {_APPLICATION}")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _copy(db: sqlite3.Connection, path: Path) -> None:
    """A whole copy of a database in another file."""
    with closing(sqlite3.connect(untaken(path))) as copy:
        db.backup(copy)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; waits for others who write."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise

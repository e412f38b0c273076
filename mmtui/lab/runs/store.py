"""Results stored on disk, so that no session is run twice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec

from mmtui.errors import OutputError
from mmtui.level.level import Level
from mmtui.session.commands import Params
from mmtui.session.result import Result

#: Results are written together when so many seconds have passed since the last time.
_EVERY_S = 0.25
_FILE = "results.sqlite"


def key_of(level: Level, strategy: str, source: str, params: Params, seed: int) -> str:
    """Returns the key of one session.

    Args:
        level: the level.
        strategy: the strategy's name.
        source: the digest of its code and of mmtui's, see :func:`~mmtui.strategies.sources.source_digest`.
        params: its parameters.
        seed: the seed.
    """
    return sha256(msgspec.json.encode([level.digest, strategy, source, params, seed], order="sorted")).hexdigest()


class ResultStore:
    """Results by key, in one SQLite file of a folder. Several programs may use it at once, and any may be killed."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._waiting: list[tuple[str, bytes]] = []
        self._written = time.monotonic()

    def find(self, keys: Iterable[str]) -> dict[str, Result]:
        """Returns the results that are stored, by key."""
        found: dict[str, Result] = {}
        for key in keys:
            row = self._database.execute("SELECT result FROM results WHERE key = ?", (key,)).fetchone()
            if row is not None:
                found[key] = msgspec.json.decode(row[0], type=Result)
        return found

    def keep(self, key: str, result: Result) -> None:
        """Store a result; it is on disk soon, at the latest when the store is closed."""
        self._waiting.append((key, msgspec.json.encode(result)))
        if time.monotonic() - self._written > _EVERY_S:
            self.write()

    def write(self) -> None:
        """Write all pending results, or, if the program is killed, none of them."""
        with self._database:
            self._database.executemany("INSERT OR IGNORE INTO results VALUES (?, ?)", self._waiting)
        self._waiting.clear()
        self._written = time.monotonic()


@contextmanager
def store_or_none(folder: Path | str | None) -> Iterator[ResultStore | None]:
    """Open the store in a folder, if one is given. Raises OutputError when it cannot be used."""
    if folder is None:
        yield None
    else:
        with opened_store(Path(folder)) as store:
            yield store


@contextmanager
def opened_store(folder: Path) -> Iterator[ResultStore]:
    """Open the store in a folder, creating it if there is none. Raises OutputError when it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Waits while another program is writing.
        database = sqlite3.connect(folder / _FILE, timeout=60.0)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(folder, error) from None
    try:
        with database:
            database.execute("CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, result BLOB) WITHOUT ROWID")
        store = ResultStore(database)
        try:
            yield store
        finally:
            store.write()
    except sqlite3.Error as error:
        raise _unusable(folder, error) from None
    finally:
        database.close()


def _unusable(folder: Path, error: Exception) -> OutputError:
    why = getattr(error, "strerror", None) or error
    return OutputError(f"--store {folder}: results cannot be kept there: {why}")

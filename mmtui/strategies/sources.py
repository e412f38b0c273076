"""The code that a strategy consists of: a digest of it, and the files to send along with it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from mmtui.errors import UnknownStrategyError
from mmtui.files import read
from mmtui.strategies.imports import imported_code, own_modules
from mmtui.strategies.loading import LOADED, SentFile, source_of
from mmtui.strategies.offered import packed
from mmtui.strategies.registry import strategy_class
from mmtui.strategies.variants import variant

#: The packages that decide how a session goes.
_ENGINE = ("book", "market", "signals", "desk", "strategies", "level", "session")
#: Settings within settings are read so deep.
_MOST_NESTED = 16
_NUMBERS = re.compile(rb"[0-9a-f]{32}")
_PACKAGE = Path(__file__).resolve().parents[1]


def named_files(text: str) -> list[str]:
    """Return the paths of the strategies' files that a spec, or the settings of another strategy, name.

    Where a text can be read in several ways, that is every path which one of them would run.
    """
    found: dict[str, None] = {}
    waiting, seen = [text, *text.split()], set()
    while waiting:
        reading = waiting.pop(0)
        if reading in seen:
            continue
        seen.add(reading)
        parts = reading.split("=", _MOST_NESTED)
        for tail in ("=".join(parts[index:]) for index in range(len(parts))):
            path = tail.rpartition(":")[0]
            if path.endswith(".py"):
                found[path] = None
            if tail.endswith("]"):
                with suppress(UnknownStrategyError):
                    _, base, params = variant(tail)
                    waiting += [base, *params.values(), *(word for value in params.values() for word in value.split())]
    return list(found)


def strategy_files(spec: str, values: Iterable[object] = ()) -> dict[str, SentFile]:
    """Return the files of a strategy and of strategies that its parameters' values name, by path as written.

    Raises:
        UnknownStrategyError: one cannot be read.
    """
    texts = [spec, *(value for value in values if isinstance(value, str))]
    found = {}
    for name in dict.fromkeys(name for text in texts for name in named_files(text)):
        path = Path(name)
        try:
            found[name] = SentFile(os.path.realpath(path), read(path))
        except OSError as error:
            if "=" in name or name.split() != [name]:
                # Another reading of the text may be the one that is meant.
                continue
            raise UnknownStrategyError(f"the strategy file {name} cannot be read: {error.strerror}") from None
    return found


def with_modules(files: Mapping[str, SentFile]) -> dict[str, SentFile]:
    """Return strategies' files with the modules that they import from the user's own files."""
    return {name: file._replace(modules=_modules_of(file)) for name, file in files.items()}


def _modules_of(file: SentFile) -> dict[str, bytes]:
    return imported_code([file.text], LOADED.get(file.path, ()), str(Path(file.path).parent), versions=False)


def code_digest(path: Path) -> str:
    """Return the SHA-256 of a strategy's file and the user's own modules that it imports; without these, the file's.

    After the file come, in the order of their paths as in ``a/b.py``, each module's path, a null byte, and the SHA-256
    of its code in bytes. Raises OSError.
    """
    file = SentFile(os.path.realpath(path), read(path))
    digest = sha256(file.text)
    for module, code in sorted(_modules_of(file).items()):
        digest.update(module.encode() + b"\0" + sha256(code).digest())
    return digest.hexdigest()


def modules_of_objects() -> dict[str, bytes]:
    """Return the user's own modules that this program has imported, which strategies given as objects may need."""
    return imported_code([], own_modules(), versions=False)


def source_digest(strategies: Iterable[tuple[str, Iterable[object]]]) -> str:
    """Return the SHA-256 of the code of strategies, each with its parameters' values, and of all that runs them.

    It takes in the file of a strategy's class, every module that this imports, by itself or through others, from
    outside the standard library and installed distributions, and the versions of those distributions.

    Raises:
        UnknownStrategyError: there is no such strategy.
    """
    digest = sha256(engine_digest().encode())
    for spec, given in strategies:
        values = list(given)
        sources = {}
        for name, file in sorted(strategy_files(spec, values).items()):
            digest.update(sha256(file.text).digest())
            sources[name] = file.text
        for data in packed([spec, *(value for value in values if isinstance(value, str))]).values():
            # Classes have a number of their own in each process.
            digest.update(sha256(_NUMBERS.sub(b"", data)).digest())
        for cls in strategy_class(spec).__mro__:
            source = None if cls.__module__.partition(".")[0] in ("mmtui", "builtins") else source_of(cls)
            if source is not None and Path(source).is_file():
                sources[source] = Path(source).read_bytes()
                digest.update(sha256(sources[source]).digest())
        for name, text in sources.items():
            path = str(Path(name).resolve())
            for module, code in sorted(imported_code([text], LOADED.get(path, ()), str(Path(path).parent)).items()):
                digest.update(module.encode() + b"\0" + sha256(code).digest())
    return digest.hexdigest()


@cache
def engine_digest() -> str:
    """Return the SHA-256 of the code, and weights, that simulate: equal ones, equal sessions."""
    digest = sha256()
    for package in _ENGINE:
        for path in sorted(path for kind in ("*.py", "*.txt") for path in (_PACKAGE / package).rglob(kind)):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

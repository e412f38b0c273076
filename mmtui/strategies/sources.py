"""The code that a strategy is made of: what tells two of them apart, and what must travel with one."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from mmtui.errors import UnknownStrategyError
from mmtui.strategies.loading import SentFile
from mmtui.strategies.registry import strategy_class
from mmtui.version import __version__

#: What of the package decides how a session goes.
_ENGINE = ("book", "market", "signals", "desk", "strategies", "level", "session")
_PACKAGE = Path(__file__).resolve().parents[1]
#: A strategy in a file, by itself or among the settings of another.
_IN_FILE = re.compile(r"([^\s=]+\.py):\w+")


def strategy_files(spec: str, values: Iterable[object] = ()) -> dict[str, SentFile]:
    """The files that a strategy is in, and those of strategies that its parameters' values name, by written path.

    Raises:
        UnknownStrategyError: one cannot be read.
    """
    texts = [spec, *(value for value in values if isinstance(value, str))]
    found = {}
    for name in dict.fromkeys(name for text in texts for name in _IN_FILE.findall(text)):
        path = Path(name)
        try:
            found[name] = SentFile(str(path.resolve()), path.read_bytes())
        except OSError as error:
            raise UnknownStrategyError(f"the strategy file {name} cannot be read: {error.strerror}") from None
    return found


def source_digest(strategies: Iterable[tuple[str, Iterable[object]]]) -> str:
    """SHA-256 of the code of strategies, each with its parameters' values, and of all that runs them.

    A strategy of one's own is told by its file, one that is installed by the file that its class was written in; what
    these import from elsewhere is not seen.

    Raises:
        UnknownStrategyError: there is no such strategy.
    """
    digest = sha256(engine_digest().encode())
    for spec, values in strategies:
        for _, file in sorted(strategy_files(spec, values).items()):
            digest.update(sha256(file.text).digest())
        for cls in strategy_class(spec).__mro__:
            source = None if cls.__module__.partition(".")[0] in ("mmtui", "builtins") else inspect.getsourcefile(cls)
            if source is not None and Path(source).is_file():
                digest.update(sha256(Path(source).read_bytes()).digest())
    return digest.hexdigest()


@cache
def engine_digest() -> str:
    """SHA-256 of this version and of the code that simulates: two programs that share it have the same sessions."""
    digest = sha256(__version__.encode())
    for room in _ENGINE:
        for path in sorted((_PACKAGE / room).rglob("*.py")):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

"""``python -m tests.fuzz level|journal|prices|tape [LIBFUZZER OPTIONS] [CORPUS]``: feed files to what reads them.

It needs atheris, which is not among the test tools: ``pip install atheris``. A good corpus to start from is a shipped
level, a journal of ``mmtui run --journals``, a few prices, the first rows of a tape. It goes on until something raises
what is not one of our errors, or an error of ours has more than a line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["mmtui"]):
    from mmtui.errors import MmtuiError
    from mmtui.lab.backtest.prices import read_prices
    from mmtui.level.level import level_faults, parse_level
    from mmtui.market.tape.lobster import Faults, Units, read_messages
    from mmtui.session.journal import read_journal


def _level(data: bytes, path: Path) -> None:
    text = data.decode("utf-8", "replace")
    assert not any("\n" in fault for fault in level_faults(text, path.name))
    parse_level(text, path.name)


def _file(read: Callable[[Path], object]) -> Callable[[bytes, Path], None]:
    def reader(data: bytes, path: Path) -> None:
        path.write_bytes(data)
        read(path)

    return reader


READERS: dict[str, Callable[[bytes, Path], None]] = {
    "level": _level,
    "journal": _file(read_journal),
    "prices": _file(read_prices),
    "tape": _file(lambda path: read_messages(path, Units(100), Faults(str(path)))),
}


def main(arguments: list[str]) -> None:
    """Fuzz one reader until stopped."""
    if len(arguments) < 2 or arguments[1] not in READERS:
        sys.exit(f"usage: python -m tests.fuzz {'|'.join(READERS)} [LIBFUZZER OPTIONS] [CORPUS]")
    read = READERS[arguments.pop(1)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "input"

        def one(data: bytes) -> None:
            try:
                read(data, path)
            except MmtuiError as error:
                sentence = str(error)
                if "\n" in sentence:
                    raise AssertionError(f"more than a line: {sentence!r}") from error

        atheris.Setup(arguments, one)
        atheris.Fuzz()


main(sys.argv)

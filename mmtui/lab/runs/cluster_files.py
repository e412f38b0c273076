"""The files that sessions need on another machine: strategies and tapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from mmtui.errors import InputError
from mmtui.files import opened, temporary_copies
from mmtui.lab.runs.batch import Batch
from mmtui.level.level import Level
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.strategies.loading import SentFile
from mmtui.strategies.sources import strategy_files, with_modules


def strategies_of(batches: Iterable[Batch]) -> dict[str, SentFile]:
    """Returns the files of all strategies, those of par included, by the path that names them, with what they import.

    Raises:
        UnknownStrategyError: one cannot be read.
    """
    files: dict[str, SentFile] = {}
    for batch in batches:
        for spec, params in batch.strategies:
            files |= strategy_files(spec, params.values())
        for level in batch.levels:
            files |= strategy_files(level.par)
    return with_modules(files)


def tapes_of(batches: Iterable[Batch]) -> dict[str, bytes]:
    """Returns the contents of all levels' tapes, by SHA-256. Raises InputError when one cannot be read."""
    found: dict[str, bytes] = {}
    for batch in batches:
        for level in batch.levels:
            market = level.market
            if isinstance(market, TapeSpec) and market.digest not in found:
                try:
                    with opened(Path(market.file)) as file:
                        found[market.digest] = file.read()
                except OSError as error:
                    raise InputError(f"{market.file}: the tape cannot be read: {error.strerror}") from None
    return found


def placed(chunk: Batch, tapes: Mapping[str, bytes]) -> Batch:
    """Returns the chunk with its tapes, by their SHA-256, in files of this machine."""
    return replace(chunk, levels=[_placed(level, tapes) for level in chunk.levels])


def _placed(level: Level, tapes: Mapping[str, bytes]) -> Level:
    market = level.market
    if not isinstance(market, TapeSpec):
        return level
    name = Path(market.file).name
    file = temporary_copies(market.digest, {name: tapes[market.digest]}) / name
    return level.on_tape(msgspec.structs.replace(market, file=str(file)))

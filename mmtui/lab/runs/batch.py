"""What a headless run is made of: a batch of levels, strategies and seeds, and one session of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from mmtui.errors import InputError, MmtuiError, UnknownStrategyError
from mmtui.level.level import Level, level_ids, load_level
from mmtui.session.commands import Params
from mmtui.session.journal_file import JournalWriter, Try
from mmtui.session.result import Result
from mmtui.session.session import Session
from mmtui.session.signing import SigningKey, own_or_new_key


class Cell(NamedTuple):
    """What one session of a batch is of."""

    level: Level
    strategy: str
    params: Params
    seed: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What to run. Results come level by level, seed by seed, strategy by strategy.

    Attributes:
        levels: the levels.
        strategies: each with its parameters, named as :func:`~mmtui.strategies.registry.make` takes them.
        seeds: the seeds.
        journals: a folder to write each session's journal to.
        audit: check each session's books after every event, see :class:`~mmtui.session.audit.Audit`.
        traceback: have a failed strategy's whole traceback in its result's ``error``.
        objects: strategies that are objects of this program, packed for other processes.
    """

    levels: Sequence[Level]
    strategies: Sequence[tuple[str, Params]]
    seeds: Sequence[int]
    journals: Path | None = None
    audit: bool = False
    traceback: bool = False
    objects: Mapping[str, bytes] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.levels) * len(self.strategies) * len(self.seeds)

    def cells(self) -> Iterator[Cell]:
        """Yields its sessions in the order of their results."""
        for level in self.levels:
            for seed in self.seeds:
                for strategy, params in self.strategies:
                    yield Cell(level, strategy, params, seed)


def find_levels(names: Sequence[str], overrides: Mapping[str, str] = {}, opponent: str | None = None) -> list[Level]:
    """Load levels by id or path, each once, with some keys set, for a duel if there is an opponent.

    The name ``all`` is every level of the campaign.

    Raises:
        LevelError: one cannot be used.
        InputError: two different levels have one id.
    """
    found: dict[str, Level] = {}
    for name in names:
        for level_name in level_ids() if name == "all" else [name]:
            level = load_level(level_name, overrides)
            if opponent is not None:
                level = level.against(opponent)
            if found.setdefault(level.id, level) != level:
                raise InputError(f"{level_name}: another level is called {level.id!r} too; give this one its own id")
    return list(found.values())


def simulate(
    level: Level,
    strategy: str,
    seed: int,
    params: Params | None = None,
    journal: Path | None = None,
    *,
    audit: bool = False,
    traceback: bool = False,
) -> Result:
    """Run one session to its end, or to where the strategy fails.

    Args:
        level: the level.
        strategy: as :func:`~mmtui.strategies.registry.make` takes it.
        seed: the seed.
        params: the strategy's parameters.
        journal: the file to write a journal to.
        audit: check the books after every event.
        traceback: have a failed strategy's whole traceback in the result's ``error``.

    Raises:
        AuditError: the books do not add up.
        UnknownStrategyError: the strategy, or the level's par, cannot be used.
        OutputError: the journal cannot be written.
    """
    session = Session(level, seed, strategy, params, ends_on_failure=True)
    writer = None if journal is None else JournalWriter(journal, session, about=Try(key=_key()))
    try:
        if audit:
            from mmtui.session.audit import Audit

            Audit(session)
        session.advance(session.end_ns)
    finally:
        if writer is not None:
            writer.close()
    result = session.result()
    if traceback and result.error is not None:
        return msgspec.structs.replace(result, error=f"{result.error}\n{session.maker.traceback}")
    return result


def _key() -> SigningKey | None:
    """The player's key, if it can be used; a journal without is one of a stranger's."""
    from platformdirs import user_data_path

    try:
        return own_or_new_key(user_data_path("mmtui"))
    except MmtuiError:
        return None


def journal_name(level: Level, strategy: str, seed: int) -> str:
    """The file name of a session's journal."""
    return f"{level.id}-{re.sub(r'[^a-zA-Z0-9.]+', '-', strategy).strip('-.')}-{seed}.jsonl"


def run_here(batch: Batch) -> Iterator[Result]:
    """Run a batch in this process, yielding its results.

    Its strategies could be set up once; one that cannot this time has failed in this session.
    """
    for level, strategy, params, seed in batch.cells():
        journal = None if batch.journals is None else batch.journals / journal_name(level, strategy, seed)
        checks = {"audit": batch.audit, "traceback": batch.traceback}
        try:
            yield simulate(level, strategy, seed, params, journal, **checks)
        except UnknownStrategyError as error:
            yield _not_set_up(level, strategy, seed, error)


def _not_set_up(level: Level, strategy: str, seed: int, error: UnknownStrategyError) -> Result:
    session = Session(level, seed, ends_on_failure=True)
    session.maker.strategy_name = strategy
    session.maker.fail(str(error))
    session.par.advance(session.end_ns)
    return session.result()

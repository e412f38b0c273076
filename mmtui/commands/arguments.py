"""What several commands share: taking levels, strategies, seeds and parameters, and printing columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mmtui.errors import InputError, UnknownStrategyError
from mmtui.game.level import Level, level_ids, load_level
from mmtui.strategies.registry import make, params_of, parse_settings, strategy_class


def levels_from(names: Sequence[str]) -> list[Level]:
    """Levels by id or path, each once; ``all`` is every shipped one."""
    found: dict[str, Level] = {}
    for name in names:
        for level_name in level_ids() if name == "all" else [name]:
            level = load_level(level_name)
            if found.setdefault(level.id, level) != level:
                raise InputError(f"{level_name}: another level is called {level.id!r} too; give this one its own id")
    return list(found.values())


def seeds_from(text: str) -> range:
    """``A:B``, both included, or one seed."""
    first, colon, last = text.partition(":")
    try:
        seeds = range(int(first), int(last if colon else first) + 1)
    except ValueError:
        raise InputError(f"--seeds {text}: expected A:B or one whole number") from None
    if seeds.start < 0 or not seeds:
        raise InputError(f"--seeds {text}: expected A:B with 0 ≤ A ≤ B")
    return seeds


def strategies_from(specs: Sequence[str], settings: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Strategies with the settings that are theirs: ``key=value`` goes to all that have the parameter.

    ``name.key=value`` goes to the strategy of that name only.
    """
    known = {spec: {param.name for param in params_of(strategy_class(spec))} for spec in specs}
    chosen: dict[str, dict[str, Any]] = {spec: {} for spec in specs}
    for key, value in parse_settings(settings).items():
        name, _, parameter = key.rpartition(".")
        if name in known:
            takers = [name]
        else:
            takers, parameter = [spec for spec in specs if key in known[spec]], key
        if not takers:
            listed = ", ".join(sorted(set().union(*known.values()))) or "none"
            raise UnknownStrategyError(f"--set {key}={value}: no chosen strategy has it; their parameters are {listed}")
        for spec in takers:
            chosen[spec][parameter] = value
    for spec, params in chosen.items():
        make(spec, params)
    return list(chosen.items())


def columns(rows: Sequence[Sequence[str]], left: int | None = None) -> Iterator[str]:
    """Lines of columns, two spaces apart: the first ``left`` of them left-aligned (all when None), the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if left is None or index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()

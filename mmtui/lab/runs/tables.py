"""Results as tables: a summary for the eye, and flat rows for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from mmtui.errors import InputError
from mmtui.level.level import Part
from mmtui.session.result import Result

#: The parts of a score, in the order of the columns.
PARTS: tuple[str, ...] = get_args(Part)


#: The columns of a result's tables whose keys are open, or that are not always there.
_KEYS: dict[str, tuple[str, ...]] = {
    "parts": PARTS,
    "markout": ("1s", "10s", "60s"),
    "opponent": ("strategy", "score", "stars", "pnl", "position", "fills", "error"),
}


def flat(record: msgspec.Struct) -> dict[str, Any]:
    """A record as one row: nested keys joined by points; None for a part of the score that a level does not weigh.

    Parameters are one text, as in "half_spread=auto size=3".
    """
    row: dict[str, Any] = {}
    for key, value in msgspec.to_builtins(record).items():
        if key == "params":
            row[key] = " ".join(f"{name}={_setting(setting)}" for name, setting in value.items())
        elif isinstance(value, dict) or key in _KEYS:
            row |= {f"{key}.{inner}": (value or {}).get(inner) for inner in _KEYS.get(key, value)}
        else:
            row[key] = value
    return row


def csv_lines(records: Iterable[msgspec.Struct]) -> Iterable[str]:
    """CSV lines, each with its line end, the header first; the columns are the same whatever was run."""
    writer = None
    buffer = io.StringIO()
    for record in records:
        row = flat(record)
        if writer is None:
            writer = csv.DictWriter(buffer, fieldnames=list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def pyarrow() -> tuple[Any, Any]:
    """The libraries that write Parquet. Raises InputError when they are not installed."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise InputError("parquet needs pyarrow, which is not installed: pip install 'mmtui[parquet]'") from None


def write_parquet(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, type], path: Path) -> None:
    """Write rows to a Parquet file.

    Args:
        rows: a mapping a row.
        kinds: every column's name and type: str, int, float or bool, of which each may also be None.
        path: the file.

    Raises:
        InputError: pyarrow is not installed, or the file cannot be written.
    """
    arrow, parquet = pyarrow()
    types = {str: arrow.string(), int: arrow.int64(), float: arrow.float64(), bool: arrow.bool_()}
    schema = arrow.schema([(name, types[kind]) for name, kind in kinds.items()])
    columns = {name: [row[name] for row in rows] for name in kinds}
    try:
        parquet.write_table(arrow.table(columns, schema=schema), path)
    except OSError as error:
        raise InputError(f"--out {path}: cannot be written: {error.strerror or error}") from None


def columns_of(kind: type[msgspec.Struct], rows: Sequence[Mapping[str, Any]] = ()) -> dict[str, type]:
    """The columns of :func:`flat` and their types; those of tables with open keys are told from the rows."""
    found: dict[str, type] = {}
    for name, hint in get_type_hints(kind).items():
        if name == "params":
            found[name] = str
        elif get_origin(hint) is dict:
            keys = _KEYS.get(name)
            if keys is not None:
                found |= {f"{name}.{key}": float for key in keys}
            else:
                named = [key for key in rows[0] if key.startswith(f"{name}.")] if rows else []
                found |= {key: _kind([row[key] for row in rows]) for key in named}
        else:
            plain = next(one for one in get_args(hint) or (hint,) if one is not type(None))
            if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
                inner = columns_of(plain)
                found |= {f"{name}.{key}": inner[key] for key in _KEYS.get(name, inner)}
            else:
                found[name] = plain
    return found


def _kind(values: Sequence[Any]) -> type:
    """The one type of a column's values, None aside."""
    kinds = {type(value) for value in values if value is not None}
    return kinds.pop() if len(kinds) == 1 else float


_SUMMARY = ("level", "strategy", "seeds", "score", "sd", "PnL", "sd", "spread", "position", "mean |q|", "10 s", "fills")


def summary(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """Headings, then a row a level and strategy: means over seeds, with the standard deviation of score and PnL.

    Runs in which the strategy failed are counted and otherwise left out.
    """
    duel = any(result.opponent is not None for result in results)
    rows: list[tuple[str, ...]] = [(*_SUMMARY, "present", *(["opponent"] if duel else []))]
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.level, result.strategy or "player"), []).append(result)
    for (level, strategy), runs in groups.items():
        group = [result for result in runs if result.error is None]
        failed = len(runs) - len(group)
        seeds = f"{len(runs)}, {failed} failed" if failed else str(len(runs))
        if not group:
            rows.append((level, strategy, seeds, *[""] * (len(rows[0]) - 3)))
            continue
        scores = [result.score for result in group]
        pnls = [result.pnl.total for result in group]
        markouts = [value for result in group if (value := result.markout["10s"]) is not None]
        row = (
            level,
            strategy,
            seeds,
            f"{fmean(scores):.1f}",
            _deviation(scores, ".1f"),
            f"{fmean(pnls):,.0f}",
            _deviation(pnls, ",.0f"),
            f"{fmean(result.pnl.spread for result in group):,.0f}",
            f"{fmean(result.pnl.position for result in group):,.0f}",
            f"{fmean(result.position.mean_abs for result in group):.1f}",
            f"{fmean(markouts):+.2f}" if markouts else "",
            f"{fmean(result.fills for result in group):.0f}",
            f"{fmean(result.presence for result in group):.0%}",
        )
        rows.append((*row, *([_opponents(group)] if duel else [])))
    return rows


def _setting(value: object) -> str:
    return "auto" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _deviation(numbers: Sequence[float], form: str) -> str:
    return format(stdev(numbers), form) if len(numbers) > 1 else ""


def _opponents(group: Sequence[Result]) -> str:
    """The opponent in a duel, with its mean score."""
    opponents = [result.opponent for result in group if result.opponent is not None]
    return f"{opponents[0].strategy} {fmean(each.score for each in opponents):.1f}" if opponents else ""

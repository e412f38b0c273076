"""Records as flat rows for other programs: JSON lines and CSV, and the columns that they have."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from mmtui.level.level import Part

#: The columns of a result's tables whose keys are open, or that can be missing.
_KEYS: dict[str, tuple[str, ...]] = {
    "parts": get_args(Part),
    "markout": ("1s", "10s", "60s"),
    "opponent": ("strategy", "score", "stars", "pnl", "position", "fills", "error"),
}


def flat(record: msgspec.Struct) -> dict[str, Any]:
    """Returns a record as one row: nested keys joined by points; None for a part of the score without a weight.

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


def json_lines(records: Iterable[msgspec.Struct]) -> Iterator[str]:
    """Yields a line of JSON for each record, with its line end."""
    return (msgspec.json.encode(record).decode() + "\n" for record in records)


def csv_lines(records: Iterable[msgspec.Struct]) -> Iterator[str]:
    """Yields CSV lines with their line ends, the header first; a kind of record always has the same columns."""
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


def columns_of(kind: type[msgspec.Struct], rows: Sequence[Mapping[str, Any]] = ()) -> dict[str, type]:
    """Returns the columns of :func:`flat` and their types; those of open keys are inferred from the rows."""
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
    """Returns the one type of a column's values, None aside."""
    kinds = {type(value) for value in values if value is not None}
    return kinds.pop() if len(kinds) == 1 else float


def _setting(value: object) -> str:
    return "auto" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

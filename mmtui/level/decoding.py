"""TOML and JSON from anybody, decoded into tables of bounded depth."""

from __future__ import annotations

import tomllib
from typing import Any

import msgspec

#: No level nests deeper than this; the validation walks by recursion.
_DEEPEST = 32


def decode_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text. Raises ValueError with a sentence that says what was expected."""
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        raise ValueError(_DEPTH) from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"expected TOML: {' '.join(str(error).split())}") from None
    except ValueError:
        # Python itself refuses to read numbers of thousands of digits.
        raise ValueError("expected TOML with numbers of at most 4,300 digits") from None
    _check_depth(tables)
    return tables


def decode_json(data: bytes) -> Any:
    """Return the value of a JSON text. Raises ValueError with a sentence that says what was expected."""
    try:
        value = msgspec.json.decode(data)
    except RecursionError:
        raise ValueError(_DEPTH) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"expected JSON: {' '.join(str(error).split())}") from None
    _check_depth(value)
    return value


_DEPTH = f"expected tables and lists of at most {_DEEPEST} levels within each other"


def _check_depth(value: object) -> None:
    within = [value]
    for _ in range(_DEEPEST):
        within = [
            inner
            for each in within
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not within:
            return
    raise ValueError(_DEPTH)

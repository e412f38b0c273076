"""Starts a level of the user's own from the skeleton."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path

from mmtui.errors import InputError, one_line
from mmtui.files import NO_JSON, read, write
from mmtui.level.json_schema import FILE, schema_text
from mmtui.level.level import parse_level
from mmtui.strategies.new import from_skeleton


def write_skeleton(path: Path, market: Path | None = None) -> None:
    """Write the skeleton to a new file, after whose name the level is called, and beside it the schema that it names.

    Args:
        path: the new file.
        market: a file with a market's table, to take the place of the skeleton's.

    Raises:
        InputError: the file is there already, or is not called as a level can be; or the market's is none.
        OutputError: it cannot be written.
    """
    name = path.stem
    if path.suffix != ".toml" or not re.fullmatch("[a-z0-9][a-z0-9-]*", name):
        raise InputError(f"{path}: a level's file is called by small letters, digits and hyphens, and ends in .toml")
    words = {"FILE": shlex.quote(str(path)), "ID": name, "TITLE": name.replace("-", " ").capitalize()}
    from_skeleton(path, "mmtui.level", "skeleton.toml", words, str if market is None else _with_market(market))
    write(path.with_name(FILE), schema_text())


def _with_market(path: Path) -> Callable[[str], str]:
    """What puts a market's file in the place of a skeleton's market, and of what happens to that. Raises InputError."""
    try:
        market = read(path).decode()
        tables = tomllib.loads(market)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except NO_JSON as error:
        raise InputError(f"{path}: cannot be read as TOML: {one_line(error)}") from None
    if set(tables) != {"market"}:
        raise InputError(f"{path}: expected a market's table and no other, as mmtui fit writes it")

    def change(text: str) -> str:
        text = re.sub("(?s)# The market: .*?(?=# The maker's rules)", lambda _: f"{market}\n", text)
        text = re.sub("(?s)# From some time on .*?(?=# What the coach)", "", text)
        normal = parse_level(text, str(path)).market.normal
        text = re.sub("ABC trades at .*? ticks. ", "", text)
        # As wide for its spread as the skeleton's is for its own.
        width = 8 if normal is None else max(2, round(3.3 * normal.spread))
        return re.sub(r"max_width = \d+", f"max_width = {width}", text)

    return change

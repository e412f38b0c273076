"""The reference of the level format, generated from the schema.

Types and bounds come from msgspec, explanations from the docstrings of its structs.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
from msgspec import inspect as types

from mmtui.level.level import Level, market_presets, preset_about
from mmtui.level.signal_catalogue import SIGNALS
from mmtui.units import bound_text


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: its name, the values it takes and its default, in words, and its meaning."""

    name: str
    takes: str
    default: str
    about: str


@dataclass(slots=True)
class KeyTable:
    """A table of a level file.

    Attributes:
        paths: key paths at which it may appear.
        kind: value of its key ``kind``, empty if it has none.
        about: its meaning.
        keys: its keys, in the order of the schema.
    """

    paths: list[str]
    kind: str
    about: str
    keys: list[Key] = field(default_factory=list)


def structs() -> dict[type[msgspec.Struct], KeyTable]:
    """Every table that a level file may have, by its struct."""
    found: dict[type[msgspec.Struct], KeyTable] = {}
    _collect(cast("types.StructType", types.type_info(Level)), "", found)
    return found


def tables() -> list[KeyTable]:
    """Every table that a level file may have, each once."""
    return list(structs().values())


def documented(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The meaning of each attribute, from the ``Attributes`` of the docstrings of a struct and its bases."""
    found: dict[str, str] = {}
    for each in reversed(struct.__mro__):
        _, _, section = inspect.cleandoc(each.__dict__.get("__doc__") or "").partition("Attributes:\n")
        entries = re.split(r"\n(?=    \S)", section.partition("\n\n")[0])
        for names, colon, about in (entry.partition(":") for entry in entries):
            for name in names.split(",") if colon else ():
                found[name.strip()] = " ".join(about.split())
    return found


def _collect(info: types.StructType, path: str, found: dict[type[msgspec.Struct], KeyTable]) -> None:
    if info.cls in found:
        found[info.cls].paths = list(dict.fromkeys([*found[info.cls].paths, path]))
        return
    doc = inspect.cleandoc(info.cls.__doc__ or "").partition("Attributes:\n")[0]
    table = found[info.cls] = KeyTable([path], str(info.tag or ""), " ".join(doc.split()))
    about = documented(info.cls)
    for each in info.fields:
        inner = f"{path}.{each.encode_name}".lstrip(".") + (".NAME" if isinstance(each.type, types.DictType) else "")
        parts = list(_structs(each.type))
        table.keys.append(
            Key(each.encode_name, type_words(each.type), _default(each, bool(parts)), about.get(each.name, ""))
        )
        for part in parts:
            _collect(part, inner, found)


def _structs(kind: types.Type) -> Iterator[types.StructType]:
    """The structs that a value may be or contain."""
    match kind:
        case types.StructType():
            yield kind
        case types.UnionType():
            for each in kind.types:
                yield from _structs(each)
        case types.VarTupleType():
            yield from _structs(kind.item_type)
        case types.DictType():
            yield from _structs(kind.value_type)
        case types.Metadata():
            yield from _structs(kind.type)


def type_words(kind: Any, many: bool = False) -> str:
    """The values of a type in words; ``many`` for the plural. Raises TypeError for a type that no level uses."""
    s = "s" if many else ""
    match kind:
        case types.Metadata():
            return type_words(kind.type, many)
        case types.IntType():
            return f"whole number{s}{_bounds(kind)}"
        case types.FloatType():
            return f"number{s}{_bounds(kind)}"
        case types.StrType():
            return f"text{'' if kind.pattern is None else f' like `{kind.pattern}`'}"
        case types.BoolType():
            return "true or false"
        case types.LiteralType():
            return "one of " + ", ".join(str(value) for value in kind.values)
        case types.StructType():
            return f"table{s}"
        case types.UnionType():
            shown = dict.fromkeys(type_words(each, many) for each in kind.types if not isinstance(each, types.NoneType))
            return " or ".join(shown)
        case types.VarTupleType():
            return f"list{s} of {type_words(kind.item_type, True)}"
        case types.TupleType():
            return f"list{s} of {len(kind.item_types)}: {type_words(kind.item_types[0], True)}"
        case types.DictType():
            names = type_words(kind.key_type).replace("text", "names of one's own")
            return f"table: {names}, each with a {type_words(kind.value_type)}"
    raise TypeError(f"the reference knows no words for {kind}")


def _bounds(kind: types.IntType | types.FloatType) -> str:
    limits = (("at least", kind.ge), ("above", kind.gt), ("at most", kind.le), ("below", kind.lt))
    shown = [f"{words} {bound_text(limit)}" for words, limit in limits if limit is not None]
    return ", " + " and ".join(shown) if shown else ""


def _default(each: types.Field, is_table: bool) -> str:
    if each.required:
        return "required"
    if is_table or each.default in (None, ()) or each.default is msgspec.NODEFAULT:
        return "optional" if is_table else "none"
    return f"`{json.dumps(each.default)}`"


# As Markdown


def markdown() -> str:
    """The whole reference in Markdown, a section for each table."""
    sections = [_section(table) for table in tables()]
    presets = [(f"`{name}`", preset_about(name)) for name in market_presets()]
    sections.append(
        "### Presets\n\nMarkets of the kind book to build on: what one sets need not be set again, and can be.\n\n"
        + grid(("`market.preset`", "what it is"), presets)
    )
    rows = [
        (f"`{name}`", ", ".join(signal.words) or signal.unit or "number", signal.about)
        for name, signal in SIGNALS.items()
    ]
    sections.append(
        "### Signals\n\nWhat conditions compare and sentences can name, looked at once a second.\n\n"
        + grid(("signal", "unit or words", "what it is"), rows)
    )
    return "\n\n".join(sections) + "\n"


def _section(table: KeyTable) -> str:
    where = ", ".join(f"`{path}`" for path in table.paths if path)
    kind = f' with `kind = "{table.kind}"`' if table.kind else ""
    heading = f"### {where}{kind}" if where else "### The level"
    rows = [(f"`{key.name}`", key.takes, key.default, _sentence(key.about)) for key in table.keys]
    about = table.about.replace("``", "`")
    return f"{heading}\n\n{about}\n\n{grid(('key', 'takes', 'left out', 'what it is'), rows)}"


def _sentence(text: str) -> str:
    return text.replace("``", "`")


def grid(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)

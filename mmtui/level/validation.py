"""What is wrong with a level's tables: each fault by its key path, in words that a level's author knows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from mmtui.errors import did_you_mean, shortened
from mmtui.level.overrides import TUNED_STRATEGY

#: Msgspec's types and bounds in an author's words.
_KINDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "text",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
}
_BOUNDS = {" >= ": " of at least ", " > ": " above ", " <= ": " of at most ", " < ": " below "}


def validation_errors(table: object, kind: type[msgspec.Struct], path: str = "") -> Iterator[str]:
    """Every fault that keeps a table from being a ``kind``, each in one line that starts with its key path.

    What holds between keys is checked where the keys themselves are in order.
    """
    if not isinstance(table, Mapping):
        yield f"{path}: expected a table, not {_shown(table)}"
        return
    found = list(_key_faults(table, kind, f"{path}." if path else ""))
    yield from found
    if not found:
        try:
            msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            text = str(error).partition(" - at ")[0]
            # What a struct says of its own begins with a key of it, or is about all of it.
            yield text if not path else f"{path}.{text}" if re.match(r"[\w.\[\]]+: ", text) else f"{path}: {text}"


def _key_faults(table: Mapping[str, Any], kind: type[msgspec.Struct], prefix: str) -> Iterator[str]:
    known = {field.encode_name: field for field in _fields(kind)}
    tag = kind.__struct_config__.tag_field
    for key in table:
        if key not in known and key != tag:
            yield f"{prefix}{key}: unknown key{did_you_mean(key, known)}"
    for name, field in known.items():
        if name in table:
            yield from _value_faults(table[name], field.type, f"{prefix}{name}")
        elif field.required:
            yield f"{prefix}{name}: this key is missing"


def _value_faults(value: object, kind: Any, path: str) -> Iterator[str]:
    if get_origin(kind) is Annotated and get_origin(plain := get_args(kind)[0]) in (tuple, dict):
        # Faults within a list or table come before that of its length.
        yield from list(_value_faults(value, plain, path)) or _conversion_faults(value, kind, path)
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from validation_errors(value, kind, path)
    elif value is not None and len(kinds := _but_none(kind)) == 1:
        yield from _value_faults(value, kinds[0], path)
    elif (tagged := _tagged(kind)) and not (value is None and NoneType in get_args(kind)):
        yield from _variant_faults(value, tagged, path)
    elif get_origin(kind) is tuple and isinstance(value, list) and get_args(kind)[-1] is Ellipsis:
        for index, item in enumerate(value):
            yield from _value_faults(item, get_args(kind)[0], f"{path}[{index}]")
    elif get_origin(kind) is dict and isinstance(value, Mapping):
        names, number = get_args(kind)
        for key, item in value.items():
            if get_origin(names) is Literal and key not in get_args(names):
                yield f"{path}.{key}: unknown key{did_you_mean(key, get_args(names))}"
            else:
                yield from _value_faults(item, number, f"{path}.{key}")
    elif get_origin(kind) is Literal and value not in get_args(kind):
        yield f"{path}: expected one of {', '.join(map(str, get_args(kind)))}, not {_shown(value)}"
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{path}: expected a finite number, not {value}"
    else:
        yield from _conversion_faults(value, kind, path)


def _conversion_faults(value: object, kind: Any, path: str) -> Iterator[str]:
    """What msgspec says of a value, if it can make nothing of it."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        yield _told(str(error), value, path)


def _variant_faults(value: object, tagged: Mapping[str, type[msgspec.Struct]], path: str) -> Iterator[str]:
    """Faults of a table whose tag says which struct it is."""
    field = next(iter(tagged.values())).__struct_config__.tag_field
    if not isinstance(value, Mapping):
        yield f"{path}: expected a table, not {_shown(value)}"
    elif field not in value:
        yield f"{path}.{field}: this key is missing; expected one of {', '.join(tagged)}"
    elif value[field] not in list(tagged):
        yield f"{path}.{field}: expected one of {', '.join(tagged)}, not {_shown(value[field])}"
    else:
        yield from validation_errors(value, tagged[value[field]], path)


def _tagged(kind: Any) -> dict[str, type[msgspec.Struct]]:
    """By tag, the structs of a union of tagged structs, perhaps with None; empty for any other type."""
    kinds = _but_none(kind)
    structs = [each for each in kinds if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    structs = [each for each in structs if each.__struct_config__.tag_field is not None]
    return {str(each.__struct_config__.tag): each for each in structs} if len(structs) == len(kinds) else {}


def _but_none(kind: Any) -> list[Any]:
    """The types of a union but None; none of any other type."""
    union = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
    return [each for each in union if each is not NoneType]


def _told(message: str, value: Any, path: str) -> str:
    """Msgspec's message on a value, in plain words, with the value."""
    text, _, where = message.partition(" - at ")
    for index in re.findall(r"\[(\d+)\]", where):
        value = value[int(index)]
        path += f"[{index}]"
    text = text.partition(", got")[0].removesuffix(".0").replace("matching regex", "that matches")
    text = re.sub(r"`(\w+)(?: \| null)?`", lambda found: _KINDS.get(found[1], found[1]), text)
    text = text.replace(f"text that matches {TUNED_STRATEGY!r}", "a strategy, such as skew or rules[skew=0.5]")
    for sign, words in _BOUNDS.items():
        text = text.replace(sign, words)
    return f"{path}: {text[:1].lower()}{text[1:]}, not {_shown(value)}"


def _shown(value: object) -> str:
    return shortened("true" if value is True else "false" if value is False else repr(value))


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)

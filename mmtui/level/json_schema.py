"""The level format as JSON Schema, by which editors complete keys and explain them."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from mmtui.level.level import Level, market_presets
from mmtui.level.reference import documented, structs
from mmtui.level.signal_catalogue import SIGNALS
from mmtui.market.kinds import AnyMarketSpec
from mmtui.strategies.registry import strategy_names

#: What the file is called that scaffolds name in their first line.
FILE = "mmtui-level.schema.json"
_DIALECT = "http://json-schema.org/draft-07/schema#"


def schema() -> dict[str, Any]:
    """Returns the schema of a level's file.

    It describes the file as it is written: a market may build on a preset, and an event says only what changes, so that
    no key of theirs is required. ``mmtui levels check`` knows what is missing all the same.
    """
    found: dict[str, Any] = msgspec.json.schema(Level, ref_template="#/definitions/{name}")
    definitions: dict[str, Any] = found["$defs"]
    for struct, table in structs().items():
        definition = definitions[struct.__name__]
        definition["description"] = table.about
        about = documented(struct)
        for name, part in definition["properties"].items():
            if name in about:
                # Beside a reference nothing else counts before draft 2019.
                definition["properties"][name] = _described(part, about[name])
    for name in _parts_of_markets():
        definitions[name].pop("required", None)
    definitions["EventSpec"]["required"].remove("market")
    definitions["BookMarketSpec"]["properties"]["preset"] = {
        "description": "the market that this one builds on",
        "enum": market_presets(),
    }
    level = definitions["Level"]["properties"]
    for key in ("naive", "lesson_strategy", "par"):
        level[key]["examples"] = [*strategy_names(baselines=True)]
    definitions["ConditionSpec"]["properties"]["signal"]["enum"] = [*SIGNALS]
    return {
        "$schema": _DIALECT,
        "title": "A level of mmtui",
        "$ref": "#/definitions/Level",
        "definitions": _plain(definitions),
    }


def schema_text() -> str:
    """Returns the schema as JSON."""
    return json.dumps(schema(), indent=1) + "\n"


def _described(part: dict[str, Any], about: str) -> dict[str, Any]:
    if "$ref" in part:
        return {"allOf": [{"$ref": part["$ref"]}], "description": about, **_default(part)}
    return {**part, "description": about}


def _default(part: dict[str, Any]) -> dict[str, Any]:
    return {"default": part["default"]} if "default" in part else {}


def _parts_of_markets() -> list[str]:
    """Returns the names of the definitions that a market may consist of."""
    _, components = msgspec.json.schema_components([AnyMarketSpec])
    return [*components]


def _plain(value: Any) -> Any:
    """Returns a schema in the words of this draft: of lists with a type for each item, and without discriminators."""
    if isinstance(value, dict):
        if "prefixItems" in value:
            value = {**value, "items": value["prefixItems"], "additionalItems": False}
            del value["prefixItems"]
        return {key: _plain(part) for key, part in value.items() if key != "discriminator"}
    return [_plain(part) for part in value] if isinstance(value, list) else value

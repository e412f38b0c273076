"""Levels: their schema, and how a file becomes one.

A level file is TOML. Its ``[market]`` table names a ``preset`` and overrides any part of it; each ``[[events]]`` entry
overrides any part of the market again from its time on. Unknown keys are refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from mmtui.errors import LevelError
from mmtui.game.files import levels_dir
from mmtui.market.instrument import NS_PER_S, NonNegativeFloat, PositiveFloat, PositiveInt
from mmtui.market.world import MarketSpec

Part = Literal["pnl", "inventory", "markout", "presence"]
_NS_PER_MS = 1_000_000


class MakerSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The maker's rules. Positions and sizes in lots.

    Attributes:
        position_limit: the exchange rejects orders that could take the absolute position beyond it.
        max_order: the largest order.
        sizes: what the size keys 1 to 5 set.
        position: what the maker holds when the level starts.
        latency_ms: how long an instruction takes to reach the exchange.
        interval_ms: the shortest time between two questions to a strategy.
        max_loss: the level ends when this much money is lost; None for no such rule.
    """

    position_limit: PositiveInt
    max_order: PositiveInt
    sizes: tuple[PositiveInt, PositiveInt, PositiveInt, PositiveInt, PositiveInt] = (1, 2, 5, 10, 20)
    position: int = 0
    latency_ms: NonNegativeFloat = 20.0
    interval_ms: PositiveFloat = 250.0
    max_loss: PositiveFloat | None = None


class ObligationSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A quote counts towards presence when it is no wider than ``max_width`` ticks, ``min_size`` lots on each side."""

    max_width: PositiveInt | None = None
    min_size: PositiveInt = 1


class ScoreSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the level is scored.

    Attributes:
        weights: part of the score to its weight; they sum to 1.
        point: money that one point of the PnL part is worth.
    """

    weights: dict[Part, NonNegativeFloat]
    point: PositiveFloat

    def __post_init__(self) -> None:
        if abs(sum(self.weights.values()) - 1.0) > 1e-9:
            raise ValueError(f"weights must sum to 1, not {sum(self.weights.values()):g}")


class EventSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From ``at_s`` on the market is another one; ``headline`` is what the maker reads then, if anything."""

    at_s: PositiveFloat
    market: MarketSpec
    headline: str | None = None


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A level, complete: presets and overrides are merged already.

    Attributes:
        id: what it is called on the command line.
        situation: the briefing.
        lesson: what it teaches, in a line.
        naive, lesson_strategy: the strategies whose difference shows that it teaches.
        par: the strategy whose PnL on the same seed is par.
        keys: ids of the actions that are first needed here.
    """

    id: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]*$")]
    title: str
    number: PositiveInt
    situation: str
    lesson: str
    duration_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)]
    naive: str
    lesson_strategy: str
    par: str
    market: MarketSpec
    maker: MakerSpec
    score: ScoreSpec
    obligation: ObligationSpec = ObligationSpec()
    events: tuple[EventSpec, ...] = ()
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if abs(self.maker.position) > self.maker.position_limit:
            raise ValueError("maker.position is beyond maker.position_limit")
        times = [event.at_s for event in self.events]
        if times != sorted(set(times)):
            raise ValueError("events must be in the order of time, one at a time")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in the level that it plays by."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()

    @property
    def end_ns(self) -> int:
        """When the level ends."""
        return self.duration_s * NS_PER_S

    @property
    def regimes(self) -> list[tuple[int, MarketSpec]]:
        """(from_ns, market) in the order of time."""
        later = [(round(event.at_s * NS_PER_S), event.market) for event in self.events]
        return [(0, self.market), *later]

    @property
    def latency_ns(self) -> int:
        """The maker's order latency."""
        return round(self.maker.latency_ms * _NS_PER_MS)

    @property
    def interval_ns(self) -> int:
        """The shortest time between two questions to a strategy."""
        return round(self.maker.interval_ms * _NS_PER_MS)


def level_ids() -> list[str]:
    """Ids of the shipped levels, in the order of the campaign."""
    return [
        level_id for _, level_id in sorted((load_level(str(p)).number, p.stem) for p in levels_dir().glob("*.toml"))
    ]


def load_level(name: str) -> Level:
    """A level by id, or by the path of its file. Raises LevelError with a sentence that says what is wrong."""
    path = levels_dir() / f"{name}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.exists():
        path = Path(name)
        if path.suffix != ".toml":
            known = ", ".join(sorted(found.stem for found in levels_dir().glob("*.toml")))
            raise LevelError(f"{name}: no such level; expected one of {known}, or the path of a .toml file")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise LevelError(f"{path}: cannot be read as a level: {reason}") from None
    return parse_level(text, str(path))


def parse_level(text: str, source: str) -> Level:
    """A level from the text of its file; ``source`` names it in errors."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LevelError(f"{source}: not valid TOML: {error}") from None
    try:
        return msgspec.convert(_resolve(raw, source), Level)
    except msgspec.ValidationError as error:
        raise LevelError(f"{source}: {_plain(str(error))}") from None


def level_from_json(data: bytes, source: str) -> Level:
    """A level as a journal holds it: complete, in JSON."""
    try:
        return msgspec.json.decode(data, type=Level)
    except msgspec.MsgspecError as error:
        raise LevelError(f"{source}: {_plain(str(error))}") from None


def market_presets() -> list[str]:
    """Names of the markets that levels build on."""
    return sorted(entry.name.removesuffix(".toml") for entry in _presets().iterdir() if entry.name.endswith(".toml"))


def load_preset(name: str) -> MarketSpec:
    """A named market by itself."""
    return msgspec.convert(_preset(name, "preset"), MarketSpec)


def _presets() -> Any:
    return files("mmtui.market") / "presets"


def _preset(name: object, source: str) -> dict[str, Any]:
    if name not in market_presets():
        raise LevelError(f"{source}: market.preset: expected one of {', '.join(market_presets())}, not {name!r}")
    return tomllib.loads((_presets() / f"{name}.toml").read_text(encoding="utf-8"))


def _resolve(raw: dict[str, Any], source: str) -> dict[str, Any]:
    """Merge preset, the level's own market and each event's changes, so that every event holds a whole market."""
    market = raw.get("market")
    if not isinstance(market, dict):
        return raw
    changes = {key: value for key, value in market.items() if key != "preset"}
    if "preset" in market:
        changes = _merge(_preset(market["preset"], source), changes)
    resolved = {**raw, "market": changes}
    events = raw.get("events")
    if isinstance(events, list):
        merged = changes
        resolved["events"] = []
        for event in events:
            if not (isinstance(event, dict) and isinstance(event.get("market", {}), dict)):
                resolved["events"].append(event)
                continue
            merged = _merge(merged, event.get("market", {}))
            resolved["events"].append({**event, "market": merged})
    return resolved


def _merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


_TYPES = {"float": "a number", "int": "a whole number", "str": "text", "bool": "true or false", "object": "a table"}


def _plain(message: str) -> str:
    """Msgspec's message with the key path in front, in words a level's author knows."""
    text, _, path = message.partition(" - at ")
    for name, words in _TYPES.items():
        text = text.replace(f"`{name}`", words)
    text = text.replace("`array`", "a list").replace("Object", "the table").replace("field", "key")
    text = text[:1].lower() + text[1:]
    where = path.strip("`").removeprefix("$").removeprefix(".")
    return f"{where}: {text}" if where else text

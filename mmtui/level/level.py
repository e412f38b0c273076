"""Levels: their schema, and how a file becomes one.

A level file is TOML. Its ``[market]`` table says which ``kind`` of market it is, *book* by default, and may
name a ``preset`` and override any part of it; each ``[[events]]`` entry overrides any part of the market again from
its time on. Unknown keys are refused.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from mmtui.errors import LevelError, UnknownStrategyError
from mmtui.files import is_file, read
from mmtui.level.coaching import CheckSpec, HintSpec
from mmtui.level.decoding import decode_json, decode_toml
from mmtui.level.events import EventSpec, check_events, happenings, jumps, regimes
from mmtui.level.overrides import STRATEGY_NAME, TUNED_STRATEGY, with_overrides
from mmtui.level.packs import added_level
from mmtui.level.validation import validation_errors
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.core.normal import NormalSpec
from mmtui.market.core.venue import ExchangeSpec
from mmtui.market.hedges.instruments import HedgeSpec, IndexSpec
from mmtui.market.kinds import AnyMarketSpec, normal_of
from mmtui.market.papers.intensity_market import IntensityMarketSpec
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.paths import LEVEL_ID, levels_dir, presets_dir
from mmtui.strategies.offered import offered
from mmtui.strategies.registry import AnyStrategy, check_tuned, named
from mmtui.strategies.sources import named_files
from mmtui.units import NS_PER_MS, NS_PER_S, BoundedInt, FiniteFloat, NonNegativeFloat, PositiveFloat, PositiveInt

Part = Literal["pnl", "inventory", "markout", "presence"]
StrategyName = Annotated[str, msgspec.Meta(pattern=STRATEGY_NAME)]
TunedStrategy = Annotated[str, msgspec.Meta(pattern=TUNED_STRATEGY)]
_NO_OVERRIDES: Mapping[str, str] = {}
#: What a level may ask of the machine: a minute's work or so; a day of the shipped markets is half a million events.
MOST_EVENTS = 20_000_000
#: The largest level file, in bytes; a tape has a file of its own.
MOST_BYTES = 1_000_000


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
    position: BoundedInt = 0
    latency_ms: NonNegativeFloat = 20.0
    interval_ms: Annotated[float, msgspec.Meta(ge=1, le=1e12)] = 250.0
    max_loss: PositiveFloat | None = None


class ObligationSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the maker owes the market while it trades continuously and no band binds.

    Attributes:
        max_width: the widest quote that counts towards presence, in ticks; None for any.
        min_size: the smallest that does, in lots at the best own price of each side.
        share: the part of the time in which such a quote is owed: presence counts in full from there.
    """

    max_width: PositiveInt | None = None
    min_size: PositiveInt = 1
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0


class ScoreSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the level is scored.

    Attributes:
        weights: part of the score to its weight; they sum to 1.
        point: money that one point of the PnL part is worth.
        inventory: the part of the position limit that, held on average, leaves the inventory part no points.
        markout: the markout at 10 s that gives the markout part all its points, in ticks per share; half the market's
            normal spread if left out. Half a normal spread less costs 50 points.
        together: whether hand and strategy together earn stars; else most of it must be by hand.
    """

    weights: dict[Part, NonNegativeFloat]
    point: PositiveFloat
    inventory: Annotated[float, msgspec.Meta(gt=0, le=10)] = 0.5
    markout: FiniteFloat | None = None
    together: bool = False

    def __post_init__(self) -> None:
        if abs(sum(self.weights.values()) - 1.0) > 1e-9:
            raise ValueError(f"weights: expected a sum of 1, not {sum(self.weights.values()):g}")


class OpponentSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A strategy that makes the same market at the same time, under the same rules, and is scored by the same rule.

    Attributes:
        strategy: its name.
        params: its parameters, where they are not left to it.
    """

    strategy: StrategyName
    params: dict[str, bool | BoundedInt | FiniteFloat | Annotated[str, msgspec.Meta(max_length=1000)]] = {}


class ChosenOpponent(OpponentSpec, frozen=True, kw_only=True):
    """An opponent that whoever plays or runs the level has chosen, and that no level's file could name."""


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A level, complete: presets and overrides are merged already.

    Attributes:
        id: what it is called on the command line.
        title: what it is called on the screen.
        number: its place in the list.
        campaign: whether it is played for stars and daily, and must teach; one to try things out in need not.
        situation: the briefing, in about four sentences.
        lesson: what it teaches, in a line.
        duration_s: how long it lasts, in seconds.
        naive: the strategy that knows no better; parameters may stand in brackets, as in rules[skew=0.5].
        lesson_strategy: the strategy that does what the level teaches; the difference shows that it teaches.
        par: the strategy whose PnL on the same seed is par.
        teaches_too: other strategies that do what the level teaches, and may score as much as the lesson's.
        exceptions: who else may not lose to the lesson's strategy, with the reason.
        profitable: whether the lesson strategy's PnL must be positive on average.
        market: the market, from a preset or from nothing.
        maker: the maker's rules.
        score: how it is scored.
        obligation: which quotes count towards presence.
        events: what changes in the market, and when.
        deck: how many of the events' cards a session draws, by its seed.
        hedges: the hedge instruments beside the book; events do not change them.
        opponent: who else makes the market, in a duel; par is then what its strategy makes against the same opponent.
        exchange: its timetable and its rule against prices that run away.
        keys: ids of the actions that are first needed here.
        coach: what the coach says, and when; of those due at one time the first is said.
        lesson_checks: what the lesson asks for; the debrief lists where it was done and where not.
    """

    id: Annotated[str, msgspec.Meta(pattern=LEVEL_ID)]
    title: str
    number: PositiveInt
    campaign: bool = True
    situation: str
    lesson: str
    duration_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)]
    naive: TunedStrategy
    lesson_strategy: TunedStrategy
    par: TunedStrategy
    profitable: bool = False
    teaches_too: Annotated[tuple[StrategyName, ...], msgspec.Meta(max_length=20)] = ()
    exceptions: Annotated[dict[str, str], msgspec.Meta(max_length=2)] = {}
    market: AnyMarketSpec
    maker: MakerSpec
    score: ScoreSpec
    obligation: ObligationSpec = ObligationSpec()
    events: Annotated[tuple[EventSpec, ...], msgspec.Meta(max_length=100)] = ()
    deck: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    hedges: Annotated[tuple[HedgeSpec, ...], msgspec.Meta(max_length=8)] = ()
    opponent: OpponentSpec | None = None
    exchange: ExchangeSpec = ExchangeSpec()
    keys: tuple[str, ...] = ()
    coach: Annotated[tuple[HintSpec, ...], msgspec.Meta(max_length=100)] = ()
    lesson_checks: Annotated[tuple[CheckSpec, ...], msgspec.Meta(max_length=100)] = ()

    def __repr__(self) -> str:
        duel = "" if self.opponent is None else f", against {self.opponent.strategy}"
        return f"Level({self.id}, {self.duration_s} s{duel})"

    def __deepcopy__(self, memo: object) -> Level:
        # Nothing of it ever changes.
        return self

    def __reduce__(self) -> tuple[Callable[[bytes, str | None], Level], tuple[bytes, str | None]]:
        # As in a journal: the digest takes in which keys a table leaves out, which its fields alone do not tell.
        level, opponent = self.parted()
        return _from_json, (msgspec.json.encode(level), opponent)

    def __post_init__(self) -> None:
        position, limit = self.maker.position, self.maker.position_limit
        if abs(position) > limit:
            raise ValueError(f"maker.position: expected at most maker.position_limit, {limit}, not {position}")
        names: set[str] = set()
        for index, hedge in enumerate(self.hedges):
            if hedge.name in names:
                raise ValueError(f"hedges[{index}].name: expected a name of its own, not {hedge.name!r} again")
            names.add(hedge.name)
        if self.hedges and not isinstance(self.market, BookMarketSpec):
            raise ValueError("hedges: expected none, since only a market of the kind book has them")
        if self.exchange != ExchangeSpec() and isinstance(self.market, IntensityMarketSpec):
            raise ValueError("exchange: expected no rules, since a market of the kind intensity has none")
        if isinstance(self.market, TapeSpec) and not self.exchange.matching.by_time:
            raise ValueError("exchange.matching: expected none, since a tape's orders traded as they did")
        if not any(isinstance(hedge, IndexSpec) for hedge in self.hedges):
            for market in (self.market, *(event.market for event in self.events)):
                if isinstance(market, BookMarketSpec) and market.arbitrageur.rate:
                    raise ValueError("market.arbitrageur: expected an index among the hedges, to trade against")
        names_of = {"naive": self.naive, "lesson_strategy": self.lesson_strategy, "par": self.par}
        if self.opponent is not None and not isinstance(self.opponent, ChosenOpponent):
            names_of["opponent.strategy"] = self.opponent.strategy
            for key, value in self.opponent.params.items():
                if isinstance(value, str) and named_files(value):
                    raise ValueError(f"opponent.params.{key}: expected no strategy's file, since a level runs no code")
        for key, name in names_of.items():
            try:
                check_tuned(name)
            except UnknownStrategyError as error:
                raise ValueError(f"{key}: {error}") from None
        check_events(self.events, self.market, self.duration_s, self.deck)
        self._check_length()

    def _check_length(self) -> None:
        markets = (self.market, *(event.market for event in self.events))
        rate = max((market.events_a_second for market in markets if isinstance(market, BookMarketSpec)), default=0.0)
        expected = rate * self.duration_s
        if expected > MOST_EVENTS:
            raise ValueError(
                f"market: expected rates of at most {MOST_EVENTS:,} events in the level's {self.duration_s} s, not "
                f"{expected:,.0f}"
            )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the whole level, to tell whether two are the same, wherever their files are."""
        level = self.on_tape(self.market.named) if isinstance(self.market, TapeSpec) else self
        return sha256(msgspec.json.encode(level, order="sorted")).hexdigest()

    def against(self, strategy: AnyStrategy) -> Level:
        """The same level as a duel with a strategy, also with one that no level's file could name.

        Args:
            strategy: see :func:`~mmtui.strategies.registry.named`; it is made when a session begins.

        Raises:
            LevelError: there is no strategy of this name.
        """
        name = named(strategy)
        is_plain = re.fullmatch(STRATEGY_NAME, name) and offered(name) is None
        opponent = (OpponentSpec if is_plain else ChosenOpponent)(strategy=name)
        try:
            return msgspec.structs.replace(self, opponent=opponent)
        except ValueError as error:
            raise LevelError(f"{self.id}: {error}") from None

    def parted(self) -> tuple[Level, str | None]:
        """The level as a file could hold it, and the opponent that it is played against if no file could name it."""
        if not isinstance(self.opponent, ChosenOpponent):
            return self, None
        return msgspec.structs.replace(self, opponent=None), self.opponent.strategy

    def on_tape(self, market: TapeSpec) -> Level:
        """The same level with its tape at another path; events cannot change a tape, so all have the same market."""
        events = tuple(msgspec.structs.replace(event, market=market) for event in self.events)
        return msgspec.structs.replace(self, market=market, events=events)

    @cached_property
    def normal(self) -> NormalSpec:
        """The market's usual state when the level starts.

        Where the level leaves it to be measured on a tape, that is done once, when it is first asked for: a level, or a
        journal that holds one, can be read where the tape is not, and its digest is of what it says itself.

        Raises:
            InputError: the tape cannot be read, or is not the level's.
        """
        return normal_of(self.market)

    @property
    def end_ns(self) -> int:
        """When the level ends."""
        return self.duration_s * NS_PER_S

    def regimes(self, seed: int) -> list[tuple[int, AnyMarketSpec]]:
        """(from_ns, market) in the order of time."""
        return regimes(self.market, happenings(self.events, seed, deck=self.deck))

    def jumps(self, seed: int) -> list[tuple[int, float]]:
        """(at_ns, ticks) of the events' jumps."""
        return jumps(happenings(self.events, seed, deck=self.deck))

    @property
    def latency_ns(self) -> int:
        """The maker's order latency."""
        return round(self.maker.latency_ms * NS_PER_MS)

    @property
    def interval_ns(self) -> int:
        """The shortest time between two questions to a strategy."""
        return round(self.maker.interval_ms * NS_PER_MS)


def level_ids() -> list[str]:
    """Ids of the campaign's levels, in their order."""
    shipped = [load_level(str(path)) for path in levels_dir().glob("*.toml")]
    return [level.id for level in sorted(shipped, key=lambda level: level.number) if level.campaign]


def level_path(name: str) -> Path:
    """The file of a level, by its id, by pack and id, or by the path of the file. Raises LevelError."""
    if re.fullmatch(r"[a-z0-9-]+", name):
        shipped = levels_dir() / f"{name}.toml"
        if is_file(shipped):
            return shipped
    if not name.endswith(".toml"):
        if (added := added_level(name)) is not None:
            return added
        known = ", ".join(sorted(path.stem for path in levels_dir().glob("*.toml")))
        raise LevelError(f"there is no level {name!r}; there are {known}, or give the path of a .toml file")
    return Path(name)


def load_level(name: str, overrides: Mapping[str, str] = _NO_OVERRIDES) -> Level:
    """A level by id, or by the path of its file, with some keys set, see :func:`~mmtui.level.overrides.with_overrides`.

    Raises LevelError with a sentence that says what is wrong.
    """
    path = level_path(name)
    text = read_level(path)
    return parse_level(text, str(path), overrides) if overrides else _parsed(text, str(path))


@lru_cache(maxsize=32)
def _parsed(text: str, source: str) -> Level:
    """Lists of levels ask for all of them again and again, and each takes a hundredth of a second."""
    return parse_level(text, source)


def read_level(path: Path) -> str:
    """The text of a level's file. Raises LevelError."""
    try:
        # Editors on Windows begin a file with a byte order mark.
        return read(path, MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LevelError(f"{path}: expected UTF-8 text, but byte {error.start} is none") from None
    except OSError as error:
        raise LevelError(f"{path}: the level cannot be read: {error.strerror}") from None


def parse_level(text: str, source: str, overrides: Mapping[str, str] = _NO_OVERRIDES) -> Level:
    """A level from the text of its file; ``source`` names it in errors. Raises LevelError for the first fault."""
    tables = _tables(text, source, overrides)
    for fault in _faults(tables):
        raise LevelError(f"{source}: {fault}")
    return msgspec.convert(tables, Level)


def level_faults(text: str, source: str) -> list[str]:
    """Everything that is wrong with the text of a level's file, a sentence each."""
    try:
        found = _faults(_tables(text, source))
    except LevelError as error:
        return [str(error)]
    return [f"{source}: {fault}" for fault in found]


def level_from_json(data: bytes, source: str) -> Level:
    """A level as a journal holds it: complete, in JSON. Raises LevelError for the first fault."""
    try:
        tables = decode_json(data)
    except ValueError as error:
        raise LevelError(f"{source}: {error}") from None
    for fault in validation_errors(tables, Level):
        raise LevelError(f"{source}: {fault}")
    return _from_json(data)


def _from_json(data: bytes, opponent: str | None = None) -> Level:
    level = msgspec.convert(msgspec.json.decode(data), Level)
    # What is an object elsewhere may not be known here yet.
    return level if opponent is None else msgspec.structs.replace(level, opponent=ChosenOpponent(strategy=opponent))


def market_presets() -> list[str]:
    """Names of the markets that levels build on."""
    return sorted(path.stem for path in presets_dir().glob("*.toml"))


def preset_about(name: str) -> str:
    """What a named market is, in a line: the comment with which its file begins."""
    first = (presets_dir() / f"{name}.toml").read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("# ").partition(". ")[0].rstrip(".")


def load_preset(name: str) -> BookMarketSpec:
    """A named market by itself."""
    return msgspec.convert(_preset(name, "preset"), BookMarketSpec)


def _preset(name: object, source: str) -> dict[str, Any]:
    if name not in market_presets():
        raise LevelError(f"{source}: market.preset: expected one of {', '.join(market_presets())}, not {name!r}")
    return tomllib.loads((presets_dir() / f"{name}.toml").read_text(encoding="utf-8"))


def _tables(text: str, source: str, overrides: Mapping[str, str] = _NO_OVERRIDES) -> dict[str, Any]:
    """The tables of a level's file, with overrides, presets and changes merged. Raises LevelError."""
    try:
        raw = decode_toml(text)
    except ValueError as error:
        raise LevelError(f"{source}: {error}") from None
    market = raw.get("market")
    if set(raw) == {"market"} and isinstance(market, dict) and "instrument" in market:
        raise LevelError(f"{source}: is a market without a level; mmtui levels new LEVEL.toml --market FILE makes one")
    return _resolve(with_overrides(raw, overrides), source)


def _faults(tables: dict[str, Any]) -> list[str]:
    """Faults of merged tables; one of the market is not repeated for the events, which inherit it."""
    found: dict[str, str] = {}
    for fault in validation_errors(tables, Level):
        found.setdefault(re.sub(r"^events\[\d+\]\.", "", fault), fault)
    return list(found.values())


def _resolve(raw: dict[str, Any], source: str) -> dict[str, Any]:
    """Merge preset, the level's own market and each event's changes, so that every event holds a whole market."""
    market = raw.get("market")
    if not isinstance(market, dict):
        return raw
    merged = {"kind": "book", **{key: value for key, value in market.items() if key != "preset"}}
    if "preset" in market:
        if merged["kind"] != "book":
            raise LevelError(f"{source}: market.preset: presets are of the kind book, not {merged['kind']!r}")
        merged = _merge(_preset(market["preset"], source), merged)
    if merged["kind"] == "tape" and isinstance(merged.get("file"), str):
        merged["file"] = _beside(source, merged["file"])
    resolved = {**raw, "market": merged}
    events = raw.get("events")
    if isinstance(events, list):
        resolved["events"] = whole = []
        for event in events:
            changes = event.get("market", {}) if isinstance(event, dict) else None
            if isinstance(changes, dict):
                now = _merge(merged, changes)
                # What a card changes is not the day's.
                merged = merged if event.get("card") else now
                whole.append({**event, "market": now})
            else:
                whole.append(event)
    return resolved


def _beside(source: str, file: str) -> str:
    """The path of a file that a level names. Raises LevelError for one that is not in the level's folder."""
    path = Path(file)
    folder = Path(source).parent.absolute()
    inside = not (path.is_absolute() or path.drive or ".." in path.parts) and path.name
    # A link may lead out of the folder again.
    if not inside or not Path(os.path.realpath(folder / path)).is_relative_to(os.path.realpath(folder)):
        raise LevelError(f"{source}: market.file: expected a file in the level's folder or below, not {file!r}")
    return str(folder / path)


def _merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged

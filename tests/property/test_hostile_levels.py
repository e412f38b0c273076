"""Levels with any value at any key: refused by a sentence, or played with books that add up."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmtui.coach.watched import WatchedSession
from mmtui.errors import LevelError
from mmtui.level.level import MOST_BYTES, Level, level_from_json, load_level, parse_level
from mmtui.market.book_market import MOST_EVENTS_A_SECOND, BookMarketSpec
from mmtui.session.audit import Audit
from mmtui.session.session import Session
from tests.unit.session.hedge_levels import level as hedge_level

#: Up to so many events a second the books are checked after each of them.
_AUDITED = 200.0


def whole() -> dict[str, Any]:
    """Three seconds of a level with something of everything, as plain tables."""
    spike = load_level("volatility-spike")
    event = msgspec.structs.replace(spike.events[0], at_s=1.0, until_s=2.0, jump=5.0, jump_sd=3.0)
    level = msgspec.structs.replace(spike, duration_s=3, hedges=hedge_level("all").hedges, events=(event,))
    tables: dict[str, Any] = msgspec.to_builtins(level)
    institution = {"side": "sell", "lots": 500, "rate": 1.0, "mean_size": 5.0, "passive": 0.5}
    for market in (tables["market"], tables["events"][0]["market"]):
        market["warmup_s"] = 1
        market["institutions"] = {"fund": dict(institution)}
        market["noise_table"] = {"rates": [0.5, 0.4, 0.2], "cancel_rates": [0.5, 0.2], "mean_size": 2.0}
    return tables


def _leaves(tables: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = tables.items() if isinstance(tables, dict) else enumerate(tables) if isinstance(tables, list) else ()
    for key, value in children:
        yield (*path, key)
        yield from _leaves(value, (*path, key))


def _at(tables: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        tables = tables[key]
    return tables


WHOLE = whole()
PATHS = list(_leaves(WHOLE))
#: Where the market, the exchange and the maker's rules have a number, which a number is mostly taken for.
NUMBERS = [
    path for path in PATHS if path[0] in ("market", "maker", "exchange") and isinstance(_at(WHOLE, path), int | float)
]
VALUES = st.one_of(
    st.sampled_from([0, 1, -1, 2, 0.5, 1e-12, 1e-6, 1e-3, 50, 1000, 1e6, 1e12, -1e12, 10**18, 2**63, 1e300]),
    st.sampled_from(
        [None, True, "", "x", "fixed", "my.py:Mine", "/etc/passwd", "../x", "\u0000", [], {}, [1], {"a": 1}]
    ),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
)
CHANGES = st.one_of(
    st.tuples(st.sampled_from(PATHS), VALUES),
    st.tuples(st.sampled_from(NUMBERS), st.sampled_from([0, 1, 2, 50, 1000, 0.1, 1e-6, 1e-12, 1e5, 1e9])),
)


def changed(changes: list[tuple[tuple[Any, ...], Any]]) -> bytes:
    """The level as JSON, with other values at some keys."""
    tables = copy.deepcopy(WHOLE)
    for path, value in changes:
        place: Any = tables
        try:
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            # An earlier change has taken the place away.
            continue
    return msgspec.json.encode(tables)


def _changed(changes: list[tuple[tuple[Any, ...], Any]]) -> Level:
    return level_from_json(changed(changes), "hostile.toml")


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_any_value_at_any_key_is_refused_by_a_sentence_or_played(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    try:
        level = _changed(changes)
    except LevelError as refused:
        sentence = str(refused)
        assert sentence.startswith("hostile.toml: ")
        assert "\n" not in sentence
        return
    session = Session(level, 1, "skew")
    watched = WatchedSession(session)
    if isinstance(level.market, BookMarketSpec) and level.market.events_a_second <= _AUDITED:
        Audit(session)
    session.advance(min(session.end_ns, 3_000_000_000))
    watched.view()
    session.result()
    assert session.maker.error is None or session.maker.error.startswith("strategy skew failed: ")


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("market.noise_limit.rate", 2000.0, "market: expected rates of at most 5000 events a second in all, not 80"),
        ("market.noise_limit.cancel_rate", 1e-6, "market: expected rates that let at most 100000 orders rest, not "),
        ("market.noise_market.branching", 0.99999, "market: expected rates of at most 5000 events a second in all"),
        ("market.rivals.rate", 1e6, "market: expected rates of at most 5000 events a second in all, not 3"),
        (
            "market.noise_limit.max_distance",
            10**9,
            "max_distance: expected a whole number of at most 10000",
        ),
        ("market.noise_market.metaorders", 10**9, "metaorders: expected a whole number of at most 10000"),
        ("market.value.sv_std", 6.0, "market.value.sv_std: expected a number of at most 5, not 6.0"),
        ("market.normal.spread", 1e-3, "market.normal.spread: expected a number of at least 0.01, not 0.001"),
        ("market.normal.volatility", 1e-3, "market.normal.volatility: expected a number of at least 0.01, not 0.001"),
        ("market.noise_market.decay", 1e-300, "noise_market.decay: expected a number of at least 0.0001, not 1e-300"),
        ("maker.interval_ms", 1e-9, "maker.interval_ms: expected a number of at least 1, not 1e-09"),
    ],
)
def test_what_would_need_too_much_of_the_machine_is_refused(path: str, value: float, sentence: str) -> None:
    with pytest.raises(LevelError) as caught:
        _changed([(tuple(path.split(".")), value)])
    assert sentence in str(caught.value)


def test_the_widest_and_the_wildest_market_is_played() -> None:
    """Volatility at its bounds, also where it falls from one second to the next, and the narrowest usual spread."""
    level = _changed(
        [
            (("market", "value"), {"sigma": 1e12, "sv_std": 5.0, "sv_tau_s": 1e12}),
            (("events", 0, "market", "value"), {"sigma": 1e12, "sv_std": 0.0, "sv_tau_s": 1e12}),
            (("market", "normal"), {"spread": 0.01, "volatility": 0.01, "size": 1}),
            (("events", 0, "market", "normal"), {"spread": 0.01, "volatility": 0.01, "size": 1}),
        ]
    )
    for seed in range(5):
        for strategy in ("skew", "glft", "avellaneda-stoikov"):
            session = Session(level, seed, strategy)
            session.advance(session.end_ns)
            assert session.maker.error is None


def test_a_day_at_the_highest_rate_is_refused() -> None:
    tables = copy.deepcopy(WHOLE)
    tables["duration_s"] = 86_400
    tables["market"]["momentum"]["rate"] = MOST_EVENTS_A_SECOND - 100
    with pytest.raises(LevelError, match=r"market: expected rates of at most 20,000,000 events in the level's 86400 s"):
        level_from_json(msgspec.json.encode(tables), "hostile.toml")


def test_a_file_that_never_ends_is_refused(tmp_path: Path) -> None:
    endless = tmp_path / "endless.toml"
    endless.symlink_to("/dev/zero")
    with pytest.raises(LevelError, match="it is not a regular file"):
        load_level(str(endless))
    (tmp_path / "long.toml").write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(LevelError, match=rf"expected at most {MOST_BYTES:,} bytes"):
        load_level(str(tmp_path / "long.toml"))


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    text = (Path(__file__).parents[2] / "levels" / "skew.toml").read_text(encoding="utf-8")
    with pytest.raises(LevelError, match=r"skew.toml: market.value.sigma: expected a finite number, not"):
        parse_level(text.replace("sigma = 0.8", f"sigma = {number}"), "skew.toml")


def test_a_link_out_of_the_level_s_folder_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("")
    (tmp_path / "levels").mkdir()
    (tmp_path / "levels" / "tape.csv").symlink_to(outside)
    source = tmp_path / "levels" / "mine.toml"
    source.write_text('[market]\nkind = "tape"\nfile = "tape.csv"\n')
    with pytest.raises(LevelError, match=r"mine.toml: market.file: expected a file in the level's folder or below"):
        load_level(str(source))

"""Levels: presets, events, the digest, and every fault of a file in one sentence."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import msgspec
import pytest

from mmtui.errors import LevelError
from mmtui.level.level import (
    Level,
    level_faults,
    level_from_json,
    level_ids,
    load_level,
    load_preset,
    market_presets,
    parse_level,
)
from mmtui.market.book_market import BookMarketSpec
from mmtui.paths import levels_dir, presets_dir
from mmtui.strategies.registry import strategy_class
from mmtui.strategies.variants import variant
from tests.unit.session.support import STILL

EVENTS = """
[[events]]
at_s = 10.0
headline = "News."
market = { value = { sigma = 2.0 } }

[[events]]
at_s = 20.0
market = { informed = { edge = 1.0 } }
"""


def complaint(text: str) -> str:
    """The one sentence on a level's text, without the file's name that it must begin with."""
    with pytest.raises(LevelError) as raised:
        parse_level(text, "my.toml")
    message = str(raised.value)
    assert raised.value.exit_code == 2
    assert message.startswith("my.toml: ")
    assert "\n" not in message
    return message.removeprefix("my.toml: ")


def changed(old: str, new: str, text: str = STILL + EVENTS) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


# The levels that ship


@pytest.mark.parametrize("level_id", sorted(path.stem for path in levels_dir().glob("*.toml")))
def test_shipped_levels_are_sound(level_id: str) -> None:
    level = load_level(level_id)
    assert level.id == level_id
    for name in (level.naive, level.lesson_strategy, level.par):
        assert strategy_class(name).name == variant(name).base
    # The full day alone lasts as long as one; what is not of the campaign may be shorter.
    assert 180 <= level.duration_s <= 480 or level_id == "full-day" or not level.campaign
    assert level.maker.max_order >= max(level.obligation.min_size, *level.maker.sizes)
    assert 3 <= len(level.situation.strip().splitlines()) <= 4


def test_ids_come_in_the_order_of_the_campaign() -> None:
    numbers = [load_level(level_id).number for level_id in level_ids()]
    assert numbers == sorted(set(numbers))
    assert {"first-quotes", "skew", "volatility-spike"} <= set(level_ids())


def test_a_level_is_loaded_by_the_path_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text(STILL)
    assert load_level(str(tmp_path / "my.toml")) == parse_level(STILL, "")


# Merging


def test_a_level_overrides_its_preset_key_by_key() -> None:
    preset, level = load_preset("us-100"), parse_level(STILL, "")
    market = level.market
    assert isinstance(market, BookMarketSpec)
    assert market.value.sigma == 0.0 != preset.value.sigma
    assert market.value.sv_tau_s == preset.value.sv_tau_s
    assert market.normal == preset.normal
    assert market.noise_market.rate == 0.0
    assert market.noise_market.branching == preset.noise_market.branching


def test_events_change_the_market_as_the_event_before_left_it() -> None:
    level = parse_level(STILL + EVENTS, "")
    first, second = (event.market for event in level.events)
    assert isinstance(first, BookMarketSpec)
    assert isinstance(second, BookMarketSpec)
    assert (first.value.sigma, first.informed.edge) == (2.0, 0.3)
    assert (second.value.sigma, second.informed.edge) == (2.0, 1.0)
    assert level.regimes(1) == [(0, level.market), (10 * 10**9, first), (20 * 10**9, second)]


def test_a_level_may_define_its_market_whole() -> None:
    whole = (presets_dir() / "hk-45.toml").read_text()
    market = re.sub(r"(?m)^\[", "[market.", whole)
    text = STILL[: STILL.index("[market]")] + STILL[STILL.index("[maker]") :] + market
    assert parse_level(text, "").market == load_preset("hk-45")


def test_presets_are_those_of_the_house() -> None:
    assert market_presets() == ["btc-usd", "hk-45", "hk-50-fine", "index-20000", "us-100"]
    assert [load_preset(name).instrument.tick for name in market_presets()] == [1.0, 0.02, 0.01, 1.0, 0.01]


# The digest


def test_the_digest_is_of_what_the_level_says_not_how() -> None:
    level = parse_level(STILL, "a.toml")
    reordered = STILL.replace("sigma = 0.0, sv_std = 0.0", "sv_std = 0, sigma = 0.00") + "# a comment\n"
    assert parse_level(reordered, "b.toml").digest == level.digest
    assert level_from_json(msgspec.json.encode(level), "").digest == level.digest


@pytest.mark.parametrize("level_id", level_ids())
def test_a_level_sent_to_another_process_or_kept_in_a_journal_is_the_same(level_id: str) -> None:
    level = load_level(level_id)
    for other in (pickle.loads(pickle.dumps(level)), level_from_json(msgspec.json.encode(level), "")):
        assert other == level
        assert other.digest == level.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "Still"', 'title = "Stiller"'),
        ("position_limit = 20", "position_limit = 21"),
        ("edge = 1.0", "edge = 1.0000001"),
        ("at_s = 20.0", "at_s = 20.5"),
        ("point = 10.0", "point = 10.1"),
        ('preset = "us-100"', 'preset = "us-100"\nnormal.size = 7'),
    ],
)
def test_the_digest_sees_every_change(old: str, new: str) -> None:
    assert parse_level(changed(old, new), "").digest != parse_level(STILL + EVENTS, "").digest


# Faults of a file


def test_file_missing(tmp_path: Path) -> None:
    with pytest.raises(LevelError) as raised:
        load_level(str(tmp_path / "no.toml"))
    assert str(raised.value) == f"{tmp_path}/no.toml: the level cannot be read: No such file or directory"


def test_file_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.toml").mkdir()
    with pytest.raises(LevelError, match=r"a\.toml: the level cannot be read: Is a directory$"):
        load_level(str(tmp_path / "a.toml"))


@pytest.mark.parametrize("name", ["skw", "../skew", "", "Skew", "skew.py"])
def test_level_that_is_not_there(name: str) -> None:
    with pytest.raises(LevelError) as raised:
        load_level(name)
    known = ", ".join(sorted(path.stem for path in levels_dir().glob("*.toml")))
    message = f"there is no level {name!r}; there are {known}, or give the path of a .toml file"
    assert str(raised.value) == message


def test_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(LevelError) as raised:
        load_level(str(tmp_path / "a.toml"))
    assert str(raised.value) == f"{tmp_path}/a.toml: expected UTF-8 text, but byte 9 is none"


def test_not_toml() -> None:
    assert complaint("title = ").startswith("expected TOML: Invalid value (at ")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Unknown keys, at every depth
        ('title = "Still"', 'title = "Still"\ntitel = "x"', "titel: unknown key; did you mean title?"),
        ("[maker]", "[maker]\nposition_limt = 3", "maker.position_limt: unknown key; did you mean position_limit?"),
        ("sigma = 0.0", "sgima = 0.0", "market.value.sgima: unknown key; did you mean sigma?"),
        ("sigma = 2.0", "sgima = 2.0", "events[0].market.value.sgima: unknown key; did you mean sigma?"),
        ("edge = 1.0", "zzz = 1.0", "events[1].market.informed.zzz: unknown key; expected one of rate, "),
        ("at_s = 20.0", "at_s = 20.0\nhedline = ''", "events[1].hedline: unknown key; did you mean headline?"),
        ("market = { informed", 'market = { preset = "hk-45", informed', "events[1].market.preset: unknown key; "),
        ("presence = 0.2", "presents = 0.2", "score.weights.presents: unknown key; did you mean presence?"),
        # Missing keys
        ('title = "Still"', "", "title: this key is missing"),
        ("position_limit = 20", "", "maker.position_limit: this key is missing"),
        ("at_s = 20.0", "", "events[1].at_s: this key is missing"),
        # Numbers out of bounds
        (
            "noise_market = { rate = 0.0",
            "noise_market = { rate = -1.5",
            "market.noise_market.rate: expected a number of at least 0, not -1.5",
        ),
        ("sigma = 2.0", "sigma = -2.0", "events[0].market.value.sigma: expected a number of at least 0, not -2.0"),
        ("sigma = 2.0", "sigma = inf", "events[0].market.value.sigma: expected a finite number, not inf"),
        ("sigma = 2.0", "sigma = nan", "events[0].market.value.sigma: expected a finite number, not nan"),
        ("duration_s = 60", "duration_s = 0", "duration_s: expected a whole number of at least 1, not 0"),
        ("duration_s = 60", "duration_s = 86_401", "duration_s: expected a whole number of at most 86400, not 86401"),
        ("point = 10.0", "point = 0", "score.point: expected a number above 0, not 0"),
        ("[maker]", "[maker]\nsizes = [1, 2, 0, 3, 4]", "maker.sizes[2]: expected a whole number of at least 1, not 0"),
        (
            "edge = 1.0",
            "mean_size = 0.5",
            "events[1].market.informed.mean_size: expected a number of at least 1, not 0.5",
        ),
        (
            "value = { sigma = 2.0 }",
            "noise_market.branching = 1.0",
            "events[0].market.noise_market.branching: expected a number below 1, not 1.0",
        ),
        # Wrong types
        ("duration_s = 60", "duration_s = 60.5", "duration_s: expected a whole number, not 60.5"),
        ("duration_s = 60", 'duration_s = "60"', "duration_s: expected a whole number, not '60'"),
        ('title = "Still"', "title = true", "title: expected text, not true"),
        ("[maker]", "[maker]\nmax_loss = false", "maker.max_loss: expected a number, not false"),
        ("[maker]", "[maker]\nsizes = [1, 2]", "maker.sizes: expected a list of length 5, not [1, 2]"),
        ("sigma = 2.0", "sigma = []", "events[0].market.value.sigma: expected a number, not []"),
        ("value = { sigma = 2.0 }", "value = 3", "events[0].market.value: expected a table, not 3"),
        ("market = { value = { sigma = 2.0 } }", "market = 7", "events[0].market: expected a table, not 7"),
        (
            'id = "still"',
            'id = "Still Life"',
            "id: expected text that matches '^[a-z0-9][a-z0-9-]*$', not 'Still Life'",
        ),
        # What holds between keys
        (
            'preset = "us-100"',
            'preset = "us-101"',
            "market.preset: expected one of btc-usd, hk-45, hk-50-fine, index-20000, us-100, not 'us-101'",
        ),
        (
            'preset = "us-100"',
            "preset = [1]",
            "market.preset: expected one of btc-usd, hk-45, hk-50-fine, index-20000, us-100, not [1]",
        ),
        ("pnl = 0.4", "pnl = 0.5", "score.weights: expected a sum of 1, not 1.1"),
        (
            "at_s = 20.0",
            "at_s = 5.0",
            "events[1].at_s: expected a time after 10 and before the level's end at 60, not 5",
        ),
        (
            "at_s = 20.0",
            "at_s = 10.0",
            "events[1].at_s: expected a time after 10 and before the level's end at 60, not 10",
        ),
        (
            "at_s = 20.0",
            "at_s = 60.0",
            "events[1].at_s: expected a time after 10 and before the level's end at 60, not 60",
        ),
        ("[maker]", "[maker]\nposition = -21", "maker.position: expected at most maker.position_limit, 20, not -21"),
        (
            "informed = { edge = 1.0 }",
            "rivals.count = 2",
            "events[1].market.rivals.count: this cannot change while the level runs",
        ),
        (
            "informed = { edge = 1.0 }",
            "warmup_s = 2",
            "events[1].market.warmup_s: this cannot change while the level runs",
        ),
        (
            "informed = { edge = 1.0 }",
            'institutions.fund = { side = "sell", lots = 5, mean_size = 1 }',
            "events[1].market.institutions: this cannot change while the level runs",
        ),
        (
            "at_s = 20.0",
            "at_s = 20.0\nuntil_s = 19.0",
            "events[1].until_s: expected a time from at_s, 20, to before the level's end at 60, not 19",
        ),
        (
            "at_s = 10.0",
            "at_s = 10.0\nuntil_s = 25.0",
            "events[1].at_s: expected a time after 25 and before the level's end at 60, not 20",
        ),
        # The instrument
        (
            'preset = "us-100"',
            'preset = "us-100"\ninstrument.tick = 0.02',
            "market.instrument: tick 0.02 is not us's 0.01 at 100.0",
        ),
        (
            'preset = "us-100"',
            'preset = "us-100"\ninstrument.price = 100.005',
            "market.instrument: price 100.005 is not a multiple of us's 0.01 there",
        ),
        (
            'preset = "us-100"',
            'preset = "us-100"\ninstrument.tick_table = "uk"',
            "market.instrument: tick_table 'uk' is not one of hkex, hkex-2024, us",
        ),
    ],
)
def test_a_fault_is_told_by_its_key_path(old: str, new: str, expected: str) -> None:
    message = complaint(changed(old, new))
    assert message.startswith(expected) if expected[-1] == " " else message == expected


def test_a_level_without_tables_names_what_is_missing() -> None:
    assert complaint("").endswith(": this key is missing")
    assert "my.toml: market: this key is missing" in level_faults("", "my.toml")
    assert "my.toml: market: expected a table, not 3" in level_faults("market = 3", "my.toml")
    assert "my.toml: events: expected a list, not 3" in level_faults("events = 3", "my.toml")
    assert "my.toml: events[0]: expected a table, not 3" in level_faults("market = {}\nevents = [3]", "my.toml")


def test_all_faults_are_found_at_once_each_once() -> None:
    text = STILL + EVENTS
    text = (
        text.replace("count = 0", "count = 99")
        .replace("edge = 1.0", "edge = -1")
        .replace('title = "Still"', "titel = 1")
    )
    assert level_faults(text, "my.toml") == [
        "my.toml: titel: unknown key; did you mean title?",
        "my.toml: title: this key is missing",
        "my.toml: market.rivals.count: expected a whole number of at most 16, not 99",
        "my.toml: events[1].market.informed.edge: expected a number of at least 0, not -1",
    ]


def test_what_stands_in_a_list_or_under_a_name_of_one_s_own_is_told_by_its_place() -> None:
    market = (
        "noise_table = { rates = [1.0, -2.0], cancel_rates = [] }\ninstitutions = { Fund = { sid = 'buy' }, B = 3 }\n"
    )
    text = STILL.replace("rivals = {", f"{market}rivals = {{")
    assert level_faults(text, "my.toml") == [
        "my.toml: market.noise_table.rates[1]: expected a number of at least 0, not -2.0",
        "my.toml: market.noise_table.cancel_rates: expected a list of length of at least 1, not []",
        "my.toml: market.institutions.Fund.sid: unknown key; did you mean side?",
        "my.toml: market.institutions.Fund.side: this key is missing",
        "my.toml: market.institutions.Fund.lots: this key is missing",
        "my.toml: market.institutions.Fund.mean_size: this key is missing",
        "my.toml: market.institutions.B: expected a table, not 3",
    ]


def test_a_sound_level_has_no_faults() -> None:
    assert level_faults(STILL + EVENTS, "my.toml") == []
    assert isinstance(parse_level(STILL + EVENTS, ""), Level)


@pytest.mark.parametrize(
    ("par", "fault"),
    [
        ("rules[skew=0.5]", None),
        ("rules[skw=0.5]", "par: strategy rules[skw=0.5] has no parameter 'skw'"),
        ("ruls[skew=0.5]", "par: there is no strategy 'ruls'"),
        ("hedged[base=my.py]", "par: expected a strategy, such as"),
    ],
)
def test_a_level_may_tune_its_strategies_by_numbers_alone(tmp_path: Path, par: str, fault: str | None) -> None:
    path = tmp_path / "vcm.toml"
    told = (levels_dir() / "vcm.toml").read_text()
    path.write_text(told.replace('par = "rules[skew=0.2,band_at=0.35,stale=2]"', f'par = "{par}"'))
    if fault is None:
        assert load_level(str(path)).par == par
    else:
        with pytest.raises(LevelError, match=re.escape(fault)):
            load_level(str(path))

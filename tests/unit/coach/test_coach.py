"""Hints and checks: when they speak, what counts as done, what an author is told, and that they change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import msgspec
import pytest

from mmtui.coach.coach import Coach, Occasion
from mmtui.coach.conditions import Condition
from mmtui.coach.observer import CoachWatcher
from mmtui.coach.readings import Readings
from mmtui.coach.watched import WatchedSession
from mmtui.errors import LevelError
from mmtui.level.coaching import CheckSpec, HintSpec, Sentence
from mmtui.level.conditions import ConditionSpec
from mmtui.level.level import level_from_json, load_level, parse_level
from mmtui.level.signal_catalogue import SIGNALS
from mmtui.market.core.venue import ExchangeSpec
from mmtui.market.rules.halts import VcmSpec
from mmtui.market.rules.phases import PhaseSpec
from mmtui.observe.indicators import Indicators
from mmtui.session.commands import Cancel, Quote
from mmtui.session.session import Session
from tests.unit.session import hedge_levels
from tests.unit.session.support import BUY, MS, SELL, STILL, S, short, still


def seen(**values: Any) -> Readings:
    return cast("Readings", values)


def look(coach: Coach, **values: list[Any]) -> Iterator[int]:
    """Show a coach prepared values of signals, a second after the other; each second, once it has looked."""
    for second in range(len(next(iter(values.values())))):
        coach.look(second * S, seen(**{name: series[second] for name, series in values.items()}))
        yield second


def lines(hints: list[HintSpec], **values: list[Any]) -> list[tuple[int, str]]:
    """What is said, with the second at which it is."""
    coach, said = Coach(hints, []), []
    for second in look(coach, **values):
        line = coach.line(second * S)
        if line is not None and line.at_ns == second * S:
            said.append((second, line.text))
    return said


def occasions(check: CheckSpec, **values: list[Any]) -> list[tuple[int, int, bool]]:
    """From, to and whether done, in seconds."""
    coach = Coach([], [check])
    for _ in look(coach, **values):
        pass
    return [(found.from_ns // S, found.to_ns // S, found.done) for found in coach.occasions]


def spec(**keys: Any) -> ConditionSpec:
    return ConditionSpec(**keys)


# Conditions


@pytest.mark.parametrize(
    ("keys", "holds"),
    [
        ({"at_least": 0.3}, [0, 0, 1, 1, 0, 0, 0]),
        ({"at_least": 0.3, "until": 0.1}, [0, 0, 1, 1, 1, 0, 0]),
        ({"at_most": 0.0}, [1, 0, 0, 0, 0, 1, 1]),
        ({"at_most": 0.0, "until": 0.2}, [1, 1, 0, 0, 0, 1, 1]),
        ({"beyond": 0.4}, [0, 0, 0, 1, 0, 0, 1]),
        ({"beyond": 0.4, "until": 0.2}, [0, 0, 0, 1, 1, 0, 1]),
        ({"within": 0.2}, [1, 1, 0, 0, 1, 1, 0]),
        ({"within": 0.0, "until": 0.3}, [1, 1, 1, 0, 0, 1, 0]),
    ],
)
def test_a_number_is_compared_and_held_until_it_is_back(keys: dict[str, float], holds: list[int]) -> None:
    condition = Condition(spec(signal="imbalance", **keys))
    series = [0.0, 0.1, 0.3, 0.5, 0.2, 0.0, -0.7]
    assert [condition.holds(seen(imbalance=value)) for value in series] == [bool(hold) for hold in holds]


def test_a_word_is_compared() -> None:
    condition = Condition(spec(signal="holding", says="long"))
    assert [condition.holds(seen(holding=word)) for word in ("flat", "long", "short", None)] == [
        False,
        True,
        False,
        False,
    ]


def test_without_a_value_nothing_holds_and_nothing_is_remembered() -> None:
    condition = Condition(spec(signal="half_spread", at_least=3.0, until=1.0))
    assert [condition.holds(seen(half_spread=value)) for value in (3.0, 2.0, None, 2.0)] == [True, True, False, False]


# Hints


def test_a_hint_waits_for_the_time_that_its_conditions_must_hold() -> None:
    hint = HintSpec(when=(spec(signal="imbalance", at_least=0.3),), for_s=2, say="{held:.0f} s of {imbalance:+.2f}")
    assert lines([hint], imbalance=[0.4, 0.4, 0.0, 0.4, 0.4, 0.46, 0.4]) == [(5, "2 s of +0.46")]


def test_all_conditions_must_hold() -> None:
    both = spec(signal="imbalance", at_least=0.3), spec(signal="holding", says="long")
    hint = HintSpec(when=both, say="{holding}")
    assert lines([hint], imbalance=[0.4, 0.0, 0.4], holding=["flat", "long", "long"]) == [(2, "long")]


def test_nothing_is_said_twice_in_a_minute() -> None:
    hint = HintSpec(when=(spec(signal="spread", at_least=2),), say="{elapsed}")
    seconds = list(range(130))
    assert lines([hint], spread=[3] * 130, elapsed=seconds) == [(0, "0"), (60, "60"), (120, "120")]


def test_the_first_in_the_file_speaks_first_and_the_next_when_it_has_been_read() -> None:
    hints = [HintSpec(when=(spec(signal="spread", at_least=2),), say=text) for text in ("one", "two")]
    assert lines(hints, spread=[3] * 20) == [(0, "one"), (4, "two")]


def test_a_line_goes_after_a_while() -> None:
    coach = Coach([HintSpec(when=(spec(signal="spread", at_least=2),), say="now")], [])
    coach.look(0, seen(spread=3))
    assert coach.line(12 * S - 1) is not None
    assert coach.line(12 * S) is None


def test_a_line_goes_when_it_is_true_no_more_once_it_could_be_read() -> None:
    coach = Coach([HintSpec(when=(spec(signal="spread", at_least=2),), say="now")], [])
    shown = [coach.line(second * S) is not None for second in look(coach, spread=[3, 1, 1, 1, 1, 1])]
    assert shown == [True, True, True, True, False, False]


def test_a_sentence_without_a_value_is_not_said() -> None:
    hint = HintSpec(when=(spec(signal="spread", at_least=2),), say="{markout_10s:.1f}")
    assert lines([hint], spread=[3, 3], markout_10s=[None, -0.25]) == [(1, "-0.2")]


@pytest.mark.parametrize(
    ("say", "text"),
    [
        ("{position:+} lots", "-3 lots"),
        ("{mid} {mid:.2f}", "100.015 100.02"),
        ("{presence:.0%} {{sic}}", "25% {sic}"),
        ("{position:+,}", "-3"),
        ("{skew:+.1f} {skew}", "+0.0 -0.04"),
    ],
)
def test_how_numbers_are_written(say: str, text: str) -> None:
    assert Sentence(say).filled(seen(position=-3, mid=100.015, presence=0.25, skew=-0.04), 1.0) == text


# Checks

CHECK = CheckSpec(
    name="widen",
    when=(spec(signal="volatility_ratio", at_least=2.0),),
    do=(spec(signal="width_ratio", at_least=2.0),),
    within_s=3,
    again_s=4,
)


def test_done_in_time_missed_and_done_at_once() -> None:
    wild = [1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    wide = [1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 2]
    assert occasions(CHECK, volatility_ratio=wild, width_ratio=wide) == [(1, 3, True), (7, 10, False)]
    assert occasions(CHECK, volatility_ratio=[1, 3], width_ratio=[2, 2]) == [(1, 1, True)]


def test_an_occasion_that_passes_by_does_not_count() -> None:
    assert occasions(CHECK, volatility_ratio=[3, 3, 1, 1, 1], width_ratio=[1] * 5) == []


def test_what_was_done_as_the_occasion_passed_counts() -> None:
    assert occasions(CHECK, volatility_ratio=[3, 3, 1], width_ratio=[1, 1, 2]) == [(0, 2, True)]


def test_what_must_be_kept_up_is_done_when_it_was() -> None:
    check = msgspec.structs.replace(CHECK, keep_s=2)
    wide = [1, 2, 1, 2, 2, 2, 2]
    assert occasions(check, volatility_ratio=[3] * 7, width_ratio=wide) == [(0, 5, True)]
    assert occasions(check, volatility_ratio=[3] * 7, width_ratio=[1, 2, 1, 2, 1, 2, 2]) == [(0, 4, False)]


# What an author is told

SOUND = """
[[coach]]
when = [{ signal = "imbalance", beyond = 0.3, until = 0.2 }]
say = "{leaders} lead"

[[lesson_checks]]
name = "quote"
when = [{ signal = "quoting", says = "no" }]
do = [{ signal = "quoting", says = "yes" }]
within_s = 5
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            '"imbalance"',
            '"imbalanc"',
            "coach[0].when[0].signal: there is no signal 'imbalanc'; did you mean imbalance?",
        ),
        (
            "beyond = 0.3",
            "at_least = 0.3, beyond = 0.3",
            "coach[0].when[0].signal: imbalance is a number; expected one of at_least, at_most, beyond, within",
        ),
        ("until = 0.2", "until = 0.4", "coach[0].when[0].until: expected at most beyond, 0.3, not 0.4"),
        ("beyond = 0.3", "within = 0.3", "coach[0].when[0].until: expected at least within, 0.3, not 0.2"),
        ('"imbalance"', '"quoting"', "coach[0].when[0].signal: quoting is a word; expected says = one of yes, no"),
        ('says = "no"', 'says = "maybe"', "lesson_checks[0].when[0].says: expected one of yes, no, not 'maybe'"),
        ('say = "{leaders} lead"', "", "coach[0].say: this key is missing"),
        ("{leaders}", "{leader}", "coach[0].say: there is no signal 'leader'; did you mean leaders?"),
        ("{leaders}", "{leaders.real}", "coach[0].say: expected the name of a signal in braces, not 'leaders.real'"),
        ("{leaders}", "{leaders!r}", "coach[0].say: expected the name of a signal in braces, not 'leaders'"),
        ("{leaders}", "{}", "coach[0].say: expected the name of a signal in braces, not ''"),
        ("{leaders}", "{leaders", "coach[0].say: expected '}' before end of string"),
        ("{leaders}", "{leaders:>9}", "coach[0].say: leaders is a word, which has no number's format '>9'"),
        (
            "{leaders}",
            "{imbalance:99999999f}",
            "coach[0].say: expected a number's format such as +.2f after imbalance, not '99999999f'",
        ),
        ('[{ signal = "quoting", says = "yes" }]', "[]", "lesson_checks[0].do: expected at least one condition"),
        ("within_s = 5", "within_s = 0", "lesson_checks[0].within_s: expected a number above 0, not 0"),
        ("say =", "again_s = 30\nsay =", "coach[0].again_s: expected a number of at least 60, not 30"),
    ],
)
def test_faults_by_key_path(old: str, new: str, complaint: str) -> None:
    assert SOUND.count(old) == 1
    with pytest.raises(LevelError) as raised:
        parse_level(STILL + SOUND.replace(old, new), "my.toml")
    assert str(raised.value) == f"my.toml: {complaint}"


def test_a_journal_keeps_hints_and_checks() -> None:
    level = parse_level(STILL + SOUND, "my.toml")
    assert level_from_json(msgspec.json.encode(level), "journal") == level


# In a session


def test_the_coach_speaks_and_the_lesson_is_logged() -> None:
    session = Session(parse_level(STILL + SOUND, "my.toml"), 1)
    watched = WatchedSession(session)
    session.advance(4 * S)
    mid = round(watched.view().mid)
    session.submit(Quote(BUY, mid - 2, 1))
    session.submit(Quote(SELL, mid + 2, 1))
    session.advance(9 * S)
    session.submit(Cancel())
    session.advance(60 * S)
    assert watched.occasions == [
        Occasion(0, "quote", 0, 5 * S, True),
        Occasion(0, "quote", 35 * S, 40 * S, False),
    ]


def test_the_screen_is_told_what_the_coach_says() -> None:
    hint = HintSpec(when=(spec(signal="quoting", says="no"),), for_s=3, say="Quote.")
    watched = WatchedSession(Session(msgspec.structs.replace(still(), coach=(hint,)), 1))
    watched.advance(3 * S - MS)
    assert watched.view().coach is None
    watched.advance(3 * S)
    line = watched.view().coach
    assert line is not None
    assert (line.at_ns, line.text) == (3 * S, "Quote.")


@pytest.mark.parametrize("level_id", ["skew", "volatility-spike"])
def test_the_session_is_the_same_without_a_coach(level_id: str) -> None:
    level = load_level(level_id)
    level = msgspec.structs.replace(level, duration_s=150, events=level.events)
    plain = msgspec.structs.replace(level, coach=(), lesson_checks=())
    coached, alone, unattended = (
        Session(level, 4, "fixed"),
        Session(plain, 4, "fixed"),
        Session(level, 4, "fixed", ends_on_failure=True),
    )
    watched, uncoached = WatchedSession(coached), WatchedSession(alone)
    for session in (coached, alone, unattended):
        session.advance(session.end_ns)
    assert coached.digest == alone.digest == unattended.digest
    assert coached.result().market.events == alone.result().market.events
    assert unattended.result().market.events == alone.result().market.events
    assert watched.occasions
    assert not uncoached.occasions


def test_however_it_is_played_the_coach_says_the_same() -> None:
    level = short("skew", 120)
    whole, steps = (WatchedSession(Session(level, 2, "fixed")) for _ in range(2))
    whole.advance(whole.end_ns)
    for now_ns in range(0, steps.end_ns + 1, 700 * MS):
        steps.advance(now_ns)
        steps.view()
    steps.advance(steps.end_ns)
    assert whole.occasions == steps.occasions
    assert whole.occasions
    assert whole.view().coach == steps.view().coach


def test_every_signal_says_what_it_declares() -> None:
    phases = (PhaseSpec(from_s=0.0, kind="open"), PhaseSpec(from_s=140.0, kind="closed"))
    halt = VcmSpec(reference_s=3.0, skip_first_s=3.0, skip_last_s=0.0)
    hedges = hedge_levels.level("index").hedges
    rules = ExchangeSpec(phases=phases, halt=halt)
    level = msgspec.structs.replace(short("skew", 150), exchange=rules, hedges=hedges)
    session = Session(level, 1, "skew")
    kinds: dict[str, set[type]] = {name: set() for name in SIGNALS}
    observer = CoachWatcher(session, Indicators(session))
    for second in range(150):
        session.advance(second * S)
        readings = observer.readings(second * S)
        assert set(readings) == set(SIGNALS)
        assert len(readings) == len(SIGNALS)
        for name, signal in SIGNALS.items():
            value = readings[name]
            kinds[name].add(type(value))
            assert value is None or (value in signal.words if signal.words else isinstance(value, int | float)), name
    silent = {name for name, found in kinds.items() if found == {type(None)}}
    assert not silent

"""A deck of events: each session draws some cards by its seed; what is not drawn leaves no trace in it."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations

import pytest

from mmtui.errors import LevelError
from mmtui.level.describe import events as described
from mmtui.level.events import Happening, happenings
from mmtui.level.level import Level, load_level, parse_level, read_level
from mmtui.market.book_market import BookMarketSpec
from mmtui.paths import levels_dir
from mmtui.session.session import Session
from tests.unit.session.support import S

#: What a day may bring, at times drawn within each card's part of it.
DECK = """
[[events]]
card = "fat finger"
at_s = 10.0
until_s = 14.0
headline = "Somebody has typed a nought too many."
jump = -60.0
[[events]]
card = "fat finger"
at_s = 16.0
jump = 60.0

[[events]]
card = "index rebalance"
at_s = 20.0
headline = "Funds follow the index today."
[events.market]
noise_market = { rate = 5.0 }
[[events]]
card = "index rebalance"
at_s = 26.0

[[events]]
at_s = 28.0
[events.market]
noise_market = { rate = 1.5 }

[[events]]
card = "typhoon"
at_s = 30.0
headline = "Typhoon signal 8 is hoisted: many go home."
[events.market]
noise_market = { rate = 0.1 }
noise_limit = { rate = 0.2 }
[[events]]
card = "typhoon"
at_s = 38.0

[[events]]
card = "short squeeze"
at_s = 40.0
headline = "Shorts are called."
[events.market]
value = { trend = 0.5 }
[[events]]
card = "short squeeze"
at_s = 50.0
"""
CARDS = ("fat finger", "index rebalance", "typhoon", "short squeeze")


@cache
def text(deck: str = "deck = 2") -> str:
    skew = read_level(levels_dir() / "skew.toml")
    return f"{deck}\n{skew.replace('duration_s = 300', 'duration_s = 60')}\n{DECK}"


@cache
def level() -> Level:
    return parse_level(text(), "deck.toml")


def drawn(seed: int, been: tuple[Happening, ...] = (), after_s: float = 0.0) -> tuple[str, ...]:
    found = happenings(level().events, seed, round(after_s * S), been, deck=level().deck)
    pairs = [(event.card, each.drawn) for event, each in zip(level().events, found, strict=True) if event.card]
    # All events of a card, or none.
    assert len(set(pairs)) == len(CARDS)
    return tuple(dict.fromkeys(card for card, is_drawn in pairs if is_drawn))


def test_each_pair_of_cards_comes_as_often_as_any_other() -> None:
    # 600 seeds, 6 pairs: 100 each with a standard deviation of 9.1; four of them.
    counts = Counter(drawn(seed) for seed in range(600))
    assert set(counts) == set(combinations(CARDS, 2))
    assert all(abs(count - 100) < 37 for count in counts.values())


def test_what_is_not_drawn_changes_nothing_and_no_other_event_inherits_what_a_card_changes() -> None:
    base = level().market
    assert isinstance(base, BookMarketSpec)
    for seed in range(20):
        hand = drawn(seed)
        regimes = level().regimes(seed)
        rates = {from_ns // S: spec.noise_market.rate for from_ns, spec in regimes if isinstance(spec, BookMarketSpec)}
        assert (20 in rates) == ("index rebalance" in hand)
        assert rates.get(20, 5.0) == 5.0
        assert rates.get(26, base.noise_market.rate) == base.noise_market.rate
        # The day's own event comes to everybody, and a card after it ends in the day's market.
        assert rates[28] == 1.5
        assert (rates.get(30, 0.1), rates.get(38, 1.5)) == (0.1, 1.5)
        assert {jump for _, jump in level().jumps(seed)} == ({-60.0, 60.0} if "fat finger" in hand else set())


def test_only_who_draws_a_card_reads_its_headline() -> None:
    told = {"fat finger": "nought", "index rebalance": "Funds", "typhoon": "Typhoon", "short squeeze": "Shorts"}
    for seed in (1, 2, 3):
        session = Session(level(), seed)
        session.advance(session.end_ns)
        notices = " ".join(session.maker.notices)
        assert {card for card, word in told.items() if word in notices} == set(drawn(seed))


def test_drawn_anew_a_card_that_has_begun_goes_on_and_one_that_has_passed_stays_away() -> None:
    for seed in range(12):
        been = tuple(happenings(level().events, seed, deck=2)[:1])
        for other in range(6):
            anew = drawn(other, been, 15.0)
            assert ("fat finger" in anew) == been[0].drawn
            assert len(anew) == 2
    assert len({drawn(other, tuple(happenings(level().events, 0, deck=2)[:1]), 15.0) for other in range(20)}) > 1
    session = Session(level(), 3)
    session.advance(17 * S)
    session.redraw(99)
    session.advance(session.end_ns)
    assert session.over == "time"


@pytest.mark.parametrize("deck", ["deck = 5", ""])
def test_a_deck_needs_as_many_cards_as_it_draws(deck: str) -> None:
    with pytest.raises(LevelError, match="deck: expected from 1 to as many cards as the events have, 4"):
        parse_level(text(deck), "deck.toml")


def test_a_deck_is_described() -> None:
    shown = [about for _, about in described(level())]
    assert shown[0].startswith('card fat finger; "Somebody has typed')
    assert "noise_market.rate" in shown[2]
    # The day's event is told against the day, not against the card before it.
    assert shown[4] == "noise_market.rate 0.8 → 1.5" or "→ 1.5" in shown[4]


def test_levels_without_cards_draw_none() -> None:
    assert all(load_level(name).deck == 0 for name in ("skew", "hedge", "vcm"))


def test_a_full_day_has_two_surprises_of_six_and_each_ends_in_the_day_as_it_is_without() -> None:
    day = load_level("full-day")
    hands: Counter[frozenset[str]] = Counter()
    for seed in range(60):
        found = happenings(day.events, seed, deck=day.deck)
        hands[
            frozenset(event.card for event, each in zip(day.events, found, strict=True) if event.card and each.drawn)
        ] += 1
        last = next(market for from_ns, market in reversed(day.regimes(seed)) if from_ns < 19_980 * S)
        assert isinstance(last, BookMarketSpec)
        assert all(institution.rate == 0 for institution in last.institutions.values())
        assert day.obligation.max_width == [width for width in (each.max_width for each in found) if width][-1]
    # Fifteen pairs are equally likely, and these sixty days show nearly all of them.
    assert all(len(hand) == 2 for hand in hands)
    assert len(hands) >= 13

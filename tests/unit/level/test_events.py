from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from mmtui.book import Side
from mmtui.level.events import EventSpec, Happening, happenings
from mmtui.level.level import parse_level
from mmtui.market.book_market import BookMarketSpec
from mmtui.session.commands import Quote
from mmtui.session.session import Session
from tests.inside import book_of
from tests.unit.session.support import STILL, S

SEEDS = range(400)


def event(us: BookMarketSpec, **fields: Any) -> EventSpec:
    return EventSpec(market=us, **{"at_s": 10.0, **fields})


@pytest.fixture(scope="module")
def us() -> BookMarketSpec:
    level_market = parse_level(STILL, "still.toml").market
    assert isinstance(level_market, BookMarketSpec)
    return level_market


def test_an_event_with_nothing_drawn_is_the_same_under_every_seed(us: BookMarketSpec) -> None:
    (first,), (second,) = (happenings([event(us, jump=-20.0, headline="News")], seed) for seed in (1, 2))
    assert first == second == Happening(10 * S, us, -20.0, "News", None)


def test_drawn_times_are_uniform_and_drawn_jumps_normal(us: BookMarketSpec) -> None:
    # 400 draws: the mean time's standard error is 20/sqrt(12·400) = .29 s, the mean jump's 5/20 = .25 and its
    # deviation's .18; the bands are four of each.
    drawn = [happenings([event(us, until_s=30.0, jump=8.0, jump_sd=5.0)], seed)[0] for seed in SEEDS]
    times = np.array([each.at_ns for each in drawn]) / S
    jumps = np.array([each.jump for each in drawn])
    assert (times >= 10).all()
    assert (times <= 30).all()
    assert times.mean() == pytest.approx(20, abs=1.2)
    assert times.std() == pytest.approx(20 / np.sqrt(12), abs=0.8)
    assert jumps.mean() == pytest.approx(8, abs=1.0)
    assert jumps.std() == pytest.approx(5, abs=0.72)
    assert abs(np.corrcoef(times, jumps)[0, 1]) < 0.2


def test_a_coin_decides_which_way_a_jump_goes(us: BookMarketSpec) -> None:
    drawn = [happenings([event(us, jump=20.0, either_way=True)], seed)[0].jump for seed in SEEDS]
    assert set(drawn) == {20.0, -20.0}
    # 200 ± 10 heads; four deviations.
    assert 160 < drawn.count(20.0) < 240


def test_the_coin_turns_the_trend_too_as_long_as_it_lasts(us: BookMarketSpec) -> None:
    def trending(trend: float) -> BookMarketSpec:
        return replace(us, value=replace(us.value, trend=trend))

    events = [
        EventSpec(at_s=10.0, jump=20.0, either_way=True, market=trending(0.25)),
        EventSpec(at_s=20.0, market=trending(0.25)),
        EventSpec(at_s=30.0, market=trending(-0.1)),
    ]
    turned = 0
    for seed in range(20):
        found = happenings(events, seed)
        trends = [each.market.value.trend for each in found if isinstance(each.market, BookMarketSpec)]
        sign = found[0].jump / 20.0
        assert trends == [0.25 * sign, 0.25 * sign, -0.1]
        turned += sign < 0
    assert 0 < turned < 20


def test_one_event_more_moves_no_other_s_draws(us: BookMarketSpec) -> None:
    events = [event(us, until_s=20.0, jump_sd=5.0), event(us, at_s=30.0, until_s=50.0, jump_sd=5.0)]
    assert happenings(events, 7)[0] == happenings(events[:1], 7)[0]
    assert happenings(events, 7)[0].jump != happenings(events, 7)[1].jump


def test_a_session_jumps_and_is_told_when_the_event_happens_under_its_seed() -> None:
    text = STILL + '\n[[events]]\nat_s = 10.0\nuntil_s = 40.0\njump = 300\neither_way = true\nheadline = "Results"\n'
    level = parse_level(text, "still.toml")
    found = set()
    for seed in (1, 2, 3):
        (happening,) = happenings(level.events, seed)
        session = Session(level, seed)
        value = session.market.value
        assert value is not None
        session.advance(happening.at_ns - 1)
        assert session.maker.notices == []
        session.advance(happening.at_ns)
        assert session.maker.notices == ["Results"]
        # The value is constant over tenths of a second.
        jumped = value.at(happening.at_ns) - value.at(happening.at_ns - S // 10)
        assert jumped == happening.jump
        found.add((happening.at_ns, jumped))
    assert len(found) == 3


def test_an_event_may_change_how_wide_the_obligation_counts_and_says_so() -> None:
    events = """
[[events]]
at_s = 10.0
max_width = 20

[[events]]
at_s = 20.0
max_width = 8
headline = "Calm again."

[[events]]
at_s = 30.0
headline = "Nothing else."
"""
    session = Session(parse_level(STILL + events, "still.toml"), 1)
    session.submit(Quote(Side.BUY, 9_994, 1))
    session.submit(Quote(Side.SELL, 10_004, 1))
    seen = []
    for second in (10, 20, 30, 60):
        session.advance(second * S - 1)
        seen.append((session.maker.presence.quoting, session.maker.view.rules.max_width))
        session.advance(second * S)
    assert seen == [(False, 8), (True, 20), (False, 8), (False, 8)]
    assert session.measures().presence == pytest.approx(10 / 60)
    assert session.maker.notices == [
        "Quotes may be 20 ticks wide from now on.",
        "Calm again. Quotes may be 8 ticks wide from now on.",
        "Nothing else.",
    ]


def test_in_a_duel_the_obligation_changes_for_both() -> None:
    text = STILL + '\n[opponent]\nstrategy = "fixed"\n\n[[events]]\nat_s = 10.0\nmax_width = 20\n'
    session = Session(parse_level(text, "still.toml"), 1)
    session.advance(10 * S)
    assert [maker.view.rules.max_width for maker in session.makers] == [20, 20]


def test_who_is_left_out_of_a_market_does_nothing() -> None:
    market = """[market]
instrument = { symbol = "ABC", currency = "USD", tick = 0.01, lot = 100, price = 100.0 }
normal = { spread = 2, volatility = 1, size = 5 }
warmup_s = 0
"""
    before, _, after = STILL.partition("[market]\n")
    level = parse_level(before + market + after[after.index("\n[maker]") :], "bare.toml")
    session = Session(level, 1)
    session.advance(session.end_ns)
    exchange = session.market.exchange
    # The two orders that make a book, of which the rule of the last lot lets none be withdrawn.
    assert exchange.trades == 0
    assert len(book_of(exchange)) == 2

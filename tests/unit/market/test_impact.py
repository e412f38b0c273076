"""Price impact: its shape, how it fades, whose it is, and that nobody can make money of it."""

from __future__ import annotations

from math import exp, sqrt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmtui.book import Side
from mmtui.market.book_market import INFORMED, NOISE_MARKET, BookMarket, BookMarketSpec
from mmtui.market.core.exchange import PARTICIPANTS, Exchange
from mmtui.market.core.impact import Impact, ImpactSpec
from mmtui.session.commands import Take
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
from tests.unit.session.support import BUY, short

SPEC = ImpactSpec(weight=0.17, linear_lots=0.25, permanent=0.012)
MAKERS = frozenset({0, 1})
NOISE, INSTITUTION, STRANGER = 300, 768, 302
ACCOUNTS = MAKERS | {NOISE, INSTITUTION}
TAUS = (8.0, 64.0, 512.0)
#: What is kept is a whole number of these.
GRAIN = 2.0**-20


def impact(spec: ImpactSpec = SPEC) -> Impact:
    return Impact(spec, ACCOUNTS, MAKERS)


def phi(lots: float, least: float = 0.25) -> float:
    root = sqrt(least + abs(lots)) - sqrt(least)
    return root if lots >= 0 else -root


def s(seconds: float) -> int:
    return round(seconds * NS_PER_S)


@pytest.mark.parametrize("lots", [-100, -3, -1, 0, 1, 2, 10, 80, 1_000])
def test_it_is_concave_in_what_was_taken_and_the_same_both_ways(lots: int) -> None:
    found = impact()
    found.trade(0, 0, lots)
    assert found.at(0) == pytest.approx(3 * 0.17 * phi(lots) + 0.012 * lots, abs=4 * GRAIN)


def test_it_is_proportional_to_few_lots_and_to_the_root_of_many() -> None:
    spec = ImpactSpec(weight=1.0, linear_lots=1_000.0)
    moved = []
    for lots in (1, 2, 10**6, 4 * 10**6):
        found = impact(spec)
        found.trade(0, 0, lots)
        moved.append(found.at(0))
    assert moved[1] / moved[0] == pytest.approx(2, rel=0.001)
    assert moved[3] / moved[2] == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize("after_s", [0.0, 0.25, 8.0, 60.0, 600.0, 36_000.0])
def test_its_memories_fade_with_their_time_constants_and_a_part_stays(after_s: float) -> None:
    found = impact()
    found.trade(s(1), 0, 40)
    faded = sum(0.17 * phi(40 * exp(-after_s / tau)) for tau in TAUS)
    assert found.at(s(1 + after_s)) == pytest.approx(faded + 0.012 * 40, abs=1e-5)


def test_what_is_taken_adds_to_what_is_left_of_earlier_lots() -> None:
    found = impact()
    found.trade(0, 0, 10)
    found.trade(s(16), 0, -4)
    faded = sum(0.17 * phi((10 * exp(-16 / tau) - 4) * exp(-16 / tau)) for tau in TAUS)
    assert found.at(s(32)) == pytest.approx(faded + 0.012 * 6, abs=1e-5)


def test_two_accounts_move_the_price_more_than_one_of_their_size() -> None:
    one, two = impact(), impact()
    one.trade(0, NOISE, 20)
    two.trade(0, NOISE, 10)
    two.trade(0, INSTITUTION, 10)
    assert two.at(0) == pytest.approx(6 * 0.17 * phi(10) + 0.24, abs=4 * GRAIN)
    assert two.at(0) > one.at(0)


def test_it_is_everybody_s_own_and_that_of_others_is_what_no_maker_did() -> None:
    found = impact()
    for index, lots in ((0, 10), (1, -4), (NOISE, 30), (INSTITUTION, 7), (STRANGER, 1_000)):
        found.trade(0, index, lots)
    for now_ns in (0, s(10), s(100)):
        own = [found.own(now_ns, index) for index in (0, 1, NOISE, INSTITUTION)]
        assert found.of_others(now_ns) == pytest.approx(own[2] + own[3], abs=1e-5)
        assert found.at(now_ns) == pytest.approx(sum(own), abs=1e-5)
        assert found.own(now_ns, STRANGER) == 0


def test_without_weights_there_is_none() -> None:
    found = impact(ImpactSpec())
    found.trade(0, 0, 1_000)
    assert found.at(0) == found.own(0, 0) == found.of_others(0) == 0


trades = st.lists(
    st.tuples(st.integers(0, 4_000), st.sampled_from(sorted(ACCOUNTS)), st.integers(-60, 60)), max_size=12
).map(sorted)


@given(trades, st.lists(st.integers(0, 4_000), max_size=20))
def test_reading_changes_nothing(taken: list[tuple[int, int, int]], looks: list[int]) -> None:
    """Neither does it matter how often and when somebody looks; times are quarters of a second and parts of them."""
    plain, watched = impact(), impact()
    for quarter, index, lots in taken:
        now_ns = quarter * s(0.25) + 7
        for look in looks:
            if look <= quarter:
                watched.at(look * s(0.25))
                watched.own(look * s(0.25), index)
                watched.of_others(now_ns)
        plain.trade(now_ns, index, lots)
        watched.trade(now_ns, index, lots)
    end_ns = s(1_200)
    assert plain.at(end_ns) == watched.at(end_ns)
    assert [plain.own(end_ns, index) for index in ACCOUNTS] == [watched.own(end_ns, index) for index in ACCOUNTS]


@given(trades)
def test_it_is_a_whole_number_of_grains_and_constant_for_a_quarter_of_a_second(
    taken: list[tuple[int, int, int]],
) -> None:
    found = impact()
    for quarter, index, lots in taken:
        found.trade(quarter * s(0.25), index, lots)
    start_ns = s(1_001)
    now = [found.at(start_ns), found.of_others(start_ns), found.own(start_ns, 0)]
    assert all((each / GRAIN).is_integer() for each in now)
    later_ns = start_ns + s(0.25) - 1
    assert now == [found.at(later_ns), found.of_others(later_ns), found.own(later_ns, 0)]


specs = st.builds(
    ImpactSpec, weight=st.floats(0.01, 5.0), linear_lots=st.floats(0.05, 10.0), permanent=st.floats(0.0, 0.1)
)


@given(trades, specs, specs)
def test_it_does_not_jump_where_its_parameters_change(
    taken: list[tuple[int, int, int]], before: ImpactSpec, after: ImpactSpec
) -> None:
    found = impact(before)
    for quarter, index, lots in taken:
        found.trade(quarter * s(0.25), index, lots)
    now_ns = s(1_001)
    whole, own = found.at(now_ns), found.own(now_ns, 0)
    found.change(now_ns, after)
    # A memory is rounded to a grain; where it is near nothing its impact has a slope of weight/(2·root of linear_lots).
    error = 24 * GRAIN * max(1.0, after.weight / (2 * after.linear_lots**0.5))
    assert found.at(now_ns) == pytest.approx(whole, abs=error)
    assert found.own(now_ns, 0) == pytest.approx(own, abs=error)
    found.trade(now_ns, 0, 1)
    assert found.own(now_ns, 0) > own


SLICES = 8


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2_400), st.integers(-20, 20)), min_size=1, max_size=6).map(sorted))
def test_buying_and_selling_again_costs_on_every_schedule_of_one_account(schedule: list[tuple[int, int]]) -> None:
    """Each lot trades, in parts, at the impact half-way between before and after it; no spread is paid.

    Exactly, the cost is what fading takes from a convex function of the memories, so never below nothing. The parts
    stand for the integral, with an error of some thousandths near an impact of nothing.
    """
    found, paid = impact(), 0.0
    closing = (2_600, -sum(lots for _, lots in schedule))
    for quarter, lots in [*schedule, closing]:
        now_ns = quarter * s(0.25)
        part = (1 if lots > 0 else -1) / SLICES
        for _ in range(SLICES * abs(lots)):
            before = found.own(now_ns, 0)
            found.trade(now_ns, 0, part)  # type: ignore[arg-type]
            paid += part * (before + found.own(now_ns, 0)) / 2
    assert paid > -0.02


# In a market


def test_those_who_take_move_the_price_and_those_who_rest_do_not() -> None:
    exchange = Exchange("TEST")
    exchange.impact = Impact(SPEC, ACCOUNTS, MAKERS)
    for at, side, price in ((1, Side.BUY, 99), (2, Side.SELL, 101), (3, Side.SELL, 102)):
        exchange.rest(0, at * PARTICIPANTS + NOISE, side, price, 10)
    exchange.quote(4 * PARTICIPANTS + 1, Side.SELL, 100, 5)
    report = exchange.take(0, 5 * PARTICIPANTS, Side.BUY, 8, 200)
    assert report.filled == 8
    # As many lots as were filled, the taker's: nothing is the resting maker's.
    assert exchange.impact.own(0, 0) == pytest.approx(3 * 0.17 * phi(8) + 0.012 * 8, abs=4 * GRAIN)
    assert exchange.impact.own(0, 1) == exchange.impact.own(0, NOISE) == 0
    exchange.take(0, 6 * PARTICIPANTS + NOISE, Side.SELL, 3, 1)
    assert exchange.impact.of_others(0) == pytest.approx(-3 * 0.17 * phi(3) - 0.036, abs=4 * GRAIN)


def test_the_informed_rivals_and_momentum_add_nothing(us: BookMarketSpec) -> None:
    quiet = msgspec.structs.replace(us, noise_market=msgspec.structs.replace(us.noise_market, rate=0.0))
    market = BookMarket([(0, quiet)], 1)
    market.clock.advance(s(300))
    takers = {trade.taker_id % PARTICIPANTS for _, trade in market.exchange.tape}
    assert INFORMED in takers
    assert market.exchange.impact.at(s(300)) == 0
    market = BookMarket([(0, us)], 1)
    market.clock.advance(s(300))
    assert market.exchange.impact.own(s(300), NOISE_MARKET) == market.exchange.impact.at(s(300)) != 0


@pytest.mark.slow
def test_pushing_the_close_gains_nothing_nor_does_it_at_any_second_before() -> None:
    """A maker who holds 40 and buys 20 in the last ten seconds, against the same one who does not, seed by seed.

    At the mid the lots held would gain some 40·2 ticks; valued without one's own impact, they gain nothing, and the
    purchases have paid half a spread and what they moved.
    """
    level = short("skew", 30, position=40, position_limit=100, max_order=10)
    unit = level.market.instrument.tick_value
    gains: list[list[float]] = []
    at_mid = []
    for seed in range(60):
        still, pushing = (Session(level, seed, None, ends_on_failure=True) for _ in range(2))
        gains.append([])
        for second in range(20, 31):
            for session in (still, pushing):
                session.advance(s(second))
            maker = pushing.maker
            gains[-1].append((maker.total - still.maker.total) / unit)
            if second == 30:
                mids = [each.maker.desk.total(each.market.exchange.mid) for each in (pushing, still)]
                at_mid.append((mids[0] - mids[1]) / unit)
            pushing.submit(Take(BUY, 2))
    assert pushing.maker.desk.position > 55
    means = [sum(each) / len(each) for each in zip(*gains, strict=True)]
    assert means[0] == 0
    assert max(means[1:]) < 0
    assert means[-1] < -10
    # Valued at the mid it would have paid: this is what the law is there for.
    assert sum(at_mid) / len(at_mid) > 10

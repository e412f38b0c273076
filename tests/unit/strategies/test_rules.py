"""Each of the rules alone: what it does to the quotes beyond its threshold, and when it goes back."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.market.rules.halts import Band
from mmtui.strategies.combined.rules import RulesOfThumb, default_horizon
from mmtui.strategies.protocol import OwnFill, PublicTrade, Quotes
from tests.unit.strategies.fake_view import US, FakeView, S, market

BUY, SELL = Side.BUY, Side.SELL
SWITCHES = ("volatility", "spread", "crowding", "imbalance", "toxicity", "band", "hurst", "oblige")
USUAL = 0.4 * 2.38


def only(*rules: str, **params: Any) -> RulesOfThumb:
    """Rules with a few of them on."""
    return RulesOfThumb(**{name: name in rules for name in SWITCHES}, **({"size": 10} | params))


def steady(*rules: str, **params: Any) -> RulesOfThumb:
    """Rules whose width does not follow the volatility."""
    return only(*rules, multiplier=0.0, **params)


def at(view: FakeView, seconds: float, bid: int = 9_999, ask: int = 10_001) -> FakeView:
    """The view at a time, with others' quotes there."""
    view.now_ns = round(seconds * S)
    view.book.clear()
    view.others(BUY, *((bid - i, 10) for i in range(5)))
    view.others(SELL, *((ask + i, 10) for i in range(5)))
    return view


def moving(strategy: RulesOfThumb, view: FakeView, seconds: range, volatility: float, seed: int = 1) -> list[Quotes]:
    """The quotes each second of a random walk."""
    generator = np.random.default_rng(seed)
    found, mid = [], 10_000.0
    for second in seconds:
        found.append(strategy.quote(at(view, second, round(mid) - 1, round(mid) + 1)))
        mid += volatility * generator.standard_normal()
    return found


def parts(quotes: Quotes) -> tuple[float, float, float]:
    """Reservation price, and the distances of bid and ask from it."""
    assert quotes.bid is not None
    assert quotes.ask is not None
    assert quotes.reservation is not None
    return quotes.reservation, quotes.reservation - quotes.bid, quotes.ask - quotes.reservation


def sizes(quotes: Quotes) -> tuple[int, int]:
    return quotes.bid_size, quotes.ask_size


# Without any rule


def test_usual_market_is_quoted_at_its_usual_width() -> None:
    assert parts(only().quote(market(9_999, 10_001))) == pytest.approx((10_000, USUAL, USUAL))


def test_width_is_a_multiple_of_the_volatility_over_the_horizon() -> None:
    strategy = only(multiplier=1.5, horizon=4.0)
    # At first the estimate is the usual volatility.
    _, below, above = parts(strategy.quote(market(9_999, 10_001)))
    assert below == above == pytest.approx(1.5 * 1.02 * 2.0)


def test_width_is_never_below_the_usual() -> None:
    assert parts(only(multiplier=0.1).quote(market(9_999, 10_001)))[1] == pytest.approx(USUAL)


def test_position_moves_the_centre_and_never_the_width() -> None:
    for position in (-20, -7, 0, 7, 20):
        centre, below, above = parts(only().quote(market(9_999, 10_001, position=position)))
        assert centre == pytest.approx(10_000 - 2.38 * position / 20)
        assert below == above == pytest.approx(USUAL)


def test_width_and_skew_grow_with_volatility_alike() -> None:
    view = market(9_999, 10_001, position=10)
    strategy = only(memory=60.0)
    quotes = moving(strategy, view, range(600), 3.06)[-1]
    centre, below, _ = parts(quotes)
    assert below / USUAL == pytest.approx(3.0, rel=0.25)
    assert (view.mid - centre) / (2.38 / 2) == pytest.approx(below / USUAL)


def test_horizon_left_alone_is_that_of_the_usual_half_spread() -> None:
    assert 1.02 * default_horizon(US) ** 0.5 == pytest.approx(USUAL)
    still = replace(US, normal_volatility=0.0)
    assert default_horizon(still) == 0.0
    assert parts(only().quote(market(9_999, 10_001, rules=still)))[1] == pytest.approx(USUAL)


# Volatility and spread


def test_high_volatility_cuts_sizes_to_a_fifth_in_a_spike_and_the_width_follows_it_anyhow() -> None:
    for volatility, size in ((1.02, 10), (2.6, 7), (5.1, 2)):
        view, again = market(9_999, 10_001), market(9_999, 10_001)
        plain = moving(only(memory=60.0), view, range(400), volatility)[-1]
        defended = moving(only("volatility", memory=60.0), again, range(400), volatility)[-1]
        assert parts(defended)[1] == pytest.approx(parts(plain)[1])
        assert sizes(defended) == (size, size)


def test_spike_is_stress_wherever_it_begins() -> None:
    quotes = steady("volatility", volatile_at=99.0, spike_at=0.5).quote(market(9_999, 10_001))
    assert parts(quotes)[1] == pytest.approx(USUAL)
    assert sizes(quotes) == (2, 2)


def test_volatility_has_to_fall_below_the_release_for_sizes_to_return() -> None:
    view = market(9_999, 10_001)
    strategy = only("volatility", memory=30.0)
    moving(strategy, view, range(200), 5.1)
    # Now nothing moves, and the estimate decays: variance as exp(-t/30).
    reference = only(memory=30.0)
    moving(reference, market(9_999, 10_001), range(200), 5.1)
    resting = view.best_bid
    seen: list[tuple[float, int]] = []
    for second in range(200, 340):
        at(view, second, resting, resting + 2)
        half = parts(reference.quote(view))[1]
        seen.append((half / USUAL, strategy.quote(view).bid_size))
    below_spike = [size for ratio, size in seen if 2.1 <= ratio < 3.0]
    below_stress = [size for ratio, size in seen if 1.4 <= ratio < 2.0]
    assert below_spike
    assert set(below_spike) == {2}
    assert below_stress
    assert set(below_stress) == {7}
    assert seen[-1][0] == pytest.approx(1.0)
    assert seen[-1][1] == 10


def test_spread_twice_its_mean_is_stress_until_it_is_back() -> None:
    view = market(9_999, 10_001)
    strategy = only("spread")
    for second in range(60):
        quotes = strategy.quote(at(view, second))
    assert parts(quotes)[1] == pytest.approx(USUAL)
    assert sizes(quotes) == (10, 10)
    # Against a mean of 2: not enough, enough, above the release of 1.4, back.
    for tenths, ask, width, size in (
        (1, 10_002, 1.0, 10),
        (2, 10_004, 1.5, 7),
        (3, 10_002, 1.5, 7),
        (4, 10_001, 1.0, 10),
    ):
        quotes = strategy.quote(at(view, 60 + tenths / 10, 9_999, ask))
        assert parts(quotes)[1] == pytest.approx(width * USUAL), tenths
        assert sizes(quotes) == (size, size), tenths


def test_volatility_and_spread_together_cut_sizes_once_and_the_spread_widens() -> None:
    view = market(9_999, 10_001)
    strategy, reference = only("volatility", "spread"), only()
    moving(strategy, view, range(200), 2.6)
    moving(reference, market(9_999, 10_001), range(200), 2.6)
    for second, gap, width in ((199, 0, 1.0), (200, 5, 1.5)):
        quotes = strategy.quote(at(view, second, view.best_bid - gap, view.best_ask + gap))
        assert parts(quotes)[1] == pytest.approx(width * parts(reference.quote(view))[1])
        assert sizes(quotes) == (7, 7)


def test_volatility_and_spread_are_switched_each_by_itself() -> None:
    for rule, seen in (("volatility", "spread"), ("spread", "volatility")):
        view = market(9_999, 10_001)
        strategy = steady(rule)
        if seen == "volatility":
            quotes = moving(strategy, view, range(200), 5.1)[-1]
        else:
            for second in range(61):
                gap = 5 if second == 60 else 1
                quotes = strategy.quote(at(view, second, 10_000 - gap, 10_000 + gap))
        assert parts(quotes)[1] == pytest.approx(USUAL), rule
        assert sizes(quotes) == (10, 10), rule


def test_spread_of_own_making_is_no_stress() -> None:
    """Own quotes inside the others' make the best prices narrower; taken away again they would double the spread."""
    view = market(9_997, 10_003)
    strategy = only("spread")
    own = (view.rest(BUY, 9_999, 1), view.rest(SELL, 10_001, 1))
    for second in range(60):
        view.now_ns = second * S
        strategy.quote(view)
    for order_id in own:
        view.book.cancel(order_id)
        del view.own[order_id]
    assert parts(strategy.quote(view))[1] == pytest.approx(USUAL)


# Position


def test_large_position_halves_only_the_size_that_adds_to_it() -> None:
    strategy = only("crowding")
    positions = (0, 9, 10, 8, 7, 6, -9, -10, -7, -6)
    seen = [sizes(strategy.quote(market(9_999, 10_001, position=position))) for position in positions]
    long, short, flat = (5, 10), (10, 5), (10, 10)
    assert seen == [flat, flat, long, long, long, flat, flat, short, short, flat]


# Imbalance


def trades(view: FakeView, seconds: float, bought: int, sold: int) -> None:
    view.trades.append(PublicTrade(round(seconds * S) - 2, BUY, 10_001, bought))
    view.trades.append(PublicTrade(round(seconds * S) - 1, SELL, 9_999, sold))


def test_imbalance_shifts_both_quotes_and_the_stale_one_further() -> None:
    view = market(9_999, 10_001)
    strategy = steady("imbalance", shade=2.0, stale=0.5)
    for second, bought, sold, imbalance in (
        (20, 64, 36, 0.0),  # 0.28: not enough.
        (40, 66, 34, 0.32),
        (60, 62, 38, 0.24),  # Still above 0.21.
        (80, 60, 40, 0.0),
        (100, 30, 70, -0.4),
        (120, 38, 62, -0.24),
        (140, 40, 60, 0.0),
        (160, 30, 70, -0.4),
        (180, 90, 10, 0.8),  # From one side to the other at once.
    ):
        trades(view, second, bought, sold)
        centre, below, above = parts(strategy.quote(at(view, second)))
        assert centre == pytest.approx(10_000 + 2.0 * imbalance), second
        assert above == pytest.approx(USUAL + 0.5 * 2.0 * max(0.0, imbalance)), second
        assert below == pytest.approx(USUAL + 0.5 * 2.0 * max(0.0, -imbalance)), second


def test_imbalance_is_of_the_last_ten_seconds_each_trade_counted_once() -> None:
    view = market(9_999, 10_001)
    strategy = steady("imbalance", shade=2.0, stale=0.0)
    trades(view, 20, 80, 20)
    for seconds, imbalance in (
        (20.0, 0.6),
        (21.0, 0.6),
        (24.9, 0.6),
        (25.0, 0.0),
        (29.9, 0.0),
        (30.1, -3 / 7),
        (36, 0),
    ):
        if seconds == 25.0:
            trades(view, 25, 40, 100)
        assert parts(strategy.quote(at(view, seconds)))[0] == pytest.approx(10_000 + 2.0 * imbalance), seconds


@pytest.mark.parametrize("follows", [1, 0, -1])
def test_shade_left_alone_is_what_the_mid_has_done_after_imbalances(follows: int) -> None:
    view = market(9_999, 10_001)
    strategy = steady("imbalance", stale=0.0)
    mid, shifts = 10_000, []
    for second in range(600):
        buyers = (second // 20) % 2 == 0
        if second % 20 == 0:
            trades(view, second, *((9, 1) if buyers else (1, 9)))
        if second % 20 == 3:
            mid += follows if buyers else -follows
        centre = parts(strategy.quote(at(view, second, mid - 1, mid + 1)))[0]
        if second % 20 == 1:
            shifts.append((centre - mid) * (1 if buyers else -1))
    assert shifts[0] == 0.0
    # An imbalance of 0.8 for ten of twenty seconds, in three of which the mid has a tick to go: 3/(10 × 0.8) a unit,
    # of which the doubt of 10 takes its part.
    seen = 10 / 20 * 0.8**2 * 300 * (1 - math.exp(-600 / 300))
    assert shifts[-1] == pytest.approx(0.8 * 3 / 8 * seen / (seen + 10) if follows > 0 else 0.0, rel=0.05)


def test_measured_shade_is_never_more_than_the_width() -> None:
    view = market(9_999, 10_001)
    strategy = steady("imbalance", stale=0.0)
    for second in range(100):
        trades(view, second, 9, 1)
        quotes = strategy.quote(at(view, second, 9_999 + 5 * second, 10_001 + 5 * second))
    assert parts(quotes)[0] - view.mid == pytest.approx(0.8 * 2 * USUAL)


# Toxicity


def fill(view: FakeView, seconds: float, markout: float) -> None:
    """An own buy and an own sale, at prices that a mid of 10,000 makes lose or earn the markout."""
    for i, side in ((2, BUY), (1, SELL)):
        price = round(10_000 - side * markout)
        view.fills.append(OwnFill(round(seconds * S) - i, side, price, 1, 10_000.0, True))


def through(strategy: RulesOfThumb, view: FakeView, markouts: dict[int, float], seconds: range) -> dict[int, Quotes]:
    found = {}
    for second in seconds:
        if second in markouts:
            fill(view, second, markouts[second])
        found[second] = strategy.quote(at(view, second))
    return found


def test_losing_fills_widen_and_cut_sizes_and_earning_ones_bring_them_back() -> None:
    view = market(9_999, 10_001)
    strategy = steady("toxicity", step_out=0.0)
    losing = {10 + 20 * i: -3.0 + i % 2 for i in range(6)}
    earning = {10 + 20 * i: 6.0 for i in range(6, 12)}
    quotes = through(strategy, view, losing | earning, range(260))
    width = {second: parts(found)[1] / USUAL for second, found in quotes.items()}
    # The fourth burst, at 70 s, is marked out ten seconds later.
    assert width[79] == pytest.approx(1.0)
    assert width[80] == pytest.approx(1.5)
    assert sizes(quotes[80]) == (5, 5)
    assert width[259] == pytest.approx(1.0)
    assert sizes(quotes[259]) == (10, 10)


def test_suspicion_stays_until_the_score_is_below_the_release() -> None:
    view = market(9_999, 10_001)
    strategy = steady("toxicity", toxic_at=1.0, release=0.0, step_out=0.0)
    markouts = {10 + 20 * i: -3.0 for i in range(5)} | {10 + 20 * i: 3.0 for i in range(5, 8)}
    kept = through(strategy, view, markouts, range(165))
    plain_view = market(9_999, 10_001)
    dropped = through(steady("toxicity", release=1.0, step_out=0.0), plain_view, markouts, range(165))
    assert parts(kept[164])[1] == pytest.approx(1.5 * USUAL)
    assert parts(dropped[164])[1] == pytest.approx(USUAL)


def test_beyond_doubt_it_steps_out_but_for_the_way_out_and_then_forgets() -> None:
    view = market(9_999, 10_001, position=3)
    strategy = steady("toxicity", step_out=20.0)
    quotes = through(strategy, view, {10 + 20 * i: -3.0 + i % 2 for i in range(8)}, range(230))
    # The eighth burst, at 150 s, is marked out at 160 s.
    assert quotes[159].bid is not None
    for second in range(160, 180):
        assert quotes[second].bid is None
        assert quotes[second].ask is not None
    for second in range(180, 230):
        assert parts(quotes[second])[1] == pytest.approx(USUAL)


def test_forgotten_suspicion_has_to_be_shown_again() -> None:
    view = market(9_999, 10_001)
    strategy = steady("toxicity", release=0.0)
    certain = {10 + 20 * i: -3.0 + i % 2 for i in range(8)}
    # A mean of half a tick lost, not half a standard error from nothing.
    doubtful = {190 + 20 * i: -3.0 if i % 2 else 2.0 for i in range(4)}
    quotes = through(strategy, view, certain | doubtful, range(270))
    assert quotes[170].bid is None
    assert parts(quotes[269])[1] == pytest.approx(USUAL)


def test_without_a_position_stepping_out_leaves_nothing() -> None:
    view = market(9_999, 10_001)
    quotes = through(steady("toxicity"), view, {10 + 20 * i: -3.0 + i % 2 for i in range(8)}, range(170))
    assert (quotes[165].bid, quotes[165].ask) == (None, None)


# The price band


def near(strategy: RulesOfThumb, mid: int, second: float, position: int = 0, **band: Any) -> Quotes:
    """The quotes around a mid, in a band from 9,900 to 10,100 unless there is none."""
    view = at(FakeView(), second, mid - 1, mid + 1)
    view.position = position
    view.band = None if band.get("gone") else Band(9_900, 10_100, 10_000, band.get("binding", False))
    return strategy.quote(view)


def test_near_a_limit_of_the_band_it_widens_shows_less_and_flattens_until_it_is_well_inside() -> None:
    strategy = steady("band", skew=0.1)
    seen = [near(strategy, mid, second, 5) for second, mid in enumerate((9_951, 9_950, 9_960, 9_966))]

    widths = [parts(quotes)[1] / USUAL for quotes in seen]
    assert widths == pytest.approx([1.0, 1.5, 1.5, 1.0])
    assert [sizes(quotes) for quotes in seen] == [(10, 10), (4, 4), (4, 4), (10, 10)]
    leans = [mid - parts(quotes)[0] for mid, quotes in zip((9_951, 9_950, 9_960, 9_966), seen, strict=True)]
    assert leans == pytest.approx([0.5, 1.5, 1.5, 0.5])


@pytest.mark.parametrize(
    ("mid", "position", "bid", "ask"),
    [
        (9_920, 0, False, True),
        (9_920, 3, False, True),
        (9_920, -3, True, True),
        (9_921, 3, True, True),
        (10_080, 0, True, False),
        (10_080, 3, True, True),
        (9_890, 0, False, True),
    ],
)
def test_nearer_still_the_side_that_a_run_would_fill_is_not_quoted_but_to_work_a_position_off(
    mid: int, position: int, bid: bool, ask: bool
) -> None:
    quotes = near(steady("band"), mid, 0.0, position)

    assert (quotes.bid is not None, quotes.ask is not None) == (bid, ask)


def test_it_stays_out_for_a_while_after_a_band_that_held_the_price_back() -> None:
    strategy = steady("band", band_after=10.0)
    quoted = [
        near(strategy, 9_890, 0.0, binding=True).bid is not None,
        near(strategy, 9_700, 1.0, gone=True).bid is not None,
        near(strategy, 9_700, 10.0, gone=True).bid is not None,
        near(strategy, 9_700, 10.1, gone=True).bid is not None,
    ]

    assert quoted == [False, False, False, True]


def test_a_band_that_only_was_published_is_forgotten_at_once() -> None:
    strategy = steady("band")
    near(strategy, 9_910, 0.0)

    assert near(strategy, 9_910, 0.25, gone=True).bid is not None


def test_a_band_too_narrow_to_have_an_inside_is_no_band() -> None:
    view = at(FakeView(), 0.0)
    view.band = Band(10_000, 10_000, 10_000, False)

    assert sizes(steady("band").quote(view)) == (10, 10)


# Hurst


def test_trend_widens_and_works_the_position_off_sooner_until_it_is_over() -> None:
    view = market(9_999, 10_001, position=4)
    strategy = steady("hurst", revert_width=1.0)
    generator = np.random.default_rng(2)
    quotes, mid = {}, 10_000.0
    for second in range(1400):
        at(view, second, round(mid) - 1, round(mid) + 1)
        quotes[second] = parts(strategy.quote(view)), view.mid
        # A trend, then a walk that the window of 512 s has to fill with.
        mid += (1.0 if second < 300 else 0.0) + 0.3 * generator.standard_normal()
    plain = 2.38 * 4 / 20
    (centre, below, _), middle = quotes[100]  # Too few samples.
    assert (middle - centre, below) == pytest.approx((plain, USUAL))
    (centre, below, _), middle = quotes[290]
    assert (middle - centre, below) == pytest.approx((3 * plain, 1.25 * USUAL))
    (centre, below, _), middle = quotes[1399]
    assert (middle - centre, below) == pytest.approx((plain, USUAL))


def test_reversion_tightens() -> None:
    view = market(9_999, 10_001)
    strategy = steady("hurst")
    for second in range(400):
        mid = 10_000 + (-1) ** (second // 3) * (second % 5)
        quotes = strategy.quote(at(view, second, mid - 1, mid + 1))
    assert parts(quotes)[1] == pytest.approx(0.8 * USUAL)


# The obligation, and all together


def test_obliged_quotes_are_no_wider_than_counts() -> None:
    rules = replace(US, max_width=3, min_size=4)
    view = market(9_990, 10_010, rules=rules)
    assert parts(only(multiplier=9.0).quote(view))[1] == pytest.approx(9 * USUAL)
    assert parts(only("oblige", multiplier=9.0).quote(view))[1:] == pytest.approx((1.0, 1.0))


def test_sizes_stay_what_the_obligation_counts() -> None:
    rules = replace(US, min_size=4)
    view = market(9_999, 10_001, rules=rules)
    assert moving(only("volatility"), view, range(200), 6.0)[-1].bid_size == 4


def test_with_every_rule_off_nothing_moves_the_quotes() -> None:
    view = market(9_999, 10_001)
    strategy = steady(shade=2.0)
    for second in range(240):
        if second % 20 == 10:
            fill(view, second, -30.0)
            trades(view, second, 9, 1)
        mid, gap = 10_000 + 10 * (second % 2), 8 if second % 30 == 20 else 1
        quotes = strategy.quote(at(view, second, mid - gap, mid + gap))
        assert sizes(quotes) == (10, 10)
        assert parts(quotes) == pytest.approx((mid, USUAL, USUAL))


def test_release_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"release must be at most 1, not 1\.5"):
        RulesOfThumb(release=1.5)

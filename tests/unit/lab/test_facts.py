from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import numpy as np
import pytest

from mmtui.lab.research.fact_bands import BANDS, CLUSTERING, bands_of
from mmtui.lab.research.facts import (
    ABS_LAGS,
    IMPACT_SIZES,
    SIGN_LAGS,
    DayFacts,
    DayTask,
    Fact,
    Facts,
    autocorrelation,
    excess_kurtosis,
    facts,
    measure,
    measure_days,
)
from mmtui.lab.research.price_impact import BLOCKS, METAORDERS, ROUND_TRIPS
from mmtui.lab.research.recorded_day import Day, RecordingExchange, control, record_day
from mmtui.level.level import load_level, load_preset, market_presets
from mmtui.market.book_market import FIRST_RIVAL, INFORMED, MOMENTUM, NOISE_MARKET, BookMarketSpec
from mmtui.market.core.draws import Floats
from mmtui.market.core.instrument import Calendar
from mmtui.units import NS_PER_S

SECONDS = 23_400


def day(mids: Floats, **given: Any) -> Day:
    """A day with these mids, a spread of two, and whatever trades are given."""
    none, whole = np.empty(0, dtype=np.int64), np.ones(len(mids), dtype=np.int64)
    quiet: dict[str, Any] = {field.name: none for field in dataclasses.fields(Day)} | {"limits": 0, "cancels": 0}
    quiet |= {"mids": mids, "values": 0.0 * whole, "spreads": 2 * whole, "depths": 5.0 * whole}
    return Day(**(quiet | given))


def walk(seed: int, steps: Floats | None = None) -> Floats:
    """A random walk of normal steps of deviation .8 (or the steps given), from 10,000."""
    rng = np.random.default_rng(seed)
    moves = 0.8 * rng.standard_normal(SECONDS) if steps is None else steps
    return 10_000 + np.concatenate([[0.0], np.cumsum(moves)])


def test_autocorrelation_of_an_autoregression_is_its_powers() -> None:
    rng = np.random.default_rng(1)
    series = np.zeros(200_000)
    for at, noise in enumerate(rng.standard_normal(len(series) - 1)):
        series[at + 1] = 0.5 * series[at] + noise
    # Standard errors are about 1/sqrt(200,000) = .0022.
    assert autocorrelation(series, 4) == pytest.approx([0.5, 0.25, 0.125, 0.0625], abs=0.011)


def test_autocorrelation_by_hand() -> None:
    assert autocorrelation([1, 2, 3, 4], 2) == pytest.approx([1.25 / 5, -1.5 / 5])
    assert np.isnan(autocorrelation([1, 1, 1, 1], 2)).all()
    assert np.isnan(autocorrelation([1, 2], 2)).all()


def test_kurtosis_is_in_excess_of_the_normal_one() -> None:
    assert excess_kurtosis(np.array([-1.0, 1.0])) == -2
    assert np.isnan(excess_kurtosis(np.zeros(5)))
    # Laplace: 3. Of a million, the standard error is about .05 (its eighth moment is large).
    assert excess_kurtosis(np.random.default_rng(1).laplace(size=1_000_000)) == pytest.approx(3, abs=0.25)


@pytest.mark.slow
def test_a_random_walk_has_a_flat_signature_and_no_other_fact() -> None:
    found = facts([measure(day(walk(seed))) for seed in range(20)])
    # A day's signature comes from 390 one-minute moves: 3.6% a day, .8% over 20; five of those.
    assert found["signature"].mean == pytest.approx(1, abs=0.04)
    assert found["volatility"].mean == pytest.approx(0.8, rel=0.005)
    # 20 days of 390 moves: kurtosis's error is sqrt(24/7,800) = .055, the autocorrelation's .011.
    assert found["kurtosis_60s"].mean == pytest.approx(0, abs=0.28)
    assert found["acf_60s"].mean == pytest.approx(0, abs=0.056)
    assert max(abs(lag.mean) for lag in found.abs_acf) < 0.03
    assert not any(band.holds(found) for band in CLUSTERING)


def test_a_bounce_between_bid_and_ask_shows_in_signature_and_autocorrelation() -> None:
    # Noise of deviation s around a walk of deviation .8: the variance of one-second moves is .64 + 2s², their
    # covariance at lag 1 is −s².
    rng = np.random.default_rng(2)
    found = facts([measure(day(walk(seed) + 0.8 * rng.standard_normal(SECONDS + 1))) for seed in range(10)])
    assert found["acf_1s"].mean == pytest.approx(-1 / 3, abs=0.01)
    assert found["signature"].mean == pytest.approx((3 / (1 + 2 / 60)) ** 0.5, rel=0.06)


@pytest.mark.slow
def test_changing_volatility_shows_as_fat_tails_and_clusters() -> None:
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        calm = np.repeat(rng.random(SECONDS // 300) < 0.5, 300)
        found.append(measure(day(walk(seed, np.where(calm, 0.4, 1.6) * rng.standard_normal(SECONDS)))))
    clustered = facts(found)
    # Two volatilities, half the time each: kurtosis 3·(mean of fourth powers)/(mean square)² − 3 = 2.3.
    assert clustered["kurtosis_10s"].mean == pytest.approx(3 * 3.2896 / 1.36**2 - 3, rel=0.25)
    assert all(band.holds(clustered) for band in CLUSTERING)


def test_spreads_depths_and_rates_are_averages_over_the_day() -> None:
    spreads = np.array([1, 1, 2, 3, 5] * 20 + [1], dtype=np.int64)
    numbers = measure(
        day(np.arange(101.0), spreads=spreads, depths=np.linspace(0, 10, 101), limits=240, cancels=180)
    ).numbers
    assert numbers["spread"] == pytest.approx((12 * 20 + 1) / 101)
    assert [numbers[f"spread_{ticks}"] for ticks in (1, 2, 3)] == pytest.approx([41 / 101, 20 / 101, 20 / 101])
    assert numbers["depth"] == pytest.approx(5)
    assert (numbers["limits"], numbers["cancels"]) == (2.4, 1.8)


def taken(mids: Floats, takers: list[int], **given: Any) -> Day:
    """A day on which these take one lot each, one every second, buying at the mid."""
    count = len(takers)
    ones = np.ones(count, dtype=np.int64)
    times = np.arange(count, dtype=np.int64) * NS_PER_S
    trades = {
        "take_times": times,
        "take_signs": ones,
        "take_sizes": ones,
        "take_mids": mids[:count],
        "takers": np.array(takers),
        "fill_times": times,
        "fill_prices": mids[:count].astype(np.int64),
        "fill_sizes": ones,
        "fill_signs": -ones,
        "fill_takers": np.array(takers),
    }
    trades |= given
    unknown = np.zeros(len(trades["fill_times"]), dtype=np.int64)
    return day(mids, **({"fill_ahead": unknown, "fill_queue": unknown} | trades))


def test_trades_are_taker_orders_shared_out_by_class() -> None:
    takers = [NOISE_MARKET] * 50 + [INFORMED] * 30 + [FIRST_RIVAL, FIRST_RIVAL + 2] * 5 + [MOMENTUM] * 10
    numbers = measure(taken(np.arange(201.0), takers)).numbers
    assert numbers["trades"] == 0.5
    shares = [numbers[name] for name in ("noise", "informed", "snipe", "momentum")]
    assert shares == pytest.approx([0.5, 0.3, 0.1, 0.1])


def test_a_maker_s_markout_is_per_lot_at_the_first_second_after_ten() -> None:
    # The mid rises a tick a second; the maker sold at the mid to noise and, twice as much, bought from the informed.
    mids = 100 + np.arange(101.0)
    numbers = measure(
        taken(
            mids,
            [NOISE_MARKET, INFORMED, INFORMED, INFORMED],
            fill_times=np.array([0, 1, NS_PER_S, 95 * NS_PER_S]),
            fill_prices=np.array([100, 100, 100, 0]),
            fill_sizes=np.array([1, 1, 3, 100]),
            fill_signs=np.array([-1, 1, 1, 1]),
        )
    ).numbers
    # The fill at 95 s has no ten seconds left. A fill just after 0 is judged at 11 s, as is one at 1 s.
    assert numbers["markout_noise"] == -10
    assert numbers["markout_informed"] == pytest.approx((1 * 11 + 3 * 11) / 4)
    assert np.isnan(measure(day(mids)).numbers["markout_noise"])


def test_the_impact_exponent_of_a_square_root_is_a_half() -> None:
    # Each order of q lots, 20 s apart, is followed by a jump of sqrt(q) in its direction. Rivals' orders are followed
    # by a wild one and must not count.
    rng = np.random.default_rng(1)
    sizes, signs = rng.integers(1, IMPACT_SIZES + 4, 1_000), rng.choice([-1, 1], 1_000)
    takers = np.where(rng.random(1_000) < 0.1, FIRST_RIVAL, NOISE_MARKET)
    jumps = np.zeros(SECONDS)
    seconds = 20 * np.arange(1_000) + 5
    jumps[seconds] = signs * np.where(takers == FIRST_RIVAL, 50.0, np.sqrt(sizes))
    mids = walk(0, jumps)
    recorded = taken(
        mids,
        takers.tolist(),
        take_times=seconds * NS_PER_S,
        take_signs=signs,
        take_sizes=sizes,
        take_mids=mids[seconds],
    )
    assert facts([measure(recorded)]).impact_exponent == pytest.approx(0.5, abs=1e-6)


def bare(**given: Any) -> DayFacts:
    """A day's measures with nothing in them but what is given."""
    empty: dict[str, Any] = {
        "numbers": {},
        "abs_acf": np.full(ABS_LAGS, np.nan),
        "sign_acf": np.full(SIGN_LAGS, np.nan),
        "impact_sums": np.zeros(IMPACT_SIZES),
        "impact_counts": np.zeros(IMPACT_SIZES, dtype=np.int64),
    }
    return DayFacts(**(empty | given))


def test_the_decay_exponent_is_that_of_the_mean_autocorrelation() -> None:
    lags = np.arange(1.0, SIGN_LAGS + 1)
    days = [bare(sign_acf=(0.12 + shift) * lags**-0.6) for shift in (-0.05, 0.05)]
    assert facts(days).sign_decay == pytest.approx(0.6)
    # Lags that are not positive are left out.
    days[0].sign_acf[5] = days[1].sign_acf[5] = -0.1
    assert facts(days).sign_decay == pytest.approx(0.6)
    assert np.isnan(facts([bare()]).sign_decay)
    assert np.isnan(facts([bare()]).impact_exponent)


def test_figures_over_days() -> None:
    fact = Fact((1.0, 2.0, 6.0))
    assert (fact.mean, fact.median) == (3, 2)
    assert fact.sd == pytest.approx(7**0.5)
    assert fact.t == pytest.approx(3 / (7 / 3) ** 0.5)
    assert np.isnan([Fact((1.0,)).sd, Fact((1.0,)).t, Fact(()).mean, Fact(()).median, Fact((2.0, 2.0)).t]).all()
    assert facts([bare(numbers={"x": value}) for value in (1.0, np.nan, 3.0)])["x"].days == (1.0, 3.0)


def test_the_response_to_noise_is_the_move_of_the_mid_less_that_of_the_value() -> None:
    # One noise trade at 5 s, a sale: by 10 s later the mid has fallen by 3 and the value by 1, by 120 s by 2 and 1.
    mids, values = np.full(201, 100.0), np.full(201, 50.0)
    mids[6:], mids[100:], values[7:] = 97.0, 98.0, 49.0
    trade = {"take_times": np.array([5 * NS_PER_S]), "take_signs": np.array([-1]), "take_mids": np.array([100.0])}
    numbers = measure(taken(mids, [NOISE_MARKET], values=values, **trade)).numbers
    assert (numbers["response_10s"], numbers["response_120s"]) == (2.0, 1.0)
    assert np.isnan(measure(taken(mids, [INFORMED], values=values, **trade)).numbers["response_10s"])


def test_places_in_the_queue_are_front_and_back() -> None:
    # Of a queue of ten, lots 1 to 3 and 8 to 10 are filled at 100 by buyers, and the mid goes to 101 and to 103.
    mids = np.full(101, 100.0)
    mids[10:] = 101.0
    mids[50:] = 103.0
    fills = {
        "fill_times": np.array([0, 45, 46]) * NS_PER_S,
        "fill_prices": np.array([100, 100, 100]),
        "fill_sizes": np.array([3, 3, 1]),
        "fill_signs": np.array([-1, -1, -1]),
        "fill_takers": np.array([NOISE_MARKET] * 3),
        # The last one's queue is not known: it was not at the best price.
        "fill_ahead": np.array([0, 7, 0]),
        "fill_queue": np.array([10, 10, 0]),
    }
    joins = {"join_ahead": np.array([0, 1, 2, 8, 9]), "join_filled": np.array([True, True, False, False, True])}
    numbers = measure(taken(mids, [NOISE_MARKET], **fills, **joins)).numbers
    assert (numbers["markout_front"], numbers["markout_back"], numbers["markout_lead"]) == (-1.0, -3.0, 2.0)
    assert numbers["filled_front"] == pytest.approx(2 / 3)
    assert numbers["filled_back"] == pytest.approx(1 / 2)
    assert numbers["filled_lead"] == pytest.approx(1 / 6)


def test_index_and_future_by_their_returns_and_their_basis() -> None:
    # An index that walks, and a future that is 2 above it but for an autoregression of .5 a second: half-life 1 s.
    rng = np.random.default_rng(3)
    index = walk(4)
    away = np.zeros(SECONDS + 1)
    for at, noise in enumerate(rng.standard_normal(SECONDS)):
        away[at + 1] = 0.5 * away[at] + noise
    numbers = measure(day(index + 2 + away, index=index)).numbers
    # A day of returns: errors .0065 at 1 s, .02 at 10 s, .05 at 60 s; the bands are five of them.
    for step, error in ((1, 0.0065), (10, 0.02), (60, 0.05)):
        assert numbers[f"index_acf_{step}s"] == pytest.approx(0, abs=5 * error)
    # Of 10 s returns the index has a variance of 6.4 and the future 2·(1 − .5^10)/.75 more.
    assert numbers["correlation_10s"] == pytest.approx((6.4 / (6.4 + 2.664)) ** 0.5, abs=0.03)
    assert numbers["basis"] == pytest.approx(2, abs=0.07)
    assert numbers["basis_half_life"] == pytest.approx(1, abs=0.05)
    assert "basis" not in measure(day(index)).numbers


#: The middle of every band of every market.
MIDDLE = {
    "kurtosis_10s": 7.0,
    "kurtosis_60s": 4.0,
    "kurtosis_300s": 2.0,
    "acf_60s": 0.0,
    "signature": 1.0,
    "markout_informed": -0.6,
    "markout_noise": 1.3,
    "markout_gap": 1.9,
    "abs_acf": 0.2,
    "decay": 0.6,
    "impact": 0.4,
    "volatility": 1.0,
    "lots": 2.5,
    "response_10s": 0.25,
    "response_120s": 0.15,
    **{f"metaorder_{lots}": 4.2 * (lots / 80) ** 0.6 for lots in METAORDERS},
    **{f"later_{lots}": 2.8 * (lots / 80) ** 0.6 for lots in METAORDERS},
    **{f"block_{lots}": 0.4 * lots**0.5 for lots in BLOCKS},
    **{f"block_{lots}_filled": float(lots) for lots in BLOCKS},
    **{f"round_trip_{name}": -300.0 for name in ROUND_TRIPS},
    "filled_lead": 0.15,
    "markout_lead": 0.7,
    **{f"index_acf_{step}s": 0.0 for step in (1, 10, 60)},
    "correlation_10s": 0.9,
    "basis": 0.0,
    "basis_half_life": 2.0,
}


def shown(**changes: float) -> Facts:
    """Facts of 20 days in the middle of every band, but for what is changed; alternating a little about their mean."""
    numbers = MIDDLE | changes
    spread = [(-1) ** at * 0.01 for at in range(20)]
    facts = {name: Fact(tuple(value + away for away in spread)) for name, value in numbers.items()}
    return Facts(facts, (facts["abs_acf"],) * ABS_LAGS, numbers["decay"], numbers["impact"])


@pytest.mark.parametrize("market", market_presets())
def test_a_market_that_behaves_is_in_every_band(market: str) -> None:
    assert [band.name for band in bands_of(market) if not band.holds(shown())] == []


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("kurtosis_60s", 0.9),
        ("kurtosis_60s", 15.1),
        ("kurtosis_10s", 3.9),
        ("kurtosis_300s", 4.1),
        ("acf_60s", 0.051),
        ("acf_60s", -0.051),
        ("signature", 0.84),
        ("signature", 1.36),
        ("abs_acf", 0.005),
        ("decay", 0.39),
        ("decay", 0.81),
        ("impact", 0.19),
        ("impact", 0.81),
        ("impact", np.nan),
        ("markout_informed", -0.005),
        ("markout_informed", 0.6),
        ("markout_noise", -0.1),
        ("metaorder_10", 4.2 * (1 / 8) ** 0.9),
        ("metaorder_10", 4.2 * (1 / 8) ** 0.35),
        ("metaorder_20", -0.1),
        ("metaorder_80", 2.7),
        ("metaorder_80", 6.1),
        ("later_80", 0.5 * 4.2),
        ("later_80", 0.85 * 4.2),
        ("response_10s", 0.09),
        ("response_10s", 0.41),
        ("response_120s", 0.09),
        ("response_120s", 0.26),
        ("block_40", 0.4 * 40),
        ("round_trip_slowly", 0.0),
        ("round_trip_a block", 10.0),
        ("filled_lead", 0.005),
        ("markout_lead", -0.7),
    ],
)
def test_each_band_can_be_missed(change: str, value: float) -> None:
    assert not all(band.holds(shown(**{change: value})) for band in BANDS)
    assert not all(band.holds(shown(**{change: value})) for band in bands_of("us-100"))


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("index_acf_1s", 0.051),
        ("index_acf_10s", -0.051),
        ("index_acf_60s", 0.06),
        ("correlation_10s", 0.79),
        ("correlation_10s", 0.995),
        ("basis", 0.4),
        ("basis_half_life", 21.0),
    ],
)
def test_an_index_and_its_future_have_bands_of_their_own(change: str, value: float) -> None:
    assert not all(band.holds(shown(**{change: value})) for band in bands_of("index-20000"))
    assert all(band.holds(shown(**{change: value})) for band in bands_of("us-100"))


def test_a_large_tick_makes_some_bands_others() -> None:
    """In Hong Kong metaorders may have an exponent of up to .85; in the coarse one the informed need gain nothing.

    Neither is it told there as sharply what is left of an impact of two ticks.
    """
    steep = shown(metaorder_10=4.2 * (1 / 8) ** 0.82, metaorder_20=4.2 * (1 / 4) ** 0.82)
    protected, blurred = shown(markout_informed=0.0), shown(later_80=0.85 * 4.2)
    judged = {
        name: [all(band.holds(found) for band in bands_of(name)) for found in (steep, protected, blurred)]
        for name in ("us-100", "hk-50-fine", "hk-45")
    }
    assert judged == {"us-100": [False] * 3, "hk-50-fine": [True, False, False], "hk-45": [True] * 3}
    assert not all(band.holds(shown(markout_gap=0.0)) for band in bands_of("hk-45"))


@pytest.fixture(scope="module")
def short() -> BookMarketSpec:
    """The US preset with a day of ten minutes."""
    spec = load_preset("us-100")
    calendar = Calendar(sessions=(("09:30", "09:40"),))
    return msgspec.structs.replace(spec, instrument=msgspec.structs.replace(spec.instrument, calendar=calendar))


def test_a_recorded_day_is_whole_and_consistent(short: BookMarketSpec) -> None:
    recorded = record_day(short, 1)
    assert recorded.seconds == 600
    assert len(recorded.spreads) == len(recorded.depths) == 601
    assert (recorded.spreads >= 1).all()
    assert (recorded.depths >= 1).all()
    assert recorded.take_times.min() >= 0
    assert recorded.take_times.max() <= 600 * NS_PER_S
    # The matches add up to the orders; the makers' signs are opposite.
    assert recorded.fill_sizes.sum() == recorded.take_sizes.sum()
    assert (recorded.fill_signs * recorded.fill_sizes).sum() == -(recorded.take_signs * recorded.take_sizes).sum()
    # An order trades at the best price or worse, which is half a spread from the mid before it or more.
    first = np.searchsorted(
        np.cumsum(recorded.fill_sizes), np.cumsum(recorded.take_sizes) - recorded.take_sizes, "right"
    )
    assert (recorded.take_signs * (recorded.fill_prices[first] - recorded.take_mids) >= 0.5).all()
    # What arrived and was not withdrawn has traded or still rests: some orders a minute and a few dozen.
    assert 0 < recorded.limits - recorded.cancels < recorded.limits
    assert recorded.limits == pytest.approx(1_440, rel=0.15)


def test_recording_changes_nothing(short: BookMarketSpec) -> None:
    from mmtui.market.book_market import BookMarket
    from mmtui.market.core.exchange import Exchange

    plain, recording = Exchange("TEST"), RecordingExchange("TEST")
    for exchange in (plain, recording):
        BookMarket([(0, short)], 3, exchange).clock.advance(300 * NS_PER_S)
    assert list(plain.tape) == list(recording.tape)
    assert plain.trades == recording.trades > 0


@pytest.mark.slow
def test_days_measured_in_processes_are_those_measured_in_one(short: BookMarketSpec) -> None:
    days = [DayTask(short, seed) for seed in (5, 6, 7)]
    alone, together = list(measure_days(days)), list(measure_days(days, jobs=2))
    assert [measures.numbers for measures in alone] == [measures.numbers for measures in together]
    assert alone[0].numbers != alone[1].numbers
    np.testing.assert_array_equal(alone[2].abs_acf, together[2].abs_acf)


def test_a_day_with_an_index_has_its_price_carried_to_the_future() -> None:
    level = load_level("index-future")
    assert isinstance(level.market, BookMarketSpec)
    recorded = record_day(level.market, 1, 300, level.hedges)
    assert len(recorded.index) == len(recorded.mids) == 301
    # The two are one thing: within the basis's shocks, a few ticks of 20,000.
    assert abs(float((recorded.mids - recorded.index).mean())) < 3
    assert not len(record_day(level.market, 1, 5).index)


def test_the_control_keeps_the_flow_and_takes_the_changing_volatility_and_jumps(short: BookMarketSpec) -> None:
    value = control(short).value
    assert (value.sigma, value.sv_std, value.jump_rate) == (short.value.sigma, 0, 0)
    assert control(short).noise_market == short.noise_market

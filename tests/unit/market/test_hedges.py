"""Hedge instruments: what they are worth, how they go with the book, and that they change nothing in it."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest

from mmtui.level.level import load_preset
from mmtui.market.book_market import BookMarket, BookMarketSpec
from mmtui.market.core.draws import Floats, Ints
from mmtui.market.hedges.black_scholes import black_scholes, carry
from mmtui.market.hedges.instruments import (
    BasisPath,
    CallSpec,
    FutureSpec,
    HedgeSpec,
    IndexPath,
    IndexSpec,
    PutSpec,
    kind_of,
)
from mmtui.market.value.latent_value import LatentValue, ValueSpec
from mmtui.units import NS_PER_S

S = NS_PER_S
TENTH = S // 10

FUTURE = FutureSpec(
    name="IDX",
    price=5_000,
    beta=1.2,
    correlation=0.8,
    tick=0.25,
    multiplier=5,
    half_spread=0.5,
    limit=100,
    rate=0.04,
    dividend_yield=0.01,
    lag_s=0,
)
INDEX = IndexSpec(
    name="SPOT",
    basis_sd=2,
    basis_half_life_s=20,
    tick=0.01,
    multiplier=100,
    half_spread=0.5,
    limit=100,
    rate=0.04,
    dividend_yield=0.03,
    lag_s=0,
)
PUT = PutSpec(name="P", strike=100, volatility=0.2, tick=0.01, multiplier=100, half_spread=1, limit=100, rate=0.03)
CALL = CallSpec(name="C", strike=100, volatility=0.2, tick=0.01, multiplier=100, half_spread=1, limit=100, rate=0.03)
ALL: tuple[HedgeSpec, ...] = (FUTURE, INDEX, PUT, CALL)


def changed(spec: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(spec, **changes)


def market(*hedges: HedgeSpec, seed: int = 1, **value: float) -> BookMarket:
    us: BookMarketSpec = load_preset("us-100")
    spec = changed(us, value=changed(us.value, **value), warmup_s=60)
    found = BookMarket([(0, spec)], seed, hedges=hedges)
    found.clock.advance(0)
    return found


class Given:
    """A value that is given by the tenth of a second; the last one holds on, and the first did before."""

    def __init__(self, values: Floats) -> None:
        self.values = values

    def at(self, time_ns: int) -> float:
        return float(self.at_times(np.array([time_ns]))[0])

    def at_times(self, times_ns: Ints) -> Floats:
        found: Floats = self.values[np.clip(times_ns // TENTH, 0, len(self.values) - 1)]
        return found


def followed(path: IndexPath | BasisPath, tenths: int, block: int = 600) -> Floats:
    found = []
    for start in range(0, tenths, block):
        end = min(tenths, start + block)
        path.draw(start * TENTH, end * TENTH)
        found += [path.at(tenth * TENTH) for tenth in range(start, end)]
    return np.array(found)


# An index with a beta and a correlation


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "law"),
    [
        (FUTURE, ValueSpec(sigma=1.0)),
        (FUTURE, ValueSpec(sigma=1.0, sv_std=0.6, sv_tau_s=300.0)),
        (changed(FUTURE, beta=0.5, correlation=0.5), ValueSpec(sigma=1.0, jump_rate=0.05, jump_sd=10.0)),
        (changed(FUTURE, correlation=0.99), ValueSpec(sigma=3.0)),
        (changed(FUTURE, lag_s=1.5), ValueSpec(sigma=1.0)),
    ],
    ids=["steady", "wandering volatility", "jumps", "close", "late"],
)
def test_returns_have_the_slope_beta_and_the_correlation(spec: FutureSpec, law: ValueSpec) -> None:
    """By the second, over ten times two hours, so that the standard errors are under half a hundredth."""
    ours, theirs, past = np.hstack([returns(spec, law, seed) for seed in range(10)])
    slope = float(np.cov(ours, theirs)[0, 1] / theirs.var(ddof=1))
    assert slope == pytest.approx(spec.beta, rel=0.03)
    assert float(np.corrcoef(ours, theirs)[0, 1]) == pytest.approx(spec.correlation, abs=0.015)
    # What the instrument did does not tell what the index will do.
    assert abs(float(np.corrcoef(past, theirs)[0, 1])) < 0.03


def returns(spec: FutureSpec, law: ValueSpec, seed: int) -> Floats:
    """Returns by the second of the instrument (as late as the index) and the index, and the half minute before's."""
    value = LatentValue([(0, law)], 10_000.0, seed, keep_ns=90 * S)
    path, stock, index = IndexPath(value, spec, 0, seed), [], []
    # Block by block, so that the value's past is still there.
    for start in range(0, 72_000, 600):
        path.draw(start * TENTH, (start + 600) * TENTH)
        times = (start + np.arange(0, 600, 10)) * TENTH
        stock += value.at_times(times - spec.lag_ns).tolist()
        index += [path.at(int(time)) for time in times]
    ours, theirs = np.diff(np.log(stock)), np.diff(np.log(index))
    past = np.convolve(ours, np.ones(30), "valid")[:-1]
    return np.stack([ours[30:], theirs[30:], past])


def test_perfectly_correlated_the_index_moves_by_one_over_beta() -> None:
    value = Given(10_000 + np.cumsum(np.random.default_rng(1).normal(0, 1, 1_200)))
    path = followed(IndexPath(value, changed(FUTURE, correlation=1.0), 0, 1), 1_200)
    moves = np.diff(path) / path[:-1]
    assert moves == pytest.approx(np.diff(value.values) / value.values[:-1] / 1.2, abs=1e-12)


def test_an_index_knows_nothing_of_what_is_to_come() -> None:
    values = 10_000 + np.cumsum(np.random.default_rng(1).normal(0, 1, 600))
    other = values.copy()
    other[400:] += 100
    spec = changed(FUTURE, lag_s=1)
    one, two = (followed(IndexPath(Given(each), spec, 0, 1), 600) for each in (values, other))
    assert (one[:410] == two[:410]).all()
    assert one[410] != two[410]


@pytest.mark.parametrize("spec", [FUTURE, INDEX], ids=kind_of)
def test_paths_do_not_depend_on_how_they_are_cut_into_blocks(spec: FutureSpec | IndexSpec) -> None:
    value = Given(10_000 + np.cumsum(np.random.default_rng(1).normal(0, 1, 900)))

    def path() -> IndexPath | BasisPath:
        return IndexPath(value, spec, 0, 1) if isinstance(spec, FutureSpec) else BasisPath(spec, 0, 1)

    whole = followed(path(), 900)
    assert (followed(path(), 900, block=77) == whole).all()
    assert (followed(path(), 900, block=1) == whole).all()
    cut = path()
    cut.draw(0, 3 * S + 1)
    assert cut.at(3 * S) == whole[30]
    cut.draw(3 * S + 1, 6 * S)
    assert [cut.at(3 * S + 1), cut.at(6 * S - 1)] == [whole[30], whole[59]]


def test_a_future_is_quoted_at_its_carry_and_hedges_by_beta() -> None:
    still = market(FUTURE, sigma=0.0, sv_std=0.0, jump_rate=0.0)
    price = still.hedges["IDX"].price(0)
    # The index follows what others have moved the instrument by the part of returns that it shares, ρ²/β.
    impact = still.exchange.impact.of_others(0) / still.exchange.mid
    assert impact != 0
    worth = 5_000 * (1 + 0.8**2 / 1.2 * impact) * carry(0.04, 0.01, 30 / 365)
    assert (price.bid, price.ask) == (math.floor(worth / 0.25 - 0.5), math.ceil(worth / 0.25 + 0.5))
    assert price.mark * 0.25 == pytest.approx(worth, abs=0.25)
    # A lot of about 10,000 against a contract of about 25,000.
    assert price.ratio == pytest.approx(1.2 * still.exchange.mid / (worth * 5))
    assert price.delta is None


# The index of which the book trades the future


def test_the_future_is_its_index_by_carry_and_a_basis() -> None:
    pair = market(INDEX, changed(INDEX, name="LATE", lag_s=2.0, basis_sd=0))
    factor = carry(0.04, 0.03, 30 / 365)
    for second in range(1, 50):
        now = second * S
        pair.clock.advance(now)
        spot, late = (pair.hedges[name].price(now) for name in ("SPOT", "LATE"))
        # The value of two seconds ago, and the impact of now, which everybody sees.
        impact = pair.exchange.impact.of_others(now)
        assert late.mark * factor == pytest.approx(pair.value.at(now - 2 * S) + impact, abs=0.6)
        assert abs(spot.mark * factor - pair.value.at(now) - impact) < 10
        assert spot.ratio == pytest.approx(factor)
        assert spot.ask - spot.bid in (1, 2)


def test_the_basis_comes_back_from_its_stationary_law() -> None:
    ends = []
    for seed in range(1_000):
        path = followed(BasisPath(changed(INDEX, basis_mean=5), 0, seed), 201)
        ends.append((path[0], path[200]))
    first, last = np.array(ends).T
    for each in (first, last):
        assert each.mean() == pytest.approx(5, abs=0.25)
        assert each.std() == pytest.approx(2, abs=0.15)
    # Twenty seconds are its half-life.
    assert np.corrcoef(first, last)[0, 1] == pytest.approx(0.5, abs=0.08)


# Options


def test_options_follow_the_live_mid_and_their_time_runs() -> None:
    live = market(PUT, CALL)
    for second in (0, 1, 7, 40):
        live.clock.advance(second * S)
        years = (30 - second / 86_400) / 365
        for spec, right in ((PUT, "put"), (CALL, "call")):
            worth, delta = black_scholes(right, live.exchange.mid / 100, 100, years, 0.03, 0, 0.2)  # type: ignore[arg-type]
            price = live.hedges[spec.name].price(second * S)
            assert (price.bid, price.ask) == (math.floor(worth * 100 - 1), math.ceil(worth * 100 + 1))
            assert price.delta == delta
            assert price.ratio == pytest.approx(1 / delta)


def test_an_option_near_nothing_has_no_negative_bid_and_hedges_nothing() -> None:
    price = market(changed(PUT, strike=50)).hedges["P"].price(0)
    assert (price.bid, price.ask, price.ratio) == (0, 1, 0.0)


def test_an_expired_option_is_worth_its_exercise() -> None:
    price = market(changed(PUT, strike=105, expiry_days=1e-9)).hedges["P"].price(10 * S)
    assert price.delta == -1
    assert price.mark * 0.01 == pytest.approx(5, abs=0.5)


# Beside the book


def test_hedge_instruments_change_nothing_in_the_market() -> None:
    bare, beside = market(), market(*ALL)
    for each in (bare, beside):
        each.clock.advance(100 * S)
    assert list(bare.exchange.tape) == list(beside.exchange.tape)
    assert bare.clock.events == beside.clock.events


def test_one_more_instrument_does_not_move_another() -> None:
    alone, together = market(FUTURE), market(INDEX, changed(FUTURE, name="OTHER"), FUTURE)
    for each in (alone, together):
        each.clock.advance(70 * S)
    assert alone.hedges["IDX"].price(70 * S) == together.hedges["IDX"].price(70 * S)
    assert together.hedges["OTHER"].price(70 * S) != together.hedges["IDX"].price(70 * S)

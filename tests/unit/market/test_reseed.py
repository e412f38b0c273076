"""What comes after a moment drawn anew: each source keeps to its law, given all that was."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from mmtui.market.book_market import NOISE_LIMIT, NOISE_MARKET
from mmtui.market.core.clock import Scheduler
from mmtui.market.core.draws import Floats
from mmtui.market.core.exchange import Exchange
from mmtui.market.traders.noise import NoiseLimit, NoiseLimitSpec, NoiseMarket, NoiseMarketSpec
from mmtui.market.value import fractional
from mmtui.market.value.fractional import FractionalNoise
from mmtui.market.value.latent_value import STEP_NS, LatentValue, ValueSpec
from mmtui.units import NS_PER_S
from tests.unit.market.acting import MINUTE_NS, NotingExchange
from tests.unit.market.test_fractional import covariance

#: The band of a statistic that is normal to a good approximation, in its standard errors: one test in 15,000 is beyond.
WIDE = 4.0
HALF_NS = 30 * NS_PER_S


@pytest.fixture
def short_spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Spans of 256 steps, which are soon drawn."""
    with monkeypatch.context() as changed:
        changed.setattr(fractional, "SPAN", 256)
        fractional._spectrum.cache_clear()
        yield
    fractional._spectrum.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("short_spans")
@pytest.mark.parametrize("hurst", [0.2, 0.8])
def test_steps_drawn_anew_have_the_covariances_of_fractional_noise_also_with_those_before(hurst: float) -> None:
    paths = []
    for seed in range(3_000):
        noise = FractionalNoise(hurst, seed)
        before = noise.take(100)[:70]
        noise.redraw(30, 10_000 + seed)
        paths.append(np.concatenate([before, noise.take(60)]))
    steps = np.array(paths)
    for first, second in ((69, 70), (68, 70), (50, 70), (0, 70), (69, 99), (70, 70), (75, 80), (129, 129)):
        products = steps[:, first] * steps[:, second]
        error = WIDE * products.std() / np.sqrt(len(products))
        assert products.mean() == pytest.approx(covariance(hurst, abs(second - first)), abs=error), (first, second)


@pytest.mark.usefixtures("short_spans")
def test_steps_taken_back_over_the_end_of_a_span_are_drawn_anew() -> None:
    noise, same = FractionalNoise(0.3, 1), FractionalNoise(0.3, 1)
    taken = noise.take(300)
    noise.redraw(100, 2)
    again = noise.take(600)
    assert not np.isclose(again[:56], taken[200:256]).any()
    assert len(np.unique(again)) == 600
    assert (same.take(200) == taken[:200]).all()


def test_the_value_stays_as_it_was_up_to_a_moment_and_goes_on_from_there_in_other_ways() -> None:
    spec = ValueSpec(sigma=1.0, sv_std=0.5, sv_tau_s=30.0, hurst=0.3, reversion=0.1)
    times = np.arange(0, 120 * NS_PER_S, STEP_NS)
    value = LatentValue([(0, spec)], 100, 1)
    before = value.at_times(times)
    moment_ns = round(40.65 * NS_PER_S)
    paths = []
    for seed in (5, 6, 5):
        value = LatentValue([(0, spec)], 100, 1)
        value.at(90 * NS_PER_S)
        value.redraw(moment_ns, seed, [(0, spec)])
        paths.append(value.at_times(times))
    known = times <= moment_ns
    assert all((path[known] == before[known]).all() for path in paths)
    assert (paths[0] == paths[2]).all()
    # Steps are of a deviation near one half: hardly one is the same by chance.
    for other in (paths[1], before):
        assert np.mean(np.abs(np.diff(paths[0][~known]) - np.diff(other[~known])) < 0.001) < 0.02


@pytest.mark.slow
def test_the_volatility_of_a_moment_is_that_of_what_comes() -> None:
    """Squared moves just before and after a moment go together as much as where nothing was drawn anew.

    With a time constant of 30 s and 0.5 s between, log-volatilities correlate by 0.98. Of 1,500 paths the difference
    of the mean products has the standard error that is computed from them.
    """
    spec = ValueSpec(sigma=1.0, sv_std=0.5, sv_tau_s=30.0)
    moment_ns = round(40.65 * NS_PER_S)

    def logs(*, anew: bool) -> Floats:
        found = []
        for seed in range(1_500):
            value = LatentValue([(0, spec)], 1_000, seed)
            if anew:
                value.redraw(moment_ns, 10_000 + seed, [(0, spec)])
            moves = np.diff(value.at_times(moment_ns + STEP_NS * np.arange(-15, 16)))
            # Of squares the logarithm, which has no heavy tails.
            found.append([np.log(np.mean(moves[:15] ** 2)), np.log(np.mean(moves[15:] ** 2))])
        return np.array(found)

    plain, anew = logs(anew=False), logs(anew=True)
    centre = plain.mean()
    one, other = (np.prod(each - centre, axis=1) for each in (plain, anew))
    error = WIDE * np.sqrt((one.var() + other.var()) / len(one))
    assert other.mean() == pytest.approx(one.mean(), abs=error)
    # The band can tell: without a common volatility the mean would be 0 and not the variance of 2·log-volatility, 1.
    assert error < 0.5


def test_a_regime_that_was_moved_changes_the_value_when_it_now_comes() -> None:
    calm, wild = ValueSpec(sigma=0.1), ValueSpec(sigma=5.0)
    value = LatentValue([(0, calm), (50 * NS_PER_S, wild)], 1_000, 1)
    value.redraw(40 * NS_PER_S, 2, [(0, calm), (80 * NS_PER_S, wild)], [(60 * NS_PER_S, 100.0)])
    path = value.at_times(np.arange(0, 120 * NS_PER_S, STEP_NS))
    moves = np.abs(np.diff(path))
    assert moves[:598].max() < 1.0
    assert moves[598:600].max() == pytest.approx(100.0, abs=1.0)
    assert moves[600:799].max() < 1.0
    assert moves[800:].std() > 0.5


def counts_of_orders(spec: NoiseMarketSpec, *, anew: bool) -> Floats:
    """Orders in the ten seconds before and after half a minute, a row each."""
    found = []
    for seed in range(2_000):
        source = NoiseMarket(Exchange("TEST"), spec, seed, NOISE_MARKET)
        (stream,) = source.draw(0, MINUTE_NS)
        times = stream.times
        if anew:
            source.reseed(10_000 + seed, HALF_NS)
            (stream,) = source.draw(HALF_NS + 1, MINUTE_NS)
            times = np.concatenate([times[times <= HALF_NS], stream.times])
        found.append(np.histogram(times, [20 * NS_PER_S, HALF_NS, 40 * NS_PER_S, 55 * NS_PER_S])[0])
    return np.array(found, dtype=np.float64)


@pytest.mark.slow
def test_orders_that_others_bring_about_come_also_where_what_follows_is_drawn_anew() -> None:
    """Counts have the same means, and those before and after a moment the same mean product.

    Of 2,000 paths each the differences have the standard errors that are computed from them.
    """
    spec = NoiseMarketSpec(rate=0.3, branching=0.8, decay=0.3, mean_size=1.0)
    plain, anew = counts_of_orders(spec, anew=False), counts_of_orders(spec, anew=True)
    before, after, later = plain.T
    pairs = [(after, anew[:, 1]), (later, anew[:, 2]), (before * after, anew[:, 0] * anew[:, 1])]
    pairs.append((after * later, anew[:, 1] * anew[:, 2]))
    for one, other in pairs:
        error = WIDE * np.sqrt((one.var() + other.var()) / len(one))
        assert other.mean() == pytest.approx(one.mean(), abs=error)
    # The orders of half a minute ago have brought about most of those that come: the band can tell.
    assert np.corrcoef(anew[:, 0], anew[:, 1])[0, 1] > 0.4


def lasting(*, anew: bool) -> Floats:
    """How long orders that rest after 20 s still rest, in seconds; from then on they are withdrawn less often."""
    spec = NoiseLimitSpec(rate=40.0, cancel_rate=1.0, cancel_falloff=10.0, mean_size=1.0)
    found = []
    for seed in range(24):
        exchange = NotingExchange()
        source = NoiseLimit(exchange, spec, seed, NOISE_LIMIT)
        clock = Scheduler([source], 0, MINUTE_NS)
        source.start(clock)
        clock.advance(20 * NS_PER_S)
        resting = set(exchange.still.prices)
        source.spec = msgspec.structs.replace(spec, cancel_rate=0.6)
        if anew:
            source.reseed(10_000 + seed, clock.now_ns)
            clock.redraw()
        clock.advance(59 * NS_PER_S)
        found += [now_ns - 20 * NS_PER_S for now_ns, order_id in exchange.withdrawn if order_id in resting]
    return np.array(found) / NS_PER_S


@pytest.mark.slow
def test_orders_that_rest_are_withdrawn_as_before_when_their_fate_is_drawn_anew() -> None:
    plain, anew = lasting(anew=False), lasting(anew=True)
    assert len(plain) == len(anew) > 2_400
    # The standard error of a mean of so many is 2.2%, that of a median 3.0%; the bands are four of a difference's.
    assert anew.mean() == pytest.approx(plain.mean(), rel=0.13)
    assert np.median(anew) == pytest.approx(np.median(plain), rel=0.17)
    # With another draw hardly any is withdrawn when it would have been.
    assert len(np.intersect1d(plain, anew)) < 10

"""Markets fitted to recordings, and held against them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from mmtui.errors import InputError
from mmtui.lab.market_fit.catalogue import AUXILIARY, STATISTICS
from mmtui.lab.market_fit.fit import MOMENTS, FitTarget, Linear, Search, Simulator, Task, moments_of
from mmtui.lab.market_fit.kept import SearchFile, identity
from mmtui.lab.market_fit.observed import Observed, observe
from mmtui.lab.market_fit.parameters import Family, family_of, two_lives
from mmtui.lab.market_fit.simulated import simulate
from mmtui.lab.market_fit.sources import Stretch, lot_of, market_of, see
from mmtui.lab.market_fit.statistics import Measured, measure
from mmtui.lab.market_fit.validate import compare, judged
from mmtui.lab.market_fit.written import as_toml
from mmtui.lab.tapes import TapeSource, read_tape
from mmtui.level.level import load_preset
from mmtui.market.core.draws import Floats
from mmtui.market.tape.lobster import Messages
from mmtui.market.value.latent_value import ValueSpec
from mmtui.units import NS_PER_S
from tests.benchmarks import known
from tests.tapes import Row, simulated, write

SECOND = NS_PER_S


def messages(rows: Sequence[Row]) -> Messages:
    """Messages in ticks and lots."""
    columns = [
        (line, round(time * SECOND), kind, order_id, lots, price, side)
        for line, (time, kind, order_id, lots, price, side) in enumerate(rows, start=1)
    ]
    return Messages(*np.array(columns, dtype=np.int64).T)


#: A book of one tick's spread in which a bid comes, quotes move, orders trade and one is cancelled.
ROWS: list[Row] = [
    (0.0, 1, 1, 5, 99, 1),
    (0.0, 1, 2, 4, 100, -1),
    (0.0, 1, 3, 9, 102, -1),
    (1.0, 1, 4, 2, 99, 1),
    (2.0, 3, 4, 2, 99, 1),
    (2.0, 1, 5, 2, 98, 1),
    (3.0, 4, 2, 4, 100, -1),
    (3.0, 4, 3, 1, 102, -1),
    (4.0, 1, 6, 3, 101, -1),
    (6.0, 3, 6, 3, 101, -1),
    (10.0, 1, 7, 1, 90, 1),
]


def seen_of(rows: Sequence[Row] = ROWS) -> Observed:
    return observe(messages(rows))


def value(name: str, seen: Observed, length_s: float = 10.0) -> float:
    (statistic,) = (each for each in MOMENTS if each.name == name)
    return float(measure([seen], length_s, [statistic], draws=1).values[0])


def test_what_is_seen_of_a_book_is_what_happened() -> None:
    seen = seen_of()
    assert seen.seconds == 10
    # The book that a tape opens with is not new.
    assert seen.arrivals.at.tolist() == [1, 2, 4, 10]
    assert seen.arrivals.distance.tolist() == [1, 2, 2, 12]
    assert seen.arrivals.behind.tolist() == [0, 1, -1, 9]
    assert seen.arrivals.ahead.tolist() == [5, 0, 0, 0]
    assert seen.arrivals.replaces.tolist() == [False, True, False, False]
    assert seen.departures.life.tolist() == [1, 2]
    # Executions of one instant and side are one order's.
    assert (seen.takers.at.tolist(), seen.takers.sign.tolist(), seen.takers.lots.tolist()) == ([3], [1], [5])
    assert seen.takers.mid.tolist() == [99.5]


def test_statistics_of_a_small_book_are_those_worked_out_by_hand() -> None:
    seen = seen_of()
    # A tick for three seconds, three for one, two for two, three for four.
    assert value("mean_spread", seen) == pytest.approx((3 * 1 + 3 + 2 * 2 + 4 * 3) / 10)
    assert value("spread_above_two", seen) == pytest.approx(0.5)
    assert value("limit_rate", seen) == pytest.approx(0.3)
    assert value("moved_rate", seen) == pytest.approx(0.1)
    # The mid goes from 99.5 to 100.5 at once, and back by half a tick within a second.
    assert value("response_1s", seen) == pytest.approx(0.5)
    assert value("recovery_1s", seen) == pytest.approx((1 + 2) / (2 + 2))
    assert value("life", seen) == pytest.approx(math.sqrt(2))
    # Ten seconds are fewer than four times three hundred.
    assert np.isnan(value("return_300s", seen))


def test_a_stretch_is_seen_with_the_orders_that_stand_at_its_start() -> None:
    seen = observe(messages(ROWS), from_s=2.5, lasts_s=5.0)
    assert seen.seconds == 5
    assert seen.arrivals.at.tolist() == [1.5]
    assert seen.at[0] <= 0
    assert (seen.bid[0], seen.ask[0]) == (99, 100)


def test_a_part_of_a_recording_is_seen_as_in_the_whole_of_which_no_more_is_held(tmp_path: Path) -> None:
    path = write(tmp_path / "tape.csv", simulated(400, seed=5))
    source, held = TapeSource(messages=path), []

    def watched(messages: Messages, *arguments: Any) -> Observed:
        held.append(len(messages))
        return observe(messages, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mmtui.lab.market_fit.sources.observe", watched)
        part, _ = see(source, Stretch(from_s=200.0, duration_s=100.0, lot=1))
    whole = read_tape(source).messages
    assert held[0] < 0.7 * len(whole)
    assert msgspec.to_builtins(part, enc_hook=bytes) == msgspec.to_builtins(
        observe(whole, 200.0, 100.0), enc_hook=bytes
    )


def test_the_bootstrap_s_errors_are_those_of_independent_blocks() -> None:
    """Counts of a Poisson process: their error is the root of the count, and 400 draws know it to 4%."""
    rng = np.random.default_rng(5)
    times = np.sort(rng.random(5_000) * 1_000)
    rows: list[Row] = [(0.0, 1, 1, 1, 99, 1), (0.0, 1, 2, 1, 101, -1)]
    rows += [(float(time), 1, 3 + number, 1, 90, 1) for number, time in enumerate(times)]
    rows.append((1_000.0, 1, 10**6, 1, 90, 1))
    (rate,) = (each for each in STATISTICS if each.name == "limit_rate")
    measured = measure([seen_of(rows)], 1.0, [rate])
    assert measured.errors[0] == pytest.approx(math.sqrt(5_000) / 1_000, rel=0.16)


def test_two_kinds_of_lives_are_told_apart() -> None:
    """8,000 lives: a share has an error of .005, a mean of 2%; the bands are five of each."""
    rng = np.random.default_rng(2)
    lives = np.where(rng.random(8_000) < 0.3, rng.exponential(0.05, 8_000), rng.exponential(10.0, 8_000))
    share, short, long = two_lives(lives)
    assert share == pytest.approx(0.3, abs=0.03)
    assert short == pytest.approx(0.05, rel=0.12)
    assert long == pytest.approx(10.0, rel=0.08)


def test_few_lives_are_of_one_kind_and_never_nothing() -> None:
    assert two_lives(np.zeros(3)) == (0.5, 0.001, 0.001)
    assert two_lives(np.array([])) == (0.5, 1.0, 1.0)


def test_recording_a_market_has_the_book_that_it_leaves() -> None:
    """The recorder of simulations beside the one that looks at any exchange from outside."""
    from mmtui.lab.tapes.session_tape import BookTape
    from mmtui.market.book_market import BookMarket

    spec = load_preset("us-100")
    seen = simulate(spec, 3, 60.0)
    market = BookMarket([(0, spec)], 3)
    market.clock.advance(0)
    book = BookTape(market.exchange)
    book.follow(0)
    market.clock.watch = book.follow
    market.clock.advance(60 * SECOND)
    other = observe(Messages.join(list(book.rest())), lasts_s=60.0)
    assert len(seen.arrivals.at) == len(other.arrivals.at)
    assert seen.takers.lots.tolist() == other.takers.lots.tolist()
    assert seen.mids(1.0)[1:].tolist() == other.mids(1.0)[1:].tolist()


@pytest.fixture(scope="module")
def recorded() -> Observed:
    return simulate(load_preset("us-100"), 7, 300.0)


@pytest.fixture(scope="module")
def family(recorded: Observed) -> Family:
    return family_of(recorded, load_preset("us-100").instrument)


@pytest.mark.slow
def test_a_market_behaves_like_itself_under_other_seeds_and_not_like_another() -> None:
    """Without volatility that changes over twenty minutes, of which five show one state only."""
    spec = load_preset("us-100")
    steady = msgspec.structs.replace(spec, value=ValueSpec(sigma=spec.value.sigma))
    seen = simulate(steady, 7, 300.0)
    same = compare("us-100", "tape", seen, [simulate(steady, seed, 300.0) for seed in range(1, 7)])
    assert same.good
    # Of about forty within two units: by chance one or two are not, and the tolerance makes it fewer.
    assert same.within_two > 0.9
    assert same.decided + len(same.undecided) == len(STATISTICS)
    slower = load_preset("hk-45")
    other = compare("hk-45", "tape", seen, [simulate(slower, seed, 300.0) for seed in range(1, 4)])
    assert not other.good
    assert other.within_two < 0.5
    assert "behaves otherwise" in other.verdict


def test_what_a_recording_does_not_tell_is_in_no_share() -> None:
    """Of three statistics one is far larger than its error, one smaller, one not there: the market is off by one."""
    values, errors = np.zeros(len(STATISTICS)), np.full(len(STATISTICS), np.nan)
    values[:3], errors[:3] = (10.0, 1.0, np.nan), (1.0, 2.0, 1.0)
    draws = np.stack([values - errors, values + errors])
    made = np.where(np.arange(len(values)) == 0, 12.4, 5.0)
    found = judged("market", "tape", Measured(values, draws), Measured(made, np.stack([made, made])))
    assert found.decided == 1
    ((row,),) = found.groups.values()
    # An error of one and a tolerance of a tenth of ten.
    assert row.distance == pytest.approx(2.4 / math.sqrt(2))
    assert len(found.undecided) == len(STATISTICS) - 1
    assert "too few to tell" in found.verdict


def test_a_linear_model_knows_what_it_knows() -> None:
    """Differences in one of two parameters only: the other keeps the error of its start, five steps."""
    rng = np.random.default_rng(3)
    at = rng.normal(size=(400, 2))
    apart = np.column_stack([2.0 * at[:, 0] - 1.0, 1.0 * at[:, 0]]) + 0.1 * rng.normal(size=(400, 2))
    model = Linear.of(at, apart)
    assert model.step()[0] == pytest.approx(0.4, abs=0.05)
    errors = np.sqrt(np.diag(model.covariance(np.eye(2))))
    # (J'J)⁻¹ of slopes of 2 and 1.
    assert errors[0] == pytest.approx(1 / math.sqrt(5), rel=0.1)
    assert errors[1] > 3


def linear(family: Family, target: FitTarget) -> tuple[Floats, Simulator]:
    """A simulator without noise, which moves one statistic with each parameter, and where it is nought."""
    truth = family.start * np.exp(0.5 * np.array([each.step for each in family.parameters]))

    def moments(tasks: Sequence[Task]) -> list[Floats]:
        found = []
        for table, _, _ in tasks:
            values = target.measured.values.copy()
            used = np.flatnonzero(target.used)
            for number, parameter in enumerate(family.parameters):
                part, _, name = parameter.path.partition(".")
                off = math.log(table[part][name] / truth[number]) / parameter.step
                values[used[number]] += off * target.scale[used[number]]
            found.append(values)
        return found

    return truth, moments


def test_the_search_finds_the_parameters_that_a_market_without_noise_has(recorded: Observed, family: Family) -> None:
    target = FitTarget.of(recorded)
    truth, simulator = linear(family, target)
    search = Search(family, target, simulator, markets=120)
    while not search.over:
        search.advance()
    fitted = search.finish()
    steps = np.array([each.step for each in family.parameters])
    assert fitted.distance < 0.02 < fitted.first
    assert (np.abs(np.log(fitted.values / truth)) < 0.5 * steps).all()


@pytest.mark.parametrize("stop", [30, 50], ids=["in the search", "around its end"])
def test_an_interrupted_fit_goes_on_where_it_was(tmp_path: Path, recorded: Observed, family: Family, stop: int) -> None:
    target = FitTarget.of(recorded)
    _, simulator = linear(family, target)

    def searched(stop: int | None) -> Search:
        search = Search(family, target, simulator, markets=60)
        progress = SearchFile(tmp_path / "fit.json", "this")
        progress.resume(search)
        while not search.over and len(search.points) < (stop or 10**6):
            progress.keep(search.advance())
        return search

    searched(stop)
    resumed = searched(None)
    SearchFile(tmp_path / "fit.json", "this").done()
    whole = searched(None)
    assert [[*at, *off] for at, off, _ in resumed.points] == [[*at, *off] for at, off, _ in whole.points]
    with pytest.raises(InputError, match="is the beginning of another fit"):
        SearchFile(tmp_path / "fit.json", "that").resume(whole)
    (tmp_path / "fit.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read as the beginning of a fit"):
        SearchFile(tmp_path / "fit.json", "this").resume(whole)


def test_a_fit_is_known_by_what_it_is_of(recorded: Observed, family: Family) -> None:
    other = simulate(load_preset("us-100"), 8, 300.0)
    assert identity(family, recorded, 1, 40) == identity(family, recorded, 1, 40)
    of = [(family, recorded, 1, 40), (family, recorded, 2, 40), (family, recorded, 1, 80), (family, other, 1, 40)]
    assert len({identity(*each) for each in of}) == 4


def test_a_fitted_market_s_file_is_a_level_s_market(tmp_path: Path, recorded: Observed, family: Family) -> None:
    target = FitTarget.of(recorded)
    _, simulator = linear(family, target)
    search = Search(family, target, simulator, markets=40)
    while not search.over:
        search.advance()
    fitted = search.finish()
    text = as_toml(fitted, recorded, "x.csv")
    assert "# Fitted by simulated moments" in text
    assert max(map(len, text.splitlines())) <= 120
    (tmp_path / "market.toml").write_text(text)
    assert market_of(str(tmp_path / "market.toml")) == family.market(fitted.values)
    assert tomllib.loads(text)["market"]["kind"] == "book"


def test_a_recording_of_orders_that_flicker_is_given_a_table() -> None:
    """Half of the orders live twenty milliseconds, the others ten seconds."""
    from mmtui.market.traders.noise import NoiseLimitSpec
    from mmtui.market.traders.noise_table import NoiseTableSpec

    spec = msgspec.structs.replace(
        load_preset("us-100"),
        noise_limit=NoiseLimitSpec(rate=4.0, cancel_rate=40.0, mean_size=1.6),
        noise_table=NoiseTableSpec(rates=(1.0, 0.6, 0.4, 0.3, 0.2), cancel_rates=(0.1,)),
    )
    seen = simulate(spec, 1, 120.0)
    found = family_of(seen, spec.instrument)
    paths = [parameter.path for parameter in found.parameters]
    assert "table.near_rates" in paths
    market = found.market(found.start)
    # Closed form: of about 2.5 orders a second and side those that last; 5% by their number, 20% for what rivals add.
    assert sum(market.noise_table.rates) == pytest.approx(2.5, rel=0.25)
    assert market.noise_limit.rate == pytest.approx(4.0, rel=0.25)


def test_a_lot_is_so_many_units_of_a_recording_and_never_more_than_any_order_has() -> None:
    instrument = load_preset("us-100").instrument
    assert lot_of(instrument, Decimal("0.5")) == 200
    assert lot_of(instrument, Decimal("1e9")) == 1
    with pytest.raises(InputError, match=r"a lot of the market is 1e.22 units of the recording's sizes; --share says"):
        lot_of(instrument, Decimal("1e-20"))


def test_a_market_that_stands_still_is_seen_without_a_warning() -> None:
    times = range(1, 90)
    comes_and_goes = [(float(at), kind, 10 + at, 3, 99, 1) for at in times for kind in (1, 3)]
    hidden = [(float(at), 5, 0, 1, 100, 1) for at in times]
    seen = seen_of([*ROWS[:3], *sorted([*comes_and_goes, *hidden], key=lambda row: row[0])])
    assert not np.diff(seen.mid).any()
    assert math.isnan(value("signature", seen))
    found = family_of(seen, load_preset("us-100").instrument)
    assert "distance_scale" in found.base["noise_limit"]
    assert FitTarget.of(seen).used.any()


def test_a_market_that_is_too_busy_has_no_statistics_and_a_recording_that_is_says_so(recorded: Observed) -> None:
    spec = load_preset("us-100")
    found = family_of(recorded, spec.instrument)
    busy = found.table(found.start)
    busy["noise_limit"]["rate"] = 10_000.0
    assert np.isnan(moments_of(Task(busy, 1, 10.0))).all()
    first, *others = found.parameters
    wild = Family((first._replace(start=10_000.0), *others), found.base, "", {})
    with pytest.raises(InputError, match=r"x\.csv: no market can be as busy: expected rates of at most"):
        wild.check("x.csv")


@pytest.mark.slow
def test_parameters_of_a_known_market_are_found_within_three_errors() -> None:
    """Fourteen parameters of us-100 from seven minutes: one of them may be outside, by chance one in 27 is."""
    spec = load_preset("us-100")
    fitted = known.fit(spec, 21, 400.0, markets=88)
    off = np.abs(list(known.off(fitted, spec).values()))
    assert (off < 3).sum() >= len(off) - 1
    assert fitted.distance < fitted.first / 3
    # Not by saying nothing: what is seen directly is told, though so few markets were simulated.
    assert fitted.told.sum() >= 6
    assert len(AUXILIARY) > 5


def test_the_error_of_a_volatility_that_wanders_holds_for_the_whole_and_not_for_the_stretch_seen(
    family: Family,
) -> None:
    """The variance of an Ornstein-Uhlenbeck process's mean: all of it over an instant, 2/T over T time constants."""
    paths = [each.path for each in family.parameters]
    sigma, wanders = paths.index("value.sigma"), paths.index("value.sv_std")
    values, errors = family.start.copy(), np.full(len(paths), 0.1)
    values[wanders] = 0.6
    tau_s = family.base["value"]["sv_tau_s"]
    for seconds, variance, of_itself in ((0.01 * tau_s, 1.0, 0.2), (100 * tau_s, 0.02, 0.005)):
        found = family.widened(values, errors, seconds)
        assert found[sigma] == pytest.approx(np.hypot(0.1, 0.6 * variance**0.5), rel=0.01)
        assert found[wanders] == pytest.approx(np.hypot(0.1, of_itself**0.5), rel=0.01)
        assert np.delete(found, [sigma, wanders]).tolist() == [0.1] * (len(paths) - 2)
    # One that a short stretch does not tell is not taken for none.
    values[wanders], errors[wanders] = 0.02, 0.6
    assert family.widened(values, errors, 0.01 * tau_s)[sigma] > 0.4


def test_signs_are_measured_of_fewer_takers_than_there_are_lags() -> None:
    rows: list[Row] = [(0.0, 1, 1, 100, 99, 1), (0.0, 1, 2, 100, 101, -1)]
    rows += [(float(second), 4, 2, 1, 101, -1) for second in range(1, 10)]
    measured = measure([observe(messages(rows))], 5.0, STATISTICS)
    names = [each.name for each in STATISTICS]
    assert measured.values[names.index("sign_2_10")] == 1.0

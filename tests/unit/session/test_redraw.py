"""Sessions whose future is drawn anew from a moment on: the law is that of fresh sessions, and what was stays."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.level.level import Level, load_level
from mmtui.market.core.draws import Floats
from mmtui.session.audit import Audit
from mmtui.session.kept import Kept
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from tests.unit.session.support import S, short
from tests.unit.session.test_copies import tape

LEVELS = ["skew", "volatility-spike", "adverse-selection", "mean-reversion", "index-future", "vcm", "hedge"]
MOMENT_NS = 20 * S + 12_345


def played(level: Level, seed: int, to_ns: int = MOMENT_NS, strategy: str | None = "skew") -> Session:
    session = Session(level, seed, strategy, par=NoPar())
    session.advance(to_ns)
    return session


@pytest.mark.slow
@pytest.mark.parametrize("level_id", LEVELS)
def test_a_copy_goes_on_as_the_original_and_one_drawn_anew_in_another_way_each_seed(level_id: str) -> None:
    session = played(short(level_id, 30), 3)
    kept = Kept(session)
    copy, *others = (kept.copy() for _ in range(4))
    for other, seed in zip(others, (1, 2, 1), strict=True):
        other.redraw(seed)
        assert other.digest == session.digest
    for each in (session, copy, *others):
        each.advance(session.end_ns)
    one, two, again = (other.digest for other in others)
    assert copy.digest == session.digest
    assert one == again
    assert len({session.digest, one, two}) == 3


def test_the_books_of_a_session_drawn_anew_add_up() -> None:
    session = Session(short("index-future"), 3, "skew", par=NoPar())
    audit = Audit(session)
    for seed in range(4):
        session.advance(session.now_ns + 3 * S + 7)
        session.redraw(seed)
    assert audit.events > 300


def trades(session: Session) -> float:
    return float(session.market.exchange.trades)


def moved(session: Session) -> float:
    return abs(session.market.exchange.mid - session.mid_by_second[20])


def resting(session: Session) -> float:
    return float(sum(len(list(session.market.exchange.orders(side))) for side in Side))


def spread(session: Session) -> float:
    bid, ask = session.market.exchange.touch
    return float(ask - bid)


def gap(session: Session) -> float:
    value = session.market.value
    assert value is not None
    return abs(value.at(session.now_ns) - session.market.exchange.mid)


@cache
def futures(level_id: str) -> tuple[Floats, Floats]:
    """Each statistic 15 s after a moment, a row a session: as it came, and drawn anew; the trades since the moment."""
    plain: list[list[float]] = []
    anew: list[list[float]] = []
    for seed in range(120):
        session = played(short(level_id, 40), seed, strategy=None)
        before = trades(session)
        other = Kept(session).copy()
        other.redraw(100_000 + seed)
        for each, found in ((session, plain), (other, anew)):
            each.advance(MOMENT_NS + 15 * S)
            found.append([trades(each) - before, *(read(each) for read in (moved, resting, spread, gap)), before])
    return np.array(plain, dtype=np.float64), np.array(anew, dtype=np.float64)


@pytest.mark.slow
@pytest.mark.parametrize("level_id", ["skew", "adverse-selection"])
def test_what_is_drawn_anew_has_the_law_of_fresh_sessions(level_id: str) -> None:
    """Means of five statistics, and of products with the trades before the moment, on 120 sessions each.

    The bands are four standard errors of the paired differences, of which one in 15,000 is beyond by chance.
    """
    plain, anew = futures(level_id)
    for column in range(5):
        for one, other in (
            (plain[:, column], anew[:, column]),
            (plain[:, column] * plain[:, 5], anew[:, column] * anew[:, 5]),
        ):
            differences = other - one
            error = differences.std(ddof=1) / np.sqrt(len(differences))
            assert abs(differences.mean()) < 4.0 * error, column
    # Other futures, and not the same ones: hardly a session has as many trades again.
    assert np.mean(plain[:, 0] == anew[:, 0]) < 0.3


def test_an_event_to_come_comes_at_another_time_and_one_that_was_stays() -> None:
    level = load_level("mean-reversion")
    session = played(level, 3, 250 * S)
    first, second, third = session._happenings
    assert first.at_ns < session.now_ns < second.at_ns
    session.redraw(7)
    kept, moved_one, other = session._happenings
    assert kept == first
    assert moved_one.at_ns != second.at_ns
    assert other.at_ns != third.at_ns
    told = len(session.maker.notices)
    session.advance(session.end_ns)
    headlines = [event.headline for event in session._happenings[1:] if event.headline is not None]
    assert [notice for notice in session.maker.notices[told:] if notice in headlines] == headlines


@pytest.mark.slow
def test_an_event_whose_time_has_begun_comes_after_the_moment() -> None:
    level = load_level("mean-reversion")
    found = set()
    begun = Kept(played(level, 0, 202 * S, None))
    for seed in range(20):
        session = begun.copy()
        session.redraw(seed)
        found.add(session._happenings[0].at_ns)
    assert len(found) == 20
    assert all(202 * S < at_ns <= 215 * S for at_ns in found)


def test_what_the_informed_know_already_comes_all_the_same() -> None:
    session = played(load_level("adverse-selection"), 3)
    value = session.market.value
    assert value is not None
    times = np.arange(MOMENT_NS, MOMENT_NS + 30 * S, S // 10)
    before = value.at_times(times)
    session.redraw(8)
    after = value.at_times(times)
    assert (before == after)[:150].all()
    assert not np.isclose(before[152:], after[152:]).all()


def test_a_recorded_market_has_one_future() -> None:
    session = played(tape(), 3, 5 * S)
    with pytest.raises(InputError, match="one future only"):
        session.redraw(1)


def test_there_is_no_par_of_what_is_drawn_anew() -> None:
    session = Session(short("skew"), 1, "skew")
    session.advance(5 * S)
    session.redraw(1)
    assert session.measures().par is None

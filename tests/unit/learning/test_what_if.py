"""What if: known answers, the same futures for both, and what is read of them."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import pytest

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.learning.alternatives import Alternative
from mmtui.learning.futures import moment, play_futures
from mmtui.learning.what_if import WhatIf, summed_up, what_if
from mmtui.level.level import load_level
from mmtui.session.commands import AnyCommand, Flatten, Peg, Quote
from mmtui.session.par import NoPar
from mmtui.session.replay import Replay, Script
from mmtui.session.session import Session
from tests.unit.learning.brownian import STEP_S, gain_a_step, pegged
from tests.unit.session.support import S, short
from tests.unit.session.test_copies import tape

#: Between steps, so that exactly 30 of them are in three seconds.
AT_S, HORIZON_S = 2.05, 3.0
STEPS = round(HORIZON_S / STEP_S)
_UNDECIDED = "as far as 20 futures tell"


@cache
def skewed(level_id: str = "skew") -> Script:
    session = Session(short(level_id, 60), 4, "skew", par=NoPar())
    session.advance(60 * S)
    return Script.of(session)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("do", "expected"),
    [("stop", -STEPS * gain_a_step(2)), ("widen=1.25", STEPS * (gain_a_step(5) - gain_a_step(2)))],
)
def test_the_answer_of_a_brownian_mid_lies_in_the_interval_as_often_as_it_says(do: str, expected: float) -> None:
    """Of 100 intervals of 95% from six futures each, 90 to 99 have the true mean: 99% of all hundreds do."""
    held = 0
    for seed in range(100):
        found = what_if(pegged(seed, 2), AT_S, do, futures=6, horizon_s=HORIZON_S).difference
        held += found.low <= expected <= found.high
    assert 90 <= held <= 99


@pytest.mark.slow
def test_what_comes_is_as_often_lucky_as_its_percentile_says() -> None:
    """What happened is one more draw of the law that futures have: its percentile is uniform.

    Of 60 sessions the mean of a uniform has a standard error of 0.037, and its variance of 0.0096; four of them.
    """
    found = []
    for seed in range(60):
        session = Session(short("skew", 40), seed, "fixed", par=NoPar())
        session.advance(40 * S)
        begun = moment(Replay(Script.of(session)), 20 * S, 12)
        paths = [path[0] for path in play_futures(begun, [None], 9)]
        found.append(summed_up(begun, Alternative("nothing"), paths, paths).what_happened.percentile)
    assert np.mean(found) == pytest.approx(0.5, abs=0.15)
    assert np.var(found) == pytest.approx(1 / 12, abs=0.039)


def test_two_identical_alternatives_differ_by_exactly_nothing() -> None:
    begun = moment(Replay(skewed()), 20 * S, 10)
    for one, other in play_futures(begun, [Alternative("flatten"), Alternative("flatten")], 6):
        assert (one == other).all()
    found = what_if(skewed(), 20.0, "nothing", futures=6, horizon_s=10).difference
    assert msgspec.structs.astuple(found) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.slow
def test_futures_differ_and_the_processes_do_not_matter() -> None:
    alone = what_if(skewed(), 20.3, "strategy=fixed", futures=11, horizon_s=10)
    assert alone == what_if(skewed(), 20.3, "strategy=fixed", futures=11, horizon_s=10, jobs=2)
    begun = moment(Replay(skewed()), 20 * S, 10)
    ends = {path[0][-1] for path in play_futures(begun, [None], 11)}
    assert len(ends) > 8


def test_without_a_new_future_a_copy_is_what_happened_to_the_byte() -> None:
    session = Session(short("skew", 60), 4, "skew", par=NoPar())
    session.advance(60 * S)
    begun = moment(Replay(Script.of(session)), 20 * S, 40)
    copy = begun.copy()
    assert begun.pnl(copy, None)[1:].tolist() == begun.happened[1:].tolist()
    assert copy.digest == session.digest


def by_hand(*commands: tuple[int, AnyCommand]) -> Script:
    session = Session(short("skew", 60), 4, par=NoPar())
    for at_ns, command in commands:
        session.advance(at_ns)
        session.submit(command)
    session.advance(60 * S)
    return Script.of(session)


def quotes(session: Session) -> list[AnyCommand]:
    bid, ask = session.market.exchange.touch
    return [Quote(Side.BUY, bid - 40, 2), Quote(Side.SELL, ask + 40, 2)]


def test_what_was_done_are_the_commands_from_the_moment_on_and_nothing_leaves_them_out() -> None:
    session = Session(short("skew", 60), 4, par=NoPar())
    bid, ask = quotes(session)
    script = by_hand((0, bid), (0, ask), (20 * S, Flatten()), (40 * S, bid))
    begun = moment(Replay(script), 20 * S, 10)
    assert begun.done == ((20 * S, Flatten()),)
    assert begun.copy().maker.gateway.bid_lots
    done, nothing, flat = (begun.future(1) for _ in range(3))
    paths = begun.pnl(done, None), begun.pnl(flat, Alternative("flatten"))
    assert (paths[0][1:] == paths[1][1:]).all()
    assert done.digest == flat.digest
    begun.pnl(nothing, Alternative("nothing"))
    assert not done.maker.gateway.bid_lots
    # What is left in the market follows it, as somebody would have seen to who stayed.
    assert nothing.maker.gateway.bid_lots
    assert nothing.maker.manual_orders.peg is not None


@pytest.mark.parametrize(
    ("at_s", "horizon_s", "expected"),
    [(20.0, None, 40.0), (20.0, 5.0, 5.0), (20.0, 500.0, 40.0), (59.5, None, 0.5)],
)
def test_futures_end_with_the_level(at_s: float, horizon_s: float | None, expected: float) -> None:
    begun = moment(Replay(skewed()), round(at_s * S), horizon_s)
    assert begun.horizon_s == expected
    assert begun.times_ns[0] == round(at_s * S)
    assert begun.times_ns[-1] == round((at_s + expected) * S)
    (path,) = (path[0] for path in play_futures(begun, [None], 1))
    assert len(path) == len(begun.times_ns) == len(begun.happened)


def test_a_minute_is_enough_while_the_level_has_two_to_go() -> None:
    session = Session(load_level("skew"), 4, "skew", par=NoPar())
    session.advance(30 * S)
    assert moment(Replay(Script.of(session)), 20 * S).horizon_s == 60.0


@pytest.mark.parametrize(
    ("do", "why"),
    [
        ("fly", "there is no such action"),
        ("flatten=2", "expected flatten"),
        ("strategy", "expected strategy=VALUE"),
        ("widen=wide", "expected a number from 0"),
        ("widen=nan", "expected a number from 0"),
        ("size=-1", "expected a number from 0"),
        ("hedge", "no hedge instrument"),
        ("strategy=no-such", "no-such"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(do: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        what_if(skewed(), 20.0, do)


def test_quotes_that_are_not_there_cannot_be_changed() -> None:
    with pytest.raises(InputError, match="nothing is quoted at 00:20"):
        what_if(by_hand(), 20.0, "widen")


@pytest.mark.parametrize("at_s", [60.0, 75.0])
def test_a_moment_after_the_end_is_none(at_s: float) -> None:
    with pytest.raises(InputError, match="the session ends at 01:00"):
        what_if(skewed(), at_s, "flatten")


def test_a_recorded_market_is_refused() -> None:
    session = Session(tape(), 1, "skew", par=NoPar())
    session.advance(20 * S)
    with pytest.raises(InputError, match="one future only"):
        what_if(Script.of(session), 5.0, "flatten")


def test_each_alternative_does_what_its_name_says() -> None:
    begun = moment(Replay(skewed("hedge")), 20 * S, 5)

    def after(do: str) -> Session:
        session = begun.future(1)
        begun.pnl(session, Alternative.read(do))
        return session

    flat, stopped, sized, hedged, other = map(after, ("flatten", "stop", "size=1", "hedge", "strategy=fixed"))
    assert 0 <= flat.maker.desk.position < begun.copy().maker.desk.position
    assert not flat.maker.auto
    assert not flat.maker.gateway.bid_lots
    assert not stopped.maker.gateway.ask_lots
    assert set(sized.maker.gateway.bid_lots.values()) == {1}
    assert hedged.maker.hedging.gateway.positions
    assert (other.maker.strategy_name, other.maker.auto) == ("fixed", True)
    wide, narrow = after("widen=4"), after("widen=1")
    widths = [min(each.maker.gateway.ask_lots) - max(each.maker.gateway.bid_lots) for each in (wide, narrow)]
    assert widths[0] >= 3 * widths[1]
    up, down = after("skew=6"), after("skew=-6")
    assert max(up.maker.gateway.bid_lots) > max(down.maker.gateway.bid_lots)


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("widen=2.5", Peg(4.25, 0.5, 2, "index")),
        ("skew=1", Peg(2.0, 1.5, 2, "index")),
        ("size=5", Peg(2.0, 0.5, 5, "index")),
    ],
)
def test_quotes_that_follow_the_index_go_on_following_it(do: str, expected: Peg) -> None:
    session = Session(short("index-future", 40), 4, par=NoPar())
    session.submit(Peg(2.0, 0.5, 2, "index"))
    session.advance(10 * S)
    assert Alternative.read(do).command(session) == expected


def verdict(difference: float, happened: float) -> WhatIf:
    begun = moment(Replay(skewed()), 20 * S, 5)
    spread = np.linspace(-10.0, 10.0, 20)
    begun.happened[-1] = happened
    done = [np.array([0.0, end]) for end in spread]
    other = [np.array([0.0, end + difference + wobble]) for end, wobble in zip(spread, [1, -1] * 10, strict=True)]
    return summed_up(begun, Alternative("flatten"), done, other)


@pytest.mark.parametrize(
    ("difference", "happened", "expected", "sentence"),
    [
        (
            5.0,
            -9.0,
            "wrong and unlucky",
            "You did it wrong and were unlucky: in 20 of 20 futures it pays more to flatten.",
        ),
        (-5.0, -9.0, "right and unlucky", "You did it right and were unlucky: in 20 of 20 futures it pays."),
        (5.0, 9.0, "wrong and lucky", "You did it wrong and were lucky: in 20 of 20 futures it pays more to flatten."),
        (
            0.0,
            0.0,
            "undecided and neither lucky nor unlucky",
            f"To flatten comes to the same as what you did, {_UNDECIDED}; you had neither good luck nor bad.",
        ),
    ],
)
def test_the_verdict_in_words(difference: float, happened: float, expected: str, sentence: str) -> None:
    found = verdict(difference, happened)
    assert found.verdict == expected
    assert found.sentence == sentence
    assert found.difference.mean == pytest.approx(difference)

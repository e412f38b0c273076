"""What was played in one future is done in others: at its times, as far from the mid, and followed when left alone."""

from __future__ import annotations

from functools import cache

import numpy as np

from mmtui.book import Side
from mmtui.learning.drills import LEAD_NS, PLAY_NS, Drill, find, passes
from mmtui.learning.futures import Moment, play_futures
from mmtui.learning.play import Play, TimedCommand, played
from mmtui.learning.what_if import summed_up
from mmtui.session.commands import Cancel, Flatten, Move, Peg, Quote, Shift, TakeBack
from mmtui.session.session import Session
from mmtui.strategies.excluding_own import others_mid
from tests.unit.session.support import S


@cache
def drill() -> Drill:
    return find("the-spike", None)


@cache
def begun() -> Moment:
    return drill().begin()


def mid(session: Session) -> float:
    return others_mid(session.maker.view)


def test_nothing_played_is_nothing_done() -> None:
    """In a session that a strategy quotes, with nothing else done in the first second."""
    rows = list(play_futures(begun(), [None, Play(())], 3))
    for done, nothing in rows:
        assert np.array_equal(done, nothing)


def test_a_quote_stands_as_far_from_the_mid_and_then_follows_it() -> None:
    session = begun().future(2)
    at_ns = begun().at_ns + 2 * S
    there = Play(
        (
            TimedCommand(at_ns, 1000.0, TakeBack()),
            TimedCommand(at_ns, 1000.0, Cancel()),
            TimedCommand(at_ns, 1000.0, Quote(Side.BUY, 988, 2)),
            TimedCommand(at_ns, 1000.0, Quote(Side.SELL, 1012, 2)),
        )
    )
    at_first: list[tuple[float, int, int]] = []
    session.advance(at_ns)
    there.carry_out(session, begun().at_ns, at_ns + S // 2)
    gateway = session.maker.gateway
    at_first.append((mid(session), max(gateway.bid_lots), min(gateway.ask_lots)))
    assert gateway.bid_lots
    assert gateway.ask_lots
    assert min(gateway.ask_lots) - max(gateway.bid_lots) == 24
    assert session.maker.manual_orders.peg is None
    # Left alone, they follow.
    session = begun().future(2)
    there.carry_out(session, begun().at_ns, begun().end_ns)
    assert session.maker.manual_orders.peg is not None


def test_prices_of_orders_are_those_of_the_nearest_one() -> None:
    at_ns = begun().at_ns
    session = begun().future(1)
    here = mid(session)
    steps = [
        TimedCommand(at_ns, here - 40, TakeBack()),
        TimedCommand(at_ns, here - 40, Cancel()),
        TimedCommand(at_ns, here - 40, Quote(Side.BUY, round(here) - 60, 2)),
        TimedCommand(at_ns + S // 2, here - 40, Move(Side.BUY, round(here) - 61, round(here) - 64)),
    ]
    Play(tuple(steps[:-1])).carry_out(session, at_ns, at_ns + S // 2)
    assert list(session.maker.gateway.bid_lots) == [round(here) - 60 + 40]
    session = begun().future(1)
    Play(tuple(steps)).carry_out(session, at_ns, at_ns + S)
    assert list(session.maker.gateway.bid_lots) == [round(here) - 60 + 40 - 3]
    steps.append(TimedCommand(at_ns + S, here - 40, Cancel(price=round(here) - 63)))
    session = begun().future(1)
    Play(tuple(steps)).carry_out(session, at_ns, at_ns + 2 * S)
    assert not session.maker.gateway.bid_lots


def test_quotes_that_follow_are_moved_by_steps_as_fixed_ones_are() -> None:
    at_ns = begun().at_ns
    session = begun().future(2)
    here = mid(session)
    steps = (
        TimedCommand(at_ns, here, TakeBack()),
        TimedCommand(at_ns, here, Peg(10.0, 0.0, 2)),
        TimedCommand(at_ns + 3 * S, here, Shift(-2, 2)),
    )
    Play(steps).carry_out(session, at_ns, at_ns + 3 * S + S // 2)
    assert session.maker.manual_orders.peg is None


def test_the_right_play_passes_and_the_wrong_one_does_not() -> None:
    at_ns = begun().at_ns
    width = drill().script.level.normal.spread * 2

    def judged(*commands: object) -> bool:
        steps = tuple(TimedCommand(at_ns + S, 0.0, command) for command in commands)  # type: ignore[arg-type]
        paths = list(play_futures(begun(), [None, Play(steps)], 20))
        return passes(summed_up(begun(), Play(steps), [path[0] for path in paths], [path[1] for path in paths]))

    assert judged(TakeBack(), Peg(width, 0.0, 2))
    assert not judged(TakeBack(), Peg(1.0, 0.0, 20))


def test_the_floor_of_a_drill_shows_what_came_before_and_a_future_of_its_own() -> None:
    lead, seat = drill().floor(begun(), 77)
    assert lead.now_ns == drill().at_ns - LEAD_NS
    session = begun().copy()
    assert (seat.now_ns, seat.session.maker.total) == (drill().at_ns, session.maker.total)
    assert seat.session.maker.gateway.bid_lots == session.maker.gateway.bid_lots
    ends = []
    for each in (seat.session, begun().future(77), begun().future(78)):
        each.advance(drill().at_ns + PLAY_NS)
        ends.append(each.maker.total)
    assert ends[0] == ends[1]
    assert ends[0] != ends[2]
    step = played(seat.session, Flatten())
    assert step == TimedCommand(seat.now_ns, mid(seat.session), Flatten())

"""Mistakes are found where they were made, and cost what the attribution says they did."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from mmtui.book import Side
from mmtui.debrief.build import debrief
from mmtui.debrief.mistakes import _absences, _Losses, told
from mmtui.debrief.model import Debrief, Mistake, MistakeKind
from mmtui.debrief.tables import mistakes as mistakes_table
from mmtui.session.commands import AnyCommand, Cancel, Join, Peg, Quote, Take
from mmtui.session.replay import Script
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
from mmtui.wording import figure
from tests.unit.session.support import short

LENGTH_S, LIMIT = 40, 10


def played(*commands: tuple[float, AnyCommand], level: str = "skew") -> Debrief:
    session = Session(short(level, LENGTH_S, position_limit=LIMIT), 6)
    for at_s, command in commands:
        session.advance(round(at_s * NS_PER_S))
        session.submit(command)
    session.advance(session.end_ns)
    return debrief(Script.of(session))


def found(told_of: Debrief, kind: MistakeKind) -> Mistake | None:
    return next((mistake for mistake in told_of.mistakes if mistake.kind == kind), None)


def lost_from(told_of: Debrief, from_s: int) -> float:
    """What the position lost from a second to the end."""
    position = told_of.seconds.position
    return position[from_s] - position[-1]


def holding(lots: int, *then: tuple[float, AnyCommand]) -> Debrief:
    """A session in which a position that loses is held from the first second on, bought or sold."""
    both = [played((0.0, Take(side, lots)), *then) for side in (Side.BUY, Side.SELL)]
    return max(both, key=lambda each: lost_from(each, 1))


def test_a_position_at_the_limit_costs_what_it_lost_there() -> None:
    session = holding(LIMIT)
    mistake = found(session, "limit")
    assert mistake is not None
    assert mistake.cost == pytest.approx(lost_from(session, 1))
    assert (mistake.times, mistake.from_ns, mistake.to_ns) == (1, NS_PER_S, session.until_ns)
    assert mistake.lasted_ns == session.until_ns - NS_PER_S


def test_a_missing_side_costs_what_was_held_without_it() -> None:
    session = holding(3)
    mistake = found(session, "missing")
    assert mistake is not None
    assert mistake.cost == pytest.approx(lost_from(session, 1))
    assert "was missing, 1 time, 39 s in all" in told(mistake)


def test_quotes_on_the_wrong_side_of_the_position_are_found() -> None:
    """Both are up while one is long, or down while one is short; leaning the right way is no mistake."""
    wrong: list[Debrief] = []
    right: list[Debrief] = []
    for side in (Side.BUY, Side.SELL):
        for lean, sessions in ((side, wrong), (-side, right)):
            start = Session(short("skew", LENGTH_S), 5)
            mid = start.market.exchange.mid
            # Far from the market, so that nothing trades.
            quotes = [Quote(Side.BUY, round(mid - 40 + 20 * lean), 1), Quote(Side.SELL, round(mid + 40 + 20 * lean), 1)]
            sessions.append(played((0.0, Take(side, 3)), *((0.0, quote) for quote in quotes)))
    losing = [session for session in wrong if lost_from(session, 1) > session.point]
    assert losing
    for session in losing:
        mistake = found(session, "skew")
        assert mistake is not None
        assert mistake.cost == pytest.approx(lost_from(session, 1))
    assert not any(found(session, "skew") for session in right)


def test_a_large_position_without_a_lean_is_one_too() -> None:
    """A small one is not."""
    centred = (0.0, Peg(half_spread=40, skew=0, size=1))
    assert found(holding(5, centred), "skew") is not None
    assert found(holding(2, centred), "skew") is None


def test_crossing_costs_the_spread_that_was_paid() -> None:
    session = played(*((step * 0.5, Take(side, 1)) for step, side in enumerate((Side.BUY, Side.SELL) * 20)))
    mistake = found(session, "crossing")
    assert mistake is not None
    assert (mistake.times, mistake.lots) == (40, 40)
    # Nothing else was traded: the attribution's spread and fees are all of it.
    assert mistake.cost == pytest.approx(-session.result.pnl.spread + session.result.pnl.fees)
    assert "40 times, 40 lots" in told(mistake)


def test_no_piece_of_the_pnl_is_counted_twice() -> None:
    """What stale quotes' fills cost is taken from the seconds' losses; each of these is in one stretch at most."""
    # Quotes at the touch that stand until they trade, renewed every five seconds.
    renewed = [(5.0 * number, Join(side, 4)) for number in range(8) for side in Side]
    session = played(*renewed, level="mean-reversion")
    losses = _Losses(session)
    stale = list(losses.stale_fills(0.0))
    assert sum(case.cost for case in stale)
    seconds = session.seconds
    lost = seconds.position[0] + seconds.hedge[0] - seconds.position[-1] - seconds.hedge[-1]
    assert sum(case.cost for case in stale) + sum(losses._lost) == pytest.approx(lost)
    stretches = sorted(losses.stretches(), key=lambda case: case.from_ns)
    assert all(before.to_ns <= after.from_ns for before, after in pairwise(stretches))


def test_what_costs_less_than_a_point_does_not_matter() -> None:
    session = played((0.0, Take(Side.BUY, 1)), (0.5, Take(Side.SELL, 1)), (1.0, Cancel()))
    assert all(mistake.cost >= session.point for mistake in session.mistakes)


def test_the_sum_is_set_against_what_was_lost() -> None:
    session = holding(3)
    table = mistakes_table(session)
    said = "".join(table.sentences[0])
    assert said.startswith("Together -")
    pnl = session.result.pnl.total
    assert f"you made {figure(pnl)}, par made {figure(session.result.par)}" in said
    assert [row[2] for row in table.rows] == [-mistake.cost for mistake in session.mistakes]


def test_absence_costs_what_par_makes_meanwhile() -> None:
    """Who never quotes misses all that par makes, and beside a position's loss that is all that par is ahead by."""
    for level, length_s in (("first-quotes", 40), ("unwanted-inventory", 120)):
        start = Session(short(level, length_s), 5)
        start.advance(start.end_ns)
        session = debrief(Script.of(start))
        mistake = found(session, "absent")
        assert mistake is not None
        assert mistake.cost == pytest.approx(session.result.par)
        assert f"1 time, {length_s} s in all" in told(mistake)
        ahead = session.result.par - session.result.pnl.total
        assert sum(each.cost for each in session.mistakes) == pytest.approx(ahead)


def test_what_one_side_earned_is_no_cost_of_the_other_and_what_is_not_owed_is_free() -> None:
    session = played(*((10.0 * number, Join(Side.BUY, 1)) for number in range(4)), level="first-quotes")
    money = session.instrument.tick_value
    earned = sum((fill.mid_before - fill.price) * fill.quantity for fill in session.fills) * money
    assert earned > 0
    cost = session.result.par - earned
    assert sum(case.cost for case in _absences(session)) == pytest.approx(cost)
    presence = next(part for part in session.score if part.name == "presence")
    owed = replace(presence, inputs={**presence.inputs, "owed": 0.25})
    assert sum(case.cost for case in _absences(replace(session, score=(owed,)))) == pytest.approx(cost / 4)

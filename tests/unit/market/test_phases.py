"""The timetable of a trading day."""

from __future__ import annotations

import pytest

from mmtui.market.rules.phases import Phase, PhaseSpec, Timetable

S = 1_000_000_000
DAY = Timetable(
    (
        PhaseSpec(from_s=0, kind="auction", name="opening auction"),
        PhaseSpec(from_s=60, kind="open"),
        PhaseSpec(from_s=100, kind="closed", name="lunch"),
        PhaseSpec(from_s=120, kind="open"),
        PhaseSpec(from_s=200, kind="auction"),
    )
)


@pytest.mark.parametrize(
    ("second", "phase", "name"),
    [
        (-1, Phase.OPEN, "continuous trading"),
        (0, Phase.AUCTION, "opening auction"),
        (59, Phase.AUCTION, "opening auction"),
        (60, Phase.OPEN, "continuous trading"),
        (110, Phase.CLOSED, "lunch"),
        (500, Phase.AUCTION, "auction"),
    ],
)
def test_a_phase_holds_from_its_time_to_the_next(second: int, phase: Phase, name: str) -> None:
    span = DAY.at(second * S)

    assert (span.phase, span.name) == (phase, name)


def test_without_a_timetable_it_is_always_open() -> None:
    empty = Timetable()

    assert empty.at(10**15).phase is Phase.OPEN
    assert empty.open_ns(300 * S) == 300 * S


def test_before_its_first_phase_it_is_open() -> None:
    late = Timetable((PhaseSpec(from_s=10, kind="closed"),))

    assert [late.at(second * S).phase for second in (0, 9, 10)] == [Phase.OPEN, Phase.OPEN, Phase.CLOSED]


@pytest.mark.parametrize(("second", "open_s"), [(0, 0), (60, 0), (70, 10), (100, 40), (119, 40), (130, 50), (300, 120)])
def test_open_time_is_that_of_continuous_trading(second: int, open_s: int) -> None:
    assert DAY.open_ns(second * S) == open_s * S


@pytest.mark.parametrize(("second", "edges"), [(70, (10, None)), (130, (10, 70))])
def test_edges_are_counted_from_the_session_and_to_the_days_last_end(
    second: int, edges: tuple[int, int | None]
) -> None:
    since_ns, to_end_ns = DAY.edges(second * S, 1_000 * S)

    assert (since_ns // S, None if to_end_ns is None else to_end_ns // S) == edges


def test_phases_out_of_order_are_named() -> None:
    with pytest.raises(ValueError, match=r"phases\[1\]\.from_s: expected a time after 60, not 60"):
        Timetable((PhaseSpec(from_s=60, kind="open"), PhaseSpec(from_s=60, kind="closed")))

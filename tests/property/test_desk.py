"""The desk against naive accounts kept from the full history."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmtui.book import Side
from mmtui.desk import HORIZONS_NS, Desk, Fill, Presence

S = 1_000_000_000

# Waits that make fills and horizons coincide to the nanosecond, and some that do not.
waits = st.one_of(st.sampled_from([0, 0, 1, S // 2, S - 1, S, 9 * S, 50 * S]), st.integers(0, 20 * S))
half_ticks = st.integers(-12, 12)
own_fills = st.tuples(
    st.sampled_from(Side),
    st.integers(-8, 8),  # price, from the mid's floor
    st.integers(1, 30),
    st.integers(-64, 64),  # fee, in 64ths
)
#: A wait, then an event at that instant: the own fills it causes, and where it leaves the mid.
steps = st.lists(st.tuples(waits, st.lists(own_fills, max_size=3), half_ticks), max_size=40)
openings = st.integers(-50, 50)


@dataclass
class History:
    """A desk driven through a session, and everything needed to account for it afresh."""

    desk: Desk
    now_ns: int = 0
    mid: float = 10_000.0
    mids: list[tuple[int, float]] = field(default_factory=list)
    positions: list[tuple[int, int]] = field(default_factory=list)
    totals: list[float] = field(default_factory=lambda: [0.0])

    def step(self, wait: int, fills: list[tuple[Side, int, int, int]], move: int) -> None:
        until = self.now_ns + wait
        while (due := self.desk.next_due_ns) is not None and due <= until:
            self.desk.mature(due, self.mid)
            assert self.desk.next_due_ns is None or self.desk.next_due_ns > due
        self.now_ns = until
        for side, offset, quantity, fee in fills:
            self.desk.fill(
                until, side, int(self.mid) + offset, quantity, self.mid, fee / 64, maker=True, order_id=1, manual=False
            )
            self.positions.append((until, self.desk.position))
            self.totals.append(self.desk.total(self.mid))
        self.mid += move / 2
        self.mids.append((until, self.mid))
        self.desk.mark(self.mid)
        self.totals.append(self.desk.total(self.mid))

    def mid_just_before(self, time_ns: int) -> float:
        return [mid for at, mid in [(-1, 10_000.0), *self.mids] if at < time_ns][-1]


def start(tick_value: float, opening: int) -> History:
    history = History(Desk(tick_value, position=opening, mid=10_000.0))
    history.positions.append((0, opening))
    return history


@pytest.mark.slow
@given(steps, openings)
def test_the_attribution_adds_up_exactly_after_every_event(
    script: list[tuple[int, list[tuple[Side, int, int, int]], int]], opening: int
) -> None:
    history = start(2.0, opening)
    for wait, fills, move in script:
        history.step(wait, fills, move)
        for mid in (history.mid, history.mid + 7.5):
            parts = history.desk.attribution(mid)
            assert parts.total == parts.spread + parts.position + parts.hedge - parts.fees


@given(steps, openings, st.floats(1e-4, 1e4))
def test_the_attribution_adds_up_to_rounding_in_any_currency(
    script: list[tuple[int, list[tuple[Side, int, int, int]], int]], opening: int, tick_value: float
) -> None:
    history = start(tick_value, opening)
    for wait, fills, move in script:
        history.step(wait, fills, move)
        parts = history.desk.attribution(history.mid)
        scale = abs(parts.spread) + abs(parts.position) + abs(parts.fees)
        assert parts.total == pytest.approx(parts.spread + parts.position - parts.fees, rel=1e-9, abs=1e-9 * scale)


@given(steps, openings)
def test_the_parts_are_those_of_a_ledger_kept_event_by_event(
    script: list[tuple[int, list[tuple[Side, int, int, int]], int]], opening: int
) -> None:
    history = start(1.0, opening)
    position, spread, held, fees = opening, 0.0, 0.0, 0.0
    for wait, fills, move in script:
        for side, offset, quantity, fee in fills:
            spread += side * quantity * (history.mid - (int(history.mid) + offset))
            position += side * quantity
            fees += fee / 64
        held += position * move / 2
        history.step(wait, fills, move)
        parts = history.desk.attribution(history.mid)
        assert (parts.spread, parts.position, parts.fees) == (spread, held, fees)
        assert history.desk.position == position


@pytest.mark.slow
@given(steps, openings)
def test_realised_and_unrealised_follow_the_average_cost_method(
    script: list[tuple[int, list[tuple[Side, int, int, int]], int]], opening: int
) -> None:
    history = start(1.0, opening)
    desk = history.desk
    position, entry, realised, seen = opening, Fraction(10_000), Fraction(0), 0
    for wait, fills, move in script:
        history.step(wait, fills, move)
        for fill in desk.fills[seen:]:
            added = fill.side * fill.quantity
            closed = min(fill.quantity, abs(position)) if position * added < 0 else 0
            realised += closed * fill.side * (entry - fill.price)
            opened = fill.quantity - closed
            if opened:
                left = abs(position) - closed
                entry = (entry * left + Fraction(fill.price) * opened) / (left + opened)
            position += added
        seen = len(desk.fills)
        assert desk.realised == pytest.approx(float(realised), rel=1e-9, abs=1e-6)
        assert desk.average_entry == (pytest.approx(float(entry), rel=1e-12) if position else None)
        split = desk.realised + desk.unrealised(history.mid) - desk.fees
        assert split == pytest.approx(desk.total(history.mid), rel=1e-9, abs=1e-6)


@given(steps, st.integers(1, 5))
def test_markouts_are_those_of_a_rescan(
    script: list[tuple[int, list[tuple[Side, int, int, int]], int]], last: int
) -> None:
    history = start(1.0, 0)
    for wait, fills, move in script:
        history.step(wait, fills, move)
    desk = history.desk
    for horizon, delay in enumerate(HORIZONS_NS):
        due = [fill for fill in desk.fills if fill.time_ns + delay <= history.now_ns]
        for fill in desk.fills:
            expected = None
            if fill in due:
                expected = fill.side * (history.mid_just_before(fill.time_ns + delay) - fill.price)
            assert fill.markouts[horizon] == expected
        assert desk.markout(horizon) == weighted(due, horizon)
        assert desk.recent_markout(horizon, last) == weighted(due[-last:], horizon)
    waiting = [f.time_ns + d for f in desk.fills for d in HORIZONS_NS if f.time_ns + d > history.now_ns]
    assert desk.next_due_ns == (min(waiting) if waiting else None)


def weighted(fills: list[Fill], horizon: int) -> float | None:
    lots = sum(fill.quantity for fill in fills)
    return sum(fill.quantity * (fill.markouts[horizon] or 0.0) for fill in fills) / lots if lots else None


@pytest.mark.slow
@given(steps, openings, st.integers(0, 10 * S))
def test_inventory_figures_are_those_of_the_whole_path(
    script: list[tuple[int, list[tuple[Side, int, int, int]], int]], opening: int, rest: int
) -> None:
    history = start(1.0, opening)
    for wait, fills, move in script:
        history.step(wait, fills, move)
    end = history.now_ns + rest
    path = [*history.positions, (end, 0)]
    area = sum(abs(position) * (until - since) for (since, position), (until, _) in pairwise(path))
    assert history.desk.mean_abs(end) == (area / end if end else abs(history.desk.position))
    assert history.desk.max_abs == max(abs(position) for _, position in history.positions)
    assert history.desk.volume == sum(fill.quantity for fill in history.desk.fills)
    falls = [peak - low for i, peak in enumerate(history.totals) for low in history.totals[i:]]
    assert history.desk.drawdown == max(falls)


prices = st.one_of(st.none(), st.integers(90, 100))
quotes = st.tuples(waits, prices, st.integers(0, 4), prices, st.integers(0, 4))


@pytest.mark.slow
@given(st.lists(quotes, max_size=30), st.one_of(st.none(), st.integers(1, 12)), st.integers(0, 3), waits, waits)
def test_presence_is_the_share_of_the_whole_path(
    script: list[tuple[int, int | None, int, int | None, int]],
    max_width: int | None,
    min_size: int,
    start_ns: int,
    rest: int,
) -> None:
    presence = Presence(max_width, min_size, start_ns)
    now, met, path = start_ns, False, []
    for wait, bid, bid_size, ask, ask_size in script:
        path.append((wait, met))
        now += wait
        above = None if ask is None else ask + 5
        presence.update(now, bid, bid_size, above, ask_size)
        sizes = bid_size >= max(min_size, 1) and ask_size >= max(min_size, 1)
        met = sizes and bid is not None and above is not None and (max_width is None or above <= bid + max_width)
        assert presence.quoting == met
    path.append((rest, met))
    elapsed = now + rest - start_ns
    expected = sum(wait for wait, counted in path if counted) / elapsed if elapsed else float(met)
    assert presence.share(now + rest) == expected

"""Hedges: the desk's identity with them in it, and what a hedge within a band and a budget must keep to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.desk import Desk, HedgeBook
from mmtui.session.commands import Hedge, HedgeAll, Take
from mmtui.session.session import Session
from mmtui.strategies.hedging import banded
from mmtui.strategies.protocol import HedgeQuote
from tests.unit.session.hedge_levels import level
from tests.unit.strategies.test_hedging import FUTURE, PUT

S = 1_000_000_000

Trade = tuple[Side, int, int, int]

sides = st.sampled_from(Side)
quantities = st.integers(1, 40)
moves = st.integers(-9, 9)
#: An event: where it moves the mid and both marks, in half ticks, a fill in the book and one in each hedge, or none.
fills = st.none() | st.tuples(sides, st.integers(-6, 6), quantities, st.integers(-64, 64))
events = st.lists(st.tuples(moves, moves, moves, fills, fills, fills), max_size=30)


@pytest.mark.slow
@given(events, st.integers(-50, 50))
def test_the_attribution_with_hedges_adds_up_exactly_and_is_that_of_a_ledger(
    script: list[tuple[int, int, int, Trade | None, Trade | None, Trade | None]], opening: int
) -> None:
    marks = {"a": 500.0, "b": 80.5}
    ticks = {"a": 4.0, "b": 0.5}
    ratios = {"a": 0.5, "b": -4.0}
    area = 0.0
    mid = 10_000.0
    desk = Desk(2.0, position=opening, mid=mid, hedges=HedgeBook(ticks, marks.__getitem__, ratios.__getitem__))
    held = {"a": 0, "b": 0}
    hedge = fees = 0.0
    costs = {"a": 0.0, "b": 0.0}
    for now_ns, (move, one, other, fill, first, second) in enumerate(script):
        for name, change in (("a", one), ("b", other)):
            marks[name] += change / 2
            hedge += held[name] * change / 2 * ticks[name]
        mid += move / 2
        if fill is not None:
            side, offset, quantity, fee = fill
            desk.fill(now_ns, side, int(mid) + offset, quantity, mid, fee / 64, maker=True, order_id=1, manual=False)
            fees += fee / 64
        for name, trade in (("a", first), ("b", second)):
            if trade is not None:
                side, offset, quantity, fee = trade
                price = int(marks[name]) + offset
                desk.hedge_fill(now_ns, name, side, price, quantity, marks[name], fee / 64)
                held[name] += side * quantity
                paid = side * quantity * (price - marks[name]) * ticks[name]
                hedge -= paid
                fees += fee / 64
                costs[name] += paid + fee / 64
        parts = desk.attribution(mid)
        assert parts.total == parts.spread + parts.position + parts.hedge - parts.fees
        assert (parts.hedge, parts.fees) == (hedge, fees)
        assert {name: leg.cost for name, leg in desk.hedges.legs.items()} == costs
        assert {name: leg.position for name, leg in desk.hedges.legs.items()} == held
        assert desk.net == desk.position + held["a"] * 2 - held["b"] / 4
        area += abs(desk.net)
        assert desk.mean_net(now_ns + 1) == area / (now_ns + 1)
        split = desk.realised + desk.unrealised(mid) + desk.hedge - desk.fees
        assert split == pytest.approx(parts.total, rel=1e-9, abs=1e-6)


LEVEL = level("all", 8, position=20)
instruments = st.sampled_from([spec.name for spec in LEVEL.hedges])
trades = st.one_of(
    st.builds(Hedge, instruments, sides, st.integers(1, 250)),
    st.builds(HedgeAll, instruments),
    st.builds(Take, sides, st.integers(1, 20)),
)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 8 * S), trades), max_size=12), st.integers(0, 3))
def test_at_every_stop_the_parts_make_the_total_and_no_limit_is_passed(
    script: list[tuple[int, Hedge | HedgeAll | Take]], seed: int
) -> None:
    session = Session(LEVEL, seed)
    watched = WatchedSession(session)
    limits = {spec.name: spec.limit for spec in LEVEL.hedges}
    for at_ns, command in sorted(script, key=lambda step: step[0]):
        session.advance(at_ns)
        session.submit(command)
        shown = watched.view()
        money = shown.desk
        assert money.total == pytest.approx(
            money.spread + money.position_pnl + money.hedge - money.fees, rel=1e-9, abs=1e-6
        )
        assert money.hedge == pytest.approx(sum(hedge.pnl for hedge in shown.hedges), abs=1e-6)
        assert all(abs(hedge.position) <= limits[hedge.name] for hedge in shown.hedges)
        assert all(abs(hedge.perfect) <= limits[hedge.name] for hedge in shown.hedges)


quotes = st.builds(
    replace,
    st.sampled_from([FUTURE, PUT, replace(PUT, kind="call", ratio=2.0)]),
    position=st.integers(-100, 100),
    coming=st.integers(-5, 5),
    cost=st.floats(0, 200),
)


@given(quotes, st.integers(-300, 300), st.floats(0, 50), st.floats(0, 1), st.none() | st.floats(0, 300))
def test_a_hedge_keeps_to_limit_budget_and_band_and_never_trades_back(
    hedge: HedgeQuote, lots: int, band: float, share: float, budget: float | None
) -> None:
    held = hedge.position + hedge.coming
    target = banded(hedge, lots, band, share, budget)
    assert abs(target) <= hedge.limit
    if hedge.kind != "future":
        assert target >= 0
    free = banded(hedge, lots, band, share)
    # A budget only ever makes the hedge smaller, and on its way from what is held.
    assert min(held, free, 0) <= target <= max(held, free, 0)
    opened = abs(target) if held * target <= 0 else max(0, abs(target) - abs(held))
    if budget is not None and opened:
        unit = hedge.unit_cost
        assert hedge.cost + (abs(hedge.coming) + abs(held) + 2 * opened) * unit <= budget + 1e-9
    # Traded to the edge: asked again, it wants no more.
    there = replace(hedge, position=free, coming=0)
    assert banded(there, lots, band, share) == free
    if hedge.kind == "future" and abs(share * lots) + band < hedge.limit / abs(hedge.ratio):
        assert abs(share * lots + free / hedge.ratio) <= band + 0.5 / abs(hedge.ratio) + 1e-9

"""A price step of more than a tick, which becomes finer while the level runs."""

from __future__ import annotations

import pytest

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.errors import LevelError
from mmtui.level.level import Level, parse_level
from mmtui.session.commands import AnyCommand, Join, Peg, Quote, Shift
from mmtui.session.session import Session
from mmtui.strategies.protocol import Quotes
from mmtui.strategies.quoter import Target, targets
from mmtui.units import NS_PER_S
from tests.unit.strategies.fake_view import market

BUY, SELL = Side.BUY, Side.SELL
TEXT = """
id = "step"
title = "Step"
number = 1
situation = "Two ticks are a step."
lesson = "None."
duration_s = 120
naive = "idle"
lesson_strategy = "fixed"
par = "idle"

[market]
preset = "hk-50-fine"
step = 2

[[events]]
at_s = 60.0
market.step = 1

[maker]
position_limit = 50
max_order = 25

[score]
point = 10.0
weights = { pnl = 1.0 }
"""


@pytest.fixture(scope="module")
def level() -> Level:
    return parse_level(TEXT, "step.toml")


def test_everybody_keeps_to_the_step_in_force(level: Level) -> None:
    session = Session(level, 1, "skew")
    exchange = session.market.exchange
    for second in range(1, 60):
        session.advance(second * NS_PER_S)
        assert {price % 2 for side in (BUY, SELL) for price, _, _ in exchange.depth(side)} == {0}
    assert {trade.price % 2 for _, trade in exchange.tape} == {0}
    fills = len(session.maker.desk.fills)
    assert fills > 5
    session.advance(session.end_ns)
    finer = [trade.price % 2 for time_ns, trade in exchange.tape if time_ns > 65 * NS_PER_S]
    # Nothing marks the odd prices out any more: about half of the trades are there.
    assert 0.25 < sum(finer) / len(finer) < 0.75
    assert len(session.maker.desk.fills) > fills


def after(session: Session, *commands: AnyCommand) -> list[tuple[Side, int]]:
    for command in commands:
        session.submit(command)
    session.advance(session.now_ns + 30_000_000)
    return [(order.side, order.price) for order in session.maker.gateway.orders.values() if order.working]


def test_an_order_between_two_steps_is_refused_until_the_step_is_finer(level: Level) -> None:
    session = Session(level, 1)
    session.advance(NS_PER_S)
    low = (session.market.exchange.best_bid - 20) // 2 * 2
    assert after(session, Quote(BUY, low - 1, 1)) == []
    assert session.maker.notices[-1].endswith("rejected: prices move in steps of 2 ticks there")
    assert after(session, Quote(BUY, low, 1)) == [(BUY, low)]
    # A shift moves by steps.
    assert after(session, Shift(-1, 1)) == [(BUY, low - 2)]
    session.advance(60 * NS_PER_S)
    low = session.market.exchange.best_bid - 20
    assert after(session, Quote(BUY, low, 1)) == [(BUY, low)]
    assert after(session, Shift(-1, 1)) == [(BUY, low - 1)]


def test_joining_improves_by_steps_and_pegs_stand_on_them(level: Level) -> None:
    session = Session(level, 3)
    watched = WatchedSession(session)
    while session.market.exchange.best_ask - session.market.exchange.best_bid < 4:
        session.advance(session.now_ns + NS_PER_S)
    bid = session.market.exchange.best_bid
    assert after(session, Join(BUY, 1, improve=1)) == [(BUY, bid + 2)]
    assert {price % 2 for _, price in after(session, Peg(half_spread=2.5, skew=0.0, size=1))} == {0}
    assert watched.view().step == 2


@pytest.mark.parametrize(
    ("quotes", "wanted"),
    [
        (Quotes(99.9, 100.1, 1, 1), (98, 102)),
        (Quotes(97.0, 103.0, 1, 1), (96, 104)),
        (Quotes(98.0, 104.0, 1, 1), (98, 104)),
        # Neither trades, a step short of the other side.
        (Quotes(bid=120.0, bid_size=1), (102, None)),
        (Quotes(ask=80.0, ask_size=1), (None, 98)),
        # Crossed: drawn back about their centre.
        (Quotes(101.0, 99.0, 1, 1), (98, 102)),
    ],
)
def test_quotes_are_rounded_away_from_the_mid_to_the_step(
    quotes: Quotes, wanted: tuple[int | None, int | None]
) -> None:
    view = market(bid=96, ask=104)
    view.step = 2
    found = targets(quotes, view)
    assert found == tuple(None if price is None else Target(price, 1) for price in wanted)


def test_a_step_cannot_become_one_that_leaves_orders_between() -> None:
    with pytest.raises(LevelError, match=r"events\[0\].market.step: expected a part of the step before it, 2"):
        parse_level(TEXT.replace("market.step = 1", "market.step = 4"), "step.toml")
    assert parse_level(TEXT.replace("step = 2", "step = 6").replace("market.step = 1", "market.step = 3"), "step.toml")

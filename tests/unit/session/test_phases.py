"""Sessions whose exchange has a timetable or a band: what the maker is told, owes, and may do."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from mmtui.book import Side
from mmtui.errors import LevelError
from mmtui.level.level import Level, load_level, parse_level
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.core.venue import ExchangeSpec
from mmtui.market.rules.halts import VcmSpec
from mmtui.market.rules.phases import Phase, PhaseSpec
from mmtui.session.commands import Flatten, Peg, Quote
from mmtui.session.session import Session
from tests.unit.session.support import STILL

S = 1_000_000_000
BUY, SELL = Side.BUY, Side.SELL


@cache
def day() -> Level:
    """A day of 50 seconds: auction to 8, open to 20, closed to 28, open to 40, auction to 48, closed."""
    plan = [(0, "auction"), (8, "open"), (20, "closed"), (28, "open"), (40, "auction"), (48, "closed")]
    phases = tuple(PhaseSpec(from_s=at, kind=kind) for at, kind in plan)  # type: ignore[arg-type]
    level = load_level("skew")
    return msgspec.structs.replace(level, duration_s=50, exchange=ExchangeSpec(phases=phases))


@cache
def banded() -> Level:
    """Fifteen seconds of a value that falls far below its band."""
    level = load_level("skew")
    assert isinstance(level.market, BookMarketSpec)
    value = msgspec.structs.replace(level.market.value, trend=-20.0)
    halt = VcmSpec(percent=0.5, reference_s=3.0, cooling_off_s=5.0, skip_first_s=3.0, skip_last_s=0.0)
    market = msgspec.structs.replace(level.market, value=value)
    return msgspec.structs.replace(level, duration_s=15, market=market, exchange=ExchangeSpec(halt=halt))


@pytest.mark.parametrize("strategy", ["skew", "touch", "rules", "composite", "reckless"])
def test_strategies_quote_while_trading_is_continuous_and_only_then(strategy: str) -> None:
    session = Session(day(), 1, strategy, ends_on_failure=True)
    quoting: dict[Phase, set[bool]] = {}
    for second in range(1, 50):
        session.advance(second * S)
        # What is withdrawn takes the latency to be gone; half a second after each change all is settled.
        session.advance(second * S + S // 2)
        quoting.setdefault(session.maker.view.phase, set()).add(bool(session.maker.view.orders))

    assert quoting[Phase.OPEN] == {True}
    assert quoting[Phase.CLOSED] == quoting[Phase.AUCTION] == {False}
    assert session.maker.error is None


def test_the_book_is_never_crossed_and_the_touch_never_gone_in_any_phase() -> None:
    session = Session(day(), 2, "reckless", ends_on_failure=True)
    exchange = session.market.exchange
    for tenth in range(1, 500):
        session.advance(tenth * S // 10)
        bid, ask = exchange.touch
        assert bid < ask
        best_bid, best_ask = exchange.best(BUY), exchange.best(SELL)
        if not exchange.phase.collecting:
            assert best_bid is not None
            assert best_ask is not None
            assert best_bid.price < best_ask.price


def test_a_closed_market_is_no_absence() -> None:
    session = Session(day(), 1, "fixed", ends_on_failure=True)

    session.advance(50 * S)

    assert session.over == "time"
    assert session.maker.presence.share(50 * S) > 0.97


def test_each_phase_is_announced_with_its_length() -> None:
    session = Session(day(), 1, ends_on_failure=True)

    session.advance(50 * S)

    assert session.maker.notices == [
        "Continuous trading: trading is open",
        "Closed: no orders are taken for 8 s",
        "Continuous trading: trading is open",
        "Auction: orders are collected for 8 s, then trade at one price",
        "Closed: no orders are taken",
    ]


@pytest.mark.parametrize(
    ("second", "command", "sentence"),
    [
        (22, Quote(BUY, 9_000, 2), "buy 2 @ 90.00 rejected: the market is closed (closed)"),
        (42, Flatten(), "nothing trades at once in an auction"),
    ],
    ids=["a quote while closed", "flatten in an auction"],
)
def test_what_a_phase_does_not_allow_is_said(second: int, command: Quote | Flatten, sentence: str) -> None:
    level = day()
    level = msgspec.structs.replace(level, maker=msgspec.structs.replace(level.maker, position=3))
    session = Session(level, 1)
    session.advance(second * S)

    session.submit(command)
    session.advance((second + 1) * S)

    assert sentence in session.maker.notices[-1]


def test_quotes_that_follow_the_market_pause_while_it_is_closed() -> None:
    session = Session(day(), 1)
    session.advance(10 * S)
    session.submit(Peg(half_spread=4.0, skew=0.0, size=1))
    standing = []
    for second in (19, 25, 35):
        session.advance(second * S)
        standing.append(len(session.maker.view.orders))

    assert standing[0] > 0
    assert standing[1] == 0
    assert standing[2] > 0


def test_quotes_stay_inside_the_band_while_trading_cools_off() -> None:
    session = Session(banded(), 1, "fixed", ends_on_failure=True)
    seen = 0
    for tenth in range(150):
        session.advance(tenth * S // 10)
        view = session.maker.view
        if view.phase is Phase.COOLING_OFF:
            band = view.band
            assert band is not None
            for order in view.orders:
                seen += 1
                assert order.price <= band.upper if order.side is BUY else order.price >= band.lower

    assert seen > 10
    assert session.market.exchange.phase is Phase.OPEN
    assert not any("price band" in notice for notice in session.maker.notices)


def test_trades_in_the_cooling_off_are_inside_the_band() -> None:
    session = Session(banded(), 1, ends_on_failure=True)
    while session.market.exchange.phase is Phase.OPEN:
        session.advance(session.now_ns + S // 100)
    band = session.market.exchange.band(session.now_ns)
    started_ns = session.now_ns
    ends_ns = session.market.exchange.phase_ends_ns
    assert ends_ns is not None
    session.advance(ends_ns - 1)

    assert band is not None
    prices = [trade.price for time_ns, trade in session.market.exchange.tape if time_ns > started_ns]
    assert prices
    assert all(band.lower <= price <= band.upper for price in prices)
    assert session.market.exchange.mid < band.lower, "the market would be elsewhere"


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (
            '[[exchange.phases]]\nfrom_s = 5\nkind = "open"\n[[exchange.phases]]\nfrom_s = 5\nkind = "closed"\n',
            "exchange.phases[1].from_s: expected a time after 5, not 5",
        ),
        ('[[exchange.phases]]\nfrom_s = 5\nkind = "lunch"\n', "exchange.phases[0].kind: expected one of"),
        ('[exchange.halt]\nkind = "vcm"\npercent = 0\n', "exchange.halt.percent: expected a number above 0, not 0"),
        ('[exchange.halt]\nkind = "stop"\n', "exchange.halt.kind: expected one of"),
        ('[exchange.halt]\nkind = "luld"\ntier = 3\n', "exchange.halt.tier: expected one of"),
    ],
)
def test_faults_of_the_exchange_are_told_by_their_key(table: str, fault: str) -> None:
    with pytest.raises(LevelError) as caught:
        parse_level(STILL + table, "my.toml")

    assert fault in str(caught.value)

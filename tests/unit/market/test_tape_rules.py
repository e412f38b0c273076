"""A recorded market under a level's phases and rules: they bind the maker, and the tape goes on as it did."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mmtui.book import Side
from mmtui.level.level import Level
from mmtui.market.core.venue import ExchangeSpec
from mmtui.market.rules.halts import Band, LuldSpec, VcmSpec
from mmtui.market.rules.phases import Phase, PhaseSpec
from mmtui.session.audit import Audit
from mmtui.session.commands import Quote
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
from tests.tapes import Row, level_on, simulated, write
from tests.unit.market.acting import where

BUY, SELL = Side.BUY, Side.SELL
NORMAL = "normal = { spread = 2.0, volatility = 1.0, size = 10 }"
CLOSED = PhaseSpec(from_s=2.0, kind="closed", name="lunch")
AUCTION = PhaseSpec(from_s=2.0, kind="auction")
OPEN = PhaseSpec(from_s=6.0, kind="open")

#: A book of 10 lots on each side, 9,999 to 10,001, with five behind each.
BOOK: list[Row] = [
    (0.0, 1, 1, 10, 9_999, 1),
    (0.0, 1, 2, 10, 10_001, -1),
    (0.0, 1, 3, 5, 9_998, 1),
    (0.0, 1, 4, 5, 10_002, -1),
]
#: A band of five ticks around the trade a second ago.
VCM = VcmSpec(percent=0.05, reference_s=1.0, cooling_off_s=4.0, skip_first_s=0.0, skip_last_s=0.0, triggers=0)
END: Row = (20.0, 1, 99, 1, 9_000, 1)


def session(
    folder: Path, *rows: Row, effect: str = "passive", exchange: ExchangeSpec | None = None, strategy: str | None = None
) -> Session:
    path = write(folder / "tape.csv", [*BOOK, *rows, END])
    level = level_on(path, 12, f'effect = "{effect}"\n{NORMAL}')
    if exchange is not None:
        level = msgspec.structs.replace(level, exchange=exchange)
    found = Session(level, 1, strategy, ends_on_failure=True)
    Audit(found)
    return found


def at(session: Session, second: float) -> Session:
    session.advance(round(second * NS_PER_S))
    return session


def fills(session: Session) -> list[tuple[Side, int, int]]:
    return [(fill.side, fill.price, fill.quantity) for fill in session.maker.desk.fills]


both = pytest.mark.parametrize("effect", ["passive", "impact"])


def phase(found: Session) -> Phase:
    return found.market.exchange.phase


@both
def test_while_closed_no_order_is_taken_and_executions_fill_nobody(tmp_path: Path, effect: str) -> None:
    found = session(tmp_path, (3.0, 4, 1, 10, 9_999, 1), effect=effect, exchange=ExchangeSpec(phases=(CLOSED, OPEN)))
    at(found, 1).submit(Quote(BUY, 9_999, 3))
    at(found, 2.5).submit(Quote(SELL, 10_001, 3))
    at(found, 4)
    exchange = found.market.exchange
    assert phase(found) is Phase.CLOSED
    assert "closed (lunch)" in found.maker.notices[-1]
    assert fills(found) == []
    assert exchange.tape[-1][1].quantity == 10, "it is printed"
    assert exchange.depth(BUY)[0][:2] == (9_999, 3), "and its lots are gone; the maker's stay"
    at(found, 7)
    assert phase(found) is Phase.OPEN


@both
def test_an_order_of_the_tape_removes_own_quotes_in_its_way_while_closed(tmp_path: Path, effect: str) -> None:
    found = session(tmp_path, (3.0, 1, 7, 4, 10_000, -1), effect=effect, exchange=ExchangeSpec(phases=(CLOSED, OPEN)))
    at(found, 1).submit(Quote(BUY, 10_000, 3))
    at(found, 4)
    assert fills(found) == []
    assert found.maker.gateway.orders == {}
    assert found.market.exchange.touch == (9_999, 10_000)


@both
def test_an_auction_trades_own_orders_with_those_of_the_tape_that_stand_then(tmp_path: Path, effect: str) -> None:
    found = session(
        tmp_path,
        (3.0, 3, 2, 10, 10_001, -1),
        (4.0, 1, 8, 6, 10_001, -1),
        (7.0, 4, 8, 6, 10_001, -1),
        effect=effect,
        exchange=ExchangeSpec(phases=(AUCTION, OPEN)),
    )
    at(found, 3.5).submit(Quote(BUY, 10_003, 4))
    at(found, 5)
    assert phase(found) is Phase.AUCTION
    assert fills(found) == []
    at(found, 6)
    assert fills(found) == [(BUY, 10_001, 4)]
    assert found.market.exchange.depth(SELL)[0][:2] == (10_001, 2), "what is left of the tape's order"
    at(found, 8)
    assert found.market.exchange.depth(SELL)[0][:2] == (10_002, 5), "and the tape's execution ends it"


def cooling_off(found: Session) -> Band:
    """The band of the cooling-off that a trade at 3.0 s has started."""
    assert phase(at(found, 3.2)) is Phase.COOLING_OFF
    band = found.market.exchange.band(found.now_ns)
    assert band is not None
    return band


def test_a_trade_of_the_tape_beyond_the_band_starts_a_cooling_off_that_binds_the_maker(tmp_path: Path) -> None:
    found = session(
        tmp_path,
        (0.5, 4, 1, 1, 9_999, 1),
        (2.0, 1, 10, 5, 10_010, -1),
        (3.0, 4, 10, 1, 10_010, -1),
        (3.5, 4, 1, 1, 9_999, 1),
        exchange=ExchangeSpec(halt=VCM),
    )
    exchange, band = found.market.exchange, cooling_off(found)
    assert (band.lower, band.upper, band.binding) == (9_995, 10_003, True)
    found.submit(Quote(BUY, 10_004, 1))
    at(found, 3.3)
    assert "the price band is in force: a bid is at most" in found.maker.notices[-1]
    at(found, 8)
    assert phase(found) is Phase.OPEN
    assert where(exchange, 10 * 1024 + 384) == (SELL, 10_010), "the tape's order stays beyond the band"


def test_the_tape_s_bids_above_a_band_that_begins_to_bind_stay_where_they_were(tmp_path: Path) -> None:
    found = session(
        tmp_path,
        (0.5, 4, 1, 1, 9_999, 1),
        (2.0, 3, 2, 10, 10_001, -1),
        (2.0, 3, 4, 5, 10_002, -1),
        (2.1, 1, 10, 5, 10_010, -1),
        (2.2, 1, 12, 4, 10_008, 1),
        (3.0, 4, 10, 1, 10_010, -1),
        exchange=ExchangeSpec(halt=VCM),
    )
    exchange, band = found.market.exchange, cooling_off(found)
    assert band.upper < 10_008
    assert exchange.depth(BUY)[0][:2] == (10_008, 4)


def test_a_tape_at_a_limit_of_its_band_is_halted_for_the_maker(tmp_path: Path) -> None:
    luld = LuldSpec(percent=0.02, reference_s=5.0, limit_state_s=1.0, halt_s=3.0, double_first_s=0.0, double_last_s=0.0)
    found = session(
        tmp_path,
        (0.2, 4, 1, 1, 9_999, 1),
        (2.0, 3, 1, 9, 9_999, 1),
        (2.0, 3, 3, 5, 9_998, 1),
        (2.0, 3, 2, 10, 10_001, -1),
        (2.1, 1, 11, 3, 9_998, -1),
        exchange=ExchangeSpec(halt=luld),
    )
    at(found, 2.5)
    assert phase(found) is Phase.LIMIT_STATE
    at(found, 3.5)
    assert phase(found) is Phase.HALT
    at(found, 7)
    assert phase(found) is not Phase.HALT


def test_a_halt_on_the_tape_goes_before_the_timetable(tmp_path: Path) -> None:
    found = session(
        tmp_path, (5.0, 7, 0, 0, -1, -1), (8.0, 7, 0, 0, 1, -1), exchange=ExchangeSpec(phases=(CLOSED, OPEN))
    )
    phases = [(second, at(found, second).market.exchange.phase_name) for second in (1, 3, 5.5, 7, 9)]
    assert phases == [
        (1, "continuous trading"),
        (3, "lunch"),
        (5.5, "trading halt"),
        (7, "trading halt"),
        (9, "continuous trading"),
    ]
    assert phase(found) is Phase.OPEN


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Level:
    """A level on a recorded market of our own, with a day of phases and a band that is often reached."""
    path = write(tmp_path_factory.mktemp("tape") / "tape.csv.gz", simulated(220))
    level = level_on(path, duration=120, more=f"from_s = 60\n{NORMAL}")
    phases = (
        PhaseSpec(from_s=0.0, kind="auction"),
        PhaseSpec(from_s=10.0, kind="open"),
        PhaseSpec(from_s=40.0, kind="closed"),
        PhaseSpec(from_s=55.0, kind="open"),
        PhaseSpec(from_s=100.0, kind="auction"),
        PhaseSpec(from_s=110.0, kind="open"),
    )
    vcm = VcmSpec(percent=0.02, reference_s=5.0, cooling_off_s=5.0, skip_first_s=0.0, skip_last_s=0.0, triggers=0)
    return msgspec.structs.replace(level, exchange=ExchangeSpec(phases=phases, halt=vcm))


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["reckless", "skew", "chase"])
def test_strategies_run_on_a_tape_with_phases_and_a_rule_and_nothing_is_lost(recorded: Level, strategy: str) -> None:
    found = Session(recorded, 1, strategy, ends_on_failure=True)
    Audit(found)
    seen = set()
    for second in range(1, 121):
        found.advance(second * NS_PER_S)
        seen.add(found.market.exchange.phase)
    assert found.over == "time", found.maker.error
    assert {Phase.AUCTION, Phase.CLOSED, Phase.OPEN, Phase.COOLING_OFF} <= seen
    assert len(found.maker.desk.fills) > 5

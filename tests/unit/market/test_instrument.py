from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from mmtui.market.core.instrument import TICK_TABLES, Calendar, Fees, Instrument, step_at


def share(**changes: Any) -> Instrument:
    """A US share at $100, as a level file would give it."""
    given = {"symbol": "ABC", "currency": "USD", "tick": 0.01, "lot": 100, "price": 100.0} | changes
    return msgspec.convert(given, Instrument)


@pytest.mark.parametrize(
    ("table", "price", "tick"),
    [
        ("hkex", "0.25", "0.001"),
        ("hkex", "0.255", "0.005"),
        ("hkex", "0.5", "0.005"),
        ("hkex", "10.00", "0.01"),
        ("hkex", "20.00", "0.01"),
        ("hkex", "20.02", "0.02"),
        ("hkex", "50.00", "0.02"),
        ("hkex", "50.05", "0.05"),
        ("hkex", "100", "0.05"),
        ("hkex", "100.1", "0.1"),
        ("hkex", "9995", "5"),
        ("hkex-2024", "10.00", "0.01"),
        ("hkex-2024", "10.02", "0.02"),
        ("hkex-2024", "20.00", "0.02"),
        ("hkex-2024", "20.05", "0.05"),
        ("hkex-2024", "50.00", "0.05"),
        ("us", "0.9999", "0.0001"),
        ("us", "1.00", "0.01"),
        ("us", "100", "0.01"),
    ],
)
def test_the_tick_at_a_price_is_the_published_one(table: str, price: str, tick: str) -> None:
    assert TICK_TABLES[table].tick_at(Decimal(price)) == Decimal(tick)


@pytest.mark.parametrize("price", ["0", "-1", "9995.01"])
def test_no_tick_is_defined_outside_a_table(price: str) -> None:
    with pytest.raises(ValueError, match="no tick is defined"):
        TICK_TABLES["hkex"].tick_at(Decimal(price))


def test_an_instrument_with_its_table_s_tick_is_taken() -> None:
    assert share(tick=0.02, price=45.0, tick_table="hkex").tick == 0.02
    assert share(tick=0.01, price=20.0, tick_table="hkex").tick == 0.01


def test_near_another_band_the_tick_is_common_to_both_steps_and_each_band_has_its_own() -> None:
    at_100 = share(tick=0.05, price=100.0, tick_table="hkex")
    assert at_100.tick_bands == ((1_000, 1), (2_000, 2))
    assert [step_at(at_100.tick_bands, price) for price in (1_999, 2_000, 2_001)] == [1, 1, 2]
    # HK$50 is where .02 becomes .05: cents are common to both.
    assert share(tick=0.01, price=50.0, tick_table="hkex").tick_bands == ((2_000, 2), (5_000, 5))
    assert share(tick=0.02, price=45.0, tick_table="hkex").tick_bands == ()
    assert share(price=50.0).tick_bands == ()
    assert step_at((), 7) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tick": 0.01, "price": 45.0, "tick_table": "hkex"}, "tick 0.01 is not hkex's 0.02 at 45.0"),
        ({"tick": 0.02, "price": 60.0, "tick_table": "hkex"}, "tick 0.02 is not hkex's 0.05"),
        ({"tick": 0.01, "price": 50.01, "tick_table": "hkex"}, "price 50.01 is not a multiple of hkex's 0.05 there"),
        ({"tick": 0.03}, "not a multiple of the tick"),
        ({"tick_table": "nyse"}, "tick_table 'nyse' is not one of hkex, hkex-2024, us"),
        ({"tick": 0.0}, "> 0"),
        ({"tick": float("inf")}, "<= 1000000000000.0"),
        ({"price": float("nan")}, "> 0"),
        ({"lot": 0}, ">= 1"),
        ({"venue": "X"}, "unknown field `venue`"),
        ({"fees": {"maker_bps": float("inf")}}, "<= 1000000000000.0"),
        ({"calendar": {"sessions": [["9:30", "16:00"]]}}, "such as 09:30, not '9:30'"),
        ({"calendar": {"sessions": [["16:00", "09:30"]]}}, "in the order of time"),
        ({"calendar": {"sessions": []}}, "one or more"),
    ],
)
def test_an_instrument_that_cannot_be_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=re.escape(message)):
        share(**changes)


@pytest.mark.parametrize(("price", "tick"), [(9.0, 0.01), (45.0, 0.02), (50.0, 0.01), (60.0, 0.05), (350.0, 0.2)])
def test_a_tick_left_out_is_the_table_s_at_the_price(price: float, tick: float) -> None:
    fields = {"symbol": "0001", "currency": "HKD", "lot": 100, "price": price}
    assert msgspec.convert({**fields, "tick_table": "hkex"}, Instrument).tick == tick
    with pytest.raises(msgspec.ValidationError, match="tick: this key is missing, and there is no tick_table"):
        msgspec.convert(fields, Instrument)


def test_money_and_ticks_are_one_to_one() -> None:
    hong_kong = share(tick=0.02, price=50.0, lot=500)
    assert hong_kong.start_ticks == 2_500
    assert [hong_kong.to_ticks(price) for price in (49.98, 50.0, 50.02)] == [2_499, 2_500, 2_501]
    assert hong_kong.to_money(2_501) == pytest.approx(50.02)
    assert hong_kong.tick_value == 10.0
    # .07 / .01 is 7.000000000000001 in binary.
    assert share(price=0.07).start_ticks == 7
    # And .29 / .01 is 28.999999999999996.
    assert share(price=0.29).start_ticks == 29


@pytest.mark.parametrize(
    ("tick", "ticks", "shown"),
    [
        (0.01, 10_000, "100.00"),
        (0.01, 10_000.5, "100.005"),
        (0.02, 2_500, "50.00"),
        (5.0, 3, "15"),
        (0.5, 3, "1.5"),
        (0.0001, 12_345, "1.2345"),
        (0.001, 250.5, "0.2505"),
    ],
)
def test_a_price_shows_the_digits_of_its_tick(tick: float, ticks: float, shown: str) -> None:
    assert share(tick=tick, price=1000.0).format(ticks) == shown


def test_a_schedule_gives_the_fees_of_its_tier_and_of_its_first_one_where_none_is_named() -> None:
    bought = share(fees={"schedule": "nasdaq", "tier": "0.7%"})
    assert bought.fee(10_000, 2, maker=True) == pytest.approx(-0.0029 * 2 * bought.lot)
    assert bought.fee(10_000, 2, maker=False) == pytest.approx(0.003 * 2 * bought.lot)
    assert share(fees={"schedule": "hkex"}).fees == share(fees={"schedule": "hkex", "tier": "participant"}).fees
    assert share(fees={"schedule": "hkex", "tier": "market-maker"}).fee(10_000, 2, maker=True) == 0.0


def test_fees_of_one_s_own_replace_those_of_a_schedule() -> None:
    own = share(fees={"schedule": "nasdaq", "tier": "0.7%", "maker_per_share": -0.002}).fees
    assert own == Fees(maker_per_share=-0.002)


def test_fees_that_a_schedule_has_given_are_read_again() -> None:
    fees = share(fees={"schedule": "nasdaq"}).fees
    assert msgspec.json.decode(msgspec.json.encode(fees), type=Fees) == fees


@pytest.mark.parametrize(
    ("fees", "why"),
    [
        ({"schedule": "nyse"}, "schedule 'nyse' is not one of hkex, hkex-index-future, nasdaq"),
        ({"schedule": "nasdaq", "tier": "1%"}, "tier '1%' is not one of nasdaq's: 0.25%, 0.35%, 0.7%"),
        ({"tier": "0.7%"}, "tier: expected a schedule that it is a tier of"),
    ],
)
def test_fees_outside_a_schedule_are_refused(fees: dict[str, object], why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        share(fees=fees)


def test_fees_are_per_share_and_of_the_value_and_differ_for_makers_and_takers() -> None:
    fees = {"maker_per_share": -0.002, "taker_per_share": 0.003, "maker_bps": 0.0, "taker_bps": 1.0}
    charged = share(fees=fees)
    assert charged.fee(10_000, 2, maker=True) == pytest.approx(-0.4)
    # 200 shares: .60, and a basis point of $20,000.
    assert charged.fee(10_000, 2, maker=False) == pytest.approx(2.6)
    assert share().fee(10_000, 2, maker=False) == 0
    assert Fees().maker_bps == 0


def test_trading_days_have_their_markets_lengths() -> None:
    assert Calendar().seconds_a_day == 23_400
    hong_kong = Calendar(sessions=(("09:30", "12:00"), ("13:00", "16:00")), days_a_year=246)
    assert hong_kong.seconds_a_day == 19_800
    assert hong_kong.seconds_a_year == 19_800 * 246

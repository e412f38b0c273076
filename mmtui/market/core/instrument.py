"""What is traded: its tick, lot, currency, fees and trading day.

Inside the program prices are ``int`` ticks and quantities ``int`` lots; money appears only here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from decimal import Decimal
from functools import lru_cache

import msgspec

from mmtui.units import FiniteFloat, PositiveFloat, PositiveInt, bound_text

#: What a price may be in ticks: with room for quotes below it, and with books that add up exactly.
LEAST_TICKS, MOST_TICKS = 4, 10**12

#: How far from its start a price is followed through the bands of a table.
_NEAR_LOW, _NEAR_HIGH = Decimal("0.9"), Decimal("1.1")


#: Bands of prices from the lowest up: the price, in ticks, that each is above, and its step, in ticks.
TickBands = tuple[tuple[int, int], ...]


class TickTable(msgspec.Struct, frozen=True):
    """The least price step by price band: a price up to and including ``upto[i]`` moves in steps of ``ticks[i]``."""

    upto: tuple[Decimal, ...]
    ticks: tuple[Decimal, ...]

    def near(self, price: Decimal) -> list[tuple[Decimal, Decimal]]:
        """(lower end, step) of the bands within a tenth of a price, lowest first."""
        lows = (Decimal(0), *self.upto)
        return [
            (low, tick)
            for low, upto, tick in zip(lows, self.upto, self.ticks, strict=False)
            if low < price * _NEAR_HIGH and upto >= price * _NEAR_LOW
        ]

    def tick_at(self, price: Decimal) -> Decimal:
        """The step at a price. Raises ValueError outside the table."""
        band = bisect_left(self.upto, price)
        if price <= 0 or band == len(self.upto):
            raise ValueError(f"no tick is defined at a price of {price}")
        return self.ticks[band]


def _table(bands: str) -> TickTable:
    pairs = [band.split(":") for band in bands.split()]
    return TickTable(tuple(Decimal(upto) for upto, _ in pairs), tuple(Decimal(tick) for _, tick in pairs))


#: Published tick tables. HKEX: equities from 4 August 2025 (phase 1) and before it; US: Regulation NMS rule 612.
TICK_TABLES: dict[str, TickTable] = {
    "hkex": _table(
        "0.25:0.001 0.5:0.005 10:0.01 20:0.01 50:0.02 100:0.05 200:0.1 500:0.2 1000:0.5 2000:1 5000:2 9995:5"
    ),
    "hkex-2024": _table(
        "0.25:0.001 0.5:0.005 10:0.01 20:0.02 50:0.05 100:0.05 200:0.1 500:0.2 1000:0.5 2000:1 5000:2 9995:5"
    ),
    "us": _table("0.9999:0.0001 999999:0.01"),
}


class Fees(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a fill costs; negative numbers are rebates.

    Attributes:
        schedule: whose published fees hold: hkex, hkex-index-future or nasdaq. Numbers of one's own replace them.
        tier: whose fees of it; left out, those of its first tier.
        maker_per_share: of a resting order's fill, in currency a share.
        taker_per_share: of a taking order's, likewise.
        maker_bps: of a resting order's fill, in basis points of the traded value, besides.
        taker_bps: of a taking order's, likewise.
    """

    schedule: str | None = None
    tier: str | None = None
    maker_per_share: FiniteFloat = 0.0
    taker_per_share: FiniteFloat = 0.0
    maker_bps: FiniteFloat = 0.0
    taker_bps: FiniteFloat = 0.0

    def __post_init__(self) -> None:
        if self.schedule is None:
            if self.tier is not None:
                raise ValueError("tier: expected a schedule that it is a tier of")
            return
        tiers = FEE_SCHEDULES.get(self.schedule)
        if tiers is None:
            raise ValueError(f"schedule {self.schedule!r} is not one of {', '.join(FEE_SCHEDULES)}")
        tier = next(iter(tiers)) if self.tier is None else self.tier
        if tier not in tiers:
            raise ValueError(f"tier {tier!r} is not one of {self.schedule}'s: {', '.join(tiers)}")
        own = {name: getattr(self, name) for name in _FEE_KEYS}
        published = dict(zip(_FEE_KEYS, tiers[tier], strict=True))
        if own != published and any(own.values()):
            known: dict[str, object] = {"schedule": None, "tier": None}
        else:
            known = {"tier": tier, **published}
        for name, value in known.items():
            msgspec.structs.force_setattr(self, name, value)


_FEE_KEYS = ("maker_per_share", "taker_per_share", "maker_bps", "taker_bps")
#: Published fees, by schedule and tier, in the order of the keys of :class:`Fees`. HKEX, a side: 0.00565% for
#: trading, levies of 0.0027% to the SFC and 0.00015% to the AFRC, and none of them for its securities market
#: makers; stamp duty is left out. Its index futures, a contract of HK$50 a point: HK$10 for trading and a levy of
#: HK$0.54. Nasdaq: rebates to those who add more than so much of all US volume (price list, 2 January 2020), and
#: the most that rule 610(c) lets an exchange charge a taker.
FEE_SCHEDULES: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "hkex": {"participant": (0.0, 0.0, 0.85, 0.85), "market-maker": (0.0, 0.0, 0.0, 0.0)},
    "hkex-index-future": {"participant": (0.2108, 0.2108, 0.0, 0.0)},
    "nasdaq": {
        "0.25%": (-0.0027, 0.003, 0.0, 0.0),
        "0.35%": (-0.0028, 0.003, 0.0, 0.0),
        "0.7%": (-0.0029, 0.003, 0.0, 0.0),
    },
}


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The trading day, for annualised figures and the clock on the screen.

    Attributes:
        sessions: opening and closing times of day, in order.
        days_a_year: trading days.
    """

    sessions: tuple[tuple[str, str], ...] = (("09:30", "16:00"),)
    days_a_year: PositiveInt = 252

    def __post_init__(self) -> None:
        times = [_seconds(clock) for session in self.sessions for clock in session]
        if not times or times != sorted(set(times)):
            raise ValueError("sessions must be one or more, each from its opening to its close, in the order of time")

    @property
    def seconds_a_day(self) -> int:
        """Trading seconds in a day: 23,400 in the US, 19,800 in Hong Kong."""
        return sum(_seconds(close) - _seconds(open_) for open_, close in self.sessions)

    @property
    def seconds_a_year(self) -> int:
        """Trading seconds in a year."""
        return self.seconds_a_day * self.days_a_year


def _common(one: Decimal, other: Decimal) -> Decimal:
    """The largest step of which both are multiples."""
    while other:
        one, other = other, one % other
    return one


def step_at(bands: TickBands, price: int) -> int:
    """The step of the band that a price is in, in ticks; 1 without bands."""
    passed = bisect_left(bands, (price,))
    return bands[passed - 1][1] if passed else 1


@lru_cache(maxsize=64)
def _bands_near(table: str, price: float, tick: float) -> TickBands:
    near, size = TICK_TABLES[table].near(Decimal(str(price))), Decimal(str(tick))
    bands = tuple((int(low / size), int(step / size)) for low, step in near)
    return bands if len({step for _, step in bands}) > 1 else ()


def _seconds(clock: str) -> int:
    if not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", clock):
        raise ValueError(f"expected a time of day such as 09:30, not {clock!r}")
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One tradable thing.

    Attributes:
        symbol: its name on the screen.
        currency: ISO code of the money it trades in.
        tick: price step, in currency; left out, it is the tick table's at the price, or, where a band of the table with
            another step is within a tenth of it, the largest of which both steps are multiples.
        lot: shares in a lot.
        price: where it trades when the level starts, in currency.
        tick_table: name of the published table that the tick is checked against, if any.
        fees: what fills cost.
        calendar: its trading day.
    """

    symbol: str
    currency: str
    tick: PositiveFloat = 0.0
    lot: PositiveInt | PositiveFloat
    price: PositiveFloat
    tick_table: str | None = None
    fees: Fees = Fees()
    calendar: Calendar = Calendar()

    def __post_init__(self) -> None:
        price = Decimal(str(self.price))
        if self.tick_table is not None:
            table = TICK_TABLES.get(self.tick_table)
            if table is None:
                raise ValueError(f"tick_table {self.tick_table!r} is not one of {', '.join(TICK_TABLES)}")
            step = common = table.tick_at(price)
            if price % step:
                raise ValueError(f"price {price} is not a multiple of {self.tick_table}'s {step} there")
            for _, other in table.near(price):
                common = _common(common, other)
            if not self.tick:
                msgspec.structs.force_setattr(self, "tick", float(common))
            elif Decimal(str(self.tick)) != common:
                raise ValueError(f"tick {self.tick} is not {self.tick_table}'s {common} at {price}")
        elif not self.tick:
            raise ValueError("tick: this key is missing, and there is no tick_table to give it")
        tick = Decimal(str(self.tick))
        if not LEAST_TICKS <= price / tick <= MOST_TICKS:
            what = f"{self.price:g} / {self.tick:g} = {price / tick:.4g}"
            raise ValueError(f"price: expected {LEAST_TICKS} to {bound_text(MOST_TICKS)} ticks, not {what}")
        if price % tick:
            raise ValueError(f"price {price} is not a multiple of the tick {tick}")

    @property
    def tick_value(self) -> float:
        """Money made by one lot when the price moves one tick."""
        return float(Decimal(str(self.tick)) * Decimal(str(self.lot)))

    @property
    def tick_bands(self) -> TickBands:
        """The tick table's bands near the starting price, if their steps differ."""
        return () if self.tick_table is None else _bands_near(self.tick_table, self.price, self.tick)

    @property
    def start_ticks(self) -> int:
        """The starting price in ticks."""
        return self.to_ticks(self.price)

    @property
    def decimals(self) -> int:
        """Digits after the point in a price."""
        exponent = Decimal(str(self.tick)).normalize().as_tuple().exponent
        return max(0, -int(exponent))

    def to_ticks(self, price: float) -> int:
        """A price in currency as the nearest tick."""
        return round(Decimal(str(price)) / Decimal(str(self.tick)))

    def to_money(self, ticks: float) -> float:
        """A price in ticks as currency."""
        return ticks * self.tick

    def format(self, ticks: float) -> str:
        """A price for the eye; half a tick shows one more digit."""
        digits = self.decimals + (ticks != int(ticks))
        return f"{ticks * self.tick:.{digits}f}"

    def fee(self, price: int, quantity: int, *, maker: bool) -> float:
        """The fee of a fill in currency, price in ticks and quantity in lots."""
        fees = self.fees
        shares = quantity * self.lot
        per_share, bps = (fees.maker_per_share, fees.maker_bps) if maker else (fees.taker_per_share, fees.taker_bps)
        return shares * (per_share + price * self.tick * bps * 1e-4)

"""Who paid whom in one book: every trade valued at the last mid, an amount that one side made and the other lost.

Amounts between makers are counted in half ticks × lots, which are whole numbers: with the background, whose row is what
is left, each trade is in the matrix twice, with opposite signs, so that all of it sums to zero exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from mmtui.market.book_market import kind_of_order
from mmtui.market.core.exchange import PARTICIPANTS
from mmtui.session.session import Session


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """Who paid whom. Money in the instrument's currency.

    Attributes:
        kinds: who is in the background, by kind.
        paid: a row a seat: what it made in trades with each seat, and then with each kind of the background.
        start: for each seat, what its position at the start has gained since.
        hedges, fees: for each seat, made in hedge instruments, and paid.
        own_impact: for each seat, what its position is worth less since its own orders have moved the price.
        totals: for each seat its PnL: paid + start + hedges − fees − own_impact.
    """

    kinds: list[str]
    paid: list[list[float]]
    start: list[float]
    hedges: list[float]
    fees: list[float]
    own_impact: list[float]
    totals: list[float]

    @property
    def background(self) -> list[float]:
        """What each kind of the background made, from all seats together."""
        first = len(self.paid)
        return [-sum(row[first + place] for row in self.paid) for place in range(len(self.kinds))]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """What two seats have traded with each other.

    Attributes:
        seat, other: the seats; ``seat`` is the one that gained, or the first of the two.
        trades, lots: how many.
        paid: what ``seat`` made, in currency.
        share: the lots, of all that the two have traded.
        edge: by how much ``seat`` traded better than the mid just before, on average, in ticks a share.
    """

    seat: int
    other: int
    trades: int
    lots: int
    paid: float
    share: float
    edge: float


def settlement(session: Session) -> Settlement:
    """Who has paid whom so far."""
    exchange, tick_value = session.market.exchange, session.market.instrument.tick_value
    seats, twice_mid = session.seats, round(2 * exchange.mid)
    kinds = sorted({kind for maker in seats for fill in maker.desk.fills if (kind := _kind(fill.other_id, seats))})
    halves = [[0] * (len(seats) + len(kinds)) for _ in seats]
    for number, maker in enumerate(seats):
        for fill in maker.desk.fills:
            kind = _kind(fill.other_id, seats)
            column = len(seats) + kinds.index(kind) if kind else (fill.other_id or 0) % PARTICIPANTS
            halves[number][column] += fill.side * fill.quantity * (twice_mid - 2 * fill.price)
    first_mid, position = session.mid_by_second[0], session.level.maker.position
    return Settlement(
        kinds=kinds,
        paid=[[half * tick_value / 2 for half in row] for row in halves],
        start=[position * (exchange.mid - first_mid) * tick_value for _ in seats],
        hedges=[maker.desk.hedge for maker in seats],
        fees=[maker.desk.fees for maker in seats],
        own_impact=[maker.desk.position * maker.impact * tick_value for maker in seats],
        totals=[maker.total for maker in seats],
    )


def _kind(other_id: int | None, seats: Sequence[object]) -> str:
    """The kind of the background that a trade was with; empty for a seat."""
    if other_id is None:
        return "noise"
    return "" if other_id % PARTICIPANTS < len(seats) else kind_of_order(other_id)


def pairs(session: Session) -> list[Pair]:
    """What each two seats have traded with each other, those who traded most with each other first.

    Who trades mostly with one other, and always to the gain of the same, may not trade by chance.
    """
    seats, tick_value = session.seats, session.market.instrument.tick_value
    twice_mid = round(2 * session.market.exchange.mid)
    found = []
    for number, maker in enumerate(seats):
        for other in range(number + 1, len(seats)):
            fills = [fill for fill in maker.desk.fills if (fill.other_id or -1) % PARTICIPANTS == other]
            lots = sum(fill.quantity for fill in fills)
            if not lots:
                continue
            half = sum(fill.side * fill.quantity * (twice_mid - 2 * fill.price) for fill in fills)
            edge = sum(fill.side * fill.quantity * (fill.mid_before - fill.price) for fill in fills) / lots
            sign, both = (1, (number, other)) if half >= 0 else (-1, (other, number))
            volume = maker.desk.volume + seats[other].desk.volume - lots
            found.append(
                Pair(
                    seat=both[0],
                    other=both[1],
                    trades=len(fills),
                    lots=lots,
                    paid=sign * half * tick_value / 2,
                    share=lots / volume,
                    edge=sign * edge,
                )
            )
    return sorted(found, key=lambda pair: -pair.share)

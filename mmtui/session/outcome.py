"""What a session came to, as a journal keeps it: readable where the session itself can no longer be played again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from mmtui.desk import HORIZONS_NS, Fill
from mmtui.market.book_market import kind_of_order
from mmtui.session.commands import AnyCommand, HandOver
from mmtui.session.hand_shares import HandShares
from mmtui.session.result import Result
from mmtui.session.session import Session
from mmtui.units import NS_PER_S

_HORIZONS = tuple(f"{horizon_ns // NS_PER_S}s" for horizon_ns in HORIZONS_NS)


class WhoQuoted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who quoted: the player by hand, pegged quotes included, or a strategy.

    Attributes:
        hand_ns, strategy_ns: time with own orders in the market while the one or the other quoted.
        hand_fills, strategy_fills: fills of orders that the one or the other had placed.
    """

    hand_ns: int
    strategy_ns: int
    hand_fills: int
    strategy_fills: int

    def shares(self, folded_ns: int = 0) -> HandShares:
        """The player's shares; ``folded_ns`` of the time, in which a strategy quoted, is not counted."""
        watched_ns = max(0, self.strategy_ns - folded_ns)
        return HandShares(_share(self.hand_ns, watched_ns), _share(self.hand_fills, self.strategy_fills))


class FillColumns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The own fills, oldest first, by column; all columns have one length.

    Attributes:
        at_ns: nanoseconds since the level's start.
        side: 1 bought, −1 sold.
        price, quantity: ticks and lots.
        fee: money; negative is a rebate.
        maker: whether the own order was resting.
        manual: whether the player, not a strategy, had placed it.
        other: the kind of who was on the other side; None where there is no book.
        markouts: by horizon ("1s", "10s", "60s"), ticks per share; None where it was not due before the end.
    """

    at_ns: list[int]
    side: list[int]
    price: list[int]
    quantity: list[int]
    fee: list[float]
    maker: list[bool]
    manual: list[bool]
    other: list[str | None]
    markouts: dict[str, list[float | None]]

    def __post_init__(self) -> None:
        *columns, markouts = msgspec.structs.astuple(self)
        if len({len(column) for column in (*columns, *markouts.values())}) > 1:
            raise ValueError("expected columns of one length")

    @classmethod
    def of(cls, fills: Sequence[Fill]) -> FillColumns:
        """The columns of fills."""
        return cls(
            at_ns=[fill.time_ns for fill in fills],
            side=[int(fill.side) for fill in fills],
            price=[fill.price for fill in fills],
            quantity=[fill.quantity for fill in fills],
            fee=[fill.fee for fill in fills],
            maker=[fill.maker for fill in fills],
            manual=[fill.manual for fill in fills],
            other=[None if fill.other_id is None else kind_of_order(fill.other_id) for fill in fills],
            markouts={name: [fill.markouts[index] for fill in fills] for index, name in enumerate(_HORIZONS)},
        )


def result_of(session: Session, seat: int = 0) -> Result | None:
    """The result of a session for a seat; None while par is not known as far as it needs it."""
    return None if session.measures(session.seats[seat]).par is None else session.result(seat)


def last_strategy(commands: Iterable[tuple[int, AnyCommand]]) -> str | None:
    """The last strategy that was handed the quotes."""
    return next((command.strategy for _, command in reversed([*commands]) if isinstance(command, HandOver)), None)


def who_quoted(session: Session, seat: int | None = None) -> WhoQuoted:
    """Who quoted for a seat, by default its own, in a session so far."""
    maker = session.maker if seat is None else session.seats[seat]
    fills = maker.desk.fills
    by_hand = sum(fill.manual for fill in fills)
    return WhoQuoted(*maker.quoting_time.until(session.now_ns), by_hand, len(fills) - by_hand)


def _share(by_hand: int, by_strategy: int) -> float | None:
    whole = by_hand + by_strategy
    return by_hand / whole if whole else None

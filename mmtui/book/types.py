"""The book's types: sides, instructions, outcomes and trades."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple


class Side(IntEnum):
    """The side of an order, from its owner's point of view; its value is the sign of the position it adds."""

    BUY = 1
    SELL = -1

    @property
    def opposite(self) -> Side:
        """The other side."""
        return Side.SELL if self is Side.BUY else Side.BUY


class TimeInForce(Enum):
    """What happens to the part of a limit order that does not trade at once."""

    GTC = "good till cancelled"
    IOC = "immediate or cancel"
    FOK = "fill or kill"


class SelfTrade(Enum):
    """What happens when an order meets a resting order of the same owner."""

    ALLOW = "allow"
    CANCEL_RESTING = "cancel resting"
    CANCEL_INCOMING = "cancel incoming"


class OrderStatus(Enum):
    """The state of an order after an instruction."""

    RESTING = "resting"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class Reason(Enum):
    """Why an instruction was rejected, or why the remainder of an order was cancelled. Codes are stable."""

    DUPLICATE_ID = "duplicate-id"
    UNKNOWN_ID = "unknown-id"
    BAD_SIDE = "bad-side"
    BAD_QUANTITY = "bad-quantity"
    BAD_PRICE = "bad-price"
    OFF_GRID = "off-grid"
    NOT_A_REDUCTION = "not-a-reduction"
    WOULD_TRADE = "would-trade"
    NOT_FILLABLE = "not-fillable"
    NO_LIQUIDITY = "no-liquidity"
    SELF_TRADE = "self-trade"


class Trade(NamedTuple):
    """One match. The price is the resting (maker's) order's.

    A cross on a recorded tape has no taker: its ``taker_side`` is 0.
    """

    price: int
    quantity: int
    maker_id: int
    taker_id: int
    taker_side: Side


class OrderReport(NamedTuple):
    """The outcome of one instruction.

    Attributes:
        status: the order's state now; ``REJECTED`` means that nothing changed.
        trades: its trades, in the order in which they happened.
        removed: ids of the owner's resting orders that self-trade prevention cancelled.
        reason: why it was rejected or its remainder cancelled, else None.
    """

    status: OrderStatus
    trades: tuple[Trade, ...] = ()
    removed: tuple[int, ...] = ()
    reason: Reason | None = None

    @property
    def accepted(self) -> bool:
        """Whether the instruction was carried out."""
        return self.status is not OrderStatus.REJECTED

    @property
    def filled(self) -> int:
        """Lots traded by this instruction."""
        return sum(trade.quantity for trade in self.trades)


class Depth(NamedTuple):
    """One price level: its price, lots and number of orders."""

    price: int
    quantity: int
    orders: int


class QueueAhead(NamedTuple):
    """The lots and orders that trade before an order at its own price."""

    lots: int
    orders: int


class Resting(NamedTuple):
    """One order in the book; ``owner`` is None for an order without one."""

    order_id: int
    side: Side
    price: int
    quantity: int
    owner: str | None

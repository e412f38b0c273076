"""What the player can do. Each command is journalled with its time and is all the journal needs to hold."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from mmtui.book import Side
from mmtui.units import MOST_ASKED

#: A strategy's parameters by name.
Params = dict[str, float | int | bool | str | None]

_MOST = 10**9
Price = Annotated[int, msgspec.Meta(ge=-MOST_ASKED, le=MOST_ASKED)]
Size = Annotated[int, msgspec.Meta(ge=1, le=_MOST)]
Ticks = Annotated[int, msgspec.Meta(ge=-_MOST, le=_MOST)]


class Command(msgspec.Struct, frozen=True, tag_field="do", forbid_unknown_fields=True):
    """The base of all commands. Prices are ticks, sizes lots; their bounds are checked when a journal is read."""


class Quote(Command, frozen=True, tag="quote"):
    """Quote a side at a price: replaces the side's working orders, so that one is left, unless it shall ``add`` one."""

    side: Side
    price: Price
    size: Size
    add: bool = False


class Join(Command, frozen=True, tag="join"):
    """Quote at the best price of the side, or ``improve`` ticks better while that does not trade."""

    side: Side
    size: Size
    improve: Ticks = 0
    add: bool = False


class Take(Command, frozen=True, tag="take"):
    """Trade at once against the other side, no further than ``protection`` ticks beyond its best price."""

    side: Side
    size: Size
    protection: Ticks = 2


class Shift(Command, frozen=True, tag="shift"):
    """Move the working quotes by price steps: a positive number is up."""

    bid: Ticks
    ask: Ticks


class Move(Command, frozen=True, tag="move"):
    """Move the working orders of a side from one price to another."""

    side: Side
    price: Price
    to: Price


class Cancel(Command, frozen=True, tag="cancel"):
    """Withdraw own orders: those at a price, those of a side, or all (both None)."""

    side: Side | None = None
    price: Price | None = None


class Flatten(Command, frozen=True, tag="flatten"):
    """Withdraw all orders and trade the position away at once, limit-protected."""

    protection: Ticks = 5


class Reverse(Command, frozen=True, tag="reverse"):
    """Withdraw all orders and trade the position into its opposite at once, limit-protected."""

    protection: Ticks = 5


class Peg(Command, frozen=True, tag="peg"):
    """Let a bid and an ask follow the market: the mid of others, their microprice, or the index.

    Quotes stand ``half_spread`` ticks to both sides of the reference plus ``skew`` ticks. The index is carried to the
    future's expiry; where there is none its place is taken by the mid. Quotes are looked after as often as a
    strategy's, and take the same way to the exchange. Any other command to quote or withdraw ends it.
    """

    half_spread: Annotated[float, msgspec.Meta(ge=0, le=_MOST)]
    skew: Annotated[float, msgspec.Meta(ge=-_MOST, le=_MOST)]
    size: Size
    reference: Literal["mid", "microprice", "index"] = "mid"


class Fix(Command, frozen=True, tag="fix"):
    """Leave pegged quotes where they are, as fixed ones."""


class Undo(Command, frozen=True, tag="undo"):
    """Bring back the quotes as they were before the last command that changed them; what traded since stays traded.

    Twice is redo.
    """


class Hedge(Command, frozen=True, tag="hedge"):
    """Trade contracts of a hedge instrument at its quote, all of them or none."""

    instrument: str
    side: Side
    size: Size


class HedgeAll(Command, frozen=True, tag="hedge-all"):
    """Trade a hedge instrument so that it hedges the position, by its beta, carry or delta; flat, close it."""

    instrument: str


class Ready(Command, frozen=True, tag="ready"):
    """Choose the strategy that would take over; it starts watching the market, and its ghosts are shown.

    Choosing another one than is quoting takes the quotes back; choosing the same again changes nothing.
    """

    strategy: str
    params: Params = {}


class HandOver(Command, frozen=True, tag="hand-over"):
    """Let a strategy quote. Its orders replace the player's. It takes over warm if it was ready already."""

    strategy: str
    params: Params = {}


class TakeBack(Command, frozen=True, tag="take-back"):
    """Quote by hand again; the strategy's orders keep working as the player's own."""


AnyCommand = (
    Quote
    | Join
    | Take
    | Shift
    | Move
    | Cancel
    | Flatten
    | Reverse
    | Peg
    | Fix
    | Undo
    | Hedge
    | HedgeAll
    | Ready
    | HandOver
    | TakeBack
)

#: What the exchange does, see :class:`mmtui.market.rules.phases.PhaseName`, or that the session is over.
PhaseName = Literal["open", "auction", "closed", "cooling-off", "limit-state", "halt", "ended"]

"""What an instructor may do to a market and to those in it.

``alters`` says whether the session is another one for it; all are in the journal, so that it is played again exactly.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.market.book_market import FIRST_INSTITUTION, MOST_INSTITUTIONS
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.gateway import Limits
from mmtui.market.core.venue import Venue
from mmtui.market.rules.phases import Phase
from mmtui.session.commands import Cancel, Size
from mmtui.session.session import Session
from mmtui.wording import visible

#: Orders of the instructor's are an institution's, after all that a level may have.
_INSTRUCTOR = FIRST_INSTITUTION + MOST_INSTITUTIONS
#: How far through the book one may go, in ticks; far beyond any that is there.
_FAR = 10**6
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
_Seat = Annotated[int, msgspec.Meta(ge=-1, le=255)]


class Instruction(msgspec.Struct, frozen=True, tag_field="do", forbid_unknown_fields=True, kw_only=True):
    """The base of all. ``seat`` is whom it is about; −1 is everybody."""

    alters: ClassVar[bool] = True

    seat: _Seat = -1

    @property
    def name(self) -> str:
        """What it is called in the journal."""
        return str(type(self).__struct_config__.tag)

    @property
    def args(self) -> dict[str, Any]:
        """What the journal says of it besides its name and seat."""
        return {key: value for key, value in msgspec.to_builtins(self).items() if key not in ("do", "seat")}


class Message(Instruction, frozen=True, kw_only=True, tag="message"):
    """Say something to a seat or to all."""

    alters: ClassVar[bool] = False
    text: _Text


class Headline(Instruction, frozen=True, kw_only=True, tag="headline"):
    """Have news come out, for all."""

    alters: ClassVar[bool] = False
    text: _Text


class Spike(Instruction, frozen=True, kw_only=True, tag="spike"):
    """Buy (1) or sell (−1) so many lots at once, whatever they cost."""

    side: Side
    lots: Size


class Halt(Instruction, frozen=True, kw_only=True, tag="halt"):
    """Stop trading, or have it go on; on an exchange with rules."""

    on: bool = True


class SetLimits(Instruction, frozen=True, kw_only=True, tag="limits"):
    """From now on a seat, or each, may hold and send so many lots at most."""

    position: Size
    order: Size


class Withdraw(Instruction, frozen=True, kw_only=True, tag="withdraw"):
    """Withdraw a seat's orders, or everybody's; whoever sits there quotes by hand then."""


AnyInstruction = Message | Headline | Spike | Halt | SetLimits | Withdraw


def decode_instruction(do: str, args: dict[str, Any], seat: int) -> AnyInstruction:
    """An instruction from the journal. Raises msgspec.ValidationError."""
    found: AnyInstruction = msgspec.convert({**args, "do": do, "seat": seat}, AnyInstruction)
    return found


def carry_out(instruction: AnyInstruction, session: Session, seats: list[int]) -> None:
    """Carry an instruction out now.

    Args:
        instruction: what.
        session: where.
        seats: the session's seats that it is about.

    Raises InputError if it cannot be; nothing has changed then.
    """
    exchange, now_ns = session.market.exchange, session.now_ns
    match instruction:
        case Message(text=text) | Headline(text=text):
            for seat in seats:
                session.seats[seat].notices.append(visible(text))
        case Spike(side=side, lots=lots):
            # An order id that no other of the instructor's has.
            order_id = (1 + now_ns) * 1024 + _INSTRUCTOR
            worst = exchange.best_ask + _FAR if side is Side.BUY else max(1, exchange.best_bid - _FAR)
            exchange.take(now_ns, order_id, side, lots, worst)
        case Halt(on=on):
            _halt(exchange, now_ns, on)
        case SetLimits(position=position, order=order):
            for seat in seats:
                session.seats[seat].gateway.limit(Limits(position, order, session.level.latency_ns))
        case Withdraw():
            for seat in seats:
                session.submit(Cancel(), seat)


def _halt(exchange: Exchange, now_ns: int, on: bool) -> None:
    if not isinstance(exchange, Venue):
        raise InputError("this level's exchange has no rules, and trades on whatever happens; it cannot be halted")
    exchange.halt(now_ns, Phase.CLOSED if on else Phase.OPEN)

"""What an instructor may do to a market and to those in it.

``alters`` says whether the session is another one for it; all are in the journal, so that it is played again exactly.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import Annotated, Any, ClassVar

import msgspec

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.level.events import Happening
from mmtui.market.book_market import FIRST_INSTITUTION, MOST_INSTITUTIONS, BookMarketSpec
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.gateway import Limits
from mmtui.market.core.venue import Venue
from mmtui.market.kinds import AnyMarketSpec
from mmtui.market.rules.phases import Phase
from mmtui.session.commands import Cancel, Size
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
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


class HaltTrading(Instruction, frozen=True, kw_only=True, tag="halt"):
    """Stop trading, or have it go on; on an exchange with rules."""

    on: bool = True


class Jump(Instruction, frozen=True, kw_only=True, tag="jump"):
    """Have the latent value jump by so many ticks, as soon as nobody knows yet where it will be."""

    ticks: Annotated[float, msgspec.Meta(ge=-1e5, le=1e5)]


class NextEvent(Instruction, frozen=True, kw_only=True, tag="event"):
    """Have the next event of the level's happen now, or as soon as nobody knows yet that it will not."""


class SetMarket(Instruction, frozen=True, kw_only=True, tag="set"):
    """Have a number of the market, ``informed.rate`` for one, be another from then on."""

    key: _Text
    value: Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]


class InstitutionOrder(Instruction, frozen=True, kw_only=True, tag="institution"):
    """Buy (1) or sell (−1) so many lots over so many seconds, a piece each second."""

    side: Side
    lots: Size
    seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)]


class SetLimits(Instruction, frozen=True, kw_only=True, tag="limits"):
    """From now on a seat, or each, may hold and send so many lots at most."""

    position: Size
    order: Size


class Withdraw(Instruction, frozen=True, kw_only=True, tag="withdraw"):
    """Withdraw a seat's orders, or everybody's; whoever sits there quotes by hand then.

    In the journal it is a command of the seat's own.
    """

    alters: ClassVar[bool] = False


AnyInstruction = (
    Message | Headline | Spike | HaltTrading | Jump | NextEvent | SetMarket | InstitutionOrder | SetLimits | Withdraw
)


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
            _take(exchange, side, now_ns, lots)
        case InstitutionOrder(side=side, lots=lots, seconds=seconds):
            take = partial(_take, exchange, side)
            for number in range(seconds):
                if piece := lots * (number + 1) // seconds - lots * number // seconds:
                    session.market.clock.at(now_ns + number * NS_PER_S, take, piece)
        case Jump() | NextEvent() | SetMarket():
            _change_market(instruction, session)
        case HaltTrading(on=on):
            _halt(exchange, now_ns, on)
        case SetLimits(position=position, order=order):
            for seat in seats:
                session.seats[seat].gateway.limit(Limits(position, order, session.level.latency_ns))
        case Withdraw():
            for seat in seats:
                session.submit(Cancel(), seat)


def _take(exchange: Exchange, side: Side, now_ns: int, lots: int) -> None:
    # An order id that no other of the instructor's has.
    order_id = (1 + now_ns) * 1024 + _INSTRUCTOR
    worst = exchange.best_ask + _FAR if side is Side.BUY else max(1, exchange.best_bid - _FAR)
    exchange.take(now_ns, order_id, side, lots, worst)


def _change_market(instruction: Jump | NextEvent | SetMarket, session: Session) -> None:
    """Have the market be another one after what somebody in it knows already."""
    from_ns = session.market.known_ns + 1
    if from_ns >= session.end_ns:
        raise InputError("the level ends before the market could be another")
    been = [event for event in session.events if event.at_ns <= from_ns]
    later = list(session.events[len(been) :])
    market = been[-1].market if been else session.level.market
    match instruction:
        case Jump(ticks=ticks):
            first = Happening(from_ns, market, ticks, None, None)
        case NextEvent():
            if not later:
                raise InputError("no event of the level's is still to come")
            first = later.pop(0)._replace(at_ns=from_ns)
        case SetMarket(key=key, value=value):
            first = Happening(from_ns, _with(market, key, value), 0.0, None, None)
            later = [event._replace(market=_with(event.market, key, value)) for event in later]
    chance = sha256(f"{session.seed}:{session.now_ns}:{instruction}".encode()).digest()
    session.change_events([*been, first, *later], int.from_bytes(chance[:16]))


def _with(market: AnyMarketSpec, key: str, value: float) -> AnyMarketSpec:
    """A market with another number. Raises InputError for one that cannot change, or not to that."""
    parts = key.split(".")
    tree = found = msgspec.to_builtins(market)
    for part in parts[:-1]:
        found = found.get(part) if isinstance(found, dict) else None
    held = found.get(parts[-1]) if isinstance(found, dict) else None
    if isinstance(held, bool) or not isinstance(held, int | float):
        raise InputError(f"{visible(key)}: expected the key of one of the market's numbers, such as informed.rate")
    found[parts[-1]] = int(value) if isinstance(held, int) and value.is_integer() else value
    try:
        changed = msgspec.convert(tree, type(market))
    except msgspec.ValidationError as error:
        raise InputError(f"{key}: {error}") from None
    if changed.fixed_parts != market.fixed_parts or _step(changed) != _step(market):
        raise InputError(f"{key}: this cannot change while the market runs")
    return changed


def _step(market: AnyMarketSpec) -> int:
    return market.step if isinstance(market, BookMarketSpec) else 1


def _halt(exchange: Exchange, now_ns: int, on: bool) -> None:
    if not isinstance(exchange, Venue):
        raise InputError("this level's exchange has no rules, and trades on whatever happens; it cannot be halted")
    exchange.halt(now_ns, Phase.CLOSED if on else Phase.OPEN)

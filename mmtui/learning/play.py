"""What somebody did for some seconds from a moment on, as it is done in futures that come otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from msgspec.structs import replace

from mmtui.book import Side
from mmtui.learning.alternatives import tend
from mmtui.session.commands import AnyCommand, Cancel, Fix, Move, Quote, Shift
from mmtui.session.session import Session
from mmtui.strategies.excluding_own import others_mid
from mmtui.units import NS_PER_S

#: The commands of so long from a moment on are what was done in it; without one for as long fixed quotes follow.
DECISION_NS = NS_PER_S


class TimedCommand(NamedTuple):
    """A command, when it was given, and the others' mid then."""

    at_ns: int
    mid: float
    command: AnyCommand


@dataclass(frozen=True)
class Play:
    """Commands in the order of time.

    In another future they come at the same times, with prices as far from the mid as they were; and whoever has quoted
    both sides and does nothing for a second lets the quotes follow the mid, as somebody who stays would.
    """

    steps: tuple[TimedCommand, ...]

    def __str__(self) -> str:
        return "what you played"

    def carry_out(self, session: Session, from_ns: int, end_ns: int) -> None:
        """Do it in a session that stands at the moment."""
        times = [from_ns, *(step.at_ns for step in self.steps), end_ns]
        self._rest(session, *times[:2])
        for step, next_ns in zip(self.steps, times[2:], strict=True):
            session.advance(step.at_ns)
            if isinstance(step.command, Shift | Move) and session.maker.manual_orders.peg is not None:
                session.submit(Fix())
            session.submit(_moved(step, session))
            self._rest(session, step.at_ns, next_ns)
        session.advance(end_ns)

    def _rest(self, session: Session, from_ns: int, to_ns: int) -> None:
        """Let the quotes follow the market when nothing is done for a while."""
        if from_ns + DECISION_NS < to_ns:
            session.advance(from_ns + DECISION_NS)
            tend(session)


def played(session: Session, command: AnyCommand) -> TimedCommand:
    """A command that is about to be given."""
    return TimedCommand(session.now_ns, others_mid(session.maker.view), command)


def _moved(step: TimedCommand, session: Session) -> AnyCommand:
    """The command with its prices where the market is."""
    command, up = step.command, round(others_mid(session.maker.view) - step.mid)
    match command:
        case Quote():
            return replace(command, price=command.price + up)
        case Move():
            price = _nearest(session, command.side, command.price + up)
            return replace(command, price=price, to=price + command.to - command.price)
        case Cancel() if command.price is not None:
            return replace(command, price=_nearest(session, command.side, command.price + up))
    return command


def _nearest(session: Session, side: Side | None, price: int) -> int:
    """The price of the own order that is nearest to one; itself without any."""
    gateway = session.maker.gateway
    books: Mapping[Side, Mapping[int, int]] = {Side.BUY: gateway.bid_lots, Side.SELL: gateway.ask_lots}
    prices = [own for each, lots in books.items() if side in (None, each) for own in lots]
    return min(prices, key=lambda own: abs(own - price), default=price)

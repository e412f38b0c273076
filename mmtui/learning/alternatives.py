"""What could have been done at a moment instead: one action, carried out in a copy of the session."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from msgspec.structs import replace

from mmtui.book import Side
from mmtui.errors import InputError, did_you_mean, shortened
from mmtui.level.level import Level
from mmtui.session.commands import AnyCommand, Cancel, Flatten, HandOver, HedgeAll, Peg
from mmtui.session.session import Session
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.registry import make
from mmtui.wording import clock

#: In price steps; a quote further from the mid than this is meant for another market.
_WIDEST = 10_000


@dataclass(frozen=True)
class Alternative:
    """An action, as in ``flatten``, ``widen=3`` or ``strategy=skew``.

    Attributes:
        name: one of :data:`ACTIONS`.
        value: what follows the equals sign; empty for the action's default.
    """

    name: str
    value: str = ""

    @classmethod
    def read(cls, text: str) -> Alternative:
        """An action from text. Raises InputError."""
        name, _, value = text.strip().partition("=")
        action = ACTIONS.get(name)
        if action is None:
            raise InputError(f"--do {shortened(text)}: there is no such action{did_you_mean(name, ACTIONS)}")
        if bool(value) not in action.takes:
            expected = f"{name}=VALUE" if True in action.takes else name
            raise InputError(f"--do {shortened(text)}: expected {expected}")
        return cls(name, value)

    def __str__(self) -> str:
        return f"{self.name}={self.value}" if self.value else self.name

    @property
    def about(self) -> str:
        """What it does, in words."""
        return ACTIONS[self.name].about

    def check(self, level: Level) -> None:
        """Raise InputError for what cannot be done in a level, such as a hedge where there is no instrument."""
        if self.name == "strategy":
            make(self.value)
        if self.name == "hedge":
            self._instrument(level)
        if self.name in ("widen", "skew", "size") and self.value:
            self._number()

    def command(self, session: Session) -> AnyCommand | None:
        """The command to give in a session now; None to leave everything as it is. Raises InputError."""
        match self.name:
            case "nothing":
                return None
            case "flatten":
                return Flatten()
            case "stop":
                return Cancel()
            case "hedge":
                return HedgeAll(self._instrument(session.level))
            case "strategy":
                return HandOver(self.value)
        peg = _pegged(session)
        if peg is None:
            raise InputError(f"--do {self}: nothing is quoted at {clock(session.now_ns)}")
        match self.name:
            case "widen":
                half_spread = (self._number() if self.value else 2.0) * session.level.normal.spread / 2
                return replace(peg, half_spread=half_spread)
            case "skew":
                position = session.maker.gateway.position
                against = -math.copysign(peg.half_spread / 2, position) * bool(position)
                return replace(peg, skew=peg.skew + (self._number() if self.value else against))
            case _:
                return replace(peg, size=max(1, round(self._number() if self.value else peg.size / 2)))

    def _instrument(self, level: Level) -> str:
        names = [hedge.name for hedge in level.hedges]
        name = self.value or (names[0] if names else "")
        if name not in names:
            there = f"there is {', '.join(names)}" if names else "the level has no hedge instrument"
            raise InputError(f"--do {self}: {there}")
        return name

    def _number(self) -> float:
        least, most = (-_WIDEST, _WIDEST) if self.name == "skew" else (0, _WIDEST)
        try:
            number = float(self.value)
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            raise InputError(f"--do {shortened(str(self))}: expected a number from {least} to {most}")
        return number


class _Action(NamedTuple):
    """An action: what it does, and whether a value may or may not follow."""

    about: str
    takes: tuple[bool, ...] = (False,)


#: Every action, by name.
ACTIONS: Mapping[str, _Action] = {
    "nothing": _Action("leave the orders as they are, and give no command"),
    "flatten": _Action("withdraw all orders and trade the position away at once"),
    "stop": _Action("withdraw all orders, keep the position"),
    "widen": _Action(
        "quote so many normal spreads wide, 2 unless given, following what they followed, else the mid", (False, True)
    ),
    "skew": _Action(
        "shift both quotes by so many ticks, else by half the half-spread against the position", (False, True)
    ),
    "size": _Action("quote so many lots a side, else half of what is quoted", (False, True)),
    "hedge": _Action("hedge the position in an instrument, the level's first unless named", (False, True)),
    "strategy": _Action("hand the quotes over to a strategy", (True,)),
}


def _pegged(session: Session) -> Peg | None:
    """The quotes that follow the market by hand, else those that stand as if they did the mid; None without any."""
    maker = session.maker
    if (peg := maker.manual_orders.peg) is not None:
        return peg
    mid, gateway = others_mid(maker.view), maker.gateway
    best: dict[Side, tuple[int, int]] = {}
    for side, lots, choose in ((Side.BUY, gateway.bid_lots, max), (Side.SELL, gateway.ask_lots, min)):
        pick: Callable[[Mapping[int, int]], int] = choose
        if lots:
            price = pick(lots)
            best[side] = price, lots[price]
    if not best:
        return None
    if len(best) == 1:
        ((side, (price, size)),) = best.items()
        return Peg(max(0.0, -side * (price - mid)), 0.0, size)
    (bid, bid_size), (ask, ask_size) = best[Side.BUY], best[Side.SELL]
    return Peg((ask - bid) / 2, (bid + ask) / 2 - mid, min(bid_size, ask_size))


def tend(session: Session) -> None:
    """Have quotes placed by hand on both sides follow the market from now on, at the distance they have."""
    maker = session.maker
    both = maker.gateway.bid_lots and maker.gateway.ask_lots
    if both and not maker.auto and maker.manual_orders.peg is None and (peg := _pegged(session)) is not None:
        session.submit(peg)

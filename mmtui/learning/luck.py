"""Luck apart from skill: what the value's moves made of a position is luck, since nobody can foresee them.

The latent value is a martingale but for its known drift, so a position times the value's next move is nothing on
average, whatever the position: over many sessions this part of the PnL earns nothing, and it is much of what makes two
sessions of one way to play differ. Taking it out is what a control variate does (Glasserman, Monte Carlo Methods in
Financial Engineering, 2004, section 4.1), with the coefficient one. Some traders see the value some seconds ahead, and
whom they trade with holds the wrong position by no accident; so what counts is the position of as many seconds ago.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import msgspec
import numpy as np
import numpy.typing as npt

from mmtui.level.level import Level
from mmtui.market.book_market import BookMarketSpec
from mmtui.session.par import NoPar
from mmtui.session.replay import Replay, Script
from mmtui.session.session import Session
from mmtui.session.watcher import Watcher
from mmtui.units import NS_PER_S
from mmtui.wording import money

#: The Hurst exponent of a value without memory, and the two-sided 95% of a normal law.
_NO_MEMORY, _WIDE = 0.5, NormalDist().inv_cdf(0.975)


class Luck(msgspec.Struct, frozen=True):
    """How much of a session's PnL was luck, in currency.

    Attributes:
        money: what the value's moves made of the position.
        percentile: the share of such luck that is worse, by its law given the positions.
        skill: the rest of the PnL.
        low, high: the 95% interval of what the rest would be on average, by how much it varied from second to second.
    """

    money: float
    percentile: float
    skill: float
    low: float
    high: float

    @property
    def told(self) -> str:
        """All of it in a sentence."""
        luck, skill, low, high = (money(amount, 0, 0) for amount in (self.money, self.skill, self.low, self.high))
        return f"{luck} was luck, more than in {self.percentile:.0%} of cases; without it {skill}, 95% {low} to {high}"


class _Positions(Watcher):
    """Notes the latent value and the net position at each whole second."""

    def __init__(self, session: Session) -> None:
        self.values: list[float] = []
        self.lots: list[float] = []
        super().__init__(session)
        self.on_second(session.now_ns)

    def on_second(self, now_ns: int) -> None:
        """Note them."""
        value = self.session.market.value
        assert value is not None
        self.values.append(value.at(now_ns))
        self.lots.append(self.session.maker.desk.net)


def luck(script: Script) -> Luck | None:
    """Play a session again and tell luck from skill in it.

    Returns:
        None where the value's moves can be foreseen, since it has a memory, and where there is no value.

    Raises:
        UnknownStrategyError: a strategy in it is not there any more.
    """
    level = script.level
    markets = level.regimes(script.seed)
    books = [(from_ns, spec) for from_ns, spec in markets if isinstance(spec, BookMarketSpec)]
    if len(books) < len(markets) or any(spec.value.hurst != _NO_MEMORY for _, spec in books):
        return None
    replay = Replay(script, _Positions, seeks=False)
    replay.session.par = NoPar()
    replay.advance(script.until_ns)
    session, noted = replay.session, replay.watched
    values, lots = np.array(noted.values), np.array(noted.lots)
    count = len(values) - 1
    if count < 2:
        return None
    at_ns = NS_PER_S * np.arange(count)
    holding = np.searchsorted([from_ns for from_ns, _ in books], at_ns, side="right") - 1
    trend, pull, deviation = (
        np.array(column)[holding] for column in zip(*(_law(spec) for _, spec in books), strict=True)
    )
    moves = np.diff(values) - trend - pull * (level.market.instrument.start_ticks - values[:-1])
    # Before they could know, it was the position of the start.
    before = lots[np.maximum(0, np.arange(count) - max(math.ceil(spec.informed.ahead_s) for _, spec in books))]
    before = np.where(_is_scripted(level, at_ns), 0.0, before) * session.market.instrument.tick_value
    rest = np.diff(np.array(session.pnl_by_second))[:count] - before * moves
    made, spread = float((before * moves).sum()), float(np.sqrt(np.sum((before * deviation) ** 2)))
    skill = session.maker.total - made
    width = _WIDE * math.sqrt(count) * float(rest.std())
    return Luck(made, NormalDist().cdf(made / spread) if spread else 0.5, skill, skill - width, skill + width)


def _law(spec: BookMarketSpec) -> tuple[float, float, float]:
    """The value's drift a second, by itself and for each tick away from its start; the deviation of a second's move."""
    value = spec.value
    pull = 1.0 - (1.0 - value.reversion / 10.0) ** 10
    return value.trend, pull, math.hypot(value.sigma, math.sqrt(value.jump_rate) * value.jump_sd)


def _is_scripted(level: Level, at_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which seconds may have a jump of the level's that always goes one way: that is its lesson, and no luck."""
    found = np.zeros(len(at_ns), dtype=np.bool_)
    for event in level.events:
        if event.jump and not event.either_way and not event.card:
            found |= (at_ns + NS_PER_S > event.at_s * NS_PER_S) & (at_ns <= event.latest_s * NS_PER_S)
    return found

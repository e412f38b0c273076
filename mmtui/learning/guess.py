"""Recorded or simulated? A recording and a market fitted to it, played in turn without being told which is which."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import comb
from typing import NamedTuple

import msgspec

from mmtui.errors import InputError
from mmtui.level.level import Level
from mmtui.market.book_market import BookMarketSpec
from mmtui.session.session import Session

_TITLE = "Recorded or simulated?"
_SITUATION = "A market as it was recorded, or one that was fitted to it. Quote it or only watch, then say which it is."
#: Seconds that a fitted market runs before it is shown: more than two minutes of trades stand on a recording's tape.
WARM_UP_S = 240
#: A recording has so many different beginnings, and a fitted market so many seeds.
_SEEDS = 2**31


class Round(NamedTuple):
    """One market to be told: its level and seed, and whether it is the recording."""

    level: Level
    seed: int
    recorded: bool


@dataclass
class GuessingGame:
    """Rounds of a recording and of a market fitted to it, in an order that nobody knows; nothing of it is kept.

    Args:
        recording: a level on the tape, whose seeds begin at different moments of it.
        market: the fitted market, with the tape's tick and lot.
        rounds: how many there are.
        rng: draws which of the two comes, and its seed.

    Attributes:
        answers: of each round so far, whether it was recorded and whether the player said so.

    Raises:
        InputError: the two have other ticks or lots, which would tell them apart.
    """

    recording: Level
    market: BookMarketSpec
    rounds: int = 6
    rng: random.Random = field(default_factory=random.SystemRandom)
    answers: list[tuple[bool, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        tape, market = self.recording.market.instrument, self.market.instrument
        for name, here, there in (("tick", tape.tick, market.tick), ("lot", tape.lot, market.lot)):
            if abs(here - there) > 1e-9 * there:
                raise InputError(f"the recording has a {name} of {here:g}, the market of {there:g}; they must be alike")
        self._now: Round | None = None

    @property
    def over(self) -> bool:
        """Whether all rounds were played."""
        return len(self.answers) >= self.rounds

    @property
    def right(self) -> int:
        """How many answers were right."""
        return sum(was is said for was, said in self.answers)

    def begin(self) -> Round:
        """The next market."""
        recorded = self.rng.random() < 0.5
        seed = self.rng.randrange(_SEEDS)
        # Either begins at a price that the recording could have begun at, and says the same of what is traded.
        seen = Session(self.recording, seed).market.exchange.mid
        instrument = self.recording.market.instrument
        price = round(instrument.to_money(int(seen)), instrument.decimals)
        shown = {
            "instrument": msgspec.structs.replace(instrument, price=price),
            "normal": self.recording.normal,
        }
        market = self.recording.market if recorded else msgspec.structs.replace(self.market, warmup_s=WARM_UP_S)
        level = msgspec.structs.replace(
            self.recording,
            title=_TITLE,
            situation=_SITUATION,
            lesson="Which of the two is it?",
            market=msgspec.structs.replace(market, **shown),
        )
        self._now = Round(level, seed, recorded)
        return self._now

    def answer(self, *, recorded: bool) -> bool:
        """Say what the present market is; returns whether that is right."""
        if self._now is None:
            raise RuntimeError("no round has begun")
        was, self._now = self._now.recorded, None
        self.answers.append((was, recorded))
        return was is recorded

    @property
    def verdict(self) -> str:
        """What the answers so far say, in a sentence."""
        count, right = len(self.answers), self.right
        lucky = sum(comb(count, hits) for hits in range(right, count + 1)) / 2**count
        told = f"{right} of {count} right. Guessing blindly, one does as well in {lucky:.0%} of games"
        return f"{told}: {'you can tell them apart.' if lucky < 0.05 else 'that does not tell them apart.'}"

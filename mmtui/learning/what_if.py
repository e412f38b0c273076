"""What if: what was done at a moment against an alternative, over the same futures; and how lucky what happened was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from mmtui.errors import InputError
from mmtui.learning.alternatives import Alternative
from mmtui.learning.futures import Moment, moment, play_futures
from mmtui.learning.play import Play
from mmtui.market.core.draws import Floats
from mmtui.session.replay import Replay, Script
from mmtui.session.session import Session
from mmtui.signals.student import student_quantile

FUTURES = 50
#: What happened is called unlucky below this share of the futures with what was done, and lucky above the rest of it.
_UNLUCKY = 0.25

Judgement = Literal["right", "wrong", "undecided"]
Luck = Literal["lucky", "unlucky", "neither lucky nor unlucky"]


class Outcomes(msgspec.Struct, frozen=True):
    """The PnL at the end of the futures, in currency: its mean and its 5% and 95% quantiles."""

    mean: float
    p5: float
    p95: float


class Difference(msgspec.Struct, frozen=True):
    """The alternative's PnL less that of what was done, future by future, in currency.

    Attributes:
        mean: over the futures.
        low, high: the 95% interval of its expectation, by Student's t.
        better_in: the share of futures in which the alternative made more.
    """

    mean: float
    low: float
    high: float
    better_in: float


class Happened(msgspec.Struct, frozen=True):
    """What really came: its PnL, in currency, and the share of the futures with what was done that made less.

    Of futures that made the same the half counts.
    """

    pnl: float
    percentile: float


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """What was done at a moment against an alternative.

    Attributes:
        at_s: the moment, in seconds since the level's start.
        do: the alternative.
        futures: how many were drawn.
        horizon_s: how far they went.
        unit: the currency of all money.
        done, instead, difference, what_happened: see their classes.
        verdict: whether what was done was right, and whether what came was luck, in a few words.
    """

    at_s: float
    do: str
    futures: int
    horizon_s: float
    unit: str
    done: Outcomes
    instead: Outcomes
    difference: Difference
    what_happened: Happened
    verdict: str

    @property
    def judgement(self) -> Judgement:
        """Wrong if the alternative makes more, right if it makes less, undecided where the interval has both."""
        return "wrong" if self.difference.low > 0 else "right" if self.difference.high < 0 else "undecided"

    @property
    def luck(self) -> Luck:
        """Where what happened lies among the futures with what was done."""
        return _luck(self.what_happened.percentile)

    @property
    def sentence(self) -> str:
        """The verdict for the player."""
        return self.told(self.do)

    def told(self, do: str) -> str:
        """The verdict for the player, with other words for the alternative."""
        luck = self.luck
        were = "had neither good luck nor bad" if luck == "neither lucky nor unlucky" else f"were {luck}"
        better, of = round(self.difference.better_in * self.futures), f"of {self.futures} futures"
        match self.judgement:
            case "right":
                return f"You did it right and {were}: in {self.futures - better} {of} it pays."
            case "wrong":
                return f"You did it wrong and {were}: in {better} {of} it pays more to {do}."
        return f"To {do} comes to the same as what you did, as far as {self.futures} futures tell; you {were}."


def summed_up(moment: Moment, instead: Alternative | Play, done: Sequence[Floats], other: Sequence[Floats]) -> WhatIf:
    """What futures come to, of which at least two are there.

    Args:
        moment: where they began.
        instead: the alternative.
        done: PnL paths with what was done, future by future.
        other: with the alternative, in the same futures.
    """
    ours, theirs = (np.array([path[-1] for path in paths]) for paths in (done, other))
    differences = theirs - ours
    count = len(differences)
    mean = float(differences.mean())
    width = student_quantile(0.975, count - 1) * float(differences.std(ddof=1)) / math.sqrt(count)
    pnl = float(moment.happened[-1])
    percentile = float(np.mean(ours < pnl) + np.mean(ours == pnl) / 2)
    found = WhatIf(
        at_s=moment.at_ns / 1e9,
        do=str(instead),
        futures=count,
        horizon_s=moment.horizon_s,
        unit=moment.currency,
        done=_outcomes(ours),
        instead=_outcomes(theirs),
        difference=Difference(mean, mean - width, mean + width, float(np.mean(differences > 0))),
        what_happened=Happened(pnl, percentile),
        verdict="",
    )
    return msgspec.structs.replace(found, verdict=f"{found.judgement} and {found.luck}")


def _luck(percentile: float) -> Luck:
    if percentile < _UNLUCKY:
        return "unlucky"
    return "lucky" if percentile > 1 - _UNLUCKY else "neither lucky nor unlucky"


def _outcomes(pnl: Floats) -> Outcomes:
    low, high = np.quantile(pnl, (0.05, 0.95))
    return Outcomes(float(pnl.mean()), float(low), float(high))


def what_if(
    played: Session | Script,
    at_s: float,
    do: str | Alternative,
    *,
    futures: int = FUTURES,
    horizon_s: float | None = None,
    jobs: int = 1,
) -> WhatIf:
    """Compare what was done at a moment of a session with an alternative, over the same futures drawn anew from there.

    Args:
        played: the session, or its script, as ``read_journal(path).script`` returns it.
        at_s: the moment, in seconds since the level's start.
        do: the alternative, one of :data:`mmtui.learning.alternatives.ACTIONS`, as in ``flatten`` or ``widen=3``.
        futures: how many, at least 2.
        horizon_s: how far they go; a minute unless given, and to the level's end where that is under two minutes away.
        jobs: processes to use; the result does not depend on it.

    Raises:
        InputError: the alternative or the moment cannot be had, or the market is a recorded one.
        UnknownStrategyError: a strategy of the session is not there any more.
    """
    if futures < 2:
        raise InputError(f"futures: expected at least 2, not {futures}")
    script = Script.of(played) if isinstance(played, Session) else played
    instead = Alternative.read(do) if isinstance(do, str) else do
    instead.check(script.level)
    begun = moment(Replay(script), round(at_s * 1e9), horizon_s)
    paths = list(play_futures(begun, [None, instead], futures, jobs))
    return summed_up(begun, instead, [path[0] for path in paths], [path[1] for path in paths])

"""Do drills teach? A simulated learner plays levels before and after doing drills, on seeds that no drill was of.

The learner is a strategy with five habits: how often it looks, how wide it quotes, how far it shifts its quotes against
a position, of how many lots they are, and from which position on it only reduces. It begins as a beginner does: narrow,
large, slow, and never shy of a position. A drill is a moment of a session that it quotes itself, drawn at random; there
it tries one habit a step either way, and both are measured over futures drawn anew against going on as it is, as
:mod:`mmtui.learning` measures a player's: by PnL for how often and how wide, by losses alone for what is about risk.
What makes more becomes its habit. Nothing else changes it, least of all the score.

``python -m tests.benchmarks learner`` takes two minutes of one core's time on all six levels. Measured so, the score
rises by the ten points with t above 4 that are asked on three of them: first-quotes 61.6 to 79.6 (t 8.3), skew 15.3 to
53.5 (9.7), volatility-spike 13.2 to 35.1 (15.4). On adverse-selection, order-flow and trend it
does not (2 to 6 points, t about 2): with ten futures a drill most steps there cannot be told from chance.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from mmtui.errors import InputError
from mmtui.learning.alternatives import Alternative
from mmtui.learning.futures import Moment, moment, play_futures
from mmtui.learning.what_if import WhatIf, summed_up
from mmtui.level.level import Level, load_level
from mmtui.market.core.draws import Floats
from mmtui.session.commands import HandOver
from mmtui.session.replay import Replay, Script
from mmtui.session.session import Session
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import MarketView, Quotes, Strategy, param
from mmtui.units import NS_PER_S

LEVELS = ("first-quotes", "skew", "volatility-spike", "adverse-selection", "order-flow", "trend")
#: The steps of each habit, from a beginner's on: seconds from look to look, half-spread in usual spreads, shift at the
#: position limit in usual spreads, size and the position from which it only reduces in parts of the limit.
HABITS: dict[str, tuple[float, ...]] = {
    "reaction": (4.0, 2.0, 1.0, 0.5, 0.25),
    "width": (0.15, 0.3, 0.6, 1.2, 2.4),
    "skew": (0.0, 0.5, 1.0, 2.0, 4.0),
    "size": (0.4, 0.2, 0.1, 0.05, 0.02),
    "flatten": (1.0, 0.7, 0.4, 0.2, 0.1),
}
#: In which order drills come: risk first, as one who holds too much learns nothing else.
ORDER = ("size", "skew", "flatten", "reaction", "width")
#: What is about risk is judged by losses alone.
RISK = ("skew", "size", "flatten")
#: Drills a level, futures a drill and how far they go, in seconds; seeds of the evaluation.
DRILLS, FUTURES, HORIZON_S, SEEDS = 25, 10, 40.0, 12
_FIRST_SEED, _DRILL_SEED = 50_000, 1_000
_EARLIEST_S = 20.0
#: The learner takes up what makes more by this part of half the 95% interval, about its standard error: less than what
#: passes a drill, since it comes back to each habit several times.
_SURE = 0.5
#: What is asked: so many points more, and their t.
_RISE, _T = 10.0, 4.0


@dataclass
class Learner(Strategy):
    """Quotes by five habits.

    Idea: what a beginner's habits are, and what drills make of them.

    Formula: bid = m - s q / L - h, ask = m - s q / L + h; beyond the position f L only the side that reduces.

    Parameters: see :data:`HABITS`; each is the place of its step.

    Fails: it knows neither flow nor volatility.
    """

    name = "learner"
    idea = "five habits of somebody who learns"

    reaction: int = param(0, "step", "how often it looks", least=0, most=4)
    width: int = param(0, "step", "how wide it quotes", least=0, most=4)
    skew: int = param(0, "step", "how far it shifts its quotes", least=0, most=4)
    size: int = param(0, "step", "how large its quotes are", least=0, most=4)
    flatten: int = param(0, "step", "from which position on it only reduces", least=0, most=4)

    def __post_init__(self) -> None:
        self._looked_ns = -(10**12)
        self._quotes = Quotes()

    def quote(self, view: MarketView) -> Quotes:
        """Return the quotes of the last look, or look again."""
        if view.now_ns - self._looked_ns >= self._habit("reaction") * NS_PER_S:
            self._looked_ns = view.now_ns
            self._quotes = self._look(view)
        return self._quotes

    def _habit(self, name: str) -> float:
        return HABITS[name][int(getattr(self, name))]

    def _look(self, view: MarketView) -> Quotes:
        rules = view.rules
        limit, spread = rules.position_limit, rules.normal_spread
        held = view.position / limit
        size = max(rules.min_size, min(rules.max_order, round(self._habit("size") * limit)))
        centre = others_mid(view) - self._habit("skew") * spread * held
        quotes = Quotes.around(centre, self._habit("width") * spread, size)
        if abs(held) < self._habit("flatten"):
            return quotes
        return Quotes(bid=quotes.bid, bid_size=size) if held < 0 else Quotes(ask=quotes.ask, ask_size=size)


def named(habits: dict[str, int]) -> str:
    """The learner with some habits, as a strategy is named."""
    steps = ",".join(f"{name}={step}" for name, step in habits.items())
    return f"{Path(__file__).resolve()}:Learner[{steps}]"


def drilled(level: Level, drills: int = DRILLS) -> dict[str, int]:
    """The habits after some drills on a level, one habit after the other."""
    habits = dict.fromkeys(HABITS, 0)
    for number in range(drills):
        name = ORDER[number % len(ORDER)]
        seed = _DRILL_SEED + number
        rng = np.random.default_rng([seed, 17])
        at_s = float(rng.uniform(_EARLIEST_S, level.duration_s - HORIZON_S))
        own = Script(level, seed, ((0, HandOver(named(habits))),), level.end_ns)
        begun = _moment(own, at_s)
        now = habits[name]
        steps = [step for step in (now - 1, now + 1) if 0 <= step < len(HABITS[name])]
        tried = [Alternative("strategy", named({**habits, name: step})) for step in steps]
        paths = list(play_futures(begun, [None, *tried], FUTURES))
        columns = [[_judged(row, name) for row in column] for column in zip(*paths, strict=True)]
        found = [summed_up(begun, each, columns[0], column) for each, column in zip(tried, columns[1:], strict=True)]
        best = max(range(len(steps)), key=partial(_mean, found))
        difference = found[best].difference
        if difference.mean > (difference.mean - difference.low) * _SURE:
            habits[name] = steps[best]
    return habits


def _moment(own: Script, at_s: float) -> Moment:
    """The moment, or an earlier one where the beginner had lost too much before it and the level was over."""
    while True:
        try:
            return moment(Replay(own, seeks=False), round(at_s * NS_PER_S), HORIZON_S)
        except InputError:
            at_s /= 2


def _mean(found: Sequence[WhatIf], place: int) -> float:
    return found[place].difference.mean


def _judged(path: Floats, name: str) -> Floats:
    return np.minimum(path, 0.0) if name in RISK else path


def scores(level: Level, habits: dict[str, int], seeds: Sequence[int]) -> Floats:
    """The scores of the learner with some habits."""
    found = []
    for seed in seeds:
        session = Session(level, seed, named(habits))
        session.advance(session.end_ns)
        found.append(session.score().total)
    return np.array(found)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print, for each level, the habits learnt and the scores before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("levels", nargs="*", default=LEVELS)
    parser.add_argument("--drills", type=int, default=DRILLS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args(arguments)
    print(f"{'simulated learner':20}{'before':>8}{'after':>8}{'rise':>8}{'t':>8}  habits")
    for level_id in options.levels:
        level = load_level(level_id)
        habits = drilled(level, options.drills)
        seeds = range(_FIRST_SEED, _FIRST_SEED + options.seeds)
        before, after = scores(level, dict.fromkeys(HABITS, 0), seeds), scores(level, habits, seeds)
        rises = after - before
        t = float(rises.mean() / (rises.std(ddof=1) / np.sqrt(len(rises)) or 1e-9))
        met = "met" if rises.mean() >= _RISE and t > _T else "MISSED"
        steps = " ".join(f"{name} {HABITS[name][step]:g}" for name, step in habits.items())
        print(
            f"{level_id:20}{before.mean():8.1f}{after.mean():8.1f}{rises.mean():8.1f}{t:8.1f}  {steps}: {met}",
            flush=True,
        )


if __name__ == "__main__":
    main()

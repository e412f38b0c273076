"""Do drills teach? A simulated learner plays levels before and after doing drills, on seeds that no drill was of.

The learner is a strategy with ten habits, see :data:`HABITS`: how often it looks, how wide it quotes, how far it shifts
its quotes against a position and so on, one for each thing that the levels' lessons are about. It begins everywhere as
the same beginner: narrow, large, slow, never shy of a position, with no eye for volatility, flow, value or the queue,
and without a hedge. What the briefing tells everybody it does from the start: it quotes both sides, as it is obliged.

A drill of a habit is a few moments of sessions that it quotes itself, drawn at random; at each it tries a step either
way, and all are measured over futures of a minute drawn anew against going on as it is, as :mod:`mmtui.learning`
measures a player's: by PnL, or for habits that are about risk by losses alone. What makes more over these moments
becomes its habit, and is tried further at once. Nothing else changes it, least of all the score.

``python -m tests.benchmarks learner`` takes about a minute of one core a level, compiled.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmtui.errors import InputError
from mmtui.learning.alternatives import Alternative
from mmtui.learning.futures import Moment, moment, play_futures
from mmtui.level.level import Level, load_level
from mmtui.session.commands import HandOver
from mmtui.session.replay import Replay, Script
from mmtui.session.session import Session
from mmtui.signals.imbalance import TradeImbalance
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.hedging import banded
from mmtui.strategies.protocol import MarketView, Quotes, Strategy, param
from mmtui.units import NS_PER_S

LEVELS = (
    "first-quotes",
    "tick-size",
    "skew",
    "unwanted-inventory",
    "volatility-spike",
    "adverse-selection",
    "order-flow",
    "mean-reversion",
    "trend",
    "index-future",
    "hedge",
    "vcm",
)
#: The steps of each habit, from a beginner's on.
HABITS: dict[str, tuple[float, ...]] = {
    # Seconds from look to look.
    "reaction": (4.0, 2.0, 1.0, 0.5, 0.25),
    # Half-spread, in usual spreads.
    "width": (0.15, 0.3, 0.6, 1.2, 2.4),
    # Shift against a position at the limit, in usual spreads.
    "skew": (0.0, 0.5, 1.0, 2.0, 4.0),
    # Of a quote, in parts of the position limit.
    "size": (0.4, 0.2, 0.1, 0.05, 0.02),
    # Part of the position limit, from which the side that adds to a position stands back as far as is allowed.
    "flatten": (1.0, 0.7, 0.4, 0.2, 0.1),
    # By so much of the half-spread wider, where volatility is twice the usual one.
    "caution": (0.0, 0.25, 0.5, 1.0, 2.0),
    # Shift with takers who all buy, in usual spreads.
    "follow": (0.0, 0.25, 0.5, 1.0, 2.0),
    # Part of the way back to the mean of the last minute or so, by which quotes are shifted.
    "revert": (0.0, 0.1, 0.2, 0.4, 0.8),
    # Usual spreads, by which quotes may be wrong before they are moved and lose their place in the queue.
    "patience": (0.0, 0.2, 0.4, 0.8, 1.6),
    # Part of the position that is hedged.
    "hedge": (0.0, 0.25, 0.5, 0.75, 1.0),
}
#: What is about risk is judged by losses alone.
RISK = ("skew", "size", "flatten", "hedge")
#: How often it goes through its habits; moments of a drill, futures of each and how far they go, in seconds.
ROUNDS, MOMENTS, FUTURES, HORIZON_S = 3, 8, 2, 60.0
#: The seeds of the evaluation, and the one before the first of the drills.
SEEDS, _DRILL_SEED = range(9101, 9141), 1_000
_EARLIEST_S = 20.0
#: The learner takes up what makes more by this part of the standard error over the moments: less than what passes a
#: drill, since it comes back to each habit.
_SURE = 0.5
#: What is asked: so many points more, and their t, on so many levels.
_RISE, _T, _ASKED = 10.0, 4.0, 6
#: The windows of what it sees, in seconds, and the lots left unhedged, in parts of the limit.
_FLOW_S, _VOLATILITY_S, _MEAN_S, _BAND = 10.0, 15.0, 60.0, 1 / 30
#: Where nothing is obliged, quotes are at most so many usual spreads wide.
_WIDEST = 8.0


@dataclass
class Learner(Strategy):
    """Quotes by ten habits.

    Idea: what a beginner's habits are, and what drills make of them.

    Formula: with v the volatility over the usual one (at least 1), i the takers' imbalance and M the mean of the mid m,
    half-spread h (1 + c (v - 1)) about m - s q / L + f i - r (m - M).

    Parameters: see :data:`HABITS`; each is the place of its step.

    Fails: its habits are the same in all that a level brings.
    """

    name = "learner"
    idea = "ten habits of somebody who learns"
    interval_s = 0.25

    reaction: int = param(0, "step", "how often it looks", least=0, most=4)
    width: int = param(0, "step", "how wide it quotes", least=0, most=4)
    skew: int = param(0, "step", "how far it shifts its quotes against a position", least=0, most=4)
    size: int = param(0, "step", "how large its quotes are", least=0, most=4)
    flatten: int = param(0, "step", "from which position on one side stands back", least=0, most=4)
    caution: int = param(0, "step", "how much it widens with volatility", least=0, most=4)
    follow: int = param(0, "step", "how far it goes with takers", least=0, most=4)
    revert: int = param(0, "step", "how much it expects the mid to come back", least=0, most=4)
    patience: int = param(0, "step", "how long it keeps its place in the queue", least=0, most=4)
    hedge: int = param(0, "step", "how much of a position it hedges", least=0, most=4)

    def __post_init__(self) -> None:
        self._looked_ns = self._seen_s = -(10**12)
        self._quotes = Quotes()
        self._flow, self._traded_ns = TradeImbalance(_FLOW_S), 0
        self._mid = self._mean = self._variance = 0.0

    def quote(self, view: MarketView) -> Quotes:
        """Return the quotes of the last look, or look again."""
        self._watch(view)
        if view.now_ns - self._looked_ns >= self._habit("reaction") * NS_PER_S:
            self._looked_ns = view.now_ns
            self._quotes = self._look(view)
        return self._quotes

    def _habit(self, name: str) -> float:
        return HABITS[name][int(getattr(self, name))]

    def _watch(self, view: MarketView) -> None:
        """Take in trades, and each second the mid."""
        for trade in view.trades_since(self._traded_ns):
            self._flow.update(trade.time_ns, trade.side * trade.quantity)
        self._traded_ns, mid, second = view.now_ns, others_mid(view), view.now_ns // NS_PER_S
        if self._seen_s < 0:
            self._seen_s, self._mid, self._mean = second, mid, mid
            self._variance = view.rules.normal_volatility**2
        elif (gone := second - self._seen_s) > 0:
            squared = (mid - self._mid) ** 2 / gone
            self._variance += (1 - math.exp(-gone / _VOLATILITY_S)) * (squared - self._variance)
            self._mean += (1 - math.exp(-gone / _MEAN_S)) * (mid - self._mean)
            self._seen_s, self._mid = second, mid

    def _look(self, view: MarketView) -> Quotes:
        rules = view.rules
        limit, spread = rules.position_limit, rules.normal_spread
        held, mid, old = view.position / limit, others_mid(view), self._quotes
        size = max(rules.min_size, min(rules.max_order, round(self._habit("size") * limit)))
        # Bids are rounded down and asks up, by less than a tick together.
        widest = (_WIDEST * spread if rules.max_width is None else rules.max_width) - 1.0
        excess = max(0.0, math.sqrt(self._variance) / rules.normal_volatility - 1.0)
        half = min(widest / 2, self._habit("width") * spread * (1.0 + self._habit("caution") * excess))
        shift = self._habit("follow") * self._flow.value(view.now_ns) - self._habit("skew") * held
        centre = mid + shift * spread - self._habit("revert") * (mid - self._mean)
        quotes = Quotes.around(centre, half, size)
        bid, ask, bid_size, ask_size = quotes.bid, quotes.ask, size, size
        assert bid is not None
        assert ask is not None
        hedges = {
            hedge.name: banded(hedge, view.position, _BAND * limit, self._habit("hedge"))
            for hedge in [*view.hedges.values()][:1]
        }
        if abs(held) >= self._habit("flatten"):
            if held > 0:
                bid, bid_size = ask - widest, rules.min_size
            else:
                ask, ask_size = bid + widest, rules.min_size
        elif old.bid is not None and old.ask is not None:
            wrong = max(abs(old.bid - bid), abs(old.ask - ask))
            if wrong < self._habit("patience") * spread:
                bid, ask = old.bid, old.ask
        return Quotes(bid, ask, bid_size, ask_size, hedges=hedges)


def named(habits: dict[str, int]) -> str:
    """The learner with some habits, as a strategy is named."""
    steps = ",".join(f"{name}={step}" for name, step in habits.items())
    return f"{Path(__file__).resolve()}:Learner[{steps}]"


def drilled(level: Level, rounds: int = ROUNDS) -> dict[str, int]:
    """The habits after some rounds of drills on a level, one habit after the other."""
    habits = dict.fromkeys(HABITS, 0)
    seed = _DRILL_SEED
    for _ in range(rounds):
        for name in HABITS:
            if name == "hedge" and not level.hedges:
                continue
            before = None
            while True:
                now = habits[name]
                steps = [step for step in (now - 1, now + 1) if 0 <= step < len(HABITS[name]) and step != before]
                made = {step: np.zeros(MOMENTS) for step in steps}
                for at in range(MOMENTS):
                    seed += 1
                    begun = _moment(level, seed, habits)
                    tried = [Alternative("strategy", named({**habits, name: step})) for step in steps]
                    for paths in play_futures(begun, [None, *tried], FUTURES):
                        ends = paths[:, -1]
                        done, *instead = np.minimum(ends, 0.0) if name in RISK else ends
                        for step, end in zip(steps, instead, strict=True):
                            made[step][at] += (end - done) / FUTURES
                better = [step for step in steps if made[step].mean() > _SURE * _error(made[step])]
                if not better:
                    break
                before, habits[name] = now, max(better, key=lambda step: made[step].mean())
    return habits


def _error(values: np.ndarray) -> float:
    """The standard error of a mean."""
    return float(values.std(ddof=1)) / math.sqrt(len(values))


def _moment(level: Level, seed: int, habits: dict[str, int]) -> Moment:
    """A moment of a session, drawn at random; an earlier one where the learner had lost too much before it."""
    own = Script(level, seed, ((0, HandOver(named(habits))),), level.end_ns)
    at_s = float(np.random.default_rng([seed, 17]).uniform(_EARLIEST_S, level.duration_s - HORIZON_S))
    while True:
        try:
            return moment(Replay(own, seeks=False), round(at_s * NS_PER_S), HORIZON_S)
        except InputError:
            at_s /= 2


def scores(level: Level, habits: dict[str, int], seeds: Sequence[int]) -> np.ndarray:
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
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often it goes through its habits")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="sessions to play before and after")
    options = parser.parse_args(arguments)
    print(f"{'simulated learner':20}{'before':>8}{'after':>8}{'rise':>8}{'t':>8}  habits")
    met = 0
    for level_id in options.levels:
        level = load_level(level_id)
        habits = drilled(level, options.rounds)
        seeds = SEEDS[: options.seeds]
        before, after = scores(level, dict.fromkeys(HABITS, 0), seeds), scores(level, habits, seeds)
        rises = after - before
        t = float(rises.mean()) / (_error(rises) or 1e-9)
        risen = rises.mean() >= _RISE and t > _T
        met += risen
        steps = " ".join(f"{name} {HABITS[name][step]:g}" for name, step in habits.items() if step)
        print(
            f"{level_id:20}{before.mean():8.1f}{after.mean():8.1f}{rises.mean():8.1f}{t:8.1f}  {steps}: "
            f"{'met' if risen else 'MISSED'}",
            flush=True,
        )
    print(f"{met} levels with a rise of {_RISE:g} points and t > {_T:g}, of {_ASKED} asked")


if __name__ == "__main__":
    main()

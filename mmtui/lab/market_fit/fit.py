"""Simulated moments: the parameters with which a market's statistics come closest to a recording's.

The distance of a market is the sum of squares of the differences of its statistics to the recording's, each over the
recording's sampling error and a tolerance, and none counting more than a bound (McFadden 1989; Gouriéroux, Monfort and
Renault 1993, for statistics that are estimators of wrong models, such as rates of orders that include quotes). All
candidates of a generation are simulated under one seed, so that their differences are not drawn (common random
numbers). CMA-ES (Hansen 2016) searches; a linear model of the statistics in the parameters, fitted to all that was
simulated near the best, then averages over the simulations' own noise and gives the last step, and the standard errors:
those of weighted nonlinear least squares, (J'WJ)⁻¹ J'W Ω W J (J'WJ)⁻¹, with Ω the bootstrap's covariance of the
recording's statistics and half as much again for the simulations', and with J'WJ less what noise adds to it. The last
markets are drawn around the end of the search, what is not fitted but assumed being drawn with it: how much that moves
the statistics is in Ω, too (Andrews, Gentzkow and Shapiro 2017, on how sensitive estimates are to assumptions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

import msgspec
import numpy as np

from mmtui.errors import InputError
from mmtui.lab.market_fit.catalogue import AUXILIARY, STATISTICS
from mmtui.lab.market_fit.observed import Observed
from mmtui.lab.market_fit.parameters import TOLD, Family
from mmtui.lab.market_fit.simulated import simulate
from mmtui.lab.market_fit.statistics import Measured, block_length, mean_of_known, measure
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.core.draws import Bools, Floats

MOMENTS = (*STATISTICS, *AUXILIARY)
#: The part of a statistic that a difference is not held against.
TOLERANCE = 0.1
#: No difference counts more than one of so many tolerances.
_BOUND = 8.0
#: Seconds of the market simulated for each candidate: as many as the recording has, within these.
_LEAST_S, _MOST_S = 120.0, 1800.0
#: The linear model is fitted to candidates at most so many times as far off as the middle one.
_NEAR = 3.0
#: The variance that simulations add, over the recording's own: the last step averages over some generations.
_SIMULATED = 0.5
#: Seeds that nothing was chosen by, from here on.
_JUDGED_BY = 10_000
#: How widely it is searched at first, and around the linear model's step, in steps of the parameters; and how widely
#: drawn around the end of the search, of a part of all markets.
_FIRST, _SECOND, _LAST = 0.6, 0.3, 0.4
_DRAWN = 0.25


@dataclass(frozen=True)
class FitTarget:
    """What a market is to be like: the recording's statistics, and which of them count.

    Attributes:
        measured: of the recording.
        used: (K,) those that it tells.
        scale: (K,) the error of each and its tolerance, in its unit.
        seconds: of a simulation.
    """

    measured: Measured
    used: Bools
    scale: Floats
    seconds: float

    @classmethod
    def of(cls, seen: Observed) -> FitTarget:
        """The target that a recording is."""
        measured = measure([seen], block_length(seen.seconds), MOMENTS)
        values, errors = measured.values, measured.errors
        floors = np.array([statistic.floor for statistic in MOMENTS])
        with np.errstate(invalid="ignore"):
            used = np.isfinite(values) & np.isfinite(errors) & ((errors < np.abs(values)) | (floors > 0))
        scale = np.sqrt(errors**2 + (TOLERANCE * values) ** 2 + floors**2)
        return cls(measured, used & (scale > 0), scale, min(_MOST_S, max(_LEAST_S, seen.seconds)))

    def differences(self, values: Floats) -> Floats:
        """(M,) those that count, in tolerances, bounded smoothly; a statistic that a market lacks is at the bound."""
        apart = (values - self.measured.values)[..., self.used] / self.scale[self.used]
        apart = np.where(np.isfinite(apart), apart, _BOUND)
        bounded: Floats = _BOUND * np.tanh(apart / _BOUND)
        return bounded


class Task(NamedTuple):
    """A market to be simulated: its table, a seed, and for how many seconds."""

    table: Mapping[str, Any]
    seed: int
    seconds: float


def moments_of(task: Task) -> Floats:
    """(K,) the statistics of a market; NaN of one that asks more of a machine than a market may."""
    try:
        spec = msgspec.convert(task.table, BookMarketSpec)
    except msgspec.ValidationError:
        return np.full(len(MOMENTS), np.nan)
    seen = simulate(spec, task.seed, task.seconds)
    return measure([seen], block_length(task.seconds), MOMENTS, draws=1).values


@dataclass(frozen=True)
class Fitted:
    """What came of it.

    Attributes:
        family: the markets that were searched.
        values, errors: (P,) parameters and standard errors.
        correlation: (P, P) of the errors.
        distance: the mean square of the differences, in tolerances, at the end; at the start it was ``first``.
        first: the same where the search began.
        moments: how many statistics counted.
        simulated: how many markets were simulated.
    """

    family: Family
    values: Floats
    errors: Floats
    correlation: Floats
    distance: float
    first: float
    moments: int
    simulated: int

    @property
    def told(self) -> Bools:
        """(P,) whether each parameter could be told apart."""
        found: Bools = self.errors <= TOLD
        return found


#: Simulates markets, in whatever processes, and returns their statistics in order.
Simulator = Callable[[Sequence[Task]], Iterable[Floats]]


def here(tasks: Sequence[Task]) -> Iterable[Floats]:
    """Simulate in this process."""
    return map(moments_of, tasks)


class Search:
    """The search, in steps that can be kept and resumed.

    Args:
        family: what is searched.
        target: what it is to be like.
        simulator: what simulates.
        seed: of the search and of the simulations.
        markets: how many are simulated in all; three eighths of them before a step by the linear model, around which
            the search then goes on more closely, and a quarter drawn around where it ends.

    Attributes:
        points: what was simulated so far: parameters (P,) in logarithms, over their steps, from the start; how far what
            is assumed was off (A,), in spreads; statistics.
    """

    def __init__(
        self, family: Family, target: FitTarget, simulator: Simulator = here, seed: int = 1, markets: int = 400
    ) -> None:
        self._family = family
        self._target = target
        self._simulator = simulator
        self._seed = seed
        self._steps = np.array([each.step for each in family.parameters])
        self._start = np.log(family.start)
        self.points: list[tuple[Floats, Floats, Floats]] = []
        self._markets = markets
        self._searched = round((1.0 - _DRAWN) * markets)
        self._end: Floats | None = None
        try:
            self._cma: Any = import_module("cmaes").CMA
        except ImportError:
            raise InputError("mmtui fit needs cmaes, which is not installed: pip install 'mmtui[fit]'") from None
        count = len(family.parameters)
        lows, highs = (
            (np.log([getattr(each, end) for each in family.parameters]) - self._start) / self._steps
            for end in ("low", "high")
        )
        self._bounds = np.column_stack([np.minimum(lows, -1e-3), np.maximum(highs, 1e-3)])
        self._size = 4 + int(3 * np.log(count))
        self._generations = 0
        self._restarted = False
        self._optimizer = self._around(np.zeros(count), _FIRST)

    def _around(self, center: Floats, sigma: float) -> Any:
        return self._cma(mean=center, sigma=sigma, bounds=self._bounds, seed=self._seed, population_size=self._size)

    @property
    def generation(self) -> int:
        """Markets simulated at once."""
        return self._size

    @property
    def over(self) -> bool:
        """Whether as many markets have been simulated as were meant to be."""
        return len(self.points) >= self._markets

    def values(self, at: Floats) -> Floats:
        """(P,) the parameters at a point."""
        return self._family.bounded(np.exp(self._start + self._steps * at))

    def distance(self, moments: Floats) -> float:
        """The mean square of the differences."""
        return float(np.mean(self._target.differences(moments) ** 2))

    def advance(self, known: Sequence[Floats] = ()) -> list[Floats]:
        """Simulate another generation, or take its statistics as already known, and learn from it; returns them."""
        searching = len(self.points) < self._searched
        asked = self._asked() if searching else self._drawn()
        # One seed for a generation, so that its candidates differ by their parameters, and another for the next, so
        # that no seed's luck is fitted.
        self._generations += 1
        tasks = [self._task(at, self._seed + self._generations, off) for at, off in asked]
        found = list(known) if len(known) == len(asked) else list(self._simulator(tasks))
        if searching:
            self._optimizer.tell([(at, self.distance(moments)) for (at, _), moments in zip(asked, found, strict=True)])
        self.points += [(at, off, moments) for (at, off), moments in zip(asked, found, strict=True)]
        return found

    def _asked(self) -> list[tuple[Floats, Floats]]:
        """Where the search goes on, with everything assumed as usual."""
        if not self._restarted and 2 * len(self.points) >= self._searched:
            self._restarted = True
            self._optimizer = self._around(self._inside(self._stepped()), _SECOND)
        usual = np.zeros(len(self._family.assumed))
        asked = [(self._optimizer.ask(), usual) for _ in range(self.generation)]
        # The start itself is one of the first.
        return asked if self.points else [(np.zeros(len(self._start)), usual), *asked[1:]]

    def _drawn(self) -> list[tuple[Floats, Floats]]:
        """Around the end of the search, in everything."""
        if self._end is None:
            self._end = self._inside(self._stepped())
        rng = np.random.default_rng([self._seed, self._generations])
        near = self._end + _LAST * rng.standard_normal((self.generation, len(self._end)))
        off = self._family.off(rng.standard_normal((self.generation, len(self._family.assumed))))
        return [(self._inside(at), each) for at, each in zip(near, off, strict=True)]

    def _stepped(self) -> Floats:
        """Where the linear model sends the search."""
        stepped: Floats = self._optimizer.mean + self._model(self._optimizer.mean).step()
        return stepped

    def _task(self, at: Floats, seed: int, off: Floats | tuple[()] = ()) -> Task:
        return Task(self._family.table(self.values(at), off), seed, self._target.seconds)

    def finish(self, seeds: int = 3) -> Fitted:
        """The last step, and the standard errors."""
        center = self._inside(self._stepped()) if self._end is None else self._end
        model = self._model(center)
        step = model.step()
        distances = [np.inf if off.any() else self.distance(moments) for _, off, moments in self.points]
        best = self.points[int(np.argmin(distances))][0]
        candidates = [*(self._inside(center + share * step) for share in (0.0, 0.5, 1.0)), best]
        # Judged under other seeds than they were chosen by.
        tasks = [self._task(one, _JUDGED_BY + self._seed + seed) for one in candidates for seed in range(seeds)]
        found = np.array(list(self._simulator(tasks))).reshape(len(candidates), seeds, -1)
        judged = [self.distance(mean_of_known(each)) for each in found]
        chosen = candidates[int(np.argmin(judged))]
        covariance = model.covariance(self._omega())
        errors = np.sqrt(np.diag(covariance))
        return Fitted(
            family=self._family,
            values=self.values(chosen),
            errors=self._family.widened(self.values(chosen), errors * self._steps, self._target.seconds),
            correlation=covariance / np.outer(errors, errors),
            distance=min(judged),
            first=float(distances[0]),
            moments=int(self._target.used.sum()),
            simulated=len(self.points) + len(tasks),
        )

    def _model(self, center: Floats) -> Linear:
        """How the differences depend on the parameters around a point (P,), and on what is assumed."""
        distances = np.array([self.distance(moments) for *_, moments in self.points])
        drawn = np.array([off.any() for _, off, _ in self.points])
        near = np.flatnonzero(drawn | (distances <= _NEAR * np.median(distances[~drawn])))
        at = np.array([np.concatenate([self.points[place][0] - center, self.points[place][1]]) for place in near])
        apart = np.array([self._target.differences(self.points[place][2]) for place in near])
        return Linear.of(at, apart, len(center))

    def _inside(self, at: Floats) -> Floats:
        inside: Floats = np.clip(at, *self._bounds.T)
        return inside

    def _omega(self) -> Floats:
        """(M, M) the covariance of the differences: the recording's, and what simulations add."""
        used = self._target.used
        draws = self._target.measured.draws[:, used] / self._target.scale[used]
        draws = draws[np.isfinite(draws).all(axis=1)]
        return np.atleast_2d(np.cov(draws.T)) * (1.0 + _SIMULATED)


@dataclass(frozen=True)
class Linear:
    """A linear model of M differences in P parameters, and in A others that are assumed.

    Attributes:
        level: (M,) where the parameters are 0.
        slopes: (M, P).
        assumed: (M, A) the slopes of the others.
        information: (P, P) slopes' slopes, less what the noise of the simulations adds to it.
    """

    level: Floats
    slopes: Floats
    assumed: Floats
    information: Floats

    @classmethod
    def of(cls, at: Floats, apart: Floats, fitted: int | None = None) -> Linear:
        """The model of differences (N, M) in points (N, P + A), the first so many fitted, by ridge regression."""
        design = np.column_stack([np.ones(len(at)), at])
        penalty = 1e-3 * len(at) * np.eye(design.shape[1])
        penalty[0, 0] = 0.0
        inverse = np.linalg.inv(design.T @ design + penalty)
        solved = inverse @ design.T @ apart
        noise = (apart - design @ solved).var(axis=0) * len(at) / max(1, len(at) - design.shape[1])
        count = at.shape[1] if fitted is None else fitted
        slopes, assumed = np.split(np.asarray(solved[1:].T, dtype=np.float64), [count], axis=1)
        # Slopes that are nothing but noise would make every parameter look well known. What is left is as certain as a
        # good half of it, since the noise is an estimate, too.
        whole = slopes.T @ slopes + _RIDGE * np.eye(count)
        root = np.linalg.cholesky(np.linalg.inv(whole))
        of_noise = noise.sum() * inverse[1 : count + 1, 1 : count + 1]
        values, vectors = np.linalg.eigh(root.T @ (whole - of_noise) @ root)
        back = np.linalg.inv(root).T @ vectors
        return cls(solved[0], slopes, assumed, (back * np.maximum(values, _CERTAIN)) @ back.T)

    def step(self) -> Floats:
        """(P,) to where the differences are least."""
        normal = self.slopes.T @ self.slopes + _RIDGE * np.eye(self.slopes.shape[1])
        step: Floats = np.clip(-np.linalg.solve(normal, self.slopes.T @ self.level), -_FURTHEST, _FURTHEST)
        return step

    def covariance(self, omega: Floats) -> Floats:
        """(P, P) of the parameters, from that of the differences (M, M), all else being a spread off what is usual."""
        inverse = np.linalg.inv(self.information)
        omega = omega + self.assumed @ self.assumed.T
        # What the data do not tell, the start does: then some of its steps are the error.
        found: Floats = inverse @ (self.slopes.T @ omega @ self.slopes + _RIDGE * np.eye(len(inverse))) @ inverse
        return found


#: The furthest that the linear model is trusted, in steps.
_FURTHEST = 1.5
#: The least part of the information that is not noise.
_CERTAIN = 0.6
#: The weight of the start: as of one statistic whose error is five steps.
_RIDGE = 0.04

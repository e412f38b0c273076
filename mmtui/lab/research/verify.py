"""The papers' tables beside ours, from the formulas that the strategies quote by.

Avellaneda and Stoikov's rows are simulated in the papers' own market (:mod:`mmtui.market.papers.intensity`) with our
reservation price and spread. The exact quotes of Guéant, Lehalle and Fernandez-Tapia and of Cartea and Jaimungal are
compared to the published values, and simulated: a maker who quotes them must reach, on average, the value of the same
solution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec
import numpy as np

from mmtui.lab.research.paper_check import Figure, PaperRow, exactly, formula, promised, sampled
from mmtui.lab.research.published import (
    AS_CHECKS,
    AS_FIGURES,
    AVELLANEDA_STOIKOV,
    CARTEA_JAIMUNGAL,
    GLFT,
    Printed,
)
from mmtui.market.core.draws import Floats, Ints
from mmtui.market.papers.intensity import IntensitySpec, Paths, Rule, simulate
from mmtui.strategies.models import cartea_jaimungal, glft
from mmtui.strategies.models.avellaneda_stoikov import reservation_and_spread

#: Expected fills in a step, few for the sake of the closed forms, unless that takes too many steps.
_FILLS_A_STEP = 0.005
_MOST_STEPS = 10_000
_AS_STEP = 0.005
_AS_MOST_STEPS = 20_000
#: Beyond this many deviations of wealth times risk aversion, the mean utility depends on a handful of paths.
_MOST_RISK = 1.5

Fills = Literal["linear", "poisson"]


class AsModel(msgspec.Struct, frozen=True, kw_only=True):
    """Avellaneda and Stoikov's parameters, in any consistent units; the defaults are those of their paper."""

    gamma: float = 0.1
    sigma: float = 2.0
    k: float = 1.5
    rate: float = msgspec.field(default=140.0, name="A")
    horizon: float = msgspec.field(default=1.0, name="T")
    dt: float | None = None
    fills: Fills = "linear"


class GlftModel(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of Guéant, Lehalle and Fernandez-Tapia; the defaults are those of their paper."""

    gamma: float = 0.01
    sigma: float = 0.3
    k: float = 0.3
    rate: float = msgspec.field(default=0.9, name="A")
    horizon: float = msgspec.field(default=600.0, name="T")
    most: int = msgspec.field(default=30, name="Q")
    dt: float | None = None
    fills: Fills = "linear"


class CjModel(msgspec.Struct, frozen=True, kw_only=True):
    """Cartea and Jaimungal's parameters; their kappa is k, their lambda A."""

    phi: float = 1e-4
    alpha: float = 1e-4
    sigma: float = 0.01
    k: float = 100.0
    rate: float = msgspec.field(default=1.0, name="A")
    horizon: float = msgspec.field(default=30.0, name="T")
    most: int = msgspec.field(default=3, name="Q")
    dt: float | None = None
    fills: Fills = "linear"


Model = AsModel | GlftModel | CjModel


def published_rows(models: tuple[type[Model], ...], paths: int, seed: int) -> Iterator[PaperRow]:
    """Yields every published row of some models, each as it is finished."""
    if AsModel in models:
        yield from _as_checks()
        for gamma in (0.1, 0.01, 1.0):
            yield from rows(AsModel(gamma=gamma), paths, seed)
    if GlftModel in models:
        for sigma, rate in GLFT:
            yield _glft_published(GlftModel(sigma=sigma, rate=rate))
        # Short and with few positions, so that the simulation is short too.
        yield _glft_simulated(GlftModel(horizon=60.0, most=10), paths, seed)
    if CjModel in models:
        for phi in CARTEA_JAIMUNGAL:
            yield from rows(CjModel(phi=phi), paths, seed)


def rows(model: Model, paths: int, seed: int) -> Iterator[PaperRow]:
    """Yields the rows of a model at given parameters, with the published values where there are any."""
    match model:
        case AsModel():
            yield from _as_rows(model, paths, seed)
        case GlftModel():
            yield _glft_simulated(model, paths, seed)
        case CjModel():
            yield _cj_row(model, paths, seed)


# Avellaneda and Stoikov


def _as_rows(model: AsModel, paths: int, seed: int) -> Iterator[PaperRow]:
    dt = max(_AS_STEP, model.horizon / _AS_MOST_STEPS) if model.dt is None else model.dt
    steps = max(1, math.ceil(model.horizon / dt - 1e-9))
    gamma, sigma, k, horizon = model.gamma, model.sigma, model.k, model.horizon
    # The spread is linear in time, so its mean is the one half-way.
    mean_spread = reservation_and_spread(0.0, 0.0, gamma, sigma, horizon / 2, k)[1]

    def inventory(mid: Floats, q: Ints, time: float) -> tuple[Floats, Floats]:
        centre, spread = reservation_and_spread(mid, q.astype(np.float64), gamma, sigma, horizon - time, k)
        return centre - spread / 2, centre + spread / 2

    rules: dict[str, Rule] = {
        "inventory": inventory,
        "symmetric": lambda mid, *_: (mid - mean_spread / 2, mid + mean_spread / 2),
    }
    as_printed = msgspec.structs.replace(model, gamma=0.1, dt=None) == AsModel() and model.dt in (None, _AS_STEP)
    for case, rule in rules.items():
        outcome = _simulated(model, rule, steps, paths, seed)
        printed = AVELLANEDA_STOIKOV.get((gamma, case)) if as_printed else None
        grid = gamma * sigma**2 * horizon / steps / 2 if case == "inventory" else 0.0
        yield PaperRow(
            model="avellaneda-stoikov",
            case=case,
            parameters=_parameters(model, horizon / steps),
            figures=_as_figures(outcome, printed, grid),
        )


def _as_figures(outcome: Paths, printed: tuple[tuple[str, ...], tuple[str, ...]] | None, grid: float) -> list[Figure]:
    paths = len(outcome.wealth)
    samples = [
        (float(outcome.spread.mean()), 0.0),
        *_mean_and_deviation(outcome.wealth),
        *_mean_and_deviation(outcome.position.astype(np.float64)),
    ]
    figures = []
    for index, (name, (ours, scatter)) in enumerate(zip(AS_FIGURES, samples, strict=True)):
        of = Printed(printed[0][index], printed[1][index]) if printed else Printed(None)
        figures.append(sampled(name, ours, scatter, paths, of, grid if name == "spread" else 0.0))
    return figures


def _mean_and_deviation(sample: Floats) -> list[tuple[float, float]]:
    """Returns mean and standard deviation, each with its standard error times the root of the number of paths."""
    deviation = float(sample.std(ddof=1))
    if deviation == 0.0:
        return [(float(sample.mean()), 0.0), (0.0, 0.0)]
    kurtosis = float((((sample - sample.mean()) / deviation) ** 4).mean())
    return [(float(sample.mean()), deviation), (deviation, deviation * math.sqrt(max(0.0, kurtosis - 1.0)) / 2)]


def _as_checks() -> Iterator[PaperRow]:
    for (s, q, gamma, sigma, left, k), printed in AS_CHECKS.items():
        found = reservation_and_spread(s, q, gamma, sigma, left, k)
        named = {"s": s, "q": q, "gamma": gamma, "sigma": sigma, "T": left, "k": k}
        compared = zip(("reservation", "spread"), found, printed, strict=True)
        yield formula("avellaneda-stoikov", "formula", named, compared)


# Guéant, Lehalle and Fernandez-Tapia


def _glft_published(model: GlftModel) -> PaperRow:
    gamma, sigma, k, rate, most = model.gamma, model.sigma, model.k, model.rate, model.most
    c, w, _ = glft.constants(gamma, sigma, k, rate)
    bids, _ = glft.exact_distances(gamma, sigma, k, rate, most, model.horizon)
    found = {"c": c, "w": w}
    for q in (0, 10, -20):
        found[f"bid at {q}"] = float(bids[q + most])
        found[f"bid at {q}, asymptotic"] = glft.asymptotic_distances(float(q), c, w)[0]
    found["asymptotic error at 10"] = found["bid at 10, asymptotic"] - found["bid at 10"]
    compared = ((name, found[name], text) for name, text in GLFT[sigma, rate].items())
    return formula("glft", "formula", _parameters(model, None), compared)


def _glft_simulated(model: GlftModel, paths: int, seed: int) -> PaperRow:
    gamma, sigma, k, rate, most, horizon = model.gamma, model.sigma, model.k, model.rate, model.most, model.horizon
    c, w, eta = glft.constants(gamma, sigma, k, rate)
    steps = _steps(eta, horizon, model.dt)
    rule = _by_position(lambda left: glft.exact_distances(gamma, sigma, k, rate, most, left), horizon)
    wealth = _simulated(model, rule, steps, paths, seed).wealth
    value = glft.certainty_equivalent(gamma, sigma, k, rate, most, horizon)
    figures = [Figure(name="c", ours=c), Figure(name="w", ours=w), Figure(name="eta", ours=eta)]
    if gamma * float(wealth.std()) <= _MOST_RISK:
        ours, error = _certain(gamma, wealth)
        checked = model.fills == "linear"
        figures.append(promised("certainty equivalent", ours, error, value, eta * horizon / steps, checked))
    else:
        figures.append(Figure(name="certainty equivalent", ours=value))
    bids, asks = glft.exact_distances(gamma, sigma, k, rate, most, horizon)
    quotes: list[dict[str, float | None]] = []
    for q in range(-most, most + 1):
        bid, ask = glft.asymptotic_distances(float(q), c, w)
        quotes.append(
            {
                "q": q,
                "bid": _finite(bids[q + most]),
                "ask": _finite(asks[q + most]),
                "bid asymptotic": bid if q < most else None,
                "ask asymptotic": ask if q > -most else None,
            }
        )
    return PaperRow(
        model="glft",
        case="exact quotes",
        parameters=_parameters(model, horizon / steps),
        figures=figures,
        quotes=quotes,
    )


def _certain(gamma: float, wealth: Floats) -> tuple[float, float]:
    """Returns the certainty equivalent of wealth under the utility -exp(-gamma wealth), and its standard error."""
    root = math.sqrt(len(wealth))
    if gamma == 0:
        return float(wealth.mean()), float(wealth.std()) / root
    utility = np.exp(-gamma * (wealth - wealth.mean()))
    mean = float(wealth.mean() - np.log(utility.mean()) / gamma)
    return mean, float(utility.std() / utility.mean()) / gamma / root


# Cartea and Jaimungal


def _cj_row(model: CjModel, paths: int, seed: int) -> PaperRow:
    phi, alpha, k, rate, most, horizon = model.phi, model.alpha, model.k, model.rate, model.most, model.horizon

    def quotes(left: float) -> tuple[Floats, Floats]:
        return cartea_jaimungal.distances(cartea_jaimungal.value(phi, alpha, k, rate, most, left), k)

    steps = _steps(rate / math.e, horizon, model.dt)
    outcome = _simulated(model, _by_position(quotes, horizon), steps, paths, seed)
    objective = outcome.wealth - alpha * outcome.position**2 - phi * outcome.squares
    error = float(objective.std(ddof=1)) / math.sqrt(paths)
    h = cartea_jaimungal.value(phi, alpha, k, rate, most, horizon)
    bids, asks = quotes(horizon)
    value, at_start = float(h[most]), CjModel(phi=phi)
    printed = CARTEA_JAIMUNGAL.get(phi) if msgspec.structs.replace(model, dt=None) == at_start else None
    expected = rate / math.e * horizon / steps
    return PaperRow(
        model="cartea-jaimungal",
        case="exact quotes",
        parameters=_parameters(model, horizon / steps),
        figures=[
            Figure(name="h(0,0)", ours=value) if printed is None else exactly("h(0,0)", value, printed),
            promised("objective", float(objective.mean()), error, value, expected, model.fills == "linear"),
        ],
        quotes=[
            {"q": q, "h": float(h[q + most]), "bid": _finite(bids[q + most]), "ask": _finite(asks[q + most])}
            for q in range(-most, most + 1)
        ],
    )


# Common to the models


def _simulated(model: Model, rule: Rule, steps: int, paths: int, seed: int) -> Paths:
    """Simulate a rule in the market of a model's parameters."""
    spec = IntensitySpec(sigma=model.sigma, rate=model.rate, decay=model.k, fills=model.fills)
    return simulate(spec, rule, horizon=model.horizon, steps=steps, paths=paths, seed=seed)


def _by_position(distances: Callable[[float], tuple[Floats, Floats]], horizon: float) -> Rule:
    """Returns the rule that quotes at the distances for the position and, to a hundredth, the time left."""
    solved = math.inf
    bids = asks = np.empty(0)

    def rule(mid: Floats, q: Ints, time: float) -> tuple[Floats, Floats]:
        nonlocal solved, bids, asks
        left = horizon - time
        if left < 0.99 * solved:
            solved, (bids, asks) = left, distances(left)
        most = len(bids) // 2
        return mid - bids[q + most], mid + asks[q + most]

    return rule


def _steps(rate: float, horizon: float, dt: float | None) -> int:
    """Returns the number of equal steps: few enough to be simulated, short enough that a fill in one is rare."""
    if dt is not None:
        return max(1, math.ceil(horizon / dt - 1e-9))
    return min(_MOST_STEPS, max(200, math.ceil(rate * horizon / _FILLS_A_STEP)))


def _parameters(model: Model, dt: float | None) -> dict[str, float | str]:
    """Returns the parameters by the names of their options, without those that a formula does not have."""
    named: dict[str, float | str] = msgspec.to_builtins(model)
    if dt is None:
        return {name: value for name, value in named.items() if name not in ("dt", "fills")}
    return {**named, "dt": dt}


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None

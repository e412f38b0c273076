"""Fits of markets whose parameters are known: how many standard errors each is off.

``python -m tests.benchmarks.known hk-45 us-100 --seconds 1800 --seed 7005``: half a minute to some minutes of processor
time each with the compiled engine. Multipliers of tables of rates have no one true value, and are left out.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence

import numpy as np

from mmtui.lab.market_fit.fit import FitTarget, Fitted, Search
from mmtui.lab.market_fit.parameters import family_of
from mmtui.lab.market_fit.simulated import simulate
from mmtui.level.level import load_preset
from mmtui.market.book_market import BookMarketSpec


def fit(spec: BookMarketSpec, seed: int, seconds: float, markets: int) -> Fitted:
    """A market fitted to so many seconds of another."""
    seen = simulate(spec, seed, seconds)
    search = Search(family_of(seen, spec.instrument), FitTarget.of(seen), markets=markets)
    while not search.over:
        search.advance()
    return search.finish()


def off(fitted: Fitted, spec: BookMarketSpec) -> dict[str, float]:
    """By parameter the standard errors that a fit is off a market."""
    found = {}
    for parameter, value, error in zip(fitted.family.parameters, fitted.values, fitted.errors, strict=True):
        part, _, name = parameter.path.partition(".")
        if part != "table":
            found[parameter.path] = math.log(value / getattr(getattr(spec, part), name)) / error
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what is off."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.known", description=__doc__)
    parser.add_argument("preset", nargs="*", default=["hk-45"])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=7001)
    parser.add_argument("--markets", type=int, default=400)
    options = parser.parse_args(arguments)
    for name in options.preset:
        spec = load_preset(name)
        fitted = fit(spec, options.seed, options.seconds, options.markets)
        apart = off(fitted, spec)
        sizes = np.abs(list(apart.values()))
        print(
            f"{name}: {len(sizes)} parameters, {(sizes > 2).sum()} beyond two errors, {(sizes > 3).sum()} beyond "
            f"three, {fitted.told.sum()} of {len(fitted.told)} told"
        )
        print("  " + ", ".join(f"{path} {errors:+.1f}" for path, errors in apart.items()))


if __name__ == "__main__":
    main()

"""What benchmarks found: printed a line each, and kept for a list of records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mmtui

#: A record for each figure so far: see ``python -m tests.benchmarks --format json``.
FOUND: list[dict[str, Any]] = []


def show_ratio(
    name: str, ratio: float, target: float | None, *, below: bool = False, rounds: Sequence[float] = ()
) -> None:
    """One line: the ratio, its bound, and whether that is met.

    Args:
        name: the figure's.
        ratio: of the best times.
        target: what it is to be, at least or at most; None where nothing is asked.
        below: whether that is at most.
        rounds: the ratio in each round, where it was taken round by round.
    """
    verdict = ""
    if target is not None:
        met = ratio <= target if below else ratio >= target
        verdict = f"  {'at most' if below else 'at least'} {target:g}: {'met' if met else 'MISSED'}"
    print(f"{name:60}{ratio:8.2f}{verdict}")
    keep_ratio(name, ratio, target, rounds)


def asked(plain: float | None, compiled: float | None) -> float | None:
    """What is asked of the build that runs."""
    return compiled if mmtui.build == "compiled" else plain


def show_missing(name: str, reason: object, *requirements: str) -> None:
    """One line on a rival that is not installed, why, and how to install it."""
    how = "pip install " + " ".join(f"'{each}'" for each in requirements)
    print(f"{name}: not installed ({how}): {reason}")
    keep_ratio(name, None, None, (), install=how)


def keep_ratio(name: str, ratio: float | None, target: float | None, rounds: Sequence[float], **more: str) -> None:
    """Keep a figure for the list."""
    low, high = (min(rounds), max(rounds)) if rounds else (ratio, ratio)
    build = "compiled" if mmtui.build == "compiled" else "plain"
    found = {"figure": name, "ratio": ratio, "low": low, "high": high, "asked": target, "build": build}
    FOUND.append({**found, "rounds": max(1, len(rounds)) if ratio is not None else 0, **more})


def show_table() -> None:
    """What was asked, what was measured, round by round from the least to the most, and how to install what was not."""
    print(f"{'':62}{'asked':>8}{'measured':>10}  {'rounds':15}")
    for found in FOUND:
        if found["ratio"] is None:
            print(f"{found['figure']:62}{'':8}{'not here':>10}  {found['install']}")
        elif found["asked"] is not None:
            rounds = "" if found["rounds"] < 2 else f"{found['low']:.2f} to {found['high']:.2f}"
            print(f"{found['figure']:62}{found['asked']:8g}{found['ratio']:10.2f}  {rounds:15}")

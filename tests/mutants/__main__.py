"""``python -m tests.mutants [--jobs N] [--only NAME]``: plant every mutant, and tell which ones the tests let pass."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.mutants.faults import MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.trial import Verdict, trial

#: Of all mutants so many must be caught.
LEAST = 0.98


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="mutants tried at once (2)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="those with this in name or module")
    options = parser.parse_args(arguments)
    chosen = [mutant for mutant in MUTANTS if _meant(mutant, options.only)]
    if not chosen:
        parser.error(f"--only: no mutant is called {' or '.join(options.only)}")
    try:
        for mutant in chosen:
            mutant.source()
    except ValueError as error:
        sys.exit(f"Error: {error}")
    with ThreadPoolExecutor(options.jobs) as pool:
        # Tests that fail by themselves would catch everything.
        lists = sorted({mutant.tests for mutant in chosen})
        for tests, (verdict, _) in zip(lists, pool.map(lambda tests: _timed(tests, None), lists), strict=True):
            if verdict != Verdict(""):
                sys.exit(f"Error: without a mutant, {' '.join(tests)} fail: {verdict.trouble or verdict.by}")
        return _report(zip(chosen, pool.map(lambda mutant: _timed(mutant.tests, mutant), chosen), strict=True))


def _meant(mutant: Mutant, only: Sequence[str]) -> bool:
    return not only or any(part in name for part in only for name in (mutant.name, mutant.module))


def _timed(tests: Sequence[str], mutant: Mutant | None) -> tuple[Verdict, float]:
    start = time.perf_counter()
    return trial(tests, mutant), time.perf_counter() - start


def _report(tried: Iterator[tuple[Mutant, tuple[Verdict, float]]]) -> int:
    """Print the table as it comes; returns the exit code."""
    survivors: list[str] = []
    troubles: list[str] = []
    total = 0
    for total, (mutant, (verdict, seconds)) in enumerate(tried, 1):
        if verdict.trouble:
            troubles.append(f"{mutant.name}: {verdict.trouble}")
        elif not verdict.by:
            survivors.append(f"{mutant.name}: {mutant.module}, {mutant.original!r} → {mutant.replacement!r}")
        found = verdict.trouble or verdict.by.removeprefix("tests/") or "SURVIVED"
        print(
            f"{total:3}  {mutant.module.removeprefix('mmtui.'):22}  {mutant.name:58}  {seconds:5.1f} s  {found}",
            flush=True,
        )
    caught = total - len(survivors) - len(troubles)
    print(f"\n{caught} of {total} mutants were caught, {caught / total:.1%}; at least {LEAST:.0%} must be.")
    for title, lines in (("Survived:", survivors), ("Not tried:", troubles)):
        if lines:
            print(title, *lines, sep="\n  ")
    return 0 if caught >= LEAST * total else 1


if __name__ == "__main__":
    sys.exit(main())

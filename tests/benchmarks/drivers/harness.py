"""What all drivers share: read the stream, play it against the clock, print what was measured.

Runs inside the environments of the packages compared, so it needs the standard library only.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

#: order id, side (1 buys, -1 sells), price in ticks, quantity in lots (0: cancel that order)
Row = tuple[int, int, int, int]


def drive(prepare: Callable[[list[Row]], tuple[Callable[[], None], Callable[[], dict[str, float | None]]]]) -> None:
    """Print the processor seconds and outcome of a run as JSON.

    ``prepare`` turns the stream into the package's own constants (sides, dates), untimed, and returns two functions:
    one that plays the whole stream through the package's public API and keeps the trades it returns, which is
    timed, and one that gives the outcome: ``traded`` (lots), ``resting`` (orders), None where it cannot be known.
    """
    rows = [tuple(row) for row in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
    play, outcome = prepare(rows)
    gc.collect()
    gc.freeze()  # the collector is on, as it would be, but need not look through the stream itself
    start = process_time()
    play()
    seconds = process_time() - start
    print(json.dumps({"seconds": seconds, **outcome()}))

"""A session of the US preset with a maker that requotes once a second, attribution and markouts on."""

from __future__ import annotations

import gc
import json
import sys
from time import process_time

from mmtui.level.level import parse_level
from mmtui.session.par import NoPar
from mmtui.session.session import Session

LEVEL = """
id = "benchmark"
title = "Benchmark"
number = 1
situation = "The US preset."
lesson = "None."
duration_s = {seconds}
naive = "fixed"
lesson_strategy = "skew"
par = "fixed"
[market]
preset = "us-100"
[maker]
position_limit = 100
max_order = 20
interval_ms = 1000
[score]
point = 10.0
weights = {{ pnl = 1.0 }}
"""


def main() -> None:
    """Print the processor seconds and the events of a session as long as the argument, in seconds, as JSON."""
    level = parse_level(LEVEL.format(seconds=sys.argv[1]), "benchmark")
    # Par would be a second session beside it.
    session = Session(level, 1, "fixed", {"size": 2, "half_spread": 1.5}, par=NoPar())
    gc.collect()
    gc.freeze()
    start = process_time()
    session.advance(session.end_ns)
    seconds = process_time() - start
    market = session.market_facts()
    print(json.dumps({"seconds": seconds, "events": market.events, "trades": market.trades}))


if __name__ == "__main__":
    main()

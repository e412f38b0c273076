"""The memory of a session without a maker's fills, so without what may grow: its one-second samples stay small."""

from __future__ import annotations

import json
import sys
import tracemalloc

from mmtui.level.level import parse_level
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from tests.benchmarks.drivers.session import LEVEL


def main() -> None:
    """Print the peak of Python's memory, in bytes, of a session as long as the argument, in seconds, as JSON."""
    level = parse_level(LEVEL.format(seconds=sys.argv[1]), "benchmark")
    tracemalloc.start()
    # Par would be a second session, with fills.
    session = Session(level, 1, "idle", par=NoPar())
    session.advance(session.end_ns)
    _, peak = tracemalloc.get_traced_memory()
    maker = session.maker
    samples = (session.pnl_by_second, session.mid_by_second, session.spread_by_second, maker.volume_by_second)
    print(json.dumps({"peak": peak - sum(each.itemsize * len(each) for each in samples)}))


if __name__ == "__main__":
    main()

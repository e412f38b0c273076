"""How far a run is, on standard error: in a terminal, a script's log and a notebook alike."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from mmtui.session.result import Result

_EVERY_S = 0.5
_WIDTH = 30


def shown(results: Iterator[Result], total: int) -> Iterator[Result]:
    """Yields results; writes a bar that is redrawn in place, and ends its line with the last of them."""
    begun = drawn = time.monotonic()
    count = 0
    try:
        for result in results:
            count += 1
            yield result
            now = time.monotonic()
            if now - drawn > _EVERY_S:
                drawn = now
                _draw(count, total, now - begun)
    finally:
        _draw(count, total, time.monotonic() - begun)
        sys.stderr.write("\n")


def _draw(count: int, total: int, seconds: float) -> None:
    bar = "█" * (_WIDTH * count // max(1, total))
    sys.stderr.write(f"\r{bar:·<{_WIDTH}} {count:,} of {total:,} sessions, {count / max(seconds, 1e-9):.1f}/s ")
    sys.stderr.flush()

"""A market in which nothing happens by itself."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mmtui.market.core.clock import Stream


class Quiet:
    """A source of no events."""

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        none = np.empty(0, dtype=np.int64)
        return (Stream(none, lambda _now, _row: None, none),)

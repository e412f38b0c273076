"""``mmtui room`` without the common delay: ``python -m tests.benchmarks.drivers.unequal_room room …``.

Commands arrive as they come, as if all lines were alike, so that a benchmark can show what the delay is good for.
"""

from __future__ import annotations

from mmtui.cli.main import main
from mmtui.room.serve.host import Host


def _measure_nothing(self: Host) -> None:
    """Leave the common delay what it is at the start: none."""


if __name__ == "__main__":
    Host.measure = _measure_nothing  # type: ignore[method-assign]
    main()

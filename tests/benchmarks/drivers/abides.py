from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from time import process_time

from abides_core import abides  # type: ignore[import-not-found]
from abides_core.kernel import Kernel  # type: ignore[import-not-found]
from abides_markets.configs import rmsc04  # type: ignore[import-not-found]


def main() -> None:
    """Print the processor seconds and the kernel's messages of a market from 9:30 until the argument, as JSON."""
    run, seconds, messages = Kernel.run, 0.0, 0

    def timed(kernel: Kernel) -> object:
        nonlocal seconds, messages
        start = process_time()
        state: object = run(kernel)
        seconds, messages = process_time() - start, kernel.ttl_messages
        return state

    Kernel.run = timed
    # It is an eighth quicker without its logs.
    quiet = {"stdout_log_level": "ERROR", "log_orders": False, "book_logging": False}
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        abides.run(rmsc04.build_config(seed=1, end_time=sys.argv[1], **quiet))
    print(json.dumps({"seconds": seconds, "count": messages}))


if __name__ == "__main__":
    main()

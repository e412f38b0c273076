"""Who simulates candidates: this process, several, or a cluster's."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from mmtui.lab.market_fit.fit import Simulator, Task, here, moments_of
from mmtui.lab.runs.cluster import connected
from mmtui.market.core.draws import Floats


@contextmanager
def simulator(jobs: int = 1, cluster: str | None = None) -> Iterator[Simulator]:
    """What simulates: the same statistics come of it wherever that is. Raises InputError for a cluster."""
    if cluster is not None:
        with connected(cluster) as client:

            def there(tasks: Sequence[Task]) -> list[Floats]:
                found: list[Floats] = client.gather(client.map(moments_of, tasks, pure=False))
                return found

            yield there
        return
    if jobs == 1:
        yield here
        return
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_uninterrupted)
    try:
        yield lambda tasks: pool.map(moments_of, tasks)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _uninterrupted() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

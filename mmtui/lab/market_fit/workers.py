"""Who simulates candidates: this process, several, or a cluster's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mmtui.lab.market_fit.fit import Simulator, Task, here, moments_of
from mmtui.lab.runs.cluster import connected
from mmtui.lab.runs.workers import Processes
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
    processes = Processes(jobs)
    try:
        yield lambda tasks: [begun.result() for begun in [processes.submit(moments_of, task) for task in tasks]]
    finally:
        processes.close(at_once=True)

"""Batches on a Dask cluster, with the same results, to the byte, as a local run.

Chunks are pure: when a worker is lost, the scheduler runs its chunks again elsewhere, and each is gathered once.
Levels, strategy files and tapes are sent with the chunks; workers need only the same version of mmtui.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mmtui.errors import InputError, MmtuiError
from mmtui.files import is_file
from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.child import finish_in_child
from mmtui.lab.runs.cluster_files import placed, strategies_of, tapes_of
from mmtui.lab.runs.workers import Done, Finished, Pace, Piece, in_order
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.session.result import Result
from mmtui.strategies.loading import SentFile
from mmtui.strategies.sources import engine_digest, modules_of_objects
from mmtui.version import program_version

if TYPE_CHECKING:
    from distributed import Client

#: How long a chunk should take, in seconds: a scheduler hands over some hundred a second to all workers together.
_CHUNK_S = 1.0
#: How long a scheduler may take to answer, and its first worker to come, in seconds.
_PATIENCE_S = 15.0
_WORKERS_S = 60.0
#: A session is pure Python, so two threads of one process gain nothing by running two at once.
_ONE_AT_A_TIME = threading.Lock()


def run_on_cluster(
    batches: Sequence[Batch], pieces: Iterable[Piece], cluster: str | Client, finished: Finished
) -> Iterator[Result]:
    """Run batches on the workers of a Dask scheduler; yields their results in order.

    Args:
        batches: all that is to run, whose files are sent.
        pieces: the same, or what is missing of it.
        cluster: the scheduler's address, as in ``tcp://127.0.0.1:8786``, the path of its file, or a client of it.
        finished: is given the results of each chunk.

    Raises:
        InputError: Dask is not installed, no scheduler answers, or journals are requested, which workers would write
            to their own disks.
        MmtuiError: as a session does, or when the cluster was lost.
    """
    if any(batch.journals is not None for batch in batches):
        raise InputError("--journals: on a cluster no journals are written; run the seeds of interest here")
    files, tapes = strategies_of(batches), tapes_of(batches)
    modules = modules_of_objects() if any(batch.objects for batch in batches) else {}
    with connected(cluster) as client:
        executor = client.get_executor(pure=False)
        sent = {digest: _send(client, digest, tape) for digest, tape in tapes.items()}

        def submit(chunk: Batch) -> Future[Done]:
            here = {level.market.digest for level in chunk.levels if isinstance(level.market, TapeSpec)}
            needed = {digest: sent[digest] for digest in here}
            future: Future[Done] = executor.submit(
                finish_elsewhere, chunk, files, modules, needed, engine_digest(), program_version()
            )
            return future

        def workers() -> int:
            # Not to wait for good for a scheduler that is gone.
            return max(1, len(client.sync(client.scheduler.ncores, callback_timeout=_PATIENCE_S)))

        lost = f"the cluster at {_named(cluster)} was lost; what had come back is kept"
        try:
            total = sum(map(len, batches))
            # Not every future of a client that has given up is cancelled.
            gone = partial(_given_up, client)
            yield from in_order(pieces, total, submit, _now_and_then(workers), Pace(_CHUNK_S), finished, gone)
        except (CancelledError, OSError):
            raise MmtuiError(lost) from None
        except ImportError as error:
            raise MmtuiError(f"the workers at {_named(cluster)} cannot run sessions: {error}") from None
        except Exception as error:
            if type(error).__name__ == "KilledWorker":
                raise MmtuiError("worker after worker died on the same sessions; their logs may say why") from None
            if _given_up(client):
                raise MmtuiError(lost) from None
            raise
        finally:
            # A client that has given up refuses to cancel what is gone with it.
            with suppress(Exception):
                executor.shutdown(wait=False)


def _send(client: Client, digest: str, tape: bytes) -> object:
    """Put a tape on the cluster, as a task's result, which the scheduler can make again when its worker dies."""
    with warnings.catch_warnings():
        # Dask warns of large objects.
        warnings.simplefilter("ignore")
        sent: object = client.submit(_same, tape, key=f"mmtui-tape-{digest}")
    return sent


def _same(tape: bytes) -> bytes:
    return tape


def finish_elsewhere(
    chunk: Batch,
    files: Mapping[str, SentFile],
    modules: Mapping[str, bytes],
    tapes: Mapping[str, bytes],
    engine: str,
    version: str,
) -> Done:
    """Run a chunk on a worker. Raises MmtuiError when the worker has another mmtui than the caller."""
    check_engine(engine, version)
    with _ONE_AT_A_TIME:
        return finish_in_child(placed(chunk, tapes), files, modules)


def check_engine(engine: str, version: str) -> None:
    """Raise MmtuiError unless this worker has the mmtui of whoever asks, by its digest and version."""
    if engine != engine_digest():
        raise MmtuiError(
            f"a worker runs another mmtui than the one that asks, {version}, and would have other results: "
            f"install the same there; it says that it is {program_version()}"
        )


@contextmanager
def connected(cluster: str | Client) -> Iterator[Client]:
    """A client of a scheduler with at least one worker. Raises InputError or MmtuiError."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--cluster needs Dask, which is not installed: pip install 'mmtui[cluster]'") from None
    with _quiet():
        if isinstance(cluster, Client):
            _wait_for_workers(cluster, _named(cluster))
            yield cluster
            return
        try:
            is_there = "://" not in cluster and is_file(Path(cluster))
            where = {"scheduler_file" if is_there else "address": cluster}
            client = Client(**where, timeout=_PATIENCE_S, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(f"--cluster {cluster}: no Dask scheduler answers there: {why}") from None
        with client:
            _wait_for_workers(client, cluster)
            yield client


def _wait_for_workers(client: Client, where: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_WORKERS_S)
    except TimeoutError:
        raise MmtuiError(f"no worker has joined the scheduler at {where} for {_WORKERS_S:g} s") from None


def _given_up(client: Client) -> bool:
    return client.status not in ("running", "connecting")


def _named(cluster: str | Client) -> str:
    """Returns where a cluster is, for a sentence."""
    return cluster if isinstance(cluster, str) else str(cluster.scheduler.addr)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the logs of Dask and of what carries its messages: a lost connection is reported in one sentence here."""
    # Some of Dask's have a level of their own.
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ("distributed", "tornado")]
    logs = [logging.getLogger(name) for name in names]
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)


def _now_and_then(ask: Callable[[], int]) -> Callable[[], int]:
    """Cache the answer for a few calls, since each question is a message to the scheduler."""
    answer, count = 0, 0

    def answered() -> int:
        nonlocal answer, count
        if count % 8 == 0:
            answer = ask()
        count += 1
        return answer

    return answered

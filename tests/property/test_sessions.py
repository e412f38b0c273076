"""The same level, seed and commands give the same session, however it is driven, watched and run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.run import run_batches
from mmtui.level.level import Level, load_level
from mmtui.session.commands import (
    AnyCommand,
    Cancel,
    Flatten,
    HandOver,
    Hedge,
    HedgeAll,
    Join,
    Quote,
    Ready,
    Shift,
    Take,
    TakeBack,
)
from mmtui.session.journal import read_journal
from mmtui.session.journal_file import JournalWriter
from mmtui.session.session import Session
from tests.unit.session.hedge_levels import level as hedge_level

S = 1_000_000_000
MS = 1_000_000


def busy() -> Level:
    """Twelve seconds of the spike, which breaks out after four, and three to warm up; a hedge of each kind."""
    level = load_level("volatility-spike")
    first, second = level.events
    shortened = msgspec.structs.replace(level.market, warmup_s=3)
    events = tuple(
        msgspec.structs.replace(event, at_s=at_s, market=msgspec.structs.replace(event.market, warmup_s=3))
        for event, at_s in ((first, 4.0), (second, 4.3))
    )
    hedges = hedge_level("all").hedges
    return msgspec.structs.replace(level, duration_s=12, market=shortened, events=events, hedges=hedges)


LEVEL = busy()

times = st.integers(0, 13 * S) | st.integers(0, 13).map(lambda second: second * S)
sides = st.sampled_from(Side)
sizes = st.integers(1, 25)
names = st.sampled_from(["skew", "avellaneda-stoikov", "reckless", "hedged", "pairs"])
instruments = st.sampled_from([spec.name for spec in LEVEL.hedges])
prices = st.integers(9_985, 10_015)
commands = st.one_of(
    st.builds(Quote, sides, prices, sizes),
    st.builds(Join, sides, sizes, st.integers(-1, 3)),
    st.builds(Take, sides, sizes, st.integers(0, 9)),
    st.builds(Shift, st.integers(-2, 2), st.integers(-2, 2)),
    st.builds(Cancel, st.none() | sides, st.none() | prices),
    st.builds(Flatten),
    st.builds(Hedge, instruments, sides, sizes),
    st.builds(HedgeAll, instruments),
    st.builds(Ready, names),
    st.builds(HandOver, names),
    st.builds(TakeBack),
)
#: What happens when: a command, a look at the screen (True), or only a stop of the clock (False).
scripts = st.lists(st.tuples(times, commands | st.booleans()), max_size=25).map(
    lambda script: sorted(script, key=lambda step: step[0])
)


@pytest.mark.slow
@settings(max_examples=60)
@given(scripts, st.integers(0, 3))
def test_stops_and_looks_change_nothing_and_a_replay_is_the_same(
    script: list[tuple[int, AnyCommand | bool]], seed: int
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        watched = Session(LEVEL, seed)
        writer, seat = JournalWriter(path, watched), WatchedSession(watched)
        for at_ns, step in script:
            watched.advance(at_ns)
            if step is True:
                seat.view()
                seat.result()
            elif step is not False:
                watched.submit(step)
        watched.advance(watched.end_ns)
        writer.close()
        replayed = read_journal(path).script.played()
    assert replayed.digest == watched.digest
    assert replayed.result() == watched.result()

    unwatched = Session(LEVEL, seed)
    for at_ns, step in script:
        if not isinstance(step, bool):
            unwatched.advance(at_ns)
            unwatched.submit(step)
    unwatched.advance(unwatched.end_ns)
    assert unwatched.digest == watched.digest
    assert unwatched.result() == watched.result()


@pytest.mark.slow
@pytest.mark.parametrize("step_ns", [1 * MS, 16_666_667, S, 7 * S])
def test_the_pace_of_play_changes_nothing(step_ns: int) -> None:
    at_once = Session(LEVEL, 1, "avellaneda-stoikov")
    at_once.advance(at_once.end_ns)
    paced = WatchedSession(Session(LEVEL, 1, "avellaneda-stoikov"))
    while paced.over is None:
        paced.advance(paced.now_ns + step_ns)
        if step_ns > MS:
            paced.view()
    assert paced.session.digest == at_once.digest


def test_a_strategy_handed_the_quotes_at_the_start_is_the_strategy_run() -> None:
    run = Session(LEVEL, 1, "skew")
    run.advance(run.end_ns)
    played = Session(LEVEL, 1)
    WatchedSession(played).view()
    played.submit(HandOver("skew"))
    played.advance(played.end_ns)
    assert played.digest == run.digest


def test_a_strategy_that_only_watches_changes_nothing() -> None:
    alone, accompanied = Session(LEVEL, 1), Session(LEVEL, 1)
    accompanied.submit(Ready("avellaneda-stoikov"))
    for session in (alone, accompanied):
        session.advance(session.end_ns)
    assert accompanied.digest == alone.digest


def test_seeds_levels_and_strategies_all_matter() -> None:
    def digest(level: Level, seed: int, strategy: str | None) -> str:
        session = Session(level, seed, strategy)
        session.advance(session.end_ns)
        return session.digest

    calmer = msgspec.structs.replace(LEVEL, events=())
    found = {
        digest(LEVEL, 1, "skew"),
        digest(LEVEL, 2, "skew"),
        digest(LEVEL, 1, "fixed"),
        digest(LEVEL, 1, None),
        digest(calmer, 1, "skew"),
    }
    assert len(found) == 5


def test_numpy_s_global_state_is_neither_used_nor_touched() -> None:
    found = set()
    for global_seed in (1, 2):
        np.random.seed(global_seed)  # noqa: NPY002
        state = str(np.random.get_state())  # noqa: NPY002
        session = Session(LEVEL, 1, "avellaneda-stoikov")
        session.advance(session.end_ns)
        found.add(session.digest)
        assert str(np.random.get_state()) == state  # noqa: NPY002
    assert len(found) == 1


DIGESTS = """
import json
from mmtui.level.level import load_level
from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.run import run_batches
from tests.unit.session.hedge_levels import level as hedge_level
level = load_level("skew")
batch = Batch([level], [("skew", {}), ("avellaneda-stoikov", {})], [1])
print(json.dumps([level.digest, *(result.digest for result in run_batches([batch]))]))
"""


@pytest.mark.slow
def test_hash_seeds_do_not_matter() -> None:
    found = set()
    for hash_seed in ("0", "1", "4242"):
        env = {**os.environ, "PYTHONHASHSEED": hash_seed}
        ended = subprocess.run([sys.executable, "-c", DIGESTS], capture_output=True, text=True, env=env, check=True)
        found.add(tuple(json.loads(ended.stdout)))
    assert len(found) == 1


@pytest.mark.slow
def test_jobs_do_not_matter() -> None:
    batch = Batch([LEVEL, load_level("skew")], [("skew", {}), ("fixed", {"size": 3})], range(1, 7))
    alone, together = list(run_batches([batch])), list(run_batches([batch], jobs=2))
    assert together == alone
    assert [(result.level, result.seed, result.strategy) for result in alone] == [
        (level.id, seed, strategy) for level in batch.levels for seed in batch.seeds for strategy, _ in batch.strategies
    ]
    assert len({result.digest for result in alone}) == len(batch) == 24

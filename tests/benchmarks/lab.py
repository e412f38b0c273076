"""What batches and environments cost over the bare sessions, as ratios: `python -m tests.benchmarks.lab`.

Batches are timed in elapsed seconds, so the machine must be idle, with two processors; parts take turns and the best of
each is compared. Environments are timed in processor seconds against the same session with the same quotes.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

import gymnasium
import numpy as np

from mmtui.book import Side
from mmtui.lab.gym.gym import ID, MarketMaking
from mmtui.lab.runs.batch import Batch
from mmtui.lab.runs.run import run_batches
from mmtui.lab.runs.workers import finish
from mmtui.level.level import Level, level_ids, load_level
from mmtui.session.commands import Quote
from mmtui.session.session import Session
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import Quotes
from mmtui.strategies.quoter import targets
from tests.benchmarks.ratios import show_ratio

#: Environments in one call, how often they step, and what they do: a tick or so from the mid, two lots.
_BESIDE, _STEPS = 64, 320
_ACTION = (-0.75, -0.75, -0.6, -0.6)


def main(argv: list[str] | None = None) -> None:
    """Run the comparisons and print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lab", description=(__doc__ or "").split(":")[0])
    parser.add_argument("--runs", type=int, default=200, help="sessions of a batch")
    parser.add_argument("--rounds", type=int, default=3, help="times each part is timed")
    parser.add_argument("--level", help="the level of the batch; the slowest one if left out")
    arguments = parser.parse_args(argv)
    level = load_level(arguments.level) if arguments.level else _slowest()
    print(f"{arguments.runs} runs of {level.id}")
    _batches(level, arguments.runs, arguments.rounds)
    _environments(arguments.rounds)


def _slowest() -> Level:
    """The level of at most ten minutes that takes longest; longer ones only take longer to time."""
    levels = [level for level in map(load_level, level_ids()) if level.duration_s <= 600]

    def seconds(level: Level) -> float:
        return min(finish(_batch(level, range(1, 3))).seconds for _ in range(2))

    return max(levels, key=seconds)


def _batch(level: Level, seeds: range) -> Batch:
    """Par itself, so that no part finds in its process the par that an earlier one computed."""
    return Batch([level], [(level.par, {})], seeds)


def _batches(level: Level, runs: int, rounds: int) -> None:
    from distributed import LocalCluster

    batch = _batch(level, range(1, runs + 1))
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        address: str = cluster.scheduler_address
        list(run_batches([_batch(level, range(1, 5))], cluster=address))
        best = _best(
            rounds,
            {
                "sessions": lambda: finish(batch).seconds,
                "one": lambda: _elapsed(lambda: list(run_batches([batch]))),
                "two": lambda: _elapsed(lambda: list(run_batches([batch], 2))),
                "cluster": lambda: _elapsed(lambda: list(run_batches([batch], cluster=address))),
            },
        )
    show_ratio("two jobs / one job, in sessions a second", best["one"] / best["two"], 1.8)
    show_ratio("one job / bare sessions, in seconds", best["one"] / best["sessions"], 1.05, below=True)
    show_ratio("cluster of two workers / two jobs, in sessions a second", best["two"] / best["cluster"], 0.85)


def _environments(rounds: int) -> None:
    level = load_level("skew")
    best = _best(rounds, {"direct": lambda: _directly(level), "environment": lambda: _in_environment(level)})
    show_ratio("steps of the environment / driven directly", best["environment"] / best["direct"], 1.3, below=True)
    several = _best(
        rounds,
        {
            "single": lambda: _single(level),
            "one call": lambda: _beside(level),
            "two processes": lambda: _beside(level, processes=2),
            "sync": lambda: _beside(level, vectorization_mode="sync"),
        },
    )
    for name, asked in (("one call", 1.0), ("two processes", 2.0), ("sync", 1.0)):
        show_ratio(
            f"{_BESIDE} environments, {name} / a single one, in steps a second",
            several["single"] / several[name],
            asked,
        )


def _directly(level: Level) -> float:
    start = process_time()
    for seed in range(1, 11):
        session = Session(level, seed, ends_on_failure=True)
        view = session.maker.view
        while session.over is None:
            mid = others_mid(view)
            for side, target in zip((Side.BUY, Side.SELL), targets(Quotes(mid - 1, mid + 1, 2, 2), view), strict=True):
                if target is not None:
                    session.submit(Quote(side, *target))
            session.advance(session.now_ns + 10**9)
    return process_time() - start


def _in_environment(level: Level) -> float:
    env = gymnasium.make(ID, level=level)
    market = env.unwrapped
    assert isinstance(market, MarketMaking)
    action = market.action(1, 1, 2, 2)
    start = process_time()
    for seed in range(1, 11):
        env.reset(seed=seed)
        over = False
        while not over:
            _, _, terminated, truncated, _ = env.step(action)
            over = terminated or truncated
    return process_time() - start


def _single(level: Level) -> float:
    """Returns the elapsed seconds of as many steps as those of :func:`_beside`."""
    env = gymnasium.make(ID, level=level)
    env.reset(seed=1)
    action = np.array(_ACTION, dtype=np.float32)

    def play() -> None:
        for _ in range(_BESIDE * _STEPS):
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()

    return _elapsed(play)


def _beside(level: Level, **options: Any) -> float:
    several = gymnasium.make_vec(f"mmtui.lab.gym.gym:{ID}", num_envs=_BESIDE, level=level, **options)
    several.reset(seed=1)
    actions = np.tile(np.array(_ACTION, dtype=np.float32), (_BESIDE, 1))
    seconds = _elapsed(lambda: [several.step(actions) for _ in range(_STEPS)])
    several.close()
    return seconds


def _elapsed(part: Callable[[], object]) -> float:
    start = perf_counter()
    part()
    return perf_counter() - start


def _best(rounds: int, parts: dict[str, Callable[[], float]]) -> dict[str, float]:
    best = dict.fromkeys(parts, float("inf"))
    for _ in range(rounds):
        for name, part in parts.items():
            gc.collect()
            best[name] = min(best[name], part())
    return best


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()

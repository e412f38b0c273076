"""A policy of three numbers, found by random search, against *fixed* on other seeds.

Run it: ``python -m mmtui.lab.gym.random_search``. It takes about a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import gymnasium
import msgspec
import numpy as np
from numpy.typing import NDArray

from mmtui.lab.gym.gym import ID, MarketMaking
from mmtui.lab.runs.run import run
from mmtui.lab.statistics.compare import Comparison, compare
from mmtui.level.level import Level, load_level
from mmtui.session.result import Result
from mmtui.strategies.policies.observation import FEATURES, Array

_POSITION = [feature.name for feature in FEATURES].index("position")


class ThreeNumbers(NamedTuple):
    """Quotes at one distance on both sides, shifted against the position; parts of an action, see MarketMaking."""

    distance: float = 0.0
    lean: float = 0.0
    size: float = 0.0

    def act(self, observation: Array) -> Array:
        """The action at an observation."""
        shift = self.lean * float(observation[_POSITION])
        action = [self.distance + shift, self.distance - shift, self.size, self.size]
        return np.clip(np.array(action, dtype=np.float32), -1, 1)


def play(env: gymnasium.Env[Array, Array], policy: ThreeNumbers, seed: int) -> tuple[float, Result]:
    """An episode: the sum of its rewards, and its result."""
    observation, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        observation, reward, terminated, truncated, _ = env.step(policy.act(observation))
        total, over = total + float(reward), terminated or truncated
    market = env.unwrapped
    assert isinstance(market, MarketMaking)
    return total, market.result()


def search(
    env: gymnasium.Env[Array, Array], seeds: Sequence[int], rounds: int, rng: np.random.Generator
) -> ThreeNumbers:
    """Try a change of the best policy each round, smaller and smaller, and keep what earns more on the seeds."""

    def worth(policy: ThreeNumbers) -> float:
        return float(np.mean([play(env, policy, seed)[0] for seed in seeds]))

    best = ThreeNumbers()
    most = worth(best)
    for step in np.geomspace(0.6, 0.1, rounds):
        change: NDArray[np.float64] = rng.normal(scale=step, size=len(best))
        tried = ThreeNumbers(*np.clip(np.array(best) + change, -1, 1).tolist())
        if (found := worth(tried)) > most:
            best, most = tried, found
    return best


def learn(level: Level, train: Sequence[int], test: Sequence[int], rounds: int) -> tuple[ThreeNumbers, Comparison]:
    """Search on some seeds, and compare the score with *fixed* on others."""
    env = gymnasium.make(ID, level=level, reward="score")
    policy = search(env, train, rounds, np.random.default_rng(1))
    theirs = run(level, "fixed", test)
    ours = [msgspec.structs.replace(play(env, policy, seed)[1], strategy="the policy") for seed in test]
    pairs = [result for pair in zip(theirs, ours, strict=True) for result in pair]
    return policy, compare(pairs, ["fixed", "the policy"])[0]


def main() -> None:
    """Search, and print the policy and the comparison."""
    policy, verdict = learn(load_level("skew"), range(1001, 1009), range(1, 41), rounds=40)
    print(policy)
    print(verdict.words)


if __name__ == "__main__":
    main()

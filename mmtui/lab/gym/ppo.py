"""A linear policy learnt by proximal policy optimisation (PPO), and compared on seeds that it never saw.

It trains with Stable-Baselines3, which is in no extra. ``pip install stable-baselines3`` brings PyTorch: 5.3 GB on
Linux as it comes, with CUDA, which is not used. Then::

    python -m mmtui.lab.gym.ppo --out mine.txt

takes about a minute and ends with a comparison. The strategy *ppo* was made so;
:mod:`mmtui.strategies.policies.ppo` says what it observes and does.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecEnv

from mmtui.lab.gym.vector import VectorMarketMaking
from mmtui.lab.runs.run import run
from mmtui.lab.statistics.compare import compare
from mmtui.level.level import Level
from mmtui.strategies.policies.observation import Array, Observer
from mmtui.strategies.policies.policy import Policy
from mmtui.strategies.policies.ppo import FEATURES, STEP_S, LinearPolicy, action_at

#: Environments side by side, and steps of each between two updates.
_BESIDE, _STEPS = 64, 128
#: The shift at the position limit before training: a usual spread, as that of *skew*.
_LEAN = 0.5
#: What is observed is multiplied by this, so that it is about 1.
_SCALES = np.array([4, 2, 2, 1], dtype=np.float32)
#: A number of the network's, about 1 at first, is so much of a shift.
_REACH = 0.2
#: What a step counts less than the one before, and the rate of learning at the beginning.
_DISCOUNT, _RATE = 0.99, 0.01


class Markets(VecEnv):  # type: ignore[misc]
    """Environments as Stable-Baselines3 takes them: every other one mirrored, and actions beside the first lean.

    A mirrored market teaches the same as a market, and that neither side is to be preferred.
    """

    def __init__(self, level: str, seed: int, processes: int) -> None:
        self._markets = VectorMarketMaking(
            _BESIDE,
            level,
            seed,
            processes=processes,
            autoreset_mode="SameStep",
            step_s=STEP_S,
            features=FEATURES,
        )
        self._held = held_cost(self._markets.level) * STEP_S
        self._spread = self._markets.rules.normal_spread * self._markets.rules.tick_value
        self._signs = np.where(np.arange(_BESIDE) % 2, -1, 1).astype(np.float32)
        observed, shift = spaces.Box(-np.inf, np.inf, (len(FEATURES),)), spaces.Box(-10.0, 10.0, (1,))
        super().__init__(_BESIDE, observed, shift)

    def reset(self) -> Array:
        """Begin with new episodes."""
        self._seen, _ = self._markets.reset()
        return self._known(self._seen)

    def step_async(self, actions: Array) -> None:
        """Note what is to be done."""
        self._actions = action_at(_LEAN * self._seen[:, 0] + _REACH * self._signs * actions[:, 0])

    def step_wait(self) -> tuple[Array, Array, NDArray[np.bool_], list[dict[str, Any]]]:
        """Do it."""
        held = np.abs(self._seen[:, 0])
        self._seen, made, lost, ended, infos = self._markets.step(self._actions)
        rewards = made - self._held * held
        details: list[dict[str, Any]] = [{} for _ in range(_BESIDE)]
        for at in np.flatnonzero(lost | ended):
            last = infos["final_obs"][at] * _SCALES * self._signs[at]
            details[at] = {"terminal_observation": last, "TimeLimit.truncated": bool(ended[at])}
        return self._known(self._seen), (rewards / self._spread).astype(np.float32), lost | ended, details

    def _known(self, seen: Array) -> Array:
        """Observations as the network has them."""
        return np.asarray(seen * _SCALES * self._signs[:, None])

    def close(self) -> None:
        """End them."""
        self._markets.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """None of each environment: only how they are drawn is ever asked."""
        return [None] * _BESIDE

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Not needed."""
        raise NotImplementedError

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        """Not needed."""
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """None is."""
        return [False] * _BESIDE


def held_cost(level: Level) -> float:
    """What holding the whole position limit for a second costs in the level's score, in money of its PnL part."""
    weights = level.score.weights
    points = 75.0 * weights.get("inventory", 0.0) / (level.score.inventory * level.duration_s)
    return points * level.score.point / weights["pnl"]


def train(level: str, steps: int, seed: int, processes: int = 1) -> NDArray[np.float64]:
    """Train a policy, and return its weights, see :class:`~mmtui.strategies.policies.ppo.LinearPolicy`.

    What is added whatever is observed is left out of them: the mirrored market would contradict it.

    Args:
        level: on which level.
        steps: how many steps, of all environments together.
        seed: of the first episode; the seeds of later ones are drawn.
        processes: over how many processes the environments are spread.
    """
    torch.set_num_threads(1)
    markets = Markets(level, seed, processes)
    model = PPO(
        "MlpPolicy",
        markets,
        n_steps=_STEPS,
        batch_size=512,
        n_epochs=4,
        gamma=_DISCOUNT,
        gae_lambda=0.95,
        # Varies the weights for a while, not each action: quotes that are moved at each step lose their place.
        use_sde=True,
        learning_rate=lambda left: _RATE * max(left, 0.05),
        policy_kwargs={
            "net_arch": {"pi": [], "vf": [32, 32]},
            "activation_fn": torch.nn.Tanh,
            "log_std_init": -0.5,
        },
        device="cpu",
        seed=1,
    )
    model.learn(steps)
    markets.close()
    learnt = model.policy.action_net.weight.detach().numpy()[0].astype(np.float64)
    return np.asarray(np.array([_LEAN, 0.0, 0.0, 0.0]) + _REACH * _SCALES * learnt)


def main(argv: list[str] | None = None) -> None:
    """Train, write the weights, and compare the policy with *skew*."""
    parser = argparse.ArgumentParser(prog="python -m mmtui.lab.gym.ppo", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--level", default="skew", help="on which level")
    parser.add_argument("--steps", type=int, default=98_304, help="steps of a quarter of a second to learn from")
    parser.add_argument("--seed", type=int, default=100_000, help="of the first session to learn from")
    parser.add_argument("--seeds", type=int, default=200, help="sessions to compare on: seeds from 1")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, required=True, help="the file for the weights")
    arguments = parser.parse_args(argv)
    weights = train(arguments.level, arguments.steps, arguments.seed, arguments.jobs)
    np.savetxt(arguments.out, weights[None], fmt="%.4f", header=" ".join(FEATURES))
    learnt = Policy(LinearPolicy(np.loadtxt(arguments.out)), Observer(FEATURES, STEP_S))
    seeds = range(1, arguments.seeds + 1)
    results = run(arguments.level, {"skew": "skew", "learnt": learnt}, seeds, jobs=arguments.jobs)
    for verdict in compare(results):
        if verdict.measure in ("score", "pnl"):
            print(verdict.words)


if __name__ == "__main__":
    main()

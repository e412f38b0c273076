"""A linear policy that was trained by proximal policy optimisation."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmtui.errors import InputError
from mmtui.strategies.policies.observation import Array, Observer
from mmtui.strategies.policies.policy import Policy

#: What is observed: of a mirrored market, in which buyers are sellers, all of it has the other sign.
FEATURES = ("position", "imbalance", "flow", "move")
STEP_S = 0.25
#: The distance of both quotes from their middle, 0.4 of the usual spread as that of *skew*, and their size, 0.35 of the
#: largest order, as an action has them.
_DISTANCE, _SIZE = -0.8, -0.3


def action_at(shift: ArrayLike) -> NDArray[np.float64]:
    """Returns the action with the bid further from the mid of others by a shift, and the ask nearer.

    Args:
        shift: in an action's unit, half of which is a usual spread; several along an axis, or one.
    """
    shift = np.asarray(shift, dtype=np.float64)
    size = np.full_like(shift, _SIZE)
    action = np.stack([_DISTANCE + shift, _DISTANCE - shift, size, size], axis=-1)
    return np.asarray(np.clip(action, -1.0, 1.0))


class LinearPolicy:
    """Quotes shifted by a linear function of what is observed.

    Args:
        weights: the shift for each feature.

    Raises:
        InputError: there are more or fewer.
    """

    def __init__(self, weights: NDArray[np.float64]) -> None:
        if weights.shape != (len(FEATURES),):
            raise InputError(f"weights: expected {len(FEATURES)} numbers, of {', '.join(FEATURES)}, not {weights.size}")
        self._weights = weights.tolist()

    def __call__(self, seen: Array) -> NDArray[np.float64]:
        """Returns the action at an observation."""
        # Added one by one, in the same order on every machine.
        return action_at(sum(weight * number for weight, number in zip(self._weights, seen.tolist(), strict=True)))


class Ppo(Policy):
    """Quotes that lean against the position and follow the book, as a policy has learnt to.

    Idea: where the middle of the quotes is best, from what a trader sees, four times a second. Nobody told it what an
    imbalance or a flow means: it was rewarded for PnL, less what a position costs in the score, on a few sessions
    of the level *skew*.

    Formula: both quotes at 0.4 of the usual spread from a middle that is shifted by w1 position + w2 imbalance + w3
    flow + w4 move, as the environment observes these and in its unit of distances, half of which is a usual spread;
    sizes are 0.35 of the largest order. Trained from the lean of *skew* on, by proximal policy optimisation (Schulman
    and others, 2017, arXiv:1707.06347): ``python -m mmtui.lab.gym.ppo``.

    Parameters: none but the weights, ``ppo.txt``. A class that extends this one may name another file.

    Fails: where a market is not like that of *skew*; it knows no events, no trends and no hedges. It gives
    way sooner than *skew*, for a smaller position, and has worse markouts for it.
    """

    name = "ppo"
    idea = "a linear policy, trained on the level skew"
    baseline = True

    weights: ClassVar[Path] = Path(__file__).with_name("ppo.txt")

    def __init__(self) -> None:
        super().__init__(LinearPolicy(np.loadtxt(self.weights)), Observer(FEATURES, STEP_S))

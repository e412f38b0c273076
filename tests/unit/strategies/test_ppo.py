"""The trained policy: what its weights say, the same on both sides of the market, wherever it plays."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from mmtui import load_level, run
from mmtui.errors import InputError
from mmtui.lab.gym.gym import MarketMaking
from mmtui.room.core.spec import RoomSpec
from mmtui.strategies import sources
from mmtui.strategies.policies.observation import Array
from mmtui.strategies.policies.ppo import FEATURES, STEP_S, LinearPolicy, Ppo, action_at
from mmtui.units import NS_PER_S
from tests.unit.room.rooms import opened


def seen(**values: float) -> Array:
    return np.array([values.get(name, 0.0) for name in FEATURES], dtype=np.float32)


def act(observed: Array, policy: Ppo | None = None) -> list[float]:
    numbers: list[float] = np.asarray((policy or Ppo()).act(observed)).tolist()
    return numbers


def test_both_quotes_are_shifted_by_a_linear_function_of_what_is_observed() -> None:
    weights = np.array([0.5, -0.25, 0.0, 0.0])
    assert LinearPolicy(weights)(seen(position=0.5, imbalance=0.5)).tolist() == pytest.approx(
        [-0.675, -0.925, -0.3, -0.3]
    )
    assert LinearPolicy(weights)(seen(position=-1.0)).tolist() == pytest.approx([-1.0, -0.3, -0.3, -0.3])


def test_weights_are_as_many_as_features() -> None:
    with pytest.raises(InputError, match="weights: expected 4 numbers, of position, imbalance, flow, move, not 2"):
        LinearPolicy(np.array([1.0, 2.0]))


def test_several_actions_are_made_at_once() -> None:
    shifts = np.array([0.1, -0.2, 5.0])
    together = action_at(shifts)
    assert together.shape == (3, 4)
    for row, shift in zip(together, shifts, strict=True):
        assert row.tolist() == action_at(shift).tolist()


def test_the_trained_one_leans_against_the_position_and_follows_the_book() -> None:
    still = act(seen())
    assert still[0] == still[1]
    long = act(seen(position=0.3))
    assert long[0] > still[0] > long[1]
    buyers = act(seen(imbalance=0.5))
    assert buyers[0] < still[0] < buyers[1]


def test_it_plays_as_it_was_trained() -> None:
    """In a session it sees and does what it would in the environment, and a class may name other weights."""
    level = msgspec.structs.replace(load_level("skew"), duration_s=30)
    env = MarketMaking(level, features=FEATURES, step_s=STEP_S)
    observation, _ = env.reset(seed=3)
    while env.session.over is None:
        observation, *_ = env.step(np.array(act(observation)))
    (result,) = run(level, "ppo", [3])
    assert result.error is None
    assert result.fills > 3
    assert (result.fills, result.pnl) == (env.result().fills, env.result().pnl)


def test_it_is_a_bot_of_a_room() -> None:
    room = opened(RoomSpec(seats=2, bots=("ppo", "skew")))
    room.advance(20 * NS_PER_S)
    makers = room.sessions[0].makers
    assert [maker.error for maker in makers] == [None, None]
    assert makers[0].desk.fills


def test_other_weights_are_another_policy(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "mine.txt", np.zeros((1, len(FEATURES))))

    class Mine(Ppo):
        weights = tmp_path / "mine.txt"

    assert act(seen(position=1.0), Mine())[:2] == [-0.8, -0.8]


def test_weights_are_part_of_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_PACKAGE", tmp_path)
    (tmp_path / "strategies").mkdir()
    before = sources.engine_digest.__wrapped__()
    (tmp_path / "strategies" / "ppo.txt").write_text("1 2 3")
    assert sources.engine_digest.__wrapped__() != before

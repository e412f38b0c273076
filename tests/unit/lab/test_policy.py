"""A policy as a strategy, and what it observes and does."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import gymnasium
import msgspec
import numpy as np
import pytest

from mmtui import load_level, run
from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.lab.gym.gym import ID, MarketMaking
from mmtui.level.level import Level
from mmtui.session.session import Session
from mmtui.strategies.policies.observation import FEATURES, MORE_FEATURES, Array, Observer
from mmtui.strategies.policies.policy import Policy

EVERY = tuple(feature.name for feature in (*FEATURES, *MORE_FEATURES))


class Leaning:
    """Quotes both sides, shifted against the position, and keeps what it saw."""

    seen: ClassVar[list[Array]] = []

    def __init__(self, hedges: int = 0) -> None:
        self.hedges = hedges

    def __call__(self, observation: Array) -> list[float]:
        Leaning.seen.append(observation)
        shift = 0.5 * float(observation[1])
        return [-0.7 + shift, -0.7 - shift, -0.8, -0.8, *[-float(observation[1])] * self.hedges]


def played(level: Level, seed: int, policy: Leaning, **options: Any) -> tuple[list[Array], MarketMaking]:
    """The observations of an episode, and the environment at its end."""
    env = gymnasium.make(ID, level=level, **options).unwrapped
    assert isinstance(env, MarketMaking)
    observation, _ = env.reset(seed=seed)
    seen, over = [], False
    while not over:
        seen.append(observation)
        observation, _, terminated, truncated, _ = env.step(np.array(policy(observation), dtype=np.float32))
        over = terminated or truncated
    return seen, env


@pytest.fixture(scope="module")
def level() -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=60)


def test_a_policy_is_the_agent_that_it_was_in_the_environment(level: Level) -> None:
    seen, env = played(level, 3, Leaning(), features=EVERY)
    Leaning.seen.clear()
    (result,) = run(level, Policy(Leaning(), Observer(EVERY)), [3])
    assert np.array_equal(np.array(Leaning.seen[: len(seen)]), np.array(seen))
    there = env.result()
    assert result.error is None
    assert result.fills > 5
    assert (result.fills, result.pnl, result.position.final) == (there.fills, there.pnl, there.position.final)


def test_hedges_are_part_of_the_action() -> None:
    hedged = msgspec.structs.replace(load_level("hedge"), duration_s=60, events=(), coach=(), lesson_checks=())
    count = len(hedged.hedges)
    _, env = played(hedged, 1, Leaning(count), hedging=True)
    assert env.action_space.shape == (4 + count,)
    fills = env.session.maker.hedging.fills
    assert fills
    Leaning.seen.clear()
    (result,) = run(hedged, Policy(Leaning(count), hedging=True), [1])
    assert (result.error, result.pnl) == (None, env.result().pnl)
    assert env.action(1, 1, 1, 1).shape == (4 + count,)
    with pytest.raises(InputError, match=f"action: expected {4 + count} finite numbers"):
        env.step(np.zeros(3, dtype=np.float32))


def test_an_opponent_makes_the_same_market(level: Level) -> None:
    _, env = played(level, 3, Leaning(), opponent=Policy(Leaning()))
    opponent = env.session.opposition()
    assert opponent is not None
    assert (opponent.strategy, opponent.error) == ("Policy", None)
    assert opponent.fills > 0


def test_what_is_observed_is_what_the_view_shows(level: Level) -> None:
    session = Session(level, 5, "skew")
    session.advance(30 * 10**9)
    view, observer = session.maker.view, Observer(EVERY)
    found = dict(zip(EVERY, observer.observe(view).tolist(), strict=True))
    bid = max(order.price for order in view.orders if order.side is Side.BUY)
    middle = ((view.others_best(Side.BUY) or 0) + (view.others_best(Side.SELL) or 0)) / 2
    assert found["own_bid"] == pytest.approx((middle - bid) / view.rules.normal_spread)
    best = view.depth(Side.BUY, 1)[0].quantity
    assert found["bid_lots_1"] == pytest.approx(best / view.rules.normal_size)
    assert found["net"] == pytest.approx(found["position"])
    assert found["bid_ahead"] >= 0
    assert all(np.isfinite(value) for value in found.values())
    with pytest.raises(InputError, match="there is no feature 'possition'; did you mean 'position'"):
        Observer(("possition",))


@pytest.mark.parametrize("again", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
@pytest.mark.parametrize("reward", ["pnl", "score"])
def test_a_copied_environment_goes_on_as_the_original(level: Level, reward: str, again: Any) -> None:
    env = gymnasium.make(ID, level=level, reward=reward, features=EVERY)
    env.reset(seed=3)
    actions = np.random.default_rng(1).uniform(-1, 1, (30, 4)).astype(np.float32)
    for action in actions[:10]:
        env.step(action)
    copied = again(env)
    for action in actions[10:]:
        ours, theirs = env.step(action), copied.step(action)
        assert np.array_equal(ours[0], theirs[0])
        assert ours[1:] == theirs[1:]


FILE = """
import numpy as np
from mmtui.strategies.policies.observation import Observer
from mmtui.strategies.policies.policy import Policy

WEIGHTS = np.array([[-0.2, 0.2]], dtype=np.float32)

class Trained(Policy):
    name = "trained"
    idea = "two numbers"

    def __init__(self):
        super().__init__(lambda seen: [*(seen[:1] @ WEIGHTS - 0.7), -0.8, -0.8], Observer(("position",), step_s=0.5))
"""


@pytest.mark.slow
def test_a_policy_s_file_is_a_strategy(level: Level, tmp_path: Path) -> None:
    (tmp_path / "trained.py").write_text(FILE)
    found = run(level, [f"{tmp_path / 'trained.py'}:Trained", "skew"], [1, 2], jobs=2)
    assert [result.error for result in found] == [None] * 4
    assert found[0].fills > 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Observer(()), "features: expected names"),
        (lambda: Observer("position"), "features: expected names"),
        (lambda: Observer(("positon",)), "did you mean 'position'"),
        (lambda: Observer(step_s=0.0), "step_s: expected seconds above 0"),
        (lambda: Observer(step_s=-1.0), "step_s: expected seconds above 0"),
        (lambda: Policy([0.0] * 4), "act: expected a function"),  # type: ignore[arg-type]
        (lambda: Policy(Leaning(), ("position",)), "observe: expected an Observer"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_observed_or_done_is_said_at_once(make: Callable[[], object], words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        make()

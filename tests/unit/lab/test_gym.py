"""Levels as Gymnasium environments."""

from __future__ import annotations

import warnings
from typing import Any

import gymnasium
import msgspec
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import (
    FrameStackObservation,
    NormalizeObservation,
    NormalizeReward,
    RecordEpisodeStatistics,
    RescaleAction,
    TimeLimit,
)

from mmtui.book import Side
from mmtui.errors import InputError, LevelError
from mmtui.lab.gym.gym import ID, MarketMaking
from mmtui.lab.gym.random_search import ThreeNumbers, learn, play
from mmtui.lab.runs.batch import simulate
from mmtui.level.events import cards
from mmtui.level.level import Level, level_ids, load_level
from mmtui.session.commands import Cancel, Quote
from mmtui.session.session import Session
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.policies.observation import FEATURES, Array
from mmtui.strategies.protocol import Quotes
from mmtui.strategies.quoter import targets
from tests.unit.session.support import still

S = 1_000_000_000


def shortened(level_id: str, seconds: int) -> Level:
    """The first seconds of a level, without what happens later."""
    level = load_level(level_id)
    events = tuple(event for event in level.events if event.at_s < seconds)
    deck = min(level.deck, len(cards(events)))
    return msgspec.structs.replace(level, duration_s=seconds, events=events, deck=deck)


@pytest.fixture(scope="module")
def level() -> Level:
    return shortened("skew", 30)


def made(level: str | Level, **options: Any) -> MarketMaking:
    env = gymnasium.make(ID, level=level, **options).unwrapped
    assert isinstance(env, MarketMaking)
    return env


def episode(env: gymnasium.Env[Array, Array], action: Array, **reset: Any) -> list[tuple[Array, float, bool, bool]]:
    """Every step of an episode of one action."""
    env.reset(**reset)
    steps: list[tuple[Array, float, bool, bool]] = []
    while not steps or not (steps[-1][2] or steps[-1][3]):
        observation, reward, terminated, truncated, _ = env.step(action)
        steps.append((observation, float(reward), terminated, truncated))
    return steps


@pytest.mark.slow
@pytest.mark.parametrize("level_id", level_ids())
def test_gymnasium_s_checker_has_no_complaint(level_id: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(made(shortened(level_id, 10), render_mode="ansi"))


@pytest.mark.parametrize("name", [ID, f"mmtui.lab.gym.gym:{ID}"])
def test_it_is_made_by_name(name: str) -> None:
    env = gymnasium.make(name, level="skew", seed=7)
    _, info = env.reset()
    assert info == {"seed": 7, "time_s": 0.0, "position": 0, "pnl": 0.0}
    assert env.action_space.shape == (4,)
    assert env.observation_space.shape == (len(FEATURES),)


def test_an_episode_is_the_session_driven_directly(level: Level) -> None:
    """To the byte, with the quotes that stand as they should left alone."""
    env = made(level)
    episode(env, env.action(1, 1, 2, 2), seed=3)
    session = Session(level, 3, ends_on_failure=True)
    while session.over is None:
        view = session.maker.view
        mid = others_mid(view)
        for side, target in zip((Side.BUY, Side.SELL), targets(Quotes(mid - 1, mid + 1, 2, 2), view), strict=True):
            assert target is not None
            session.submit(Quote(side, *target))
        session.advance(session.now_ns + S)
    assert env.session.digest == session.digest
    assert len(env.session.commands) < len(session.commands)


def test_a_side_without_orders_is_not_cancelled(level: Level) -> None:
    env = made(level)
    env.reset(seed=3)
    for ask_size in (0, 0, 2, 0):
        env.step(env.action(1, 1, 2, ask_size))
    sides = [command.side for _, command in env.session.commands if isinstance(command, Cancel)]
    assert sides == [Side.SELL]


def test_a_seed_is_that_of_the_command_line_and_of_every_later_episode(level: Level) -> None:
    env, again = made(level, seed=5), made(level, seed=5)
    action = env.action(1, 1, 1, 1)
    first = episode(env, action)
    assert env.session.seed == 5
    for one, other in zip(first, episode(again, action, seed=5), strict=True):
        assert np.array_equal(one[0], other[0])
        assert one[1:] == other[1:]
    idle = simulate(level, "idle", 5)
    env.reset(seed=5)
    while env.session.over is None:
        env.step(env.action(1, 1, 0, 0))
    assert env.session.digest == idle.digest
    # Later seeds are drawn, the same after the same beginning.
    fresh = made(level, seed=5)
    fresh.reset()
    drawn = [fresh.reset()[1]["seed"] for _ in range(3)]
    twin = made(level, seed=5)
    twin.reset()
    assert [twin.reset()[1]["seed"] for _ in range(3)] == drawn
    assert len({5, *drawn}) == 4


def test_the_action_is_the_quotes() -> None:
    env = made(still())
    env.reset(seed=1)
    bid, ask = env.session.maker.view.best_bid, env.session.maker.view.best_ask
    mid = (bid + ask) / 2
    env.step(env.action(4, 5, 3, 7))
    standing = {(order.side, order.price, order.quantity) for order in env.session.maker.view.orders}
    assert standing == {(Side.BUY, mid - 4, 3), (Side.SELL, mid + 5, 7)}
    sent = len(env.session.commands)
    env.step(env.action(4, 5, 3, 7))
    assert len(env.session.commands) == sent
    env.step(env.action(4, 5, 0, 2))
    assert [(order.side, order.quantity) for order in env.session.maker.view.orders] == [(Side.SELL, 2)]
    env.step(np.full(4, 9.0, dtype=np.float32))
    assert {order.quantity for order in env.session.maker.view.orders} == {10}


@pytest.mark.parametrize("action", [[0.0, 0.0, 0.0], [0.0, np.nan, 0.0, 0.0], [np.inf, 0, 0, 0], ["a", 0, 0, 0], 1.0])
def test_an_action_that_is_none_is_refused(level: Level, action: Any) -> None:
    env = made(level)
    env.reset(seed=1)
    with pytest.raises(InputError, match="action: expected four finite numbers"):
        env.step(action)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"step_s": 0}, "step_s: expected a time above 0"),
        ({"reward": "fame"}, "reward: expected pnl, penalised or score, not 'fame'"),
    ],
)
def test_options_that_make_no_sense_are_refused(level: Level, options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        MarketMaking(level, **options)
    with pytest.raises(LevelError, match="there is no level 'nowhere'"):
        MarketMaking("nowhere")
    with pytest.raises(InputError, match="render_mode: expected ansi or None, not 'human'"):
        MarketMaking(level, render_mode="human")


def test_rewards_sum_to_what_they_pay_for(level: Level) -> None:
    env = made(level)
    action = env.action(1, 1, 2, 2)
    plain = episode(env, action, seed=2)
    total = env.result().pnl.total
    assert total != 0
    assert sum(reward for _, reward, *_ in plain) == pytest.approx(total)
    scored = made(level, reward="score")
    steps = episode(scored, action, seed=2)
    assert sum(reward for _, reward, *_ in steps) == pytest.approx(scored.result().score)
    env = made(level, reward="penalised", penalty=0.25)
    paid = episode(env, action, seed=2)
    limit = level.maker.position_limit
    squares = [(float(observation[1]) * limit) ** 2 for observation, *_ in paid]
    assert sum(squares) > 0
    assert sum(reward for _, reward, *_ in paid) == pytest.approx(total - 0.25 * sum(squares), rel=1e-5)


def test_the_level_s_end_truncates_and_the_loss_limit_terminates(level: Level) -> None:
    env = made(level, step_s=7)
    steps = episode(env, env.action(1, 1, 2, 2), seed=1)
    assert [flags for _, _, *flags in steps] == [*[[False, False]] * 4, [False, True]]
    assert (env.session.over, env.session.now_ns) == ("time", 30 * S)
    assert steps[-1][0][0] == 0.0
    poor = msgspec.structs.replace(level, maker=msgspec.structs.replace(level.maker, max_loss=0.05))
    env = made(poor)
    last = episode(env, env.action(0, 0, 10, 10), seed=1)[-1]
    assert (last[2], last[3], env.session.over) == (True, False, "loss")


def test_observations_are_what_they_say(level: Level) -> None:
    env = made(level)
    episode(env, env.action(1, 1, 2, 2), seed=4)
    env.reset(seed=4)
    for _ in range(25):
        found = dict(
            zip((feature.name for feature in FEATURES), env.step(env.action(1, 1, 2, 2))[0].tolist(), strict=True)
        )
    view, spread = env.session.maker.view, level.normal.spread
    assert found["time_left"] == pytest.approx(1 - 25 / 30)
    assert found["position"] == pytest.approx(view.position / level.maker.position_limit)
    assert found["spread"] == pytest.approx((view.best_ask - view.best_bid) / spread)
    bid, ask = view.depth(Side.BUY, 1)[0].quantity, view.depth(Side.SELL, 1)[0].quantity
    assert found["imbalance"] == pytest.approx((bid - ask) / (bid + ask))
    trades = view.trades_since(15 * S)
    flow = sum(trade.side * trade.quantity for trade in trades) / sum(trade.quantity for trade in trades)
    assert found["flow"] == pytest.approx(flow)
    assert found["move"] == pytest.approx((view.mid - env.session.mid_by_second[15]) / spread)
    assert found["markout"] == pytest.approx((view.markout(10) or 0.0) / spread)
    assert 0 < found["volatility"] < 20


def test_the_ladder_shows_own_orders() -> None:
    env = made(still(), render_mode="ansi")
    env.reset(seed=1)
    env.step(env.action(4, 5, 3, 7))
    shown = env.render()
    assert shown is not None
    heading, columns, *rows = shown.splitlines()
    assert heading.startswith("0:01  position +0  PnL +0.00")
    assert columns.split() == ["mine", "bid", "price", "ask", "mine"]
    assert [row.split()[0] for row in rows if row.startswith("    3")] == ["3"]
    assert len(rows) == 17
    assert made(still()).render() is None


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_environments_beside_each_other_have_the_episodes_of_single_ones(level: Level, mode: str) -> None:
    several = gymnasium.make_vec(f"mmtui.lab.gym.gym:{ID}", num_envs=2, vectorization_mode=mode, level=level)
    action = made(level).action(1, 1, 2, 2)
    several.reset(seed=3)
    # Past the first episode's end, so that the second ones, whose seeds are drawn, are the same too.
    seen = [several.step(np.stack([action, action])) for _ in range(40)]
    several.close()
    for at in range(2):
        env = made(level)
        expected = episode(env, action, seed=3 + at)
        env.reset()
        drawn = [(step[0], step[1]) for step in (env.step(action) for _ in range(9))]
        # After an end, one step of the vector is the reset.
        for step, one in zip(
            [*range(30), *range(31, 40)], [*((one[0], one[1]) for one in expected), *drawn], strict=True
        ):
            assert np.array_equal(seen[step][0][at], one[0])
            assert seen[step][1][at] == one[1]


def test_the_usual_wrappers_go_around_it(level: Level) -> None:
    env: gymnasium.Env[Any, Any] = gymnasium.make(ID, level=level, seed=1)
    env = RecordEpisodeStatistics(RescaleAction(TimeLimit(env, 20), np.float32(0.0), np.float32(1.0)))
    env = FrameStackObservation(NormalizeReward(NormalizeObservation(env)), 3)
    env.reset(seed=1)
    env.action_space.seed(1)
    for _ in range(20):
        observation, _, _, truncated, info = env.step(env.action_space.sample())
    assert observation.shape == (3, len(FEATURES))
    assert truncated
    assert info["episode"]["l"] == 20


@pytest.mark.slow
def test_a_policy_learnt_by_random_search_beats_fixed_on_seeds_it_never_saw() -> None:
    """A tiny version: a third of the level, two seeds to learn on, eight rounds. The whole level is in the example."""
    level = shortened("skew", 100)
    policy, verdict = learn(level, [1001, 1002], range(1, 25), rounds=8)
    assert policy.lean > 0
    assert verdict.verdict == "better"
    assert verdict.difference > 5
    total, result = play(gymnasium.make(ID, level=level, reward="score"), policy, 1)
    assert total == pytest.approx(result.score)
    assert policy != ThreeNumbers()

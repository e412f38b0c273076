"""Many environments in one call: each is what it is alone."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import gymnasium
import msgspec
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers.vector import NormalizeObservation, RecordEpisodeStatistics

from mmtui import Quotes, load_level
from mmtui.errors import InputError, MmtuiError
from mmtui.lab.gym.gym import ID, MarketMaking
from mmtui.lab.gym.vector import VectorMarketMaking
from mmtui.level.level import Level
from mmtui.strategies.protocol import MarketView, Strategy

COUNT = 5


class Near(Strategy):
    """Quotes around the mid."""

    name = "near-it"
    idea = "a tick from the mid"

    def quote(self, view: MarketView) -> Quotes:
        return Quotes.around(view.mid, 1.0, 1)


@pytest.fixture(scope="module")
def level() -> Level:
    """So poor that some episodes end early, by the loss limit."""
    level = msgspec.structs.replace(load_level("skew"), duration_s=8)
    return msgspec.structs.replace(level, maker=msgspec.structs.replace(level.maker, max_loss=4.0))


def singles(level: Level, mode: AutoresetMode, **options: Any) -> SyncVectorEnv:
    """Gymnasium's own vector of single environments."""
    return SyncVectorEnv([lambda: MarketMaking(level, **options)] * COUNT, autoreset_mode=mode)


def same(one: Any, other: Any) -> None:
    """Both are the same to the byte: arrays, dicts, tuples."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            same(value, other[key])
    elif isinstance(one, tuple) or (isinstance(one, np.ndarray) and one.dtype == object):
        for mine, theirs in zip(one, other, strict=True):
            same(mine, theirs)
    else:
        assert np.asarray(one).dtype == np.asarray(other).dtype
        assert np.array_equal(one, other)


def actions(steps: int) -> Iterator[Any]:
    rng = np.random.default_rng(1)
    for _ in range(steps):
        yield rng.uniform(-1.0, 0.2, (COUNT, 4)).astype(np.float32)


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_they_are_single_environments_to_the_byte(level: Level, mode: AutoresetMode, processes: int) -> None:
    options: dict[str, Any] = {"reward": "score", "features": ("position", "own_bid", "flow")}
    ends = 0
    with (
        closing(singles(level, mode, **options)) as one,
        closing(VectorMarketMaking(COUNT, level, processes=processes, autoreset_mode=mode, **options)) as other,
    ):
        assert other.metadata["autoreset_mode"] is mode
        assert (one.action_space, one.observation_space) == (other.action_space, other.observation_space)
        same(one.reset(seed=1), other.reset(seed=1))
        for action in actions(30):
            found = other.step(action)
            same(one.step(action), found)
            ends += int(np.sum(found[2]))
        # Of both kinds of end.
        assert ends > 0
        same(one.reset(seed=[5, 1, 4, 9, 2]), other.reset(seed=[5, 1, 4, 9, 2]))
        same(one.reset(), other.reset())
        same(one.step(action), other.step(action))


@pytest.mark.parametrize("processes", [1, 2])
def test_some_are_reset_by_a_mask(level: Level, processes: int) -> None:
    mode = AutoresetMode.DISABLED
    mask = np.array([True, False, False, True, False])
    with (
        closing(singles(level, mode)) as one,
        closing(VectorMarketMaking(COUNT, level, processes=processes, autoreset_mode="Disabled")) as other,
    ):
        same(one.reset(seed=1), other.reset(seed=1))
        for action in actions(3):
            same(one.step(action), other.step(action))
        same(
            one.reset(seed=11, options={"reset_mask": mask.copy()}),
            other.reset(seed=11, options={"reset_mask": mask.copy()}),
        )
        same(one.step(action), other.step(action))
        while not np.any(other.step(action)[2:4]):
            pass
        with pytest.raises(InputError, match="an episode is over: with autoreset_mode=Disabled"):
            other.step(action)


def test_a_first_reset_has_the_seed_given(level: Level) -> None:
    env = VectorMarketMaking(COUNT, level, seed=7)
    assert env.reset()[1]["seed"].tolist() == [7, 8, 9, 10, 11]
    drawn = env.reset()[1]["seed"].tolist()
    assert drawn != [7, 8, 9, 10, 11]
    again = VectorMarketMaking(COUNT, level)
    again.reset(seed=7)
    assert again.reset()[1]["seed"].tolist() == drawn


def test_gymnasium_makes_it_by_name_and_its_wrappers_go_around(level: Level) -> None:
    env = gymnasium.make_vec(f"mmtui.lab.gym.gym:{ID}", num_envs=3, level=level)
    assert isinstance(env, VectorMarketMaking)
    wrapped = RecordEpisodeStatistics(NormalizeObservation(env))
    wrapped.reset(seed=1)
    action = np.full((3, 4), -0.7, dtype=np.float32)
    infos: list[dict[str, Any]] = [wrapped.step(action)[4] for _ in range(8)]
    assert infos[-1]["episode"]["l"].tolist() == [8, 8, 8]


def test_an_opponent_of_this_program_travels(level: Level) -> None:
    action = np.full((2, 4), -0.7, dtype=np.float32)
    found = []
    for processes in (1, 2):
        with closing(VectorMarketMaking(2, level, processes=processes, opponent=Near)) as env:
            env.reset(seed=1)
            found.append([env.step(action)[:2] for _ in range(6)])
    for here, there in zip(*found, strict=True):
        same(here, there)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"num_envs": 0}, "num_envs: expected 1 or more, not 0"),
        ({"num_envs": 2, "processes": 3}, "processes: expected 1 to 2, one for each environment, not 3"),
        ({"autoreset_mode": "never"}, "autoreset_mode: expected one of NextStep, SameStep, Disabled, not 'never'"),
        ({"reward": "fame"}, "reward: expected pnl, penalised or score, not 'fame'"),
    ],
)
def test_options_that_make_no_sense_are_refused(level: Level, options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        VectorMarketMaking(level=level, **options)


@pytest.mark.parametrize("processes", [1, 2])
def test_what_is_no_action_or_seed_is_refused(level: Level, processes: int) -> None:
    with closing(VectorMarketMaking(2, level, processes=processes)) as env:
        env.reset(seed=1)
        with pytest.raises(InputError, match=r"actions: expected 2 rows, one for each environment, not \(4,\)"):
            env.step(np.zeros(4))
        with pytest.raises(InputError, match="action: expected four finite numbers"):
            env.step(np.array([[0, 0, 0, 0], [0, np.nan, 0, 0]]))
        with pytest.raises(InputError, match="seed: expected 2, one for each environment, not 3"):
            env.reset(seed=[1, 2, 3])
        with pytest.raises(InputError, match="reset_mask: expected 2 of true and false"):
            env.reset(options={"reset_mask": np.zeros(2, bool)})
        # It goes on.
        env.reset(seed=1)


def test_it_goes_on_after_an_interrupt(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with closing(VectorMarketMaking(2, level)) as here, closing(VectorMarketMaking(2, level, processes=2)) as there:
        there.reset(seed=5)
        with monkeypatch.context() as patch:
            patch.setattr("mmtui.lab.gym.vector._Elsewhere.receive", interrupted)
            with pytest.raises(KeyboardInterrupt):
                there.step(np.zeros((2, 4)))
        same(here.reset(seed=1), there.reset(seed=1))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no such signals")
def test_a_process_that_is_killed_gives_one_sentence(level: Level) -> None:
    before = set(multiprocessing.active_children())
    with closing(VectorMarketMaking(2, level, processes=2)) as env:
        env.reset(seed=1)
        started = [*set(multiprocessing.active_children()) - before]
        started[0].kill()
        started[0].join()
        with pytest.raises(MmtuiError, match="a process that ran environments was ended from outside"):
            env.step(np.zeros((2, 4)))
    assert not set(multiprocessing.active_children()) - before

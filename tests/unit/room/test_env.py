"""A room as a PettingZoo environment."""

from __future__ import annotations

import warnings

import msgspec
import numpy as np
import pytest
from pettingzoo.test import parallel_api_test, parallel_seed_test

from mmtui.errors import InputError
from mmtui.level.level import load_level
from mmtui.room.env import RoomMarket
from tests.unit.room.rooms import short

#: Both quotes a tick or so from the mid, of half the largest order.
QUOTES = np.array([-0.8, -0.8, 0.0, 0.0], dtype=np.float32)


def test_pettingzoo_s_own_tests_have_no_complaint() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parallel_api_test(RoomMarket(short(duration_s=12), 3), num_cycles=20)
        parallel_seed_test(lambda: RoomMarket(short(duration_s=12), 3))


def test_rewards_sum_to_the_pnl_of_a_room_and_another_agent_s_quotes_change_it() -> None:
    made = []
    for second in (QUOTES, -np.ones(4, dtype=np.float32)):
        env = RoomMarket(short(duration_s=20), 2)
        env.reset(seed=7)
        total = dict.fromkeys(env.agents, 0.0)
        while env.agents:
            _, rewards, lost, over, _ = env.step({"maker_0": QUOTES, "maker_1": second})
            total = {agent: total[agent] + rewards[agent] for agent in total}
        assert [maker.total for maker in env.room.sessions[0].seats] == pytest.approx([*total.values()])
        assert all(over.values())
        assert not any(lost.values())
        made.append(total["maker_0"])
    assert made[0] != made[1]


def test_who_has_lost_too_much_is_terminated_and_the_others_go_on() -> None:
    level = short(duration_s=60)
    level = msgspec.structs.replace(level, maker=msgspec.structs.replace(level.maker, max_loss=0.5))
    env = RoomMarket(level, 2)
    env.reset(seed=3)
    # An offer at the mid, of the largest order, and no bid, while prices rise.
    reckless = np.array([1.0, -1.0, -1.0, 1.0], dtype=np.float32)
    idle = np.array([1.0, 1.0, -1.0, -1.0], dtype=np.float32)
    ends: dict[str, tuple[bool, bool]] = {}
    while env.agents:
        _, _, lost, over, _ = env.step({"maker_0": reckless, "maker_1": idle})
        ends |= {agent: (lost[agent], over[agent]) for agent in lost}
    assert ends == {"maker_0": (True, False), "maker_1": (False, True)}


def test_what_no_room_plays_is_refused_in_a_sentence() -> None:
    with pytest.raises(InputError, match="step_s"):
        RoomMarket("skew", 2, step_s=0)
    with pytest.raises(InputError, match="opponent"):
        RoomMarket(load_level("skew").against("skew"), 2)

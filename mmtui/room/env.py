"""A room as a PettingZoo parallel environment: several agents make one market, each for itself.

Needs ``mmtui[zoo]``::

    from mmtui.room.env import RoomMarket
    env = RoomMarket(level="skew", seats=4)
    observations, infos = env.reset(seed=1)
"""

from __future__ import annotations

from typing import Any, ClassVar

from gymnasium import spaces
from gymnasium.utils import seeding
from numpy.typing import ArrayLike
from pettingzoo import ParallelEnv

from mmtui.errors import InputError
from mmtui.lab.gym.commands import commands_of
from mmtui.level.level import Level, load_level
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.session.par import NoPar
from mmtui.strategies.policies.actions import QUOTES
from mmtui.strategies.policies.observation import Array, Observer
from mmtui.units import NS_PER_S


class RoomMarket(ParallelEnv[str, Array, Array]):
    """Make a market that others make too.

    Observations and actions are those of :class:`~mmtui.lab.gym.gym.MarketMaking`, one for each agent; what all do in a
    step reaches the exchange at the end of a slot, agent by agent in a permutation that the seed gives. An agent's
    reward is its PnL of the step, in money. One that has reached the level's loss limit is terminated, its orders
    withdrawn; all others are truncated at the level's end.

    Args:
        level: its id, the path of its file, or a level.
        seats: how many agents, ``maker_0`` and so on.
        step_s: market time of a step, in seconds.

    Raises:
        LevelError: there is no such level.
        InputError: no room plays it, or an argument is out of range.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "mmtui_room_v0", "render_modes": [], "is_parallelizable": True}

    def __init__(self, level: str | Level = "skew", seats: int = 4, *, step_s: float = 1.0) -> None:
        self.level = level if isinstance(level, Level) else load_level(level)
        if not 0 < step_s <= self.level.duration_s:
            raise InputError(f"step_s: expected a time above 0 and within the level's {self.level.duration_s} s")
        self._spec = RoomSpec(seats=seats, bots=("idle",))
        self._spec.check(self.level)
        self.render_mode = None
        self.possible_agents = [f"maker_{number}" for number in range(seats)]
        self.agents: list[str] = []
        self.room: Room
        self._step_ns = round(step_s * NS_PER_S)
        self._observers = {agent: Observer(step_s=step_s) for agent in self.possible_agents}
        low, high = self._observers["maker_0"].low, self._observers["maker_0"].high
        self.action_spaces = {agent: spaces.Box(-1.0, 1.0, (QUOTES,)) for agent in self.possible_agents}
        self.observation_spaces = {agent: spaces.Box(low, high) for agent in self.possible_agents}
        self._random, _ = seeding.np_random()

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """What an agent observes."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """What an agent does."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Array], dict[str, dict[str, Any]]]:
        """Open the level's market under a seed, one that is drawn where none is given; there are no ``options``."""
        if seed is not None:
            self._random, _ = seeding.np_random(seed)
        else:
            seed = int(self._random.integers(2**31))
        self.agents = [*self.possible_agents]
        self.room = Room(self.level, seed, self._spec, NoPar(), views=False)
        for agent in self.agents:
            self.room.join(agent)
            self._observers[agent].reset()
        self._pnl = [maker.total for maker in self._makers]
        return self._observed(self.agents), self._infos(self.agents)

    def step(
        self, actions: dict[str, ArrayLike]
    ) -> tuple[dict[str, Array], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        """Have all that are left quote, and the market run for a step.

        Returns:
            By agent the observation, the reward, whether it has lost too much, whether the level is over, and info: the
            ``seed``, ``time_s``, ``position`` in lots and ``pnl`` in money.

        Raises:
            InputError: an action is not four finite numbers.
        """
        room, acting = self.room, self.agents
        if not acting:
            return {}, {}, {}, {}, {}
        for agent in acting:
            if agent in actions:
                number = self._number(agent)
                for command in commands_of(actions[agent], self._makers[number].view):
                    room.submit(number, command)
        room.advance(min(room.now_ns + self._step_ns, room.end_ns))
        before, self._pnl = self._pnl, [maker.total for maker in self._makers]
        most = self.level.maker.max_loss
        rewards = {agent: self._pnl[number] - before[number] for agent in acting for number in [self._number(agent)]}
        lost = {agent: most is not None and self._pnl[self._number(agent)] <= -most for agent in acting}
        over = {agent: room.over and not lost[agent] for agent in acting}
        self.agents = [agent for agent in acting if not (lost[agent] or over[agent])]
        return self._observed(acting), rewards, lost, over, self._infos(acting)

    @property
    def _makers(self) -> list[Any]:
        return self.room.sessions[0].seats

    def _number(self, agent: str) -> int:
        return self.possible_agents.index(agent)

    def _observed(self, agents: list[str]) -> dict[str, Array]:
        return {agent: self._observers[agent].observe(self._makers[self._number(agent)].view) for agent in agents}

    def _infos(self, agents: list[str]) -> dict[str, dict[str, Any]]:
        room = self.room
        return {
            agent: {
                "seed": room.seed,
                "time_s": room.now_ns / NS_PER_S,
                "position": self._makers[number].view.position,
                "pnl": self._pnl[number],
            }
            for agent in agents
            for number in [self._number(agent)]
        }

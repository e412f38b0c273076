"""A level as a Gymnasium environment: an agent quotes instead of a strategy.

Importing this module registers ``mmtui/MarketMaking-v0``::

    import gymnasium, mmtui.lab.gym.gym
    env = gymnasium.make("mmtui/MarketMaking-v0", level="skew", seed=1)

or, in one go, ``gymnasium.make("mmtui.lab.gym.gym:mmtui/MarketMaking-v0", level="skew", seed=1)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import gymnasium
from gymnasium import spaces
from gymnasium.utils import seeding
from numpy.typing import ArrayLike

from mmtui.errors import InputError
from mmtui.lab.gym.commands import commands_of
from mmtui.lab.gym.text_ladder import ladder
from mmtui.level.level import Level, load_level
from mmtui.session.maker import rules_of
from mmtui.session.par import NoPar
from mmtui.session.result import Result
from mmtui.session.session import Session, par_of
from mmtui.session.view import hold, release
from mmtui.strategies.policies.actions import QUOTES, action_of
from mmtui.strategies.policies.observation import DEFAULT_FEATURES, Array, Observer
from mmtui.strategies.registry import AnyStrategy
from mmtui.units import NS_PER_S

ID = "mmtui/MarketMaking-v0"
Reward = Literal["pnl", "penalised", "score"]


class MarketMaking(gymnasium.Env[Array, Array]):
    """Make a market in a level.

    **Action**: four numbers from -1 to 1: the distances of bid and ask from the mid of others, from 0 to four usual
    spreads of the level, and the sizes of bid and ask, from 0 lots (no quote) to the level's largest order; with
    ``hedging`` another for each hedge instrument, the part of its limit to hold. See :meth:`action`, which makes one of
    ticks and lots. A bid is floored to the tick and an ask ceiled, neither ever
    trades at once, and a size never exceeds what the position limit leaves. The quotes stand for one step, in which a
    filled one is not renewed; a quote whose price does not change keeps its place in the queue.

    **Observation**: the numbers of :data:`FEATURES`, or the ``features`` chosen, each clipped at its bounds: what a
    trader could see. :class:`~mmtui.strategies.policies.observation.Observer` makes them of any market view, so that a
    trained policy plays as a strategy, see :class:`~mmtui.strategies.policies.policy.Policy`.

    **Reward**: with *pnl*, the PnL of the step, in money, the position valued at the mid. With *penalised*, that less
    ``penalty`` × position² × seconds. With *score*, the change of the level's score; an episode's rewards sum to the
    score that ``mmtui run`` would print, and each new seed costs a session of par.

    **Ends**: an episode is truncated at the level's end, since the market would go on, and terminated at the level's
    loss limit.

    **Seeds**: ``reset(seed=7)`` is the market of ``mmtui run --seeds 7``, as is a first ``reset()`` with ``seed=7``
    given here; other resets draw their seed, which ``info["seed"]`` holds.

    Args:
        level: its id, the path of its file, or a level.
        seed: of the first episode, and of the seeds drawn for later ones.
        step_s: market time of a step, in seconds.
        reward: see above.
        penalty: money a lot² a second; None makes the whole position limit cost a usual spread on it in ten seconds.
        render_mode: "ansi" draws the ladder as text.
        features: names of what is observed.
        hedging: whether actions hold hedges too.
        opponent: who makes the same market at the same time.

    Raises:
        LevelError: there is no such level.
        InputError: an argument is out of range.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"], "render_fps": 4}  # type: ignore[misc]

    def __init__(
        self,
        level: str | Level = "skew",
        seed: int | None = None,
        *,
        step_s: float = 1.0,
        reward: Reward = "pnl",
        penalty: float | None = None,
        render_mode: str | None = None,
        features: Sequence[str] = DEFAULT_FEATURES,
        hedging: bool = False,
        opponent: AnyStrategy | None = None,
    ) -> None:
        self.level = level if isinstance(level, Level) else load_level(level)
        if opponent is not None:
            self.level = self.level.against(opponent)
        if not 0 < step_s <= self.level.duration_s:
            raise InputError(f"step_s: expected a time above 0 and within the level's {self.level.duration_s} s")
        if reward not in ("pnl", "penalised", "score"):
            raise InputError(f"reward: expected pnl, penalised or score, not {reward!r}")
        if render_mode not in (None, "ansi"):
            raise InputError(f"render_mode: expected ansi or None, not {render_mode!r}")
        self.render_mode = render_mode
        self.session: Session
        self.rules = rules_of(self.level)
        self._step_ns = round(step_s * NS_PER_S)
        self._reward: Reward = reward
        worth = self.rules.normal_spread * self.rules.tick_value
        self._penalty = worth / (10 * self.rules.position_limit) if penalty is None else penalty
        self._hedging = hedging
        self.observer = Observer(features, step_s)
        self.action_space = spaces.Box(-1.0, 1.0, (QUOTES + len(self.level.hedges) * hedging,))
        #: What is observed, number by number.
        self.observed = self.observer.features
        self.observation_space = spaces.Box(self.observer.low, self.observer.high)
        self._first = seed
        if seed is not None:
            self._np_random, self._np_random_seed = seeding.np_random(seed)

    def action(
        self, bid: float, ask: float, bid_size: int, ask_size: int, hedges: Sequence[float] | None = None
    ) -> Array:
        """Returns the action that quotes at these distances from the mid of others, in ticks, and sizes, in lots.

        ``hedges`` are parts of the instruments' limits, -1 to 1; none where left out.
        """
        none = [0.0] * len(self.level.hedges) if self._hedging else []
        return action_of(self.rules, bid, ask, bid_size, ask_size, none if hedges is None else hedges)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
        """Open the level's market; there are no ``options``.

        Returns:
            The observation, and info as of :meth:`step`.
        """
        super().reset(seed=seed)
        if seed is None:
            seed, self._first = self._first, None
        if seed is None:
            seed = int(self.np_random.integers(2**31))
        self._par = par_of(self.level, seed)
        # Par is simulated along only where it is paid for.
        self.session = Session(self.level, seed, par=self._par if self._reward == "score" else NoPar())
        self._view, self._end_ns = self.session.maker.view, self.session.end_ns
        self.observer.reset()
        self._pnl = self.session.maker.total
        self._paid = 0.0
        return self.observer.observe(self._view), self.info()

    def step(self, action: Array) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Quote, and let the market run for a step.

        Returns:
            The observation, the reward, whether the loss limit was reached, whether the level is over, and info: the
            episode's ``seed``, ``time_s``, ``position`` in lots, ``pnl`` in money, and, with the reward *score*, the
            ``score`` so far.

        Raises:
            InputError: the action is not as many finite numbers as it has.
        """
        reward, lost, over = self.play(action)
        return self.observer.observe(self._view), reward, lost, over, self.info()

    def play(self, action: ArrayLike) -> tuple[float, bool, bool]:
        """Do what :meth:`step` does, and return its reward and the two ends; the caller looks afterwards."""
        session = self.session
        self._quote(action)
        before_ns, before = session.now_ns, self._pnl
        session.advance(min(before_ns + self._step_ns, self._end_ns))
        self._pnl = session.maker.total
        if self._reward == "score":
            paid = session.score().total
            reward, self._paid = paid - self._paid, paid
        else:
            reward = self._pnl - before
            if self._reward == "penalised":
                reward -= self._penalty * self._view.position**2 * ((session.now_ns - before_ns) / NS_PER_S)
        lost = session.over == "loss"
        return reward, lost, session.over is not None and not lost

    def look(self) -> list[float]:
        """What is observed, before it is clipped; see :meth:`~mmtui.strategies.policies.observation.Observer.look`."""
        return self.observer.look(self._view)

    def render(self) -> str | None:
        """The ladder as text, best prices in the middle; None without a render mode."""
        if self.render_mode is None:
            return None
        return ladder(self._view, self.level.market.instrument, self.session.maker.total)

    def result(self) -> Result:
        """What is reported of the episode so far; its par is simulated for it, unless that was done along the way."""
        self._par.advance(self._end_ns)
        self.session.par = self._par
        return self.session.result()

    # Within

    def _quote(self, action: ArrayLike) -> None:
        hold(self._view)
        try:
            commands = commands_of(action, self._view, hedging=self._hedging)
        finally:
            release(self._view)
        for command in commands:
            self.session.submit(command)

    def info(self) -> dict[str, Any]:
        """The info of :meth:`step`."""
        session = self.session
        seconds, position = session.now_ns / NS_PER_S, self._view.position
        info = {"seed": session.seed, "time_s": seconds, "position": position, "pnl": self._pnl}
        return {**info, "score": self._paid} if self._reward == "score" else info


gymnasium.register(
    ID,
    "mmtui.lab.gym.gym:MarketMaking",
    vector_entry_point="mmtui.lab.gym.vector:VectorMarketMaking",
    disable_env_checker=True,
)

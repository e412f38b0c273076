"""A level as a Gymnasium environment: an agent quotes instead of a strategy.

Importing this module registers ``mmtui/MarketMaking-v0``::

    import gymnasium, mmtui.lab.gym.gym
    env = gymnasium.make("mmtui/MarketMaking-v0", level="skew", seed=1)

or, in one go, ``gymnasium.make("mmtui.lab.gym.gym:mmtui/MarketMaking-v0", level="skew", seed=1)``.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any, ClassVar, Literal, NamedTuple

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.utils import seeding
from numpy.typing import NDArray

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.lab.gym.text_ladder import ladder
from mmtui.level.level import Level, load_level
from mmtui.session.commands import Cancel, Quote
from mmtui.session.par import ParInSteps
from mmtui.session.result import Result
from mmtui.session.session import Session, par_of
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import Quotes
from mmtui.strategies.quoter import targets
from mmtui.units import NS_PER_S

ID = "mmtui/MarketMaking-v0"
Reward = Literal["pnl", "penalised", "score"]
Array = NDArray[np.float32]

#: How far back an observation's trades and mids go, and the memory of its volatility, in seconds.
_WINDOW_S = 10
_WINDOW_NS = _WINDOW_S * NS_PER_S
_MEMORY_S = 30.0
#: Observations in usual spreads, or in the usual volatility, are clipped here.
_MOST = 20.0
#: A quote is at most so many usual spreads away.
_REACH = 4.0


class Feature(NamedTuple):
    """One number of the observation, its unit and bounds."""

    name: str
    unit: str
    low: float
    high: float


#: The observation, in order. Distances and moves are in the level's usual spreads.
FEATURES = (
    Feature("time_left", "share of the level", 0.0, 1.0),
    Feature("position", "share of the position limit", -1.0, 1.0),
    Feature("spread", "usual spreads", 0.0, _MOST),
    Feature("imbalance", "(bid - ask) / (bid + ask) lots at the best prices", -1.0, 1.0),
    Feature("flow", "(bought - sold) / (bought + sold) lots by takers in 10 s", -1.0, 1.0),
    Feature("move", "usual spreads by which the mid rose in 10 s", -_MOST, _MOST),
    Feature("volatility", "of the mid over about 30 s, over the usual", 0.0, _MOST),
    Feature("markout", "usual spreads a share, at 10 s, of the last 20 own fills; 0 before one is due", -_MOST, _MOST),
)


class MarketMaking(gymnasium.Env[Array, Array]):
    """Make a market in a level.

    **Action**: four numbers from -1 to 1: the distances of bid and ask from the mid of others, from 0 to four usual
    spreads of the level, and the sizes of bid and ask, from 0 lots (no quote) to the level's largest order; see
    :meth:`action`, which makes one of ticks and lots. A bid is floored to the tick and an ask ceiled, neither ever
    trades at once, and a size never exceeds what the position limit leaves. The quotes stand for one step, in which a
    filled one is not renewed; a quote whose price does not change keeps its place in the queue.

    **Observation**: the numbers of :data:`FEATURES`, each clipped at its bounds: what a trader could see.

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
    ) -> None:
        self.level = level if isinstance(level, Level) else load_level(level)
        if not 0 < step_s <= self.level.duration_s:
            raise InputError(f"step_s: expected a time above 0 and within the level's {self.level.duration_s} s")
        if reward not in ("pnl", "penalised", "score"):
            raise InputError(f"reward: expected pnl, penalised or score, not {reward!r}")
        if render_mode not in (None, "ansi"):
            raise InputError(f"render_mode: expected ansi or None, not {render_mode!r}")
        self.render_mode = render_mode
        self.session: Session
        normal, maker = self.level.normal, self.level.maker
        self._limit = maker.position_limit
        self._step_ns = round(step_s * NS_PER_S)
        self._step_s = step_s
        self._reward: Reward = reward
        worth = self.level.market.instrument.tick_value
        self._penalty = normal.spread * worth / (10 * self._limit) if penalty is None else penalty
        self._spread = normal.spread
        self._volatility = max(normal.volatility, 1e-9)
        self._decay = math.exp(-step_s / _MEMORY_S)
        self._reach = _REACH * normal.spread
        self._max_order = maker.max_order
        self.action_space = spaces.Box(-1.0, 1.0, (4,))
        self._low = np.array([feature.low for feature in FEATURES], dtype=np.float32)
        self._high = np.array([feature.high for feature in FEATURES], dtype=np.float32)
        self.observation_space = spaces.Box(self._low, self._high)
        self._first = seed
        if seed is not None:
            self._np_random, self._np_random_seed = seeding.np_random(seed)

    def action(self, bid: float, ask: float, bid_size: int, ask_size: int) -> Array:
        """Returns the action that quotes at these distances from the mid of others, in ticks, and sizes, in lots."""
        shares = np.array(
            [bid / self._reach, ask / self._reach, bid_size / self._max_order, ask_size / self._max_order]
        )
        return np.asarray(np.clip(2 * shares - 1, -1, 1), dtype=np.float32)

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
        par = self._par if self._reward == "score" else ParInSteps(self._par, step_ns=0)
        self.session = Session(self.level, seed, par=par)
        self._view = self.session.maker.view
        mid = self._view.mid
        self._mids: deque[float] = deque([mid], 1 + max(1, round(_WINDOW_S / self._step_s)))
        self._mid = mid
        self._variance = self._volatility**2
        self._pnl = self.session.maker.total
        self._paid = 0.0
        return self._observation(), self._info()

    def step(self, action: Array) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Quote, and let the market run for a step.

        Returns:
            The observation, the reward, whether the loss limit was reached, whether the level is over, and info: the
            episode's ``seed``, ``time_s``, ``position`` in lots, ``pnl`` in money, and, with the reward *score*, the
            ``score`` so far.

        Raises:
            InputError: the action is not four finite numbers.
        """
        session = self.session
        self._quote(action)
        before_ns, before = session.now_ns, self._pnl
        session.advance(min(before_ns + self._step_ns, session.end_ns))
        self._look()
        if self._reward == "score":
            paid = session.score().total
            reward, self._paid = paid - self._paid, paid
        else:
            reward = self._pnl - before
            if self._reward == "penalised":
                reward -= self._penalty * self._view.position**2 * ((session.now_ns - before_ns) / NS_PER_S)
        lost = session.over == "loss"
        return self._observation(), reward, lost, session.over is not None and not lost, self._info()

    def render(self) -> str | None:
        """The ladder as text, best prices in the middle; None without a render mode."""
        if self.render_mode is None:
            return None
        return ladder(self._view, self.level.market.instrument, self.session.maker.total)

    def result(self) -> Result:
        """What is reported of the episode so far; its par is simulated for it, unless that was done along the way."""
        self._par.advance(self.session.end_ns)
        return self.session.result()

    # Within

    def _quote(self, action: Array) -> None:
        try:
            bid, ask, bid_size, ask_size = np.asarray(action).tolist()
            sane = math.isfinite(bid + ask + bid_size + ask_size)
        except (TypeError, ValueError):
            sane = False
        if not sane:
            raise InputError(f"action: expected four finite numbers, not {action!r}")
        view, most = self._view, self._max_order
        mid = others_mid(view)
        quotes = Quotes(
            max(0.0, mid - self._distance(bid)),
            mid + self._distance(ask),
            round(_share(bid_size) * most),
            round(_share(ask_size) * most),
        )
        standing = {(order.side, order.price): order.quantity for order in view.orders}
        for side, target in zip((Side.BUY, Side.SELL), targets(quotes, view), strict=True):
            if target is None:
                if any(stands is side for stands, _ in standing):
                    self.session.submit(Cancel(side))
            # A quote that is right already needs no command.
            elif standing.get((side, target.price)) != target.quantity:
                self.session.submit(Quote(side, *target))

    def _distance(self, part: float) -> float:
        """Returns a part of an action in ticks, rounded, since single precision would move a quote by a tick."""
        return round(_share(part) * self._reach, 4)

    def _look(self) -> None:
        """Update mid, volatility and PnL after a step."""
        mid = self._view.mid
        self._pnl = self.session.maker.total
        self._mids.append(mid)
        move, self._mid = mid - self._mid, mid
        self._variance += (1 - self._decay) * (move * move / self._step_s - self._variance)

    def _observation(self) -> Array:
        view, session, spread = self._view, self.session, self._spread
        bids, asks = view.depth(Side.BUY, 1), view.depth(Side.SELL, 1)
        bid_lots, ask_lots = bids[0].quantity if bids else 0, asks[0].quantity if asks else 0
        lots = bid_lots + ask_lots
        flow = [trade.side * trade.quantity for trade in view.trades_since(max(0, session.now_ns - _WINDOW_NS))]
        numbers = (
            1.0 - session.now_ns / session.end_ns,
            view.position / self._limit,
            (view.best_ask - view.best_bid) / spread,
            (bid_lots - ask_lots) / lots if lots else 0.0,
            sum(flow) / sum(map(abs, flow)) if flow else 0.0,
            (self._mid - self._mids[0]) / spread,
            math.sqrt(self._variance) / self._volatility,
            (view.markout(10) or 0.0) / spread,
        )
        return np.clip(np.array(numbers, dtype=np.float32), self._low, self._high)

    def _info(self) -> dict[str, Any]:
        session = self.session
        seconds, position = session.now_ns / NS_PER_S, self._view.position
        info = {"seed": session.seed, "time_s": seconds, "position": position, "pnl": self._pnl}
        return {**info, "score": self._paid} if self._reward == "score" else info


def _share(part: float) -> float:
    """Returns a part of an action, -1 to 1, as a share from 0 to 1."""
    return min(1.0, max(0.0, (1.0 + part) / 2))


gymnasium.register(ID, "mmtui.lab.gym.gym:MarketMaking", disable_env_checker=True)

"""Many environments of one level, which one call steps, in this process or over several.

``gymnasium.make_vec("mmtui.lab.gym.gym:mmtui/MarketMaking-v0", num_envs=64, level="skew", processes=2)`` makes one.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import ArrayLike, NDArray

from mmtui.errors import InputError, MmtuiError
from mmtui.lab.gym.gym import MarketMaking
from mmtui.level.level import Level
from mmtui.strategies.offered import packed, unpack
from mmtui.strategies.policies.observation import Array
from mmtui.strategies.registry import AnyStrategy, named

#: Strategies that are objects of a program, by name, for other processes.
Packed = Mapping[str, bytes]


class VectorMarketMaking(VectorEnv[Array, Array, NDArray[Any]]):
    """Environments side by side, each as :class:`~mmtui.lab.gym.gym.MarketMaking` is alone, to the byte.

    A row of actions, observations, rewards and flags is an environment. The values of ``infos`` are arrays too; under
    ``_name`` is which environments have the info ``name``.

    **Seeds**: ``reset(seed=7)`` gives the first environment the seed 7, the second 8 and so on, as does ``seed=7``
    given here at a first ``reset()``; a list gives each its own, None draws them. ``options={"reset_mask": mask}``
    resets some.

    **Ends**: with *NextStep*, Gymnasium's own default, the step after an end ignores its action and returns the first
    observation of the next episode with reward 0. With *SameStep* the step that ends returns that observation itself,
    and the last one under ``infos["final_obs"]``, with ``infos["final_info"]``. With *Disabled* the caller resets.
    The next episode's seed is drawn.

    Args:
        num_envs: how many environments.
        level: its id, the path of its file, or a level.
        seed: see above.
        processes: over how many processes they are spread, in whole blocks; one is this process itself.
        autoreset_mode: what follows an episode's end.
        opponent: who makes each of the markets at the same time.
        options: see MarketMaking.

    Raises:
        LevelError: there is no such level.
        InputError: an argument is out of range.
    """

    def __init__(
        self,
        num_envs: int = 64,
        level: str | Level = "skew",
        seed: int | None = None,
        *,
        processes: int = 1,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
        opponent: AnyStrategy | None = None,
        **options: Any,
    ) -> None:
        if num_envs < 1:
            raise InputError(f"num_envs: expected 1 or more, not {num_envs}")
        if not 1 <= processes <= num_envs:
            raise InputError(f"processes: expected 1 to {num_envs}, one for each environment, not {processes}")
        try:
            mode = AutoresetMode(autoreset_mode)
        except ValueError:
            modes = ", ".join(str(each.value) for each in AutoresetMode)
            raise InputError(f"autoreset_mode: expected one of {modes}, not {autoreset_mode!r}") from None
        first = MarketMaking(level, opponent=opponent, **options)
        self.rules, self.level = first.rules, first.level
        self.num_envs = num_envs
        self.metadata = {**first.metadata, "render_modes": [], "autoreset_mode": mode}
        self.single_action_space, self.single_observation_space = first.action_space, first.observation_space
        self.action_space = batch_space(first.action_space, num_envs)
        self.observation_space = batch_space(first.observation_space, num_envs)
        self._first = seed
        self._blocks = [slice(block[0], block[-1] + 1) for block in np.array_split(np.arange(num_envs), processes)]
        make = partial(MarketMaking, first.level, **options)
        if processes == 1:
            self._groups: list[_Group | _Elsewhere] = [_Group(num_envs, make, mode)]
        else:
            objects = {} if opponent is None else packed([named(opponent)])
            counts = [block.stop - block.start for block in self._blocks]
            self._groups = [_Elsewhere(count, make, mode, objects) for count in counts]

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Open all markets, or those of ``options["reset_mask"]``.

        Returns:
            The observations, of those left alone the last ones, and infos as of :meth:`step`.

        Raises:
            InputError: there are not as many seeds or marks as environments.
            MmtuiError: a process was ended from outside.
        """
        if seed is None:
            seed, self._first = self._first, None
        if seed is None or isinstance(seed, int):
            seeds = [None if seed is None else seed + at for at in range(self.num_envs)]
        else:
            seeds = [*seed]
        marks = np.asarray((options or {}).get("reset_mask", np.ones(self.num_envs, bool)))
        if len(seeds) != self.num_envs:
            raise InputError(f"seed: expected {self.num_envs}, one for each environment, not {len(seeds)}")
        if marks.shape != (self.num_envs,) or marks.dtype != bool or not marks.any():
            raise InputError(f"reset_mask: expected {self.num_envs} of true and false, at least one of them true")
        observations, *_, infos = self._ask("reset", seeds, marks)
        return observations, infos

    def step(
        self, actions: ArrayLike
    ) -> tuple[Array, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Quote in each market, and let all run for a step.

        Raises:
            InputError: an action is not as many finite numbers as it has.
            MmtuiError: a process was ended from outside.
        """
        rows = np.asarray(actions)
        if rows.shape[:1] != (self.num_envs,):
            raise InputError(f"actions: expected {self.num_envs} rows, one for each environment, not {rows.shape}")
        return self._ask("step", rows)

    def close_extras(self, **kwargs: Any) -> None:
        """End the processes."""
        for group in self._groups:
            group.close()

    def _ask(
        self, what: str, *rows: Any
    ) -> tuple[Array, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Have all groups do something at once, each with its block of the rows."""
        for group, block in zip(self._groups, self._blocks, strict=True):
            group.send(what, [row[block] for row in rows])
        answers = [group.receive() for group in self._groups]
        found = []
        for answer in answers:
            if isinstance(answer, MmtuiError):
                raise answer
            found.append(answer)
        infos = _columns([info for steps in found for info in steps.infos])
        ends = [end for steps in found for end in steps.ends]
        if any(end is not None for end in ends):
            last = np.full(self.num_envs, None, dtype=object)
            for at, end in enumerate(ends):
                last[at] = None if end is None else end[0]
            there = np.array([end is not None for end in ends])
            final = _columns([None if end is None else end[1] for end in ends])
            infos |= {"final_obs": last, "_final_obs": there, "final_info": final, "_final_info": there.copy()}
        return (
            np.concatenate([steps.observations for steps in found]),
            np.concatenate([steps.rewards for steps in found]),
            np.concatenate([steps.terminations for steps in found]),
            np.concatenate([steps.truncations for steps in found]),
            infos,
        )


class _Steps(NamedTuple):
    """What a group's environments answer, a row each.

    ``ends`` are last observations and infos of episodes after which the next has begun already, with *SameStep*.
    """

    observations: Array
    rewards: NDArray[np.float64]
    terminations: NDArray[np.bool_]
    truncations: NDArray[np.bool_]
    infos: list[dict[str, Any] | None]
    ends: list[tuple[Array, dict[str, Any]] | None]


class _Group:
    """Environments of one process."""

    def __init__(self, count: int, make: Callable[[], MarketMaking], mode: AutoresetMode) -> None:
        self._envs = [make() for _ in range(count)]
        self._mode = mode
        self._observer = self._envs[0].observer
        self._seen = np.zeros((count, len(self._observer.features)), dtype=np.float32)
        self._over = np.zeros(count, dtype=np.bool_)
        self._answer: _Steps

    def send(self, what: str, rows: Sequence[Any]) -> None:
        """Do something with rows."""
        do: Callable[..., _Steps] = self.reset if what == "reset" else self.step
        self._answer = do(*rows)

    def receive(self) -> _Steps:
        """What was answered."""
        return self._answer

    def close(self) -> None:
        """Nothing is to be ended."""

    def reset(self, seeds: Sequence[int | None], marks: NDArray[np.bool_]) -> _Steps:
        """Open the markets that are marked."""
        count = len(self._envs)
        infos: list[dict[str, Any] | None] = [None] * count
        for at in np.flatnonzero(marks).tolist():
            self._seen[at], infos[at] = self._envs[at].reset(seed=seeds[at])
        self._over &= ~marks
        flags = np.zeros(count, dtype=np.bool_)
        return _Steps(self._seen.copy(), np.zeros(count), flags, flags.copy(), infos, [None] * count)

    def step(self, actions: NDArray[Any]) -> _Steps:
        """Quote in each market and let it run for a step; begin anew where an episode was over, or is with SameStep."""
        count = len(self._envs)
        rewards, lost, ended = np.zeros(count), np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
        infos: list[dict[str, Any] | None] = [None] * count
        ends: list[tuple[Array, dict[str, Any]] | None] = [None] * count
        over, rows = self._over.tolist(), actions.tolist()
        played, numbers = [], []
        for at, env in enumerate(self._envs):
            if over[at]:
                if self._mode is AutoresetMode.DISABLED:
                    raise InputError(
                        "an episode is over: with autoreset_mode=Disabled reset(options=...) begins the next"
                    )
                self._seen[at], infos[at] = env.reset()
                continue
            rewards[at], lost[at], ended[at] = env.play(rows[at])
            played.append(at)
            numbers.append(env.look())
            infos[at] = env.info()
        if played:
            self._seen[played] = self._observer.clipped(numbers)
        if self._mode is not AutoresetMode.SAME_STEP:
            self._over = lost | ended
        else:
            for at in np.flatnonzero(lost | ended).tolist():
                ends[at] = self._seen[at].copy(), infos[at] or {}
                self._seen[at], infos[at] = self._envs[at].reset()
        return _Steps(self._seen.copy(), rewards, lost, ended, infos, ends)


class _Elsewhere:
    """A group in a process of its own, which ends with this one."""

    def __init__(self, count: int, make: Callable[[], MarketMaking], mode: AutoresetMode, objects: Packed) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, count, make, mode, objects), daemon=True)
        self._process.start()
        self._asked = False
        theirs.close()

    def send(self, what: str, rows: Sequence[Any]) -> None:
        """Have the group there do something with rows."""
        if self._asked:
            # Whoever asked was interrupted before the answer came.
            self.receive()
        with suppress(OSError):
            self._pipe.send((what, rows))
        self._asked = True

    def receive(self) -> _Steps | MmtuiError:
        """What was answered, or went wrong."""
        try:
            answer: _Steps | MmtuiError = self._pipe.recv()
            self._asked = False
        except (OSError, EOFError):
            return MmtuiError("a process that ran environments was ended from outside")
        return answer

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.terminate()
        self._process.join()


def _serve(
    pipe: Connection, count: int, make: Callable[[], MarketMaking], mode: AutoresetMode, objects: Packed
) -> None:
    """Do what is asked, until the other end goes."""
    # Ctrl-C is for the one who asks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        try:
            unpack(objects)
            group = _Group(count, make, mode)
        except MmtuiError as error:
            pipe.send(error)
            return
        while True:
            what, rows = pipe.recv()
            try:
                group.send(what, rows)
                pipe.send(group.receive())
            except MmtuiError as error:
                pipe.send(error)


def _columns(rows: Sequence[Mapping[str, Any] | None]) -> dict[str, Any]:
    """Infos of environments as arrays by name, and under ``_name`` who has them; None stands for who has none."""
    there = np.array([row is not None for row in rows])
    first = next(row for row in rows if row is not None)
    found: dict[str, Any] = {}
    for name, value in first.items():
        found[name] = np.array([0 if row is None else row[name] for row in rows], dtype=type(value))
        found[f"_{name}"] = there.copy()
    return found

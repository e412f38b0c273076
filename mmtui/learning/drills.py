"""Drills: moments at which one decision matters, shipped ones and those of one's own mistakes, judged by futures.

A drill is passed when what one does makes more than what was done there, by the 95% interval over the same futures; or,
where risk is the lesson, when it loses less: then a future that ends with a gain counts as nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np

from mmtui.coach.watched import WatchedReplay, WatchedSession
from mmtui.debrief.build import debrief
from mmtui.debrief.mistakes import told
from mmtui.debrief.model import MistakeKind
from mmtui.errors import InputError, MmtuiError, did_you_mean
from mmtui.learning.alternatives import Alternative
from mmtui.learning.futures import Moment, moment, play_futures
from mmtui.learning.repetition import OWN
from mmtui.learning.what_if import FUTURES, WhatIf, summed_up
from mmtui.level.level import load_level
from mmtui.market.core.draws import Floats
from mmtui.paths import LEVEL_ID
from mmtui.session.commands import HandOver
from mmtui.session.journal import read_journal
from mmtui.session.replay import Replay, Script
from mmtui.session.trust import NOBODY, Trust
from mmtui.units import NS_PER_S
from mmtui.wording import clock

Skill = Literal["queue", "width", "skew", "size", "toxicity", "flow", "reversion", "hedge", "halts", "auctions"]

Judgement = Literal["pnl", "losses"]

#: What helps against a kind of mistake, and what it trains; absence is no decision of a moment.
_AGAINST: dict[MistakeKind, tuple[str, Skill]] = {
    "event": ("flatten", "halts"),
    "limit": ("flatten", "skew"),
    "skew": ("skew", "skew"),
    "missing": ("widen=2", "width"),
    "stale": ("widen=2", "width"),
    "crossing": ("nothing", "width"),
}
#: On the floor one sees so much before the moment, and plays so long.
LEAD_NS, PLAY_NS = 20 * NS_PER_S, 30 * NS_PER_S
#: A mistake's drill begins so long before it.
_BEFORE_NS = 2 * NS_PER_S


class ShippedDrill(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A drill as its file holds it.

    Attributes:
        name, title, skill: what it is called, and what it trains.
        level, seed, strategy: the session it is from, quoted by a strategy from the start on.
        at_s: the moment, in seconds since the level's start.
        situation: what there is to see, in two sentences.
        answer: the right action, as in ``widen=3``.
        why: what makes it right.
        by: what it is judged by, PnL or losses alone.
    """

    name: Annotated[str, msgspec.Meta(pattern=LEVEL_ID)]
    title: str
    skill: Skill
    level: str
    seed: Annotated[int, msgspec.Meta(ge=0)]
    strategy: str
    at_s: Annotated[float, msgspec.Meta(gt=0)]
    situation: str
    answer: str
    why: str
    by: Judgement = "pnl"


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """A drill, ready to be done.

    Attributes:
        name, title, skill, situation, answer, why, by: as of a shipped one.
        script: the session it is from.
        at_ns: the moment.
        repeated: by what it comes again: its name, or for one's own mistakes their kind.
    """

    name: str
    title: str
    skill: Skill
    situation: str
    answer: str
    why: str
    script: Script
    at_ns: int
    repeated: str
    by: Judgement = "pnl"

    def begin(self) -> Moment:
        """The moment, of which futures are drawn. Raises MmtuiError when the session cannot be had any more."""
        return moment(Replay(self.script, seeks=False), self.at_ns)

    def floor(self, begun: Moment, number: int) -> tuple[WatchedReplay, WatchedSession]:
        """The seconds before the moment, played again, and a seat in one of its futures, which nobody has been in.

        May take as long as the session. Raises UnknownStrategyError.
        """
        lead = WatchedReplay(self.script)
        lead.advance(self.at_ns - 1)
        session, seat = lead.branch()
        session.advance(self.at_ns)
        session.redraw(begun.future_seed(number))
        lead.seek(self.at_ns - LEAD_NS)
        return lead, seat

    def measured(self, paths: Sequence[Floats]) -> list[Floats]:
        """What of PnL paths the drill is judged by."""
        return [np.minimum(path, 0.0) for path in paths] if self.by == "losses" else list(paths)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A drill done.

    Attributes:
        drill: its name.
        passed: whether what was chosen makes more than what was done.
        chosen: what was chosen against what was done.
        answer: the right action against what was done.
        why: what makes it right.
        by: what both are measured by, PnL or losses alone.
    """

    drill: str
    passed: bool
    chosen: WhatIf
    answer: WhatIf
    why: str
    by: Judgement

    @property
    def sentence(self) -> str:
        """The verdict for the player."""
        return verdict(self.chosen, self.by)


class _Drills(msgspec.Struct, forbid_unknown_fields=True):
    drill: tuple[ShippedDrill, ...]


def passes(found: WhatIf) -> bool:
    """Whether an action makes more than what was done."""
    return found.judgement == "wrong"


def verdict(found: WhatIf, by: Judgement = "pnl", do: str = "") -> str:
    """What an action came to in a drill, in a sentence; ``do`` are other words for it."""
    do = do or found.do
    difference, better = found.difference, round(found.difference.better_in * found.futures)
    made = f"{difference.mean:+,.0f} {found.unit} on average, better in {better} of {found.futures} futures"
    more, less = ("loses less", "loses more") if by == "losses" else ("makes more", "makes less")
    if passes(found):
        return f"Right: {do} {more} than what was done there, {made}."
    if found.judgement == "right":
        return f"Wrong: {do} {less} than what was done there, {made}."
    return f"Not enough: {do} cannot be told from what was done there, {made}."


@cache
def shipped() -> tuple[ShippedDrill, ...]:
    """The drills that ship, in the order to learn them."""
    content = (files("mmtui.learning") / "drills.toml").read_bytes()
    return msgspec.toml.decode(content, type=_Drills).drill


def ready(drill: ShippedDrill) -> Drill:
    """A shipped drill, ready to be done."""
    level = load_level(drill.level)
    commands = ((0, HandOver(drill.strategy)),)
    return Drill(
        name=drill.name,
        title=drill.title,
        skill=drill.skill,
        situation=drill.situation,
        answer=drill.answer,
        why=drill.why,
        script=Script(level, drill.seed, commands, level.end_ns),
        at_ns=round(drill.at_s * NS_PER_S),
        repeated=drill.name,
        by=drill.by,
    )


def of_journal(path: Path, trust: Trust = NOBODY) -> list[Drill]:
    """The drills of a session's mistakes, the costliest first; a recorded market has none.

    Raises JournalError, UnknownStrategyError if it cannot be played again.
    """
    script = read_journal(path, trust).script
    if script.level.market.normal is None:
        return []
    found = debrief(script)
    drills = []
    for mistake in found.mistakes:
        if mistake.kind not in _AGAINST:
            continue
        answer, skill = _AGAINST[mistake.kind]
        at_ns = max(NS_PER_S, _decided_ns(script, mistake.kind, mistake.from_ns))
        drills.append(
            Drill(
                name=f"{path.stem}:{mistake.kind}",
                title=f"{script.level.title}, {clock(at_ns)}: {mistake.kind}",
                skill=skill,
                situation=f"You were here before, and it cost {mistake.cost:,.0f} {found.instrument.currency}.",
                answer=answer,
                why=told(mistake),
                script=script,
                at_ns=at_ns,
                repeated=f"{OWN}{mistake.kind}",
            )
        )
    return drills


def _decided_ns(script: Script, kind: MistakeKind, at_ns: int) -> int:
    """When it could have been done otherwise: before the quote was hit, when the order to trade at once was given."""
    if kind == "stale":
        return at_ns - _BEFORE_NS
    if kind == "crossing":
        return max((given_ns for given_ns, _ in script.commands if given_ns <= at_ns), default=at_ns)
    return at_ns


def of_journals(paths: Iterable[Path], trust: Trust = NOBODY) -> Iterator[Drill]:
    """Yields the drills of sessions' mistakes, without those that cannot be played again."""
    for path in paths:
        try:
            yield from of_journal(path, trust)
        except MmtuiError:
            continue


def find(name: str, journals: Path | None, trust: Trust = NOBODY) -> Drill:
    """A drill by name: a shipped one, or one's own as ``JOURNAL:KIND``. Raises InputError if there is none."""
    for each in shipped():
        if each.name == name:
            return ready(each)
    stem, colon, _ = name.rpartition(":")
    if colon and journals is not None and Path(stem).name == stem:
        for drill in of_journal(journals / f"{stem}.jsonl", trust):
            if drill.name == name:
                return drill
    raise InputError(f"there is no drill {name}{did_you_mean(name, [each.name for each in shipped()])}")


def judge(drill: Drill, do: str | Alternative, *, futures: int = FUTURES, jobs: int = 1) -> Judged:
    """Judge an action in a drill, over futures drawn anew.

    Args:
        drill: the drill.
        do: the action.
        futures: how many.
        jobs: processes; the result does not depend on it.

    Raises:
        InputError: the action cannot be had there.
    """
    chosen = Alternative.read(do) if isinstance(do, str) else do
    chosen.check(drill.script.level)
    answer = Alternative.read(drill.answer)
    begun = drill.begin()
    conducts = [None, *dict.fromkeys((chosen, answer))]
    paths = list(play_futures(begun, conducts, futures, jobs))
    done, ours, right = (drill.measured([path[row] for path in paths]) for row in (0, 1, len(conducts) - 1))
    found = summed_up(begun, chosen, done, ours)
    return Judged(
        drill=drill.name,
        passed=passes(found),
        chosen=found,
        answer=summed_up(begun, answer, done, right),
        why=drill.why,
        by=drill.by,
    )

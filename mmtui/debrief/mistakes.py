"""The mistakes that matter: what was done, when, for how long, and what it cost by the attribution.

Every cost is a piece of the PnL, and no piece is counted twice. What a position lost is taken by the second, first by
the fills of quotes that stood still (the lots they brought, for ten seconds), then by the first of the other mistakes
that was being made; what was paid to cross the spread is a piece of its own. What absence cost is no piece of the PnL
but of what par is ahead by: what par made a second, on average, for each second without the quotes that were owed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from mmtui.debrief.model import Debrief, FillFacts, Gap, Mistake, MistakeKind
from mmtui.units import NS_PER_S
from mmtui.wording import counted

#: Shares of the position limit: a position that matters, one against which quotes must lean, and one at the limit.
_HELD, _LARGE, _FULL = 0.1, 0.3, 0.8
#: Ticks by which both quotes are shifted, and seconds that a stretch lasts at least.
_SHIFTED, _LEAST_S = 0.5, 3
#: A quote stood still when it was older than this and the mid had come towards it within this time.
_STOOD_NS, _CAME_NS = 2 * NS_PER_S, 5 * NS_PER_S
#: For how many seconds the lots of such a fill are followed, and trading after it was stopped.
_FOLLOWED_S, _RESUMED_NS = 10, 5 * NS_PER_S


class _Case(NamedTuple):
    """A mistake made once."""

    kind: MistakeKind
    from_ns: int
    to_ns: int
    cost: float
    lots: int = 0


def mistakes(debrief: Debrief, normal_spread: float) -> tuple[Mistake, ...]:
    """The mistakes of a session by kind, the costliest first.

    Args:
        debrief: the session; what costs less than a point of its score does not matter.
        normal_spread: of the market, in ticks.
    """
    losses = _Losses(debrief)
    cases = [*losses.stale_fills(normal_spread / 2), *losses.stretches(), *_crossings(debrief), *_absences(debrief)]
    found = []
    for kind, group in groupby(sorted(cases, key=lambda case: case.kind), lambda case: case.kind):
        costly = [case for case in group if case.cost > 0]
        cost = sum(case.cost for case in costly)
        if cost >= debrief.point:
            found.append(_summed(kind, costly, cost))
    return tuple(sorted(found, key=lambda mistake: -mistake.cost))


def _summed(kind: MistakeKind, cases: Sequence[_Case], cost: float) -> Mistake:
    worst = max(cases, key=lambda case: case.cost)
    lasted_ns = sum(case.to_ns - case.from_ns for case in cases)
    return Mistake(kind, len(cases), lasted_ns, sum(case.lots for case in cases), cost, worst.from_ns, worst.to_ns)


class _Losses:
    """What positions lost in each second, and how much of it is still nobody's."""

    def __init__(self, debrief: Debrief) -> None:
        self._debrief = debrief
        self._seconds = seconds = debrief.seconds
        self._tick_value = debrief.instrument.tick_value
        marks = debrief.mids
        #: What the position is valued at, at each second.
        self._marks = [marks.just_before(at_ns + 1) for at_ns in seconds.at_ns]
        made = [position + hedge for position, hedge in zip(seconds.position, seconds.hedge, strict=True)]
        self._lost = [before - after for before, after in pairwise(made)]
        #: Lots of each second that no fill has taken yet, with the sign of the position.
        self._free = [float(net) for net in seconds.net]

    def stale_fills(self, least_move: float) -> Iterator[_Case]:
        """Yields the fills of quotes that had stood while the mid came towards them by ``least_move`` ticks."""
        joined = {order.order_id: order.joined_ns for order in self._debrief.orders}
        for fill in self._debrief.fills:
            if not fill.maker or fill.at_ns - joined.get(fill.order_id, fill.at_ns) < _STOOD_NS:
                continue
            came = fill.side * (self._debrief.mids.just_before(fill.at_ns - _CAME_NS) - fill.mid_before)
            if came >= max(1.0, least_move):
                yield _Case("stale", fill.at_ns, fill.at_ns, self._take(fill), fill.quantity)

    def _take(self, fill: FillFacts) -> float:
        """What the lots of a fill lost while they were followed and held; it is taken from the seconds' losses."""
        seconds, cost = self._seconds, 0.0
        first = bisect_right(seconds.at_ns, fill.at_ns) - 1
        for row in range(first, min(first + _FOLLOWED_S, len(self._lost))):
            held = fill.net_after if row == first else self._free[row]
            lots = min(float(fill.quantity), max(0.0, fill.side * held))
            before = fill.mid_before if row == first else self._marks[row]
            lost = -fill.side * lots * (self._marks[row + 1] - before) * self._tick_value
            self._free[row] -= fill.side * lots
            self._lost[row] -= lost
            cost += lost
        return cost

    def stretches(self) -> Iterator[_Case]:
        """Yields the stretches of seconds in which the same mistake was being made."""
        seconds = self._seconds
        kinds = [self._kind(row) for row in range(len(self._lost))]
        for kind, group in groupby(range(len(kinds)), kinds.__getitem__):
            rows = list(group)
            if kind is not None and len(rows) >= _LEAST_S:
                cost = sum(self._lost[row] for row in rows)
                yield _Case(kind, seconds.at_ns[rows[0]], seconds.at_ns[rows[-1] + 1], cost)

    def _kind(self, row: int) -> MistakeKind | None:
        """The mistake that was being made in a second, if one was."""
        debrief, seconds = self._debrief, self._seconds
        at_ns, net, limit = seconds.at_ns[row], seconds.net[row], debrief.result.position.limit
        if abs(net) < _HELD * limit:
            return None
        if any(span.from_ns <= at_ns < span.to_ns + _RESUMED_NS for span in debrief.closed):
            return "event"
        if abs(net) >= _FULL * limit:
            return "limit"
        bid, ask = debrief.quotes.at(at_ns)
        if (ask if net > 0 else bid) is None:
            return "missing"
        if bid is None or ask is None:
            return None
        wrong = ((bid + ask) / 2 - seconds.mid[row]) * (1 if net > 0 else -1)
        least = _SHIFTED if abs(net) < _LARGE * limit else -_SHIFTED
        return "skew" if wrong >= least else None


def _crossings(debrief: Debrief) -> Iterator[_Case]:
    """Yields the orders that paid the spread, with what they paid against the mid and in fees."""
    taken = [fill for fill in debrief.fills if not fill.maker]
    for _, group in groupby(taken, lambda fill: fill.order_id):
        fills = list(group)
        tick_value = debrief.instrument.tick_value
        cost = sum(fill.side * (fill.price - fill.mid_before) * fill.quantity * tick_value + fill.fee for fill in fills)
        yield _Case("crossing", fills[0].at_ns, fills[-1].at_ns, cost, sum(fill.quantity for fill in fills))


def _absences(debrief: Debrief) -> Iterator[_Case]:
    """Yields the gaps in the quotes that were owed, with what par makes in that time less what was earned in them.

    The part of the time that the obligation leaves free costs nothing.
    """
    presence = next((part for part in debrief.score if part.name == "presence"), None)
    missed_ns = _length_ns(debrief.gaps)
    if presence is None or not missed_ns:
        return
    closed_ns = _length_ns(debrief.closed)
    free_ns = (1.0 - (presence.inputs["owed"] or 0.0)) * (debrief.until_ns - closed_ns)
    # Of a session that was cut short par is what it made by the level's end.
    par_ns = (debrief.until_ns if debrief.result.ended == "running" else debrief.duration_ns) - closed_ns
    starts = [gap.from_ns for gap in debrief.gaps]

    def missing(at_ns: int) -> bool:
        last = bisect_left(starts, at_ns) - 1
        return last >= 0 and at_ns <= debrief.gaps[last].to_ns

    earned = sum(
        fill.side * (fill.mid_before - fill.price) * fill.quantity * debrief.instrument.tick_value
        for fill in debrief.fills
        if fill.maker and missing(fill.at_ns)
    )
    cost_of_ns = (debrief.result.par / par_ns - earned / missed_ns) * max(0.0, 1.0 - free_ns / missed_ns)
    for gap in debrief.gaps:
        length_ns = gap.to_ns - gap.from_ns
        yield _Case("absent", gap.from_ns, gap.to_ns, cost_of_ns * length_ns)


def _length_ns(gaps: Sequence[Gap]) -> int:
    return sum(gap.to_ns - gap.from_ns for gap in gaps)


def told(mistake: Mistake) -> str:
    """A mistake in a sentence: what was done, how often and for how long, and what helps."""
    times, lots = counted(mistake.times, "time"), counted(mistake.lots, "lot")
    lasting = f"{times}, {mistake.lasted_ns / NS_PER_S:.0f} s in all"
    match mistake.kind:
        case "event":
            return f"You held a position while trading was stopped, {lasting}: flatten before, while you still can."
        case "limit":
            return f"You held as much as your position limit, {lasting}: skew, or trade some of it away, long before."
        case "skew":
            return f"Your quotes leaned the wrong way or not at all, {lasting}: long, lower both; short, raise both."
        case "missing":
            return f"The quote that would have worked your position off was missing, {lasting}: put it back at once."
        case "absent":
            return (
                f"You did not quote both sides as obliged, {lasting}, priced at what par makes in that time: "
                "have a quote back as soon as one is gone."
            )
        case "stale":
            return (
                f"Your quotes stood still while the market came to them: {counted(mistake.times, 'fill')}, {lots}. "
                "Move the quote on the side the price runs to."
            )
        case "crossing":
            return f"You paid the spread to trade at once, {times}, {lots}: lean your quotes and let others come."

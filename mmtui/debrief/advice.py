"""What to try next: rules over a debrief's numbers, the most costly first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mmtui.coach.coach import Occasion
from mmtui.debrief.model import JUDGED_NS, Advice, FillFacts, FillVerdict, Gap, MarkoutCurve
from mmtui.level.level import Level
from mmtui.market.book_market import KIND_WORDS
from mmtui.session.result import Result
from mmtui.units import NS_PER_S

_MOST = 4
#: More points than any part of the score can lose.
_FIRST = 1_000.0
#: Advice is given below this presence, and above these shares of the position limit, on average and at the end.
_PRESENT, _HELD, _LEFT = 0.9, 0.25, 0.3


def advice(
    result: Result,
    level: Level,
    fills: Sequence[FillFacts],
    curves: Sequence[MarkoutCurve],
    worst: Sequence[FillVerdict],
    gaps: Sequence[Gap],
    occasions: Sequence[Occasion],
) -> list[Advice]:
    """Up to four pieces of advice, the most valuable first; the last is the level's lesson.

    Args:
        result: of the session.
        level: of the session.
        fills: oldest first.
        curves: the fills' markouts.
        worst: the worst fills.
        gaps: when the obligation was not met.
        occasions: where the lesson was done and missed.
    """
    if not fills:
        return [Advice("Nobody traded with you: quote at the best prices, or one tick better."), Advice(level.lesson)]
    weights = {str(part): weight for part, weight in level.score.weights.items()}

    def lost(part: str) -> float:
        return weights.get(part, 0.0) * (100.0 - result.parts.get(part, 100.0))

    groups = [
        (_FIRST, _lesson(occasions)),
        (lost("presence"), _presence(result, gaps)),
        (lost("inventory"), _inventory(result, fills)),
        (lost("markout"), _markout(curves, fills, worst)),
        (lost("pnl"), _pnl(result, level, fills)),
    ]
    groups.sort(key=lambda group: -group[0])
    found = [piece for _, pieces in groups for piece in pieces]
    return [*found[: _MOST - 1], Advice(level.lesson)]


def _lesson(occasions: Sequence[Occasion]) -> Iterator[Advice]:
    """The check missed most often, and where first."""
    missed = Counter(occasion.name for occasion in occasions if not occasion.done)
    for name, times in missed.most_common(1):
        of = sum(occasion.name == name for occasion in occasions)
        first = next(occasion for occasion in occasions if occasion.name == name and not occasion.done)
        yield Advice(f"{name[:1].upper()}{name[1:]}: missed {times} times of {of}.", first.from_ns)


def _presence(result: Result, gaps: Sequence[Gap]) -> Iterator[Advice]:
    if result.presence < _PRESENT and gaps:
        longest = max(gaps, key=lambda gap: gap.to_ns - gap.from_ns)
        length_s = (longest.to_ns - longest.from_ns) / NS_PER_S
        yield Advice(
            f"You met the obligation {result.presence:.0%} of the time; the longest gap was {length_s:.0f} s. "
            "Have a quote back on both sides as soon as one is gone.",
            longest.from_ns,
        )


def _inventory(result: Result, fills: Sequence[FillFacts]) -> Iterator[Advice]:
    position = result.position
    if position.mean_net > _HELD * position.limit:
        most = max(fills, key=lambda fill: abs(fill.net_after))
        yield Advice(
            f"You carried {position.mean_net:.1f} lots on average, {position.mean_net / position.limit:.0%} of the "
            "limit. Skew both quotes against the position as soon as there is one.",
            most.at_ns,
        )
    if abs(position.final_net) > _LEFT * position.limit:
        yield Advice(
            f"You ended with {position.final_net:+g} lots: work the position off before the time is up.",
            fills[-1].at_ns,
        )


def _markout(
    curves: Sequence[MarkoutCurve], fills: Sequence[FillFacts], worst: Sequence[FillVerdict]
) -> Iterator[Advice]:
    others = {curve.group: point for curve in curves if curve.by == "other" and (point := curve.at(JUDGED_NS))}
    group, point = min(others.items(), key=lambda entry: entry[1].mean * entry[1].lots, default=("", None))
    if point is None or point.mean >= 0:
        return
    lots = sum(other.lots for other in others.values())
    yield Advice(
        f"Ten seconds after trading with {KIND_WORDS[group].many} you were {-point.mean:.1f} ticks a share worse off, "
        f"on {point.lots / lots:.0%} of your lots. {_AGAINST[group]}",
        fills[worst[0].fill].at_ns if worst else None,
    )


_STALE = "Your quote was the stale one: move it sooner."
_AGAINST: Mapping[str, str] = {
    "noise": "Stand further from the mid: the spread you asked did not pay for what the price did next.",
    "informed": "Widen, and show less size, while trades all come from one side.",
    "momentum": "They follow the price: move with it, or step aside on that side.",
    "rival": _STALE,
    "institution": "They go on buying or selling: shade your quotes their way, and do not lean against them.",
    "arbitrageur": _STALE,
    "maker": _STALE,
    "recorded": "Stand further from the mid, or follow it sooner.",
}


def _pnl(result: Result, level: Level, fills: Sequence[FillFacts]) -> Iterator[Advice]:
    pnl = result.pnl
    if pnl.total >= result.par:
        return
    currency = level.market.instrument.currency
    taken = [fill for fill in fills if not fill.maker]
    crossed = sum(fill.side * (fill.price - fill.mid_before) * fill.quantity for fill in taken)
    crossed *= level.market.instrument.tick_value
    if crossed > 0.25 * max(pnl.spread + crossed, 0.0):
        yield Advice(
            f"You paid {crossed:,.0f} {currency} in half-spreads to trade at once, {len(taken)} times. Skew instead: "
            "let others come to you.",
            taken[0].at_ns,
        )
    elif pnl.position < 0 and -pnl.position > 0.5 * pnl.spread:
        yield Advice(
            f"You earned {pnl.spread:,.0f} {currency} of spread and lost {-pnl.position:,.0f} by holding while the "
            "price moved: hold less, or widen."
        )
    elif pnl.spread < result.par:
        yield Advice(
            f"You earned {pnl.spread:,.0f} {currency} of spread, where {level.par} made {result.par:,.0f} in all: "
            "trade more, at the front of the queue."
        )

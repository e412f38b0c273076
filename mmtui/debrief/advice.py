"""What to try next: rules over a debrief's numbers, what cost the most points first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mmtui.coach.coach import Occasion
from mmtui.debrief.model import HORIZONS_NS, JUDGED, Advice, FillFacts, FillVerdict, Gap, MarkoutCurve
from mmtui.level.level import Level
from mmtui.session.result import Result
from mmtui.units import NS_PER_S

_MOST = 4
#: More than any part of the score can lose.
_FIRST = 1_000.0
#: Shares of what could be reached under which there is something to say.
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
    """Up to four pieces of advice, the most valuable first; the level's lesson is the last word.

    Args:
        result: what came out.
        level: the level.
        fills: oldest first.
        curves: the fills' markouts.
        worst: the fills to look at.
        gaps: when the obligation was not met.
        occasions: where the lesson was done and missed.
    """
    if not fills:
        return [Advice("Nobody traded with you: quote at the best prices, or one tick better."), Advice(level.lesson)]
    said: list[tuple[float, Advice]] = []
    weights = {str(part): weight for part, weight in level.score.weights.items()}

    def lost(part: str) -> float:
        return weights.get(part, 0.0) * (100.0 - result.parts.get(part, 100.0))

    said += [(_FIRST, piece) for piece in _lesson(occasions)]
    said += [(lost("presence"), piece) for piece in _presence(result, gaps)]
    said += [(lost("inventory"), piece) for piece in _inventory(result, fills)]
    said += [(lost("markout"), piece) for piece in _markout(curves, fills, worst)]
    said += [(lost("pnl"), piece) for piece in _pnl(result, level, fills)]
    said.sort(key=lambda entry: -entry[0])
    return [piece for _, piece in said[: _MOST - 1]] + [Advice(level.lesson)]


def _lesson(occasions: Sequence[Occasion]) -> Iterator[Advice]:
    """The check that was missed most often, and where first."""
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
    at_ns = fills[worst[0].fill].at_ns if worst else None
    judged = {
        (curve.by, curve.group): point
        for curve in curves
        for point in curve.points
        if point.horizon_ns == HORIZONS_NS[JUDGED]
    }
    losses = {group: point for (by, group), point in judged.items() if by == "other" and point.mean < 0}
    whole = judged.get(("all", "all"))
    if not losses or whole is None:
        return
    group, point = min(losses.items(), key=lambda entry: entry[1].mean * entry[1].lots)
    lots = sum(other.lots for (by, _), other in judged.items() if by == "other")
    yield Advice(
        f"Ten seconds after trading with {_MANY[group]} you were {-point.mean:.1f} ticks a share worse off, on "
        f"{point.lots / lots:.0%} of your lots. {_AGAINST[group]}",
        at_ns,
    )


_MANY: Mapping[str, str] = {
    "noise": "noise traders",
    "informed": "informed traders",
    "momentum": "momentum traders",
    "rival": "rival makers",
    "institution": "an institution",
    "arbitrageur": "arbitrageurs",
    "maker": "other makers",
    "recorded": "others on the tape",
}
_STALE = "Your quote was the stale one: move it sooner."
_AGAINST: Mapping[str, str] = {
    "noise": "Stand further from the mid: the spread you asked did not pay for what the price did next.",
    "informed": "Widen, and show less size, while trades all come from one side.",
    "momentum": "They follow the price: move with it, or step aside on that side.",
    "rival": _STALE,
    "institution": "It goes on buying or selling: shade your quotes its way, and do not lean against it.",
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

"""What to try next: rules over a debrief's numbers, the most costly first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mmtui.coach.coach import Occasion
from mmtui.debrief.model import JUDGED_NS, Advice, Debrief
from mmtui.market.book_market import KIND_WORDS
from mmtui.session.result import Position
from mmtui.units import NS_PER_S
from mmtui.wording import counted, signed

_MOST = 4
#: More points than any part of the score can lose.
_FIRST = 1_000.0
#: Advice is given below this presence, and above these shares of the position limit, on average and at the end.
_PRESENT, _HELD, _LEFT = 0.9, 0.25, 0.3


def advice(debrief: Debrief, par: str) -> tuple[Advice, ...]:
    """Up to four pieces of advice, the most valuable first; the last is the level's lesson.

    Args:
        debrief: the session, still without advice.
        par: the strategy whose PnL is par.
    """
    lesson = Advice(debrief.lesson)
    if not debrief.fills:
        return (Advice("Nobody traded with you: quote at the best prices, or one tick better."), lesson)
    lost = {part.name: part.weight * (100.0 - part.points) for part in debrief.score}
    # Where the score has no inventory, holding is the trade.
    groups: list[tuple[float, Iterable[Advice]]] = [
        (_FIRST, _lesson(debrief.occasions)),
        (lost.get("presence", 0.0), _presence(debrief)),
        (lost.get("inventory", 0.0), _inventory(debrief) if "inventory" in lost else ()),
        (lost.get("markout", 0.0), _markout(debrief)),
        (lost.get("pnl", 0.0), _pnl(debrief, par, "hold less" if "inventory" in lost else "hold the other way")),
    ]
    groups.sort(key=lambda group: -group[0])
    found = [piece for _, pieces in groups for piece in pieces]
    return (*found[: _MOST - 1], lesson)


def _lesson(occasions: Sequence[Occasion]) -> Iterator[Advice]:
    """The check missed most often, and where first."""
    missed = Counter(occasion.name for occasion in occasions if not occasion.done)
    for name, times in missed.most_common(1):
        of = sum(occasion.name == name for occasion in occasions)
        first = next(occasion for occasion in occasions if occasion.name == name and not occasion.done)
        yield Advice(f"{name[:1].upper()}{name[1:]}: missed {counted(times, 'time')} of {of}.", first.from_ns)


def _presence(debrief: Debrief) -> Iterator[Advice]:
    presence = debrief.result.presence
    if presence < _PRESENT and debrief.gaps:
        longest = max(debrief.gaps, key=lambda gap: gap.to_ns - gap.from_ns)
        length_s = (longest.to_ns - longest.from_ns) / NS_PER_S
        yield Advice(
            f"You met the obligation {presence:.0%} of the time; the longest gap was {length_s:.0f} s. "
            "Have a quote back on both sides as soon as one is gone.",
            longest.from_ns,
        )


def _inventory(debrief: Debrief) -> Iterator[Advice]:
    position, fills = debrief.result.position, debrief.fills
    if position.mean_net > _HELD * position.limit:
        most = max(fills, key=lambda fill: abs(fill.net_after))
        yield Advice(
            f"You carried {position.mean_net:.1f} lots on average, {position.mean_net / position.limit:.0%} of the "
            "limit. Skew both quotes against the position as soon as there is one.",
            most.at_ns,
        )
    if abs(position.final_net) > _LEFT * position.limit:
        yield Advice(
            f"You ended {_ended_with(position)}: work the position off before the time is up.",
            fills[-1].at_ns,
        )


def _ended_with(position: Position) -> str:
    """The position at the end in whole lots, with what the hedges leave of it."""
    held = f"with {signed(position.final)} {'lot' if abs(position.final) == 1 else 'lots'}"
    net = round(position.final_net)
    return held if net == position.final else f"{held}, {signed(net)} net of hedges"


def _markout(debrief: Debrief) -> Iterator[Advice]:
    curves = [curve for curve in debrief.markouts if curve.by == "other"]
    others = {curve.group: point for curve in curves if (point := curve.at(JUDGED_NS)) is not None}
    group, point = min(others.items(), key=lambda entry: entry[1].mean * entry[1].lots, default=("", None))
    if point is None or point.mean >= 0:
        return
    lots = sum(other.lots for other in others.values())
    yield Advice(
        f"Ten seconds after trading with {KIND_WORDS[group].many} you were {-point.mean:.1f} ticks a share worse off, "
        f"on {point.lots / lots:.0%} of your lots. {_AGAINST[group]}",
        debrief.fills[debrief.worst[0].fill].at_ns if debrief.worst else None,
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


def _pnl(debrief: Debrief, par: str, do: str) -> Iterator[Advice]:
    result, currency, tick_value = debrief.result, debrief.instrument.currency, debrief.instrument.tick_value
    pnl = result.pnl
    if pnl.total >= result.par:
        return
    taken = [fill for fill in debrief.fills if not fill.maker]
    crossed = tick_value * sum(fill.side * (fill.price - fill.mid_before) * fill.quantity for fill in taken)
    if crossed > 0.25 * max(pnl.spread + crossed, 0.0):
        yield Advice(
            f"You paid {crossed:,.0f} {currency} in half-spreads to trade at once, "
            f"{counted(len(taken), 'time')}. Skew instead: let others come to you.",
            taken[0].at_ns,
        )
    elif (held := pnl.position + pnl.hedge) < 0 and -held > 0.5 * pnl.spread:
        hedged = ", hedges counted" if pnl.hedge else ""
        yield Advice(
            f"You earned {pnl.spread:,.0f} {currency} of spread and lost {-held:,.0f} by holding while the price "
            f"moved{hedged}: {do}, or widen."
        )
    elif pnl.spread < result.par:
        yield Advice(
            f"You earned {pnl.spread:,.0f} {currency} of spread, where {par} made {result.par:,.0f} in all: "
            "trade more, at the front of the queue."
        )

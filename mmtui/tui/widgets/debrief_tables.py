"""A finished level in tables: the verdict, the score's arithmetic, where the money came from, groups and ranks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mmtui.tui import format as fmt
from mmtui.tui.cards import Card
from mmtui.tui.format import Row, Span, title_row
from mmtui.units import NS_PER_S

if TYPE_CHECKING:
    from mmtui.debrief import Debrief, MarkoutCurve, QueueGroup, Ranking, ScorePart
    from mmtui.session.replay import Script

_ENDS = {
    "time": "The time is up.",
    "loss": "The loss limit was reached: the level ended there.",
    "left": "You left before the end.",
}
_MONEY = 12
#: Which horizons the tables tell, in nanoseconds.
_TOLD = (NS_PER_S, 10 * NS_PER_S, 60 * NS_PER_S)
_STARS = (50, 70, 85)


@dataclass(frozen=True)
class Played:
    """A finished level.

    Attributes:
        strategy: the one that quoted from the start, if any.
        result: the result with the keys of ``mmtui run --format json``.
        script: what plays it again.
        name: the file name of its journal, empty without one.
        daily: the day whose challenge it was, if it was one.
    """

    card: Card
    seed: int
    strategy: str | None
    result: Mapping[str, Any]
    script: Script
    name: str = ""
    daily: date | None = None


def verdict_rows(played: Played) -> list[Row]:
    """Title, how it ended and where it came from; score, stars, and how far it is to the next one."""
    card, result = played.card, played.result
    score = result["score"]
    ended = _ENDS.get(result["ended"], f"It ended: {result['ended']}.")
    return [
        (
            (f"{card.number}  {card.title}", "bold own"),
            (f"   {ended}   seed ", "muted"),
            (str(played.seed), "bold live"),
            (f"   quoted by {result['strategy'] or 'hand'}", "muted"),
        ),
        (
            (f"{score:.1f}", "bold foreground"),
            (" of 100   ", "muted"),
            (fmt.stars(result["stars"]), "bold own"),
            (f"   {next_star(score)}", "muted"),
            *_opponent(result.get("opponent")),
        ),
    ]


def _opponent(opponent: Mapping[str, Any] | None) -> list[Span]:
    """How the opponent did in a duel."""
    if opponent is None:
        return []
    return [
        ("   v ", "muted"),
        (f"{opponent['strategy']} {opponent['score']:.1f}", "bold ask"),
        (f" {opponent['pnl']:+,.0f}", "foreground"),
    ]


def next_star(score: float) -> str:
    """How far it is to the next star."""
    needed = next((needed for needed in _STARS if score < needed), None)
    return "every star there is" if needed is None else f"{needed - score:.1f} more for the next star"


def score_rows(played: Played, width: int) -> list[Row]:
    """Each part's points times its weight, and their sum."""
    rows: list[Row] = [title_row("SCORE", "points × weight", width)]
    for name, points in played.result["parts"].items():
        weight = played.card.weights.get(name, 0.0)
        rows.append(
            (
                (f" {name:<10}", "foreground"),
                (f"{points:6.1f}", "bold foreground"),
                (f" × {weight:4.2f} = ", "muted"),
                (f"{points * weight:5.1f}  ", "own"),
                *fmt.gauge(points / 100, max(0, width - 36), "bid-bar" if points >= 50 else "entry", "track"),
            )
        )
    rows.append(((" total".ljust(27), "muted"), (f"{played.result['score']:5.1f}", "bold own")))
    return rows


def arithmetic_rows(parts: Iterable[ScorePart], width: int) -> list[Row]:
    """How the points of each part come about: the formula, then its numbers."""
    rows: list[Row] = [title_row("HOW THE POINTS COME ABOUT", "kept within 0 and 100", width)]
    for part in parts:
        numbers = ", ".join(f"{name} {_number(value)}" for name, value in part.inputs.items())
        formula = fmt.wrap(f"{part.name} = {part.formula}", width - 2)
        rows += [((f" {line}", "foreground"),) for line in formula]
        rows += [((f"   {line}", "muted"),) for line in fmt.wrap(numbers, width - 4)]
    return rows


def _number(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.3g}" if abs(value) < 10 else f"{value:,.1f}"


def attribution_rows(played: Played, width: int) -> list[Row]:
    """Spread + position + hedge − fees = total, with bars."""
    pnl = played.result["pnl"]
    parts = [("spread", pnl["spread"]), ("position", pnl["position"]), ("hedge", pnl["hedge"]), ("fees", -pnl["fees"])]
    largest = max(abs(amount) for _, amount in parts) or 1.0
    room = width - 12 - _MONEY - 3
    room -= 1 - room % 2
    rows: list[Row] = [title_row("WHERE IT CAME FROM", played.card.instrument.currency, width)]
    for sign, (name, amount) in zip(("", "+", "+", "−"), parts, strict=True):
        fill = "bought-bar" if amount > 0 else "sold-bar"
        shown = f"{pnl['fees']:,.2f}".rjust(_MONEY) if name == "fees" else fmt.money(amount, _MONEY)
        rows.append(
            (
                (f" {sign:<2}{name:<9}", "foreground"),
                (shown, fmt.tone(amount)),
                ("  ", "muted"),
                *(fmt.balance(amount / largest, room, fill, "surface") if room >= 5 else ()),
            )
        )
    total = pnl["total"]
    rows.append(((" = pnl      ", "bold foreground"), (fmt.money(total, _MONEY), f"bold {fmt.tone(total)}")))
    par = f"   par      {fmt.money(played.result['par'], _MONEY)}  by {played.card.par}"
    rows.append(((fmt.fit(par, width), "muted"),))
    return rows


def facts_row(played: Played) -> Row:
    """What was traded and held, in a line."""
    result = played.result
    position = result["position"]
    facts: Iterable[tuple[str, str]] = (
        ("fills", f"{result['fills']}"),
        ("lots", f"{result['volume']}"),
        ("two-sided", f"{result['presence']:.0%}"),
        ("position at the end", fmt.signed(position["final"])),
        ("largest", f"{position['max_abs']}"),
        ("mean", f"{position['mean_abs']:.1f}"),
    )
    spans = [((f" {name} ", "muted"), (f"{value}  ", "bold foreground")) for name, value in facts]
    return tuple(span for pair in spans for span in pair)


def group_rows(curves: Iterable[MarkoutCurve], width: int) -> list[Row]:
    """Markouts by side, by who was on the other side, and by how the quote was set."""
    head = "fills   lots     1 s    10 s    60 s"
    rows: list[Row] = [title_row("BY", head, width)]
    by = ""
    for curve in curves:
        if by and curve.by != by:
            rows.append(())
        by = curve.by
        told = {point.horizon_ns: point.mean for point in curve.points}
        fills = max((point.fills for point in curve.points), default=0)
        lots = max((point.lots for point in curve.points), default=0)
        name = _NAMES.get(curve.group, curve.group)
        rows.append(
            (
                (fmt.fit(f" {name}", max(10, width - len(head) - 1)), "foreground"),
                (f"{fills:5} {lots:6} ", "muted"),
                *((f"{fmt.ticks(told.get(at_ns), 7)} ", f"bold {fmt.tone(told.get(at_ns))}") for at_ns in _TOLD),
            )
        )
    return rows


_NAMES = {
    "all": "all fills",
    "buy": "bought",
    "sell": "sold",
    "manual": "quoted by hand",
    "strategy": "quoted by a strategy",
    "noise": "noise traders",
    "informed": "informed traders",
    "momentum": "momentum traders",
    "rival": "rival makers",
    "institution": "the institution",
    "arbitrageur": "arbitrageurs",
    "maker": "other makers",
    "recorded": "the tape",
}


def queue_rows(groups: Iterable[QueueGroup], width: int) -> list[Row]:
    """What became of orders by the lots ahead of them as they joined."""
    head = "orders   traded   first lot    10 s"
    rows: list[Row] = [title_row("LOTS AHEAD", head, width)]
    for group in groups:
        wait = "·" if group.wait_s is None else f"{group.wait_s:.1f} s"
        rows.append(
            (
                (f" {group.ahead}".ljust(max(10, width - len(head) - 1)), "foreground"),
                (f"{group.orders:6} {group.filled:8.0%} {wait:>11} ", "muted"),
                (fmt.ticks(group.markout, 7), f"bold {fmt.tone(group.markout)}"),
            )
        )
    return rows


def rank_rows(ranking: Ranking, width: int) -> list[Row]:
    """The same tape played by the strategies that ship, you among them."""
    head = "score         pnl    held    10 s"
    rows: list[Row] = [title_row("THE SAME TAPE", head, width)]
    room = max(12, width - len(head) - 6)
    for place, rank in enumerate(ranking.ranks, start=1):
        you = rank.strategy is None
        ink = "bold own" if you else "foreground"
        spans: list[Span] = [
            (f" {place:>2}  ", "muted"),
            (fmt.fit("you" if you else str(rank.strategy), room), ink),
            (f"{rank.score:6.1f} ", ink),
            (f"{fmt.money(rank.pnl, 10, 0)} ", fmt.tone(rank.pnl)),
            (f"{rank.mean_abs:7.1f} ", "muted"),
            (fmt.ticks(rank.markout, 7), fmt.tone(rank.markout)),
        ]
        rows.append(tuple(spans))
    return rows


def without_maker_rows(debrief: Debrief, ranking: Ranking) -> list[Row]:
    """How you rank, and what the market was without you."""
    alone, market = ranking.alone, debrief.result.market
    return [
        (
            (" You did better than ", "muted"),
            (f"{ranking.percentile:.0f}%", "bold own"),
            (" of the strategies.", "muted"),
        ),
        (
            (" Without you the market traded ", "muted"),
            (f"{alone.trades}", "foreground"),
            (" times instead of ", "muted"),
            (f"{market.trades}", "foreground"),
            (", at a mean spread of ", "muted"),
            (f"{alone.mean_spread:.2f}", "foreground"),
            (" ticks instead of ", "muted"),
            (f"{market.mean_spread:.2f}", "foreground"),
            (".", "muted"),
        ),
    ]

"""The score: 0 to 100, from parts of 0 to 100 each, weighted by the level.

| part | points |
|---|---|
| pnl | 80 + (PnL − par) / point: par is what the level's par strategy makes on the same seed at the same time |
| inventory | trade × presence × 100·(1 − u/most), u = (¾ · mean + ¼ · final absolute net position) / limit |
| markout | trade × (100 − 50 · (full − markout at 10 s) / half the normal spread); 0 without a fill |
| presence | 100 × share of time quoting both sides within the obligation / the share owed, at most 100 |

The net position, in lots, is what is held in the book plus, for each hedge instrument, contracts / hedge ratio: a
position hedged whole counts nothing, a hedge against nothing counts like a position. Its mean is by time, with the
hedge ratios of each whole second and each own fill. Without hedge instruments it is the position.

Presence is counted while the market trades continuously and no band binds: a closed market is no absence.

Nothing is earned by absence. Inventory and markout count as far as one trades all along: ``trade`` is the sum of the
volumes in each third of the level over 0.6, each at most what par has traded in that third on the same seed, over what
par has traded in all, until the same time. A point of the PnL part is worth so much money that earning nothing gives at
most 30 points where the level can earn. ``point``, ``most`` and ``full`` are the level's, set so that who does the
lesson as well as the level's strategy stands at the third star.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmtui.level.level import Level, Part

#: Points of the PnL part for making exactly par.
PAR_POINTS = 80.0
#: Scores from which one, two and three stars are given.
STARS = (50.0, 70.0, 85.0)
#: The part of par's volume, in each third of the level, from which inventory and markout count in full.
VOLUME_SHARE = 0.6
_THIRDS = 3


@dataclass(frozen=True, slots=True)
class ScoreInputs:
    """What the score is computed from; anyone can recompute it from these.

    Attributes:
        pnl, par: money, of the maker and of the par strategy at the same time on the same seed; par is None while it
            is not known.
        mean_net, final_net: lots: the mean absolute net position, and the net position at the end.
        markout: at 10 s, ticks per share; None without a fill that is due.
        presence: 0 to 1.
        volumes, par_volumes: lots traded in each third of the level, by the maker and by the par strategy; the latter
            are None while not known.
    """

    pnl: float
    par: float | None
    mean_net: float
    final_net: float
    markout: float | None
    presence: float
    volumes: tuple[int, ...]
    par_volumes: tuple[int, ...] | None

    @property
    def trade(self) -> float:
        """How far inventory and markout count, 0 to 1."""
        return traded(self.volumes, self.par_volumes or (0,) * len(self.volumes))


@dataclass(frozen=True, slots=True)
class Score:
    """The total, its parts (those that the level weighs), and the stars.

    ``pending`` says that par is not known yet: then the PnL part counts nothing, and there are no stars. Nor are there
    any where it is ``ranked`` among others in one market.
    """

    total: float
    parts: Mapping[str, float]
    stars: int
    pending: bool = False
    ranked: bool = False


def score(level: Level, measures: ScoreInputs, *, ranked: bool = False) -> Score:
    """Score a session, finished or so far; where ranks decide, without stars."""
    parts: dict[str, float] = {part: points(level, part, measures) for part in level.score.weights}
    total = sum(weight * parts[part] for part, weight in level.score.weights.items())
    pending = measures.par is None and "pnl" in parts
    return Score(total, parts, 0 if pending or ranked else stars_of(total), pending, ranked)


def by_third(level: Level, from_s: int, to_s: int, volume_at: Callable[[int], int | None]) -> tuple[int, ...] | None:
    """Returns the lots traded in each third of a level between two whole seconds; None while they are not known.

    ``volume_at`` gives what was traded by a second, None while that is not known.
    """
    ends = [min(max(from_s, level.duration_s * third // _THIRDS), to_s) for third in range(_THIRDS + 1)]
    known = [volume for volume in map(volume_at, ends) if volume is not None]
    return tuple(after - before for before, after in pairwise(known)) if len(known) == len(ends) else None


def traded(volumes: Sequence[int], par_volumes: Sequence[int]) -> float:
    """How far one traded where par traded, 0 to 1, from the lots of each third: how far inventory and markout count."""
    par = sum(par_volumes)
    enough = (min(own / VOLUME_SHARE, most) for own, most in zip(volumes, par_volumes, strict=True))
    return sum(enough) / par if par else 1.0


def stars_of(total: float) -> int:
    """The stars of a score."""
    return sum(total >= least for least in STARS)


def next_star(total: float) -> float | None:
    """The points missing to the next star, None with all of them."""
    return next((least - total for least in STARS if total < least), None)


def points(level: Level, part: Part, measures: ScoreInputs) -> float:
    """The points of one part, 0 to 100."""
    match part:
        case "pnl":
            raw = 0.0 if measures.par is None else PAR_POINTS + (measures.pnl - measures.par) / level.score.point
        case "inventory":
            raw = measures.trade * measures.presence * 100.0 * inventory_kept(level, measures)
        case "markout":
            half_spread, full = level.normal.spread / 2, full_markout(level)
            missing = 0.0 if measures.markout is None else (full - measures.markout) / half_spread
            raw = 0.0 if measures.markout is None else measures.trade * (100.0 - 50.0 * missing)
        case "presence":
            raw = 100.0 * measures.presence / level.obligation.share
    return min(100.0, max(0.0, raw))


def inventory_kept(level: Level, measures: ScoreInputs) -> float:
    """How small the net position was kept, 0 to 1."""
    used = (0.75 * measures.mean_net + 0.25 * abs(measures.final_net)) / level.maker.position_limit
    return max(0.0, 1.0 - used / level.score.inventory)


def full_markout(level: Level) -> float:
    """The markout at 10 s that gives all points, in ticks per share."""
    return level.normal.spread / 2 if level.score.markout is None else level.score.markout


def explain(level: Level, part: Part, measures: ScoreInputs) -> tuple[str, dict[str, float | None]]:
    """How the points of a part come about: a formula, and the numbers that it names.

    The formula gives the points before they are kept within 0 and 100; without a markout there are none.
    """
    match part:
        case "pnl":
            inputs = {"pnl": measures.pnl, "par": measures.par, "point": level.score.point}
            return f"{PAR_POINTS:g} + (pnl − par) / point", {**inputs}
        case "inventory":
            return "trade × presence × 100 × max(0, 1 − (0.75 × mean_net + 0.25 × abs(final_net)) / (most × limit))", {
                "trade": measures.trade,
                "presence": measures.presence,
                "mean_net": measures.mean_net,
                "final_net": float(measures.final_net),
                "most": level.score.inventory,
                "limit": float(level.maker.position_limit),
            }
        case "markout":
            half_spread = level.normal.spread / 2
            return "trade × (100 − 50 × (full − markout) / half_spread)", {
                "trade": measures.trade,
                "full": full_markout(level),
                "markout": measures.markout,
                "half_spread": half_spread,
            }
        case "presence":
            return "100 × presence / owed", {"presence": measures.presence, "owed": level.obligation.share}


def wants(level: Level) -> Iterator[tuple[str, str]]:
    """What each part of the score wants, in a line with the level's own scales: name and line."""
    for part in level.score.weights:
        yield part, _wants(level, part)
    scaled = [part for part in ("inventory", "markout") if part in level.score.weights]
    if scaled:
        yield "trade", f"{', '.join(scaled)} in full from {VOLUME_SHARE:.0%} of par's volume a third"


def _wants(level: Level, part: Part) -> str:
    # A career needs the stars, and waits for nothing else.
    from mmtui.level.describe import currency_sign
    from mmtui.strategies.variants import variant

    match part:
        case "pnl":
            point = f"{currency_sign(level)}{level.score.point:,.10g}"
            return f"{PAR_POINTS:g} for what {variant(level.par).base} makes, 1 more or less for each {point}"
        case "inventory":
            limit, most = level.maker.position_limit, level.score.inventory
            if most > 1.0:
                return f"100 flat, {100 - 100 / most:.0f} at the limit of {limit} lots, times presence"
            return f"100 flat, 0 from {most * limit:.3g} lots held on average, times presence"
        case "markout":
            full = full_markout(level)
            return f"100 at {full:+.2g} ticks a share after 10 s, 50 at {full - level.normal.spread / 2:+.2g}"
        case "presence":
            share = "all the time" if level.obligation.share == 1.0 else f"{level.obligation.share:.0%} of the time"
            return f"100 for quoting as obliged {share}"

"""The debrief: a session, explained.

``debrief(script)`` plays it again with somebody watching, ``field(level, seed, result)`` has the strategies that ship
play the same tape. Both change nothing and depend on nothing but the script.
"""

from mmtui.game.debrief.build import debrief
from mmtui.game.debrief.field import alone, field, rank_of
from mmtui.game.debrief.model import (
    HORIZONS_NS,
    Advice,
    Alone,
    Debrief,
    Field,
    FillFacts,
    Gap,
    MarkoutCurve,
    MarkoutPoint,
    Mids,
    OrderFacts,
    QueueGroup,
    Quotes,
    Rank,
    ScorePart,
    Seconds,
    Verdict,
)

__all__ = [
    "HORIZONS_NS",
    "Advice",
    "Alone",
    "Debrief",
    "Field",
    "FillFacts",
    "Gap",
    "MarkoutCurve",
    "MarkoutPoint",
    "Mids",
    "OrderFacts",
    "QueueGroup",
    "Quotes",
    "Rank",
    "ScorePart",
    "Seconds",
    "Verdict",
    "alone",
    "debrief",
    "field",
    "rank_of",
]

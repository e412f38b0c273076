"""The debrief: a session, explained.

``debrief(script)`` plays it again with somebody watching, ``field(level, seed, result)`` has the strategies that ship
play the same tape. Both change nothing and depend on nothing but the script.
"""

from mmtui.debrief.build import debrief
from mmtui.debrief.model import (
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
from mmtui.debrief.ranking import alone, field, rank_of

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

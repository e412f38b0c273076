"""The debrief: a session, explained.

``debrief(script)`` plays it again with somebody watching, ``field(level, seed, result)`` has the strategies that ship
play the same tape. Both change nothing and depend on nothing but the script.
"""

from mmtui.debrief.build import debrief, debrief_of
from mmtui.debrief.model import (
    HORIZONS_NS,
    Advice,
    Debrief,
    FillFacts,
    FillVerdict,
    Gap,
    MarkoutCurve,
    MarkoutPoint,
    Mids,
    OrderFacts,
    QueueGroup,
    QuoteHistory,
    Rank,
    Ranking,
    ScorePart,
    Seconds,
    WithoutMaker,
)
from mmtui.debrief.ranking import rank_of, ranking, without_maker

__all__ = [
    "HORIZONS_NS",
    "Advice",
    "Debrief",
    "FillFacts",
    "FillVerdict",
    "Gap",
    "MarkoutCurve",
    "MarkoutPoint",
    "Mids",
    "OrderFacts",
    "QueueGroup",
    "QuoteHistory",
    "Rank",
    "Ranking",
    "ScorePart",
    "Seconds",
    "WithoutMaker",
    "debrief",
    "debrief_of",
    "rank_of",
    "ranking",
    "without_maker",
]

"""A debrief written by hand, so that its pictures do not change with the engine."""

from __future__ import annotations

import math

from msgspec.structs import replace

from mmtui.book import Side
from mmtui.coach.coach import Occasion
from mmtui.debrief.model import (
    CURVE_HORIZONS_NS,
    Advice,
    Debrief,
    FillFacts,
    FillVerdict,
    MarkoutCurve,
    MarkoutPoint,
    Mids,
    QueueGroup,
    QuoteHistory,
    Rank,
    Ranking,
    ScorePart,
    Seconds,
    WithoutMaker,
)
from mmtui.market.core.instrument import Instrument
from mmtui.session.result import MarketFacts, Result
from mmtui.units import NS_PER_S

_S = 300
_WHO = ("noise", "informed", "noise", "rival")


def _mid(second: float) -> float:
    return 10017.5 + round(8 * math.sin(second / 30)) + round(second / 40)


def _held(second: float) -> int:
    return round(28 * math.sin(second / 24) * second / _S)


def _fill(number: int) -> FillFacts:
    at_s = 4 + 9 * number
    side = Side.BUY if math.sin(at_s / 24) > 0 else Side.SELL
    price = round(_mid(at_s) - side * 1.5)
    later = [_mid(at_s + horizon_ns / NS_PER_S) for horizon_ns in CURVE_HORIZONS_NS]
    return FillFacts(
        at_ns=at_s * NS_PER_S,
        side=side,
        price=price,
        quantity=1 + number % 5,
        mid_before=_mid(at_s),
        fee=-0.2,
        maker=True,
        manual=number % 3 > 0,
        order_id=number,
        other=_WHO[number % 4],  # type: ignore[arg-type]
        position_after=_held(at_s),
        net_after=_held(at_s),
        value=_mid(at_s) + 0.3,
        value_later=_mid(at_s + 10),
        markouts=tuple(side * (mid - price) for mid in later),
    )


FILLS = tuple(_fill(number) for number in range(33))


def _curve(by: str, group: str, start: float, end: float, fills: int) -> MarkoutCurve:
    steps = len(CURVE_HORIZONS_NS) - 1
    means = [start + (end - start) * step / steps for step in range(steps + 1)]
    return MarkoutCurve(
        by,
        group,
        tuple(
            MarkoutPoint(horizon_ns, mean, mean - 0.1 - 0.08 * step, mean + 0.1 + 0.08 * step, fills, 3 * fills)
            for step, (horizon_ns, mean) in enumerate(zip(CURVE_HORIZONS_NS, means, strict=True))
        ),
    )


def _seconds() -> Seconds:
    at = range(_S + 1)
    spread = [903.0 * second / _S for second in at]
    position = [-431.0 * second / _S + 120 * math.sin(second / 20) * (_S - second) / _S for second in at]
    fees = [59.5 * second / _S for second in at]
    mids = [_mid(second) for second in at]
    return Seconds(
        at_ns=[second * NS_PER_S for second in at],
        bid=[math.floor(mid) for mid in mids],
        ask=[math.ceil(mid) for mid in mids],
        mid=mids,
        value=[mid + 0.3 for mid in mids],
        held=[_held(second) for second in at],
        net=[float(_held(second)) for second in at],
        total=[spread[second] + position[second] - fees[second] for second in at],
        spread=spread,
        position=position,
        hedge=[0.0] * (_S + 1),
        fees=fees,
    )


def debrief(instrument: Instrument, played: Result) -> Debrief:
    """A debrief that agrees with a result of the still market."""
    seconds = _seconds()
    result = replace(played, drawdown=80.0, fills=len(FILLS), market=MarketFacts(801, 9120, 2.08, 100.17))
    return Debrief(
        result=result,
        title="Volatility spike",
        lesson="When the price moves faster, quote wider and smaller.",
        instrument=instrument,
        duration_ns=_S * NS_PER_S,
        until_ns=_S * NS_PER_S,
        start_position=0,
        start_mid=10017.5,
        score=(
            ScorePart("pnl", 0.4, 64.0, "70 + (pnl − par) / point", {"pnl": 412.5, "par": 436.5, "point": 4.0}),
            ScorePart(
                "inventory",
                0.2,
                90.1,
                "presence × 100 × max(0, 1 − 2 × (0.75 × mean_net + 0.25 × abs(final_net)) / limit)",
                {"presence": 0.787, "mean_net": 8.24, "final_net": -2.0, "limit": 40.0},
            ),
            ScorePart("markout", 0.2, 60.2, "50 + 50 × markout / half_spread", {"markout": 0.22, "half_spread": 1.0}),
            ScorePart("presence", 0.2, 78.7, "100 × presence", {"presence": 0.787}),
        ),
        horizons_ns=CURVE_HORIZONS_NS,
        seconds=seconds,
        mids=Mids(seconds.at_ns, seconds.mid),
        fills=FILLS,
        hedge_fills=(),
        quotes=QuoteHistory(
            seconds.at_ns,
            [bid - 1 for bid in seconds.bid],
            [2] * (_S + 1),
            [ask + 1 for ask in seconds.ask],
            [2] * (_S + 1),
        ),
        orders=(),
        markouts=(
            _curve("all", "all", 0.9, 0.2, 33),
            _curve("side", "buy", 0.8, 0.6, 18),
            _curve("side", "sell", 1.0, -0.3, 15),
            _curve("other", "informed", 0.4, -2.1, 8),
            _curve("other", "noise", 1.1, 0.9, 17),
            _curve("other", "rival", 0.3, 0.1, 8),
            _curve("placed", "manual", 0.9, 0.1, 22),
            _curve("placed", "strategy", 0.9, 0.4, 11),
        ),
        worst=(
            FillVerdict(
                13,
                -24.0,
                "An informed trader bought from your ask, 1.6 ticks worse than the value, which then went 4.6 ticks "
                "against you; the quote had stood 8.3 s.",
            ),
            FillVerdict(5, -12.5, "A noise trader sold to your bid; the quote had stood 0.3 s."),
        ),
        best=(FillVerdict(8, 31.0, "A noise trader bought from your ask, 0.4 ticks better than the value."),),
        queue=(
            QueueGroup("front", 40, 80, 0.61, 0.7, 1.2, 0.31),
            QueueGroup("1-9", 62, 140, 0.22, 0.3, 4.8, 0.12),
            QueueGroup("50+", 3, 6, 0.0, 0.0, None, None),
        ),
        gaps=(),
        closed=(),
        headlines=(),
        occasions=(
            Occasion(0, "widen when volatility doubles", 121 * NS_PER_S, 124 * NS_PER_S, done=True),
            Occasion(0, "widen when volatility doubles", 200 * NS_PER_S, 215 * NS_PER_S, done=False),
        ),
        advice=(
            Advice("Widen when volatility doubles: missed 1 times of 2.", 200 * NS_PER_S),
            Advice("You earned 903 USD of spread and lost 431 by holding while the price moved: hold less, or widen."),
            Advice("When the price moves faster, quote wider and smaller."),
        ),
    )


RANKING = Ranking(
    (
        Rank("avellaneda-stoikov", 88.8, 3, 612.0, 4.1, 0.61),
        Rank(None, 71.4, 2, 412.5, 8.2, 0.22),
        Rank("skew", 66.0, 1, 380.0, 5.0, 0.30),
        Rank("fixed", 41.3, 0, -120.0, 17.4, -0.11),
    ),
    66.7,
    WithoutMaker([], [], 788, 2.31, 100.14),
)

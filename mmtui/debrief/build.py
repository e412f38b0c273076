"""A debrief from what is needed to play the session again."""

from __future__ import annotations

from collections.abc import Sequence

from mmtui.coach.watched import WatchedSession
from mmtui.debrief.advice import advice
from mmtui.debrief.fills import queue_groups, verdicts
from mmtui.debrief.markouts import curves
from mmtui.debrief.model import HORIZONS_NS, Debrief, FillFacts, Mids, ScorePart
from mmtui.debrief.recorder import Recorder
from mmtui.desk import Fill
from mmtui.market.book_market import kind_of_order
from mmtui.session.replay import Replay, Script
from mmtui.session.score import explain
from mmtui.session.session import Session


def debrief(script: Script) -> Debrief:
    """Play a session again and explain it. Raises UnknownStrategyError for a strategy that is not there any more."""
    return debrief_of(Replay(script, WatchedSession))


def debrief_of(replay: Replay[WatchedSession]) -> Debrief:
    """Explain a session by playing a replay of it, which stands at its start, to its end. Raises as :func:`debrief`."""
    recorder = Recorder(replay)
    session, level, occasions = recorder.session, replay.script.level, replay.watched.occasions
    instrument = session.market.instrument
    fills = _fills(recorder)
    orders = recorder.orders
    result = session.result()
    worst, best = verdicts(fills, orders, instrument.tick_value)
    found = tuple(curves(fills))
    return Debrief(
        result=result,
        title=level.title,
        lesson=level.lesson,
        instrument=instrument,
        duration_ns=level.end_ns,
        until_ns=session.now_ns,
        start_position=level.maker.position,
        start_mid=recorder.start_mid,
        score=_parts(session),
        horizons_ns=HORIZONS_NS,
        seconds=recorder.seconds,
        mids=recorder.mids,
        fills=fills,
        hedge_fills=tuple(session.maker.hedging.fills),
        quotes=recorder.quotes,
        orders=orders,
        markouts=found,
        worst=worst,
        best=best,
        queue=tuple(queue_groups(orders, fills)),
        gaps=tuple(recorder.gaps.found),
        closed=tuple(recorder.closed.found),
        headlines=tuple(recorder.headlines),
        occasions=tuple(occasions),
        advice=tuple(advice(result, level, fills, found, worst, recorder.gaps.found, occasions)),
    )


def _parts(session: Session) -> tuple[ScorePart, ...]:
    level, measures, score = session.level, session.measures(), session.score()
    parts = []
    for part, weight in level.score.weights.items():
        formula, inputs = explain(level, part, measures)
        parts.append(ScorePart(part, weight, score.parts[part], formula, inputs))
    return tuple(parts)


def _fills(recorder: Recorder) -> tuple[FillFacts, ...]:
    fills: Sequence[Fill] = recorder.session.maker.desk.fills
    until_ns = recorder.session.now_ns
    return tuple(
        _fill(fill, recorder.mids, until_ns, value, net)
        for fill, value, net in zip(fills, recorder.values, recorder.nets, strict=True)
    )


def _fill(fill: Fill, mids: Mids, until_ns: int, value: tuple[float | None, float | None], net: float) -> FillFacts:
    dues = [fill.time_ns + horizon_ns for horizon_ns in HORIZONS_NS]
    assert fill.other_id is not None
    return FillFacts(
        at_ns=fill.time_ns,
        side=fill.side,
        price=fill.price,
        quantity=fill.quantity,
        mid_before=fill.mid_before,
        fee=fill.fee,
        maker=fill.maker,
        manual=fill.manual,
        order_id=fill.order_id,
        other=kind_of_order(fill.other_id),
        position_after=fill.position_after,
        net_after=net,
        value=value[0],
        value_later=value[1],
        markouts=tuple(
            fill.side * (mids.just_before(due_ns) - fill.price) if due_ns <= until_ns else None for due_ns in dues
        ),
    )

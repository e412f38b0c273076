"""The debrief of a session, made by playing it again."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from mmtui.coach.coach import Occasion
from mmtui.coach.watched import WatchedSession
from mmtui.debrief.advice import advice
from mmtui.debrief.fills import met, queue_groups, verdicts
from mmtui.debrief.markouts import curves
from mmtui.debrief.mistakes import mistakes
from mmtui.debrief.model import CURVE_HORIZONS_NS, Debrief, FillFacts, Mids, ScorePart
from mmtui.debrief.recorder import Recorder
from mmtui.desk import Fill
from mmtui.market.book_market import institution_of, kind_of_order
from mmtui.market.kinds import AnyMarketSpec
from mmtui.session.outcome import who_quoted
from mmtui.session.replay import Replay, Script
from mmtui.session.score import explain


def debrief(script: Script) -> Debrief:
    """Play a session again and explain it. Raises UnknownStrategyError if its strategy no longer exists."""
    return debrief_of(Replay(script, WatchedSession, seeks=False))


def debrief_of(replay: Replay[WatchedSession]) -> Debrief:
    """Play a replay from its start to its end and explain it. Raises as :func:`debrief`."""
    recorder = Recorder(replay.session)
    if replay.session.opponent is not None:
        # Both scores are recorded each second.
        replay.session.par.advance(replay.end_ns)
    replay.advance(replay.end_ns)
    return explained(recorder, replay.watched.occasions)


def explained(recorder: Recorder, occasions: Sequence[Occasion]) -> Debrief:
    """Explain a session that is over, and was recorded from its start on.

    Args:
        recorder: the record, which ends here.
        occasions: what its coach has seen of the level's lesson.
    """
    recorder.finish()
    session = recorder.session
    level = session.level
    instrument = session.market.instrument
    until_ns = session.now_ns
    fills = tuple(
        _fill(fill, recorder.mids, until_ns, value, net, level.market)
        for fill, value, net in zip(session.maker.desk.fills, recorder.values, recorder.nets, strict=True)
    )
    orders = tuple(recorder.orders.values())
    worst, best = verdicts(fills, orders, instrument.tick_value)
    measures, score = session.measures(), session.score()
    found = Debrief(
        result=session.result(),
        title=level.title,
        lesson=level.lesson,
        instrument=instrument,
        duration_ns=level.end_ns,
        until_ns=until_ns,
        point=level.score.point,
        start_position=level.maker.position,
        start_mid=recorder.start_mid,
        score=tuple(
            ScorePart(part, weight, score.parts[part], *explain(level, part, measures))
            for part, weight in level.score.weights.items()
        ),
        horizons_ns=CURVE_HORIZONS_NS,
        seconds=recorder.seconds,
        mids=recorder.mids,
        fills=fills,
        hedge_fills=tuple(session.maker.hedging.fills),
        quotes=recorder.quotes,
        orders=orders,
        markouts=tuple(curves(fills)),
        worst=worst,
        best=best,
        queue=tuple(queue_groups(orders, fills)),
        gaps=tuple(recorder.gaps.found),
        closed=tuple(recorder.closed.found),
        headlines=tuple(recorder.headlines),
        occasions=tuple(occasions),
        advice=(),
        quoted=who_quoted(session),
        mistakes=(),
        duel=recorder.duel,
        met=tuple(met(fills, level.market)),
    )
    made = mistakes(found, level.normal.spread)
    return replace(found, advice=advice(found, level.par), mistakes=made)


def _fill(
    fill: Fill,
    mids: Mids,
    until_ns: int,
    value: tuple[float | None, float | None],
    net: float,
    market: AnyMarketSpec,
) -> FillFacts:
    dues = [fill.time_ns + horizon_ns for horizon_ns in CURVE_HORIZONS_NS]
    assert fill.other_id is not None
    institution = institution_of(fill.other_id, market)
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
        called="" if institution is None else institution.called,
    )

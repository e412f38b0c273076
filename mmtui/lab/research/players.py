"""Players without a face: they act through the player's commands and show what a score rewards.

Each plays a fresh session to its end. Those that must lose are the :data:`CHEATS`; ``person`` does
the lesson as a person can: late, seldom, and with the keys that a person has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from mmtui.book import Side
from mmtui.level.level import Level
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.hedges.instruments import FutureSpec, IndexSpec
from mmtui.session.commands import Cancel, Flatten, HandOver, HedgeAll, Join, Peg, Quote, Ready, Take, TakeBack
from mmtui.session.session import Session
from mmtui.strategies.baselines.skew import default_skew
from mmtui.strategies.combined.hedged import chosen
from mmtui.strategies.defaults import default_size
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.quoter import Target, Targets
from mmtui.strategies.variants import variant
from mmtui.units import NS_PER_MS, NS_PER_S

Player = Callable[[Session], None]

_LOOK_NS = 250 * NS_PER_MS
#: A person decides so often, and acts so much later.
_DECIDES_NS, _LATE_NS = 3 * NS_PER_S, 1500 * NS_PER_MS
#: Strategies whose place in a queue a person keeps too; quotes of others are pegged to the mid.
_QUEUED = ("touch",)
#: Strategies that quote around a price of their own: half of the way there is over when a late hand has moved.
_ANCHORED = ("reversion",)
#: Strategies that quote by an index: a person's quotes are pegged to it.
_INDEXED = ("pairs",)
#: The steps of a peg's width and skew, in ticks, as its keys have them.
_PEG_STEP = 0.5
#: A position beyond this part of the limit is hedged by hand; one beyond that, which the lesson would not add to, is
#: traded away, where the level teaches that key.
_UNHEDGED, _HEAVY = 0.08, 0.12
#: A person shifts quotes by this part of their half-width at most.
_MOST_SKEW = 0.9
#: So long after news a person keeps away, where the level teaches to widen and to flatten.
_NEWS_NS = 15 * NS_PER_S
#: So long after a notice a person quotes by hand, where hand and strategy together earn stars.
_BY_HAND_NS = 600 * NS_PER_S


def _looks(session: Session, every_ns: int = _LOOK_NS) -> Iterator[int]:
    """Advance the session step by step to its end; yields the time after each step."""
    while session.over is None:
        session.advance(min(session.now_ns + every_ns, session.end_ns))
        if session.over is None:
            yield session.now_ns


def wide_flat(session: Session) -> None:
    """The least that counts, and every fill dumped at once."""
    session.submit(HandOver("wide"))
    for _ in _looks(session):
        gateway = session.maker.gateway
        working = any(order.immediate for order in gateway.orders.values())
        if gateway.position and not working and session.market.exchange.phase.continuous:
            session.submit(Flatten())
            session.submit(HandOver("wide"))


def sniper(session: Session) -> None:
    """Only takes: what the last ten seconds, or an index, say is too cheap or too dear."""
    level, view = session.level, session.maker.view
    size, spread = default_size(view.rules), view.rules.normal_spread
    mids: list[float] = []
    for now_ns in _looks(session):
        mids.append(view.mid)
        if not session.market.exchange.phase.continuous:
            continue
        index = chosen(view, None, "index")
        if index is not None:
            gap = index.carried / view.rules.tick - view.mid
        else:
            gap = mids[-1] - mids[max(0, len(mids) - 1 - 10 * NS_PER_S // _LOOK_NS)]
        side, position = (Side.BUY if gap > 0 else Side.SELL), view.position
        if now_ns > session.end_ns - 5 * NS_PER_S:
            if position:
                session.submit(Flatten())
        elif abs(gap) > spread and side * position < level.maker.position_limit:
            session.submit(Take(side, size))
        elif position and side * position < 0 and abs(gap) > spread / 2:
            session.submit(Flatten())


class _Planned(NamedTuple):
    """What the timetable lets one expect: from when to when, and the way prices go, 0 where nobody knows."""

    from_ns: int
    to_ns: int
    sign: int


def _timetable(level: Level) -> list[_Planned]:
    planned, before = [], level.market
    for event in level.events:
        if event.card:
            continue
        market, sign = event.market, 0
        if isinstance(market, BookMarketSpec) and isinstance(before, BookMarketSpec):
            if event.either_way:
                sign = 0
            elif event.jump:
                sign = 1 if event.jump > 0 else -1
            elif market.value.trend != before.value.trend and market.value.trend:
                sign = 1 if market.value.trend > 0 else -1
            else:
                for name, institution in market.institutions.items():
                    if institution.rate > before.institutions[name].rate:
                        sign = 1 if institution.side == "buy" else -1
        before = market
        planned.append(_Planned(round(event.at_s * NS_PER_S), round((event.latest_s + 15) * NS_PER_S), sign))
    return planned


def scripted(session: Session) -> None:
    """Knows the timetable: is on the right side before what comes, or stands aside, and quotes between."""
    planned = _timetable(session.level)
    limit, most = session.level.maker.position_limit, session.level.maker.max_order
    aside = False
    session.submit(HandOver(session.level.naive))
    for now_ns in _looks(session):
        due = next((each for each in planned if each.from_ns - 4 * NS_PER_S <= now_ns <= each.to_ns), None)
        if due is None:
            if aside:
                session.submit(Flatten())
                session.submit(HandOver(session.level.naive))
            aside = False
            continue
        if not aside:
            session.submit(Cancel())
        aside = True
        position = session.maker.gateway.position
        if due.sign and due.sign * position < limit and now_ns < due.from_ns + 5 * NS_PER_S:
            session.submit(Take(Side.BUY if due.sign > 0 else Side.SELL, min(most, limit - due.sign * position)))
        elif not due.sign and position:
            session.submit(Flatten())


def leaver(session: Session) -> None:
    """Does the lesson for a third of the level, goes flat, and leaves."""
    session.submit(HandOver(session.level.lesson_strategy))
    for now_ns in _looks(session, NS_PER_S):
        if now_ns >= session.end_ns // 3:
            session.submit(Flatten())
            session.advance(min(now_ns + NS_PER_S, session.end_ns))
            session.leave()


def half_time(session: Session) -> None:
    """Tight and leaning for half of the level, then the least at the widest that counts."""
    session.submit(HandOver("recipe[skew=0.2]"))
    session.advance(session.end_ns // 2)
    session.submit(HandOver("recipe[width=1e6,skew=0.3,share=0]"))
    session.advance(session.end_ns)


def person(session: Session) -> None:
    """Does the lesson a second and a half late and every three seconds, with pegged quotes where prices move much.

    Where hand and strategy together earn stars it quotes by hand after a notice, and else lets the strategy quote.
    """
    level, maker = session.level, session.maker
    together, by_hand_ns = level.score.together, 0
    session.submit(HandOver(level.lesson_strategy) if together else Ready(level.lesson_strategy))
    flattens = "flatten" in level.keys
    shies = flattens and "widen" in level.keys
    before: Targets = (None, None)
    hedged = next((hedge.name for hedge in level.hedges if isinstance(hedge, FutureSpec | IndexSpec)), None)
    told, calm_ns = 0, 0
    for _ in _looks(session, _DECIDES_NS - _LATE_NS):
        wanted, seen = maker.ghosts()[0], _Seen(others_mid(maker.view), maker.gateway.position)
        session.advance(min(session.now_ns + _LATE_NS, session.end_ns))
        if session.over is None:
            if together:
                if len(maker.notices) > told:
                    told, by_hand_ns = len(maker.notices), session.now_ns + _BY_HAND_NS
                if session.now_ns >= by_hand_ns:
                    if not maker.auto:
                        session.submit(HandOver(level.lesson_strategy))
                    continue
                if maker.auto:
                    session.submit(TakeBack())
            if flattens and _wants_out(session, wanted):
                session.submit(Flatten())
            if shies and len(maker.notices) > told:
                # News: flat, then as wide as counts, and small, until one sees what it does.
                told, calm_ns = len(maker.notices), session.now_ns + _NEWS_NS
                session.submit(Flatten())
            if session.now_ns < calm_ns:
                session.submit(Peg(_widest_half(session), 0.0, session.level.obligation.min_size))
                continue
            # What was wanted only a moment ago is no reason to leave a side.
            if (wanted[0] is None) <= (before[0] is None) and (wanted[1] is None) <= (before[1] is None):
                _quote(session, wanted, seen)
            before = wanted
            if hedged is not None and abs(maker.desk.net) > _UNHEDGED * level.maker.position_limit:
                session.submit(HedgeAll(hedged))


class _Seen(NamedTuple):
    """The mid of others and the own position when a person looked."""

    mid: float
    position: int


def _wants_out(session: Session, wanted: Targets) -> bool:
    """Whether a heavy position is only to be reduced, and at the best price."""
    position, limit = session.maker.gateway.position, session.level.maker.position_limit
    adding, reducing = wanted if position > 0 else wanted[::-1]
    side = Side.SELL if position > 0 else Side.BUY
    best = session.maker.view.others_best(side)
    at_best = reducing is not None and best is not None and side * (best - reducing.price) <= 0
    return adding is None and at_best and abs(position) > _HEAVY * limit


def _widest_half(session: Session) -> float:
    """The half-width, in ticks, of the widest peg that counts: rounding away from the mid adds less than one."""
    most = session.maker.view.rules.max_width
    return 4 * session.level.normal.spread if most is None else (most - 1) / 2


def _peg(session: Session, bid: Target, ask: Target, seen: _Seen) -> Peg:
    """The pegged quotes that come nearest to what a strategy wanted a moment ago."""
    level, maker = session.level, session.maker
    half, skew = (ask.price - bid.price) / 2, (ask.price + bid.price) / 2 - seen.mid
    lesson = variant(level.lesson_strategy)
    reference: Literal["mid", "index"] = "mid"
    if lesson.base in _INDEXED:
        # The index says where quotes belong; one leans against what is held.
        lean = float(lesson.params.get("skew", default_skew(maker.view.rules)))
        reference, skew = "index", -lean * maker.gateway.position
    elif lesson.base in _ANCHORED:
        skew /= 2
    else:
        # A person knows what has traded since: quotes shift by their width at the limit, or as the lesson says.
        lean = float(lesson.params.get("skew", 0.0)) / default_skew(maker.view.rules) or 1.0
        skew -= 2 * half * lean * (maker.gateway.position - seen.position) / level.maker.position_limit
    half = min(half, _widest_half(session))
    if "flatten" in level.keys and lesson.base not in _ANCHORED:
        # There is a key to trade at once: a peg that goes through the mid does so again and again.
        skew = max(-_MOST_SKEW * half, min(_MOST_SKEW * half, skew))
    half, skew = (round(ticks / _PEG_STEP) * _PEG_STEP for ticks in (half, skew))
    return Peg(max(_PEG_STEP, half), skew, min(bid.quantity, ask.quantity), reference)


def _quote(session: Session, wanted: Targets, seen: _Seen) -> None:
    """Bring about what a strategy wanted a moment ago, as a person would, where it is not so already."""
    bid, ask = wanted
    maker = session.maker
    if bid is not None and ask is not None and variant(session.level.lesson_strategy).base not in _QUEUED:
        peg = _peg(session, bid, ask, seen)
        if maker.manual_orders.peg != peg:
            session.submit(peg)
        return
    for side, target in ((Side.BUY, bid), (Side.SELL, ask)):
        resting = maker.gateway.lots(side)
        if target is None:
            if resting:
                session.submit(Cancel(side))
            continue
        best = maker.view.others_best(side)
        if best is not None and side * (best - target.price) <= 0:
            # At the best price, or in front of it: one joins, and stays.
            if max(resting.values(), default=0) < target.quantity / 2 or best not in resting:
                session.submit(Join(side, target.quantity))
        elif resting.get(target.price, 0) < target.quantity / 2:
            session.submit(Quote(side, target.price, target.quantity))


def _strategy(name: str) -> Player:
    def play(session: Session) -> None:
        session.submit(HandOver(name))
        session.advance(session.end_ns)

    return play


#: What must lose on every level: players by name.
CHEATS: Mapping[str, Player] = {
    **{name: _strategy(name) for name in ("idle", "reckless", "wide", "one-lot", "bracket")},
    "wide-flat": wide_flat,
    "sniper": sniper,
    "scripted": scripted,
    "leaver": leaver,
    "half-time": half_time,
    # Recipes: wide on the side that adds, small and always flat, along with the last move, in front to reduce.
    "reduce": _strategy("recipe[adding=1e6]"),
    "flat": _strategy("recipe[skew=1,share=0]"),
    "follow": _strategy("recipe[skew=0.2,follow=0.7]"),
    "penny": _strategy("recipe[width=0,adding=0.3,ahead=true]"),
}


def player(name: str) -> Player:
    """A player by name: ``person``, one of the :data:`CHEATS`, or a strategy."""
    return person if name == "person" else CHEATS.get(name) or _strategy(name)

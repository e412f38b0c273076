"""Small levels for screens: real sessions, soon opened, brought to what a test looks at by commands and time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from textual.pilot import Pilot
from textual.screen import Screen

from mmtui.book import Side
from mmtui.career.career import Record
from mmtui.coach.watched import WatchedSession
from mmtui.debrief.model import Debrief, Ranking
from mmtui.level.level import Level, OpponentSpec, load_level
from mmtui.market.core.venue import ExchangeSpec
from mmtui.market.rules.halts import LuldSpec, VcmSpec
from mmtui.market.rules.phases import PhaseSpec
from mmtui.session.commands import AnyCommand, Cancel, HandOver, Hedge, Join, Peg, Quote, Ready, Take, TakeBack
from mmtui.session.par import ParInSteps
from mmtui.session.replay import Script
from mmtui.session.session import Session, par_of
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.engine import Engine
from mmtui.tui.screens.debrief import DebriefScreen
from mmtui.tui.screens.ending import EndingScreen
from mmtui.tui.screens.finale import FinaleScreen
from mmtui.units import NS_PER_S
from mmtui.version import SCORING

SEED = 7


def _short(level_id: str, **changes: Any) -> Level:
    """The first 40 s of a shipped level without its events."""
    return replace(load_level(level_id), **{"duration_s": 40, "events": (), **changes})


#: With its spike after 26 s, with fees, and narrow enough that the smallest ladder shows both sides.
LEVEL = replace(
    load_level(
        "volatility-spike",
        {
            "events[0].at_s": "26",
            "events[0].market.value.sigma": "4.75",
            "events[0].market.value.jump_sd": "25",
            "events[1].at_s": "28",
            "events[1].market.rivals.half_spread": "22.5",
            "market.rivals.half_spread": "4.5",
            "market.normal.spread": "5.7",
            "market.normal.volatility": "1",
            "market.normal.size": "5",
            "maker.position_limit": "50",
            "obligation.max_width": "14",
            "obligation.min_size": "1",
            "score.point": "2.99",
            "score.inventory": "0.285",
            "score.markout": "0.248",
            "score.weights": "{ pnl = 0.25, inventory = 0.4, markout = 0.15, presence = 0.2 }",
            "market.instrument.fees.maker_per_share": "-0.002",
            "market.instrument.fees.taker_per_share": "0.003",
        },
    ),
    duration_s=40,
    lesson_strategy="skew",
)
FIRST = _short("first-quotes")
INSTRUMENT = LEVEL.market.instrument
#: A seat that a test gets a copy of.
Moment = Callable[[], WatchedSession]


def seat_in(level: Level, seconds: float = 0.0, *commands: AnyCommand) -> WatchedSession:
    """A seat in a new session where commands were given at the start and time has passed; par is known."""
    par_of(level, SEED).advance(level.end_ns)
    seat = WatchedSession(Session(level, SEED, par=ParInSteps(par_of(level, SEED))))
    seat.submit(Ready(level.lesson_strategy))
    for command in commands:
        seat.submit(command)
    seat.advance(round(seconds * NS_PER_S))
    return seat


def touch(seat: WatchedSession) -> tuple[int, int]:
    """The best bid and ask, in ticks."""
    view = seat.view()
    assert view.best_bid is not None
    assert view.best_ask is not None
    return view.best_bid, view.best_ask


@cache
def opening() -> WatchedSession:
    """The first instant."""
    return seat_in(LEVEL)


@cache
def quiet() -> WatchedSession:
    """Nobody has quoted yet; skew is ready."""
    return seat_in(LEVEL, 12)


@cache
def rejected() -> WatchedSession:
    """An order has just been refused."""
    return seat_in(LEVEL, 0.1, Quote(Side.BUY, 10_100, 5))


@cache
def pegged() -> WatchedSession:
    """The player's quotes follow the mid."""
    return seat_in(LEVEL, 12, Peg(1.5, -0.5, 2))


@cache
def minute() -> WatchedSession:
    """More than a minute of market ahead, quoted by a strategy."""
    return seat_in(replace(LEVEL, duration_s=70), 0, HandOver("skew"))


@cache
def lost() -> WatchedSession:
    """More than the level allows is about to be lost."""
    return seat_in(replace(LEVEL, maker=replace(LEVEL.maker, max_loss=1.0)), 0, Take(Side.BUY, 20))


@cache
def trading() -> WatchedSession:
    """After 16 s of skew its orders are ours, with others on their way to the exchange and out of it."""
    seat = seat_in(LEVEL, 16, HandOver("skew", {"half_spread": 1.5, "size": 5}))
    seat.submit(TakeBack())
    bid, ask = touch(seat)
    seat.submit(Quote(Side.BUY, bid - 4, 10, add=True))
    seat.submit(Quote(Side.BUY, bid - 6, 2, add=True))
    seat.advance(seat.now_ns + NS_PER_S // 10)
    seat.submit(Cancel(price=bid - 6))
    seat.submit(Quote(Side.SELL, ask + 5, 20, add=True))
    return seat


@cache
def auto() -> WatchedSession:
    """Avellaneda-Stoikov quotes."""
    seat = copy.deepcopy(trading())
    seat.submit(HandOver("avellaneda-stoikov"))
    seat.advance(seat.now_ns + NS_PER_S)
    return seat


@cache
def finished() -> WatchedSession:
    """The level is over: some by hand, some by strategy."""
    seat = copy.deepcopy(trading())
    for second in range(17, 28):
        seat.submit(Join(Side.BUY, 2))
        seat.submit(Join(Side.SELL, 2))
        seat.advance(second * NS_PER_S)
    seat.advance(seat.end_ns)
    return seat


@cache
def nearly_over() -> WatchedSession:
    """A second before the end of a level with a price band, quoted by hand: there is a score and a chart."""
    seat = _venue(0, halt=VcmSpec(percent=0.3, reference_s=5, skip_first_s=1, skip_last_s=1))
    for second in range(1, 40):
        seat.submit(Join(Side.BUY, 2))
        seat.submit(Join(Side.SELL, 2))
        seat.advance(second * NS_PER_S)
    return seat


@cache
def duelled() -> WatchedSession:
    """A duel is over: quoted by hand against touch."""
    level = replace(LEVEL, opponent=OpponentSpec(strategy="touch"))
    seat = seat_in(level, 0, Peg(3.5, 0.0, 2))
    seat.advance(seat.end_ns)
    return seat


@cache
def hedged() -> WatchedSession:
    """Two instruments to hedge with; the strategy has quoted the share and one of them is held in part."""
    commands = Hedge("IDX", Side.SELL, 8), Hedge("P100", Side.BUY, 2), Join(Side.BUY, 5), Join(Side.SELL, 5)
    return seat_in(_short("hedge"), 14, *commands)


@cache
def indexed() -> WatchedSession:
    """A future and its index, of which nothing is quoted: the coach speaks."""
    return seat_in(_short("index-future"), 15)


def _venue(seconds: float, **exchange: Any) -> WatchedSession:
    level = _short("vcm", exchange=ExchangeSpec(**exchange), lesson_strategy="skew")
    return seat_in(level, seconds, Join(Side.BUY, 2), Join(Side.SELL, 2))


def _until(phase: str, **exchange: Any) -> WatchedSession:
    """Two seconds into a phase that trades lead to."""
    seat = _venue(0, **exchange)
    while seat.view().phase != phase:
        assert seat.over is None
        seat.advance(seat.now_ns + NS_PER_S)
    seat.advance(seat.now_ns + 2 * NS_PER_S)
    return seat


@cache
def banded() -> WatchedSession:
    """A band of prices holds while the market is open."""
    return _venue(12, halt=VcmSpec(percent=0.3, reference_s=5, skip_first_s=1, skip_last_s=1))


@cache
def cooling() -> WatchedSession:
    """A trade would have gone beyond the band, which now binds."""
    return _until("cooling-off", halt=VcmSpec(percent=0.1, reference_s=5, skip_first_s=1, skip_last_s=1))


_DAY = (
    PhaseSpec(from_s=0, kind="auction", name="opening auction"),
    PhaseSpec(from_s=10, kind="open"),
    PhaseSpec(from_s=20, kind="closed", name="lunch"),
    PhaseSpec(from_s=30, kind="open"),
)


@cache
def auction() -> WatchedSession:
    """The opening auction, with bids and asks that cross."""
    return _venue(6, phases=_DAY)


@cache
def closed() -> WatchedSession:
    """Lunch."""
    return _venue(24, phases=_DAY)


@cache
def halted() -> WatchedSession:
    """A trading halt after a limit state."""
    return _until(
        "halt", halt=LuldSpec(percent=0.03, reference_s=20, limit_state_s=1, double_first_s=0, double_last_s=0)
    )


#: Ten sessions, one of them of a level that is not shipped, and a daily.
CAREER = (
    *(
        Record(
            at=f"2026-11-{14 + day}T09:0{day}:00Z",
            level=level,
            score=score,
            stars=sum(score >= star for star in (50, 70, 85)),
            seed=100 + day,
            strategy=strategy,
            pnl=8.0 * score - 300,
            fills=200,
            journal=f"{level}-{100 + day}-1.jsonl",
            scoring=SCORING,
        )
        for day, (level, score, strategy) in enumerate(
            (
                ("first-quotes", 38.2, None),
                ("first-quotes", 55.0, None),
                ("first-quotes", 71.4, None),
                ("first-quotes", 64.9, None),
                ("first-quotes", 88.0, "skew"),
                ("volatility-spike", 12.5, None),
                ("volatility-spike", 49.9, None),
                ("mine", 60.0, None),
            )
        )
    ),
    Record(
        at="2026-11-24T10:00:00Z",
        level="first-quotes",
        score=73.3,
        stars=2,
        seed=1,
        daily="2026-11-24",
        journal="gone.jsonl",
        scoring=SCORING,
    ),
)


_SCORES: dict[str, list[tuple[str, float, int]]] = {}
_RANKINGS: dict[str, Ranking] = {}


class SmallEngine(Engine):
    """The engine with two small levels, whose sessions begin with a copy of a moment if one is given.

    What takes long, the scores of all strategies, is worked out once in a run of tests.
    """

    def __init__(self, moment: Moment | None = None, journals: Path | None = None) -> None:
        super().__init__(journals)
        self.jobs = 1
        self._moment = moment
        begun = [] if moment is None else [moment().session.level]
        self._levels |= {level.id: level for level in (FIRST, LEVEL, *begun)}
        self._scores = _SCORES

    def levels(self) -> list[Card]:
        return [self.level(level.id) for level in (FIRST, LEVEL)]

    def open(self, card: Card, seed: int, strategy: str | None) -> WatchedSession:
        seat = super().open(card, seed, strategy)
        if self._moment is not None:
            self._seat = seat = copy.deepcopy(self._moment())
            self._moment = None
        return seat

    def rankings(self, script: Script, debrief: Debrief) -> Iterator[tuple[Ranking, int]]:
        digest = debrief.result.digest
        if digest not in _RANKINGS:
            *_, (_RANKINGS[digest], _) = super().rankings(script, debrief)
        yield _RANKINGS[digest], 0


async def _reach(pilot: Pilot[None], *screens: type[Screen[Any]]) -> None:
    """Let the app come to one of these screens."""
    for _ in range(100):
        await pilot.pause()
        if isinstance(pilot.app.screen, screens):
            return
    raise AssertionError(f"{pilot.app.screen} is none of {screens}")


async def past_ending(pilot: Pilot[None]) -> DebriefScreen:
    """Leave the end of a level, and the finale before it, for its debrief."""
    await _reach(pilot, FinaleScreen, EndingScreen)
    if isinstance(pilot.app.screen, FinaleScreen):
        await pilot.press("space")
        await _reach(pilot, EndingScreen)
    await pilot.press("d")
    await pilot.pause()
    assert isinstance(pilot.app.screen, DebriefScreen)
    return pilot.app.screen


class HandDriver(Driver):
    """A driver that a test moves by hand."""

    def start(self, screen: Any, paint: Callable[[], None], runs: Callable[[], bool]) -> None:
        self.paint = paint

    def go(self, to_ns: int, wall: Callable[[], float] | None = None) -> bool:
        return super().go(to_ns, wall)

    def step(self, seconds: float) -> None:
        """Let our time pass."""
        self.advance(seconds)
        self.paint()

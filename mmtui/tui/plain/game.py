"""A level in words from its first line to its score, and the first lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from mmtui.career.career import Career, Record
from mmtui.career.daily import daily, today
from mmtui.coach.watched import WatchedSession
from mmtui.debrief.tables import ended
from mmtui.errors import InputError
from mmtui.session.outcome import last_strategy
from mmtui.session.result import Result
from mmtui.tui import lesson as lessons
from mmtui.tui.cards import Card, random_seed
from mmtui.tui.engine import Engine
from mmtui.tui.manual_trading import first_view
from mmtui.tui.plain.floor import NotUnderstoodError, PlainFloor
from mmtui.tui.plain.lesson import STEPS, TaughtFloor
from mmtui.tui.plain.live import LiveFloor, TypedLines, paced
from mmtui.wording import counted, money

Say = Callable[[str], None]


class Told(NamedTuple):
    """Who is told of a session, and how.

    Attributes:
        lines: what is typed.
        say: writes a line.
        speed: seconds of market a second, by the clock; None for a clock that stands while the player types.
    """

    lines: Iterator[str]
    say: Say
    speed: float | None = None


def play(engine: Engine, career: Career, card: Card, seed: int, strategy: str | None, told: Told) -> None:
    """Play a level until it is over, its player leaves, or the lines end."""
    seat = engine.open(card, seed, strategy)
    first_view(card, seat)
    if engine.trouble:
        told.say(engine.trouble)
    _play_on(engine, career, _floor(engine, card, seat, told), today(), told)


def _floor(engine: Engine, card: Card, seat: WatchedSession, told: Told) -> PlainFloor:
    if told.speed is None:
        return PlainFloor(engine, card, seat, told.say)
    return LiveFloor(engine, card, seat, told.say, told.speed)


def resume(engine: Engine, career: Career, told: Told) -> None:
    """Go on with the latest session that was left. Raises InputError if there is none, or it cannot be resumed."""
    left = engine.unfinished()
    if not left:
        raise InputError("there is no session to continue: each was played to its end")
    begun = engine.begun(left[0])
    card, seat = engine.resume(left[0])
    _play_on(engine, career, _floor(engine, card, seat, told), begun or today(), told)


def _play_on(engine: Engine, career: Career, floor: PlainFloor, begun: date, told: Told) -> None:
    """Play to the end of a session that was begun on a day; keep and tell what it came to."""
    seat, level, say = floor.seat, floor.card.level, floor.say
    say(f"{level.title}, seed {seat.seed}. {' '.join(level.situation.split())}")
    if isinstance(floor, LiveFloor):
        say("The clock runs while you type; pause stops it, and help lists the words.")
    else:
        engine.change_speed(1.0, True)
        say("The clock stands while you type. Enter lets it run until something happens; help lists the words.")
    for reading in ("time", "position", "market", "orders") if seat.now_ns else ("market",):
        floor.hear(reading)
    try:
        if isinstance(floor, LiveFloor):
            floor.play(TypedLines(told.lines))
        else:
            _hear(floor, told.lines)
    except KeyboardInterrupt:
        if seat.over is None:
            # Of a terminal that hangs up nobody hears.
            with suppress(OSError):
                _tell_left(engine, say)
        raise
    if seat.over is None:
        _tell_left(engine, say)
        return
    if floor.view.score.pending:
        say("Working out the score.")
        engine.complete_score(seat)
    name = engine.close()
    _tell_end(engine, seat.result(), floor, say)
    if (record := _recorded(engine, career, floor, name, begun)) is not None and not record.counts:
        why = f"is {record.apart}" if record.rehearsed else "was quoted by a strategy for the most part"
        say(f"This session {why}: it is kept, and earns no stars.")
    if name and engine.journals is not None:
        say(f"All of it: mmtui report {engine.journals / name}")


def teach(engine: Engine, career: Career, told: Told) -> None:
    """The first lesson, and the first level after it."""
    card = replace(engine.level(lessons.LEVEL), counts=False, kept=False)
    seat = engine.open(card, lessons.SEED, None)
    floor = TaughtFloor(engine, card, seat, told.say, lessons.Lesson(seat.view(), card.level.market.instrument, STEPS))
    floor.pace = None if told.speed is None else paced(told.speed)
    floor.begin()
    _hear(floor, told.lines)
    done = floor.lesson.step is None
    seat.leave()
    if done:
        if trouble := career.taught():
            told.say(trouble)
        told.say("Your first level.")
        play(engine, career, engine.level(lessons.LEVEL), random_seed(), None, told)


def _hear(floor: PlainFloor, lines: Iterator[str]) -> None:
    while floor.seat.over is None and not floor.left and (line := next(lines, None)) is not None:
        try:
            floor.hear(line)
        except NotUnderstoodError as error:
            floor.set_message(str(error))


def _tell_left(engine: Engine, say: Say) -> None:
    if engine.suspend():
        say("Left. mmtui play --plain continue goes on from here, and so does Continue in the app.")
    else:
        say("Left. It has no whole journal, so nothing goes on from here.")


def _tell_end(engine: Engine, result: Result, floor: PlainFloor, say: Say) -> None:
    currency, parts = floor.card.level.market.instrument.currency, result.pnl
    say(ended(result))
    say(f"{result.score:.1f} of 100, {counted(result.stars, 'star')} of 3.")
    say(f"{', '.join(f'{part} {points:.0f}' for part, points in result.parts.items())}, each of 100.")
    say(
        f"PnL {money(parts.total).strip()} {currency}: spread capture {money(parts.spread).strip()}, "
        f"position {money(parts.position).strip()}, hedges {money(parts.hedge).strip()}, "
        f"fees {money(-parts.fees).strip()}; par {money(result.par).strip()}."
    )
    if result.opponent is not None:
        say(f"{result.opponent.strategy} has {result.opponent.score:.1f}.")
    debrief, _ = engine.explain(engine.script(floor.seat))
    for piece in debrief.advice:
        say(f"To try next: {piece.text}")


def _recorded(engine: Engine, career: Career, floor: PlainFloor, name: str, begun: date) -> Record | None:
    """Keep the score, as the app does after its floor; None where scores do not count."""
    card, seat = floor.card, floor.seat
    if not card.counts and not card.changed:
        return None
    tried = career.tried(card.level.id, seat.seed)
    challenge = daily(begun, [each.level.id for each in engine.levels()])
    counts_today = card.counts and (card.level.id, seat.seed) == challenge and career.daily(begun) is None
    record = Record.of(
        seat.result(),
        datetime.now(UTC),
        begun if counts_today else None,
        name or None,
        shares=engine.shares(seat),
        strategy=last_strategy(seat.session.commands),
        together=card.level.score.together,
        marks=engine.marks(card, seat, tried=tried),
    )
    if trouble := career.record(record):
        floor.say(trouble)
    return record

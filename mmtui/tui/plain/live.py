"""A market that runs by the clock while the player types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from queue import Empty, Queue
from threading import Thread
from time import perf_counter, sleep

from mmtui.coach.watched import WatchedSession
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.engine import Engine
from mmtui.tui.plain.floor import NotUnderstoodError, PlainFloor
from mmtui.tui.plain.readings import best, quotes
from mmtui.units import NS_PER_S

#: So often the market is looked at, and for so long at most a look counts, in seconds: after a suspended terminal the
#: market does not jump.
_LOOK_S, _LONGEST_S = 0.1, 0.25
#: So long after a line nothing is said that happens, so that a voice can follow; then what has happened at once.
_QUIET_S = 2.0


class TypedLines:
    """Lines as they are typed, read by a thread so that the market need not wait for them.

    Attributes:
        over: whether the last one has been taken.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.over = False
        self._typed: Queue[str | None] = Queue()
        Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._typed.put(line)
        self._typed.put(None)

    def wait(self, seconds: float) -> str | None:
        """Returns the next line; None when none comes in so many seconds, or at all."""
        try:
            line = self._typed.get(timeout=seconds)
        except Empty:
            return None
        self.over = line is None
        return line


class LiveFloor(PlainFloor):
    """A floor in words whose clock runs by itself; `pause` stops it, and Enter starts it again.

    Args:
        engine, card, seat, say: as of a :class:`~mmtui.tui.plain.floor.PlainFloor`.
        speed: seconds of market a second.
    """

    def __init__(
        self, engine: Engine, card: Card, seat: WatchedSession, say: Callable[[str], None], speed: float
    ) -> None:
        super().__init__(engine, card, seat, say)
        self._driver = Driver(seat, speed)
        self._driver.watch(engine.change_speed)

    def play(self, lines: TypedLines) -> None:
        """Let the market run, and do what is typed, until the session is over, its player leaves, or the lines end."""
        last = said = perf_counter()
        while self.seat.over is None and not self.left and not lines.over:
            line = lines.wait(_LOOK_S)
            now = perf_counter()
            elapsed, last = min(now - last, _LONGEST_S), now
            if self._driver.paused:
                self._driver.stood_s += elapsed
            else:
                self._driver.advance(elapsed)
                if line is not None or now - said >= _QUIET_S:
                    happened = self._happened
                    self.paint()
                    said = now if self._happened > happened else said
            if line is not None:
                try:
                    self.hear(line)
                except NotUnderstoodError as error:
                    self.set_message(str(error))
        self._engine.stood(self._driver)

    def run(self, ns: int | None) -> None:
        """The clock runs without being told: start it again, or tell what there is."""
        if self._driver.paused:
            self._driver.paused = False
            self.say("The clock runs.")
        else:
            self.say(f"{best(self.view, self.card.level)} {quotes(self.view, self.card.level)}")

    def _hear_own(self, word: str, rest: Sequence[str]) -> None:
        if word == "pause" and not rest:
            self._driver.paused = True
            self.say("The clock stands; Enter lets it run.")
        else:
            super()._hear_own(word, rest)


def paced(speed: float) -> Callable[[int], None]:
    """Returns what waits as long as a stretch of market time takes at a speed."""

    def wait(ns: int) -> None:
        sleep(ns / NS_PER_S / speed)

    return wait

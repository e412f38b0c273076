"""The floor in words: the clock stands while the player reads and types, and runs when told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.errors import MmtuiError
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.session.commands import AnyCommand, Cancel, HandOver, Ready
from mmtui.tui.cards import Card
from mmtui.tui.engine import Engine
from mmtui.tui.manual_trading import SIDES, ManualTrading, first_size
from mmtui.tui.plain.readings import NAMES, READINGS, PlainAnswers, best, held, quotes
from mmtui.tui.plain.words import OWN_WORDS, WORDS, moment, split
from mmtui.tui.reports import fills_report
from mmtui.units import NS_PER_S

#: How far the clock runs between two looks, and how long at most when nothing happens.
SLICE_NS, _MOST_NS = NS_PER_S // 10, 10 * NS_PER_S
#: A price that has gone this many usual spreads since it was last told is told again.
_FAR = 3.0


class NotUnderstoodError(Exception):
    """What was typed means nothing; the message says what was expected."""


class PlainFloor(ManualTrading):
    """A seat whose market is told in lines.

    Args:
        engine: where strategies come from.
        card, seat: the level, and the player's seat in its market.
        say: writes a line.

    Attributes:
        left: whether the player has left.
        pace: waits as long as a stretch of the market's time is to take, in nanoseconds; None for no time.
    """

    fill_report = staticmethod(fills_report)
    pegged = "Your quotes follow the mid; tighten, widen, skew up and skew down move them, peg fixes them"

    def __init__(self, engine: Engine, card: Card, seat: WatchedSession, say: Callable[[str], None]) -> None:
        self.card = card
        self.seat: WatchedSession = seat
        self.view = seat.view()
        self.quote_size = first_size(card.level)
        self.left = False
        self.pace: Callable[[int], None] | None = None
        self._params = {}
        self._engine = engine
        self._say = say
        self._told_mid = self.view.mid
        self._coached_ns = -1
        self._answered: list[str] = []
        self._happened = 0
        self._done = False

    # What is said

    def say(self, text: str) -> None:
        """Say a line."""
        self._say(text)

    def set_message(self, text: str) -> None:
        """Say a sentence."""
        self.say(text if text.endswith(".") else f"{text}.")

    show_message = set_message

    def paint(self) -> None:
        """Take a look at the market, and tell what has happened to the player since the last."""
        before, view = self.view, self._first_hedge_first(self.seat.view())
        self.view = view
        new = view.noticed - before.noticed
        events = [*view.notices[-new:]] if new else []
        if report := self.report(before):
            events.append(f"{report}{self._after(before)}")
        if view.coach is not None and view.coach.at_ns > self._coached_ns:
            self._coached_ns = view.coach.at_ns
            events.append(f"Coach: {view.coach.text}")
        moved = view.mid - self._told_mid
        if abs(moved) >= _FAR * self.card.level.normal.spread:
            self._told_mid = view.mid
            up = "up" if moved > 0 else "down"
            events.append(f"The price has gone {up} {abs(moved):g} ticks. {best(view, self.card.level)}")
        for event in events:
            self.say(f"{moment(view.now_ns)}: {event.rstrip('.')}.")
        self._happened += len(events)

    def _after(self, before: FloorSnapshot) -> str:
        """What fills have left: the position, and which side no longer quotes."""
        view = self.view
        if view.desk.fills == before.desk.fills:
            return ""
        quoted = [{order.side for order in each.orders} for each in (before, view)]
        gone = [NAMES[side] for side in Side if side in quoted[0] - quoted[1]]
        left = f". No {' and no '.join(gone)} left" if gone else ""
        return f". {held(view.desk.position).capitalize()}{left}"

    # What is done

    def do(self, command: AnyCommand) -> None:
        """Submit a command; what the own quotes are then is said once all of a line is done."""
        super().do(command)
        self._done = True

    def tell_quotes(self) -> None:
        """Say what the own quotes are, if a command may have changed them."""
        if self._done:
            self.say(quotes(self.view, self.card.level))
        self._done = False

    def hear(self, line: str) -> None:
        """Do what a line says. Raises NotUnderstoodError."""
        word, rest = split(line) if line.strip() else ("go", [])
        try:
            self._hear(word, rest)
        except MmtuiError as error:
            self.set_message(str(error))
        self.tell_quotes()

    def _hear(self, word: str, rest: Sequence[str]) -> None:
        if word in READINGS:
            for told in getattr(PlainAnswers(self.view, self.card.level), word)():
                self.say(told)
        elif word in ("bid", "offer"):
            self._quote_at(SIDES[WORDS[word].args[0]], rest)
        elif word in WORDS:
            method, args, _ = WORDS[word]
            if rest:
                raise NotUnderstoodError(f"{word} takes nothing after it: size says how many lots")
            getattr(self, method)(*args)
        else:
            self._hear_own(word, rest)

    def _hear_own(self, word: str, rest: Sequence[str]) -> None:
        match word, list(rest):
            case "go", []:
                self.run(None)
            case (("wait" | "go"), [seconds]):
                self.run(round(_number(seconds, "seconds") * NS_PER_S))
            case "size", [lots]:
                self._set_size(round(_number(lots, "lots")))
                self.say(f"Size {self.quote_size}.")
            case "cancel", [price]:
                self.do(Cancel(price=self._ticks(price)))
            case "choose strategy", [name]:
                self._engine.check_strategy(name)
                self.seat.submit(HandOver(name) if self.view.active is not None else Ready(name))
                self.paint()
                self.say(f"{name} {'quotes' if self.view.active is not None else 'is ready: hand over lets it quote'}.")
            case "choose strategy", []:
                names = ", ".join(strategy.name for strategy in self._engine.strategies())
                self.say(f"Strategies: {names}. Type choose strategy and a name.")
            case "help", asked:
                self._help(" ".join(asked))
            case "leave", []:
                self.left = True
            case "pause", []:
                self.say("The clock stands while you type: Enter lets it run.")
            case "again", []:
                self.say("There is no lesson under way: mmtui play --plain lesson.")
            case "", _:
                raise NotUnderstoodError(f"{line_of(rest)} is no word here; help lists them")
            case _:
                raise NotUnderstoodError(f"{OWN_WORDS[word]}")

    def action_choose_strategy(self) -> None:
        """Say how a strategy is chosen."""
        self._hear_own("choose strategy", [])

    def run(self, ns: int | None) -> None:
        """Let the clock run for some time; without one, until something happens, ten seconds at most."""
        seat, begun_ns, happened = self.seat, self.seat.now_ns, self._happened
        until_ns = min(seat.end_ns, begun_ns + (_MOST_NS if ns is None else ns))
        while seat.over is None and seat.now_ns < until_ns and (ns is not None or self._happened == happened):
            self.step(until_ns)
        if self._happened == happened and seat.over is None:
            told = f"{best(self.view, self.card.level)} {quotes(self.view, self.card.level)}"
            self.say(f"{moment(seat.now_ns)}: nothing for {(seat.now_ns - begun_ns) / NS_PER_S:g} s. {told}")

    def step(self, until_ns: int) -> None:
        """Let the clock run to the next look."""
        to_ns = min(until_ns, self.seat.now_ns + SLICE_NS)
        if self.pace is not None:
            self.pace(to_ns - self.seat.now_ns)
        self.seat.advance(to_ns)
        self.paint()

    def _quote_at(self, side: Side, rest: Sequence[str]) -> None:
        if not 1 <= len(rest) <= 2:
            name = NAMES[side]
            raise NotUnderstoodError(f"{name} takes a price, and lots if you like: {name} {self._example(side)} 2")
        size = self.quote_size if len(rest) == 1 else round(_number(rest[1], "lots"))
        self.quote(side, self._ticks(rest[0]), max(1, size))

    def _example(self, side: Side) -> str:
        front = self.view.best_bid if side is Side.BUY else self.view.best_ask
        return self.card.level.market.instrument.format(round(self.view.mid) if front is None else front)

    def _ticks(self, price: str) -> int:
        return self.card.level.market.instrument.to_ticks(_number(price, "a price"))

    def _help(self, word: str) -> None:
        word = split(word)[0]
        if word:
            self.say(WORDS[word].about if word in WORDS else OWN_WORDS[word])
            return
        self.say(f"To trade: {', '.join(WORDS)}.")
        self.say(f"Else: {', '.join(OWN_WORDS)}. Enter lets the clock run. help and a word says what it does.")


def line_of(words: Sequence[str]) -> str:
    """What was typed, short."""
    line = " ".join(words)
    return line if len(line) <= 40 else f"{line[:40]}…"


def _number(text: str, what: str) -> float:
    """A number that was typed. Raises NotUnderstoodError."""
    try:
        found = float(text.replace(",", ""))
    except ValueError:
        found = float("nan")
    if not 0 < found < 1e9:
        raise NotUnderstoodError(f"{line_of([text])}: expected {what}, a number above 0")
    return found

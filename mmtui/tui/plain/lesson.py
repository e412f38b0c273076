"""The first lesson in words: the same steps as on the floor, told without a screen to point at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.session.commands import AnyCommand
from mmtui.tui import lesson as lessons
from mmtui.tui.cards import Card
from mmtui.tui.engine import Engine
from mmtui.tui.lesson import Lesson, Scene
from mmtui.tui.plain.floor import SLICE_NS, PlainFloor
from mmtui.wording import counted

#: What is typed for an action that is another thing without a clock that runs by itself, or a key.
_WORDS: Mapping[str, str] = {"floor.pause": "go", "floor.lesson-on": "Enter"}


def _market(scene: Scene) -> str:
    bid, ask = scene.price(scene.view.best_bid), scene.price(scene.view.best_ask)
    return (
        "You are the shop: you buy a little below the price and sell a little above it, and the difference is your "
        f"living. The clock stands. The highest that anybody bids is {bid}, the lowest that anybody asks is {ask}. "
        "Open the shop: buy where the buyers are."
    )


def _queue(scene: Scene) -> str:
    order = scene.working(Side.BUY)
    if order is None:
        return "Your bid has traded already."
    ahead = order.lots_ahead or 0
    queue = f"{counted(ahead, 'lot')} ahead of it, served first" if ahead else "nobody ahead of it"
    lots = counted(order.quantity, "lot")
    return f"Your bid is there: {lots} at {scene.price(order.price)}, {queue}. Now the other side of the counter: sell."


def _first_fill(scene: Scene) -> str:
    return lessons.STEPS[3].text(scene).replace(", amber on the tape", "")


#: Texts that would point at the screen, by the place of their step.
_TEXTS: Mapping[int, Callable[[Scene], str]] = {
    0: _market,
    1: _queue,
    3: _first_fill,
    9: lambda _: (
        "That is all there is to begin with. In your first level score says how you do, and help lists the words."
    ),
}
_ASKS = {
    2: "lets the clock run until somebody has traded with you",
    3: "lets it run until somebody comes",
    6: "joins the best bid again, join ask the best ask",
}
STEPS = tuple(
    replace(step, text=_TEXTS.get(at, step.text), ask=_ASKS.get(at, step.ask.partition(";")[0]))
    for at, step in enumerate(lessons.STEPS)
)


class TaughtFloor(PlainFloor):
    """A floor on which every line answers the lesson's present text.

    Attributes:
        lesson: how far it is.
    """

    def __init__(
        self, engine: Engine, card: Card, seat: WatchedSession, say: Callable[[str], None], lesson: Lesson
    ) -> None:
        super().__init__(engine, card, seat, say)
        self.lesson = lesson

    def begin(self) -> None:
        """Say the first text."""
        self.say("Your first lesson. Enter does what a text asks for; leave ends it.")
        self._tell()

    def hear(self, line: str) -> None:
        """Do what a line says; Enter does what the text asks for."""
        step = self.lesson.step
        if step is None:
            return
        at = self.lesson.at
        if line.strip() == "again":
            self._tell()
            return
        if line.strip():
            super().hear(line)
        elif step.done is None:
            self.lesson.answer()
            if step is self.lesson.steps[-1]:
                self.lesson.go_on()
        elif step.action == "floor.join-bid":
            for side in ("bid", "ask") if at else ("bid",):
                self.action_join(side, 0)
            self.tell_quotes()
        else:
            super().hear(_word(step.action))
        stopped = self._run_on()
        if self.lesson.step is None:
            self.left = True
        elif stopped or self.lesson.at != at:
            self._tell()

    def do(self, command: AnyCommand) -> None:
        """Submit a command, which answers the present text."""
        self.lesson.answer()
        super().do(command)

    def run(self, ns: int | None) -> None:
        """The clock runs until the lesson stops it."""
        self.lesson.answer()

    def _run_on(self) -> bool:
        """Let the clock run while something is waited for; whether it was stopped for a text."""
        lesson, seat = self.lesson, self.seat
        while lesson.read and seat.over is None:
            self.step(seat.now_ns + SLICE_NS)
            if lesson.look(self.view, seat.session.maker.desk.fills):
                return True
            for command in lesson.help():
                seat.submit(command)
        return False

    def _tell(self) -> None:
        step = self.lesson.step
        assert step is not None
        self.say(f"{self.lesson.at + 1} of {len(self.lesson.steps)}. {step.text(self.lesson.scene)}")
        self.say(f"{_word(step.action)} {step.ask}.")


def _word(action: str) -> str:
    return _WORDS.get(action) or action.partition(".")[2].replace("-", " ")

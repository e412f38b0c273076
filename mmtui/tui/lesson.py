"""The first lesson: what to read and which key to press, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.keys import format_key

from mmtui.tui.actions import ACTIONS
from mmtui.tui.format import Row
from mmtui.tui.keys import keys_of

#: The lesson's level and seed.
LEVEL, SEED = "first-quotes", 1


@dataclass(frozen=True)
class LessonStep:
    """What to know, and the action that leads to the next step; ``ask`` says what its key does."""

    text: str
    action: str
    ask: str


STEPS = (
    LessonStep(
        "The clock stands still. In the middle are the prices; on their left the lots that others bid for, on their "
        "right the lots they offer. The marked row is your cursor.",
        "floor.up",
        "moves it up",
    ),
    LessonStep(
        "You earn the spread when somebody sells to your bid and somebody else buys from your ask. First the bid.",
        "floor.join-bid",
        "joins the best bid",
    ),
    LessonStep(
        "Your bid stands in My bids. 1 q9 is one lot behind nine others: they are served first. Now the other side.",
        "floor.join-ask",
        "joins the best ask",
    ),
    LessonStep("You make a market. Let it run, and watch your place in the queue.", "floor.pause", "starts the clock"),
    LessonStep(
        "A fill shows in amber on the tape and changes your position. If the price runs, stand further off.",
        "floor.widen",
        "moves both quotes a tick apart",
    ),
    LessonStep("Too far away and nobody comes.", "floor.tighten", "brings them closer again"),
    LessonStep(
        "Long, you would rather sell than buy; short, the other way round. Lean against your position.",
        "floor.skew-down",
        "lowers the bid: you buy less eagerly",
    ),
    LessonStep(
        "Quotes can follow the market by themselves, at a width and a skew.",
        "floor.peg",
        "pegs them to the mid",
    ),
    LessonStep("When in doubt, leave.", "floor.cancel-all", "withdraws everything"),
    LessonStep(
        "A strategy is ready, too: its quotes show dimmed on the ladder.",
        "floor.hand-over",
        "lets it quote",
    ),
    LessonStep(
        "It trades for you. Its orders become yours when you take over.", "floor.hand-over", "takes the quotes back"
    ),
    LessonStep("Whatever you hold at the end is a risk.", "floor.flatten", "trades the position away"),
    LessonStep(
        "That is all. Quote until the time is up: the score on top says how you do, and ? tells every key.",
        "floor.lesson",
        "ends the lesson",
    ),
)


class Lesson:
    """The steps and the present one.

    Attributes:
        at: number of steps done.
    """

    def __init__(self, steps: tuple[LessonStep, ...] = STEPS) -> None:
        self.steps = steps
        self.at = 0

    @property
    def step(self) -> LessonStep | None:
        """The present step; None at the end."""
        return self.steps[self.at] if self.at < len(self.steps) else None

    def advance(self, action: str) -> bool:
        """Go to the next step if the action, as bindings call it, is the one asked for; return whether it is."""
        step = self.step
        if step is None or ACTIONS[step.action].action != action:
            return False
        self.at += 1
        return True

    def rows(self, keymap: Mapping[str, str]) -> list[Row]:
        """The present step, with the key of its action in a key map."""
        step = self.step
        if step is None:
            return []
        key = format_key(keys_of(ACTIONS[step.action], keymap)[0])
        leave = format_key(keys_of(ACTIONS["floor.lesson"], keymap)[0])
        last = step.action == "floor.lesson"
        return [
            ((f"{self.at + 1} of {len(self.steps)}  ", "muted"), (step.text, "foreground")),
            (
                (f" {key} ", "bold ink on own"),
                (f" {step.ask}", "bold own"),
                ("" if last else f"     {leave} skips the lesson", "muted"),
            ),
        ]

"""The first lesson: it waits for what happens, not for keys, and tells only what is on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mmtui.book import Side
from mmtui.desk import Fill
from mmtui.market.book_market import KIND_WORDS, kind_of_order
from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot, OwnOrder
from mmtui.session.commands import AnyCommand, Flatten, Join
from mmtui.tui import format as fmt
from mmtui.tui.actions import ACTIONS
from mmtui.tui.format import Row
from mmtui.units import NS_PER_S

#: The lesson's level and seed.
LEVEL, SEED = "first-quotes", 12
#: After a key the clock runs until its effect shows, at most so long.
EFFECT_NS = 2 * NS_PER_S
#: So often a step is tried before the lesson goes on without it.
_TRIES = 3
#: While a fill is waited for, quotes that the market left behind are moved this often; after the second time they
#: improve on the best price, and after the third the position is traded away.
_MOVED_NS, _IMPROVED_NS, _TRADED_NS = 2 * NS_PER_S, 12 * NS_PER_S, 35 * NS_PER_S


@dataclass(frozen=True)
class Scene:
    """What a step looks at: the market, as the step began and now, and the own fills, oldest first."""

    start: FloorSnapshot
    view: FloorSnapshot
    fills: Sequence[Fill]
    instrument: Instrument

    def price(self, ticks: float | None) -> str:
        """A price in money."""
        return "nothing" if ticks is None else self.instrument.format(round(ticks))

    def working(self, side: Side) -> OwnOrder | None:
        """The own order that rests on a side, if one does."""
        orders = (order for order in self.view.orders if order.side is side and order.lots_ahead is not None)
        return next(orders, None)

    @property
    def quoted(self) -> bool:
        """Whether own orders rest on both sides."""
        return all(self.working(side) is not None for side in Side)


@dataclass(frozen=True)
class LessonStep:
    """A text, the action it asks for and the effect that it waits for.

    Attributes:
        text: what to know, of what is on the screen.
        action: the id of the action; Enter does the same.
        ask: what its key does.
        done: whether the effect is there; None for a text that is only read.
        waits: whether the clock runs on until then.
    """

    text: Callable[[Scene], str]
    action: str
    ask: str
    done: Callable[[Scene], bool] | None = None
    waits: bool = False


def _queue(scene: Scene) -> str:
    order = scene.working(Side.BUY)
    if order is None:
        return "Your bid has traded already."
    ahead = order.lots_ahead or 0
    mark = f"{order.quantity} q{ahead}"
    queue = f"{fmt.counted(ahead, 'lot')} ahead of it, served first" if ahead else "nobody ahead of it"
    return (
        f"{mark} in My bids is your bid: {fmt.counted(order.quantity, 'lot')} at {scene.price(order.price)}, {queue}. "
        "Now the other side of the counter: sell."
    )


def _first_fill(scene: Scene) -> str:
    fill = scene.fills[-1]
    did, undo = ("bought", "Sell") if fill.side is Side.BUY else ("sold", "Buy")
    other = scene.view.best_ask if fill.side is Side.BUY else scene.view.best_bid
    traded = f"{fmt.counted(fill.quantity, 'lot')} at {scene.price(fill.price)}"
    return (
        f"Your first fill: you {did} {traded}; position says {fmt.signed(scene.view.desk.position)}. Until that is "
        f"undone you carry the risk of the price. {undo} at {scene.price(other)}, and you have made a round trip."
    )


def _round_trip(scene: Scene) -> str:
    bought, sold = (
        scene.price(next((fill.price for fill in reversed(scene.fills) if fill.side is side), None)) for side in Side
    )
    made, currency = scene.view.desk.realised, scene.instrument.currency
    told = f"made {made:.2f} {currency}" if made > 0 else f"lost {-made:.2f} {currency}" if made else "made nothing"
    why = "" if made > 0 else ", since the price had moved"
    return (
        f"A round trip: bought at {bought}, sold at {sold}. It {told}{why}. That is the trade; the rest is doing it "
        "again, and not being caught when the price runs."
    )


#: What each kind of counterparty is to a market maker.
_MEANS = {
    "noise": "who needs to trade and does not know where the price goes: your living",
    "informed": "who knows where the price goes: your risk",
}


def _revealed(scene: Scene) -> str:
    told: dict[str, str] = {}
    last = (next((fill for fill in reversed(scene.fills) if fill.side is side), None) for side in Side)
    for fill in filter(None, last):
        kind = "maker" if fill.other_id is None else kind_of_order(fill.other_id)
        did = f"you {'bought from' if fill.side is Side.BUY else 'sold to'} {KIND_WORDS[kind].one}"
        means = _MEANS.get(kind, "who trades for reasons of his own")
        # The same kind again is not explained again.
        told[means] = f"{told[means]}, and {did}" if means in told and told[means] != did else did
    sentence = "; ".join(f"{did}, {means}" for means, did in told.items())
    return (
        f"And who was it? {sentence[:1].upper()}{sentence[1:]}. After each level the debrief tells you of every fill."
    )


def _moved(scene: Scene) -> bool:
    def prices(view: FloorSnapshot) -> set[tuple[Side, int]]:
        return {(order.side, order.price) for order in view.orders if order.lots_ahead is not None}

    return prices(scene.view) not in (set(), prices(scene.start))


STEPS = (
    LessonStep(
        lambda scene: (
            f"The clock stands still. Prices are in the middle. On the left stand those who want to buy, at best at "
            f"{scene.price(scene.view.best_bid)}; on the right those who want to sell, at best at "
            f"{scene.price(scene.view.best_ask)}. Open the shop: buy where the buyers are."
        ),
        "floor.join-bid",
        "joins the best bid",
        lambda scene: scene.working(Side.BUY) is not None or bool(scene.fills),
    ),
    LessonStep(
        _queue,
        "floor.join-ask",
        "joins the best ask",
        lambda scene: scene.working(Side.SELL) is not None or bool(scene.fills),
    ),
    LessonStep(
        lambda _: "You make a market: whoever comes in a hurry trades with you. Open the doors, and watch your queue.",
        "floor.pause",
        "starts the clock; it stops again when somebody has traded with you",
        lambda scene: bool(scene.fills),
        waits=True,
    ),
    LessonStep(
        _first_fill,
        "floor.pause",
        "starts the clock; your quote stays at the best price until somebody comes",
        lambda scene: scene.view.desk.position == 0,
        waits=True,
    ),
    LessonStep(_round_trip, "floor.lesson-on", "goes on"),
    LessonStep(_revealed, "floor.lesson-on", "goes on"),
    LessonStep(
        lambda _: "What has traded is gone from the market. Quote again, both sides.",
        "floor.join-bid",
        "joins the best bid again; w the best ask",
        lambda scene: scene.quoted,
    ),
    LessonStep(
        lambda _: (
            "The nearer you stand, the more trade with you, those who know more among them. When the price runs, stand "
            "further off."
        ),
        "floor.widen",
        "moves both quotes a tick apart",
        _moved,
    ),
    LessonStep(
        lambda _: "When in doubt, leave.",
        "floor.cancel-all",
        "withdraws everything",
        lambda scene: not scene.view.orders,
    ),
    LessonStep(
        lambda _: (
            "That is all there is to begin with. In your first level the score on top says how you do, and ? tells "
            "every key."
        ),
        "floor.lesson-on",
        "goes to your first level",
    ),
)


class Lesson:
    """The steps, and which of them it is at.

    Attributes:
        at: number of steps done.
        read: whether the present text was answered, so that the clock may run.
        scene: what the present step looks at.
    """

    def __init__(self, view: FloorSnapshot, instrument: Instrument, steps: Sequence[LessonStep] = STEPS) -> None:
        self.steps = steps
        self.at = 0
        self.read = False
        self._tries = 0
        self._instrument = instrument
        self.scene = Scene(view, view, (), instrument)
        self._since_ns = self._moved_ns = view.now_ns

    @property
    def step(self) -> LessonStep | None:
        """The present step; None at the end."""
        return self.steps[self.at] if self.at < len(self.steps) else None

    def go_on(self) -> None:
        """Go to the next step."""
        self.at += 1
        self.read = False
        self._tries = 0
        view = self.scene.view
        self.scene = Scene(view, view, self.scene.fills, self._instrument)
        self._since_ns = self._moved_ns = view.now_ns

    def answer(self) -> bool:
        """The present text was answered by a key; return whether the clock is to run, for what it does to show."""
        step = self.step
        self.read = step is not None and step.done is not None
        self._since_ns = self._moved_ns = self.scene.view.now_ns
        if not self.read and step is not self.steps[-1]:
            self.go_on()
        return self.read

    def look(self, view: FloorSnapshot, fills: Sequence[Fill]) -> bool:
        """Take in the market; return whether the clock is to stop, for a new text or since nothing came of a key."""
        self.scene = Scene(self.scene.start, view, fills, self._instrument)
        step = self.step
        if step is None or step.done is None or not self.read:
            return False
        if step.done(self.scene):
            self.go_on()
            return True
        if not step.waits and view.now_ns >= self._since_ns + EFFECT_NS:
            self.read = False
            self._tries += 1
            if self._tries >= _TRIES:
                self.go_on()
            return True
        return False

    def help(self) -> list[AnyCommand]:
        """What keeps the wait for a fill short: quotes that were left behind are put at the best price again."""
        view, step = self.scene.view, self.step
        if step is None or not step.waits or not self.read or view.now_ns < self._moved_ns + _MOVED_NS:
            return []
        self._moved_ns = view.now_ns
        waited_ns, position = view.now_ns - self._since_ns, view.desk.position
        if position and waited_ns >= _TRADED_NS:
            return [Flatten()]
        sides = [Side.SELL if position > 0 else Side.BUY] if position else list(Side)
        best = {Side.BUY: view.best_bid, Side.SELL: view.best_ask}
        improve = waited_ns >= _IMPROVED_NS
        behind = [side for side in sides if improve or not any(order.price == best[side] for order in view.orders)]
        return [Join(side, max(1, abs(position)), int(improve)) for side in behind]

    def rows(self, keymap: Mapping[str, str]) -> list[Row]:
        """The present step, with the key of its action in a key map."""
        step = self.step
        if step is None:
            return []
        key, leave, enter = (_key(action, keymap) for action in (step.action, "floor.lesson", "floor.lesson-on"))
        if self.read:
            asked: Row = ((" The clock runs … ", "bold live"),)
        else:
            also = "" if key == enter else f"  (or {enter})"
            asked = ((f" {key} ", "bold ink on own"), (f" {step.ask}", "bold own"), (also, "muted"))
        return [
            ((f"{self.at + 1} of {len(self.steps)}  ", "muted"), (step.text(self.scene), "foreground")),
            (*asked, (f"    {leave} leaves the lesson", "muted")),
        ]


def _key(action: str, keymap: Mapping[str, str]) -> str:
    # Whoever is taught in words has no keys, and no terminal that shows them.
    from textual.keys import format_key

    from mmtui.tui.keys import keys_of

    key = keys_of(ACTIONS[action], keymap)[0]
    return "Enter" if key == "enter" else format_key(key)


def card_rows(view: FloorSnapshot, instrument: Instrument, width: int) -> list[Row]:
    """The card before the lesson: what a market maker is, in this market's prices."""
    assert view.best_bid is not None
    assert view.best_ask is not None
    bid, ask = instrument.format(view.best_bid), instrument.format(view.best_ask)
    texts = (
        ("You are the shop.", "bold own"),
        (f"Buy at {bid}, sell at {ask}, a hundred times. The difference is your living.", "bold foreground"),
        ("Some who come in know where the price goes; and what you hold when it goes is your risk.", "foreground"),
        ("The clock stands still on every text. Enter does what a text asks for.", "muted"),
    )
    rows: list[Row] = []
    for text, style in texts:
        rows += [*(((line, style),) for line in fmt.wrap(text, width)), ()]
    return [*rows, fmt.key_row(("Enter", "opens the shop"))]

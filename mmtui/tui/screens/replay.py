"""A replay: the floor with a time line, from any moment of which the player can take over."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from textual import work
from textual.app import ComposeResult
from textual.worker import get_current_worker

from mmtui.book import Side
from mmtui.coach.watched import WatchedReplay
from mmtui.debrief.model import Debrief, FillFacts
from mmtui.errors import MmtuiError
from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui import format as fmt
from mmtui.tui.cards import Card
from mmtui.tui.driver import Driver
from mmtui.tui.keys import bindings
from mmtui.tui.screens.market import MarketScreen
from mmtui.tui.widgets.message import MessageState
from mmtui.tui.widgets.scrubber import ReplayState, Scrubber
from mmtui.units import NS_PER_S

_KEYS = "p plays it, ← → move by a second, n goes to the next fill, t takes over, x asks what if, ? tells all keys"


class ReplayScreen(MarketScreen):
    """A replay of a session.

    Args:
        card: the level.
        replay: the replay, at its start unless there is a debrief.
        name: the journal's file name, empty without one.
        driver: advances the replay.
        at_ns: the time to begin at.
        debrief: the session's debrief; None to work it out first.
    """

    BINDINGS = bindings("replay")

    def __init__(
        self, card: Card, replay: WatchedReplay, name: str, driver: Driver, at_ns: int, debrief: Debrief | None
    ) -> None:
        if debrief is not None:
            replay.seek(at_ns)
        super().__init__(card, replay.view(), driver, "-replay")
        self.replay = replay
        self.name_of_journal = name
        driver.paused = True
        self._debrief = debrief
        #: Where to go once the session has been played through; None to stay where it stands then.
        self._at_ns = at_ns or None
        self._revealed = False
        self._worst = 0

    def compose_below(self) -> ComposeResult:
        yield Scrubber(id="scrubber")

    def on_mount(self) -> None:
        self.ladder.armed = False
        self.set_message(_KEYS)
        if self._debrief is None:
            self.show_message("Playing it through once …")
            self._explain()

    @work(exclusive=True, thread=True)
    def _explain(self) -> None:
        """Play the session through in a thread, for its debrief and so that any seek is fast afterwards."""
        worker = get_current_worker()
        try:
            debrief, replay = self.navigator.engine.explain(self.replay.script)
        except MmtuiError as error:
            self.app.call_from_thread(self.show_message, str(error))
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(self._know, debrief, replay)

    def _know(self, debrief: Debrief, replay: WatchedReplay) -> None:
        replay.seek(self.replay.now_ns if self._at_ns is None else self._at_ns)
        self._debrief, self.replay, self.driver.session = debrief, replay, replay
        self.paint()

    def paint(self) -> None:
        debrief, view, told = self._debrief, self.replay.view(), ""
        if self._revealed and debrief is not None:
            # The latent value takes the place of a strategy's reservation price.
            value = _value(debrief, view.now_ns)
            view = view if value is None else replace(view, reservation=value)
            told = _revealed(debrief, view, self.card.level.market.instrument)
        self.view = view
        if view.now_ns >= self.replay.end_ns:
            self.driver.paused = True
        self.show(f"Replay {self.card.level.title}", MessageState(self.message))
        fills = () if debrief is None else [(fill.at_ns, fill.side) for fill in debrief.fills]
        self.query_one(Scrubber).update(ReplayState(view.now_ns, self.replay.end_ns, fills, told))

    def action_reveal(self) -> None:
        self._revealed = not self._revealed
        if self._debrief is None:
            self.show_message("What was hidden is being found out …")
        else:
            self.show_message("◆ is the value, which nobody could see" if self._revealed else "Hidden again")

    # Time

    def action_skip(self, seconds: int) -> None:
        self._seek(self.replay.now_ns + seconds * NS_PER_S)

    def action_step(self, events: int) -> None:
        if events > 0:
            self.replay.step()
        else:
            self.replay.step_back()
        self._stop()

    def action_start(self) -> None:
        self._seek(0)

    def action_end(self) -> None:
        self._seek(self.replay.end_ns)

    def action_fill(self, direction: int) -> None:
        if (debrief := self._found_fills()) is None:
            return
        now_ns = self.replay.now_ns
        if direction > 0:
            found = next((fill.at_ns for fill in debrief.fills if fill.at_ns > now_ns), None)
        else:
            found = next((fill.at_ns for fill in reversed(debrief.fills) if fill.at_ns < now_ns), None)
        if found is None:
            self.show_message("There is no fill beyond")
        else:
            self._seek(found)

    def action_worst(self) -> None:
        if (debrief := self._found_fills()) is None:
            return
        if not debrief.worst:
            self.show_message("No fill lost anything in its first ten seconds")
            return
        verdict = debrief.worst[self._worst % len(debrief.worst)]
        self._worst += 1
        self._seek(debrief.fills[verdict.fill].at_ns)
        self.show_message(verdict.why)

    def _found_fills(self) -> Debrief | None:
        if self._debrief is None:
            self.show_message("The fills are being found …")
        return self._debrief

    def _seek(self, at_ns: int) -> None:
        at_ns = max(0, min(self.replay.end_ns, at_ns))
        if self._debrief is None:
            self._at_ns = at_ns
            self.driver.paused = True
            self.show_message(f"Playing it through once; then it goes to {fmt.clock(at_ns)}")
            return
        self.replay.seek(at_ns)
        self._stop()

    def _stop(self) -> None:
        self.driver.paused = True
        self.paint()

    def on_scrubber_seek(self, message: Scrubber.Seek) -> None:
        """A click or the wheel on the time line."""
        self._seek(message.at_ns)

    def action_what_if(self) -> None:
        if self._debrief is None:
            self.show_message("Playing it through once; then you can ask")
            return
        self.driver.paused = True
        self.navigator.what_if(self.replay, self.replay.now_ns)

    # Back in

    def action_race(self) -> None:
        if self._debrief is None:
            self.show_message("Playing it through once; then you can race it")
            return
        try:
            self.navigator.retry(self.card, self.replay.seed, None, self._debrief.quotes)
        except MmtuiError as error:
            self.show_message(str(error))

    def action_take_over(self) -> None:
        if self._debrief is None:
            self.show_message("Playing it through once; then you can take over")
            return
        try:
            self.navigator.take_over(self.card, self.replay, self.name_of_journal, self._debrief.quotes)
        except MmtuiError as error:
            self.show_message(str(error))


def _value(debrief: Debrief, at_ns: int) -> float | None:
    """The latent value at a time, in ticks; None without one."""
    seconds = debrief.seconds
    return seconds.value[max(0, bisect_right(seconds.at_ns, at_ns) - 1)]


def _revealed(debrief: Debrief, view: FloorSnapshot, instrument: Instrument) -> str:
    """The latent value, who was on the other side of the last fill, and what the value did after it."""
    told = []
    value = _value(debrief, view.now_ns)
    if value is not None:
        told.append(f"◆ value {fmt.price(instrument, value)}, {value - view.mid:+.1f} t from the mid")
    count = bisect_right([fill.at_ns for fill in debrief.fills], view.now_ns)
    if count:
        fill = debrief.fills[count - 1]
        did = "bought from" if fill.side is Side.BUY else "sold to"
        told.append(f"{fmt.stamp(fill.at_ns)} {did} {fill.who}, {_after(fill)}")
    return "   ".join(told)


def _after(fill: FillFacts) -> str:
    """What the value did after a fill."""
    if fill.value is None or fill.value_later is None:
        return "value unknown"
    moved = fill.side * (fill.value_later - fill.value)
    return f"the value then went {abs(moved):.1f} t {'your way' if moved >= 0 else 'against you'}"

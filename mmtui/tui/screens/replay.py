"""A replay: the floor with a time line, from any moment of which the player can take over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
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
from mmtui.tui.driver import PAINTS_A_SECOND, Driver
from mmtui.tui.keys import bindings
from mmtui.tui.screens.market import MarketScreen
from mmtui.tui.widgets.message import MessageState
from mmtui.tui.widgets.scrubber import ReplayState, Scrubber
from mmtui.units import NS_PER_S

_KEYS = "p plays, ← → a second, n next fill, t takes over, x what if, ? all keys"


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
        super().__init__(card, replay.view(), driver, "-replay")
        self.replay = replay
        self.name_of_journal = name
        driver.paused = True
        self._debrief = debrief
        #: Where to go once the session has been played through; None to stay where it stands then.
        self._at_ns = at_ns or None
        #: Where it is on the way to, and what is to be done there.
        self._target_ns: int | None = None
        self._then: Callable[[], None] | None = None
        self._revealed = False
        self._worst = 0

    def compose_below(self) -> ComposeResult:
        yield Scrubber(id="scrubber")

    def on_mount(self) -> None:
        self.ladder.armed = False
        if self._debrief is None:
            self.show_message("Playing it through once …")
            self._explain()
        else:
            self._travel(self._at_ns or 0)
            self.set_message(_KEYS)

    @property
    def message(self) -> str:
        """The last message; it waits on the way somewhere."""
        return self._message if self._target_ns is not None else super().message

    def set_message(self, text: str) -> None:
        """Set the message, which stays for a while from where the replay goes."""
        super().set_message(text)
        self._message_at_ns = self._now_ns

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
        at_ns = self.replay.now_ns if self._at_ns is None else self._at_ns
        self._debrief, self.replay, self.driver.session = debrief, replay, replay
        self._travel(at_ns)
        self.set_message(_KEYS)

    def paint(self) -> None:
        debrief, view = self._debrief, self.replay.view()
        told: tuple[str, ...] = ()
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
        self.set_class(self._revealed, "-revealed")
        if self._debrief is None:
            self.show_message("What was hidden is being found out …")
        else:
            self.show_message("◆ is the value, which nobody could see" if self._revealed else "Hidden again")

    # Time

    def action_skip(self, seconds: int) -> None:
        self._seek(self._now_ns + seconds * NS_PER_S)

    def action_step(self, events: int) -> None:
        before_ns = self._now_ns
        if events > 0:
            self._arrive()
            self.replay.step()
            self._stop()
        elif self._debrief is None:
            self.replay.step_back()
            self._stop()
        else:
            self.driver.paused = True
            self._travel(max(0, before_ns - NS_PER_S), lambda: self.replay.step_up_to(before_ns))

    def action_start(self) -> None:
        self._seek(0)

    def action_end(self) -> None:
        self._seek(self.replay.end_ns)

    def action_fill(self, direction: int) -> None:
        if (debrief := self._found_fills()) is None:
            return
        now_ns = self._now_ns
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
        self.driver.paused = True
        self._travel(at_ns)

    @property
    def _now_ns(self) -> int:
        """Where it stands, or will once it is there."""
        return self.replay.now_ns if self._target_ns is None else self._target_ns

    def _travel(self, to_ns: int, then: Callable[[], None] | None = None) -> None:
        """Go to a time, a frame's budget at once and the rest in the frames that follow; there, do ``then``."""
        self.replay.rewind(to_ns)
        on_the_way = self._target_ns is not None
        self._target_ns, self._then = to_ns, then
        if not on_the_way:
            self._go_on()

    def _go_on(self) -> None:
        if self._target_ns is None:
            return
        if self.driver.go(self._target_ns):
            self._arrive()
            self.paint()
            if self.ladder.away:
                # The market is where it was not: no hand rests on its rows.
                self.action_recentre()
        else:
            self.set_timer(1 / PAINTS_A_SECOND, self._go_on)

    def _arrive(self) -> None:
        """Be where it is on the way to."""
        target_ns, then = self._target_ns, self._then
        self._target_ns = self._then = None
        if target_ns is not None:
            self.replay.seek(target_ns)
        if then is not None:
            then()

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
        self._arrive()
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
        at_ns, self._target_ns, self._then = self._now_ns, None, None
        self.driver.paused = True
        self.navigator.take_over(self.card, self.replay, at_ns, self.name_of_journal, self._debrief.quotes)


def _value(debrief: Debrief, at_ns: int) -> float | None:
    """The latent value at a time, in ticks; None without one."""
    seconds = debrief.seconds
    return seconds.value[max(0, bisect_right(seconds.at_ns, at_ns) - 1)]


def _revealed(debrief: Debrief, view: FloorSnapshot, instrument: Instrument) -> tuple[str, ...]:
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
    return tuple(told)


def _after(fill: FillFacts) -> str:
    """What the value did after a fill."""
    if fill.value is None or fill.value_later is None:
        return "value unknown"
    moved = fill.side * (fill.value_later - fill.value)
    return f"the value then went {abs(moved):.1f} t {'your way' if moved >= 0 else 'against you'}"

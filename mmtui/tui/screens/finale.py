"""The finale: ten seconds of the fill that mattered most, after which the level ends."""

from __future__ import annotations

from functools import partial
from io import StringIO

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Footer, Static
from textual.worker import get_current_worker

from mmtui.debrief.finale import Finale, finale
from mmtui.errors import MmtuiError
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppScreen
from mmtui.tui.widgets.debrief_tables import Played
from mmtui.tui.widgets.finale import FRAMES, FRAMES_A_SECOND, SECONDS, finale_rows
from mmtui.tui.widgets.line_view import TextRows

#: Where the player takes over: so long before the fill.
_BEFORE_NS = 5_000_000_000
#: How long the last frame stays, in frames on the screen and in seconds of what is saved.
_REST_FRAMES, _REST_S = 20, 3.0
#: Size and frames of what is saved.
_WIDTH, _HEIGHT, _EVERY = 100, 26, 2


class FinaleScreen(AppScreen):
    """Shows it once and leaves by itself, or at any key.

    Args:
        played: the level.
        number: the index of the fill among the debrief's; None for the one that mattered most.

    Attributes:
        frame: the frame that is shown.
        told: what is shown; None while it is worked out.
    """

    CSS_PATH = "finale.tcss"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = bindings("finale")

    def __init__(self, played: Played, number: int | None = None) -> None:
        super().__init__()
        self.played = played
        self.frame = 0
        self.told: Finale | None = None
        self._number = number
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="finale"):
            yield TextRows(lambda _: [], id="told")
        yield Static("Any other key goes on.", id="hint")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._explain()

    @work(thread=True, exclusive=True)
    def _explain(self) -> None:
        worker = get_current_worker()
        try:
            debrief, _ = self.navigator.engine.explain(self.played.script)
            told = finale(debrief, self._number)
        except MmtuiError:
            # The debrief says what is wrong.
            told = None
        if not worker.is_cancelled:
            self.app.call_from_thread(self._begin, told)

    def _begin(self, told: Finale | None) -> None:
        if not self.is_current:
            return
        if told is None:
            self.dismiss()
            return
        self.told = told
        if self.settings.still:
            self.frame = FRAMES - 1
        else:
            self._timer = self.set_interval(1 / FRAMES_A_SECOND, self.step)
        self._show()

    def step(self) -> None:
        """Show the next frame; after the last one has stayed a while, leave."""
        if not self.is_current:
            return
        self.frame += 1
        if self.frame >= FRAMES + _REST_FRAMES:
            self.dismiss()
        elif self.frame < FRAMES:
            self._show()

    def _show(self) -> None:
        if self.told is not None:
            height = max(14, self.size.height - (3 if self.has_class("-small") else 5))
            shown = self.query_one("#told", TextRows)
            shown.change(partial(_rows, self.told, self.frame, height))

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def on_key(self, event: events.Key) -> None:
        """Any key that does nothing else goes on."""
        if event.key not in self.active_bindings:
            event.stop()
            self.dismiss()

    def on_click(self) -> None:
        """So does a click."""
        self.dismiss()

    def action_take_over(self) -> None:
        """Play on from before the fill."""
        told, navigator, played = self.told, self.navigator, self.played
        if told is None:
            return
        replay, at_ns = navigator.engine.explain(played.script)[1], max(0, told.fill.at_ns - _BEFORE_NS)
        self.app.pop_screen()
        navigator.take_over(played.card, replay, at_ns, played.name, told.debrief.quotes)

    def action_save(self) -> None:
        """Save it, as a picture that moves and as an asciicast."""
        if self.told is not None:
            self._save(self.told, dict(self.app.theme_variables))

    @work(thread=True, exclusive=True, group="save")
    def _save(self, told: Finale, colours: dict[str, str]) -> None:
        from mmtui.report.film import as_asciicast, as_svg

        frames = [finale_rows(told, frame, _WIDTH, _HEIGHT) for frame in range(FRAMES - 1, -1, -_EVERY)][::-1]
        title = f"{told.debrief.title}: {'the best' if told.best else 'the worst'} fill"
        svg = as_svg(frames, colours, SECONDS, _REST_S, title)
        cast = as_asciicast(frames, colours, SECONDS, title)
        self.app.call_from_thread(self._deliver, {"svg": svg, "cast": cast})

    def _deliver(self, texts: dict[str, str]) -> None:
        played, told = self.played, self.told
        assert told is not None
        for ending, text in texts.items():
            name = f"{played.card.level.id}-{played.seed}-fill-{told.verdict.fill}.{ending}"
            self.app.deliver_text(StringIO(text), save_filename=name, name=name)


def _rows(told: Finale, frame: int, height: int, width: int) -> list[tuple[tuple[str, str], ...]]:
    return finale_rows(told, frame, max(40, width), height)

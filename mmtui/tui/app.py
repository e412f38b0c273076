"""The app: its themes, its screens and the navigation between them."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual import events, work
from textual.actions import ActionParseResult
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import Theme

from mmtui.career.career import Career, Progress, Record, opened
from mmtui.errors import MmtuiError, UntrustedError
from mmtui.json_file import JsonFile
from mmtui.tui.actions import ACTIONS
from mmtui.tui.cards import Card, random_seed
from mmtui.tui.driver import Driver
from mmtui.tui.keys import bindings, checked, keys_of
from mmtui.tui.layouts import LAYOUTS, likely_layout
from mmtui.tui.screens.base import AppScreen
from mmtui.tui.screens.home import HomeScreen
from mmtui.tui.settings import Settings
from mmtui.tui.theme import DEFAULT_THEME, THEMES
from mmtui.tui.visible import VisibleConsole, VisibleLines
from mmtui.wording import clock

# Screens other than the first are imported when they open, so that the first frame need not wait for them.
if TYPE_CHECKING:
    from mmtui.coach.watched import WatchedReplay, WatchedSession
    from mmtui.debrief.model import QuoteHistory
    from mmtui.learning.drills import Drill
    from mmtui.learning.play import Play
    from mmtui.session.commands import Params
    from mmtui.session.replay import Script
    from mmtui.tui.engine import Engine
    from mmtui.tui.screens.ending import Ending
    from mmtui.tui.screens.floor import FloorScreen
    from mmtui.tui.widgets.debrief_tables import Played

_ALL_STARS = 3
_SHOWPIECE = "showpiece"


class MmtuiApp(App[None]):
    """mmtui in the terminal.

    Args:
        engine: where levels, strategies and sessions come from.
        start: level to open at once, its seed, strategy and speed; None opens the home screen.
        watch: a journal to open the replay of at once, by path or name, and the time to begin at.
        driver: what turns wall time into advances; tests step by hand.
        new_seed: returns a random seed.
        config: folder of the settings; None for the defaults, whose changes last for this run only.
        data: folder of the career; None for an empty one, which lasts for this run only.
        today: returns the date, which chooses the daily challenge.
    """

    TITLE = "mmtui"
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    #: The first screen's styles are read with the app's, once.
    CSS_PATH: ClassVar[Any] = ["app.tcss", "screens/home.tcss"]
    BINDINGS = bindings("app")
    #: One for all apps of a process, which share the lines that it was applied to.
    _VISIBLE: ClassVar = VisibleLines()

    def __init__(
        self,
        engine: Engine,
        start: tuple[str, int | None, str | None, float | None] | None = None,
        driver: type[Driver] = Driver,
        new_seed: Callable[[], int] = random_seed,
        config: Path | None = None,
        data: Path | None = None,
        today: Callable[[], date] = date.today,
        watch: tuple[str, int] | None = None,
    ) -> None:
        super().__init__()
        self.engine = engine
        self.driver = driver
        self.new_seed = new_seed
        self.today = today
        # When the session that is played was begun.
        self._begun = today()
        self._start = start
        # Instead of the settings' one, until that is changed.
        self._speed = None if start is None else start[3]
        self._watch = watch
        self._settings_file = JsonFile(config and config / "settings.json")
        self.career = Career(data)
        first = Settings()
        if config is not None:
            layout = likely_layout(os.environ)
            first = Settings(layout=layout, keys=LAYOUTS[layout])
        self.settings, *troubles = self._settings_file.read(first)
        # Without a data folder there is no first start.
        self.progress = Progress(taught=True) if data is None else self.career.progress
        engine.player = engine.player or self.settings.player
        keys, conflicts = checked(self.settings.keys)
        self.settings = msgspec.structs.replace(self.settings, keys=keys)
        self._troubles = [trouble for trouble in (*troubles, *self.career.troubles, *conflicts) if trouble]
        self.error_console = VisibleConsole(markup=False, highlight=False, stderr=True)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DEFAULT_THEME
        self._apply()

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Only the program's own themes: their contrast is tested."""
        registered = super().available_themes
        ours = {theme.name: theme for theme in THEMES if theme.name in registered}
        # Textual asks before they are registered.
        return ours or registered

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those of the toolkit, after one that keeps control characters of texts from the terminal."""
        return [self._VISIBLE, *super().get_line_filters()]

    def get_key_display(self, binding: Binding) -> str:
        """The key as it is shown, Shift as an arrow."""
        return super().get_key_display(binding).replace("shift+", "⇧")

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette's commands: the actions of the screen and of the app with their keys, settings and levels."""
        from mmtui.tui.screens.settings import CHOICES

        here = {binding.id for _, binding, *_ in screen.active_bindings.values()}
        for action in ACTIONS.values():
            if action.id in here and action.id != "app.palette":
                keys = " ".join(self.get_key_display(Binding(key, "")) for key in keys_of(action, self.settings.keys))
                run = partial(self.run_action, action.action, self if action.screen == "app" else screen)
                yield SystemCommand(action.name, f"{keys}  {action.tooltip}", run)
        for choice in CHOICES:
            for value in choice.values:
                change = partial(self.prefer, **choice.change(self.settings, value))
                yield SystemCommand(f"{choice.title}: {choice.shown(value)}".lower(), choice.about, change)
        yield SystemCommand("settings", "Colours, keys, speed and more", self.show_settings)
        yield SystemCommand("scores", "Bests, history, days in a row, licence, board", self.show_scores)
        yield SystemCommand("drills", "One decision each, judged over fifty futures", self.show_drills)
        for card in self.engine.levels():
            yield SystemCommand(f"level {card.level.title}".lower(), card.level.lesson, partial(self._go_to, card))

    def _go_to(self, card: Card) -> None:
        """Open a level's briefing, from the home screen; a session that is being played is kept for later."""
        self.engine.suspend()
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.show_briefing(card)

    def return_to(self, screen: Screen[Any]) -> bool:
        """Remove what is above a screen; nothing, and False, where that is gone itself."""
        if screen not in self.screen_stack:
            return False
        while self.screen is not screen:
            self.pop_screen()
        return True

    def watch_theme(self, theme: str) -> None:
        """Save the theme, whichever way it was chosen."""
        if self.is_running and theme != self.settings.theme:
            self.prefer(theme=theme)

    def _apply(self) -> None:
        settings = self.settings
        self.set_keymap(settings.keys)
        self.animation_level = "none" if settings.still else "full"
        if settings.theme in self.available_themes:
            self.theme = settings.theme

    def _warn(self, trouble: str) -> None:
        if trouble:
            self.notify(trouble, severity="warning", timeout=10, markup=False)

    def get_default_screen(self) -> Screen[Any]:
        """Home is at the bottom of the stack, so that no blank screen comes before it."""
        return HomeScreen()

    def on_load(self) -> None:
        """Have a signal that ends the app end it in order, with its number in the exit code."""
        self.end_by_signals()

    def end_by_signals(self) -> None:
        """Take the signals that end the process, and end it when the terminal goes without one."""
        if not self.is_headless and os.name == "posix":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
                loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))
            if sys.stdin is not None and sys.stdin.isatty():
                threading.Thread(target=self._end_with_terminal, args=[loop], name="hang-up", daemon=True).start()

    def _end_with_terminal(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait until nobody holds the terminal's other end, then end as if hung up.

        Where that is told by no signal, keys would be read for ever that nobody can press. What is still written goes
        nowhere: the thread that writes would fail, and the app wait for it.
        """
        poll = select.poll()
        poll.register(sys.stdin.fileno(), 0)
        # Some systems cannot poll a terminal, and say so at once.
        if any(event & select.POLLHUP for _, event in poll.poll()):
            nowhere = os.open(os.devnull, os.O_RDWR)
            for number in range(3):
                os.dup2(nowhere, number)
            with suppress(RuntimeError):  # The loop has ended meanwhile.
                loop.call_soon_threadsafe(partial(self.exit, return_code=128 + signal.SIGHUP))

    def on_mount(self) -> None:
        self.engine.served = self.is_web
        for trouble in self._troubles:
            self._warn(trouble)
        if self._start is not None:
            level, seed, strategy, _ = self._start
            self.play(self.engine.level(level), self.new_seed() if seed is None else seed, strategy)
        elif self._watch is not None:
            self.show_journal(*self._watch)

    def on_ready(self) -> None:
        """Collect garbage from the first frame on, without the objects made for that frame, which stay."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        self._make_key()

    @work(thread=True)
    def _make_key(self) -> None:
        """Have the player's key made at the first start."""
        trouble = self.engine.make_key()
        if trouble:
            self.call_from_thread(self._warn, f"{trouble}.")

    def on_unmount(self) -> None:
        """Close the journal and the career; the session can be resumed."""
        self.engine.suspend()
        self.career.close()

    def on_delivery_complete(self, event: events.DeliveryComplete) -> None:
        """Say where a file was saved; a browser says it itself."""
        if event.path is not None:
            self.notify(f"Saved {event.path}", markup=False)

    def on_delivery_failed(self, event: events.DeliveryFailed) -> None:
        self._warn(f"It could not be saved: {event.exception}.")

    async def run_action(
        self, action: str | ActionParseResult, default_namespace: DOMNode | None = None, namespaces: Any = None
    ) -> bool:
        """Run an action, then notify its screen."""
        screen = self.screen
        done = await super().run_action(action, default_namespace, namespaces)
        if screen is self.screen and isinstance(screen, AppScreen) and isinstance(action, str):
            screen.after_action(action)
        return done

    # The Navigator's methods, documented there.

    def prefer(self, **changes: Any) -> None:
        self.settings = msgspec.structs.replace(self.settings, **changes)
        if "player" in changes:
            self.engine.player = self.settings.player
        if "speed" in changes:
            self._speed = None
        self._apply()
        self._warn(self._settings_file.write(self.settings))

    def lesson_done(self) -> None:
        self.progress = msgspec.structs.replace(self.progress, taught=True)
        self._warn(self.career.taught())
        self.pop_screen()
        self.show_briefing(self.engine.levels()[0])

    def show_levels(self, opponent: tuple[str, Params] | None = None) -> None:
        from mmtui.tui.screens.levels import LevelsScreen

        self.push_screen(LevelsScreen(opponent))

    def choose_duel(self) -> None:
        from mmtui.tui.screens.choose import ChooseStrategy

        def chosen(opponent: tuple[str, Params] | None) -> None:
            if opponent is not None:
                self.show_levels(opponent)

        self.push_screen(ChooseStrategy(self.engine, None, {}, "Against whom?", files=False), chosen)

    def show_sandbox(self) -> None:
        from mmtui.tui.screens.sandbox import SandboxScreen

        self.push_screen(SandboxScreen())

    def show_scores(self) -> None:
        from mmtui.tui.screens.scores import ScoresScreen

        self.push_screen(ScoresScreen())

    def show_replays(self) -> None:
        from mmtui.tui.screens.replays import ReplaysScreen

        self.push_screen(ReplaysScreen())

    def show_drills(self) -> None:
        from mmtui.tui.screens.drills import DrillsScreen

        self.push_screen(DrillsScreen())

    def show_drill_floor(
        self, drill: Drill, lead: WatchedReplay, seat: WatchedSession, judge: Callable[[Play], None]
    ) -> None:
        from mmtui.tui.screens.drill_floor import DrillFloorScreen

        self.push_screen(DrillFloorScreen(drill, lead, seat, self.driver(lead), judge))

    def show_settings(self) -> None:
        from mmtui.tui.screens.settings import SettingsScreen

        self.push_screen(SettingsScreen())

    def show_board(self) -> None:
        from mmtui.tui.screens.board import BoardScreen

        self.push_screen(BoardScreen())

    def show_licence(self) -> None:
        from mmtui.tui.screens.licence import LicenceScreen

        self.push_screen(LicenceScreen())

    def show_keys(self) -> None:
        from mmtui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    # The names that the key bindings call.
    action_keys_help, action_replays, action_settings = show_keys, show_replays, show_settings
    action_board, action_licence = show_board, show_licence

    def show_briefing(self, card: Card, seed: int | None = None) -> None:
        from mmtui.tui.screens.briefing import BriefingScreen

        self.push_screen(BriefingScreen(card, self.new_seed() if seed is None else seed))

    def show_daily(self) -> None:
        day = self.today()
        card, seed = self._daily(day)
        done = self.career.daily(day)
        told = "the first time counts" if done is None else f"{done.score:.1f} today, which counts"
        note = f"The daily of {day.day} {day:%B %Y}: the same market for everybody; {told}."
        self.show_briefing(replace(card, note=note), seed)

    def show_showpiece(self) -> None:
        self.show_briefing(self.engine.level(_SHOWPIECE))

    def start_lesson(self) -> None:
        from mmtui.tui import lesson

        card = replace(self.engine.level(lesson.LEVEL), counts=False, kept=False)
        seat = self.engine.open(card, lesson.SEED, None)
        self.push_screen(self._floor(card, seat, speed=1.0, teaching=True))

    def play(self, card: Card, seed: int, strategy: str | None = None) -> None:
        self.push_screen(self._floor(card, self.engine.open(card, seed, strategy), strategy))

    def resume(self, path: Path) -> None:
        from mmtui.tui.screens.card import WaitingScreen

        below = self.screen
        self.push_screen(WaitingScreen("Playing it up to where you left it …"))
        self._resume(path, below)

    @work(thread=True, exclusive=True)
    def _resume(self, path: Path, below: Screen[Any]) -> None:
        """Play a journal up to where it ends, in a thread, and go on from there."""
        try:
            begun = self.engine.begun(path)
            card, seat = self.engine.resume(path)
        except UntrustedError as error:
            self.call_from_thread(self._continue, below, None, None, None)
            self.call_from_thread(self._ask, str(path), error, partial(self.resume, path))
        except MmtuiError as error:
            self.call_from_thread(self._continue, below, None, None, None, f"{error}.")
        else:
            self.call_from_thread(self._continue, below, card, seat, begun)

    def _continue(
        self,
        below: Screen[Any],
        card: Card | None,
        seat: WatchedSession | None,
        begun: date | None,
        trouble: str = "",
        *,
        earlier: QuoteHistory | None = None,
    ) -> None:
        if not self.return_to(below):
            # The player has gone elsewhere meanwhile.
            self.engine.suspend()
            return
        self._warn(trouble)
        if card is not None and seat is not None:
            self.push_screen(self._floor(card, seat, earlier=earlier, paused=True))
            self._begun = begun or self._begun

    def finish(self, played: Played) -> None:
        from mmtui.tui.screens.debrief import DebriefScreen
        from mmtui.tui.screens.ending import EndingScreen

        ending = self._kept(played)
        debrief = DebriefScreen(ending.played)

        def chosen(what: str | None) -> None:
            if what == "next" and ending.opened is not None:
                self.pop_screen()
                self.show_briefing(ending.opened)
            elif what in ways:
                ways[what]()

        ways = {"retry": debrief.action_retry, "new": debrief.action_new_seed}

        def end(_: None = None) -> None:
            self.push_screen(EndingScreen(ending, still=self.settings.still), chosen)

        self.switch_screen(debrief)
        # By the app: the floor, which asks for it, is gone when a screen answers.
        if played.result.fills and self.engine.was_recorded(played.script):
            self.call_next(self.show_finale, ending.played, end)
        else:
            self.call_next(end)

    def show_finale(self, played: Played, end: Callable[[None], None] | None = None, number: int | None = None) -> None:
        from mmtui.tui.screens.finale import FinaleScreen

        self.push_screen(FinaleScreen(played, number), end)

    def _kept(self, played: Played) -> Ending:
        """Keep the score of a level, if it counts; what its end has to say."""
        from mmtui.session.outcome import last_strategy
        from mmtui.tui.screens.ending import Ending

        card, result = played.card, played.result
        if not card.counts and not card.changed:
            return Ending(played)
        before, begun = self.progress, self._begun
        daily = begun if self.is_daily(card, played.seed) else None
        record = Record.of(
            result,
            datetime.now(UTC),
            daily,
            played.name or None,
            shares=played.shares,
            strategy=last_strategy(played.script.commands),
            together=card.level.score.together,
            marks=played.marks,
        )
        self._warn(self.career.record(record))
        self.progress = before.with_record(record)
        levels = self.engine.levels()
        ids = [each.level.id for each in levels]
        # A level that was begun from a shell is open for having been played: it is not what it earned.
        new = opened(ids, self.progress.reached) - opened(ids, before.reached) - {result.level}
        stars = sum(best.stars for best in self.progress.best.values())
        last = result.level == ids[-1] and record.counts and record.stars == _ALL_STARS
        return Ending(
            replace(played, daily=daily if record.daily else None, record=record),
            before.best.get(result.level),
            next((each for each in levels if each.level.id in new), None),
            f"{stars} of {_ALL_STARS * len(ids)} stars in {len(self.career.sessions())} sessions." if last else "",
        )

    def retry(self, card: Card, seed: int, strategy: str | None, earlier: QuoteHistory | None = None) -> None:
        seat = self.engine.open(card, seed, strategy)
        self.switch_screen(self._floor(card, seat, strategy, earlier=earlier))

    def show_replay(self, card: Card, script: Script, name: str, at_ns: int = 0) -> None:
        from mmtui.tui.screens.replay import ReplayScreen

        engine, debrief = self.engine, None
        if engine.is_explained(script):
            debrief, replay = engine.explain(script)
        else:
            replay = engine.replay(script)
        self.push_screen(ReplayScreen(card, replay, name, self.driver(replay, 1.0), at_ns, debrief))

    def show_journal(self, name: str, at_ns: int = 0) -> None:
        try:
            self.show_replay(*self.engine.open_journal(name), name, at_ns)
        except UntrustedError as error:
            self._ask(name, error, partial(self.show_journal, name, at_ns))
        except MmtuiError as error:
            self._warn(f"{error}.")

    def _ask(self, journal: str, refused: UntrustedError, go_on: Callable[[], None]) -> None:
        """Ask whether a journal may use the files that it names, and go on if so; whoever is served cannot say so."""
        from mmtui.tui.screens.trust import TrustScreen

        def answered(trusted: bool | None) -> None:
            if trusted:
                self.engine.trust(journal)
                go_on()

        if self.engine.served:
            self._warn(f"{Path(journal).name} names files, which a served app does not use.")
        else:
            self.push_screen(TrustScreen(Path(journal).name, [str(file) for file in refused.files]), answered)

    def what_if(self, replay: WatchedReplay, at_ns: int) -> None:
        self._what_if(replay, at_ns, self.screen)

    @work(thread=True, exclusive=True, group="what-if")
    def _what_if(self, replay: WatchedReplay, at_ns: int, below: Screen[Any]) -> None:
        """Copy the session at a moment, in a thread, and ask from there."""
        from mmtui.learning.futures import moment
        from mmtui.tui.screens.what_if import WhatIfScreen

        try:
            begun = moment(replay, at_ns)
        except MmtuiError as error:
            self.call_from_thread(self._warn, f"{error}.")
            return
        if self.screen is below:
            self.call_from_thread(self.push_screen, WhatIfScreen(begun, replay.script.level))

    def take_over(self, card: Card, replay: WatchedReplay, at_ns: int, name: str, earlier: QuoteHistory | None) -> None:
        from mmtui.tui.screens.card import WaitingScreen

        below = self.screen
        self.push_screen(WaitingScreen(f"Playing it up to {clock(at_ns)} …"))
        self._take_over(card, replay, at_ns, name, earlier, below)

    @work(thread=True, exclusive=True)
    def _take_over(
        self,
        card: Card,
        replay: WatchedReplay,
        at_ns: int,
        name: str,
        earlier: QuoteHistory | None,
        below: Screen[Any],
    ) -> None:
        """Bring a replay to a time, in a thread, and go on from there."""
        try:
            replay.seek(at_ns)
            seat = self.engine.take_over(replay, name)
        except MmtuiError as error:
            self.call_from_thread(self._continue, below, None, None, None, f"{error}.")
        else:
            self.call_from_thread(self._continue, below, card, seat, None, earlier=earlier)

    def is_daily(self, card: Card, seed: int) -> bool:
        # The day is that on which it was begun, whenever it ends.
        challenge, its_seed = self._daily(self._begun)
        same = card.counts and (card.level.id, seed) == (challenge.level.id, its_seed)
        return same and self.career.daily(self._begun) is None

    def _daily(self, day: date) -> tuple[Card, int]:
        from mmtui.career.daily import daily

        return daily(day, self.engine.levels())

    def _floor(
        self,
        card: Card,
        seat: WatchedSession,
        strategy: str | None = None,
        speed: float | None = None,
        *,
        teaching: bool = False,
        earlier: QuoteHistory | None = None,
        paused: bool = False,
    ) -> FloorScreen:
        from mmtui.tui.screens.floor import FloorScreen

        self._begun = self.today()
        driver = self.driver(seat, speed or self._speed or self.settings.speed)
        driver.paused = paused
        driver.watch(self.engine.change_speed)
        return FloorScreen(card, seat, driver, strategy, teaching, earlier)

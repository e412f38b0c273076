"""The app: its themes, its screens and the way between them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.theme import Theme

from mmtui.tui.driver import Driver
from mmtui.tui.engine import Card, Engine
from mmtui.tui.screens.briefing import BriefingScreen
from mmtui.tui.screens.floor import FloorScreen
from mmtui.tui.screens.help import HelpScreen
from mmtui.tui.screens.home import HomeScreen
from mmtui.tui.screens.levels import LevelsScreen
from mmtui.tui.screens.result import Played, ResultScreen
from mmtui.tui.theme import DEFAULT_THEME, THEMES

_SEEDS = 100_000


def random_seed() -> int:
    """A seed nobody knows beforehand, short enough to tell a friend."""
    return secrets.randbelow(_SEEDS)


class MmtuiApp(App[None]):
    """mmtui in the terminal.

    Args:
        engine: where levels, strategies and sessions come from.
        start: level to open at once, its seed, strategy and speed; None opens the home screen.
        driver: what turns time into advances; tests step by hand.
        new_seed: where seeds come from that nobody chose.
    """

    TITLE = "mmtui"
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True, id="app.quit", tooltip="Leave mmtui"),
    ]

    def __init__(
        self,
        engine: Engine,
        start: tuple[str, int | None, str | None, float] | None = None,
        driver: type[Driver] = Driver,
        new_seed: Callable[[], int] = random_seed,
    ) -> None:
        super().__init__()
        self.engine = engine
        self.driver = driver
        self.new_seed = new_seed
        self.best: dict[str, tuple[float, int]] = {}
        self._start = start
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DEFAULT_THEME

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Ours only: their contrast is measured."""
        registered = super().available_themes
        ours = {theme.name: theme for theme in THEMES if theme.name in registered}
        # While App sets itself up, ours are not registered yet.
        return ours or registered

    def get_key_display(self, binding: Binding) -> str:
        """Keys as the eye reads them, Shift as an arrow."""
        return super().get_key_display(binding).replace("shift+", "⇧")

    def on_mount(self) -> None:
        self.push_screen(HomeScreen())
        if self._start is not None:
            level, seed, strategy, speed = self._start
            self.play(self.engine.level(level), self.new_seed() if seed is None else seed, strategy, speed)

    def show_levels(self) -> None:
        """Open the list of levels."""
        self.push_screen(LevelsScreen())

    def brief(self, card: Card) -> None:
        """Open a level's briefing."""
        self.push_screen(BriefingScreen(card, self.new_seed()))

    def play(self, card: Card, seed: int, strategy: str | None = None, speed: float = 1.0) -> None:
        """Go to the floor."""
        self.push_screen(self._floor(card, seed, strategy, speed))

    def replay_level(self, card: Card, seed: int, strategy: str | None) -> None:
        """Go from the result to the floor again."""
        self.switch_screen(self._floor(card, seed, strategy, 1.0))

    def finish(self, played: Played) -> None:
        """Go from the floor to the result, and remember the best score of this run of the app."""
        score, stars = played.result["score"], played.result["stars"]
        if played.card.id not in self.best or score > self.best[played.card.id][0]:
            self.best[played.card.id] = (score, stars)
        self.switch_screen(ResultScreen(played))

    def action_keys_help(self) -> None:
        """Show the keys of the screen."""
        self.push_screen(HelpScreen(self.screen))

    def _floor(self, card: Card, seed: int, strategy: str | None, speed: float) -> FloorScreen:
        session = self.engine.open(card, seed, strategy)
        return FloorScreen(card, seed, strategy, self.driver(session, speed))

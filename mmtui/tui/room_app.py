"""The app with one screen and nothing else: a seat in somebody's room, or its console, here or down a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from rich.console import Console
from textual.binding import BindingType
from textual.screen import Screen

from mmtui.room.core.strangers import check_command
from mmtui.session.commands import HandOver, Params
from mmtui.tui.app import MmtuiApp
from mmtui.tui.cards import StrategyCard
from mmtui.tui.engine import Engine
from mmtui.tui.keys import bindings

#: Keys of every screen that are of use here; the others lead to screens and files of this machine.
_KEPT = {"app.quit"}


class RoomEngine(Engine):
    """What a floor in a room may ask for: the strategies that ship, of which none is made here."""

    def __init__(self) -> None:
        super().__init__(None)

    def strategies(self) -> list[StrategyCard]:
        """Those that ship."""
        from mmtui.strategies.registry import shipped_names

        return [card for card in super().strategies() if card.name in shipped_names()]

    def params(self, strategy: str, texts: object) -> Params:
        """A strategy's parameters from texts. Raises InputError for what a room does not take."""
        from mmtui.strategies.params import read_params
        from mmtui.strategies.registry import strategy_class

        assert isinstance(texts, dict), "a form has fields with names"
        values: Params = read_params(strategy, strategy_class(strategy), texts)
        check_command(HandOver(strategy, values))
        return values


class RoomApp(MmtuiApp, inherit_bindings=False):
    """A seat in a room, or its console. It reads and writes no file, and has no palette.

    Args:
        floor: makes its screen, in the running app.
        colours: those of somebody else's terminal, where the process is that of many; None for this terminal's own.
    """

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        binding for binding in bindings("app") if getattr(binding, "id", None) in _KEPT
    ]

    def __init__(
        self, floor: Callable[[], Screen[None]], colours: Literal["standard", "256", "truecolor"] | None = None
    ) -> None:
        super().__init__(RoomEngine())
        self._floor_of = floor
        self._served = colours is not None
        if colours is not None:
            self.console = Console(
                file=self.console.file,
                color_system=colours,
                highlight=False,
                emoji=False,
                force_terminal=True,
                legacy_windows=False,
                safe_box=False,
            )

    def get_default_screen(self) -> Screen[None]:
        """Nothing is below the floor."""
        return Screen()

    def on_mount(self) -> None:
        self.push_screen(self._floor_of())

    def end_by_signals(self) -> None:
        """Take signals where the process is this app's."""
        if not self._served:
            super().end_by_signals()

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing."""

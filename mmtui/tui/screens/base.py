"""What the screens have in common."""

from __future__ import annotations

from typing import cast

from textual.screen import Screen

from mmtui.tui.navigator import Navigator
from mmtui.tui.settings import Settings

#: Below 30 rows a page goes without its margins.
HEIGHTS = [(0, "-small"), (30, "-tall")]


class AppScreen(Screen[None]):
    """A screen that knows the app as a Navigator."""

    @property
    def navigator(self) -> Navigator:
        """The app: where to go next, and what is kept between screens."""
        return cast("Navigator", self.app)

    @property
    def settings(self) -> Settings:
        """The player's preferences."""
        return self.navigator.settings

    def did(self, action: str) -> None:
        """Called after an action was carried out on this screen."""

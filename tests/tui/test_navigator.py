"""The app offers all that its screens may ask of it."""

from __future__ import annotations

from mmtui.tui.app import MmtuiApp
from mmtui.tui.navigator import Navigator
from tests.tui.small import SmallEngine


def test_the_app_is_a_navigator() -> None:
    navigator: Navigator = MmtuiApp(SmallEngine())
    asked = {*vars(Navigator), *Navigator.__annotations__}
    assert not [name for name in asked if not name.startswith("_") and not hasattr(navigator, name)]

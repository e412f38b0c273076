"""How the command line opens the app."""

from __future__ import annotations

import gc


def open_app(level: str | None, seed: int | None, strategy: str | None, speed: float | None) -> None:
    """Open the app and stay until the user leaves. Every session leaves a journal in the user's data folder.

    Args:
        level: id or path of the level to go straight to; None for the home screen.
        seed: its seed; None for a random one.
        strategy: who quotes from the start; None for the player.
        speed: seconds of market for one of ours, ½ to 16; None for the one in the settings.

    Raises:
        LevelError, UnknownStrategyError: before anything is drawn.
    """
    # Until the first frame nothing is thrown away that were worth looking for; the app collects from there on.
    gc.disable()
    from platformdirs import user_config_path, user_data_path

    from mmtui.tui.app import MmtuiApp
    from mmtui.tui.engine import GameEngine

    data = user_data_path("mmtui")
    engine = GameEngine(data / "journals")
    start = None
    if level is not None:
        engine.level(level)
        if strategy is not None:
            engine.check_strategy(strategy)
        start = (level, seed, strategy, speed)
    MmtuiApp(engine, start, config=user_config_path("mmtui"), data=data).run()

"""How the command line opens the app."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mmtui.errors import InputError

if TYPE_CHECKING:
    from mmtui.learning.guess import GuessingGame
    from mmtui.tui.app import MmtuiApp
    from mmtui.tui.cards import Card
    from mmtui.tui.engine import Engine


def open_app(
    level: str | None = None,
    seed: int | None = None,
    strategy: str | None = None,
    speed: float | None = None,
    overrides: Mapping[str, str] = {},
    player: str = "",
) -> int:
    """Open the app and stay until the user leaves. Every session leaves a journal in the user's data folder.

    Args:
        level: id or path of the level to open, or "daily"; None for the home screen.
        seed: its seed; None for a random one, or the daily challenge's.
        strategy: the one that quotes from the start; None for the player.
        speed: seconds of market per second of wall time, ½ to 16; None for the one in the settings.
        overrides: key paths of the level to new values.
        player: what journals call the player in this run; empty for what the settings say.

    Returns:
        The exit code: 0, 1 after a crash, 128 and the number of the signal that ended it.

    Raises:
        InputError: there is no terminal, or the level or strategy cannot be used; before anything is drawn.
    """
    engine, opened = _ready()
    engine.player = player
    start = None
    if level is not None:
        card, seed = _chosen(engine, level, seed, strategy, overrides)
        start = (card.source, seed, strategy, speed)
    return _run(opened(start))


def open_plain(
    level: str,
    seed: int | None,
    strategy: str | None,
    overrides: Mapping[str, str],
    player: str,
    lines: Iterable[str],
    say: Callable[[str], None],
    speed: float | None = None,
) -> int:
    """Play a level in words; as :func:`open_app`, without a screen.

    The level "lesson" is the first lesson, "continue" the latest session that was left. ``lines`` are what the player
    types, ``say`` writes a line. Without a speed the clock stands while they type.
    """
    from mmtui.career.career import Career
    from mmtui.tui.cards import random_seed
    from mmtui.tui.plain.game import Told, play, resume, teach
    from mmtui.tui.plain.words import spoken

    engine, data = _engine()
    engine.player = player
    engine.make_key()
    career = Career(data)
    told = Told(iter(lines), lambda line: say(spoken(line)), speed)
    try:
        if level == "lesson":
            teach(engine, career, told)
        elif level == "continue":
            resume(engine, career, told)
        else:
            card, seed = _chosen(engine, level, seed, strategy, overrides)
            play(engine, career, card, random_seed() if seed is None else seed, strategy, told)
    finally:
        engine.suspend()
        career.close()
    return 0


def _chosen(
    engine: Engine, level: str, seed: int | None, strategy: str | None, overrides: Mapping[str, str]
) -> tuple[Card, int | None]:
    """The level, and the seed, that are to be played. Raises InputError where something of it cannot be used."""
    if level == "daily":
        from mmtui.career.daily import daily, today
        from mmtui.level.level import level_ids

        level_id, day = daily(today(), level_ids())
        level, seed = level_id, day if seed is None else seed
    card = engine.level(level, overrides)
    opponent = card.level.opponent
    for name in (strategy, None if opponent is None else opponent.strategy):
        if name is not None:
            engine.check_strategy(name)
    return card, seed


def open_replay(journal: Path, at_ns: int, *, trusted: bool = False) -> int:
    """Open the app at a journal's replay, and stay until the user leaves.

    Args:
        journal: its file.
        at_ns: where to begin.
        trusted: whether it may use the files that it names.

    Returns:
        The exit code.

    Raises:
        InputError: the journal, or what it needs, cannot be used. Raised before anything is drawn.
    """
    engine, opened = _ready()
    name = os.path.realpath(journal)
    if trusted:
        engine.trust(name)
    _, script = engine.open_journal(name)
    # Its market may be gone too, such as a tape's file.
    engine.replay(script)
    return _run(opened(watch=(name, at_ns)))


def open_game(game: GuessingGame) -> int:
    """Open the app at a guessing game, and stay until the user leaves.

    Returns:
        The exit code.

    Raises:
        InputError: there is no terminal; before anything is drawn.
    """
    from mmtui.tui.guess_app import GuessApp

    _, opened = _ready(GuessApp)
    return _run(opened(game=game))


def _ready(kind: type[MmtuiApp] | None = None) -> tuple[Engine, Callable[..., MmtuiApp]]:
    """The engine, and a function that makes an app, of a kind of its own if given, from what it opens at."""
    # There is next to no garbage before the first frame; the app collects it from then on.
    gc.disable()
    from platformdirs import user_config_path

    from mmtui.tui.app import MmtuiApp
    from mmtui.tui.terminal_input import install

    install()
    engine, data = _engine()
    return engine, partial(kind or MmtuiApp, engine, config=user_config_path("mmtui"), data=data)


def _engine() -> tuple[Engine, Path]:
    """The engine, and the folder of the user's data."""
    from platformdirs import user_data_path

    from mmtui.level.packs import own_levels_dir
    from mmtui.tui.engine import Engine

    data = user_data_path("mmtui")
    return Engine(data / "journals", own_levels_dir(), data), data


def has_terminal() -> bool:
    """Whether there is a terminal to draw on and to read keys from, or a page in a browser in its place."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return "TEXTUAL_DRIVER" in os.environ or all(stream is not None and stream.isatty() for stream in streams)


def _run(app: MmtuiApp) -> int:
    if not has_terminal():
        raise InputError(
            "the app needs a terminal on standard input, output and error; mmtui play --plain plays in words without "
            "one, and mmtui --help lists what else works"
        )
    app.run()
    return app.return_code or 0

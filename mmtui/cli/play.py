"""``mmtui play``: straight to the floor."""

from __future__ import annotations

import io
import sys

import click

from mmtui.cli.arguments import SEED, duel_option, overrides_from, quoter_option, settings_option, speed_option
from mmtui.errors import InputError

_EPILOG = """\b
Examples:
  mmtui play
  mmtui play skew --seed 7
  mmtui play volatility-spike --strategy avellaneda-stoikov --speed 4
  mmtui play sandbox --set market.value.sigma=2
  mmtui play skew --duel avellaneda-stoikov
  mmtui play daily --player ada
  mmtui play --plain lesson
  mmtui play --plain skew --speed 1
"""


@click.command(epilog=_EPILOG)
@click.argument("level", default="first-quotes")
@click.option("--seed", type=SEED, help="Which market; a random one when left out.")
@quoter_option
@speed_option
@settings_option("Set a key of the level, by its path.")
@duel_option
@click.option(
    "--player", default="", metavar="NAME", help="What the journal calls you; as in the settings, when left out."
)
@click.option("--plain", is_flag=True, help="In words, for screen readers and plain terminals; see below.")
def command(
    level: str,
    seed: int | None,
    strategy: str | None,
    speed: float | None,
    settings: tuple[str, ...],
    duel: str | None,
    player: str,
    plain: bool,
) -> int:
    """Play LEVEL, straight from the floor.

    LEVEL is an id, the path of a file, or "daily": the day's level and seed, the same for everybody. It is first-quotes
    when left out. Any key of the level can be set; `mmtui levels reference` lists them.

    With --plain the same session is told in lines and commands are typed as words, such as `join bid`; the clock stands
    while you read and type. Enter lets it run until something happens, `help` lists the words. With --speed as well it
    runs by itself, while you type, and `pause` stops it. LEVEL may then be "lesson", the first lesson, or "continue",
    the latest session that was left.
    """
    from mmtui.tui.cards import MOST_OF_A_NAME
    from mmtui.tui.run import open_app, open_plain

    overrides, unknown = overrides_from(settings)
    if duel is not None:
        overrides["opponent.strategy"] = duel
    if unknown:
        raise InputError(
            f"--set {unknown[0]}: expected the path of one of the level's keys, such as market.value.sigma"
        )
    if len(player) > MOST_OF_A_NAME or not player.isprintable():
        raise InputError(f"--player: expected a name of at most {MOST_OF_A_NAME} characters that can be printed")
    if plain:
        if isinstance(sys.stdin, io.TextIOWrapper):
            # What is no text in the terminal's encoding is no word either.
            sys.stdin.reconfigure(errors="replace")
        return open_plain(level, seed, strategy, overrides, player, sys.stdin, click.echo, speed)
    return open_app(level, seed, strategy, speed, overrides, player)

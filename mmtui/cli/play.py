"""``mmtui play``: straight to the floor."""

from __future__ import annotations

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
  mmtui play daily
"""


@click.command(epilog=_EPILOG)
@click.argument("level", default="first-quotes")
@click.option("--seed", type=SEED, help="Which market; a random one when left out.")
@quoter_option
@speed_option
@settings_option("Set a key of the level, by its path.")
@duel_option
def command(
    level: str,
    seed: int | None,
    strategy: str | None,
    speed: float | None,
    settings: tuple[str, ...],
    duel: str | None,
) -> int:
    """Play LEVEL, straight from the floor.

    LEVEL is an id, the path of a file, or "daily": the day's level and seed, the same for everybody. It is first-quotes
    when left out. Any key of the level can be set; `mmtui levels reference` lists them.
    """
    from mmtui.tui.run import open_app

    overrides, unknown = overrides_from(settings)
    if duel is not None:
        overrides["opponent.strategy"] = duel
    if unknown:
        raise InputError(
            f"--set {unknown[0]}: expected the path of one of the level's keys, such as market.value.sigma"
        )
    return open_app(level, seed, strategy, speed, overrides)

"""``mmtui play``: straight to the floor."""

from __future__ import annotations

import click

_EPILOG = """\b
Examples:
  mmtui play
  mmtui play skew --seed 7
  mmtui play volatility-spike --strategy avellaneda-stoikov --speed 4
"""


@click.command(epilog=_EPILOG, short_help="Play a level in the terminal.")
@click.argument("level", default="first-quotes")
@click.option("--seed", type=click.IntRange(0), help="Which market; a random one when left out.")
@click.option("--strategy", "-s", help="Who quotes from the start; you, when left out.")
@click.option(
    "--speed", type=click.FloatRange(0.5, 16), help="Market time a second; as in the settings, when left out."
)
def command(level: str, seed: int | None, strategy: str | None, speed: float | None) -> None:
    """Play LEVEL (an id or the path of a file; first-quotes when left out), straight from the floor."""
    from mmtui.tui.run import open_app

    open_app(level, seed, strategy, speed)

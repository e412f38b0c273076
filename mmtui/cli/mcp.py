"""``mmtui mcp``: a level for an assistant, over the Model Context Protocol."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from mmtui.cli.arguments import SEED
from mmtui.errors import InputError

_EPILOG = """\b
Examples:
  mmtui mcp
  mmtui mcp skew --seed 7 --journals ./mine
"""


@click.command(epilog=_EPILOG)
@click.argument("level", default="first-quotes")
@click.option("--seed", type=SEED, default=1, show_default=True, help="Which market.")
@click.option("--journals", type=click.Path(path_type=Path, file_okay=False), help="Write journals there.")
def command(level: str, seed: int, journals: Path | None) -> None:
    """Serve LEVEL over the Model Context Protocol, on standard input and output, with tools to play it.

    The tools are look, quote, cancel, hedge, wait, debrief, and start for another level. The market waits between
    calls. It needs `pip install 'mmtui[mcp]'`. An assistant is told of it as of any server that is a command: its words
    are "mmtui", "mcp" and a level.
    """
    try:
        from mmtui.room.serve.mcp import Game, server
    except ModuleNotFoundError as error:
        if error.name not in ("mcp", "pydantic"):
            raise
        raise InputError("the Model Context Protocol needs an extra: pip install 'mmtui[mcp]'") from None
    # The protocol has standard output to itself, as it was before what is written there was screened.
    sys.stdout, sys.stderr = sys.__stdout__ or sys.stdout, sys.__stderr__ or sys.stderr
    with closing(Game(level, seed, journals)) as game:
        server(game).run("stdio")

"""``mmtui completion``: what a shell needs to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_EPILOG = """\b
Examples:
  mmtui completion bash >> ~/.bashrc
  mmtui completion zsh >> ~/.zshrc
  mmtui completion fish > ~/.config/fish/completions/mmtui.fish
"""


@click.command(epilog=_EPILOG, short_help="Complete commands and options in your shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the lines that have SHELL complete mmtui's commands and options, for its start-up file."""
    from mmtui.cli.main import COMPLETING, app

    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(app, {}, "mmtui", COMPLETING).source())

"""``mmtui docs``: the documentation."""

from __future__ import annotations

import re
import sys

import click

from mmtui import docs
from mmtui.cli.tables import print_columns
from mmtui.cli.terminal import styled
from mmtui.errors import InputError, did_you_mean

#: Lines longer than this are hard to read.
_MOST_WIDTH = 100
_STYLES = {
    "h1": "bold",
    "h2": "bold",
    "h3": "bold",
    "code": "bold",
    "code_block": "none",
    "table.header": "bold",
    "table.border": "dim",
    "item.number": "none",
}

_EPILOG = """\b
Examples:
  mmtui docs
  mmtui docs glossary
  mmtui docs format | less
"""


@click.command(epilog=_EPILOG, short_help="Show the documentation.")
@click.argument("topic", required=False)
def command(topic: str | None) -> None:
    """Show the documentation on TOPIC, or list the topics.

    The text is Markdown, laid out on a terminal and as it is written elsewhere.
    """
    if topic is None:
        print_columns([("topic", "what is on the page"), *docs.TOPICS.items()])
        return
    if topic not in docs.TOPICS:
        raise InputError(f"there is no topic {topic!r}{did_you_mean(topic, docs.TOPICS)}")
    text = docs.page(topic)
    if sys.stdout.isatty():
        _print_laid_out(text)
    else:
        click.echo(text, nl=False)


def _print_laid_out(text: str) -> None:
    from mmtui.tui.markdown import Document, theme
    from mmtui.tui.visible import VisibleConsole

    # A link to another page becomes the command that shows it.
    text = re.sub(r"\[([^]]+)\]\((\w+)\.md(#[\w-]+)?\)", r"\1 (`mmtui docs \2`)", text)
    text = re.sub(r"\[([^]]+)\]\(#[\w-]+\)", r"\1", text)
    console = VisibleConsole(file=styled(sys.stdout), theme=theme(_STYLES))
    console.width = min(console.width, _MOST_WIDTH)
    console.print(Document(text))

"""``mmtui report``: a journal's debrief."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from mmtui.cli.arguments import trust_from, trust_option
from mmtui.cli.output import opened
from mmtui.session.journal import read_journal

_EPILOG = """\b
Examples:
  mmtui report journals/skew-skew-7.jsonl
  mmtui report journals/skew-skew-7.jsonl --format html --out skew.html
  mmtui report journals/skew-skew-7.jsonl --format json | jq .debrief.result.pnl
"""


@click.command(epilog=_EPILOG, short_help="Explain a session: its score, its PnL, its fills.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="HTML is one file with its charts in it.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the report to a file.")
@click.option("--no-field", "unranked", is_flag=True, help="Do not have the strategies that ship play the same tape.")
@trust_option
def command(file: Path, form: str, out: Path | None, unranked: bool, trust: bool) -> None:
    """Play the journal FILE again and explain it.

    Score by part, PnL by source, markouts, worst and best fills, the queue, the strategies on the same tape, and what
    to try next. Every number can be recomputed from the fills and paths in the JSON.

    Of a session that another engine has played, or of one that names files which are not to be used (see mmtui replay
    --help), it shows what the journal holds, and exits with 2.
    """
    journal = read_journal(file, trust_from(trust))
    if (refused := journal.refused) is not None:
        from mmtui.report.held import held_html, held_report, held_text

        held = held_report(journal)
        _write(out, form, held, held_text, held_html)
        raise refused

    from mmtui.report.html import as_html
    from mmtui.report.model import report
    from mmtui.report.text import as_text

    found = report(journal, compared=not unranked)
    _write(out, form, found, as_text, as_html)
    if found.same is False:
        click.echo(f"{file}: the session replayed has another digest than the journal's.", err=True)


_Made = TypeVar("_Made", bound=msgspec.Struct)


def _write(
    out: Path | None,
    form: str,
    found: _Made,
    as_text: Callable[[_Made], Iterable[str]],
    as_html: Callable[[_Made], str],
) -> None:
    with opened(out) as stream:
        match form:
            case "json":
                stream.write(msgspec.json.encode(found).decode() + "\n")
            case "html":
                stream.write(as_html(found))
            case _:
                stream.writelines(f"{line}\n" for line in as_text(found))

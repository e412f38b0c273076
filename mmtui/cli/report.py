"""``mmtui report``: a journal's debrief."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from mmtui.cli.output import opened

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
def command(file: Path, form: str, out: Path | None, unranked: bool) -> None:
    """Play the journal FILE again and explain it.

    Score by part, PnL by source, markouts, worst and best fills, the queue, the strategies on the same tape, and what
    to try next. Every number can be recomputed from the fills and paths in the JSON.
    """
    from mmtui.report.model import report

    found = report(file, compared=not unranked)
    with opened(out) as stream:
        match form:
            case "json":
                stream.write(msgspec.json.encode(found).decode() + "\n")
            case "html":
                from mmtui.report.html import as_html

                stream.write(as_html(found))
            case _:
                from mmtui.report.text import as_text

                stream.writelines(f"{line}\n" for line in as_text(found))
    if found.same is False:
        click.echo(f"{file}: the session replayed has another digest than the journal's.", err=True)

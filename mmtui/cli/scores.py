"""``mmtui scores``: what was played, and moving it between machines."""

from __future__ import annotations

from pathlib import Path

import click

from mmtui.career.career import Career, Record, summary
from mmtui.cli.arguments import format_option
from mmtui.cli.output import opened, write_json
from mmtui.cli.tables import print_columns
from mmtui.errors import CareerError
from mmtui.files import read

_EPILOG = """\b
Examples:
  mmtui scores
  mmtui scores --level skew --format json
  mmtui scores export career.json
  mmtui scores import career.json
"""


def _career() -> Career:
    from platformdirs import user_data_path

    career = Career(user_data_path("mmtui"))
    for trouble in career.troubles:
        click.echo(trouble, err=True)
    return career


@click.group(invoke_without_command=True, epilog=_EPILOG)
@click.option("--level", help="Of one level only: every session of it.")
@click.option("--strategy", "-s", help='Quoted by one strategy only; "hand" for your own.')
@format_option("table", "json")
@click.pass_context
def command(context: click.Context, level: str | None, strategy: str | None, form: str) -> None:
    """Show what was played in the app: by level and strategy, or, of one level, session by session."""
    if context.invoked_subcommand is not None:
        return
    wanted = None if strategy in (None, "hand") else strategy
    records = [record for record in _career().sessions(level) if strategy is None or record.strategy == wanted]
    if form == "json":
        write_json(summary(records) if level is None else records)
    elif not records:
        click.echo("Nothing was played yet.", err=True)
    else:
        print_columns(_by_strategy(records) if level is None else _history(records), 2)


def _by_strategy(records: list[Record]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("level", "quoted", "hand", "played", "best", "stars", "mean", "last")]
    for row in summary(records):
        best, mean = f"{row['best']:.1f}", f"{row['mean']:.1f}"
        earned = "✦" * row["badge"] or "★" * row["stars"]
        rows.append(
            (row["level"], row["who"], _share(row["hand"]), str(row["sessions"]), best, earned, mean, row["last"][:10])
        )
    return rows


def _history(records: list[Record]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("when (UTC)", "quoted", "hand", "seed", "score", "stars", "pnl", "fills")]
    for record in records:
        seed, fills = ("" if number is None else str(number) for number in (record.seed, record.fills))
        pnl = "" if record.pnl is None else f"{record.pnl:,.2f}"
        when = record.at[:16].replace("T", " ")
        earned = "✦" * record.badge or "★" * record.stars
        rows.append((when, record.who, _share(record.by_hand), seed, f"{record.score:.1f}", earned, pnl, fills))
    return rows


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


@command.command("export", short_help="Write everything to a file.")
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """Write the career to FILE, as JSON."""
    found = _career().export()
    with opened(file) as stream:
        write_json(found, stream)
    click.echo(f"{file}: {len(found.sessions)} sessions", err=True)


@command.command("import", short_help="Add what another machine exported.")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """Add the sessions of an exported FILE that are not there yet."""
    try:
        data = read(file)
    except OSError as error:
        raise CareerError(f"{file}: cannot be read: {error.strerror}") from None
    click.echo(f"{file}: {_career().import_from(data, str(file))} new sessions", err=True)

"""``mmtui whatif``: what was done at a moment against an alternative."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from mmtui.cli.arguments import format_option, jobs_option, time_from, trust_from, trust_option
from mmtui.cli.number import Number, whole
from mmtui.cli.output import write_json
from mmtui.cli.tables import print_columns
from mmtui.learning.alternatives import ACTIONS
from mmtui.learning.what_if import FUTURES, WhatIf, what_if
from mmtui.session.journal import read_journal
from mmtui.wording import clock

_LISTED = "\n".join(f"  {name:<10}{action.about}" for name, action in ACTIONS.items())
_EPILOG = f"""\b
Actions, each with =VALUE where it says how much or which:
{_LISTED}

\b
Examples:
  mmtui run skew --strategy fixed --seeds 7 --journals journals
  mmtui whatif journals/skew-fixed-7.jsonl --at 2:41 --do flatten
  mmtui whatif journals/skew-fixed-7.jsonl --at 2:41 --do widen=3 --futures 200 --format json
  mmtui whatif journals/skew-fixed-7.jsonl --at 2:41 --do strategy=skew --horizon 30
"""


@click.command(epilog=_EPILOG, short_help="Wrong or unlucky? An alternative, over futures drawn anew.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--at", required=True, metavar="TIME", help="The moment; in seconds or minutes:seconds.")
@click.option("--do", "do", required=True, metavar="ACTION", help="What to do then instead; see below.")
@click.option("--futures", type=whole(2, 10_000), default=FUTURES, show_default=True, help="Futures to draw.")
@click.option("--horizon", type=Number(0.1, 3600), help="Seconds that they last; 60, or to an end that is near.")
@jobs_option
@format_option("text", "json")
@trust_option
def command(
    file: Path, at: str, do: str, futures: int, horizon: float | None, jobs: int, form: str, trust: bool
) -> None:
    """Compare what was done at a moment of the journal FILE with an alternative.

    From that moment on chance decides anew, in many futures: each is played with what was done and with the
    alternative. So a loss is told from a mistake, and what really happened has its place among what could have.
    """
    script = read_journal(file, trust_from(trust)).script
    found = what_if(script, time_from(at) / 1e9, do, futures=futures, horizon_s=horizon, jobs=jobs)
    if form == "json":
        write_json(found)
        return
    click.echo(found.sentence)
    click.echo()
    print_columns(list(_rows(found)), left=1)


def _rows(found: WhatIf) -> Iterator[tuple[str, ...]]:
    at = clock(round(found.at_s * 1e9))
    yield f"from {at}, {found.horizon_s:g} s, {found.unit}", "mean", "5%", "95%"
    for name, made in (("what was done", found.done), (found.do, found.instead)):
        yield name, f"{made.mean:,.2f}", f"{made.p5:,.2f}", f"{made.p95:,.2f}"
    difference, happened = found.difference, found.what_happened
    yield (
        "difference, with its 95% interval",
        *(f"{money:+,.2f}" for money in (difference.mean, difference.low, difference.high)),
    )
    yield f"{found.do} is better in", f"{difference.better_in:.0%}", "", ""
    yield "what really happened", f"{happened.pnl:,.2f}", "", ""
    yield "so much of the futures made less", f"{happened.percentile:.0%}", "", ""

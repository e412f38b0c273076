"""``mmtui validate``: a market beside a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mmtui.cli.arguments import format_option, seeds_from, seeds_option
from mmtui.cli.fit import stretch_options
from mmtui.cli.output import write_json
from mmtui.cli.tables import TableColumn, console, table
from mmtui.cli.tape import recording_options, share_option, source_of

_EPILOG = """\b
Examples:
  mmtui validate btc-usd message.csv.gz --share 1e-8
  mmtui validate market.toml message.csv.gz --share 1e-8 --from 300 --out page.html
  mmtui validate us-100 message.csv --format json
"""


@click.command(epilog=_EPILOG, short_help="Hold a market against a recording, by forty statistics.")
@click.argument("market")
@recording_options
@share_option
@stretch_options
@seeds_option("1:8")
@click.option("--out", type=click.Path(path_type=Path), help="Write a page with pictures there, as HTML.")
@format_option("table", "json")
def command(
    market: str,
    share: float,
    from_s: float,
    duration_s: float | None,
    seeds: str,
    out: Path | None,
    form: str,
    **options: Any,
) -> int:
    """Compare MARKET (a preset, a level, or a file of mmtui fit) with the recording FILE.

    Each statistic of the recording has the standard error of a block bootstrap, the market's that over its seeds. The
    distance of the two is in standard errors of their difference, widened by a tenth of the recording's value. A
    statistic whose error exceeds its size on the recording is undecided, and counts in no share.

    Probes tell what simple ways to trade earn in both: followers, a reverser, a regression, quotes. Where the market
    surely pays what the recording does not, it is called a false edge.

    Exit code 1 unless four fifths of the decided ones, twelve at least, are within two. Judge by a stretch that the
    market was not fitted to. Lots are the market's.
    """
    from mmtui.files import write
    from mmtui.lab.market_fit.simulated import simulate
    from mmtui.lab.market_fit.sources import Stretch, market_of, see
    from mmtui.lab.market_fit.validate import compare

    spec = market_of(market)
    if options["tick"] is None:
        options["tick"] = spec.instrument.tick
    source = source_of(**options)
    stretch = Stretch(share=share, from_s=from_s, duration_s=duration_s)
    seen, _ = see(source, stretch, spec.instrument)
    made = [simulate(spec, seed, seen.seconds) for seed in seeds_from(seeds)]
    found = compare(market, str(source.messages), seen, made)
    if out is not None:
        from mmtui.report.validation import as_html

        write(out, as_html(found))
        click.echo(str(out), err=True)
    if form == "json":
        write_json(found)
    else:
        _print(found)
    return int(not found.good)


def _print(found: Any) -> None:
    columns = [TableColumn("", left=True), *(TableColumn(name) for name in ("recording", "market", "distance"))]
    cells = []
    for group, rows in found.groups.items():
        cells.append([group, "", "", ""])
        for row in rows:
            market = "none" if row.market is None else f"{row.market:.4g} ± {row.market_se:.2g}"
            distance = "—" if row.distance is None else f"{row.distance:.1f}"
            cells.append([f"  {row.words}", f"{row.tape:.4g} ± {row.tape_se:.2g}", market, distance])
    console(120).print(table(columns, cells))
    columns = [TableColumn("", left=True), *(TableColumn(name) for name in ("recording", "market", ""))]
    cells = [["what probes earn, ticks a lot", "", "", ""]]
    for edge in found.probes:
        earned = (
            "none" if value is None else f"{value:.2f}" + ("" if error is None else f" ± {error:.2f}")
            for value, error in ((edge.tape, edge.tape_se), (edge.market, edge.market_se))
        )
        cells.append([f"  {edge.probe}", *earned, "a false edge" if edge.false else ""])
    console(120).print(table(columns, cells))
    click.echo(f"undecided: {', '.join(found.undecided) or 'none'}")
    click.echo(found.verdict)

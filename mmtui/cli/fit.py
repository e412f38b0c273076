"""``mmtui fit``: a market fitted to a recording."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from mmtui.cli.arguments import SEED, jobs_option, together
from mmtui.cli.number import Number, whole
from mmtui.cli.progress import Bar
from mmtui.cli.tape import instrument_options, reading_options, source_of, start_option
from mmtui.errors import InputError

_EPILOG = """\b
Examples:
  mmtui fit message.csv.gz --share 1e-8 --duration 600 -o market.toml --jobs 2
  mmtui levels new fitted.toml --market market.toml
  mmtui validate market.toml message.csv.gz --share 1e-8 --from 600
"""

#: Which part of a recording is looked at.
stretch_options = together(
    start_option("Seconds after the tape's first message at which the part begins."),
    click.option("--duration", "duration_s", type=Number(60, 90_000), help="Seconds of it; the rest when left out."),
)


@click.command(epilog=_EPILOG, short_help="Fit a market to a recording.")
@reading_options
@instrument_options
@stretch_options
@click.option("--out", "-o", type=click.Path(path_type=Path), required=True, help="The market's file, a TOML.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option(
    "--markets",
    type=whole(40, 100_000),
    default=400,
    show_default=True,
    help="How many markets are simulated; twice as many are somewhat better.",
)
@click.option("--seed", type=SEED, default=1, show_default=True, help="Of the simulations and the search.")
@jobs_option
@click.option("--cluster", metavar="ADDRESS", help="Simulate on the workers of a Dask scheduler, tcp://HOST:PORT.")
def command(
    out: Path,
    force: bool,
    markets: int,
    seed: int,
    jobs: int,
    cluster: str | None,
    from_s: float,
    duration_s: float | None,
    symbol: str,
    currency: str,
    share: float,
    **options: Any,
) -> None:
    """Fit a market of the kind book to the recording FILE, and write it as a level's market table.

    What has an estimator in closed form is estimated; the rest is found by simulated moments: the parameters with which
    the market's statistics come closest to the recording's, each weighed by its sampling error. The file's comments
    hold the estimates with their standard errors, and what the recording could not tell. An interrupted fit goes on
    where it was.
    """
    from mmtui.files import write
    from mmtui.lab.market_fit.fit import FitTarget, Search
    from mmtui.lab.market_fit.kept import SearchFile, identity
    from mmtui.lab.market_fit.parameters import family_of
    from mmtui.lab.market_fit.sources import Stretch, see
    from mmtui.lab.market_fit.workers import simulator
    from mmtui.lab.market_fit.written import as_toml

    if out.suffix != ".toml":
        raise InputError(f"{out}: a market's file ends in .toml")
    if os.path.lexists(out) and not force:
        raise InputError(f"{out}: is there already; --force writes over it")
    source = source_of(**{**options, "lot": 1})
    stretch = Stretch(
        symbol=symbol, currency=currency, share=share, lot=options["lot"], from_s=from_s, duration_s=duration_s
    )
    seen, instrument = see(source, stretch)
    if not len(seen.takers.at):
        raise InputError(
            f"{source.messages}: nobody trades in it; where trades have a file of their own, --trades names it"
        )
    family = family_of(seen, instrument)
    family.check(source.messages)
    click.echo(f"{seen.seconds:.0f} s seen: {family.why}", err=True)
    progress = SearchFile(out.with_suffix(".fit.json"), identity(family, seen, seed, markets))
    with simulator(jobs, cluster) as simulate, Bar(markets) as bar:
        search = Search(family, FitTarget.of(seen), simulate, seed, markets)
        bar.advance(progress.resume(search))
        while not search.over:
            generation = search.advance()
            progress.keep(generation)
            bar.advance(len(generation))
        fitted = search.finish()
    write(out, as_toml(fitted, seen, source.messages.name))
    progress.done()
    click.echo(str(out))
    told = int(fitted.told.sum())
    click.echo(
        f"{told} of {len(fitted.values)} parameters told; statistics are {fitted.distance**0.5:.2f} tolerances off on "
        f"average, {fitted.first**0.5:.2f} at the start",
        err=True,
    )

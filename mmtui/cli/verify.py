"""``mmtui verify``: the papers' tables beside ours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from textwrap import fill
from typing import Any

import click
import msgspec

from mmtui.cli.arguments import SEED, format_option
from mmtui.cli.number import Number, whole
from mmtui.cli.output import write_json
from mmtui.errors import InputError
from mmtui.lab.research.paper_check import BANDS, Figure, PaperRow
from mmtui.lab.research.textbook import TEXTBOOK
from mmtui.lab.research.verify import AsModel, CjModel, GlftModel, Model, published_rows, rows

_MODELS: dict[str, type[Model]] = {"as": AsModel, "glft": GlftModel, "cj": CjModel}
_TITLES = {
    "avellaneda-stoikov": "Avellaneda and Stoikov (2008)",
    "glft": "Guéant, Lehalle and Fernandez-Tapia (2013)",
    "cartea-jaimungal": "Cartea and Jaimungal, running penalty",
    "glosten-milgrom": "Glosten and Milgrom (1985)",
    "kyle": "Kyle (1985)",
    "black-scholes": "Black and Scholes (1973)",
    "carry": "Costs of carry",
}
#: Parameters that may be zero; the others are positive.
_MAY_BE_ZERO = ("gamma", "sigma", "phi", "alpha")
_MOST_UNITS = 100
_MOST_STEPS = 200_000

_EPILOG = """\b
Examples:
  mmtui verify
  mmtui verify --gamma 0.5
  mmtui verify --model glft --sigma 1 --A 0.2 --format json
  mmtui verify --model cj --phi 0.001 --paths 100000
\b
JSON: {"ok", "paths", "seed", "bands", "rows": [{"model", "case", "parameters",
"figures": [{"name", "ours", "error", "paper", "simulated", "closed_form", "low",
"high", "ok"}], "quotes": [{"q", "bid", "ask", ...}], "ok"}]}
"""


def _parameter(name: str, about: str) -> Callable[[Any], Any]:
    kind = whole(1, _MOST_UNITS) if name == "Q" else Number(1e-9, 1e9, zero=name in _MAY_BE_ZERO)
    return click.option(f"--{name}", f"given_{name}", type=kind, help=about)


@click.command(epilog=_EPILOG)
@click.option("--model", type=click.Choice([*_MODELS, *TEXTBOOK]), help="Only this model's rows.")
@_parameter("gamma", "Risk aversion (as, glft).")
@_parameter("sigma", "Volatility, price per root time.")
@_parameter("k", "Decay of fills with distance; kappa in cj.")
@_parameter("A", "Rate of fills at the mid, each side; lambda in cj.")
@_parameter("T", "Time to the end.")
@_parameter("Q", "Position limit in units (glft, cj).")
@_parameter("phi", "Running penalty (cj).")
@_parameter("alpha", "Penalty at the end (cj).")
@_parameter("dt", "Time step; as has 0.005, the others take few enough fills a step.")
@click.option("--fills", type=click.Choice(["linear", "poisson"]), help="Chance of a fill: A dt, or 1 - exp(-A dt).")
@click.option("--paths", type=whole(2, 1_000_000), default=20_000, show_default=True, help="Simulated paths a row.")
@click.option("--seed", type=SEED, default=1, show_default=True, help="Of the random numbers.")
@format_option("table", "json")
def command(model: str | None, fills: str | None, paths: int, seed: int, form: str, **given: float | None) -> int:
    """Print the published tables beside ours, with standard errors and the band that each figure must be in.

    With any parameters of as, glft or cj: the rows at those, the others as in the paper, in a market of any units.
    Left out, --model is cj with --phi or --alpha, glft with --Q, and else as.

    Exits with 1 when a figure is outside its band.
    """
    parameters: dict[str, Any] = {
        name.removeprefix("given_"): value for name, value in given.items() if value is not None
    }
    if fills is not None:
        parameters["fills"] = fills
    if parameters:
        found = rows(_chosen(model, parameters), paths, seed)
    else:
        found = _published([*_MODELS, *TEXTBOOK] if model is None else [model], paths, seed)
    if form == "json":
        done = list(found)
        good = all(row.ok for row in done)
        report = {"ok": good, "paths": paths, "seed": seed, "bands": BANDS, "rows": [_record(row) for row in done]}
        write_json(report)
    else:
        good = _print_tables(found, quotes=bool(parameters))
    return 0 if good else 1


def _published(models: list[str], paths: int, seed: int) -> Iterator[PaperRow]:
    yield from published_rows(tuple(_MODELS[name] for name in models if name in _MODELS), paths, seed)
    for name in models:
        if name in TEXTBOOK:
            yield from TEXTBOOK[name](paths, seed)


def _chosen(name: str | None, parameters: dict[str, Any]) -> Model:
    """Returns the model of the parameters. Raises InputError when it does not have all of them."""
    if name is None:
        name = "cj" if {"phi", "alpha"} & set(parameters) else "glft" if "Q" in parameters else "as"
    if name in TEXTBOOK:
        raise InputError(f"--model {name}: its rows are as printed; expected no parameters")
    kind = _MODELS[name]
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for given in parameters:
        if given not in known:
            raise InputError(f"--{given}: no parameter of {name}, which has {', '.join(f'--{one}' for one in known)}")
    model = msgspec.convert(parameters, kind)
    if model.dt is not None and model.horizon / model.dt > _MOST_STEPS:
        raise InputError(f"--dt {model.dt:g}: expected at least T / {_MOST_STEPS:,} = {model.horizon / _MOST_STEPS:g}")
    return model


def _record(row: PaperRow) -> dict[str, Any]:
    return {**msgspec.to_builtins(row), "ok": row.ok}


def _print_tables(found: Iterable[PaperRow], quotes: bool) -> bool:
    """Print rows as they are finished; returns whether all are within their bands."""
    good, title = True, ""
    for row in found:
        if _TITLES[row.model] != title:
            title = _TITLES[row.model]
            click.secho(f"{title}\n", bold=True)
        named = ", ".join(f"{name} {_short(value)}" for name, value in row.parameters.items())
        click.echo(f"{row.case}: {named}")
        references = {name for figure in row.figures for name in [_reference(figure)[0]] if name}
        click.secho(_line("", "paper", " ".join(references), "ours", "±", "band", ""), bold=True)
        for figure in row.figures:
            click.secho(_line(figure.name, *_cells(figure)), fg=None if figure.ok else "red")
        if quotes and row.quotes:
            click.secho("".join(f"{name:>16}" for name in row.quotes[0]), bold=True)
            for quote in row.quotes:
                click.echo("".join(f"{_short(value):>16}" for value in quote.values()))
        click.echo()
        good = good and row.ok
    click.echo(fill(BANDS, 100))
    if not good:
        click.secho("Not all figures are within their bands.", fg="red")
    return good


def _reference(figure: Figure) -> tuple[str, float | None]:
    """Returns the name and value of what is printed beside the paper's figure."""
    if figure.simulated is not None:
        return "200,000 paths", figure.simulated
    return "" if figure.closed_form is None else "closed form", figure.closed_form


def _line(*cells: str) -> str:
    """Returns a line: the figure's name left-aligned, the other cells right-aligned."""
    name, *others = cells
    widths = (9, 14, 11, 8, 19, 5)
    return f"{name:<23}" + "".join(f"{cell:>{width}}" for cell, width in zip(others, widths, strict=True))


def _cells(figure: Figure) -> tuple[str, ...]:
    digits = 6
    if figure.error:
        # Two digits of the error, and as many decimals of the values beside it.
        digits = max(0, 1 - math.floor(math.log10(figure.error)))
    elif figure.paper:
        digits = max(3, 6 - math.floor(math.log10(abs(figure.paper))))
    band = "" if figure.low is None else f"{figure.low:.{digits}f}…{figure.high:.{digits}f}"
    verdict = "FAIL" if not figure.ok else "ok" if band else ""
    error = f"{figure.error:.{digits}f}" if figure.error else ""
    return _short(figure.paper), _short(_reference(figure)[1]), f"{figure.ours:.{digits}f}", error, band, verdict


def _short(value: float | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.8g}"

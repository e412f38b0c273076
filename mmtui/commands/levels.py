"""``mmtui levels``: which there are, what one holds, and what is wrong with a file."""

from __future__ import annotations

from pathlib import Path

import click

from mmtui.commands.arguments import columns
from mmtui.errors import LevelError, UnknownStrategyError
from mmtui.game.level import Level, level_faults, level_ids, load_level, parse_level, read_level
from mmtui.market.hedges import FutureSpec, HedgeSpec, IndexSpec, kind_of
from mmtui.strategies.registry import strategy_class

_EPILOG = """\b
Examples:
  mmtui levels
  mmtui levels show skew
  mmtui levels check my-level.toml
"""


@click.group(invoke_without_command=True, epilog=_EPILOG, short_help="List, show and check levels.")
@click.pass_context
def command(context: click.Context) -> None:
    """List the levels that ship; show one, or check files of one's own."""
    if context.invoked_subcommand is None:
        rows = [
            (str(level.number), level.id, level.title, _minutes(level), level.lesson)
            for level in map(load_level, level_ids())
        ]
        for line in columns([("", "id", "title", "time", "lesson"), *rows]):
            click.echo(line)


@command.command(epilog="\b\nExample:\n  mmtui levels show skew\n", short_help="Show a level.")
@click.argument("level")
def show(level: str) -> None:
    """Show a LEVEL, by id or path: its briefing, its rules, and how it is scored."""
    found = load_level(level)
    click.echo(f"{found.number}. {found.title} ({found.id}), {_minutes(found)}\n")
    click.echo(found.situation.strip())
    click.echo(f"\nLesson: {found.lesson}\n")
    for line in columns(_rules(found)):
        click.echo(line)


@command.command(
    epilog="\b\nExample:\n  mmtui levels check my-level.toml other.toml\n", short_help="Check level files."
)
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(path: tuple[Path, ...]) -> int:
    """Check level files: print every fault of each PATH, one a line, and exit with 2 if there is any."""
    sound = True
    for each in path:
        found = _file_faults(each)
        sound = sound and not found
        for line in found or [f"{each}: no faults"]:
            click.echo(line)
    return 0 if sound else 2


def _file_faults(path: Path) -> list[str]:
    try:
        text = read_level(path)
    except LevelError as error:
        return [str(error)]
    return level_faults(text, str(path)) or _strategy_faults(parse_level(text, str(path)), path)


def _strategy_faults(level: Level, path: Path) -> list[str]:
    """The level's strategies that are not there."""
    found = []
    for key, name in (("naive", level.naive), ("lesson_strategy", level.lesson_strategy), ("par", level.par)):
        try:
            strategy_class(name)
        except UnknownStrategyError as error:
            found.append(f"{path}: {key}: {error}")
    return found


def _minutes(level: Level) -> str:
    return f"{level.duration_s // 60}:{level.duration_s % 60:02}"


def _rules(level: Level) -> list[tuple[str, str]]:
    instrument, maker, obligation = level.market.instrument, level.maker, level.obligation
    rows = [
        ("instrument", f"{instrument.symbol} at {instrument.format(instrument.start_ticks)} {instrument.currency}"),
        ("tick, lot", f"{instrument.tick:g} {instrument.currency}, {instrument.lot} shares"),
        ("position limit", f"{maker.position_limit} lots"),
        ("largest order", f"{maker.max_order} lots"),
        ("order latency", f"{maker.latency_ms:g} ms"),
    ]
    if maker.position:
        rows.append(("position at the start", f"{maker.position:+} lots"))
    if maker.max_loss is not None:
        rows.append(("largest loss", f"{maker.max_loss:g} {instrument.currency}"))
    width = "any width" if obligation.max_width is None else f"at most {obligation.max_width} ticks wide"
    least = "a lot" if obligation.min_size == 1 else f"{obligation.min_size} lots"
    rows.append(("obligation", f"{width}, {least} or more a side"))
    rows += [("hedge", _hedge(spec)) for spec in level.hedges]
    rows.append(("score", ", ".join(f"{part} {weight:.0%}" for part, weight in level.score.weights.items())))
    rows.append(("par", f"{level.par}; a point is {level.score.point:g} {instrument.currency}"))
    return rows


def _hedge(spec: HedgeSpec) -> str:
    """A hedge instrument's terms in a line."""
    match spec:
        case FutureSpec():
            what = f"beta {spec.beta:g}"
        case IndexSpec():
            what = "the book's instrument is its future"
        case _:
            what = f"strike {spec.strike:g}"
    return (
        f"{spec.name}, {kind_of(spec)}: {what}, {spec.expiry_days:g} days, {spec.multiplier:g} a point, "
        f"tick {spec.tick:g}, half-spread {spec.half_spread:g} ticks, at most {spec.limit} contracts"
    )

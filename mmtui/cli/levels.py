"""``mmtui levels``: which there are, what one holds, what is wrong with a file, and how to write one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from mmtui.cli.arguments import into_option
from mmtui.cli.output import opened
from mmtui.cli.sections import write_section
from mmtui.cli.tables import columns, print_columns
from mmtui.errors import InputError, LevelError, UnknownStrategyError, brief, did_you_mean
from mmtui.level.decoding import decode_toml
from mmtui.level.describe import checks, clock, events, hints, market, rules
from mmtui.level.level import level_faults, level_ids, load_level, read_level
from mmtui.level.overrides import TUNED_STRATEGY
from mmtui.level.packs import pack_files, packs
from mmtui.session.score import wants
from mmtui.strategies.registry import check_tuned

#: The document's section with the reference.
REFERENCE = "mmtui levels reference"

_EPILOG = """\b
Examples:
  mmtui levels
  mmtui levels show skew
  mmtui levels new my-level.toml
  mmtui levels check my-level.toml
  mmtui levels add my-level.toml
  mmtui levels reference
"""


@click.group(invoke_without_command=True, epilog=_EPILOG)
@click.pass_context
def command(context: click.Context) -> None:
    """List the levels that ship; show one, start your own, check it, and read what a level's file may hold."""
    if context.invoked_subcommand is None:
        rows = [
            (str(level.number), level.id, level.title, clock(level.duration_s), level.lesson)
            for level in map(load_level, level_ids())
        ]
        rows += list(_added())
        print_columns([("", "id", "title", "time", "lesson"), *rows])


def _added() -> Iterator[tuple[str, str, str, str, str]]:
    """Yields a line for each level of a pack, or with what is wrong with it."""
    for pack, folder in packs().items():
        for path in pack_files(folder):
            name = f"{pack}/{path.stem}"
            try:
                level = load_level(str(path))
                yield str(level.number), name, level.title, clock(level.duration_s), level.lesson
            except LevelError as error:
                yield "", name, "cannot be played", "", str(error)


@command.command(epilog="\b\nExample:\n  mmtui levels show skew\n", short_help="Show a level.")
@click.argument("level")
def show(level: str) -> None:
    """Show a LEVEL, by id or path: its briefing, rules and score, its market, its events, and what its coach says."""
    found = load_level(level)
    click.echo(f"{found.number}. {found.title} ({found.id}), {clock(found.duration_s)}\n")
    click.echo(found.situation.strip())
    click.echo(f"\nLesson: {found.lesson}")
    parts = ("Rules", rules(found)), ("Score", wants(found)), ("Market", market(found)), ("Events", events(found))
    for heading, rows in parts:
        _echo_part(heading, columns(list(rows)))
    _echo_part("Coach", hints(found))
    _echo_part("Checks of the lesson", checks(found))


def _echo_part(heading: str, lines: Iterable[str]) -> None:
    """Print lines under a heading, if there are any."""
    for number, line in enumerate(lines):
        click.echo(line if number else f"\n{heading}\n{line}")


@command.command(
    epilog="\b\nExamples:\n  mmtui levels new my-level.toml\n  mmtui play my-level.toml\n"
    "  mmtui levels new fitted.toml --market market.toml\n",
    short_help="Start a level of your own.",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--market", type=click.Path(path_type=Path), help="A market's file, as mmtui fit writes it, to play on.")
def new(file: Path, market: Path | None) -> None:
    """Write a level to FILE that plays as it is, with a comment on every part of it."""
    from mmtui.level.json_schema import FILE
    from mmtui.level.new import write_skeleton

    write_skeleton(file, market)
    click.echo(f"{file} is yours; its comments say what can be changed.")
    for what in ("levels check", "play", "calibrate"):
        click.echo(f"  mmtui {what} {shlex.quote(str(file))}")
    click.echo(f"Editors that know TOML complete its keys, by {FILE} beside it.")
    click.echo(f"The app lists it under Your levels once it is added: mmtui levels add {shlex.quote(str(file))}")


@command.command(
    epilog="\b\nExamples:\n  mmtui levels check my-level.toml other.toml\n  mmtui levels check my-pack\n",
    short_help="Check level files and packs.",
)
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(path: tuple[Path, ...]) -> int:
    """Check level files, or folders of them: print every fault of each PATH, one a line, and exit with 2 if any."""
    sound = True
    for each, packed in ((file, given.is_dir()) for given in path for file in _files_of(given)):
        found = list(_file_faults(each, packed=packed))
        sound = sound and not found
        for line in found or [f"{each}: no faults"]:
            click.echo(brief(line))
    return 0 if sound else 2


def _files_of(path: Path) -> list[Path]:
    """The level files of a folder; a file itself."""
    if not path.is_dir():
        return [path]
    files = pack_files(path)
    if not files:
        raise InputError(f"{path}: expected a folder with level files, whose names end in .toml")
    return files


def _file_faults(path: Path, *, packed: bool) -> Iterator[str]:
    """Yields what is wrong with a level's file; one of a pack is found by its name, which must be its id."""
    try:
        text = read_level(path)
    except LevelError as error:
        yield str(error)
        return
    faults = level_faults(text, str(path))
    yield from faults
    try:
        tables = decode_toml(text)
    except ValueError:
        return
    yield from (line for fault in _unknown_names(tables) if (line := f"{path}: {fault}") not in faults)
    if packed and (name := tables.get("id")) != path.stem and isinstance(name, str) and not faults:
        yield f"{path}: id: expected the file's name, {path.stem!r}, not {name!r}"


def _unknown_names(tables: dict[str, object]) -> Iterator[str]:
    """Yields strategies and actions that a level names and that do not exist; other values are faults already."""
    from mmtui.tui.actions import ACTIONS

    for key in ("naive", "lesson_strategy", "par"):
        name = tables.get(key)
        if isinstance(name, str) and re.fullmatch(TUNED_STRATEGY, name):
            try:
                check_tuned(name)
            except UnknownStrategyError as error:
                yield f"{key}: {error}"
    known = [action.id.removeprefix("floor.") for action in ACTIONS.values() if action.screen == "floor"]
    keys = tables.get("keys")
    for index, name in enumerate(keys if isinstance(keys, list) else []):
        if isinstance(name, str) and name not in known:
            yield f"keys[{index}]: there is no action {name!r}{did_you_mean(name, known)}"


@command.command(
    epilog="\b\nExamples:\n  mmtui levels add my-level.toml\n  mmtui levels add my-pack\n  mmtui play my-pack/first\n",
    short_help="Add a level or a pack.",
)
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--name", help="What the pack is called; its folder's name, when left out.")
@click.option("--replace", is_flag=True, help="Put it in the place of one of the same name.")
def add(source: Path, name: str | None, replace: bool) -> int:
    """Copy SOURCE, a level's file or a folder of them, to your own levels, once it is checked.

    Its levels are then called PACK/LEVEL, or LEVEL where no other has that name, in every command and in the app. An
    installed package adds a pack by an entry point in the group mmtui.levels, which names a package with level files.
    """
    from mmtui.level.packs import add as add_levels

    faults = [fault for file in _files_of(source) for fault in _file_faults(file, packed=True)]
    if faults:
        for fault in faults:
            click.echo(brief(fault), err=True)
        return 2
    pack, files = add_levels(source, name, replace=replace)
    for file in files:
        click.echo(f"mmtui play {f'{pack}/' if pack else ''}{file.stem}")
    return 0


@command.command(
    epilog="\b\nExamples:\n  mmtui levels schema\n  mmtui levels schema --out mmtui-level.schema.json\n",
    short_help="The format, for editors.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write it to a file.")
def schema(out: Path | None) -> None:
    """Print the level format as JSON Schema.

    Editors complete and explain keys by it. `mmtui levels new` writes it beside the new level, whose first line names
    it.
    """
    from mmtui.level.json_schema import schema_text

    with opened(out) as stream:
        stream.write(schema_text())


@command.command(
    epilog="\b\nExamples:\n  mmtui levels reference\n  mmtui levels reference --into mmtui/docs/format.md\n",
    short_help="What a level's file may hold.",
)
@into_option("Put it into a document instead.")
def reference(into: Path | None) -> None:
    """Print the reference of the level format, as Markdown: every table and key, what it takes, and every signal."""
    from mmtui.level.reference import markdown

    if into is None:
        click.echo(markdown(), nl=False)
    else:
        write_section(into, REFERENCE, markdown())

"""``mmtui drill``: short exercises, shipped and from one's own mistakes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from mmtui.career.daily import today
from mmtui.cli.arguments import format_option, jobs_option, trust_from
from mmtui.cli.number import whole
from mmtui.cli.output import write_json
from mmtui.cli.tables import print_columns
from mmtui.errors import InputError, OutputError
from mmtui.learning.alternatives import ACTIONS
from mmtui.learning.drills import Drill, Judged, find, judge, of_journals, ready, shipped, verdict
from mmtui.learning.licence import LicenceBook
from mmtui.learning.repetition import Repetition
from mmtui.learning.what_if import FUTURES
from mmtui.wording import clock, counted

_EPILOG = """\b
Examples:
  mmtui drill
  mmtui drill list
  mmtui drill DRILL
  mmtui drill DRILL --do flatten --format json
"""
#: Own mistakes are looked for in so many of the latest journals.
_LATEST = 20


@click.command(epilog=_EPILOG, short_help="Short exercises, shipped and from your mistakes.")
@click.argument("name", required=False)
@click.option("--do", "do", metavar="ACTION", help="Your answer, as in flatten or widen=3.")
@click.option("--futures", type=whole(2, 10_000), default=FUTURES, show_default=True, help="Futures to judge it by.")
@jobs_option
@format_option("text", "json")
def command(name: str | None, do: str | None, futures: int, jobs: int, form: str) -> None:
    """Do the drill NAME: a moment at which one decision matters, judged over fifty futures drawn anew from there.

    Without a name it lists those that are due today, with `list` all: the ones that ship, and those of the mistakes in
    your journals. What you know comes again later and later, what you do not tomorrow.
    """
    from platformdirs import user_data_path

    data = user_data_path("mmtui")
    repetition = Repetition(data)
    if repetition.trouble:
        click.echo(repetition.trouble, err=True)
    if name is None or name == "list":
        _list(_all(data / "journals"), repetition, form, everything=name == "list")
        return
    drill = find(name, data / "journals", trust_from(told=False))
    if do is None:
        do = _asked(drill)
    judged = judge(drill, do, futures=futures, jobs=jobs)
    trouble = repetition.record(drill.repeated, today(), passed=judged.passed)
    if judged.passed and not trouble:
        trouble = LicenceBook(data).passed(drill.skill, today())
    if trouble:
        raise OutputError(trouble.rstrip("."))
    if form == "json":
        write_json(judged)
    else:
        _tell(drill, judged)


def _all(journals: Path) -> list[Drill]:
    """Those that ship, then those of one's own mistakes, the latest first."""
    latest = sorted(journals.glob("*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)[:_LATEST]
    return [*map(ready, shipped()), *of_journals(latest, trust_from(told=False))]


def _list(drills: Sequence[Drill], repetition: Repetition, form: str, *, everything: bool) -> None:
    due = repetition.due([drill.repeated for drill in drills], today())
    places = {key: place for place, key in enumerate(due)}
    first = {drill.repeated: drill for drill in reversed(drills)}
    shown = drills if everything else [first[key] for key in due]
    if form == "json":
        write_json([_record(drill, repetition, drill.repeated in places) for drill in shown])
        return
    rows = [("drill", "skill", "due", "passed", "")]
    for drill in shown:
        card = repetition.card(drill.repeated)
        when = "today" if drill.repeated in places else "later" if card is None else card.due
        passed = "" if card is None else f"{card.passed} of {card.done}"
        rows.append((drill.name, drill.skill, when, passed, drill.title))
    if shown:
        print_columns(rows)
    click.echo(f"{counted(len(due), 'drill')} due today.")


def _record(drill: Drill, repetition: Repetition, due: bool) -> dict[str, object]:
    card = repetition.card(drill.repeated)
    return {
        "name": drill.name,
        "title": drill.title,
        "skill": drill.skill,
        "level": drill.script.level.id,
        "at_s": drill.at_ns / 1e9,
        "due": due,
        "box": None if card is None else card.box,
        "done": 0 if card is None else card.done,
        "passed": 0 if card is None else card.passed,
    }


def _asked(drill: Drill) -> str:
    """Show the situation and ask for an action. Raises InputError without a terminal to ask at."""
    session = drill.begin().copy()
    maker, instrument = session.maker, session.market.instrument
    bid, ask = session.market.exchange.touch
    gateway = maker.gateway
    own = [
        f"{word} {max(lots.values())} @ {instrument.format(pick(lots))}"
        for word, lots, pick in (("bid", gateway.bid_lots, max), ("offer", gateway.ask_lots, min))
        if lots
    ]
    level = drill.script.level
    click.echo(f"{drill.title}\n{drill.situation}\n")
    click.echo(f"{level.title}, {clock(drill.at_ns)} of {clock(level.end_ns)}")
    click.echo(
        f"market {instrument.format(bid)} / {instrument.format(ask)}; you {' and '.join(own) or 'quote nothing'}"
    )
    click.echo(f"position {gateway.position:+} of {level.maker.position_limit} lots, PnL {maker.total:+,.0f}\n")
    print_columns([(name, action.about) for name, action in ACTIONS.items()])
    if not sys.stdin.isatty():
        raise InputError(f"drill {drill.name}: expected your answer as --do ACTION")
    return str(click.prompt("\nWhat do you do?"))


def _tell(drill: Drill, judged: Judged) -> None:
    click.echo(judged.sentence)
    if judged.answer.do != judged.chosen.do:
        click.echo(f"The answer was {judged.answer.do}. {verdict(judged.answer, judged.by)}")
    click.echo(f"Why: {drill.why}")

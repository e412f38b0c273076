"""Graded journals as tables: those that count, and those apart with why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import click

from mmtui.cli.tables import print_columns
from mmtui.learning.grades import Graded


def print_graded(graded: Sequence[Graded], stream: IO[str] | None = None) -> None:
    """Print journals in their order, the ones apart below."""
    rows: list[tuple[str, ...]] = [
        ("", "player", "score", "stars", "by hand", "pnl", "par", "inv", "markout", "presence", "lesson", "mistakes")
    ]
    counting = [each.grade for each in graded if not each.apart]
    for place, grade in enumerate(counting, start=1):
        numbers = (grade.inventory, grade.markout, grade.presence)
        rows.append(
            (
                str(place),
                grade.player or grade.file,
                _number(grade.score),
                "★" * (grade.stars or 0),
                "" if grade.by_hand is None else f"{grade.by_hand:.0%}",
                _number(grade.pnl),
                _number(grade.par),
                *map(_number, numbers),
                f"{grade.checks_done}/{(grade.checks_done or 0) + (grade.checks_missed or 0)}",
                grade.mistakes or "",
            )
        )
    if counting:
        print_columns(rows, 2, stream)
    else:
        click.echo("No journal counts.", stream)
    others = [each for each in graded if each.apart]
    if others:
        click.echo("\nApart:", stream)
        print_columns(
            [(each.grade.file, each.grade.player or "", "; ".join(each.apart)) for each in others], None, stream
        )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"

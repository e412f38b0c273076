"""Results as tables: a summary for the eye, and flat rows for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from statistics import fmean, stdev
from typing import Any, get_args

import msgspec

from mmtui.game.level import Part
from mmtui.game.result import Result

#: The parts of a score, in the order of the columns.
PARTS: tuple[str, ...] = get_args(Part)


def flat(result: Result) -> dict[str, Any]:
    """A result as one row: nested keys joined by points; None for a part of the score that the level does not weigh."""
    nested = msgspec.to_builtins(result)
    nested["params"] = " ".join(f"{name}={_setting(value)}" for name, value in result.params.items())
    nested["parts"] = {part: result.parts.get(part) for part in PARTS}
    row: dict[str, Any] = {}
    for key, value in nested.items():
        row |= (
            {f"{key}.{inner}": number for inner, number in value.items()} if isinstance(value, dict) else {key: value}
        )
    return row


def csv_lines(results: Iterable[Result]) -> Iterable[str]:
    """CSV lines, each with its line end, the header first; the columns are the same whatever was run."""
    writer = None
    buffer = io.StringIO()
    for result in results:
        row = flat(result)
        if writer is None:
            writer = csv.DictWriter(buffer, fieldnames=list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


_SUMMARY = ("level", "strategy", "seeds", "score", "sd", "PnL", "sd", "spread", "position", "mean |q|", "10 s", "fills")


def summary(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """Headings, then a row a level and strategy: means over seeds, with the standard deviation of score and PnL.

    Runs in which the strategy failed are counted and otherwise left out.
    """
    rows: list[tuple[str, ...]] = [(*_SUMMARY, "present")]
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.level, result.strategy or "player"), []).append(result)
    for (level, strategy), runs in groups.items():
        group = [result for result in runs if result.error is None]
        failed = len(runs) - len(group)
        seeds = f"{len(runs)}, {failed} failed" if failed else str(len(runs))
        if not group:
            rows.append((level, strategy, seeds, *[""] * (len(rows[0]) - 3)))
            continue
        scores = [result.score for result in group]
        pnls = [result.pnl.total for result in group]
        markouts = [value for result in group if (value := result.markout["10s"]) is not None]
        row = (
            level,
            strategy,
            seeds,
            f"{fmean(scores):.1f}",
            _deviation(scores, ".1f"),
            f"{fmean(pnls):,.0f}",
            _deviation(pnls, ",.0f"),
            f"{fmean(result.pnl.spread for result in group):,.0f}",
            f"{fmean(result.pnl.position for result in group):,.0f}",
            f"{fmean(result.position.mean_abs for result in group):.1f}",
            f"{fmean(markouts):+.2f}" if markouts else "",
            f"{fmean(result.fills for result in group):.0f}",
            f"{fmean(result.presence for result in group):.0%}",
        )
        rows.append(row)
    return rows


def _setting(value: object) -> str:
    return "auto" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _deviation(numbers: Sequence[float], form: str) -> str:
    return format(stdev(numbers), form) if len(numbers) > 1 else ""

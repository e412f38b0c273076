"""Results beside what they should be, and the bands that they must be in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import msgspec

from mmtui.lab.research.published import PAPER_PATHS, SIMULATED_PATHS, Printed

BANDS = (
    f"A simulated figure may miss the paper's by 4 standard errors, ours and those of its {PAPER_PATHS:,} paths taken "
    f"together, and that of {SIMULATED_PATHS:,} paths likewise, plus half of the last digit printed; the paper's "
    "spread, a mean over continuous time, also by half a step's change. A formula may miss by half of the last digit "
    "only. A simulated value may miss its closed form by 4 standard errors and, for the time step, by a tenth of the "
    "fills expected in one times the value."
)

_ERRORS = 4.0


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number.

    Attributes:
        ours: our result; ``error`` is its standard error, if it was simulated.
        paper: the printed value; ``simulated`` is the same from many more paths.
        closed_form: what a simulated value should be.
        low, high: the band that ours must be in, if there is anything to compare it to.
    """

    name: str
    ours: float
    error: float | None = None
    paper: float | None = None
    simulated: float | None = None
    closed_form: float | None = None
    low: float | None = None
    high: float | None = None
    ok: bool = True


class PaperRow(msgspec.Struct, frozen=True, kw_only=True):
    """One model at one set of parameters; ``quotes`` are distances from the mid at each position."""

    model: str
    case: str
    parameters: dict[str, float | str]
    figures: list[Figure]
    quotes: list[dict[str, float | None]] = []

    @property
    def ok(self) -> bool:
        """Whether every figure is within its band."""
        return all(figure.ok for figure in self.figures)


def sampled(name: str, ours: float, scatter: float, paths: int, printed: Printed, grid: float) -> Figure:
    """A simulated figure beside printed ones.

    Args:
        name: its name.
        ours: our result.
        scatter: the standard error of one path: ours is that over the root of the number of paths.
        paths: how many.
        printed: the figures to compare it to, if any.
        grid: how much of a difference from the paper's our steps explain.
    """
    low, high = -math.inf, math.inf
    for text, their_paths, allowance in (
        (printed.paper, PAPER_PATHS, grid),
        (printed.simulated, SIMULATED_PATHS, 0.0),
    ):
        if text is not None:
            reach = _ERRORS * scatter * math.sqrt(1 / paths + 1 / their_paths) + _half_digit(text) + allowance
            low, high = max(low, float(text) - reach), min(high, float(text) + reach)
    known = printed.paper is not None
    return Figure(
        name=name,
        ours=ours,
        error=scatter / math.sqrt(paths),
        paper=float(printed.paper) if printed.paper is not None else None,
        simulated=float(printed.simulated) if printed.simulated is not None else None,
        low=low if known else None,
        high=high if known else None,
        ok=low <= ours <= high,
    )


def exactly(name: str, ours: float, text: str) -> Figure:
    """A formula's figure: it must be what is printed, to the last digit."""
    reach = _half_digit(text) * (1 + 1e-9)
    low, high = float(text) - reach, float(text) + reach
    return Figure(name=name, ours=ours, paper=float(text), low=low, high=high, ok=low <= ours <= high)


def formula(
    model: str, case: str, parameters: Mapping[str, float | str], found: Iterable[tuple[str, float, str]]
) -> PaperRow:
    """A row of formulas: the name of each, our value, and what is printed."""
    figures = [exactly(*each) for each in found]
    return PaperRow(model=model, case=case, parameters=dict(parameters), figures=figures)


def promised(
    name: str, ours: float, error: float, value: float, fills_a_step: float = 0.0, certain: bool = True
) -> Figure:
    """A simulated value beside its closed form; no band where the simulation is not one of the same problem."""
    reach = _ERRORS * error + 0.1 * fills_a_step * abs(value)
    low, high = value - reach, value + reach
    return Figure(
        name=name,
        ours=ours,
        error=error,
        closed_form=value,
        low=low if certain else None,
        high=high if certain else None,
        ok=low <= ours <= high or not certain,
    )


def _half_digit(text: str) -> float:
    return 0.5 * 10.0 ** -len(text.partition(".")[2])

"""Numbers on the command line: every one says its bounds, and keeps to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from mmtui.errors import InputError, shortened
from mmtui.units import bound_text, decimal_text, whole_number

Kind = type[int] | type[float] | type[Decimal]


class Number(click.ParamType[Any]):
    """A number from ``least`` to ``most``, both included; nan and infinity are none.

    Args:
        least: the smallest value.
        most: the largest.
        kind: what it is read as: int for whole numbers, Decimal for exactly what was written.
        zero: whether 0 is a value too, although it is below the least.
    """

    name = "number"

    def __init__(self, least: float, most: float, kind: Kind = float, *, zero: bool = False) -> None:
        self.least, self.most, self.kind, self.zero = least, most, kind, zero

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Returns the bounds, for the help."""
        return ("0|" if self.zero else "") + f"{bound_text(self.least)}..{bound_text(self.most)}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns the value as a number. Raises InputError with the option's name and the bounds."""
        return self.read(param.opts[0] if param else "", value) if isinstance(value, str) else value

    def read(self, option: str, text: str, part: str | None = None) -> Any:
        """Returns the number that an option's text, or a part of it, says. Raises InputError with the bounds."""
        wanted = text if part is None else part
        try:
            number = whole_number(wanted) if self.kind is int else self.kind(decimal_text(wanted))
            if self.least <= number <= self.most or (self.zero and number == 0):
                return number
        except ValueError:
            pass
        kind = ("0, or " if self.zero else "") + ("a whole number" if self.kind is int else "a number")
        bounds = f"{kind} from {bound_text(self.least)} to {bound_text(self.most)}"
        which = "" if part is None else f", not {shortened(part)!r}"
        raise InputError(f"{option} {shortened(text)}: expected {bounds}{which}")


def whole(least: int, most: int) -> Number:
    """A whole number within bounds."""
    return Number(least, most, int)

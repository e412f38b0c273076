"""A fitted market as a file: a level's market table, with the fit's report in comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from textwrap import wrap
from typing import Any

import numpy as np

from mmtui.lab.market_fit.fit import Fitted
from mmtui.lab.market_fit.observed import Observed
from mmtui.lab.market_fit.parameters import TOLD

_WIDTH = 118
#: Errors of two parameters that go together so closely do not tell them apart.
_TOGETHER = 0.9


def as_toml(fitted: Fitted, seen: Observed, source: str) -> str:
    """The file.

    Args:
        fitted: the fit.
        seen: what it was fitted to.
        source: the recording's name.
    """
    comments = "".join(f"# {line}".rstrip() + "\n" for line in _report(fitted, seen, source))
    table = fitted.family.table(fitted.values)
    return comments + "\n" + "\n".join(_tables("market", table))


def _report(fitted: Fitted, seen: Observed, source: str) -> Iterator[str]:
    family = fitted.family
    yield f"A market fitted to {source}: {seen.seconds:.0f} s, {len(seen.arrivals.at):,} orders placed,"
    yield f"{len(seen.takers.at):,} that took. {fitted.simulated} markets were simulated; {fitted.moments} statistics"
    yield f"are on average {fitted.distance**0.5:.2f} tolerances from the recording's, at the start of the search"
    yield f"{fitted.first**0.5:.2f}."
    yield f"The kind of market: {family.why}."
    yield ""
    yield "Fitted by simulated moments, each with its standard error:"
    rows = list(zip(family.parameters, fitted.values, fitted.errors, fitted.told, strict=True))
    for parameter, value, error, told in rows:
        yield f"  {parameter.path:<32} {value:>10.4g} ± {value * error:<9.3g}" + ("" if told else " not told")
    yield ""
    yield "Estimated in closed form, of orders that replace no other (quotes that move are rivals'):"
    for name, (value, error) in family.closed.items():
        yield f"  {name:<32} {value:>10.4g} ± {error:<9.3g}"
    hidden = [parameter.path for parameter, _, _, told in rows if not told]
    yield ""
    if hidden:
        yield f"Not told by this recording, an error above {TOLD:.0%}; the value is little more than a start:"
        yield from wrap(", ".join(hidden), _WIDTH, initial_indent="  ", subsequent_indent="  ")
    pairs = [
        f"{family.parameters[one].path} and {family.parameters[other].path}"
        for one, other in zip(*np.where(np.triu(np.abs(fitted.correlation), 1) > _TOGETHER), strict=True)
    ]
    if pairs:
        yield "Not told apart from each other:"
        yield from (f"  {pair}" for pair in pairs)
    yield "Not fitted, but assumed at a usual value, which these errors allow to be otherwise:"
    yield from wrap(
        ", ".join(each.path for each in family.assumed), _WIDTH, initial_indent="  ", subsequent_indent="  "
    )
    yield "Nor fitted: fees, and what else keeps its usual value below."


def _tables(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    """A table, and those in it, as TOML."""
    yield f"[{name}]"
    yield from (f"{key} = {_value(value)}" for key, value in table.items() if _plain(value))
    yield ""
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _tables(f"{name}.{key}", value)


def _plain(value: Any) -> bool:
    """Whether it stands in its table itself; what is left out has its default."""
    return value is not None and not isinstance(value, Mapping)


def _value(value: Any) -> str:
    if isinstance(value, bool | str):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = f"{Decimal(repr(value)):f}"
        return text if "." in text else f"{text}.0"
    return _list([_value(each) for each in value])


def _list(items: list[str]) -> str:
    """A list, on several lines where it is long."""
    one = f"[{', '.join(items)}]"
    if len(one) < _WIDTH - 20:
        return one
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 2 > _WIDTH:
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join(["[", *lines, line, "]"])

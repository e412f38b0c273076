"""A strategy as it is written with parameters and a label: ``skew[half_spread=1,size=2]``, ``tight=skew[size=1]``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mmtui.errors import UnknownStrategyError, shown

#: A label.
LABEL = r"[^\W_][\w.-]{0,39}"
_LABELLED = re.compile(rf"({LABEL})=(.+)", re.DOTALL)
#: A strategy among the parameters of another may have brackets too, so deep.
_MOST_NESTED = 4


class Variant(NamedTuple):
    """What a text says of a strategy.

    Attributes:
        name: what the strategy is called: its label, or the text as it was written.
        base: the strategy: a name, ``file.py:Class`` or an installed entry point.
        params: the parameters in brackets, as text.
    """

    name: str
    base: str
    params: dict[str, str]


def variant(text: str) -> Variant:
    """Return what a text says. Raises UnknownStrategyError when its brackets cannot be read."""
    labelled = _LABELLED.fullmatch(text)
    name, base = labelled.groups() if labelled else (text, text)
    if not base.endswith("]"):
        return Variant(name, base, {})
    base, _, inside = base[:-1].partition("[")
    if not base:
        raise UnknownStrategyError(f"{shown(text)}: expected the strategy's name before the brackets")
    params = {}
    for setting in _parts(text, inside):
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            raise UnknownStrategyError(f"{shown(text)}: expected key=value in the brackets, not {shown(setting)}")
        params[key.strip()] = value.strip()
    return Variant(name, base, params)


def variant_name(text: str) -> str:
    """Return what a strategy that is written so is called in results."""
    labelled = _LABELLED.fullmatch(text)
    return labelled[1] if labelled else text


def written(base: str, params: dict[str, object]) -> str:
    """Return a strategy with parameters as it is written."""
    settings = ",".join(f"{name}={'auto' if value is None else value}" for name, value in params.items())
    if settings and base.endswith("]"):
        return f"{base[:-1]},{settings}]"
    return f"{base}[{settings}]" if settings else base


def _parts(text: str, inside: str) -> Iterator[str]:
    """Yields what stands between commas, those within brackets left alone. Raises UnknownStrategyError."""
    depth, first = 0, 0
    for at, sign in enumerate(inside):
        depth += (sign == "[") - (sign == "]")
        if not 0 <= depth < _MOST_NESTED:
            raise UnknownStrategyError(f"{shown(text)}: expected brackets that close, {_MOST_NESTED} deep at most")
        if sign == "," and depth == 0:
            yield inside[first:at]
            first = at + 1
    if depth:
        raise UnknownStrategyError(f"{shown(text)}: expected brackets that close, {_MOST_NESTED} deep at most")
    if inside.strip():
        yield inside[first:]

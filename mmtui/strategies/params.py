"""A strategy's parameters: listing them, reading their values from text, and reporting them.

A parameter is a field of the strategy's dataclass, declared once with :func:`~mmtui.strategies.protocol.param`, there
or in a dataclass that the strategy is composed of.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from functools import lru_cache
from inspect import get_annotations
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from mmtui.errors import UnknownStrategyError, did_you_mean, is_plain, message_of, shown
from mmtui.strategies.protocol import MOST_PARAM, Param, Strategy
from mmtui.strategies.watchdog import PASSING, limited
from mmtui.units import decimal_text, whole_number

_TRUTHS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
#: How None, for a default that depends on the level, is written.
_AUTO = ("auto", "none")

_Class = TypeVar("_Class", bound=type)
_Part = TypeVar("_Part")


def with_params_of(*parts: type) -> Callable[[_Class], _Class]:
    """Return a class decorator, to stand below ``@dataclass``: the parameters of the parts become the class's own.

    Args:
        parts: dataclasses; those of their fields that are declared with ``param`` are taken, after the class's own.
    """

    def declare(cls: _Class) -> _Class:
        for item in (item for part in parts for item in fields(part) if "about" in item.metadata):
            cls.__annotations__[item.name] = item.type
            setattr(cls, item.name, field(default=item.default, metadata=item.metadata))
        return cls

    return declare


def component(part: type[_Part], strategy: object) -> _Part:
    """Return a part with the strategy's values: each field takes that of the strategy's attribute of its name."""
    return part(**{item.name: getattr(strategy, item.name) for item in fields(part) if item.init})  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def params_of(cls: type[Strategy]) -> tuple[Param, ...]:
    """Return a strategy's parameters in the order of its fields, inherited ones last; types are without ``| None``.

    Raises:
        UnknownStrategyError: an annotation names a type that does not exist.
    """
    if not is_dataclass(cls):
        return ()
    try:
        return limited(lambda: _declared(cls), "reading them")
    except PASSING:
        raise
    except BaseException as error:
        why = message_of(error)
        raise UnknownStrategyError(f"the parameters of {cls.__name__} cannot be read: {why}") from error


def _declared(cls: type[Any]) -> tuple[Param, ...]:
    hints, own = get_type_hints(cls), get_annotations(cls)
    return tuple(
        Param(
            name=item.name,
            type=_bare(hints[item.name]),
            default=_default(item),
            unit=item.metadata.get("unit", ""),
            about=item.metadata.get("about", ""),
            least=item.metadata.get("least", -MOST_PARAM),
            most=item.metadata.get("most", MOST_PARAM),
        )
        for item in sorted(fields(cls), key=lambda item: item.name not in own)
        if item.init
    )


def parse_settings(settings: Iterable[str]) -> dict[str, str]:
    """Return ``["key=value", ...]`` as a dict; the last of a key counts. Raises UnknownStrategyError."""
    parsed: dict[str, str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            raise UnknownStrategyError(f"a parameter is set as key=value, not {shown(setting)}")
        parsed[key.strip()] = value.strip()
    return parsed


def read_params(spec: str, cls: type[Strategy], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return values converted to the types of a strategy's parameters; ``spec`` is the user's name of the strategy.

    Raises:
        UnknownStrategyError: a name is not a parameter, or a value has the wrong type or is below the least.
    """
    known = {param.name: param for param in params_of(cls)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        param = known.get(key)
        if param is None:
            hint = did_you_mean(key, known, quoted=True)
            raise UnknownStrategyError(f"strategy {spec} has no parameter {shown(key)}{hint}")
        try:
            values[key] = _read(param, value)
        except ValueError as error:
            raise UnknownStrategyError(f"strategy {spec}: {key} must be {error}, not {shown(value)}") from None
    return values


def describe(strategy: Strategy) -> dict[str, float | int | bool | str | None]:
    """Return a strategy's parameter values by name, those that JSON can hold."""
    values = {param.name: _held(strategy, param.name) for param in params_of(type(strategy))}
    return {
        name: value
        for name, value in values.items()
        if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value))
    }


def _held(strategy: Strategy, name: str) -> object:
    """The value of a strategy's attribute; None when reading it fails, as a property may."""
    try:
        return limited(lambda: getattr(strategy, name, None), "reading it")
    except PASSING:
        raise
    except BaseException:
        return None


def _bare(hint: Any) -> type[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        hint = kinds[0] if len(kinds) == 1 else object
    return hint if isinstance(hint, type) else object


def _default(item: Field[Any]) -> Any:
    # Of a class that another process has sent, what is missing is another object than here.
    missing = type(MISSING)
    factory: Any = item.default_factory
    if not isinstance(factory, missing):
        return factory()
    return None if isinstance(item.default, missing) else item.default


def _read(param: Param, value: Any) -> Any:
    """Return a value converted to the parameter's type. Raises ValueError with what it must be."""
    if param.default is None and (value is None or (isinstance(value, str) and value.strip().lower() in _AUTO)):
        return None
    if param.type is bool:
        truth = value if isinstance(value, bool) else _TRUTHS.get(str(value).strip().lower())
        if truth is None:
            raise ValueError("true or false")
        return truth
    if param.type in (int, float):
        return _read_number(param, value)
    if isinstance(value, str) and not is_plain(value):
        raise ValueError("text without control characters")
    if param.type is str and not isinstance(value, str):
        raise ValueError("text")
    return value


def _read_number(param: Param, value: Any) -> float | int:
    wanted = f"{'a whole number' if param.type is int else 'a number'} from {param.bounds}"
    if param.default is None:
        wanted += ", or auto"
    try:
        if isinstance(value, str):
            number: float | int = whole_number(value) if param.type is int else float(decimal_text(value))
        else:
            number = param.type(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(wanted) from None
    # int() would silently cut 2.7 to 2.
    if isinstance(value, bool) or (not isinstance(value, str) and number != value):
        raise ValueError(wanted)
    if not param.least <= number <= param.most:
        raise ValueError(wanted)
    return number

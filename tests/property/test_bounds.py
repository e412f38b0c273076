"""Within the bounds that they say, all parameters of the shipped strategies quote; beyond them they are refused."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect as types

from mmtui.errors import UnknownStrategyError
from mmtui.level.level import Level, load_level
from mmtui.session.commands import HandOver
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from mmtui.strategies.params import params_of
from mmtui.strategies.protocol import MOST_PARAM, Param
from mmtui.strategies.registry import make, strategy_class, strategy_names

NUMBERS = [
    (name, param)
    for name in strategy_names(baselines=True)
    for param in params_of(strategy_class(name))
    if param.type in (int, float)
]
IDS = [f"{name} {param.name}" for name, param in NUMBERS]


@cache
def opened() -> Session:
    level = load_level("volatility-spike")
    return Session(msgspec.structs.replace(level, duration_s=3, events=()), 1, par=NoPar())


@pytest.mark.parametrize(("name", "param"), NUMBERS, ids=IDS)
def test_each_parameter_has_bounds_of_its_own_and_keeps_to_them(name: str, param: Param) -> None:
    assert -MOST_PARAM < param.least < param.most
    assert param.most < MOST_PARAM or param.unit == "currency"
    for value in (param.least - 1, param.most * 1.01 + 1, 1e300, -1e300, float("nan"), float("inf"), 10**400):
        with pytest.raises(UnknownStrategyError, match=rf"{param.name} must be a .*number from {param.bounds}"):
            make(name, {param.name: int(value) if param.type is int and abs(value) < 1e300 else value})


@st.composite
def chosen(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    name = draw(st.sampled_from(strategy_names(baselines=True)))
    params: dict[str, Any] = {}
    for param in params_of(strategy_class(name)):
        if param.type in (int, float) and draw(st.booleans()):
            ends = st.sampled_from([param.least, param.most])
            inside = st.floats(param.least, param.most)
            params[param.name] = param.type(draw(ends | inside))
    return name, params


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(chosen())
def test_any_parameters_within_bounds_quote(choice: tuple[str, dict[str, Any]]) -> None:
    session = copy.deepcopy(opened())
    session.submit(HandOver(*choice))
    session.advance(session.end_ns)
    assert session.maker.error is None


def _unbounded(kind: types.Type, path: str, seen: set[type]) -> list[str]:
    match kind:
        case types.IntType() | types.FloatType():
            low, high = kind.ge is None and kind.gt is None, kind.le is None and kind.lt is None
            return [path] if low or high else []
        case types.StructType():
            if kind.cls in seen:
                return []
            seen.add(kind.cls)
            return [found for each in kind.fields for found in _unbounded(each.type, f"{path}.{each.name}", seen)]
        case types.Metadata():
            return _unbounded(kind.type, path, seen)
        case types.UnionType():
            return [found for each in kind.types for found in _unbounded(each, path, seen)]
        case types.VarTupleType():
            return _unbounded(kind.item_type, path, seen)
        case types.TupleType():
            return [found for each in kind.item_types for found in _unbounded(each, path, seen)]
        case types.DictType():
            return _unbounded(kind.value_type, path, seen)
    return []


def test_every_number_of_a_level_has_both_bounds() -> None:
    assert _unbounded(types.type_info(Level), "", set()) == []

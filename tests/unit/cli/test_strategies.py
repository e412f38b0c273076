"""``mmtui strategies``."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmtui.strategies.params import params_of
from mmtui.strategies.registry import strategy_class, strategy_names
from tests.unit.cli.conftest import Mmtui
from tests.unit.session.support import strategy_file


def test_strategies_are_listed_with_their_ideas(mmtui: Mmtui) -> None:
    ended = mmtui("strategies")
    assert (ended.code, ended.err) == (0, "")
    heading, *lines = ended.out.splitlines()
    assert heading.split() == ["name", "idea"]
    names = strategy_names(baselines=True)
    assert [line.split()[0] for line in lines] == list(names)
    for line, name in zip(lines, names, strict=True):
        cls = strategy_class(name)
        assert line.endswith(cls.idea + (" (baseline)" if cls.baseline else ""))


@pytest.mark.parametrize("name", strategy_names(baselines=True))
def test_a_strategy_is_shown_with_its_parameters(mmtui: Mmtui, name: str) -> None:
    ended = mmtui("strategies", "show", name)
    cls = strategy_class(name)
    assert ended.code == 0
    assert ended.out.startswith(f"{name}: {cls.idea}\n\n")
    assert (cls.__doc__ or "").splitlines()[0] in ended.out
    assert ":class:" not in ended.out
    lines = ended.out.splitlines()
    for param in params_of(cls):
        (line,) = [line for line in lines if line.startswith(f"{param.name} ") and line.endswith(param.about)]
        default = "auto" if param.default is None else str(param.default).lower()
        assert line.split()[1] == (default or '""')
        assert param.unit in line
    if not params_of(cls):
        assert lines[-1] == "It has no parameters."


def test_a_strategy_of_one_s_own_is_shown(mmtui: Mmtui, tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes()", more="    lots: int = 3\n")
    ended = mmtui("strategies", "show", spec)
    assert ended.out.splitlines() == [
        f"{spec}: a test",
        "",
        "parameter  default  unit  about",
        "lots       3",
    ]


def test_a_strategy_that_is_not_there_is_one_sentence(mmtui: Mmtui) -> None:
    ended = mmtui("strategies", "show", "skw")
    assert (ended.code, ended.out, ended.err) == (
        2,
        "",
        "Error: there is no strategy 'skw'; did you mean 'skew'?\n",
    )


@pytest.mark.parametrize("args", [[], ["show"]])
def test_help_has_examples(mmtui: Mmtui, args: list[str]) -> None:
    assert " ".join(["mmtui strategies", *args, ""]) in mmtui("strategies", *args, "--help").out.partition("Example")[2]

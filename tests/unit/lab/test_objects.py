"""Strategies as classes and instances, from a script, a notebook or a module."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import msgspec
import pytest

from mmtui import Quotes, Session, compare, load_level, run, sweep
from mmtui.errors import InputError, UnknownStrategyError
from mmtui.level.level import Level
from mmtui.session.result import Result
from mmtui.strategies.baselines.skew import Skew
from mmtui.strategies.protocol import MarketView, Strategy, param
from mmtui.strategies.registry import make, named


@dataclass
class Around(Strategy):
    """Quotes around the mid."""

    name = "around"
    idea = "a fixed half-spread"

    half_spread: float = param(1.0, "ticks", "distance of each quote", least=0.0)
    seen: list[int] = field(default_factory=list, init=False)

    def quote(self, view: MarketView) -> Quotes:
        self.seen.append(view.now_ns)
        return Quotes.around(view.mid, self.half_spread + len(self.seen) % 2, 1)


@pytest.fixture(scope="module")
def level() -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=10)


def bare(results: list[Result]) -> list[tuple[int, float, str]]:
    return [(result.seed, result.score, result.digest) for result in results]


def test_a_class_an_instance_and_a_text_are_the_same_strategy(level: Level) -> None:
    wide = run(level, Around(half_spread=3.0), [1, 2])
    assert [result.strategy for result in wide] == ["Around[half_spread=3.0]"] * 2
    assert bare(wide) == bare(run(level, (Around, {"half_spread": 3.0}), [1, 2]))
    assert bare(wide) != bare(run(level, Around, [1, 2]))
    ours, shipped = run(level, Skew(half_spread=2.0), [1]), run(level, "skew[half_spread=2]", [1])
    assert bare(ours) == bare(shipped)
    assert (ours[0].strategy, ours[0].params) == ("skew[half_spread=2.0]", shipped[0].params)


def test_each_session_has_an_instance_of_its_own(level: Level) -> None:
    instance = Around()
    first = run(level, [instance, Skew], [1, 2])
    assert instance.seen == []
    assert bare(run(level, [instance, Skew], [1, 2])) == bare(first)


@pytest.mark.slow
def test_processes_run_objects_as_this_one_does(level: Level) -> None:
    class Here(Around):
        """A class that no module has."""

        def quote(self, view: MarketView) -> Quotes:
            return Quotes.around(view.mid, level.normal.spread, 2)

    strategies = {"here": Here, "wide": Around(half_spread=4.0), "skew": "skew"}
    alone = run(level, strategies, range(1, 5), opponent=Around)
    assert run(level, strategies, range(1, 5), opponent=Around, jobs=2) == alone
    assert [result.strategy for result in alone[:3]] == ["here", "wide", "skew"]
    assert all(result.error is None and result.opponent is not None for result in alone)
    assert [row.strategy for row in compare(alone, strategies)][::6] == ["wide", "skew"]


@pytest.mark.slow
def test_a_session_and_a_sweep_take_objects(level: Level, tmp_path: Path) -> None:
    session = Session(level, 1, Around)
    session.advance(level.end_ns)
    assert session.result().digest == run(level, Around, [1])[0].digest
    points = [{"half_spread": 1.0}, {"half_spread": 2.0}]
    found = sweep(level, Around, points, range(1, 4), store=tmp_path)
    assert {point.strategy for point in found} == {"Around"}
    assert sweep(level, Around, points, range(1, 4), store=tmp_path) == found


def test_what_is_no_strategy_is_said(level: Level) -> None:
    one, other = Around(), Around()
    for strategies, words in (
        ([one, other], "two strategies are called Around: give them labels"),
        (3, "a strategy is a text, a class that extends Strategy or an instance, not 3"),
        ({"a=b": Around}, "a label is 40 letters"),
        (["one=skew", "one=fixed"], "two strategies are called one: expected each label once"),
        ((Around, {"width": 1}), "strategy Around has no parameter 'width'"),
        ((Around(), {"half_spread": -1}), "strategy Around: half_spread must be a number from 0"),
    ):
        with pytest.raises(UnknownStrategyError, match=words):
            run(level, strategies, [1])  # type: ignore[arg-type]
    assert make(named(Around(half_spread=2.0)), {"half_spread": "3"}).half_spread == 3.0  # type: ignore[attr-defined]


@pytest.mark.parametrize("seeds", [5, [-1], [1.5], "ab", range(-2, 3)])
def test_what_is_no_seed_is_said(level: Level, seeds: object) -> None:
    with pytest.raises(InputError, match="seeds: expected whole numbers from 0 on"):
        run(level, Around, seeds)  # type: ignore[arg-type]


def test_what_cannot_be_sent_is_said(level: Level) -> None:
    class Held(Around):
        """Has what no other process can have."""

        def __init__(self) -> None:
            super().__init__()
            self.lock = Lock()

        def __deepcopy__(self, memo: object) -> Held:
            return self

    with pytest.raises(InputError, match="strategy Held cannot be sent to another process: TypeError"):
        run(level, [Held(), "skew"], [1], jobs=2)


SCRIPT = """
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import my_helper
from mmtui import Quotes, Strategy, load_level, param, run
import msgspec

@dataclass
class Mine(Strategy):
    name = "mine"
    idea = "from a script"

    more: float = param(1.0, "ticks", "distance besides", least=0.0)
    size: int = 2

    def quote(self, view):
        return Quotes.around(view.mid, my_helper.WIDTH + self.more, self.size)

if __name__ == "__main__":
    level = msgspec.structs.replace(load_level("skew"), duration_s=5)
    results = run(level, [Mine, Mine(more=2.0), "skew"], range(1, 4), jobs=int(sys.argv[1]))
    print(*[result.digest for result in results], *[result.error for result in results if result.error])
"""


@pytest.mark.slow
def test_a_script_s_class_and_its_helper_run_in_processes(tmp_path: Path) -> None:
    (tmp_path / "my_helper.py").write_text("WIDTH = 2.0\n")
    (tmp_path / "script.py").write_text(SCRIPT)
    shown = [
        subprocess.run(
            [sys.executable, tmp_path / "script.py", jobs], capture_output=True, text=True, check=True
        ).stdout
        for jobs in "12"
    ]
    assert shown[0] == shown[1]
    assert len(shown[0].split()) == 9


# Files


FILE = """
from dataclasses import dataclass
from mmtui import Quotes, Strategy
{imports}

@dataclass
class Mine(Strategy):
    name = "mine"
    idea = "has a helper"

    def quote(self, view):
        {quote}
"""


def written(folder: Path, imports: str, quote: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mine.py").write_text(FILE.format(imports=imports, quote=quote))
    return f"{folder / 'mine.py'}:Mine"


@pytest.mark.slow
def test_a_file_imports_what_is_beside_it_and_two_files_each_their_own(level: Level, tmp_path: Path) -> None:
    quote = "return Quotes.around(view.mid, helper.width(), 1)"
    specs = []
    for name, width in (("one", 1), ("other", 5)):
        specs.append(written(tmp_path / name, "from parts import helper", quote))
        (tmp_path / name / "parts").mkdir()
        (tmp_path / name / "parts" / "__init__.py").touch()
        (tmp_path / name / "parts" / "helper.py").write_text(f"def width():\n    return {width}.0\n")
    found = run(level, specs, [1, 2])
    assert [result.error for result in found] == [None] * 4
    assert found[0].digest != found[1].digest
    assert run(level, specs, [1, 2], jobs=2) == found
    assert bare(run(level, specs[1], [1])) == bare([found[1]])
    assert not list(tmp_path.rglob("*.pyc"))
    # A helper that is changed is run anew.
    (tmp_path / "one" / "parts" / "helper.py").write_text("def width():\n    return 5.0\n")
    assert bare(run(level, specs[0], [1])) == bare([found[1]])


def test_a_module_that_is_not_there_is_said_with_where_and_what_to_do(level: Level, tmp_path: Path) -> None:
    spec = written(tmp_path, "import no_such_helper", "return Quotes()")
    with pytest.raises(
        UnknownStrategyError, match=r"No module named 'no_such_helper' \(mine.py, line 4\); put no_such_helper.py into"
    ):
        run(level, spec, [1])
    late = written(tmp_path, "", "import no_such_helper")
    (result,) = run(level, late, [1])
    assert str(result.error).endswith("or install no_such_helper where mmtui is")

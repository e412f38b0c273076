"""What a program is given: the names of the front door, and the README's example."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import mmtui
from mmtui import docs
from mmtui.errors import LevelError, UnknownStrategyError

ROOT = Path(__file__).parents[2]


def example_in(page: Path, at: int = 0) -> tuple[str, str]:
    """A piece of the page's Python, and what running it prints."""
    code = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[at]
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(code, str(page), "exec"), {"__name__": "__main__"})
    return code, shown.getvalue()


@pytest.mark.slow
def test_the_readme_s_example_works_as_written() -> None:
    code, shown = example_in(ROOT / "README.md")
    assert len([line for line in code.splitlines() if line]) <= 10
    position, *verdicts = shown.splitlines()
    assert re.fullmatch(r"-?\d+ \d+\.\d+", position)
    assert verdicts[0].startswith("skew is better than fixed: score +")


def test_the_lab_s_examples_work_as_written() -> None:
    _, shown = example_in(docs.FOLDER / "lab.md")
    verdict, pnl, fills = shown.splitlines()
    assert verdict.startswith("wide is ")
    assert len(pnl.split(",")) == 15
    assert fills.startswith("Columns: ")
    _, drawn = example_in(docs.FOLDER / "lab.md", 1)
    assert drawn.startswith("0:01  position ")


def test_every_name_is_there_and_documented() -> None:
    for name in mmtui._WHERE:
        assert getattr(mmtui, name).__doc__
        assert name in dir(mmtui)
    with pytest.raises(AttributeError, match="module 'mmtui' has no attribute 'luck'"):
        mmtui.luck  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_none_of_it() -> None:
    code = "import sys, mmtui; print(*[name for name in sys.modules if name.startswith('mmtui')])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["mmtui.compiled", "mmtui"]


def test_run_takes_names_and_levels_one_or_several() -> None:
    level = msgspec.structs.replace(mmtui.load_level("skew"), duration_s=2)
    one = mmtui.run(level, "skew", [7])
    assert [(result.level, result.strategy, result.seed) for result in one] == [("skew", "skew", 7)]
    several = mmtui.run([level], ["idle", ("skew", {"size": 1})], range(7, 9))
    assert [(result.strategy, result.seed) for result in several] == [
        ("idle", 7),
        ("skew", 7),
        ("idle", 8),
        ("skew", 8),
    ]
    assert several[1].params["size"] == 1
    with pytest.raises(LevelError, match="there is no level 'nowhere'"):
        mmtui.run("nowhere", "skew")
    with pytest.raises(UnknownStrategyError, match="there is no strategy 'nobody'"):
        mmtui.run(level, "nobody")

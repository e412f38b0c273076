"""The notebooks among the documentation run as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mmtui import docs

NOTEBOOKS = docs.FOLDER / "notebooks"
#: That which trains takes minutes; `.ci/run --all` runs it, as ``python -m tests.unit.test_notebooks``.
QUICK, LONG = ("first_strategy", "is_it_better"), ("train_an_agent",)


def code(name: str) -> str:
    """The code of a notebook, cell by cell, each cell's last value shown as a notebook would."""
    cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def test_every_notebook_is_known() -> None:
    assert sorted(path.stem for path in NOTEBOOKS.iterdir()) == sorted((*QUICK, *LONG))
    for name in (*QUICK, *LONG):
        compile(code(name), name, "exec")


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_it_runs(name: str, tmp_path: Path) -> None:
    """As a notebook's kernel would, in a module without a file."""
    subprocess.run([sys.executable, "-c", code(name)], cwd=tmp_path, check=True, capture_output=True)


if __name__ == "__main__":
    for long in LONG:
        subprocess.run([sys.executable, "-c", code(long)], check=True)

"""The engine runs without a terminal: importing its packages must not bring one in."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: The engine, and all that reads it without a screen.
PACKAGES = [
    "book",
    "market",
    "signals",
    "desk",
    "strategies",
    "level",
    "session",
    "observe",
    "career",
    "coach",
    "debrief",
    "report",
]

LIST_MODULES = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def imported(code: str, *arguments: str) -> set[str]:
    """The modules that a Python lists which has run some code."""
    command = [sys.executable, "-c", code, *arguments]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_lower_packages_bring_in_no_terminal_library(package: str) -> None:
    found = imported(LIST_MODULES, f"mmtui.{package}")
    assert "mmtui" in found
    assert not found & {"textual", "rich", "click"}


def test_first_frame_waits_for_no_numpy_and_no_other_screen() -> None:
    found = imported("import sys, mmtui.tui.app, mmtui.tui.engine; print(*sys.modules)")
    assert "mmtui.tui.screens.home" in found
    assert not found & {"numpy", "mmtui.session.session", "mmtui.tui.screens.floor"}


def test_a_level_and_its_session_wait_for_nothing_that_few_runs_need() -> None:
    found = imported("import sys, mmtui.level.level, mmtui.session.session; print(*sys.modules)")
    assert "mmtui.session.session" in found
    assert not found & {"importlib.metadata", "pandas", "pyarrow", "gymnasium", "multiprocessing"}

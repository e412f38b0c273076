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


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_lower_packages_bring_in_no_terminal_library(package: str) -> None:
    listing = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, f"mmtui.{package}"], capture_output=True, text=True, check=True
    )
    imported = set(listing.stdout.split())
    assert "mmtui" in imported
    assert not imported & {"textual", "rich", "click"}


def test_first_frame_waits_for_no_numpy_and_no_other_screen() -> None:
    listing = subprocess.run(
        [sys.executable, "-c", "import sys, mmtui.tui.app, mmtui.tui.engine; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(listing.stdout.split())
    assert "mmtui.tui.screens.home" in imported
    assert not imported & {"numpy", "mmtui.session.session", "mmtui.tui.screens.floor"}


def test_a_level_and_its_session_wait_for_nothing_that_few_runs_need() -> None:
    listing = subprocess.run(
        [sys.executable, "-c", "import sys, mmtui.level.level, mmtui.session.session; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(listing.stdout.split()) & {"importlib.metadata", "pandas", "pyarrow", "gymnasium", "multiprocessing"}

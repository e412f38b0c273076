"""The engine runs without a terminal: importing its rooms must not bring one in."""

from __future__ import annotations

import subprocess
import sys

import pytest

LIST_MODULES = """
import importlib, pkgutil, sys
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("room", ["book", "market", "signals", "desk", "strategies", "game"])
def test_lower_rooms_bring_in_no_terminal_library(room: str) -> None:
    listing = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, f"mmtui.{room}"], capture_output=True, text=True, check=True
    )
    imported = set(listing.stdout.split())
    assert "mmtui" in imported
    assert not imported & {"textual", "rich", "click"}


def test_first_frame_waits_for_no_numpy_and_no_other_screen() -> None:
    listing = subprocess.run(
        [sys.executable, "-c", "import sys, mmtui.tui.app, mmtui.tui.game_engine; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(listing.stdout.split())
    assert "mmtui.tui.screens.home" in imported
    assert not imported & {"numpy", "mmtui.session.session", "mmtui.tui.screens.floor"}

"""Pictures of screens, compared as SVG."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from mmtui.tui.app import MmtuiApp
from mmtui.tui.screens import home
from mmtui.tui.widgets import ladder


class SvgExtension(SingleFileSnapshotExtension):
    """One SVG file a picture."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> Callable[[MmtuiApp], bool]:
    """Whether the app's screen looks as it did; Rich numbers its SVG classes anew each time."""
    svg = snapshot.use_extension(SvgExtension)

    def same(app: MmtuiApp) -> bool:
        return re.sub(r"terminal-\d+-", "terminal-", app.export_screenshot(title="mmtui")) == svg

    return same


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the terminal that runs the tests."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(autouse=True)
def one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The home screen's pictures are the same at every commit."""
    monkeypatch.setattr(home, "program_version", lambda: "0.1.0")


@pytest.fixture(autouse=True)
def hands_rest_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ladder stands still after a key or the pointer until a test says that they rest, however slow the machine."""
    monkeypatch.setattr(ladder, "RESTS_S", 3600.0)

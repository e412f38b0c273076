"""Settings for every test."""

from __future__ import annotations

import gc
import os
import signal

import pytest
from hypothesis import settings

# A deadline would make tests depend on how fast the machine is. Everybody draws the same examples every time; a search
# for new ones is asked for: `pytest --hypothesis-profile=search tests/property`.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("same")

# Programs that tests start are sent Ctrl-C, which they would ignore if whoever started the tests made us ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)


# These are about terminals and signals as POSIX has them.
_POSIX = ["room/test_ssh.py", "tui/test_terminal.py", "unit/cli/test_interrupt.py"]
collect_ignore = [] if os.name == "posix" else _POSIX


def pytest_runtest_teardown() -> None:
    """Opening an app turns the collector of garbage off until the app's first frame, which a test may never come to."""
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody's own key, journals and settings are read or changed."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        os.environ[name] = str(tmp_path_factory.mktemp(name))

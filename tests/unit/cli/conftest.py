"""The program as a user runs it, on a level that lasts five seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mmtui.cli.main import main
from mmtui.level.level import level_path


@dataclass(frozen=True)
class Ended:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Mmtui = Callable[..., Ended]


@pytest.fixture
def mmtui(capsys: pytest.CaptureFixture[str]) -> Mmtui:
    def run(*args: object) -> Ended:
        capsys.readouterr()
        code = main([str(arg) for arg in args])
        shown = capsys.readouterr()
        return Ended(code, shown.out, shown.err)

    return run


def shortened(level_id: str, folder: Path, **changes: str) -> Path:
    """A file with the first five seconds of a shipped level, and other changes of text."""
    text = level_path(level_id).read_text()
    for old, new in {f'id = "{level_id}"': f'id = "{level_id}-short"', **changes}.items():
        assert old in text
        text = text.replace(old, new, 1)
    lines = ["duration_s = 5" if line.startswith("duration_s") else line for line in text.splitlines()]
    path = folder / f"{level_id}-short.toml"
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def short(tmp_path: Path) -> Path:
    return shortened("skew", tmp_path)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return shortened("first-quotes", tmp_path)

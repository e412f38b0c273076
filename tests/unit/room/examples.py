"""The examples of the protocol's page, run on the first seconds of a level."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from mmtui import docs
from mmtui.level.level import level_path

PAGE = docs.page("protocol")


def blocks(language: str) -> list[str]:
    """The page's blocks of a language."""
    return re.findall(rf"(?s)```{language}\n(.*?)```", PAGE)


def score_of_example(language: str, program: str, folder: Path) -> float:
    """What the first example of a language prints, run by a program."""
    text = re.sub(r"(?m)^duration_s = .*$", "duration_s = 5", level_path("skew").read_text())
    (folder / "skew.toml").write_text(text)
    mmtui = folder / "mmtui"
    mmtui.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mmtui "$1" "{folder}/skew.toml"\n')
    mmtui.chmod(0o755)
    (folder / "example").write_text(blocks(language)[0])
    done = subprocess.run(
        [program, folder / "example"],
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)

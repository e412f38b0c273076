"""The order books compared with ours, and the environments they live in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.ratios import asked


@dataclass(frozen=True)
class Rival:
    """A package of the index, pinned.

    Attributes:
        requirement: what pip installs.
        driver: the module of ``tests.benchmarks.drivers`` that plays the stream through it.
        target: how many times faster than it ours is meant to be; None where nothing is asked.
        note: what a reader of the table should know.
        python: the least Python it runs on.
        messages: how much of the stream it is given, None for all.
        compiled: the target of the compiled build, if that is another.
        more: what else pip installs with it.
        title: its name, for what the index does not have.
    """

    requirement: str
    driver: str
    target: float | None
    note: str
    python: tuple[int, int] = (3, 11)
    messages: int | None = None
    compiled: float | None = None
    more: tuple[str, ...] = ()
    title: str = ""

    @property
    def asked(self) -> float | None:
        """The target of the build that runs."""
        return asked(self.target, self.target if self.compiled is None else self.compiled)

    @property
    def name(self) -> str:
        """The package and its version, for people."""
        return self.title or self.requirement.split("[")[0].split("==")[0] + " " + self.requirement.split("==")[1]


RIVALS = (
    Rival("lightmatchingengine==2019.1.4", "lightmatchingengine", 2.5, "plain Python; reports each match twice"),
    Rival("cython-orderbook==0.1.2", "cython_orderbook", 2.5, "Cython; trades go to a log, none returned"),
    Rival("pyorderbook==0.4.9", "pyorderbook", 5.0, "plain Python; Decimal prices, orders numbered by uuid4"),
    Rival("order-matching[polars]==0.12.0", "order_matching", 150.0, "plain Python", messages=2_000),
    Rival("bourse==0.4.0", "bourse", 0.73, "Rust; trades returned as numbers", compiled=1.0),
    Rival("limit-order-book==2.0.0", "limit_order_book", 1.2, "C++ through ctypes; returns no trades"),
    Rival(
        "limit-order-book==3.1.0",
        "limit_order_book",
        None,
        "C++ behind a compiled binding; returns no trades; another Python",
        python=(3, 13),
        compiled=0.5,
    ),
)


class NotInstalled(Exception):  # noqa: N818 - an outcome to print, not a fault
    """A rival that cannot be had here, and why."""


def environment(rival: Rival, envs: Path) -> Path:
    """The Python of the rival's own environment, made when it is not there yet.

    Raises:
        NotInstalled: when no Python fits or pip fails; the message says which and why.
    """
    home = envs / rival.name.replace(" ", "-")
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = home / ".ready"
    if ready.exists():
        return python
    shutil.rmtree(home, ignore_errors=True)
    print(f"installing {rival.name} …", file=sys.stderr, flush=True)
    for command in (
        [_python(rival.python), "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", rival.requirement, *rival.more],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            complaint = done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}"
            raise NotInstalled(complaint.splitlines()[-1])
    ready.touch()
    return python


def _python(least: tuple[int, int]) -> str:
    """A Python of at least that version: this one, one on the path, or one of pyenv's."""
    if sys.version_info >= least:
        return sys.executable
    wanted = f"{least[0]}.{least[1]}"
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{wanted}.*/bin/python"))
    candidates = [shutil.which(f"python{wanted}"), *map(str, pyenv)]
    for candidate in candidates:
        if candidate and subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return candidate
    raise NotInstalled(f"needs Python {wanted}, which is not on this machine")

"""A flight simulator for market makers, in the terminal.

What a program needs of it is here, imported when it is asked for::

    from mmtui import Session, compare, load_level, run
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mmtui.compiled import use_compiled
from mmtui.version import __version__ as __version__

#: Which build runs: ``compiled``, or ``plain Python`` and why.
build = use_compiled()

if TYPE_CHECKING:
    from mmtui.lab.runs.run import run as run
    from mmtui.lab.statistics.compare import Comparison as Comparison
    from mmtui.lab.statistics.compare import compare as compare
    from mmtui.lab.sweeps.sweep import sweep as sweep
    from mmtui.learning.what_if import what_if as what_if
    from mmtui.level.level import Level as Level
    from mmtui.level.level import load_level as load_level
    from mmtui.session.journal import read_journal as read_journal
    from mmtui.session.result import Result as Result
    from mmtui.session.session import Session as Session
    from mmtui.strategies.protocol import Quotes as Quotes
    from mmtui.strategies.protocol import Strategy as Strategy


_WHERE = {
    "Level": "level.level",
    "load_level": "level.level",
    "Result": "session.result",
    "Session": "session.session",
    "run": "lab.runs.run",
    "Comparison": "lab.statistics.compare",
    "compare": "lab.statistics.compare",
    "sweep": "lab.sweeps.sweep",
    "read_journal": "session.journal",
    "what_if": "learning.what_if",
    "Quotes": "strategies.protocol",
    "Strategy": "strategies.protocol",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name from its module when it is first used, so that importing the package costs nothing."""
        where = _WHERE.get(name)
        if where is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{__name__}.{where}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """The names that can be asked for."""
    return sorted([*globals(), *_WHERE])

"""A flight simulator for market makers, in the terminal.

What a program needs of it is here, imported when it is asked for::

    from mmtui import Session, compare, load_level, run

A notebook may take all of them, ``from mmtui import *``. What a command does, a function of the same name does, or else
:func:`record` (play, headless), :func:`recorded` (replay and report), :func:`read_tape` (tape), :func:`published_rows`
(verify), :func:`level_ids` (levels) and :func:`strategy_names` (strategies).
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mmtui.compiled import use_compiled

#: Which build runs: ``compiled``, or ``plain Python`` and why.
build = use_compiled()

if TYPE_CHECKING:
    __version__: str
    from mmtui.book import Side as Side
    from mmtui.lab.backtest.backtest import backtest as backtest
    from mmtui.lab.backtest.measures import bars_of as bars_of
    from mmtui.lab.backtest.measures import measure as measure
    from mmtui.lab.backtest.measures import measure_pair as measure_pair
    from mmtui.lab.backtest.model import Setup as Setup
    from mmtui.lab.backtest.prices import read_prices as read_prices
    from mmtui.lab.fit.fit import fit_level as fit_level
    from mmtui.lab.research.calibrate import calibrate as calibrate
    from mmtui.lab.research.facts import facts as facts
    from mmtui.lab.research.facts import measure_days as measure_days
    from mmtui.lab.research.verify import published_rows as published_rows
    from mmtui.lab.runs.run import run as run
    from mmtui.lab.runs.run import stream as stream
    from mmtui.lab.statistics.compare import Comparison as Comparison
    from mmtui.lab.statistics.compare import compare as compare
    from mmtui.lab.sweeps.space import parse_axis as parse_axis
    from mmtui.lab.sweeps.space import points as points
    from mmtui.lab.sweeps.sweep import SweepPoint as SweepPoint
    from mmtui.lab.sweeps.sweep import sweep as sweep
    from mmtui.lab.tables.columns import Columns as Columns
    from mmtui.lab.tables.columns import Rows as Rows
    from mmtui.lab.tables.parquet import write_dataset as write_dataset
    from mmtui.lab.tables.parquet import write_parquet as write_parquet
    from mmtui.lab.tapes.reading import TapeSource as TapeSource
    from mmtui.lab.tapes.reading import read_tape as read_tape
    from mmtui.learning.what_if import what_if as what_if
    from mmtui.level.level import Level as Level
    from mmtui.level.level import level_ids as level_ids
    from mmtui.level.level import load_level as load_level
    from mmtui.report.recording import Recording as Recording
    from mmtui.report.recording import record as record
    from mmtui.report.recording import recorded as recorded
    from mmtui.session.journal import read_journal as read_journal
    from mmtui.session.result import Result as Result
    from mmtui.session.session import Session as Session
    from mmtui.strategies.excluding_own import others_mid as others_mid
    from mmtui.strategies.policies.observation import Observer as Observer
    from mmtui.strategies.policies.policy import Policy as Policy
    from mmtui.strategies.protocol import MarketView as MarketView
    from mmtui.strategies.protocol import Quotes as Quotes
    from mmtui.strategies.protocol import Strategy as Strategy
    from mmtui.strategies.protocol import param as param
    from mmtui.strategies.registry import strategy_names as strategy_names


#: The names by what they are for, and where each is.
_WHERE = {
    # Levels
    "Level": "level.level",
    "level_ids": "level.level",
    "load_level": "level.level",
    # Strategies
    "MarketView": "strategies.protocol",
    "Quotes": "strategies.protocol",
    "Strategy": "strategies.protocol",
    "param": "strategies.protocol",
    "others_mid": "strategies.excluding_own",
    "Observer": "strategies.policies.observation",
    "Policy": "strategies.policies.policy",
    "strategy_names": "strategies.registry",
    "Side": "book",
    # Sessions
    "Session": "session.session",
    "Result": "session.result",
    "Recording": "report.recording",
    "record": "report.recording",
    "recorded": "report.recording",
    "read_journal": "session.journal",
    "what_if": "learning.what_if",
    # Runs
    "run": "lab.runs.run",
    "stream": "lab.runs.run",
    "Comparison": "lab.statistics.compare",
    "compare": "lab.statistics.compare",
    "SweepPoint": "lab.sweeps.sweep",
    "parse_axis": "lab.sweeps.space",
    "points": "lab.sweeps.space",
    "sweep": "lab.sweeps.sweep",
    "Columns": "lab.tables.columns",
    "Rows": "lab.tables.columns",
    "write_dataset": "lab.tables.parquet",
    "write_parquet": "lab.tables.parquet",
    # Recorded prices and books
    "Setup": "lab.backtest.model",
    "backtest": "lab.backtest.backtest",
    "bars_of": "lab.backtest.measures",
    "measure": "lab.backtest.measures",
    "measure_pair": "lab.backtest.measures",
    "read_prices": "lab.backtest.prices",
    "TapeSource": "lab.tapes.reading",
    "read_tape": "lab.tapes.reading",
    "fit_level": "lab.fit.fit",
    # Checks
    "calibrate": "lab.research.calibrate",
    "facts": "lab.research.facts",
    "measure_days": "lab.research.facts",
    "published_rows": "lab.research.verify",
}
__all__ = [*_WHERE]  # noqa: PLE0604 - texts


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name from its module when it is first used, so that importing the package costs nothing."""
        if name == "__version__":
            return import_module("mmtui.version").program_version()
        where = _WHERE.get(name)
        if where is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{__name__}.{where}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """The names that can be asked for."""
    return sorted([*globals(), *_WHERE])

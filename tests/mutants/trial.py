"""Tries one mutant: a process of its own imports the changed source, and nothing on the disk is touched."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from multiprocessing import get_context
from multiprocessing.connection import Connection
from signal import Signals
from types import CodeType, ModuleType
from typing import NamedTuple

import pytest
from hypothesis import Phase, settings

from tests.mutants.mutant import Mutant

#: Seconds of the processor's time that the tests of a mutant may take: several times what those of the slowest list
#: do. It is not elapsed time, so that a loaded machine changes nothing.
CPU_S = 60
#: Bytes that a process may use, for mutants that never stop collecting.
MEMORY = 2 << 30
#: Seconds after which a process that neither computes nor ends is taken to hang.
HANG_S = 1_800.0

# A counterexample is enough, it need not be the shortest.
settings.register_profile("mutants", deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])


_OPTIONS = (
    "-x",
    "-q",
    *("-p", "no:cacheprovider"),
    *("-p", "no:xdist"),
    "--hypothesis-profile=mutants",
    # The process has its libraries from the server that it was forked from.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


class Verdict(NamedTuple):
    """What became of a mutant.

    Attributes:
        by: the first test that failed, or what else gave it away; empty if nothing did.
        trouble: why the trial says nothing; empty if it does.
    """

    by: str
    trouble: str = ""


class Planter(MetaPathFinder):
    """Imports one module from the source of its mutant.

    Attributes:
        planted: whether it has been imported.
    """

    def __init__(self, mutant: Mutant) -> None:
        self.planted = False
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's usual spec with a loader that changes the source; None of any other module."""
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            self.planted = True
            spec.loader = _Loader(fullname, spec.origin, self._mutant.source())
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        """The changed source, compiled anew: a cached one would be the original."""
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _FirstFailure:
    """A plugin that keeps the name of the first test that fails."""

    def __init__(self) -> None:
        self.test = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.test:
            self.test = report.nodeid


def trial(tests: Sequence[str], mutant: Mutant | None) -> Verdict:
    """Run tests, up to the first that fails, in a new process with a mutant, or with none."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(tuple(tests), mutant, sender))
    process.start()
    sender.close()
    try:
        if not receiver.poll(HANG_S):
            process.kill()
        verdict: Verdict = receiver.recv()
    except EOFError:
        process.join()
        code = process.exitcode or 0
        verdict = Verdict(f"ended by {Signals(-code).name}") if code < 0 else Verdict("", f"exit code {code}")
    process.join()
    return verdict


def _run(tests: tuple[str, ...], mutant: Mutant | None, sender: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, 2 * CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silence, stream)
    planter = None if mutant is None else Planter(mutant)
    if planter is not None:
        sys.meta_path.insert(0, planter)
    failure = _FirstFailure()
    code = pytest.main([*_OPTIONS, *tests], plugins=[failure])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or bool(code) != bool(failure.test):
        sender.send(Verdict("", f"pytest ended with exit code {int(code)}"))
    elif planter is not None and not planter.planted:
        sender.send(Verdict("", "the tests do not import the module"))
    else:
        sender.send(Verdict(failure.test))

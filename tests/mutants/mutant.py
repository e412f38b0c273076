"""A mutant: one line of one module, changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Mutant(NamedTuple):
    """A fault to plant.

    Attributes:
        name: what goes wrong.
        module: the module it is in.
        original: the code it replaces, which occurs exactly once in the module.
        replacement: the faulty code.
        tests: the files and folders of tests that are to notice, the nearest first.
    """

    name: str
    module: str
    original: str
    replacement: str
    tests: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The module's file."""
        return ROOT / f"{self.module.replace('.', '/')}.py"

    def source(self) -> str:
        """The module's source with the fault. Raises ValueError where the original does not occur exactly once."""
        text = self.path.read_text("utf-8")
        if (found := text.count(self.original)) != 1:
            raise ValueError(f"{self.name}: {self.original!r} occurs {found} times in {self.module}, not once")
        return text.replace(self.original, self.replacement)


def mutants(module: str, tests: Sequence[str], faults: Mapping[str, tuple[str, str]]) -> list[Mutant]:
    """Mutants of one module: by name, the original and the replacement."""
    return [Mutant(name, module, *change, tuple(tests)) for name, change in faults.items()]

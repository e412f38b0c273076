"""The faults that ``python -m tests.mutants`` plants: each is one that can be, in the code as it is now."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants.faults import MUTANTS
from tests.mutants.mutant import ROOT, Mutant


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_can_be_planted(mutant: Mutant) -> None:
    source = mutant.source()
    assert source != mutant.path.read_text("utf-8")
    compile(source, str(mutant.path), "exec")
    assert all((ROOT / test.partition("::")[0]).exists() for test in mutant.tests)


def test_there_are_enough_and_each_has_a_name() -> None:
    assert len(MUTANTS) >= 120
    assert [name for name, number in Counter(mutant.name for mutant in MUTANTS).items() if number > 1] == []

"""The mutants, by what they are planted in."""

from __future__ import annotations

from tests.mutants.faults import book, desk, market, score, strangers, strategy, venue
from tests.mutants.mutant import Mutant

MUTANTS: list[Mutant] = [
    *book.MUTANTS,
    *market.MUTANTS,
    *venue.MUTANTS,
    *desk.MUTANTS,
    *score.MUTANTS,
    *strategy.MUTANTS,
    *strangers.MUTANTS,
]

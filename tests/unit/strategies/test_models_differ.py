"""The models of inventory are not one model under three names."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from mmtui.level.level import load_level
from mmtui.session.session import Session
from mmtui.strategies.quoter import targets
from mmtui.strategies.registry import make
from mmtui.units import NS_PER_S

MODELS = ("avellaneda-stoikov", "glft", "cartea-jaimungal")
SEEDS = (1, 2, 3)


@pytest.mark.slow
def test_on_skew_each_two_models_quote_other_prices_in_a_fifth_of_the_seconds() -> None:
    """Asked in the same market at the same position, that of *fixed*, which wanders as far as the limit."""
    level = load_level("skew")
    apart: Counter[tuple[str, str]] = Counter()
    seconds = 0
    for seed in SEEDS:
        session = Session(level, seed, "fixed", ends_on_failure=True)
        models = {name: make(name) for name in MODELS}
        for now_ns in range(NS_PER_S, level.end_ns, NS_PER_S):
            session.advance(now_ns)
            view = session.maker.view
            prices = {
                name: [target and target.price for target in targets(model.quote(view), view)]
                for name, model in models.items()
            }
            seconds += 1
            apart.update(pair for pair in combinations(MODELS, 2) if prices[pair[0]] != prices[pair[1]])
    for pair in combinations(MODELS, 2):
        assert apart[pair] > seconds / 5, pair


@pytest.mark.slow
def test_left_alone_on_skew_the_more_a_model_fears_a_position_the_less_it_holds() -> None:
    held = []
    for name in MODELS:
        total = 0.0
        for seed in SEEDS:
            level = load_level("skew")
            session = Session(level, seed, name, ends_on_failure=True)
            session.advance(level.end_ns)
            total += session.maker.desk.mean_abs(level.end_ns)
        held.append(total / len(SEEDS))
    assert held[0] > 1.1 * held[1] > 1.1 * 1.1 * held[2]

"""Recipes: where each part of one puts the quotes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmtui.strategies.baselines.recipe import Recipe
from mmtui.strategies.protocol import Quotes
from tests.unit.strategies.fake_view import US, market

RULES = replace(US, min_size=2, max_width=12, normal_spread=4.0)


@pytest.mark.parametrize(
    ("recipe", "position", "expected"),
    [
        (Recipe(width=0.5), 0, (98, 102)),
        (Recipe(width=0.0), 0, (98, 102)),
        # As wide as counts: half of twelve ticks less two.
        (Recipe(width=1e6), 0, (95, 105)),
        (Recipe(adding=0.5), 3, (96, 102)),
        (Recipe(adding=1e6), -3, (98, 105)),
        (Recipe(skew=0.25), 4, (96, 100)),
        (Recipe(ahead=True), 1, (98, 101)),
        (Recipe(ahead=True), -1, (99, 102)),
    ],
)
def test_each_part_of_a_recipe_moves_the_quotes_as_it_says(
    recipe: Recipe, position: int, expected: tuple[int, int]
) -> None:
    quotes = recipe.quote(market(98, 102, position=position, rules=RULES))
    assert (quotes.bid, quotes.ask) == expected


def test_the_size_is_a_share_of_the_usual_one_and_never_below_what_counts() -> None:
    rules = replace(RULES, position_limit=100, max_order=50)
    sizes = [Recipe(share=share).quote(market(98, 102, rules=rules)).bid_size for share in (0.0, 0.5, 1.0)]
    assert sizes == [2, 5, 10]


def test_it_follows_the_move_of_ten_seconds_up_to_a_spread() -> None:
    view, recipe = market(98, 102, rules=RULES), Recipe(follow=0.5)
    assert recipe.quote(view) == Quotes(98, 102, 2, 2)
    for at_s, price, shift in ((5, 102, 1), (9, 140, 4), (14, 140, 4), (19.5, 140, 0)):
        view = market(price - 2, price + 2, rules=RULES)
        view.now_ns = round(at_s * 1e9)
        quotes = recipe.quote(view)
        assert (quotes.bid, quotes.ask) == (price - 2 + shift, price + 2 + shift)

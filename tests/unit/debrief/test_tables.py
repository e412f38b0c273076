"""The tables of a debrief: what they hold is the debrief's, and each value is written in one way."""

from __future__ import annotations

import re
from typing import get_args

import msgspec
import numpy as np
import pytest

from mmtui.debrief import tables
from mmtui.debrief.markouts import GROUPS
from mmtui.debrief.model import Rank, Ranking, ScorePart, WithoutMaker
from mmtui.desk.desk import PnL
from mmtui.market.book_market import ParticipantKind
from mmtui.session.result import Opposition
from mmtui.session.score import STARS, next_star
from tests.unit.debrief.test_debrief import PLAYED, played

NOBODY = WithoutMaker([], [], 788, 2.31, 100.14)


@pytest.mark.parametrize(
    ("value", "kind", "text", "short"),
    [
        (None, "ticks", "·", "·"),
        ("front", "count", "front", "front"),
        (83_400_000_000, "time", "01:23.4", "01:23.4"),
        (8, "count", "8", "8"),
        (53.04, "points", "53.0", "53.0"),
        (0.4, "weight", "× 0.40", "× 0.40"),
        (21.2, "product", "= 21.2", "= 21.2"),
        (0.0114, "share", "1.1%", "1%"),
        (0.42, "seconds", "0.4 s", "0.4 s"),
        (-1234.5, "money", "-1,234.50", "-1,234"),
        (0.0, "money", "0.00", "0"),
        (-0.421, "ticks", "-0.42", "-0.42"),
    ],
)
def test_values_are_written_by_their_kind(
    value: tables.CellValue, kind: tables.ValueKind, text: str, short: str
) -> None:
    assert tables.written(value, kind) == text
    assert tables.written(value, kind, short=True) == short


@pytest.mark.parametrize("name", PLAYED)
def test_terms_of_the_pnl_add_up_to_it(name: str) -> None:
    found = played(name)[2]
    terms = tables.pnl_terms(found.result.pnl)
    assert sum(term.effect for term in terms) == pytest.approx(found.result.pnl.total)
    bars = found.seconds.stack(-1)
    assert {term.name: term.effect for term in terms} == pytest.approx(
        {part: tip - base for part, (base, tip) in bars.items()}
    )
    assert sum(tip - base for base, tip in bars.values()) == pytest.approx(found.seconds.total[-1])


def test_terms_of_the_pnl_add_up_as_they_are_shown() -> None:
    """Two halves of a hundredth would each be rounded up."""
    terms = tables.pnl_terms(PnL(total=7952.57, spread=3721.785, position=4230.785, hedge=0.0, fees=0.0))
    shown = [float(term.text().replace(",", "")) for term in terms]
    assert round(sum(shown), 2) == 7952.57
    assert shown == pytest.approx([3721.785, 4230.785, 0.0, 0.0], abs=0.01)


@pytest.mark.parametrize(("own", "told"), [(16.04, "lost by 66.8"), (82.8, "won by 0.0"), (90.06, "won by 7.3")])
def test_the_gap_of_a_duel_is_that_of_the_scores_beside_it(own: float, told: str) -> None:
    found = played(next(iter(PLAYED)))[2].result
    other = Opposition(strategy="skew", score=82.76, parts={}, stars=0, pnl=0.0, position=0, fills=0)
    result = msgspec.structs.replace(found, score=own, opponent=other)
    assert tables.duel(result).note == told


@pytest.mark.parametrize("name", PLAYED)
def test_tables_of_a_report_are_full_and_none_is_empty(name: str) -> None:
    found = played(name)[2]
    without = [table.title for table in tables.sections(found, None)]
    ranking = Ranking((Rank("skew", 88.0, 3, 612.0, 4.1, 0.61), Rank(None, 71.4, 2, 412.5, 8.2, None)), 0.0, NOBODY)
    sections = list(tables.sections(found, ranking))
    assert [table.title for table in sections if table.title != "The same tape"] == without
    for table in sections:
        assert table.rows
        assert {len(row) for row in table.texts()} == {len(table.columns)}
    (ranks,) = (table for table in sections if table.title == "The same tape")
    assert [row[0] for row in ranks.texts()] == ["skew", "▸ you"]
    assert "".join(ranks.sentences[1]).startswith("Without you the market traded 788 times instead of ")


def test_markouts_are_in_groups_of_their_criterion() -> None:
    found = played("skew")[2]
    table = tables.markouts(found)
    assert [found.markouts[row].by for row in (0, *table.starts)] == list(GROUPS)


def test_every_group_of_fills_has_a_name() -> None:
    for group in ("all", "buy", "sell", "manual", "strategy", *get_args(ParticipantKind)):
        assert re.fullmatch(r"[a-z ]{3,}", tables.group_name(group))


def test_numbers_of_a_formula_have_no_needless_zeros() -> None:
    part = ScorePart("pnl", 0.4, 50.0, "", {"pnl": -2855.5, "par": 40.0, "presence": 0.853343, "markout": None})
    assert tables.numbers(part) == "pnl -2,855.5, par 40, presence 0.8533, markout none"


@pytest.mark.parametrize(("total", "missing"), [(0.0, 50.0), (49.5, 0.5), (50.0, 20.0), (84.0, 1.0), (85.0, None)])
def test_the_next_star_is_at_the_next_threshold(total: float, missing: float | None) -> None:
    assert STARS == (50.0, 70.0, 85.0)
    assert next_star(total) == missing


def test_points_by_weight_add_up_to_the_score_that_is_shown() -> None:
    weights = {"pnl": 0.2, "inventory": 0.2, "markout": 0.35, "presence": 0.25}
    rng, differed = np.random.default_rng(7), 0
    for _ in range(200):
        points = dict(zip(weights, rng.uniform(0, 100, 4).tolist(), strict=True))
        score = sum(points[name] * weight for name, weight in weights.items())
        result = msgspec.structs.replace(played("skew")[2].result, parts=points, score=score)
        products = tables.products(result, weights)
        assert f"{sum(products.values()):.1f}" == f"{score:.1f}"
        assert all(abs(products[name] - points[name] * weight) < 0.1 for name, weight in weights.items())
        differed += any(f"{products[name]:.1f}" != f"{points[name] * weight:.1f}" for name, weight in weights.items())
    # Rounded each by itself they would often not.
    assert differed > 20


@pytest.mark.parametrize(
    ("hedge", "told"), [(0.0, "what you held made -300"), (250.0, "what you held made -50.00, hedges counted")]
)
def test_what_was_held_beside_par_has_its_hedges(hedge: float, told: str) -> None:
    found = played(next(iter(PLAYED)))[2]
    pnl = PnL(total=hedge - 200.0, spread=100.0, position=-300.0, hedge=hedge, fees=0.0)
    result = msgspec.structs.replace(found.result, pnl=pnl, par=1e6)
    table = tables.mistakes(msgspec.structs.replace(found, result=result))
    assert told in "".join("".join(sentence) for sentence in table.sentences)

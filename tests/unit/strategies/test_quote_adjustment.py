"""Hysteresis, and how an adjustment changes quotes."""

from __future__ import annotations

import math

import pytest

from mmtui.signals.hysteresis import Hysteresis
from mmtui.strategies.defences.quote_adjustment import QuoteAdjustment
from mmtui.strategies.protocol import Quotes

WANTED = Quotes(98.0, 101.0, 10, 8, reservation=99.5)
MID = 100.0


def test_hysteresis_holds_between_its_levels() -> None:
    hysteresis = Hysteresis(2.0, 1.4)
    measures = [0.0, 1.9, 2.0, 1.5, 1.4, 1.3, 1.9, 5.0, math.nan, 0.0]
    assert [hysteresis.update(measure) for measure in measures] == [
        *(False, False, True, True, True, False, False, True, True, False)
    ]


def test_hysteresis_of_one_level_is_a_threshold() -> None:
    hysteresis = Hysteresis(1.0, 1.0)
    assert [hysteresis.update(measure) for measure in (1.0, 0.99, 1.0)] == [True, False, True]


@pytest.mark.parametrize(("on", "off"), [(1.0, 1.1), (math.nan, 0.0)])
def test_hysteresis_upside_down_is_refused(on: float, off: float) -> None:
    with pytest.raises(ValueError, match="off must be at most on"):
        Hysteresis(on, off)


def test_a_new_adjustment_changes_nothing() -> None:
    assert QuoteAdjustment().apply(WANTED, MID) == WANTED
    assert QuoteAdjustment().apply(Quotes(99.0, None, 1, 0), MID) == Quotes(99.0, None, 1, 0, reservation=MID)


def test_hedges_stay_as_they_were_wanted() -> None:
    assert QuoteAdjustment(lean=2.0, bid=False).apply(Quotes(99, 101, 1, 1, hedges={"F": -3}), MID).hedges == {"F": -3}


def test_widths_are_about_the_reservation_price_and_lean_about_the_mid() -> None:
    adjustment = QuoteAdjustment(lean=3.0, bid_width=2.0)
    # The reservation price was half a tick below the mid and is three halves; the bid was 1.5 below it.
    assert adjustment.apply(WANTED, MID) == Quotes(98.5 - 3.0, 98.5 + 1.5, 10, 8, reservation=98.5)


def test_shift_moves_both_and_a_step_back_one() -> None:
    quotes = QuoteAdjustment(shift=0.75, ask_back=0.5).apply(WANTED, MID)
    assert quotes == Quotes(98.75, 102.25, 10, 8, reservation=100.25)
    assert QuoteAdjustment(bid_back=0.5).apply(WANTED, MID).bid == 97.5


def test_factors_of_several_rules_multiply_and_sizes_are_rounded_once() -> None:
    adjustment = QuoteAdjustment()
    adjustment.widen(2.0)
    adjustment.widen(1.5)
    adjustment.shrink(0.7)
    adjustment.shrink(0.7)
    assert adjustment.apply(WANTED, MID) == Quotes(95.0, 104.0, 5, 4, reservation=99.5)


def test_no_size_is_cut_below_the_least_nor_raised_to_it() -> None:
    adjustment = QuoteAdjustment(bid_size=0.01, ask_size=0.01)
    cut = adjustment.apply(WANTED, MID, least=9)
    assert (cut.bid_size, cut.ask_size) == (9, 8)
    assert adjustment.apply(WANTED, MID, least=0).bid_size == 1
    assert adjustment.apply(Quotes(99, 101, 0, 5), MID).bid_size == 0


def test_withdrawn_side_has_no_quote() -> None:
    quotes = QuoteAdjustment(bid=False).apply(WANTED, MID)
    assert (quotes.bid, quotes.ask) == (None, 101.0)
    assert QuoteAdjustment(ask=False).apply(WANTED, MID).ask is None


def test_widest_brings_both_sides_closer_in_proportion() -> None:
    adjustment = QuoteAdjustment(bid_width=4.0, ask_width=2.0)  # 6 below and 3 above.
    assert adjustment.apply(WANTED, MID, widest=9.0).bid == 93.5
    assert adjustment.apply(WANTED, MID, widest=6.0) == Quotes(95.5, 101.5, 10, 8, reservation=99.5)
    assert QuoteAdjustment(bid_width=4.0, ask=False).apply(WANTED, MID, widest=6.0).bid == 93.5


def test_price_below_zero_becomes_zero() -> None:
    quotes = QuoteAdjustment(shift=-200.0).apply(WANTED, MID)
    assert (quotes.bid, quotes.ask) == (0.0, 0.0)

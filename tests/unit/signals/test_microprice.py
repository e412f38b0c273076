"""The microprice."""

from __future__ import annotations

from mmtui.signals.microprice import microprice


def test_equal_sizes_give_the_mid() -> None:
    assert microprice(99, 7, 102, 7) == 100.5


def test_it_leans_toward_the_thinner_side() -> None:
    assert microprice(99, 30, 101, 10) == 100.5
    assert microprice(99, 10, 101, 30) == 99.5


def test_one_empty_side_puts_it_at_that_sides_price() -> None:
    assert microprice(99, 5, 101, 0) == 101.0


def test_no_lots_at_all_give_the_mid() -> None:
    assert microprice(99, 0, 102, 0) == 100.5

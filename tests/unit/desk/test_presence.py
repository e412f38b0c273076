"""Presence on cases worked by hand."""

from __future__ import annotations

import pytest

from mmtui.desk import Presence


def test_nobody_is_present_before_quoting() -> None:
    presence = Presence(10, 2)
    assert not presence.quoting
    assert presence.share(0) == presence.share(100) == 0.0


def test_time_counts_while_both_sides_are_quoted() -> None:
    presence = Presence(4, 2, now_ns=100)
    presence.update(120, 98, 2, 102, 2)
    presence.update(150, 98, 2, None, 0)
    assert presence.share(200) == 0.3
    presence.update(180, 99, 5, 102, 5)
    assert presence.share(200) == 0.5


def test_time_in_which_nothing_is_owed_counts_neither_way() -> None:
    presence = Presence(4, 2)
    presence.owe(10, False)
    presence.update(10, 98, 2, 102, 2)
    presence.owe(20, True)
    # Ten without a quote, ten that are not owed, ten with one.
    assert presence.share(30) == 0.5
    presence.owe(30, False)
    presence.update(40, None, 0, None, 0)
    assert presence.share(50) == 0.5


def test_reading_the_share_does_not_change_it() -> None:
    presence = Presence(4, 2)
    presence.update(0, 98, 2, 102, 2)
    assert [presence.share(10), presence.share(10), presence.share(20)] == [1.0, 1.0, 1.0]


def test_a_quote_at_the_very_start_counts_at_once() -> None:
    presence = Presence(None, 1)
    presence.update(0, 98, 1, 102, 1)
    assert presence.share(0) == 1.0


@pytest.mark.parametrize(
    ("bid", "bid_size", "ask", "ask_size", "counts"),
    [
        (98, 2, 102, 2, True),
        (98, 2, 103, 2, False),
        (98, 1, 102, 2, False),
        (98, 2, 102, 1, False),
        (None, 0, 102, 2, False),
        (98, 2, None, 0, False),
        (None, 0, None, 0, False),
    ],
    ids=["widest", "too wide", "small bid", "small ask", "no bid", "no ask", "nothing"],
)
def test_a_quote_counts_within_the_width_and_size(
    bid: int | None, bid_size: int, ask: int | None, ask_size: int, counts: bool
) -> None:
    presence = Presence(4, 2)
    presence.update(0, bid, bid_size, ask, ask_size)
    assert presence.quoting is counts
    assert presence.share(50) == float(counts)


def test_without_a_width_any_width_counts() -> None:
    presence = Presence(None, 1)
    presence.update(0, 1, 1, 100_000, 1)
    assert presence.quoting


def test_without_a_least_size_no_lots_is_still_no_quote() -> None:
    presence = Presence(None, 0)
    presence.update(0, 98, 0, 102, 1)
    assert not presence.quoting


def test_the_width_that_counts_may_change() -> None:
    presence = Presence(4, 2)
    presence.update(0, 97, 2, 103, 2)
    presence.oblige(6)
    presence.update(10, 97, 2, 103, 2)
    assert presence.quoting
    presence.oblige(4)
    presence.update(30, 97, 2, 103, 2)
    # Twenty of forty: from the update after each change.
    assert (presence.quoting, presence.share(40)) == (False, 0.5)

"""A tape checked and put into lots block by block is the tape checked and put into lots as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np
import pytest

from mmtui.market.tape.lives import check_lives, in_lots, stream_lives, stream_lots
from mmtui.market.tape.lobster import Faults, Messages


def drawn(count: int, seed: int) -> Messages:
    """Messages about few orders, so that many do not fit, or follow what did not."""
    draw = np.random.default_rng(seed)
    columns = [
        np.arange(1, count + 1),
        np.sort(draw.integers(0, 10**9, count)),
        draw.integers(1, 6, count),
        draw.integers(1, 12, count),
        draw.integers(1, 30, count),
        draw.integers(100, 102, count),
        np.ones(count, dtype=np.int64),
    ]
    return Messages(*columns)


def in_blocks(messages: Messages, size: int) -> Iterator[Messages]:
    return (messages.take(slice(at, at + size)) for at in range(0, len(messages), size))


def assert_same(one: Messages, other: Messages) -> None:
    for column in fields(Messages):
        assert np.array_equal(getattr(one, column.name), getattr(other, column.name)), column.name


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize("seed", range(5))
def test_blocks_are_checked_as_the_whole_is(size: int, seed: int) -> None:
    whole, parts = Faults("", lenient=True), Faults("", lenient=True)
    messages = drawn(400, seed)
    wanted = check_lives(messages, whole)
    assert 50 < len(wanted) < len(messages)
    assert_same(wanted, Messages.join(list(stream_lives(in_blocks(messages, size), parts))))
    assert whole.skipped == parts.skipped


@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize("seed", range(5))
def test_blocks_are_put_into_lots_as_the_whole_is(size: int, seed: int) -> None:
    messages = check_lives(drawn(400, seed), Faults("", lenient=True))
    assert_same(in_lots(messages, 4), Messages.join(list(stream_lots(in_blocks(messages, size), 4))))

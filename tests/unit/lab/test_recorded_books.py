"""A made day in the formats of orders: the book after each of its messages is the one that was kept beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.lab.tapes import TapeSource, read_tape
from mmtui.lab.tapes.formats.known import Choice
from mmtui.lab.tapes.formats.rows import CROSS, EXECUTE, HIDDEN, NEW
from mmtui.lab.tapes.reading import Tape, replay
from tests.order_flow import CENT, OPEN_NS, Queues, Step, databento, day, hftbacktest, itch


def books_of(tape: Tape) -> list[tuple[int, Queues]]:
    """The book after each line of a tape, its prices in ten-thousandths."""
    found = []
    for line, book in replay(tape):
        queues: Queues = {}
        for side in (Side.BUY, Side.SELL):
            for level in book.ladder.sorted(side):
                queues[int(side), level.price * tape.units.tick] = list(level.queue.values())
        found.append((line, queues))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("write", [itch, hftbacktest, databento])
def test_the_book_of_a_recording_is_the_days_after_every_message(
    tmp_path: Path, write: Callable[[Path, Sequence[Step]], None]
) -> None:
    steps, wanted = day(3_000, seed=20)
    path = tmp_path / ("day.npz" if write is hftbacktest else "day")
    write(path, steps)
    tape = read_tape(TapeSource(messages=path, choice=Choice(instrument="MADE" if write is itch else None)))
    assert not tape.skipped
    # A replacement is two messages, so that some books come between; a print changes none.
    seen = iter(books for _, books in books_of(tape))
    for number, (step, book) in enumerate(zip(steps, wanted, strict=True)):
        if step.what not in ("hidden", "cross"):
            assert book in seen, f"step {number}: {step}"
    traded = {kind: int(tape.messages.sizes[tape.messages.kinds == kind].sum()) for kind in (EXECUTE, HIDDEN, CROSS)}
    assert traded == {
        EXECUTE: sum(step.lots for step in steps if step.what.startswith("execute")),
        HIDDEN: sum(step.lots for step in steps if step.what == "hidden"),
        CROSS: sum(step.lots for step in steps if step.what == "cross"),
    }
    placed = sum(step.what in ("add", "replace") for step in steps)
    assert int((tape.messages.kinds == NEW).sum()) == placed


def test_the_side_of_hidden_orders_which_itch_does_not_tell_is_that_of_the_nearer_best_price(tmp_path: Path) -> None:
    book = [Step(OPEN_NS, "add", 1, 0, 1, 99 * CENT, 5), Step(OPEN_NS, "add", 2, 0, -1, 103 * CENT, 5)]
    hidden = [Step(OPEN_NS + at, "hidden", 0, 0, 1, at * CENT, 1) for at in (100, 101, 102, 103)]
    itch(tmp_path / "day", [*book, *hidden])
    tape = read_tape(TapeSource(messages=tmp_path / "day", choice=Choice(instrument="MADE")))
    assert tape.messages.sides[tape.messages.kinds == HIDDEN].tolist() == [1, 1, -1, -1]


def test_a_part_of_a_day_without_a_directory_waits_for_the_stock_that_is_named(tmp_path: Path) -> None:
    steps, _ = day(50, seed=3)
    itch(tmp_path / "day", steps)
    whole = (tmp_path / "day").read_bytes()
    part = tmp_path / "part"
    # A message of the other stock's is the first that is left.
    other = whole.index(b"OTHER   ", whole.index(b"OTHER   ") + 8)
    start = whole.rindex(b"\0\x24A\0\3", 0, other)
    part.write_bytes(whole[start:])
    tape = read_tape(TapeSource(messages=part, choice=Choice(instrument="MADE")))
    assert len(tape.messages) > 30
    with pytest.raises(InputError, match="expected --instrument, one of 2 stocks such as OTHER, MADE"):
        read_tape(TapeSource(messages=part))
    with pytest.raises(InputError, match="no NOPE is in it; expected one of 2 stocks"):
        read_tape(TapeSource(messages=part, choice=Choice(instrument="NOPE")))

"""Tape files of any kind: read, refused in a sentence, or read with what is wrong skipped; never anything else."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.lab.tapes.levels import Wanted, write_level
from mmtui.lab.tapes.reading import TapeSource, read_tape
from mmtui.market.tape.lobster import MessageKind
from mmtui.session.audit import Audit
from mmtui.session.session import Session
from tests.tapes import Row, books_of, level_on, text_of, write

CELLS = st.one_of(
    st.integers(-3, 12).map(str),
    st.integers(-(2**70), 2**70).map(str),
    st.sampled_from(
        ["", " ", "nan", "inf", "-0", "1e5", "1e400", "0x10", "1_0", "34200.5", "٣", "\x00", '"', "#", "1 2"]
    ),
    st.text(max_size=4),
)
LINES = st.one_of(
    st.lists(CELLS, max_size=8).map(",".join),
    st.tuples(*(st.integers(0, most) for most in (5, 8, 4, 4)), st.integers(98, 103), st.sampled_from([1, -1])).map(
        lambda row: ",".join(map(str, (*row[:4], row[4] * 100, row[5])))
    ),
)
LEVELS = st.tuples(st.integers(101, 103), st.integers(0, 4), st.integers(98, 100), st.integers(0, 4))
BOOKS = st.one_of(
    st.lists(CELLS, min_size=4, max_size=9).map(",".join),
    LEVELS.map(lambda row: f"{row[0] * 100},{row[1]},{row[2] * 100},{row[3]}"),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(LINES, max_size=12),
    books=st.none() | st.lists(BOOKS, max_size=12),
    lenient=st.booleans(),
    infer=st.booleans(),
    zipped=st.booleans(),
)
def test_any_file_is_read_or_refused_in_a_sentence(
    lines: list[str], books: list[str] | None, lenient: bool, infer: bool, zipped: bool
) -> None:
    with TemporaryDirectory() as folder:
        path, orderbook = Path(folder) / "message.csv", None
        data = "\n".join(lines).encode("utf-8", "surrogatepass")
        path.write_bytes(gzip.compress(data) if zipped else data)
        if books is not None:
            orderbook = Path(folder) / "orderbook.csv"
            orderbook.write_bytes("\n".join(books).encode("utf-8", "surrogatepass"))
        told = [f"{folder}: sound"]
        try:
            tape = read_tape(TapeSource(messages=path, orderbook=orderbook, lenient=lenient, infer=infer))
            write_level(tape, Wanted(), Path(folder) / "level.toml")
        except InputError as error:
            told = str(error).splitlines()
        assert len(told) == 1
        assert folder in told[0]


@st.composite
def tapes(draw: st.DrawFn) -> list[Row]:
    """Messages that make sense: orders that come, shrink, go and are executed first come first served."""
    rows: list[Row] = [(0.0, MessageKind.NEW, 1, 20, 95, 1), (0.0, MessageKind.NEW, 2, 20, 106, -1)]
    queues: dict[int, list[list[int]]] = {1: [[1, 20, 95]], -1: [[2, 20, 106]]}
    for at in range(draw(st.integers(5, 40))):
        side = draw(st.sampled_from([1, -1]))
        queue, time, kind = queues[side], 1.0 + at / 4, draw(st.sampled_from([1, 1, 2, 3, 4, 5]))
        if kind == MessageKind.NEW or len(queue) < 2:
            lots, others = draw(st.integers(1, 6)), [price for _, _, price in queues[-side]]
            edge = max(others) if side < 0 else min(others)
            price = draw(st.integers(edge + 1, 106) if side < 0 else st.integers(95, edge - 1))
            queue.append([at + 3, lots, price])
            queue.sort(key=lambda order: -side * order[2])
            rows.append((time, MessageKind.NEW, at + 3, lots, price, side))
            continue
        order = queue[0] if kind == MessageKind.EXECUTE else queue[draw(st.integers(0, len(queue) - 2))]
        lots = order[1] if kind == MessageKind.DELETE else draw(st.integers(1, order[1]))
        rows.append((time, kind, order[0], lots, order[2], side))
        if kind != MessageKind.HIDDEN:
            order[1] -= lots
            if not order[1]:
                queue.remove(order)
    return rows


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    rows=tapes(),
    effect=st.sampled_from(["passive", "impact"]),
    strategy=st.sampled_from(["touch", "reckless", "skew", "fixed"]),
)
def test_whatever_the_tape_nothing_of_a_session_on_it_is_lost(rows: list[Row], effect: str, strategy: str) -> None:
    """The auditor counts every lot and cent after every event; without a maker the book is the tape's."""
    normal = "normal = { spread = 3.0, volatility = 1.0, size = 5 }"
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "tape.csv", rows)
        level = level_on(path, 12, f'effect = "{effect}"\n{normal}')
        alone = Session(level, 1, ends_on_failure=True)
        alone.advance(alone.end_ns)
        last = books_of(rows)[-1]
        depth = alone.market.exchange.depth(Side.SELL, 5)
        assert [each.quantity for each in depth] == [lots for lots in last[1::4] if lots]
        session = Session(level, 1, strategy, ends_on_failure=True)
        Audit(session)
        session.advance(session.end_ns)
        assert session.maker.error is None
        assert session.over == "time"


def test_the_tapes_are_not_all_alike() -> None:
    """What is drawn reaches the cases that matter: own fills happen in most sessions."""
    rows: list[Row] = [(0.0, 1, 1, 20, 95, 1), (0.0, 1, 2, 20, 106, -1), (1.0, 1, 3, 4, 100, 1), (2.0, 4, 3, 4, 100, 1)]
    assert text_of(rows).count("\n") == len(books_of(rows)) == 4

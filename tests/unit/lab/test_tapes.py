"""Tapes beside their orderbook files: checked, completed, and made levels of."""

from __future__ import annotations

import os
import random
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.lab.research.facts import measure
from mmtui.lab.tapes import Tape, TapeSource, book_id, read_tape, replay
from mmtui.lab.tapes.books import read_books
from mmtui.lab.tapes.levels import Wanted, write_level
from mmtui.lab.tapes.reading import Window, orderbook_beside
from mmtui.lab.tapes.tape_days import Tally, tape_day
from mmtui.lab.tapes.writing import Scaled, write_tape
from mmtui.level.level import load_level
from mmtui.market.tape.lobster import Faults, Messages, Units, read_messages
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.session.session import Session
from tests.tapes import Row, books_of, simulated, write

#: A folder with LOBSTER's files of a real market, one message and one orderbook file, named by MMTUI_TAPE.
REAL = [folder] if (folder := os.environ.get("MMTUI_TAPE")) else []


def write_books(path: Path, books: list[tuple[int, ...]]) -> Path:
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in books), encoding="utf-8")
    return path


def files(folder: Path, rows: list[Row], levels: int = 5, cut: int = 0) -> TapeSource:
    """A tape's files, perhaps without its first rows."""
    return TapeSource(
        messages=write(folder / "a_message_5.csv", rows[cut:]),
        orderbook=write_books(folder / "a_orderbook_5.csv", books_of(rows, levels)[cut:]),
        tick=100,
    )


def assert_every_book_is_the_files(tape: Tape) -> None:
    """Play a tape as a session does; after each message the best levels are those of the file's row."""
    assert tape.source.orderbook is not None
    played = replay(tape)
    assert next(played)[0] == 0
    rows = enumerate(read_books(tape.source.orderbook, tape.units), start=1)
    for (line, row), (of, book) in zip(rows, played, strict=True):
        assert of == line
        for side, wanted in ((Side.BUY, row.bids), (Side.SELL, row.asks)):
            assert {level.price: level.quantity for level in book.depth(side, row.most)} == wanted, f"line {line}"


# The orderbook file


def test_the_book_is_the_orderbook_files_after_every_message(tmp_path: Path) -> None:
    rows = simulated(300)
    tape = read_tape(files(tmp_path, rows))
    assert (tape.rows, tape.reading.compared, tape.reading.opening, tape.reading.surfaced) == (
        len(rows),
        len(rows),
        0,
        0,
    )
    assert tape.complete
    assert_every_book_is_the_files(tape)


@pytest.mark.slow
@pytest.mark.parametrize("cut", [1, 60, 300, 700])
def test_what_stood_before_the_first_message_and_what_comes_into_view_is_put_in(tmp_path: Path, cut: int) -> None:
    tape = read_tape(files(tmp_path, simulated(300), cut=cut))
    assert tape.reading.opening > 0
    assert not tape.complete
    assert_every_book_is_the_files(tape)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_tape_of_the_levels_in_view_alone_is_completed(tmp_path: Path, seed: int) -> None:
    """As LOBSTER's own: messages about prices beyond the file's last level are left out, and its rows with them."""
    rows = simulated(200, seed)
    books = books_of(rows, 3)
    kept: list[int] = []
    for at, (_, _, _, _, price, side) in enumerate(rows):
        before, after = books[at - 1] if at else (), books[at]
        seen = [each[2 if side > 0 else 0 :: 4][: len(each) // 4] for each in (before, after)]
        if any(price * 100 in prices for prices in seen):
            kept.append(at)
    assert len(rows) - len(kept) > 50
    source = TapeSource(
        messages=write(tmp_path / "message.csv", [rows[at] for at in kept]),
        orderbook=write_books(tmp_path / "orderbook.csv", [books[at] for at in kept]),
        tick=100,
    )
    tape = read_tape(source)
    assert tape.reading.surfaced > 0
    assert_every_book_is_the_files(tape)


def test_the_queue_of_what_stood_is_that_of_the_ids_with_what_nobody_speaks_of_behind(tmp_path: Path) -> None:
    rows: list[Row] = [
        (1.0, 1, 9, 2, 100, 1),
        (2.0, 4, 3, 4, 100, 1),
        (3.0, 3, 5, 1, 100, 1),
        (4.0, 3, 9, 2, 100, 1),
        (5.0, 3, 12, 5, 100, 1),
    ]
    book = [[0, 0, 10_000, lots] for lots in (12, 8, 7, 5)] + [[0, 0, 0, 0]]
    source = TapeSource(
        messages=write(tmp_path / "message.csv", rows),
        orderbook=write_books(tmp_path / "orderbook.csv", [tuple(row) for row in book]),
        tick=100,
    )
    messages = read_tape(source).messages
    # Before the first: 10 lots, of which order 3 has 4, order 5 has 1, and 5 are somebody else's, since order 12 is
    # younger than 9. Then it turns out that they were 12's.
    assert messages.kinds.tolist() == [1, 1, 1, 1, 4, 3, 3, 3, 1, 3]
    assert messages.ids.tolist() == [3, 5, 13, 9, 3, 5, 9, 13, 12, 12]
    assert messages.sizes.tolist() == [4, 1, 5, 2, 4, 1, 2, 5, 5, 5]
    assert messages.lines.tolist() == [0, 0, 0, 1, 2, 3, 4, 0, 0, 5]


def test_a_book_that_is_not_the_files_is_told(tmp_path: Path) -> None:
    rows = simulated(100)
    source = files(tmp_path, rows)
    assert source.orderbook is not None
    books = books_of(rows)
    wrong = list(books[200])
    wrong[1] += 3
    write_books(source.orderbook, [*books[:200], tuple(wrong), *books[201:]])
    with pytest.raises(InputError, match=r"a_message_5\.csv, line 201: after this message the orderbook file has"):
        read_tape(source)
    write_books(source.orderbook, books[:-1])
    with pytest.raises(InputError, match="the orderbook file ends after"):
        read_tape(source)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,2,3", "line 2: expected whole numbers, four for each level"),
        ("10000,1,9900,x", "line 2: expected whole numbers"),
        ("10050,1,9900,1", "line 2: expected positive prices and sizes, multiples of the tick, 100"),
        ("10000,-1,9900,1", "line 2: expected positive prices"),
        ("10000,99999999999999999999,9900,1", "line 2: "),
    ],
)
def test_an_orderbook_row_that_is_wrong_is_told(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "orderbook.csv"
    path.write_text(f"10000,1,9900,1\n{row}\n")
    with pytest.raises(InputError, match=said):
        list(read_books(path, Units(100, 1)))


def test_without_an_orderbook_file_what_nobody_placed_can_be_taken_for_what_stood(tmp_path: Path) -> None:
    rows = simulated(200)
    path = write(tmp_path / "message.csv", rows[100:])
    with pytest.raises(InputError, match=r"line \d+: there is no order \d+; if it stood before the first message"):
        read_tape(TapeSource(messages=path, tick=100))
    tape = read_tape(TapeSource(messages=path, tick=100, infer=True))
    assert tape.reading.opening > 5
    assert (tape.messages.lines[: tape.reading.opening] == 0).all()


def test_an_order_that_would_have_traded_is_a_fault_with_all_that_is_said_of_it(tmp_path: Path) -> None:
    rows: list[Row] = [(1.0, 1, 1, 5, 100, -1), (2.0, 1, 2, 5, 100, 1), (3.0, 3, 2, 5, 100, 1), (4.0, 4, 1, 5, 100, -1)]
    source = TapeSource(messages=write(tmp_path / "message.csv", rows), tick=100)
    with pytest.raises(InputError, match="line 2: order 2 would have traded on arrival, at 100 ticks"):
        read_tape(source)
    tape = read_tape(replace(source, lenient=True))
    assert tape.messages.lines.tolist() == [1, 4]
    assert tape.skipped == {"would trade": 1, "unknown order": 1}


def test_an_orderbook_file_is_found_by_its_name(tmp_path: Path) -> None:
    message = write(tmp_path / "X_message_10.csv", [])
    assert orderbook_beside(message) is None
    (tmp_path / "X_orderbook_10.csv").touch()
    assert orderbook_beside(message) == tmp_path / "X_orderbook_10.csv"
    (tmp_path / "other").mkdir()
    other = write(tmp_path / "other" / "message.csv.gz", [])
    assert orderbook_beside(other) is None
    (tmp_path / "other" / "orderbook_10.csv.gz").touch()
    assert orderbook_beside(other) == tmp_path / "other" / "orderbook_10.csv.gz"


def test_the_tick_is_found(tmp_path: Path) -> None:
    path = write(tmp_path / "message.csv", [(1.0, 1, 1, 5, 300, 1), (1.0, 1, 2, 5, 350, 1), (1.0, 5, 0, 5, 333, 1)])
    assert read_tape(TapeSource(messages=path)).units.tick == 5_000


# Levels


@pytest.fixture
def tape(tmp_path: Path) -> Tape:
    (tmp_path / "from").mkdir()
    return read_tape(files(tmp_path / "from", simulated(200), cut=50))


def test_a_level_is_written_with_its_tape_made_whole(tape: Tape, tmp_path: Path) -> None:
    path = tmp_path / "to" / "noon.toml"
    write_level(tape, Wanted(symbol='A"B', from_s=30, duration_s=60, effect="impact"), path)
    assert sorted(each.name for each in path.parent.iterdir()) == ["noon.tape.csv.gz", "noon.toml"]
    level = load_level(str(path))
    assert (level.id, level.duration_s, level.market.instrument.symbol) == ("noon", 60, 'A"B')
    session = Session(level, 1, "skew", ends_on_failure=True)
    session.advance(session.end_ns)
    assert session.maker.error is None
    assert session.maker.desk.fills


@pytest.mark.slow
def test_a_window_of_a_tape_has_the_books_of_the_whole(tmp_path: Path) -> None:
    source = replace(files(tmp_path, simulated(1500)), orderbook=None)
    whole, part = read_tape(source), read_tape(source, Window(150.0, 5.0, 20.0))
    assert (whole.start_s, part.start_s) == (0.0, 30.0)
    assert part.seconds == pytest.approx(145.0, abs=1.0)
    assert not part.complete
    first, books = part.messages.lines[part.messages.lines > 0].tolist(), {}
    for line, book in replay(whole):
        if line in {first[0] - 1, first[100], first[-1]}:
            books[line] = [book.depth(side, 9) for side in Side]
    seen = {line or first[0] - 1: [book.depth(side, 9) for side in Side] for line, book in replay(part)}
    assert len(books) == 3
    for line, depth in books.items():
        assert seen[line] == depth, f"line {line}"
    write_level(part, Wanted(from_s=150.0, roam_s=5.0, duration_s=20), tmp_path / "to" / "level.toml")
    level = load_level(str(tmp_path / "to" / "level.toml"))
    assert isinstance(level.market, TapeSpec)
    assert level.market.from_s == pytest.approx(120.0)
    assert "from 150 to 155 s" in level.situation
    with pytest.raises(InputError, match=r"lasts .* s; expected a start in it, not 10005 s"):
        read_tape(source, Window(10_000.0, 5.0, 20.0))


def test_a_whole_tape_is_left_where_it_lies(tmp_path: Path) -> None:
    tape = read_tape(files(tmp_path, simulated(100)))
    before = tape.source.messages.read_bytes()
    write_level(tape, Wanted(share=1e-8), tmp_path / "level.toml")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".csv", ".toml"]
    assert tape.source.messages.read_bytes() == before
    instrument = load_level(str(tmp_path / "level.toml")).market.instrument
    assert (instrument.lot, instrument.tick, instrument.tick_value) == (1e-8, 0.01, 1e-10)


def test_what_is_written_is_read_again(tape: Tape, tmp_path: Path) -> None:
    paths = [tmp_path / "one.csv.gz", tmp_path / "two.csv.gz"]
    for path in paths:
        write_tape(path, iter([tape.messages]), lambda: Scaled(tape.units))
    assert paths[0].read_bytes() == paths[1].read_bytes()
    again = read_messages(paths[0], tape.units, Faults(""))
    for column in ("times_ns", "kinds", "ids", "sizes", "prices", "sides"):
        assert np.array_equal(getattr(again, column), getattr(tape.messages, column)), column


def test_a_day_of_a_tape_is_what_happened(tmp_path: Path) -> None:
    """By hand: a spread of 2 then 4 ticks, one order of 3 lots that met two, and one that nobody saw."""
    rows: list[Row] = [
        (0.0, 1, 1, 5, 100, 1),
        (0.0, 1, 2, 1, 102, -1),
        (0.0, 1, 3, 6, 104, -1),
        (1.5, 4, 2, 1, 102, -1),
        (1.5, 4, 3, 2, 104, -1),
        (2.5, 5, 0, 7, 101, 1),
        (3.5, 3, 3, 4, 104, -1),
    ]
    tape = read_tape(TapeSource(messages=write(tmp_path / "message.csv", rows), tick=100))
    day = tape_day(iter([tape.messages]), Tally())
    assert day.spreads.tolist() == [2, 2, 4, 4]
    assert day.mids.tolist() == [101.0, 101.0, 102.0, 102.0]
    assert day.depths.tolist() == [3.0, 3.0, 4.5, 4.5]
    assert (day.take_signs.tolist(), day.take_sizes.tolist(), day.take_mids.tolist()) == ([1, -1], [3, 7], [101, 102])
    assert (day.fill_prices.tolist(), day.fill_signs.tolist()) == ([102, 104, 101], [-1, -1, 1])
    assert (day.limits, day.cancels) == (0, 0)
    assert measure(day).numbers["spread"] == 3.0


@pytest.mark.slow
def test_a_block_of_a_tape_is_let_go_when_it_has_been_played(tmp_path: Path) -> None:
    tape = read_tape(TapeSource(messages=write(tmp_path / "message.csv", simulated(2000)), tick=100))
    held: list[weakref.ref[np.ndarray]] = []
    most = 0

    def blocks() -> Iterator[Messages]:
        nonlocal most
        for at in range(0, len(tape.messages), 50):
            # A copy, which nothing else holds.
            block = tape.messages.take(np.arange(at, min(at + 50, len(tape.messages))))
            held.append(weakref.ref(block.times_ns))
            yield block
            del block
            most = max(most, sum(one() is not None for one in held))

    tally = Tally()
    day = tape_day(blocks(), tally)
    assert len(held) > 20
    assert most <= 8
    assert tally.kinds.sum() == len(tape.messages)
    assert day.seconds == int(tape.seconds)


# A real one


@pytest.fixture(params=["ours", *REAL])
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> TapeSource:
    """A whole tape with its orderbook file: our own market's, and a real one's if there is one."""
    if request.param == "ours":
        return files(tmp_path, simulated(300))
    folder = Path(request.param)
    (messages,), (orderbook,) = (list(folder.glob(f"*{name}*.csv*")) for name in ("message", "orderbook"))
    return TapeSource(messages=messages, orderbook=orderbook)


def test_a_whole_tape_is_its_orderbook_file_after_every_message(whole: TapeSource) -> None:
    tape = read_tape(whole)
    assert tape.complete
    assert_every_book_is_the_files(tape)


def test_places_in_a_queue_are_those_that_counting_gives(whole: TapeSource) -> None:
    tape = read_tape(whole)
    check_queues(tape, max(3, tape.rows // 500))


def check_queues(tape: Tape, every: int) -> None:
    """Compare places in the book's queues with lists kept from the messages alone, at one message in ``every``."""
    rng = random.Random(1)
    queues: dict[tuple[int, int], list[list[int]]] = {}
    columns = (tape.messages.kinds, tape.messages.ids, tape.messages.sizes, tape.messages.prices, tape.messages.sides)
    told = zip(*(column.tolist() for column in columns), strict=True)
    played = replay(tape)
    next(played)
    checked = 0
    for (kind, order_id, lots, price, side), (_, book) in zip(told, played, strict=True):
        queue = queues.setdefault((side, price), [])
        if kind == 1:
            queue.append([order_id, lots])
        else:
            found = next(entry for entry in queue if entry[0] == order_id)
            found[1] -= lots
            if not found[1]:
                queue.remove(found)
        if queue and rng.randrange(every) == 0:
            place = rng.randrange(len(queue))
            ahead = book.queue_ahead(book_id(queue[place][0]))
            assert ahead == (sum(entry[1] for entry in queue[:place]), place)
            checked += 1
    assert checked > 100

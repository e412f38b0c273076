"""LOBSTER's message files: what is read, and what is said of rows that are wrong."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from mmtui.errors import InputError
from mmtui.market.tape.lives import check_lives
from mmtui.market.tape.lobster import Faults, Messages, Units, read_blocks, read_messages
from tests.tapes import simulated, text_of, write

GOOD = "34200.004241176,1,16113575,18,5853300,1\n"
UNITS = Units(100, 1)


def read(tmp_path: Path, text: str, units: Units = UNITS, *, lenient: bool = False) -> tuple[Messages, Faults]:
    path = tmp_path / "message.csv"
    path.write_text(text)
    faults = Faults(str(path), lenient)
    return check_lives(read_messages(path, units, faults), faults), faults


def test_a_row_is_a_message(tmp_path: Path) -> None:
    found, _ = read(tmp_path, GOOD + "34200.025551909,5,0,21,5853350,-1\n34201,7,0,0,-1,-1\n")
    assert found.lines.tolist() == [1, 2, 3]
    assert found.times_ns.tolist() == [34_200_004_241_176, 34_200_025_551_909, 34_201_000_000_000]
    assert found.kinds.tolist() == [1, 5, 7]
    # A hidden execution half-way between two ticks is printed at one of them.
    assert found.prices.tolist() == [58_533, 58_534, -1]
    assert found.sizes.tolist() == [18, 21, 0]
    assert found.sides.tolist() == [1, -1, -1]


def test_every_nanosecond_of_a_day_is_kept(tmp_path: Path) -> None:
    times = [0, 1, 34_200_123_456_789, 57_599_999_999_999, 86_399_999_999_999]
    rows = "".join(f"{ns // 10**9}.{ns % 10**9:09d},1,{at + 1},1,100,1\n" for at, ns in enumerate(times))
    assert read(tmp_path, rows)[0].times_ns.tolist() == times


def test_sizes_are_in_lots(tmp_path: Path) -> None:
    assert read(tmp_path, "1,1,1,300,10000,1\n", Units(100, 100))[0].sizes.tolist() == [3]


def test_plain_and_gzipped_files_are_told_by_what_is_in_them(tmp_path: Path) -> None:
    path = tmp_path / "message.csv"
    path.write_bytes(gzip.compress(GOOD.encode()))
    assert len(read_messages(path, UNITS, Faults(""))) == 1


def test_blocks_are_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "tape.csv.gz", simulated(100))
    whole = read_messages(path, UNITS, Faults(""))
    monkeypatch.setattr("mmtui.market.tape.lobster._AT_ONCE", 4_000)
    blocks = list(read_blocks(path, UNITS, Faults("")))
    assert len(blocks) > 3
    assert max(map(len, blocks)) < 300
    assert np.array_equal(Messages.join(blocks).lines, whole.lines)
    assert np.array_equal(Messages.join(blocks).prices, whole.prices)


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        ("34201,1,2,18,5853300", "columns", "expected 6 columns, time, type, order id, size, price, direction, not"),
        ("", "columns", "expected 6 columns"),
        ("34201,1,2,18,5853300,1,ABCD", "columns", "expected 6 columns"),
        ("now,1,2,18,5853300,1", "time", "the time is 'now'; expected a number of seconds"),
        ("nan,1,2,18,5853300,1", "time", "the time is not from 0 to 90000 seconds after midnight"),
        ("-1,1,2,18,5853300,1", "time", "the time is not from 0 to 90000 seconds after midnight"),
        ("1e300,1,2,18,5853300,1", "time", "the time is"),
        ("34199,1,2,18,5853300,1", "time goes back", "the time is earlier than the one before"),
        ("34201,8,2,18,5853300,1", "type", "the type is 8; expected 1 to 7"),
        ("34201,1.5,2,18,5853300,1", "type", "the type is '1.5'; expected a whole number"),
        ("34201,1,0,18,5853300,1", "order id", "the order id is 0; expected"),
        ("34201,1,99999999999999999999,18,5853300,1", "order id", "the order id is '99999999999999999999'"),
        ("34201,1,2,0,5853300,1", "size", "the size is 0; expected a positive number"),
        ("34201,1,2,x,5853300,1", "size", "the size is 'x'; expected a whole number"),
        ("34201,1,2,9999999999999999,5853300,1", "size", "expected at most 2^40 lots"),
        ("34201,1,2,18,5853301,1", "price", "the price 5853301 is not a multiple of the tick, 100"),
        ("34201,1,2,18,-5853300,1", "price", "the price is -5853300; expected"),
        ("34201,1,2,18,5853300,0", "direction", "the direction is 0; expected 1 or -1"),
        ("34201,1,16113575,18,5853300,1", "order id used twice", "order 16113575 is there already"),
        ("34201,3,7,18,5853300,1", "unknown order", "there is no order 7"),
        ("34201,4,16113575,19,5853300,1", "too many lots", "order 16113575 has fewer than 19 lots left"),
        ("34201,3,16113575,17,5853300,1", "lots left", "a deletion of order 16113575 leaves lots of it"),
        ("34201,2,16113575,1,5853400,1", "other price", "order 16113575 is not at this price and side"),
        ("34201,2,16113575,1,5853300,-1", "other price", "order 16113575 is not at this price and side"),
    ],
)
def test_a_row_that_is_wrong_is_told_with_its_line_or_skipped_and_counted(
    tmp_path: Path, row: str, reason: str, detail: str
) -> None:
    text = GOOD + row + "\n" + "34202,2,16113575,3,5853300,1\n"
    with pytest.raises(InputError, match=r"message\.csv, line 2: ") as raised:
        read(tmp_path, text)
    assert detail in str(raised.value)
    found, faults = read(tmp_path, text, lenient=True)
    assert (found.lines.tolist(), dict(faults.skipped)) == ([1, 3], {reason: 1})


def test_the_first_wrong_row_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 2: the direction is 5"):
        read(tmp_path, GOOD + "34201,1,2,18,5853300,5\n34201,9,2,18,5853300,1\n")


def test_skipping_a_rows_order_skips_what_else_is_said_of_it(tmp_path: Path) -> None:
    text = GOOD + "34201,1,2,0,5853300,1\n34202,2,2,1,5853300,1\n34203,3,2,1,5853300,1\n"
    found, faults = read(tmp_path, text, lenient=True)
    assert found.lines.tolist() == [1]
    assert dict(faults.skipped) == {"size": 1, "unknown order": 2}


def test_an_id_may_come_again_once_its_order_is_gone(tmp_path: Path) -> None:
    text = GOOD + "34201,4,16113575,18,5853300,1\n34202,1,16113575,5,5853400,-1\n34203,3,16113575,5,5853400,-1\n"
    assert len(read(tmp_path, text)[0]) == 4


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    for name, data, said in (
        ("empty.csv", b"", "holds no messages"),
        ("cut.csv.gz", gzip.compress(text_of(simulated(70)).encode())[:-20], "the gzip file is damaged"),
        ("bad.csv.gz", b"\x1f\x8b" + b"junk" * 9, "the gzip file is damaged"),
        ("binary.csv", bytes(range(256)), "line 1: "),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(InputError, match=said):
            read_messages(path, UNITS, Faults(str(path)))
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_messages(tmp_path / "none.csv", UNITS, Faults(""))
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_messages(tmp_path, UNITS, Faults(""))

"""Recordings in the formats of others, read as tapes."""

from __future__ import annotations

import gzip
import json
import math
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.lab.tapes import Tape, TapeSource, read_tape, replay
from mmtui.lab.tapes.formats import hftbacktest as events
from mmtui.lab.tapes.formats.known import Choice, open_recording
from mmtui.lab.tapes.formats.rows import OpenRecording, nanoseconds
from mmtui.lab.tapes.stretch import cut
from mmtui.market.tape.lobster import MessageKind, Messages
from tests import recordings
from tests.recordings import LAST_BOOK, LAST_LEVELS, ORDERS

Book = tuple[dict[float, float], dict[float, float]]


def last_book(tape: Tape) -> Book:
    """The book at the end of a tape, in currency and shares."""
    *_, (_, book) = replay(tape)
    units, share = tape.units, tape.share
    bids, asks = (
        {round(level.price * units.tick / 10_000, 4): round(level.quantity * units.lot * share, 6) for level in levels}
        for levels in (book.depth(Side.BUY), book.depth(Side.SELL))
    )
    return bids, asks


def kinds(tape: Tape) -> list[str]:
    return [MessageKind(kind).name.lower() for kind in tape.messages.kinds.tolist()]


@pytest.mark.parametrize(
    ("make", "name", "instrument"),
    [
        (recordings.itch, "day.NASDAQ_ITCH50", "ABC"),
        (recordings.databento, "abc.mbo.dbn.zst", None),
        (recordings.databento_csv, "abc.mbo.csv", None),
    ],
)
def test_recorded_orders_are_a_tape(
    tmp_path: Path, make: Callable[[Path], Path], name: str, instrument: str | None
) -> None:
    tape = read_tape(TapeSource(messages=make(tmp_path / name), choice=Choice(instrument=instrument)))
    assert last_book(tape) == LAST_BOOK
    # A replacement is a cancellation and a new order at the back of the queue.
    wanted = [what for _, what, *_ in ORDERS]
    wanted[wanted.index("replace") : wanted.index("replace") + 1] = ["delete", "add"]
    assert kinds(tape) == ["new" if what == "add" else what for what in wanted]
    assert tape.seconds == 7
    assert not tape.skipped
    assert tape.units.tick == 100
    assert tape.recording is not None
    assert tape.recording.notes == []


@pytest.mark.parametrize(
    "make",
    [
        recordings.tardis,
        recordings.binance,
        lambda folder: (recordings.bybit(folder / "abc.data"), None),
        lambda folder: (recordings.binance_stream(folder / "abc.txt"), None),
        lambda folder: (recordings.hftbacktest(folder / "abc.npz"), None),
    ],
    ids=["tardis", "binance", "bybit", "binance-stream", "hftbacktest"],
)
def test_levels_become_orders_by_the_rules(tmp_path: Path, make: Callable[[Path], tuple[Path, Path | None]]) -> None:
    book, trades = make(tmp_path)
    tape = read_tape(TapeSource(messages=book, choice=Choice(trades=trades), lot=1))
    assert last_book(tape) == LAST_LEVELS
    sizes = tape.messages.sizes * tape.share
    # The trade of half a lot at 99.99 met the snapshot's order, and then a tenth of the one that joined it.
    executed = tape.messages.kinds == MessageKind.EXECUTE
    assert sizes[executed].round(6).tolist() == [0.4, 0.1, 0.725]
    # What the level did not have was hidden, and the bid that reached the ask removed it.
    assert sizes[tape.messages.kinds == MessageKind.HIDDEN].round(6).tolist() == [0.275]
    assert kinds(tape)[-3:] == ["delete", "new", "new"]
    assert tape.recording is not None
    assert "guesses" in tape.recording.notes[0]


def test_a_recording_is_known_by_its_content_however_it_is_packed(tmp_path: Path) -> None:
    plain = recordings.itch(tmp_path / "plain")
    packed = tmp_path / "packed.bin"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.write(recordings.bybit(tmp_path / "abc.data"), "abc.data")
    assert len(read_tape(TapeSource(messages=packed, choice=Choice(instrument="ABC"))).messages) == len(ORDERS) + 1
    assert last_book(read_tape(TapeSource(messages=tmp_path / "packed.zip"))) == LAST_LEVELS


def test_a_stock_that_is_not_in_the_file_is_named_with_some_that_are(tmp_path: Path) -> None:
    path = recordings.itch(tmp_path / "day")
    for instrument, said in ((None, "expected --instrument, one of 2 stocks"), ("NOPE", "no NOPE is in it")):
        with pytest.raises(InputError, match=f"{said}.*ABC"):
            read_tape(TapeSource(messages=path, choice=Choice(instrument=instrument)))


def test_a_damaged_recording_is_told(tmp_path: Path) -> None:
    whole = recordings.hftbacktest(tmp_path / "abc.npz").read_bytes()
    (tmp_path / "half.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"half\.npz: cannot be read"):
        read_tape(TapeSource(messages=tmp_path / "half.npz"))
    np.savez(tmp_path / "other.npz", data=np.zeros(3))
    with pytest.raises(InputError, match="its array is of float64; expected hftbacktest's events, ev"):
        read_tape(TapeSource(messages=tmp_path / "other.npz"))
    book, trades = recordings.tardis(tmp_path)
    book.write_text(book.read_text().replace("99.99,0.7", "99.99,much"))
    with pytest.raises(InputError, match=r"incremental_book_L2\.csv, line 6: expected a row of Tardis"):
        read_tape(TapeSource(messages=book, choice=Choice(trades=trades)))


def _tardis(folder: Path, price: str) -> TapeSource:
    book, trades = recordings.tardis(folder)
    book.write_text(book.read_text().replace("99.99,0.7", price))
    return TapeSource(messages=book, choice=Choice(trades=trades))


def _deep_stream(folder: Path) -> TapeSource:
    path = recordings.binance_stream(folder / "abc.txt")
    path.write_text(path.read_text().replace("}", ',"x":' + "[" * 5000 + "}", 1))
    return TapeSource(messages=path)


def _stream_with(folder: Path, old: str, new: str) -> TapeSource:
    path = recordings.binance_stream(folder / "abc.txt")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return TapeSource(messages=path)


def _packed_badly(folder: Path, name: str) -> TapeSource:
    """A recording whose compression breaks in the middle."""
    path = {"zst": recordings.databento, "npz": recordings.hftbacktest}[name](folder / f"abc.{name}")
    if name == "npz":
        with np.load(path) as arrays:
            np.savez_compressed(path, **arrays)
    whole = bytearray(path.read_bytes())
    at = {"zst": 8, "npz": len(whole) // 3}[name]
    whole[at : at + 40] = b"\xff" * 40
    path.write_bytes(whole)
    return TapeSource(messages=path)


def _mbo(folder: Path, old: str, new: str) -> TapeSource:
    path = recordings.databento_csv(folder / "abc.csv")
    path.write_text(path.read_text().replace(old, new, 1))
    return TapeSource(messages=path)


def _array(folder: Path, price: float) -> TapeSource:
    path = recordings.hftbacktest(folder / "abc.npz")
    with np.load(path) as arrays:
        events = arrays["data"].copy()
    events["px"][5] = price
    np.savez(path, data=events)
    return TapeSource(messages=path)


def _itch_with_a_line_in_a_name(folder: Path) -> TapeSource:
    path = recordings.itch(folder / "day")
    path.write_bytes(path.read_bytes().replace(b"XYZ     ", b"X\nZ\x1b[2J "))
    return TapeSource(messages=path)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (lambda folder: _tardis(folder, "nan,0.7"), "csv, line 6: expected a row of Tardis"),
        (lambda folder: _tardis(folder, "99.99,inf"), "csv, line 6: expected a row of Tardis"),
        (lambda folder: _tardis(folder, "9_9.99,0.7"), "csv, line 6: expected a row of Tardis"),
        (lambda folder: _tardis(folder, "1e300,0.7"), "csv: cannot be read: line 6: expected numbers of at most"),
        (lambda folder: _stream_with(folder, '"99.99"', "[]"), "txt, line 2: expected a message of Binance"),
        (lambda folder: _stream_with(folder, '"99.99"', "1" + "0" * 400), "txt, line 2: expected a message of Binance"),
        (_deep_stream, "txt, line 1: expected a message of Binance or Bybit"),
        (lambda folder: _packed_badly(folder, "zst"), "abc.zst: cannot be read: "),
        (lambda folder: _packed_badly(folder, "npz"), "abc.npz: cannot be read as an array of numpy: "),
        (lambda folder: _array(folder, 1e300), "abc.npz: cannot be read: "),
        (lambda folder: _array(folder, math.inf), "abc.npz: cannot be read: "),
        (lambda folder: _mbo(folder, ",A,B,", "," + "A" * 140_000 + ",B,"), "abc.csv: cannot be read: field larger"),
        (_itch_with_a_line_in_a_name, "such as ABC, 'X.nZ.x1b"),
    ],
)
def test_whatever_is_in_a_recording_is_told_in_a_line(
    tmp_path: Path, source: Callable[[Path], TapeSource], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence) as refused:
        read_tape(source(tmp_path))
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 600


def test_times_are_read_by_their_size() -> None:
    at_ns = 1_777_888_800_123_456_789
    assert nanoseconds("1777888800123456789") == at_ns
    assert nanoseconds("1777888800123456") == at_ns // 1000 * 1000
    assert nanoseconds("1777888800123") == at_ns // 10**6 * 10**6
    assert nanoseconds("1777888800.123456") == at_ns // 1000 * 1000


def test_a_tick_finer_than_a_ten_thousandth_is_scaled_up(tmp_path: Path) -> None:
    book, trades = recordings.tardis(tmp_path)
    for path in (book, trades):
        path.write_text(path.read_text().replace(",99.", ",0.0099").replace(",100.", ",0.0100"))
    tape = read_tape(TapeSource(messages=book, choice=Choice(trades=trades), lot=1))
    assert tape.recording is not None
    assert tape.recording.scale == 100
    # Money stays: a hundredth of a share in each unit of the size, at a hundred times the price.
    assert tape.share == pytest.approx(1e-3 / 100)
    assert "prices are of 100 units" in tape.recording.notes[1]


def test_a_part_of_a_recording_begins_with_the_orders_that_stand(tmp_path: Path) -> None:
    path = recordings.itch(tmp_path / "day")
    blocks = open_recording(path, Choice(instrument="ABC"), OpenRecording())
    assert blocks is not None
    part = Messages.join(list(cut(blocks, 2.5, 2.0)))
    # Order 2 has lost one of its lots by then, and stands ahead of order 5.
    assert part.sizes[:5].tolist() == [5, 3, 6, 7, 3]
    assert set(part.kinds[:5].tolist()) == {int(MessageKind.NEW)}
    assert len(set(part.times_ns[:5].tolist())) == 1
    assert part.kinds[5:].tolist() == [4, 4, 3, 1]


def test_memory_does_not_grow_with_the_recordings_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the messages, both many blocks, take no more than half as much memory again."""
    monkeypatch.setattr("mmtui.lab.tapes.formats.rows._BLOCK", 500)
    monkeypatch.setattr("mmtui.lab.tapes.formats.levels._LOOKED_AT", 500)

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write("exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n")
            for row in range(rows):
                at = recordings.START_NS // 1000 + row
                file.write(f"made,ABC,{at},{at},false,{'bid' if row % 2 else 'ask'},{100 - row % 2},{1 + row % 3}\n")
        blocks = open_recording(path, Choice(), OpenRecording())
        assert blocks is not None
        tracemalloc.start()
        assert sum(len(block) for block in blocks) >= rows
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(24_000) < 1.5 * peak(6_000)


def test_a_file_that_begins_after_its_orders_says_what_was_left_out(tmp_path: Path) -> None:
    path = recordings.databento_csv(tmp_path / "abc.csv")
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *(row for row in rows if ",C,A,100.01" in row)]) + "\n")
    with pytest.raises(InputError, match="holds no messages of an order book; left out: 1 of an order that was never"):
        read_tape(TapeSource(messages=path))


@pytest.mark.parametrize("make", [recordings.databento, recordings.databento_csv])
def test_orders_of_a_databento_snapshot_stand_from_the_snapshot_on(tmp_path: Path, make: Callable[..., Path]) -> None:
    """Such records tell as their own time when the order was entered, which may be days before."""
    tape = read_tape(TapeSource(messages=make(tmp_path / "abc", entered_days_before=3)))
    assert last_book(tape) == LAST_BOOK
    assert tape.seconds == 7


def test_a_tardis_file_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "snapshots.csv"
    path.write_text("exchange,symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount\nx,Y,1,1,2.0,3\n")
    with pytest.raises(InputError, match="neither incremental_book_L2 nor trades"):
        read_tape(TapeSource(messages=path))


T0 = 1_777_888_800_000


def _depth(after_ms: int, bids: Sequence[Sequence[str]], first: int, last: int, **more: object) -> dict[str, object]:
    return {"e": "depthUpdate", "E": T0 + after_ms, "s": "ABC", "U": first, "u": last, "b": bids, "a": [], **more}


#: A snapshot that was asked for: it tells neither its time nor what it is of.
SNAPSHOT = {"lastUpdateId": 10, "bids": [["99", "1"]], "asks": [["101", "2"]]}


def _stream(path: Path, *found: object, instrument: str | None = None) -> Tape:
    path.write_text("".join(json.dumps(each) + "\n" for each in found), encoding="utf-8")
    return read_tape(TapeSource(messages=path, choice=Choice(instrument=instrument)))


def test_updates_that_a_snapshot_has_already_are_left_out_and_gaps_are_told(tmp_path: Path) -> None:
    answer = {"result": None, "id": 1}
    old, new = _depth(1, [["98", "3"]], 4, 9), _depth(2, [["97", "4"]], 9, 12)
    tape = _stream(tmp_path / "spot", answer, SNAPSHOT, old, new)
    assert last_book(tape) == ({99.0: 1, 97.0: 4}, {101.0: 2})
    assert tape.skipped == {"an update that a snapshot has already": 1}
    assert tape.recording is not None
    assert tape.recording.gaps == 0
    # Spot's updates are numbered without gaps; a future's tell the one before.
    later = _depth(3, [["96", "1"]], 14, 15)
    with_gap, without = (_stream(tmp_path / "more", SNAPSHOT, new, {**later, **more}) for more in ({}, {"pu": 12}))
    assert with_gap.recording is not None
    assert without.recording is not None
    assert (with_gap.recording.gaps, without.recording.gaps) == (1, 0)
    assert "gaps in the numbers of its updates: 1" in with_gap.recording.notes[1]


def test_of_a_stream_of_several_instruments_one_is_read(tmp_path: Path) -> None:
    other = _depth(3, [["9.5", "1"]], 11, 12, s="XYZ")
    found = (SNAPSHOT, _depth(2, [["97", "4"]], 9, 12), other)
    with pytest.raises(InputError, match=r"line 3: expected --instrument, .* such as ABC and XYZ"):
        _stream(tmp_path / "two", *found)
    assert last_book(_stream(tmp_path / "one", *found, instrument="ABC"))[0] == {99.0: 1, 97.0: 4}


def test_a_stream_of_the_best_levels_has_no_others(tmp_path: Path) -> None:
    found = [
        {"stream": "abc@depth5@100ms", "data": _depth(at, [[price, "1"]], at, at)}
        for at, price in ((1, "99"), (2, "98"))
    ]
    assert last_book(_stream(tmp_path / "best", *found))[0] == {98.0: 1}


@pytest.mark.parametrize("row", ["bid,0,1", "bid,-3,1", "ask,102,-1"])
def test_a_level_without_a_price_is_left_out_and_counted(tmp_path: Path, row: str) -> None:
    header = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n"
    rows = [f"made,ABC,{T0}000,{T0}000,true,{each}\n" for each in ("bid,99,1", "ask,101,2", row)]
    (tmp_path / "odd.csv").write_text(header + "".join(rows))
    tape = read_tape(TapeSource(messages=tmp_path / "odd.csv"))
    assert last_book(tape) == ({99.0: 1}, {101.0: 2})
    assert sum(tape.skipped.values()) == 1


def test_what_clears_a_side_of_a_book_takes_its_levels_and_no_others(tmp_path: Path) -> None:
    bids, asks = events.BUYS | events.EXCHANGE, events.SELLS | events.EXCHANGE
    rows = [(events.DEPTH | bids, price, 1.0) for price in (99.0, 98.0, 97.0)] + [(events.DEPTH | asks, 101.0, 2.0)]
    found = {}
    for until in (98.0, math.nan):
        cleared = [*rows, (events.CLEAR | bids, until, 0.0), (events.SNAPSHOT_LEVEL | bids, 99.0, 7.0)]
        array = np.zeros(len(cleared), dtype=events.EVENT)
        array["ev"], array["px"], array["qty"] = (list(column) for column in zip(*cleared, strict=True))
        array["exch_ts"] = recordings.START_NS + np.arange(len(cleared))
        np.savez(tmp_path / "cleared.npz", data=array)
        found[until] = last_book(read_tape(TapeSource(messages=tmp_path / "cleared.npz")))
    assert list(found.values()) == [({99.0: 7, 97.0: 1}, {101.0: 2}), ({99.0: 7}, {101.0: 2})]


def test_aggregate_trades_of_futures_without_a_header_are_trades(tmp_path: Path) -> None:
    book, trades = recordings.binance(tmp_path)
    wanted = read_tape(TapeSource(messages=book, choice=Choice(trades=trades)))
    rows = [row.split(",") for row in trades.read_text().splitlines()]
    trades.write_text("".join(f"{a},{price},{size},1,1,{at},{maker}\n" for a, price, size, _, at, maker, _ in rows))
    tape = read_tape(TapeSource(messages=book, choice=Choice(trades=trades)))
    assert kinds(tape) == kinds(wanted)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("time_ns", -1, "line 3: the time is not from 0"),
        ("time_ns", 0, "line 3: the time is earlier than the one before"),
        ("size", -2, "line 3: the size is -2"),
        ("size", 2**62, "line 3: the size is 4611686018427387904; expected at most"),
        ("price", 0, "line 3: the price is 0"),
        ("side", 2**31, "line 3: the direction is 2147483648"),
        ("order_id", 2**60, "line 3: the order id is"),
        ("order_id", None, "order_id is missing in a row"),
        ("order_id", 1.5, "would get truncated|cannot be read as Parquet"),
        ("kind", "sold", "cannot be read as Parquet: 'sold'"),
    ],
)
def test_events_that_no_tape_has_are_refused(tmp_path: Path, old: str, new: object, sentence: str) -> None:
    path = _events(tmp_path, {old: new})
    with pytest.raises(InputError, match=sentence) as refused:
        read_tape(TapeSource(messages=path, lenient=True))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("share", ["0", "nan", "-1", "1e300", "x"])
def test_a_share_that_is_none_is_refused(tmp_path: Path, share: str) -> None:
    with pytest.raises(InputError, match=r"x\.parquet: (cannot be read|expected in its metadata a share)"):
        read_tape(TapeSource(messages=_events(tmp_path, {}, {"share": share})))


def _events(folder: Path, third: dict[str, object], told: dict[str, str] | None = None) -> Path:
    """Four events as Parquet, some columns of the third being something else."""
    rows = [
        {
            "time_ns": 36_000 * 10**9 + at,
            "order_id": at,
            "size": 1,
            "price": 10_000 - 100 * at,
            "side": 1,
            "kind": "new",
        }
        for at in range(1, 5)
    ]
    rows[2].update(third)
    table = pyarrow.Table.from_pylist(rows)
    pyarrow.parquet.write_table(table.replace_schema_metadata(told), folder / "x.parquet")
    return folder / "x.parquet"


def test_what_unpacks_to_far_more_than_a_file_may_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMTUI_MOST_MIB", "1")
    rows = 200_000
    table = pyarrow.table({name: np.zeros(rows, dtype=np.int64) for name in ("time_ns", "order_id", "size", "price")})
    table = table.append_column("side", [np.ones(rows, dtype=np.int64)]).append_column("kind", [["new"] * rows])
    pyarrow.parquet.write_table(table, tmp_path / "x.parquet")
    np.savez_compressed(tmp_path / "x.npz", data=np.zeros(rows, dtype=events.EVENT))
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("x.csv", b"\0" * 10_000_000)
    for name, sentence in (
        ("parquet", "far larger"),
        ("npz", "far larger"),
        ("zip", "packed otherwise than by deflate"),
    ):
        with pytest.raises(InputError, match=sentence):
            read_tape(TapeSource(messages=tmp_path / f"x.{name}"))


def test_sizes_too_large_for_the_smallest_step_are_read_more_coarsely(tmp_path: Path) -> None:
    source = _tardis(tmp_path, "99.99,900000000000.12345678")
    assert read_tape(source).share == 0.1

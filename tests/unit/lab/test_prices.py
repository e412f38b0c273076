"""Reading a recorded price path, and refusing one that cannot be used."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from mmtui.errors import InputError
from mmtui.lab.backtest.backtest import backtest
from mmtui.lab.backtest.model import Setup
from mmtui.lab.backtest.price_rows import PriceColumns
from mmtui.lab.backtest.prices import Prices, read_prices

HEADER = "timestamp,price\n"


def read(folder: Path, text: str | bytes) -> Prices:
    path = folder / "p.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_prices(path)


def refused(folder: Path, text: str | bytes) -> str:
    """The sentence with which a file is refused, without the folder."""
    with pytest.raises(InputError) as caught:
        read(folder, text)
    assert caught.value.exit_code == 2
    message = str(caught.value)
    assert message.startswith(f"{folder / 'p.csv'}")
    assert "\n" not in message
    return message.removeprefix(f"{folder / 'p.csv'}").removeprefix(":").removeprefix(",").strip()


# What is read


def test_iso_times_and_prices_as_written(tmp_path: Path) -> None:
    prices = read(tmp_path, HEADER + "2026-05-02T02:36:22Z,78318.5\n2026-05-02T02:36:23Z,78320\n")
    assert prices.stamps == ["2026-05-02T02:36:22Z", "2026-05-02T02:36:23Z"]
    assert prices.values == [Decimal("78318.5"), Decimal(78320)]
    assert prices.times_ns.tolist() == [0, 1_000_000_000]


@pytest.mark.parametrize(
    ("first", "second", "apart_ns"),
    [
        ("0", "0.1", 100_000_000),
        ("1700000000.000000001", "1700000000.000000003", 2),
        ("-1.5", "2e0", 3_500_000_000),
        ("2026-01-01", "2026-01-02", 86_400_000_000_000),
        ("2026-01-01 09:30:00", "2026-01-01T09:30:00.000000007", 7),
        ("2026-01-01T09:30:00.25+08:00", "2026-01-01T01:30:01.5Z", 1_250_000_000),
        ("1969-12-31T23:59:59.9Z", "1970-01-01T00:00:00.1Z", 200_000_000),
    ],
)
def test_time_between_timestamps(tmp_path: Path, first: str, second: str, apart_ns: int) -> None:
    assert read(tmp_path, f"{HEADER}{first},1\n{second},2\n").times_ns.tolist() == [0, apart_ns]


def test_other_columns_blank_lines_a_byte_order_mark_and_capitals_do_not_matter(tmp_path: Path) -> None:
    prices = read(tmp_path, '\ufeffid,Price , volume,TIMESTAMP\r\na, 1.5 ,"x,y",0\r\n\r\n,,,\r\nb,2,z,1')
    assert prices.values == [Decimal("1.5"), Decimal(2)]
    assert prices.stamps == ["0", "1"]


# What is refused

GOOD = "1,100\n2,101\n"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (GOOD + "3,\n", "line 4: the price is missing"),
        (GOOD + "\n3,-4\n", "line 5: the price -4 is negative; expected it above zero"),
        (GOOD + "3,0.00\n", "line 4: the price 0.00 is zero; expected it above zero"),
        (GOOD + "3,NaN\n", "line 4: the price 'NaN' is not a finite number"),
        (GOOD + "3,-inf\n", "line 4: the price '-inf' is not a finite number"),
        (GOOD + "3,1e13\n", "line 4: the price 1e13 is outside 1e-12 to 1e12"),
        (GOOD + "3,1e999\n", "line 4: the price 1e999 is outside 1e-12 to 1e12"),
        (GOOD + "3,1_0\n", "line 4: the price '1_0' is not a number"),
        (GOOD + "3,dear\n", "line 4: the price 'dear' is not a number"),
        (GOOD + "3,\u0663\n", "line 4: the price '\u0663' is not a number"),
        (GOOD + "3\n", "line 4: 1 values under 2 columns"),
        (GOOD + "3,1,500.5\n", "line 4: 3 values under 2 columns"),
        (GOOD + ",102\n", "line 4: the timestamp is missing"),
        (GOOD + "nan,102\n", "line 4: the timestamp 'nan' is not a finite number"),
        (GOOD + "soon,102\n", "line 4: the timestamp 'soon' is neither an ISO time nor a number of seconds"),
        (GOOD + "2,102\n", "line 4: the timestamp 2 is the same as the one before; expected each to be later"),
        (GOOD + "1.5,102\n", "line 4: the timestamp 1.5 is earlier than the one before; expected each to be later"),
        (
            GOOD + "2026-01-01,102\n",
            "line 4: the timestamp '2026-01-01' is ISO times without a zone, but those before are numbers",
        ),
        (GOOD + "1700000000000,102\n", "line 4: the timestamp 1700000000000 is beyond 1e+11 seconds"),
        (GOOD + "90000000000,102\n", "line 4: the timestamp 90000000000 is more than 280 years after the first"),
        (GOOD + '3,"102\n', "line 4: not CSV: unexpected end of data"),
        ("1,100\n", "holds 1 price; at least two are needed"),
        ("", "holds no prices; at least two are needed"),
    ],
)
def test_a_bad_row_is_one_sentence_with_its_line(tmp_path: Path, rows: str, told: str) -> None:
    assert refused(tmp_path, HEADER + rows).startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty; expected a header with the columns timestamp and price"),
        ("\n\n", "is empty; expected a header with the columns timestamp and price"),
        ("time,price\n" + GOOD, "line 1: the header has no column 'timestamp': time, price; --time says which it is"),
        (
            "timestamp,mid\n" + GOOD,
            "line 1: the header has no column 'price': timestamp, mid; --price says which it is",
        ),
        ("\n" + GOOD, "line 2: the header has no column 'timestamp': 1, 100; --time says which it is"),
        ("timestamp,price,price\n1,1,1\n", "line 1: the header has two columns 'price': timestamp, price, price"),
        (HEADER.encode() + b"1,100\n2,\xff\n", "line 3: not UTF-8 text"),
        (
            "timestamp,price\n1,100\n2,101\n".encode("utf-16"),
            "line 1: not UTF-8 text; the file is text in UTF-16; expected UTF-8",
        ),
    ],
)
def test_a_file_that_is_no_price_path_is_one_sentence(tmp_path: Path, text: str | bytes, told: str) -> None:
    assert refused(tmp_path, text) == told


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.csv: cannot be read: No such file or directory$"):
        read_prices(tmp_path / "no.csv")
    with pytest.raises(InputError, match=r"cannot be read: Is a directory$"):
        read_prices(tmp_path)


# Files as they come


def test_columns_are_named_semicolons_and_decimal_commas_are_read(tmp_path: Path) -> None:
    path = tmp_path / "p.csv.gz"
    path.write_bytes(
        gzip.compress(b"Zeit;Kurs;Geld;Brief\n2026-01-02 09:00;101,5;101;102,5\n2026-01-02 09:01;102;101;104\n")
    )
    assert read_prices(path, PriceColumns("zeit", "kurs")).values == [Decimal("101.5"), Decimal(102)]
    assert read_prices(path, PriceColumns("Zeit", bid="Geld", ask="Brief")).values == [
        Decimal("101.75"),
        Decimal("102.5"),
    ]
    with pytest.raises(InputError, match="--bid and --ask: expected both or neither"):
        PriceColumns(bid="Geld")


@pytest.mark.parametrize(
    ("digits", "unit"), [("1700000000", ""), ("000", "milli"), ("000000", "micro"), ("000000000", "nano")]
)
def test_the_unit_of_epochs_is_seen_and_said(tmp_path: Path, digits: str, unit: str) -> None:
    more = digits if unit else ""
    prices = read(tmp_path, f"{HEADER}1700000000{more},1\n1700000060{more},2\n")
    assert (prices.start_ns, prices.times_ns.tolist()) == (1_700_000_000 * 10**9, [0, 60 * 10**9])
    assert prices.notes == ((f"Timestamps are taken for {unit}seconds since 1970.",) if unit else ())


@pytest.mark.parametrize("kind", ["ns", "text", "zone", "int"])
def test_parquet_is_read_as_csv_is(tmp_path: Path, kind: str) -> None:
    seconds = [1_767_344_400, 1_767_344_460]
    stamps = {
        "ns": pa.array([second * 10**9 for second in seconds], pa.timestamp("ns")),
        "zone": pa.array([second * 10**3 for second in seconds], pa.timestamp("ms", "UTC")),
        "text": pa.array(["2026-01-02T09:00:00Z", "2026-01-02T09:01:00Z"]),
        "int": pa.array([second * 10**6 for second in seconds]),
    }
    path = tmp_path / "p.parquet"
    write_table(pa.table({"ts": stamps[kind], "px": [101.25, 101.5], "more": [None, "x"]}), path)
    prices = read_prices(path, PriceColumns("ts", "px"))
    assert (prices.start_ns, prices.times_ns.tolist()) == (seconds[0] * 10**9, [0, 60 * 10**9])
    assert prices.values == [Decimal("101.25"), Decimal("101.5")]
    with pytest.raises(InputError, match=r"p.parquet: the header has no column 'timestamp': ts, px, more; --time says"):
        read_prices(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"p.parquet: cannot be read as Parquet"):
        read_prices(path, PriceColumns("ts", "px"))


def test_gaps_and_splits_are_named_and_what_is_usual_is_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    values = 100 * np.exp(np.cumsum(rng.normal(0, 0.001, 400)))
    times = np.arange(400) * 60
    plain = "".join(f"{time},{value:.4f}\n" for time, value in zip(times, values, strict=True))
    assert read(tmp_path, HEADER + plain).notes == ()
    values[200:] /= 4
    times[300:] += 86_400
    odd = "".join(f"{time},{value:.4f}\n" for time, value in zip(times, values, strict=True))
    gap, split = read(tmp_path, HEADER + odd).notes
    assert gap.startswith("A gap of 24 hours after 17940, where prices are mostly 60 s apart")
    assert split.startswith("What looks like a split of 4 for 1 at 12000 (")
    days = "".join(f"2026-01-{day:02},{100 + day % 3}\n" for day in (5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19, 20))
    assert read(tmp_path, HEADER + days).notes == ()


def test_why_nothing_is_filled_is_said(tmp_path: Path) -> None:
    prices = read(tmp_path, HEADER + "".join(f"{at},{100 + at % 2 / 100}\n" for at in range(50)))
    found = backtest(prices, Setup(strategy="fixed[half_spread=9]")).report
    assert found.fills == 0
    assert found.notes[0].startswith("Nothing was filled: quotes stood 9")
    assert "the price moves 1 a step, 1 at most" in found.notes[0]
    assert "never had a quote" in backtest(prices, Setup(strategy="idle")).report.notes[0]
    assert backtest(prices, Setup(strategy="fixed", fill="coin")).report.notes == ()


# Ticks and volatility


def path(*values: str) -> Prices:
    seconds = np.arange(len(values), dtype=np.int64) * 1_000_000_000
    return Prices("p.csv", [str(i) for i in range(len(values))], seconds, [Decimal(value) for value in values])


@pytest.mark.parametrize(
    ("values", "tick"),
    [
        (["100.05", "100.10", "99.95"], "0.05"),
        (["100.05", "100.10", "99.96"], "0.01"),
        (["78318.5", "78322.5"], "0.5"),
        (["50.00", "50.02", "50.08"], "0.02"),
        (["100", "101"], "0.01"),  # whole prices do not make a tick of one in a hundred
        (["100", "100"], "0.01"),
        (["100.1234567", "100.1234561"], "0.01"),
        (["7.1234567", "8"], "0.0001"),
    ],
)
def test_the_tick_is_the_step_of_the_prices_where_they_show_one(values: list[str], tick: str) -> None:
    assert path(*values).default_tick() == Decimal(tick)


def test_prices_in_ticks_are_exact_on_the_grid_and_stay_between_ticks_off_it() -> None:
    assert path("100.07", "1.15", "0.015").ticks(Decimal("0.01")).tolist() == [10007.0, 115.0, 1.5]


def test_a_price_below_a_tick_is_refused() -> None:
    with pytest.raises(InputError, match=r"^p\.csv: the price 0\.005 at 1 is below a tick of 0\.01$"):
        path("1", "0.005").ticks(Decimal("0.01"))

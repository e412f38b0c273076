"""Small inputs of other people, put through the commands as a user would: read rightly, or refused in one sentence."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from mmtui.book import Side
from mmtui.lab.tapes.levels import Wanted, write_level
from mmtui.lab.tapes.reading import TapeSource, read_tape
from mmtui.level.level import load_level
from mmtui.market.rules.phases import Phase
from mmtui.session.commands import Quote, Take
from mmtui.session.session import Session
from mmtui.units import NS_PER_S
from tests.unit.cli.conftest import Mmtui

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus"
PRICES, TAPES, LEVELS = CORPUS / "prices", CORPUS / "tape", CORPUS / "level"


def report(mmtui: Mmtui, prices: Path, strategy: str = "idle") -> dict[str, object]:
    ended = mmtui("backtest", prices, "-s", strategy, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, object] = json.loads(ended.out)["path"]
    return found


def on_tape(name: str, folder: Path) -> Session:
    tape = read_tape(TapeSource(messages=TAPES / name))
    path = folder / "level.toml"
    write_level(tape, Wanted(), path)
    return Session(load_level(str(path)), 1)


# Prices


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["glft", "cartea-jaimungal", "composite", "rules", "reversion"])
@pytest.mark.parametrize("name", ["01-two-days-of-minutes.csv", "13-sixty-days.csv"])
def test_a_quiet_night_or_sixty_days_are_no_trouble(mmtui: Mmtui, name: str, strategy: str) -> None:
    assert report(mmtui, PRICES / name, strategy)


def test_the_cost_of_a_pause_is_that_of_a_window() -> None:
    from mmtui.signals.hurst import Hurst
    from mmtui.signals.lead import Lead
    from mmtui.strategies.combined.reversion import Pull

    century_ns = 100 * 365 * 86_400 * NS_PER_S
    hurst, pull, lead = Hurst(), Pull(600.0, 14.1, 2.0, 0.7), Lead(5, 0.1)
    for at_ns, mid in ((0, 100.0), (century_ns, 101.0), (2 * century_ns, 100.0)):
        hurst.update(at_ns, mid)
        pull.update(at_ns, mid)
        lead.update(at_ns, 0.5, mid)
    assert hurst.count == 1024


def test_a_pause_leaves_the_slope_that_step_by_step_would() -> None:
    from mmtui.signals.lead import Lead

    leap, steps = Lead(5, 0.1), Lead(5, 0.1)
    for second in range(400):
        if second <= 20:
            leap.update(second * NS_PER_S, 0.5 * (second % 3), 100.0 + second % 5)
        steps.update(second * NS_PER_S, 0.5 * (min(second, 20) % 3), 100.0 + min(second, 20) % 5)
    leap.update(399 * NS_PER_S, 0.5 * 2, 100.0)
    assert leap.slope == pytest.approx(steps.slope)


@pytest.mark.parametrize(
    ("name", "prices", "seconds"),
    [
        ("10-basic-dates.csv", 7, 10 * 86_400),
        ("11-basic-fractions.csv", 3, 1.0),
        ("16-line-separators.csv", 3, 2.0),
    ],
)
def test_timestamps_and_lines_are_what_they_look_like(mmtui: Mmtui, name: str, prices: int, seconds: float) -> None:
    path = report(mmtui, PRICES / name)
    assert (path["prices"], path["seconds"]) == (prices, seconds)


@pytest.mark.parametrize(
    ("stamps", "seconds"),
    [
        (("20240102T093000.9", "20240102T093001.4"), 0.5),
        (("2024-01-02T09:30:00,900", "2024-01-02 09:30:01.4"), 0.5),
        (("20240102T093000.9Z", "20240102T103001.4+0100"), 0.5),
        (("2024-W01-2T09:30:00.000000001", "2024-W01-2T09:30:00.000000003"), 2e-9),
        (("20240228", "20240301"), 2 * 86_400),
        (("1706227200", "1706227201.5"), 1.5),
    ],
)
def test_fractions_and_dates_in_all_their_forms(
    mmtui: Mmtui, tmp_path: Path, stamps: tuple[str, str], seconds: float
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("timestamp,price\n" + "".join(f'"{stamp}",{100 + at}\n' for at, stamp in enumerate(stamps)))
    assert report(mmtui, path)["seconds"] == pytest.approx(seconds)


@pytest.mark.parametrize("stamps", [("202401", "202402"), ("202312", "202401", "202402")])
def test_months_are_not_taken_for_seconds(mmtui: Mmtui, tmp_path: Path, stamps: tuple[str, ...]) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("timestamp,price\n" + "".join(f"{stamp},100\n" for stamp in stamps))
    ended = mmtui("backtest", path, "-s", "idle")
    assert ended.code == 2
    assert f"timestamps such as {stamps[0]} may be months or seconds" in ended.err


def test_compressed_prices_are_read_or_named(mmtui: Mmtui, tmp_path: Path) -> None:
    plain = (PRICES / "10-basic-dates.csv").read_bytes()
    zipped = tmp_path / "prices.csv.gz"
    zipped.write_bytes(gzip.compress(plain))
    assert report(mmtui, zipped)["prices"] == 7
    pack: dict[str, Callable[[bytes], bytes]] = {"bzip2": bz2.compress, "xz": lzma.compress}
    for name, compress in pack.items():
        path = tmp_path / f"prices.{name}"
        path.write_bytes(compress(plain))
        ended = mmtui("backtest", path, "-s", "idle")
        assert ended.code == 2
        assert ended.err.endswith(f"; the file is compressed by {name}; expected it plain or gzipped\n")


# Tapes


def test_of_one_message_the_figures_that_exist_are_shown_and_no_level_is_made(mmtui: Mmtui, tmp_path: Path) -> None:
    ended = mmtui("tape", "info", TAPES / "02-one-message.csv")
    assert ended.code == 0
    assert "1 over 0.0 s: 1 new" in ended.out
    made = mmtui("tape", "import", TAPES / "02-one-message.csv", "-o", tmp_path / "level.toml")
    assert made.code == 2
    assert made.err.count("\n") == 1
    assert "a level needs a second at least" in made.err


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("03-semicolons.csv", "LOBSTER messages with semicolons; expected commas"),
        ("03-seven-columns.csv", "LOBSTER messages with a seventh column; expected six"),
    ],
)
def test_the_first_wrong_row_is_told_and_what_the_file_is(mmtui: Mmtui, name: str, what: str) -> None:
    ended = mmtui("tape", "info", TAPES / name)
    assert ended.code == 2
    assert f"{name}, line 1: expected 6 columns" in ended.err
    assert ended.err.endswith(f"; the file is {what}\n")


@pytest.mark.parametrize(
    ("command", "content", "what"),
    [
        (["tape", "info"], b"timestamp,price\n1,2\n", "a CSV file of prices, as mmtui backtest reads"),
        (["backtest", "-s", "idle"], b"PK\x03\x04....", "a zip archive; expected it unpacked"),
        (["tape", "info"], b"100,1,99,1,101,1,98,1\n", "LOBSTER's orderbook file, which goes with its messages"),
        (["backtest", "-s", "idle"], b"1.5,1,1,1,100,1\n", "LOBSTER messages, as mmtui tape reads"),
        (["backtest", "-s", "idle"], b'{"journal":1}\n', "a journal of mmtui"),
        (["backtest", "-s", "idle"], b'id = "skew"\n', "a level, or other TOML"),
    ],
)
def test_a_file_of_another_known_kind_is_named(
    mmtui: Mmtui, tmp_path: Path, command: list[str], content: bytes, what: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    ended = mmtui(*command, path)
    assert ended.code == 2
    assert ended.err.endswith(f"; the file is {what}\n")


def test_between_quoting_and_trading_orders_rest_and_nothing_trades(tmp_path: Path) -> None:
    session = on_tape("04-quote-resume.csv", tmp_path)
    found = []
    for second in (5, 11, 16, 21):
        session.advance(second * NS_PER_S)
        session.submit(Take(Side.BUY, 100))
        session.submit(Quote(Side.SELL, 10_010, second, add=True))
        session.advance(second * NS_PER_S + NS_PER_S // 2)
        view = session.maker.view
        found.append((view.phase, view.position, [order.quantity for order in view.orders]))
    assert found == [
        (Phase.OPEN, 100, [5]),
        (Phase.CLOSED, 100, [5]),
        (Phase.HALT, 100, [5, 16]),
        (Phase.OPEN, 200, [5, 16, 21]),
    ]


def test_a_cross_counts_once_and_has_no_side(tmp_path: Path) -> None:
    session = on_tape("05-cross.csv", tmp_path)
    session.advance(50 * NS_PER_S)
    [trade] = session.maker.view.trades_since(0)
    assert (session.market.exchange.volume, trade.quantity, int(trade.side)) == (300, 300, 0)
    assert session.market.exchange.depth(Side.BUY)[0].quantity == 350


def test_a_cross_fills_an_own_order_in_its_place(tmp_path: Path) -> None:
    session = on_tape("05-cross.csv", tmp_path)
    session.advance(NS_PER_S)
    session.submit(Quote(Side.BUY, 10_000, 40))
    session.advance(50 * NS_PER_S)
    assert session.maker.view.position == 40
    assert session.market.exchange.volume == 340


def test_the_command_counts_the_lots_of_a_cross_once(mmtui: Mmtui) -> None:
    assert json.loads(mmtui("tape", "info", TAPES / "05-cross.csv", "--format", "json").out)["volume"] == 300


@pytest.mark.parametrize("name", ["14-byte-order-mark.csv", "14-blank-last-line.csv"])
def test_a_byte_order_mark_and_a_blank_end_are_no_rows(mmtui: Mmtui, name: str, tmp_path: Path) -> None:
    ended = mmtui("tape", "info", TAPES / name, "--tick", "0.01")
    assert (ended.code, ended.err) == (0, "")
    assert "4 over 0.0 s: 4 new" in ended.out
    level = tmp_path / "mine.toml"
    level.write_text((Path(__file__).parents[3] / "levels" / "skew.toml").read_text(encoding="utf-8"), "utf-8-sig")
    assert mmtui("levels", "check", level).code == 0


def test_a_size_with_an_underscore_is_told_with_its_line(mmtui: Mmtui, tmp_path: Path) -> None:
    for kind in ("message", "orderbook"):
        [source] = CORPUS.rglob(f"26-underscore_{kind}_1.csv")
        (tmp_path / source.name).write_bytes(source.read_bytes())
    ended = mmtui("tape", "info", tmp_path / "26-underscore_message_1.csv")
    assert ended.code == 2
    assert "26-underscore_orderbook_1.csv, line 3: expected whole numbers" in ended.err


@pytest.mark.parametrize(
    ("sizes", "lot", "shown"),
    [
        ([100_000_000] * 40, 10_000_000, 10),
        ([250_000_000, 500_000_000] * 20, 10_000_000, 25),
        ([100, 300, 200, 700] * 10, 20, 5),
        ([5, 17, 3] * 14, 1, 5),
        ([100_000_000] * 39 + [123_456_789], 10_000_000, 10),
    ],
)
def test_a_lot_suits_the_sizes(tmp_path: Path, sizes: list[int], lot: int, shown: int) -> None:
    rows = [f"{100 + at},1,{at + 1},{size},{999900 - 100 * (at % 9)},1" for at, size in enumerate(sizes)]
    rows += [f"{500 + at},4,{at + 1},{size},{999900 - 100 * (at % 9)},1" for at, size in enumerate(sizes[:20])]
    rows.append(f"600,1,9999,{sizes[0]},1000100,-1")
    path = tmp_path / "tape.csv"
    path.write_text("\n".join(rows) + "\n")
    tape = read_tape(TapeSource(messages=path, lot=None))
    assert (tape.units.lot, int(tape.messages.sizes[0])) == (lot, shown)
    level = tmp_path / "level" / "level.toml"
    write_level(tape, Wanted(), level)
    session = Session(load_level(str(level)), 1)
    session.advance(session.end_ns)
    assert session.market.exchange.volume == int(tape.messages.sizes[tape.messages.kinds == 4].sum())


# Levels


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("09-tiny-tick.toml", "market.instrument.price: expected 4 to 1e12 ticks, not 1 / 1e-300 = 1.0e+300"),
        ("21-deep-array.toml", "expected tables and lists of at most 32 levels within each other"),
        ("22-five-thousand-digits.toml", "expected TOML with numbers of at most 4,300 digits"),
    ],
)
def test_a_level_beyond_all_bounds_is_one_sentence(mmtui: Mmtui, name: str, said: str) -> None:
    ended = mmtui("levels", "check", LEVELS / name)
    assert (ended.code, ended.out) == (2, f"{LEVELS / name}: {said}\n")
    ended = mmtui("run", LEVELS / name, "-s", "skew")
    assert (ended.code, ended.err) == (2, f"Error: {LEVELS / name}: {said}\n")


@pytest.mark.parametrize(("tick", "price"), [(1.0, 4.0), (1.0, 1e12), (1e-6, 1e6), (0.5, 20_000.0)])
def test_books_add_up_at_the_bounds_of_a_price(mmtui: Mmtui, tick: float, price: float) -> None:
    instrument = ["--set", f"market.instrument.tick={tick}", "--set", f"market.instrument.price={price}"]
    instrument += ["--set", 'market.preset="hk-50-fine"', "--set", "duration_s=20", "--set", "events=[]"]
    for strategy in ("skew", "reckless"):
        ended = mmtui("run", "sandbox", "-s", strategy, *instrument, "--seeds", "1", "--audit")
        assert (ended.code, ended.err) == (0, "")

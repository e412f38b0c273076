"""Results and sessions as tables."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

import mmtui
from mmtui import Columns, Level, Rows, Session, compare, load_level, record, recorded, run, sweep
from mmtui.errors import InputError, UntrustedError
from mmtui.lab.tables.columns import columns_from
from mmtui.report.recording import Recording
from tests.unit.session.support import strategy_file


@pytest.fixture(scope="module")
def level() -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=30)


@pytest.fixture(scope="module")
def recording(level: Level) -> Recording:
    return record(level, "skew", 7, {"half_spread": 1.0}, depth=3)


def test_results_are_columns_with_their_parameters(level: Level) -> None:
    results = run(level, ["idle", ("skew", {"size": 2})], [1, 2])
    columns = results.columns()
    assert {len(values) for values in columns.values()} == {4}
    assert columns["strategy"] == ["idle", "skew"] * 2
    assert columns["params.size"] == [None, 2] * 2
    assert columns["pnl.total"] == [result.pnl.total for result in results]
    assert "params" not in columns
    table = results.to_arrow()
    assert table.equals(pa.table(columns))
    assert table.column("score").to_pylist() == columns["score"]
    assert compare(results).columns()["measure"][0] == "score"
    assert sweep(level, "skew", [{"size": 1}, {"size": 3}], [1, 2]).columns()["point.size"] in ([1, 3], [3, 1])


def test_reprs_are_short(level: Level, recording: Recording) -> None:
    results = run(level, ["skew", "idle"], [1, 2])
    session = Session(level, 1, "skew")
    session.advance(10**9)
    for shown in (results, results[0], level, session, results.columns(), compare(results), recording, Rows()):
        assert len(repr(shown)) < 1_500
        assert "\n" not in repr(shown)
    assert repr(results[0]).startswith("Result(skew, skew, seed 1: score ")
    assert (repr(level), repr(session)) == ("Level(skew, 30 s)", "Session(skew, seed 1, 1 of 30 s, running)")
    assert repr(results).startswith("4 × Result: Result(")


def test_notebooks_are_shown_tables(level: Level) -> None:
    html = Rows(run(level, ["skew"], range(1, 31)))._repr_html_()
    assert html.startswith("<p>30 rows</p><table>")
    assert html.count("<tr>") == 21
    table = columns_from([{"a": "<b>", "c": 1.23456}, {"a": None}])
    assert "<td>&lt;b&gt;</td><td>1.235</td></tr><tr><td></td><td></td>" in table._repr_html_()


def test_a_recording_is_of_the_session_that_is_run(level: Level, recording: Recording) -> None:
    (result,) = run(level, ("skew", {"half_spread": 1.0}), [7])
    assert recording.result == result
    fills, seconds = recording.fills, recording.seconds
    assert fills.height == result.fills
    assert sum(fills["quantity"]) == result.volume
    assert fills["position_after"][-1] == result.position.final
    assert seconds["total"][-1] == result.pnl.total
    assert len(recording.trades["at_ns"]) == result.market.trades
    assert recording.orders.height >= recording.quotes.height / 4
    assert all(value is None or isinstance(value, float) for value in fills["markout_10s"])
    for table in (fills, recording.orders, recording.quotes, recording.trades, recording.mids, seconds, recording.book):
        assert isinstance(table, Columns)
        assert pa.table(table).num_rows == table.height


def test_the_book_s_samples_are_those_of_the_session(recording: Recording) -> None:
    book = recording.book
    assert book["at_ns"] == [second * 10**9 for second in range(1, 31)]
    assert [book["bid_1"][at] for at in range(30)] == recording.seconds["bid"][1:]
    assert all(first > second for first, second in zip(book["bid_1"], book["bid_2"], strict=True))
    assert len(book) == 1 + 3 * 4


def test_a_journal_is_recorded_alike(level: Level, recording: Recording, tmp_path: Path) -> None:
    run(level, ("skew", {"half_spread": 1.0}), [7], journals=tmp_path)
    (path,) = tmp_path.glob("*.jsonl")
    assert recorded(path).fills == recording.fills
    run(level, strategy_file(tmp_path, "return Quotes()"), [7], journals=tmp_path / "mine")
    (mine,) = (tmp_path / "mine").glob("*.jsonl")
    with pytest.raises(UntrustedError):
        recorded(mine)
    assert recorded(mine, trusted=True).result.fills == 0


def test_a_notebook_is_shown_the_report_with_its_charts(recording: Recording) -> None:
    html = recording._repr_html_()
    (page,) = re.findall('srcdoc="(.*?)"', html, re.DOTALL)
    assert unescape(page).count("<svg") >= 4
    assert "<script" not in unescape(page)


def test_a_library_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(InputError, match="polars is not installed: pip install polars"):
        Columns(a=[1]).to_polars()


def test_a_star_gives_the_documented_names() -> None:
    names: dict[str, object] = {}
    exec("from mmtui import *", names)
    assert set(mmtui.__all__) <= set(names)
    assert names["run"] is run

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from mmtui.book import Side
from mmtui.braille import Plot
from mmtui.session.commands import HandOver
from mmtui.tui.format import Row
from mmtui.tui.widgets.chart import PriceChart, price_range
from mmtui.tui.widgets.hedges import hedge_rows
from mmtui.tui.widgets.signals import flow_gauge, signal_rows
from mmtui.units import NS_PER_S
from tests.tui.small import INSTRUMENT, hedged, indexed, minute, quiet, seat_in, trading

TRADING = trading().view()
HEDGED, INDEXED = hedged().view(), indexed().view()
FUTURE = indexed().session.level.market.instrument


def test_dots_are_braille_with_the_highest_price_on_top() -> None:
    plot = Plot(2, 1, 0, 3)
    plot.line("live", 0, 3)
    plot.line("live", 3, 0)
    assert plot.spans(0) == [("\u2801\u2880", "live")]


def test_line_joins_two_prices() -> None:
    plot = Plot(1, 1, 0, 3)
    plot.line("live", 0, 0, 3)
    assert plot.spans(0) == [("\u2847", "live")]


def test_scale_is_never_narrower_than_a_few_ticks() -> None:
    low, high = price_range([100.0])
    assert low < 100 < high
    assert high - low >= 8
    assert price_range([100.0, 130.0])[0] <= 99


class ChartApp(App[None]):
    def compose(self) -> ComposeResult:
        yield PriceChart(INSTRUMENT)


async def test_chart_keeps_a_minute_and_no_more_and_marks_own_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    app = ChartApp()
    async with app.run_test(size=(60, 12)):
        chart = app.query_one(PriceChart)
        drawn: list[list[Row]] = []
        rows = chart._rows

        def recorded(*given: int) -> list[Row]:
            drawn.append(rows(*given))
            return drawn[-1]

        monkeypatch.setattr(chart, "_rows", recorded)
        for quarter in range(4 * 200):
            now_ns = quarter * NS_PER_S // 4
            fills = tuple(
                replace(fill, time_ns=now_ns - place * NS_PER_S, side=(Side.BUY, Side.SELL)[place])
                for place, fill in enumerate(TRADING.desk.last_fills[:2])
            )
            desk = replace(TRADING.desk, fills=2 * (quarter // 40), last_fills=fills)
            chart.update(replace(TRADING, now_ns=now_ns, mid=10017 + quarter % 7, desk=desk))
        assert len(chart.points) <= 240
        assert len(chart.fills) <= 14
        text = "\n".join("".join(part for part, _ in row) for row in drawn[-1])
        assert "▲" in text
        assert "▼" in text
        # A dot is about half a second: most snapshots draw nothing.
        assert len(drawn) < 4 * 200


async def test_chart_after_a_jump_shows_the_minute_before() -> None:
    app = ChartApp()
    view = minute().view()
    async with app.run_test(size=(60, 12)):
        chart = app.query_one(PriceChart)
        chart.update(view)
        assert [point.mid for point in chart.points] == [*view.mids]
        assert view.now_ns == chart.points[-1].time_ns == 0
        later = seat_in(minute().session.level, 65, HandOver("skew")).view()
        chart.update(later)
        times = [point.time_ns for point in chart.points]
        assert times == [second * NS_PER_S for second in range(6, 66)]
        assert len(chart.fills) == sum(fill.time_ns > 5 * NS_PER_S for fill in later.desk.last_fills) > 0
        # Played on, nothing is filled in.
        chart.update(replace(later, now_ns=later.now_ns + NS_PER_S // 2))
        assert len(chart.points) == 61


def test_signals_tell_how_far_from_usual_the_market_is() -> None:
    view = quiet().view()
    view = replace(view, signals=replace(view.signals, hurst=(0.39, "reverting")))
    text = ["".join(part for part, _ in row) for row in signal_rows(view, INSTRUMENT, 40, 9)]
    signals = view.signals
    assert signals.volatility is not None
    assert signals.usual_spread is not None
    assert f"{signals.volatility / signals.normal_volatility:.1f}× normal" in text[1]
    assert f"{signals.spread / signals.usual_spread:.1f}× usual" in text[2]
    assert f"{signals.imbalance:+.2f}" in text[3]
    assert f"{signals.pressure:+.2f}" in text[4]
    assert f"{signals.microprice - view.mid:+.2f}" in text[5]
    assert "0.39 reverting" in text[6]
    assert all(len(line) <= 28 for line in ("".join(p for p, _ in row) for row in signal_rows(INDEXED, FUTURE, 28, 9)))


def test_basis_is_told_in_deviations_with_the_hedge_ratio() -> None:
    text = ["".join(part for part, _ in row) for row in signal_rows(INDEXED, FUTURE, 40, 9)]
    hedge = INDEXED.hedges[0]
    assert hedge.basis_z is not None
    assert f"{hedge.basis_z:+.1f} σ  {hedge.ratio:.2f} IX a lot" in text[3]
    assert len(text) == 8


def test_hedge_panel_tells_what_is_held_and_what_is_missing() -> None:
    text = ["".join(part for part, _ in row) for row in hedge_rows(HEDGED.hedges, 37)]
    future, put = HEDGED.hedges
    assert put.delta is not None
    assert f"{future.bid * future.tick:,.2f} / {future.ask * future.tick:,.2f}" in text[1]
    assert f"held    -8  sell {-future.missing} more" in text[2]
    assert f"put Δ {put.delta:+.2f}" in text[3]
    assert f"held    +2  buy {put.missing} more" in text[4]
    assert {len(line) for line in text} == {37}
    assert hedge_rows((), 37) == []
    covered = [replace(hedge, missing=0) for hedge in HEDGED.hedges]
    assert "held    -8  covered" in "".join(part for part, _ in hedge_rows(covered, 37)[2])


def test_flow_gauge_has_its_marks_at_three_tenths_each_side() -> None:
    text = "".join(part for part, _ in flow_gauge(0.0, 21))
    assert [x for x, glyph in enumerate(text) if glyph == "┊"] == [7, 13]
    assert text[10] == "│"
    assert flow_gauge(0.5, 5) == []

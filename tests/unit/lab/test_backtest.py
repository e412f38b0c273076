"""A strategy along a path: what is booked, and that it is all accounted for."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.errors import InputError, StrategyError, UnknownStrategyError
from mmtui.lab.backtest.backtest import backtest
from mmtui.lab.backtest.model import Backtest, FillModel, Setup, course_of
from mmtui.lab.backtest.path_book import scaled
from mmtui.lab.backtest.prices import Prices
from mmtui.level.level import load_preset
from mmtui.market.value.latent_value import PricePath
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import MarketView, Quotes, Strategy

MODELS: tuple[FillModel, ...] = ("coin", "through", "intensity", "book")


def prices(*values: float | str, every_s: float = 1.0) -> Prices:
    times = (np.arange(len(values)) * every_s * 1e9).astype(np.int64)
    return Prices("p.csv", [f"t{i}" for i in range(len(values))], times, [Decimal(str(value)) for value in values])


def walk(steps: int, seed: int = 1, start: int = 10_000, sigma: float = 1.5) -> Prices:
    """A random walk around 100, in whole ticks of 0.01."""
    moves = np.rint(np.random.default_rng(seed).normal(0, sigma, steps)).astype(int)
    return prices(*(f"{(start + move) / 100:.2f}" for move in [0, *np.cumsum(moves).tolist()]))


def run(path: Prices, strategy: str = "fixed", fill: FillModel = "through", **setup: Any) -> Backtest:
    params = setup.pop("params", {})
    return backtest(path, Setup(strategy=strategy, params=params, fill=fill, **setup))


ONE_TICK: dict[str, Any] = {"params": {"half_spread": 1.0}, "spread": 1.0, "tick": Decimal("0.01")}


# By hand


def test_through_by_hand() -> None:
    # Quotes of 100 shares a cent from the price. Bought at 99.99 as it falls to 99.90, sold at 99.91 as it rises.
    found = run(prices("100", "99.90", "99.95", "99.95"), **ONE_TICK)
    first, second, third = found.steps
    assert (first.bid, first.ask, first.bid_fill, first.ask_fill, first.mark, first.position) == (
        99.99, 100.01, 1, 0, 99.90, 1,
    )  # fmt: skip
    assert (second.bid, second.ask, second.bid_fill, second.ask_fill, second.mark, second.position) == (
        99.89, 99.91, 0, 1, 99.95, 0,
    )  # fmt: skip
    assert (third.bid_fill, third.ask_fill, third.position) == (0, 0, 0)
    assert [step.cash for step in found.steps] == pytest.approx([-9999, -8, -8])
    assert [step.pnl for step in found.steps] == pytest.approx([-9, -8, -8])
    assert [step.spread for step in found.steps] == pytest.approx([1, 2, 2])
    # What a step does to the price is the position's: bought into the fall; flat again only after the rise.
    assert [step.position_pnl for step in found.steps] == pytest.approx([-10, -10, -10])
    report = found.report
    assert report.pnl.total == pytest.approx(-8.0)
    assert report.drawdown == pytest.approx(9.0 + 1.0)  # from the cent earned at the first fill
    assert (report.fills, report.volume) == (2, 2)
    assert report.position.mean_abs == pytest.approx(1 / 3)
    # Marked out a second after they are booked: 99.95 against 99.99 bought, and 99.95 against 99.91 sold.
    assert report.markout["1s"] == pytest.approx((-4 - 4) / 2)
    assert report.markout["10s"] is None


def test_a_row_has_the_stamp_and_the_price_at_its_start() -> None:
    found = run(prices("100", "99.90", "99.95"), **ONE_TICK)
    assert [(step.timestamp, step.price) for step in found.steps] == [("t0", 100.0), ("t1", 99.9)]


def test_fees_are_taken_off() -> None:
    found = run(prices("100", "99.90"), fee_bps=2.0, **ONE_TICK)
    fee = 9999 * 2e-4
    assert found.steps[-1].fees == pytest.approx(fee)
    assert found.steps[-1].cash == pytest.approx(-9999 - fee)
    assert found.report.pnl.total == pytest.approx(-9.0 - fee)


# Under every model


@pytest.mark.parametrize("fill", MODELS)
@pytest.mark.parametrize("strategy", ["skew", "touch"])
def test_every_row_adds_up_and_the_limit_holds(fill: FillModel, strategy: str) -> None:
    path = walk(300)
    found = run(path, strategy, fill, limit=3, fee_bps=0.5)
    position, cash = 0, 0.0
    lot = 100
    for step in found.steps:
        position += step.bid_fill - step.ask_fill
        assert step.position == position
        assert abs(position) <= 3
        assert step.pnl == pytest.approx(step.cash + position * lot * step.mark, abs=1e-6)
        assert step.pnl == pytest.approx(step.spread + step.position_pnl + step.hedge - step.fees, abs=1e-6)
        if fill != "book":  # where a quote may change within a step
            value = step.ask_fill * (step.ask or 0.0) - step.bid_fill * (step.bid or 0.0)
            paid = 0.5e-4 * (step.ask_fill * (step.ask or 0.0) + step.bid_fill * (step.bid or 0.0))
            assert step.cash - cash == pytest.approx(lot * (value - paid), abs=1e-6)
            assert step.bid is None or step.ask is None or step.bid < step.ask
        cash = step.cash
    report = found.report
    assert len(found.steps) == 300
    assert report.fills > 10
    assert report.position.max_abs == max(abs(step.position) for step in found.steps)
    assert report.pnl.total == found.steps[-1].pnl
    assert report.volume == sum(step.bid_fill + step.ask_fill for step in found.steps)


@pytest.mark.parametrize("fill", MODELS)
def test_the_seed_decides_and_nothing_else_does(fill: FillModel) -> None:
    path = walk(100)
    first, second, other = (run(path, "skew", fill, seed=seed) for seed in (5, 5, 6))
    assert first == second
    assert (first.steps == other.steps) == (fill == "through")


def test_the_limit_does_not_freeze_the_position() -> None:
    # The mistake: at the limit both sides stop, for ever. Here the coin goes on, and the ask brings it back.
    found = run(walk(2000), "fixed", "coin", limit=5)
    positions = [step.position for step in found.steps]
    assert max(positions) == 5
    assert min(positions) == -5
    at_limit = [later for now, later in zip(found.steps, found.steps[1:], strict=False) if now.position == 5]
    assert all(step.bid is None and step.ask is not None for step in at_limit)
    assert {step.ask_fill for step in at_limit} == {0, 1}


def test_the_coin_does_not_drift() -> None:
    # The mistake: the ask fills half as often as the bid. Without a limit in reach the position is a fair walk.
    steps = 4000
    found = run(walk(steps), "fixed", "coin", limit=10_000)
    bought = sum(step.bid_fill for step in found.steps)
    sold = sum(step.ask_fill for step in found.steps)
    assert bought == pytest.approx(steps / 2, abs=4 * np.sqrt(steps / 4))
    assert sold == pytest.approx(steps / 2, abs=4 * np.sqrt(steps / 4))


def test_intensity_with_its_a_and_k_fills_as_often_as_the_law_says() -> None:
    # 2 ticks from the price at every step: k is by price, 50 a unit is half a tick's.
    steps = 4000
    path = prices(*["100"] * (steps + 1), every_s=0.5)
    setup: dict[str, Any] = {
        "params": {"half_spread": 2.0},
        "spread": 1.0,
        "tick": Decimal("0.01"),
        "rate": 1.0,
        "k": 50.0,
    }
    found = run(path, "fixed", "intensity", limit=10**6, **setup)
    chance = 1 - np.exp(-0.5 * np.exp(-0.5 * 2))
    allowed = 4 * np.sqrt(steps * chance * (1 - chance))
    assert sum(step.bid_fill for step in found.steps) == pytest.approx(steps * chance, abs=allowed)
    assert sum(step.ask_fill for step in found.steps) == pytest.approx(steps * chance, abs=allowed)
    assert found.report.path.rate == 1.0
    assert found.report.path.k == pytest.approx(0.5)


def test_a_and_k_not_given_are_fitted() -> None:
    found = run(walk(500), "fixed", "intensity")
    assert found.report.path.rate == pytest.approx(0.5 * 0.75, rel=0.15)  # a quarter of the moves round to none
    only_k = run(walk(500), "fixed", "intensity", k=50.0)
    assert only_k.report.path.k == pytest.approx(0.5)
    assert only_k.report.path.rate == found.report.path.rate


def test_latency_leaves_the_old_quotes_standing() -> None:
    # The price jumps by 50 ticks; with a second of latency the bid of before is what the fall back meets.
    path = prices("100", "100", "100.50", "100", "100")
    late, quick = (run(path, **ONE_TICK, latency_ms=ms) for ms in (1000.0, 0.0))
    assert [step.bid for step in quick.steps] == [99.99, 99.99, 100.49, 99.99]
    assert [step.bid for step in late.steps] == [None, 99.99, 99.99, None]


def at(*rows: tuple[float, str]) -> Prices:
    """Prices at times in seconds."""
    times = np.array([round(time_s * 1e9) for time_s, _ in rows], dtype=np.int64)
    return Prices("p.csv", [str(time_s) for time_s, _ in rows], times, [Decimal(value) for _, value in rows])


def test_markouts_are_at_the_price_that_stands_when_they_are_due() -> None:
    # Bought at 99.99 and booked at 1 s. At 2 s the price of 1.5 s stands; at 11 s, the very last row, its own.
    path = at((0, "100"), (1, "99.98"), (1.5, "99.98"), (2.5, "99.98"), (11, "99.97"))
    found = run(path, limit=1, **ONE_TICK)
    assert found.steps[0].bid_fill == 1
    assert found.report.markout == {"1s": pytest.approx(-1), "10s": pytest.approx(-2), "60s": None}
    moved = at((0, "100"), (1, "99.98"), (1.5, "99.96"), (2.5, "99.95"), (11, "99.95"))
    assert run(moved, limit=1, **ONE_TICK).report.markout["1s"] == pytest.approx(-3)


# What the strategy sees


class Spy(Strategy):
    """Quotes a cent away, asked every two seconds, and writes down what it sees."""

    name = idea = "spy"
    interval_s = 2.0

    def __init__(self) -> None:
        self.asked: list[tuple[float, list[tuple[Side, int, int]], int]] = []
        self.seen_ns = -1

    def quote(self, view: MarketView) -> Quotes:
        trades = [(trade.side, trade.price, trade.quantity) for trade in view.trades_since(self.seen_ns)]
        self.asked.append((view.now_ns / 1e9, trades, len(view.fills_since(self.seen_ns))))
        self.seen_ns = view.now_ns
        centre = others_mid(view)
        return Quotes(centre - 1, centre + 1, 1, 1)


def spied(path: Prices, fill: FillModel, monkeypatch: pytest.MonkeyPatch, **setup: Any) -> Spy:
    spy = Spy()
    monkeypatch.setattr("mmtui.lab.backtest.backtest.make", lambda *_: spy)
    run(path, "idle", fill, **{**ONE_TICK, "params": {}, **setup})
    return spy


def test_a_strategy_is_asked_at_its_pace_and_after_each_of_its_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    spy = spied(prices("100", "100", "100", "99.98", "99.98", "99.98", "99.98"), "through", monkeypatch)
    assert [(now, fills) for now, _, fills in spy.asked] == [(0, 0), (2, 0), (3, 1), (4, 0)]


def test_moves_of_the_price_are_trades_that_everybody_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    # Through: up to a tick short of the new price, where a resting order is sure to have traded.
    spy = spied(prices("100", "100.03", "100.03", "100", "100"), "through", monkeypatch)
    seen = [trade for _, trades, _ in spy.asked for trade in trades]
    assert seen == [(Side.BUY, 10002, 1), (Side.SELL, 10001, 1)]


def test_the_coin_shows_own_fills_only(monkeypatch: pytest.MonkeyPatch) -> None:
    spy = spied(prices(*["100"] * 12), "coin", monkeypatch, limit=100)
    seen = [trade for _, trades, _ in spy.asked for trade in trades]
    assert len(seen) == sum(fills for _, _, fills in spy.asked) > 0
    assert set(seen) == {(Side.SELL, 9999, 1), (Side.BUY, 10001, 1)}


# The setup


def test_size_is_the_strategy_s_where_it_has_one_and_was_not_told() -> None:
    path = walk(50)
    assert run(path, size=4, limit=8).report.params["size"] == 4
    assert run(path, size=4, limit=8, params={"size": 2}).report.params["size"] == 2
    fills = {step.bid_fill for step in run(path, "reckless", "coin", size=3, limit=9).steps}
    assert fills == {0, 3}


def test_rules_tell_the_path_s_own_scale() -> None:
    path = prices("100", "100.03", "99.99", every_s=2.0)
    rules = course_of(path, Setup(strategy="idle", params={}, latency_ms=1.5, limit=7, size=2, lot=10)).rules
    assert rules.end_ns == 4_000_000_000
    assert rules.interval_ns == 2_000_000_000
    assert rules.latency_ns == 1_500_000
    assert (rules.position_limit, rules.max_order, rules.normal_size) == (7, 2, 2)
    assert rules.normal_volatility == pytest.approx(((9 + 16) / 4) ** 0.5)
    assert rules.normal_spread == round(((9 + 16) / 2) ** 0.5)
    assert rules.tick_value == pytest.approx(0.1)


def test_an_unknown_strategy_is_refused() -> None:
    with pytest.raises(UnknownStrategyError, match="did you mean 'skew'"):
        run(walk(5), "skwe")


@pytest.mark.parametrize("fill", MODELS)
def test_a_strategy_that_fails_is_told_with_its_line(fill: FillModel, tmp_path: Path) -> None:
    file = tmp_path / "bad.py"
    file.write_text(
        "from dataclasses import dataclass\n"
        "from mmtui.strategies.protocol import Quotes, Strategy\n\n"
        "@dataclass\nclass Bad(Strategy):\n    name = 'bad'\n    idea = 'bad'\n\n"
        "    def quote(self, view):\n        return Quotes(1 / (view.now_ns < 3e9), 1e9, 1, 1)\n"
    )
    with pytest.raises(
        StrategyError, match=r"^strategy .*bad\.py:Bad failed: ZeroDivisionError: .* \(bad\.py, line 10\)$"
    ):
        run(walk(10), f"{file}:Bad", fill)


# The book


def test_the_book_follows_the_path() -> None:
    found = run(walk(400, sigma=1.0), "idle", "book")
    path = np.array([step.price for step in found.steps[1:]])
    mids = np.array([step.mark for step in found.steps[:-1]])
    tick = found.report.path.tick
    assert np.sqrt(np.mean((path - mids) ** 2)) / tick < 4
    assert np.corrcoef(path, mids)[0, 1] > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("cents", [1, 5])
def test_the_book_keeps_the_file_s_tick(cents: int) -> None:
    """However much the path moves: what is scaled is the market, whose preset moves by a tick a second."""
    steps = np.cumsum(np.rint(np.random.default_rng(1).normal(0, 40, 400))).astype(int)
    path = prices(*(f"{(10_000 + cents * step) / 100:.2f}" for step in [0, *steps.tolist()]))
    found = run(path, "fixed", "book")
    tick = found.report.path.tick
    assert tick == cents / 100
    assert found.report.path.spread == pytest.approx(2.4 * 40, rel=0.1)
    quotes = [price for step in found.steps for price in (step.bid, step.ask) if price is not None]
    assert len(quotes) > 100
    assert all(round(price * 100) % cents == 0 for price in quotes)
    assert run(path, "fixed", "book", tick=Decimal("0.1")).report.path.tick == 0.1


def test_a_scaled_market_is_the_same_in_longer_ticks() -> None:
    spec = load_preset("us-100")
    double = scaled(spec, 2.0)
    assert double.normal.spread == 2 * spec.normal.spread
    assert double.noise_limit.distance_scale == 2 * spec.noise_limit.distance_scale
    assert double.rivals.half_spread == 2 * spec.rivals.half_spread
    assert double.informed.rate_per_gap == spec.informed.rate_per_gap / 2
    assert double.rivals.rate == spec.rivals.rate


def test_the_book_takes_no_more_than_a_day() -> None:
    with pytest.raises(InputError, match=r"^p\.csv: covers 86500 s; the fill model book plays every one"):
        run(prices("100", "101", every_s=86_500), "idle", "book")


def test_a_recorded_path_holds_each_price_from_its_time_on() -> None:
    path = PricePath(np.array([10, 20]), np.array([5.0, 6.0]))
    assert [path.at(time) for time in (-5, 10, 19, 20, 99)] == [5.0, 5.0, 5.0, 6.0, 6.0]
    assert path.at_times(np.array([-5, 10, 19, 20, 99])).tolist() == [5.0, 5.0, 5.0, 6.0, 6.0]

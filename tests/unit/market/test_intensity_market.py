"""The market kind intensity: by itself, and as a level that gives the papers' figures."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmtui.book import Side
from mmtui.coach.watched import WatchedSession
from mmtui.errors import LevelError
from mmtui.level.level import Level, parse_level
from mmtui.market.core.draws import generator
from mmtui.market.core.exchange import TAKERS
from mmtui.market.kinds import open_market
from mmtui.market.papers.intensity import IntensitySpec
from mmtui.session.commands import Params, Take
from mmtui.session.session import Session
from mmtui.units import NS_PER_S

#: Avellaneda and Stoikov's market: T = 1 is 200 s in steps of a second, and a tick is a hundredth of a cent.
#: So sigma = 2/sqrt(200) is 1414.21 ticks a root second, A = 140/200 a second and k = 1.5 a unit is .00015 a tick.
PAPER = """
id = "paper"
title = "Avellaneda and Stoikov"
number = 99
situation = "Nobody else quotes."
lesson = "What the paper says."
duration_s = 200
naive = "idle"
lesson_strategy = "avellaneda-stoikov"
par = "idle"

[market]
kind = "intensity"
instrument = { symbol = "AS", currency = "USD", tick = 0.0001, lot = 1, price = 100.0 }
sigma = 1414.2135623730951
rate = 0.7
decay = 0.00015
step_ms = 1000

[maker]
position_limit = 100
max_order = 1
latency_ms = 0
interval_ms = 1000

[score]
point = 1.0
weights = { pnl = 1.0 }
"""

SETTINGS: Params = {
    "gamma": 0.1e-4,
    "sigma": 1414.2135623730951,
    "k": 0.00015,
    "horizon": 200.0,
    "finite": True,
    "size": 1,
}


@pytest.fixture
def paper() -> Level:
    return parse_level(PAPER, "paper.toml")


@pytest.mark.slow
def test_a_level_gives_the_papers_table(paper: Level) -> None:
    """The row gamma = .1, inventory strategy, over 300 seeds: each figure within 4 standard errors of models.md's.

    With gamma a dollar and tick a hundredth of a cent, gamma is .1e-4 a tick. The spread is a mean over the looks and
    has no error but the tick's rounding, outwards by half a tick a side on average.
    """
    seeds = 300
    profits, positions, spreads = [], [], []
    for seed in range(seeds):
        session = Session(paper, seed, "avellaneda-stoikov", SETTINGS, ends_on_failure=True)
        if seed == 0:
            for second in range(200):
                session.advance(second * NS_PER_S)
                bid, ask = sorted((order.side is Side.SELL, order.price) for order in session.maker.view.orders)
                spreads.append((ask[1] - bid[1]) / 10_000)
        session.advance(session.end_ns)
        result = session.result()
        assert result.ended == "time"
        profits.append(result.pnl.total)
        positions.append(result.position.final)
    root = math.sqrt(seeds)
    assert abs(np.mean(spreads) - 1.492) < 0.002
    assert abs(np.mean(profits) - 64.88) < 4 * 6.54 / root
    assert abs(np.std(profits) - 6.54) < 4 * 6.54 / math.sqrt(2) / root
    assert abs(np.mean(positions)) < 4 * 2.93 / root
    assert abs(np.std(positions) - 2.93) < 4 * 2.93 / math.sqrt(2) / root


def test_the_same_seed_gives_the_same_session_however_it_is_driven(paper: Level) -> None:
    whole, parts = Session(paper, 3, "fixed"), Session(paper, 3, "fixed")
    whole.advance(whole.end_ns)
    for now_ns in range(0, parts.end_ns + 1, 700_000_000):
        parts.advance(now_ns)
    parts.advance(parts.end_ns)
    assert whole.digest == parts.digest != Session(paper, 4, "fixed").digest


def test_the_market_does_not_depend_on_the_maker(paper: Level) -> None:
    alone, quoted = Session(paper, 5), Session(paper, 5, "avellaneda-stoikov", SETTINGS)
    for session in (alone, quoted):
        session.advance(session.end_ns)
    assert alone.mid_by_second == quoted.mid_by_second
    assert len(quoted.maker.desk.fills) > 50


def test_takers_trade_with_somebody_where_nobody_quotes_within_reach(paper: Level) -> None:
    """At rate .7 a second and linear chances, 70% of 200 steps bring a taker to the mid: 140 a side, give or take 26
    (4 deviations)."""
    market = open_market(paper.regimes(1), 1)
    market.clock.advance(200 * NS_PER_S)
    tape = [trade for time_ns, trade in market.exchange.tape]
    assert {trade.maker_id for trade in tape} == {TAKERS}
    for side in Side:
        count = sum(trade.taker_side is side for trade in tape)
        # The tape holds the last two minutes of the 200 s.
        assert abs(count - 0.7 * 120) < 4 * math.sqrt(120 * 0.7 * 0.3)


def test_each_step_is_what_its_law_says(paper: Level) -> None:
    """The mid moves by sigma each second, and takers trade at the last whole tick within their reach."""
    session = Session(paper, 7)
    session.advance(100 * NS_PER_S)
    mids = np.array(session.mid_by_second)
    assert np.abs(np.diff(mids)) == pytest.approx(1414.2135623730951, abs=2**-20)
    spec = paper.market
    assert isinstance(spec, IntensitySpec)
    downs, ups = spec.reach(generator(7, "intensity").random((60, 3))[:, :2].T, 1.0)
    expected = []
    for second, (down, up) in enumerate(zip(downs, ups, strict=True)):
        at = mids[second]
        if down >= 0:
            expected.append((second + 1, Side.SELL, math.ceil(at - down)))
        if up >= 0:
            expected.append((second + 1, Side.BUY, math.floor(at + up)))
    tape = session.market.exchange.tape
    told = [(now_ns // NS_PER_S, trade.taker_side, trade.price) for now_ns, trade in tape if now_ns <= 60 * NS_PER_S]
    assert told == expected


def test_the_screen_shows_own_quotes_and_the_mid(paper: Level) -> None:
    session = Session(paper, 1, "avellaneda-stoikov", SETTINGS)
    watched = WatchedSession(session)
    session.advance(NS_PER_S // 2)
    seen = watched.view()
    assert seen.mid == 1_000_000
    assert [*seen.bids.values()] == [*seen.asks.values()] == [1]
    assert (seen.best_bid, seen.best_ask) == (999_999, 1_000_001)
    assert seen.signals.microprice == seen.mid


def test_there_is_nobody_to_take_from(paper: Level) -> None:
    session = Session(paper, 1)
    watched = WatchedSession(session)
    session.submit(Take(Side.BUY, 1, 100))
    session.advance(1)
    assert "nobody else quotes here" in watched.view().notices[-1]
    assert not session.maker.desk.fills


@pytest.mark.parametrize("fills", ["linear", "poisson"])
def test_reach_is_chance_turned_around(fills: str) -> None:
    spec = IntensitySpec(sigma=1.0, rate=3.0, decay=0.5, fills=fills)  # type: ignore[arg-type]
    uniforms = np.linspace(0.001, 0.999, 500)
    reach = spec.reach(uniforms, 0.1)
    assert spec.chance(reach, 0.1) == pytest.approx(np.minimum(uniforms, 1.0))
    assert np.isfinite(spec.reach(np.zeros(1), 0.1)).all()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('kind = "intensity"', 'kind = "auction"'), "market.kind: expected one of book, "),
        (("rate = 0.7", "rate = -1"), "market.rate: expected a number above 0, not -1"),
        (("rate = 0.7", "rat = 0.7"), "market.rat: unknown key; did you mean rate?"),
        (('kind = "intensity"', 'kind = "intensity"\npreset = "us-100"'), "market.preset: presets are of the"),
    ],
)
def test_faults_name_the_key(change: tuple[str, str], fault: str) -> None:
    with pytest.raises(LevelError, match=r"^paper\.toml: ") as raised:
        parse_level(PAPER.replace(*change), "paper.toml")
    assert fault in str(raised.value)


def test_events_change_the_law_but_not_the_kind() -> None:
    events = '\n[[events]]\nat_s = 100\nheadline = "Wild"\nmarket = { sigma = 9000.0 }\n'
    level = parse_level(PAPER + events, "paper.toml")
    calm, wild = Session(parse_level(PAPER, "paper.toml"), 2), Session(level, 2)
    for session in (calm, wild):
        session.advance(session.end_ns)
    assert calm.mid_by_second[:100] == wild.mid_by_second[:100]
    assert calm.mid_by_second[102:] != wild.mid_by_second[102:]
    with pytest.raises(LevelError, match=r"market\.step_ms: this cannot change"):
        parse_level(PAPER + events.replace("sigma = 9000.0", "step_ms = 10"), "paper.toml")

"""The fill model *book*: a whole market whose latent value is the recorded path.

Informed traders take quotes that are wrong about it, rivals follow it with their lag, and noise is as always. The
maker's orders queue in the book. A preset gives the participants. Its lengths in ticks are scaled by the path's
volatility over the preset's, so that spreads, edges and depths match the path. The tick is the file's.
"""

from __future__ import annotations

import msgspec

from mmtui.errors import InputError, StrategyError
from mmtui.lab.backtest.model import Backtest, BacktestRecorder, Course, Setup, course_of
from mmtui.lab.backtest.prices import Prices
from mmtui.level.level import Level, MakerSpec, ScoreSpec, load_preset
from mmtui.market.book_market import BookMarket, BookMarketSpec
from mmtui.market.core.impact import ImpactSpec
from mmtui.market.core.instrument import Calendar, Fees, Instrument
from mmtui.market.value.latent_value import PricePath
from mmtui.session.commands import HandOver
from mmtui.session.digest import Digest
from mmtui.session.maker import Maker
from mmtui.units import NS_PER_S

_LONGEST_S = 86_400


def backtest_in_book(prices: Prices, setup: Setup) -> Backtest:
    """Run a strategy in a market along a path. Raises what :func:`~mmtui.lab.backtest.backtest.backtest` does."""
    preset = load_preset(setup.preset)
    seconds = int(prices.times_ns[-1]) / NS_PER_S
    if seconds > _LONGEST_S:
        raise InputError(
            f"{prices.source}: covers {seconds:.0f} s; the fill model book plays every one, and takes a day at most"
        )
    course = course_of(prices, setup)
    try:
        spec = _market(course, setup, preset)
    except ValueError as error:
        raise InputError(f"{prices.source}: no market can be put around it; --tick may help: {error}") from None
    level = _level(course, setup, spec)
    market = BookMarket([(0, spec)], setup.seed, value=PricePath(prices.times_ns, course.ticks))
    market.clock.advance(0)
    maker = Maker(level, market, Digest())
    recorder = BacktestRecorder(prices, setup, course._replace(rules=maker.view.rules), maker.desk, maker.gateway)
    maker.submit(HandOver(setup.name, setup.all_params()))
    for end_ns in course.times[1:].tolist():
        recorder.start_step()
        market.clock.advance(end_ns)
        if maker.error is not None:
            raise StrategyError(maker.error)
        maker.desk.mark(maker.mark)
        recorder.end_step(maker.mark)
    assert maker.strategy is not None
    return recorder.finished(maker.strategy)


def _market(course: Course, setup: Setup, preset: BookMarketSpec) -> BookMarketSpec:
    """Returns the preset at the path's scale, about its first price."""
    scale = course.rules.normal_volatility / preset.normal.volatility
    start = round(course.ticks[0]) * course.tick
    instrument = Instrument(
        symbol="PATH",
        currency="",
        tick=float(course.tick),
        lot=setup.lot,
        price=float(start),
        fees=Fees(maker_bps=setup.fee_bps, taker_bps=setup.fee_bps),
        calendar=Calendar(),
    )
    # The path has in it what its own takers left behind.
    market = scaled(preset, scale or 1.0)
    return msgspec.structs.replace(market, instrument=instrument, impact=ImpactSpec())


def _level(course: Course, setup: Setup, market: BookMarketSpec) -> Level:
    """Returns a level for the maker."""
    return Level(
        id="backtest",
        title="Backtest",
        number=1,
        situation="",
        lesson="",
        duration_s=max(1, -(-course.rules.end_ns // NS_PER_S)),
        naive="idle",
        lesson_strategy="fixed",
        par="idle",
        market=market,
        maker=MakerSpec(position_limit=setup.limit, max_order=setup.size, latency_ms=setup.latency_ms),
        score=ScoreSpec(weights={"pnl": 1.0}, point=1.0),
    )


#: The lengths in ticks of a market's parts.
_LENGTHS = {
    "normal": ("spread", "volatility"),
    "noise_limit": ("distance_scale",),
    "noise_market": ("collar",),
    "informed": ("noise", "edge"),
    "momentum": ("threshold", "collar"),
    "rivals": ("noise", "half_spread", "skew", "snipe"),
}


def scaled(spec: BookMarketSpec, scale: float) -> BookMarketSpec:
    """Returns the market with every length in ticks multiplied by ``scale``."""
    parts = {}
    for name, keys in _LENGTHS.items():
        part = getattr(spec, name)
        parts[name] = msgspec.structs.replace(part, **{key: getattr(part, key) * scale for key in keys})
    parts["normal"] = msgspec.structs.replace(parts["normal"], spread=max(1.0, parts["normal"].spread))
    parts["noise_market"] = msgspec.structs.replace(
        parts["noise_market"], collar=max(1, round(parts["noise_market"].collar))
    )
    parts["informed"] = msgspec.structs.replace(parts["informed"], rate_per_gap=spec.informed.rate_per_gap / scale)
    return msgspec.structs.replace(spec, **parts)

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np
import pytest

from mmtui.book import Side, Trade
from mmtui.level.level import load_preset, market_presets
from mmtui.market.book_market import (
    FIRST_RIVAL,
    NOISE_LIMIT,
    NOISE_MARKET,
    NOISE_TABLE,
    BookMarket,
    BookMarketSpec,
    kind_of_order,
)
from mmtui.market.core.clock import EventSource, Stream
from mmtui.market.core.exchange import FIRST_BACKGROUND, PARTICIPANTS, Exchange
from mmtui.market.core.gateway import Event, Gateway, Limits, MakerOrder
from mmtui.units import NS_PER_S
from tests.inside import book_of
from tests.unit.market.acting import orders_of

SECONDS = 600
#: What each participant draws, by the names of the lists that it fills.
DRAWS = ("_ids", "_buys", "_distances", "_sizes", "_chances", "_values", "_errors", "_learnt")


class Tapped:
    """A participant whose draws are kept: the times and rows of its events, and what is drawn for each."""

    def __init__(self, source: EventSource) -> None:
        self.source = source
        self.drawn: list[object] = []

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        streams = tuple(self.source.draw(start_ns, end_ns))
        self.drawn.append([(stream.times.tolist(), stream.rows.tolist()) for stream in streams])
        self.drawn.append({name: list(getattr(self.source, name)) for name in DRAWS if hasattr(self.source, name)})
        return streams


def tapped(spec: BookMarketSpec, seed: int = 1) -> tuple[BookMarket, list[Tapped]]:
    """A market and its participants' draws."""
    market = BookMarket([(0, spec)], seed)
    taps = [Tapped(source) for source in market.clock._sources]
    market.clock._sources = taps
    return market, taps


class Maker:
    """Quotes and takes, now on one side, now on the other, far more than anybody else does."""

    def __init__(self, market: BookMarket) -> None:
        self.market = market
        self.filled = 0
        self.gateway = Gateway(market.exchange, market.clock, 0, Limits(10_000, 100, 1_000_000), self)
        market.clock.at(0, self.act)

    def act(self, now_ns: int, row: int) -> None:
        exchange = self.market.exchange
        for order_id in list(self.gateway.orders):
            self.gateway.cancel(order_id)
        self.gateway.quote(Side.BUY, exchange.best_ask - 1, 5)
        self.gateway.quote(Side.SELL, exchange.best_bid + 1, 5)
        if row % 7 == 0:
            side = Side.BUY if row % 2 else Side.SELL
            self.gateway.take(side, exchange.best_ask if side is Side.BUY else exchange.best_bid, 3)
        self.market.clock.at(now_ns + NS_PER_S, self.act, row + 1)

    def on_fill(self, now_ns: int, order: MakerOrder, trade: Trade, mid_before: float, maker: bool) -> None:
        self.filled += 1

    def on_event(self, now_ns: int, event: Event, order: MakerOrder, reason: str | None) -> None:
        pass


def test_what_the_background_draws_does_not_depend_on_a_maker_s_orders(us: BookMarketSpec) -> None:
    bare, bare_taps = tapped(us)
    made, made_taps = tapped(us)
    maker = Maker(made)
    bare.clock.advance(SECONDS * NS_PER_S)
    made.clock.advance(SECONDS * NS_PER_S)
    # The maker matters: it trades, and others trade otherwise for it.
    assert maker.filled > 100
    assert made.exchange.trades != bare.exchange.trades
    for alone, disturbed in zip(bare_taps, made_taps, strict=True):
        # Two streams each, in blocks of ten minutes from the warm-up on.
        assert len(alone.drawn) == 2 * 2
        assert alone.drawn == disturbed.drawn
    assert bare.value.at(SECONDS * NS_PER_S) == made.value.at(SECONDS * NS_PER_S)


def test_one_more_participant_moves_no_other_s_draws(us: BookMarketSpec) -> None:
    four = msgspec.structs.replace(us, rivals=msgspec.structs.replace(us.rivals, count=4))
    market, taps = tapped(us)
    more, more_taps = tapped(four)
    assert len(more_taps) == len(taps) + 1
    market.clock.advance(SECONDS * NS_PER_S)
    more.clock.advance(SECONDS * NS_PER_S)
    assert [tap.drawn for tap in taps] == [tap.drawn for tap in more_taps[: len(taps)]]


def trades(market: BookMarket) -> list[tuple[int, Trade]]:
    printed: list[tuple[int, Trade]] = []
    market.exchange.on_print.append(lambda now, trade, _mid: printed.append((now, trade)))
    return printed


def test_a_seed_gives_the_same_market_however_the_clock_is_advanced(us: BookMarketSpec) -> None:
    at_once, in_steps, other = BookMarket([(0, us)], 7), BookMarket([(0, us)], 7), BookMarket([(0, us)], 8)
    printed, stepped, different = trades(at_once), trades(in_steps), trades(other)
    at_once.clock.advance(300 * NS_PER_S)
    for to_ns in np.sort(np.random.default_rng(1).integers(-60 * NS_PER_S, 300 * NS_PER_S, 500)).tolist():
        in_steps.clock.advance(to_ns)
    in_steps.clock.advance(300 * NS_PER_S)
    other.clock.advance(300 * NS_PER_S)
    assert printed == stepped
    assert at_once.exchange.depth(Side.BUY) == in_steps.exchange.depth(Side.BUY)
    assert at_once.clock.events == in_steps.clock.events
    assert printed != different


def test_a_new_regime_holds_from_its_time_on(us: BookMarketSpec) -> None:
    replace = msgspec.structs.replace
    busy = replace(us, noise_market=replace(us.noise_market, rate=6.0))
    bare, changed = (BookMarket([(0, us), (100 * NS_PER_S, then)], 1) for then in (us, busy))
    printed, more = trades(bare), trades(changed)
    bare.clock.advance(200 * NS_PER_S)
    changed.clock.advance(200 * NS_PER_S)

    def by_noise(trades: list[tuple[int, Trade]], from_s: int, to_s: int) -> list[int]:
        return [
            now
            for now, trade in trades
            if trade.taker_id % PARTICIPANTS == NOISE_MARKET and from_s * NS_PER_S <= now < to_s * NS_PER_S
        ]

    assert by_noise(more, -60, 100) == by_noise(printed, -60, 100)
    # Some 12 orders a second instead of 1.2; clusters make the count's standard error a tenth.
    assert len(by_noise(more, 100, 200)) > 4 * len(by_noise(printed, 100, 200))


def test_a_market_can_be_given_an_exchange(us: BookMarketSpec) -> None:
    exchange = Exchange("MINE")
    assert BookMarket([(0, us)], 1, exchange).exchange is exchange


@pytest.mark.parametrize("name", market_presets())
def test_presets_load_and_start_with_a_book(name: str) -> None:
    spec = load_preset(name)
    market = BookMarket([(0, spec)], 1)
    market.clock.advance(0)
    book = book_of(market.exchange)
    assert market.clock.now_ns == 0
    noise = NOISE_TABLE if spec.noise_table.rates else NOISE_LIMIT
    rivals = range(FIRST_RIVAL, FIRST_RIVAL + spec.rivals.count)
    # Noise orders that flicker mostly do not rest at any one time.
    assert {order_id % PARTICIPANTS for order_id in orders_of(market.exchange)} - {NOISE_LIMIT} == {
        noise,
        *rivals,
    } - {NOISE_LIMIT}
    # rate/θ noise orders a side, fewer those that traded, and up to two of each rival.
    resting = 2 * spec.noise_limit.rate / spec.noise_limit.cancel_rate + spec.noise_table.resting
    assert 0.4 * resting < len(book) < 1.6 * resting + 2 * len(rivals)
    assert abs(market.exchange.mid - spec.instrument.start_ticks) < 100


def test_the_named_markets_are_there() -> None:
    assert market_presets() == ["btc-usd", "hk-45", "hk-50-fine", "index-20000", "us-100"]


def test_every_order_tells_the_kind_of_its_participant(us: BookMarketSpec) -> None:
    market = BookMarket([(0, us)], 1)
    printed = trades(market)
    market.clock.advance(300 * NS_PER_S)
    takers = {kind_of_order(trade.taker_id) for _, trade in printed}
    makers = {kind_of_order(trade.maker_id) for _, trade in printed}
    assert takers == {"noise", "informed", "momentum", "rival"}
    assert makers == {"noise", "rival"}
    assert kind_of_order(PARTICIPANTS) == kind_of_order(5 * PARTICIPANTS + FIRST_BACKGROUND - 1) == "maker"

"""What must hold at every instant of real sessions, whoever quotes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import msgspec
import pytest

from mmtui.book import Side, Trade
from mmtui.game.commands import Flatten, Join, Shift, Take
from mmtui.game.level import Level, level_ids, load_level
from mmtui.game.session import Session
from mmtui.market.exchange import PARTICIPANTS
from mmtui.market.gateway import Event, MakerOrder
from mmtui.market.rivals import Rival
from mmtui.market.world import FIRST_RIVAL, Market
from mmtui.strategies.registry import strategy_names
from tests.unit.game.support import BUY, MS, SELL

OWN = 0  # The maker's index among the participants.


@dataclass
class Witness:
    """Keeps its own books of a session from the trades alone, and compares."""

    session: Session
    cash: float = 0.0
    fees: float = 0.0
    lots: Counter[int] = field(default_factory=Counter)
    own_trades: int = 0
    own_events: int = 0

    def __post_init__(self) -> None:
        session, own = self.session, self.session.maker
        self.exchange = session._market.exchange
        self.instrument = session.level.market.instrument
        self.rivals = {index: rival.inventory for index, rival in self._rivals().items()}
        position = session.level.maker.position
        self.lots[OWN] = position
        self.cash = -position * self.exchange.mid
        on_print, on_fill, on_event = self.exchange.on_print, own.on_fill, own.on_event

        def printed(now_ns: int, trade: Trade) -> None:
            self.take_in(trade)
            assert on_print is not None
            on_print(now_ns, trade)

        def filled(now_ns: int, order: MakerOrder, trade: Trade, mid_before: float, maker: bool) -> None:
            on_fill(now_ns, order, trade, mid_before, maker)
            self.check_limits()
            self.check_money()

        def happened(now_ns: int, event: Event, order: MakerOrder, reason: str | None) -> None:
            self.own_events += 1
            on_event(now_ns, event, order, reason)
            self.check_limits()

        self.exchange.on_print = printed
        own.on_fill = filled  # type: ignore[method-assign]
        own.on_event = happened  # type: ignore[method-assign]

    def _rivals(self) -> dict[int, Rival]:
        market = self.session._market
        assert isinstance(market, Market)
        return dict(enumerate(market._rivals, start=FIRST_RIVAL))

    def take_in(self, trade: Trade) -> None:
        """Book a trade for both of its parties."""
        assert trade.quantity > 0
        assert trade.price > 0
        buyer, seller = trade.taker_id, trade.maker_id
        if trade.taker_side is SELL:
            buyer, seller = seller, buyer
        assert buyer % PARTICIPANTS != OWN or seller % PARTICIPANTS != OWN, "the maker traded with itself"
        self.lots[buyer % PARTICIPANTS] += trade.quantity
        self.lots[seller % PARTICIPANTS] -= trade.quantity
        for party, sign in ((buyer, 1), (seller, -1)):
            if party % PARTICIPANTS == OWN:
                self.own_trades += 1
                self.cash -= sign * trade.price * trade.quantity
                self.fees += self.instrument.fee(trade.price, trade.quantity, maker=party == trade.maker_id)

    def check_limits(self) -> None:
        """No position, and none that resting orders could lead to, is beyond the limit."""
        gateway, limit = self.session.maker.gateway, self.session.level.maker.position_limit
        assert abs(gateway.position) <= limit
        assert gateway.position + sum(gateway.bid_lots.values()) <= limit
        assert gateway.position - sum(gateway.ask_lots.values()) >= -limit
        assert all(order.quantity >= 0 for order in gateway.orders.values())

    def check_money(self) -> None:
        """The attribution adds up, and to what the trades say."""
        maker, mid = self.session.maker, self.exchange.mid
        money = maker.desk.attribution(mid)
        parts = money.spread + money.position + money.hedge - money.fees
        scale = abs(money.spread) + abs(money.position) + abs(money.fees)
        assert money.total == pytest.approx(parts, rel=1e-9, abs=1e-9 * scale)
        assert maker.gateway.position == maker.desk.position == self.lots[OWN]
        worth = (self.cash + self.lots[OWN] * mid) * self.instrument.tick_value + money.hedge - self.fees
        assert money.total == pytest.approx(worth, rel=1e-9, abs=1e-6)
        split = maker.desk.realised + maker.desk.unrealised(mid) + money.hedge - money.fees
        assert money.total == pytest.approx(split, rel=1e-9, abs=1e-6)

    def check_book(self) -> None:
        """Levels hold what their orders add up to, nothing is crossed, and own orders are where they should be."""
        book = self.exchange.book
        orders = 0
        for side in (book.bids, book.asks):
            for level in side.levels.values():
                assert level.total == sum(level.queue.values()) > 0
                assert min(level.queue.values()) > 0
                orders += len(level.queue)
        assert orders == len(book)
        assert self.exchange.best_bid < self.exchange.best_ask
        live = {order.order_id: order for order in self.session.maker.gateway.orders.values() if order.live}
        own = [
            order_id
            for side in (book.bids, book.asks)
            for level in side.levels.values()
            for order_id in level.queue
            if order_id % PARTICIPANTS == OWN
        ]
        assert sorted(own) == sorted(live)
        assert self.exchange.maker_orders == len(live)
        gateway = self.session.maker.gateway
        for own_side, lots in ((BUY, gateway.bid_lots), (SELL, gateway.ask_lots)):
            resting = Counter[int]()
            for order in live.values():
                resting[order.price] += order.quantity * (order.side is own_side)
            assert +resting == lots
        for order_id, order in live.items():
            assert (book.price_of(order_id), book.remaining(order_id)) == (order.price, order.quantity)

    def check_the_rest(self) -> None:
        """Lots are neither made nor lost, and shares are shares."""
        assert sum(self.lots.values()) == self.session.level.maker.position
        for index, rival in self._rivals().items():
            assert rival.inventory == self.rivals[index] + self.lots[index]
        now_ns = self.session.now_ns
        assert 0.0 <= self.session.maker.presence.share(now_ns) <= 1.0
        assert 0.0 <= self.session.maker.desk.mean_abs(now_ns) <= self.session.maker.desk.max_abs

    def advance(self, to_ns: int) -> None:
        self.session.advance(to_ns)
        self.check_money()
        self.check_limits()
        self.check_book()
        self.check_the_rest()


def tight(level_id: str) -> Level:
    """A level with the limit so tight that it matters, fees and a rebate, and a position at the start."""
    level = load_level(level_id)
    fees = msgspec.structs.replace(level.market.instrument.fees, maker_per_share=-0.002, taker_bps=0.3)
    instrument = msgspec.structs.replace(level.market.instrument, fees=fees)
    maker = msgspec.structs.replace(level.maker, position=3, position_limit=7, max_order=4, max_loss=None)
    market = msgspec.structs.replace(level.market, instrument=instrument)
    events = tuple(
        msgspec.structs.replace(event, market=msgspec.structs.replace(event.market, instrument=instrument))
        for event in level.events
    )
    return msgspec.structs.replace(level, maker=maker, market=market, events=events)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("strategy", strategy_names(baselines=True))
@pytest.mark.parametrize("level_id", level_ids())
def test_identities_hold_at_every_instant(level_id: str, strategy: str, seed: int) -> None:
    session = Session(load_level(level_id), seed, strategy)
    witness = Witness(session)
    while session.over is None:
        witness.advance(session.now_ns + 500 * MS)
    assert session.maker.error is None
    assert (witness.own_trades > 10) is (strategy != "idle")
    result = session.result()
    assert result.volume == sum(fill.quantity for fill in session.maker.desk.fills)
    assert result.fills == witness.own_trades


@pytest.mark.parametrize("strategy", ["fixed", "reckless"])
@pytest.mark.parametrize("level_id", level_ids())
def test_identities_hold_with_fees_and_a_limit_that_is_always_near(level_id: str, strategy: str) -> None:
    session = Session(tight(level_id), 3, strategy)
    witness = Witness(session)
    while session.over is None:
        witness.advance(session.now_ns + 500 * MS)
    assert session.maker.desk.max_abs >= 6
    assert session.maker.desk.fees != 0


def test_identities_hold_for_a_wild_player() -> None:
    """Who takes, joins, shifts and flattens at the limit, several times within the latency."""
    session = Session(tight("volatility-spike"), 4)
    witness = Witness(session)
    step = 0
    while session.over is None:
        side = Side.BUY if step // 40 % 2 else Side.SELL
        for command in (Join(BUY, 3, step % 3), Join(SELL, 3, step % 3), Take(side, 2, 50), Shift(step % 5 - 2, 1)):
            if (step + isinstance(command, Take)) % 3:
                session.submit(command)
            witness.advance(session.now_ns + 7 * MS)
        if step % 25 == 0:
            session.submit(Flatten())
            session.submit(Flatten())
        witness.advance(session.now_ns + 200 * MS)
        step += 1
    assert witness.own_trades > 300
    assert witness.own_events > 1_000

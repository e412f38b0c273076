"""Levels made for tests: a market that stands still but for what the test does, and the first seconds of real ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from mmtui.book import Side
from mmtui.level.events import cards
from mmtui.level.level import Level, load_level, parse_level
from mmtui.market.core.exchange import FIRST_BACKGROUND
from mmtui.market.hedges.instruments import HedgeSpec
from mmtui.market.kinds import open_market
from mmtui.session.digest import Digest
from mmtui.session.maker import Maker
from tests.inside import book_of
from tests.unit.market.acting import where

S = 1_000_000_000
MS = 1_000_000
BUY, SELL = Side.BUY, Side.SELL

STILL = """
id = "still"
title = "Still"
number = 1
situation = "Nobody comes."
lesson = "None."
duration_s = 60
naive = "idle"
lesson_strategy = "fixed"
par = "idle"

[market]
preset = "us-100"
warmup_s = 0
value = { sigma = 0.0, sv_std = 0.0, jump_rate = 0.0 }
noise_limit = { rate = 2e-5, cancel_rate = 1e-6, distance_scale = 20.0 }
noise_market = { rate = 0.0 }
informed = { rate = 0.0, rate_per_gap = 0.0 }
momentum = { rate = 0.0 }
rivals = { count = 0 }

[maker]
position_limit = 20
max_order = 10
latency_ms = 20.0

[obligation]
max_width = 8

[score]
point = 10.0
weights = { pnl = 0.4, inventory = 0.2, markout = 0.2, presence = 0.2 }
"""


def still(**maker: Any) -> Level:
    """The level in which nobody comes, with changes to the maker's rules."""
    level = parse_level(STILL, "still.toml")
    return msgspec.structs.replace(level, maker=msgspec.structs.replace(level.maker, **maker))


@cache
def short(level_id: str, duration_s: int = 20, **maker: Any) -> Level:
    """The first seconds of a level that ships, with changes to the maker's rules."""
    level = load_level(level_id)
    events = tuple(event for event in level.events if event.at_s < duration_s)
    rules = msgspec.structs.replace(level.maker, **maker)
    deck = min(level.deck, len(cards(events)))
    return msgspec.structs.replace(level, duration_s=duration_s, events=events, deck=deck, maker=rules)


def strategy_file(folder: Path, body: str, name: str = "mine.py", more: str = "") -> str:
    """A strategy of one's own whose ``quote`` has the given body; returns what to call it by. The body is line 14."""
    text = f"""from dataclasses import dataclass, field

from mmtui.strategies.protocol import MarketView, Quotes, Strategy


@dataclass
class Mine(Strategy):
    name = "mine"
    idea = "a test"
    asked: int = field(default=0, init=False)
{more}
    def quote(self, view: MarketView) -> Quotes:
        self.asked += 1
        {body}
"""
    path = folder / name
    path.write_text(text)
    return f"{path}:Mine"


class Stand:
    """A maker in a still market: 100 lots bid at 9,990 and 100 offered at 10,010, nothing else."""

    BID, ASK = 9_990, 10_010

    def __init__(self, hedges: tuple[HedgeSpec, ...] = (), digest: Digest | None = None, **maker: Any) -> None:
        self.level = msgspec.structs.replace(still(**maker), hedges=hedges)
        self.market = open_market(self.level.regimes(1), 1, hedges)
        self.lay_out()
        self.market.clock.advance(0)
        self.digest = digest or Digest()
        self.maker = Maker(self.level, self.market, self.digest)

    def lay_out(self) -> None:
        """Put the two orders there in place of what the market began with."""
        self._ids = self.market.exchange.id_range(FIRST_BACKGROUND)
        self._ids.take(1_000)
        book_of(self.market.exchange).clear()
        self.others(BUY, self.BID, 100)
        self.others(SELL, self.ASK, 100)

    def others(self, side: Side, price: int, quantity: int) -> int:
        """Somebody else rests an order."""
        order_id = self._ids.one()
        assert self.market.exchange.rest(self.market.clock.now_ns, order_id, side, price, quantity)
        return order_id

    def hit(self, side: Side, quantity: int) -> None:
        """Somebody else trades at once."""
        worst = 20_000 if side is BUY else 1
        self.market.exchange.take(self.market.clock.now_ns, self._ids.one(), side, quantity, worst)

    def wait(self, ms: float = 20) -> None:
        """Time passes: by default until what was sent has arrived."""
        self.market.clock.advance(self.market.clock.now_ns + round(ms * MS))

    def do(self, *commands: Any, arrive: bool = True) -> None:
        """The player gives commands, one after the other at one instant."""
        for command in commands:
            self.maker.submit(command)
        if arrive:
            self.wait()

    @property
    def book(self) -> dict[str, list[tuple[int, int]]]:
        """Own resting orders by side: price and lots, oldest first."""
        orders = [order for order in self.maker.gateway.orders.values() if order.working]
        for order in orders:
            assert book_of(self.market.exchange).remaining(order.order_id) == order.quantity
            assert where(self.market.exchange, order.order_id) == (order.side, order.price)
        return {
            name: [(order.price, order.quantity) for order in orders if order.side is side]
            for name, side in (("bid", BUY), ("ask", SELL))
        }

"""Exercise: a simple market maker.

A market maker quotes a bid, at which he buys, and an ask, at which he sells. Whoever trades with him pays the spread
between them, and leaves him with a position that gains or loses as the price moves. The maker below quotes a plain
spread around the mid. It runs as it is:

    mmtui run skew --strategy my.py:MyMaker --seeds 1:20
    mmtui run skew --strategy my.py:MyMaker --strategy skew --seeds 1:20
    mmtui run skew --strategy my.py:MyMaker --set half_spread=2 --seeds 1:20
    mmtui play skew --strategy my.py:MyMaker

Three things are left to do; each has its place in the code.

1. Skew the quotes by the sign of the position. Who is long would rather sell than buy: move both quotes down, by so
   many ticks for each lot held, and up when short. Move the centre, not the width: a wider spread when the position
   is large earns more on every trade, but brings fewer of those that would take the position away.

2. Adjust the size to the absolute position. Near the limit a fill on the wrong side costs more than it earns: quote
   fewer lots on the side that makes the position larger. (You cannot pass the limit: what would, is cut off.)

3. Handle your trades: keep your cash and count your profit or loss, cash + position x mid. When it falls by more than
   you can bear, quote wider, or not at all for a while. A price at which you traded is no mid: valued at his own fill
   price, a maker never sees what he earned or lost by it.

What to know:

- Prices are in ticks and quantities in lots; both count from nothing. What a lot gains in a tick, in money, is
  ``view.rules.tick_value``. A price may lie between two ticks: bids are rounded down, asks up.
- ``quote`` is asked every ``interval_s`` seconds, and after each of your fills. Your orders are changed to what it
  returns; an order whose price stays keeps its place in the queue. ``None`` for a price, or 0 for a size, is no quote.
- The view holds what a trader sees: ``now_ns``, ``best_bid``, ``best_ask``, ``mid``, ``position``, ``orders``,
  ``depth(side)``, ``trades_since(time_ns)``, ``fills_since(time_ns)``, ``markout(seconds)``, and ``rules`` with the
  level's ``position_limit``, ``max_order``, ``end_ns``, ``normal_spread`` and ``normal_volatility``.
  ``help(mmtui.strategies.protocol.MarketView)`` describes each. Your own orders are in the book too: ``others_mid`` is
  the mid without them, so that you do not follow yourself.
- What you keep on ``self`` stays from one question to the next; each session starts with a new maker. Keep nothing
  elsewhere, use no clock but ``view.now_ns``, and seed any randomness, or two runs of one seed will differ.
- A field declared with ``param`` is a parameter: ``--set half_spread=2`` sets it.
- When the code fails, or takes more than five seconds to answer, the run says so, with the file and the line.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.protocol import MarketView, Quotes, Strategy, param


@dataclass
class MyMaker(Strategy):
    """A spread around the mid."""

    name = "my-maker"
    idea = "a plain spread around the mid, to be improved"
    interval_s = 0.5

    half_spread: float = param(1.0, "ticks", "distance of each quote from the mid", least=0.0, most=1e6)
    size: int = param(2, "lots", "size of each quote", least=1, most=10**9)

    def quote(self, view: MarketView) -> Quotes:
        """The quotes wanted now."""
        # 1. Skew: subtract something that grows with view.position.
        centre = others_mid(view)

        # 2. Size: one for each side, smaller where a fill would take the position towards view.rules.position_limit.
        bid_size = ask_size = self.size

        # 3. Trades: view.fills_since(time) lists your fills later than a time; each has side (+1 bought, -1 sold),
        #    price and quantity. Keep the time of the last question on self to ask for what is new.

        return Quotes(centre - self.half_spread, centre + self.half_spread, bid_size, ask_size, reservation=centre)

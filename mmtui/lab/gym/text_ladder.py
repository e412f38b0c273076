"""The price ladder as plain text."""

from __future__ import annotations

from mmtui.book import Side
from mmtui.market.core.instrument import Instrument
from mmtui.market.rules.phases import Phase
from mmtui.strategies.protocol import MarketView
from mmtui.units import NS_PER_S

#: Prices shown above and below the mid.
_ROWS = 8


def ladder(view: MarketView, instrument: Instrument, pnl: float) -> str:
    """Returns lots by price, the highest price first, own lots beside them, under a line with position and PnL.

    Args:
        view: the market.
        instrument: formats prices.
        pnl: in money.
    """
    bids = {level.price: level.quantity for level in view.depth(Side.BUY)}
    asks = {level.price: level.quantity for level in view.depth(Side.SELL)}
    own: dict[tuple[Side, int], int] = {}
    for order in view.orders:
        own[order.side, order.price] = own.get((order.side, order.price), 0) + order.quantity
    seconds = view.now_ns // NS_PER_S
    phase = "" if view.phase is Phase.OPEN else f"  {view.phase}"
    lines = [
        f"{seconds // 60}:{seconds % 60:02}  position {view.position:+}  PnL {pnl:+,.2f}{phase}",
        f"{'mine':>5} {'bid':>5} {'price':>9} {'ask':>5} {'mine':>5}",
    ]
    middle = round(view.mid)
    for price in range(middle + _ROWS, max(0, middle - _ROWS - 1), -1):
        mine = [own.get((side, price), 0) for side in (Side.BUY, Side.SELL)]
        cells = (mine[0], bids.get(price, 0), instrument.format(price), asks.get(price, 0), mine[1])
        widths = (5, 5, 9, 5, 5)
        lines.append(" ".join(f"{cell or '':>{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip())
    return "\n".join(lines)

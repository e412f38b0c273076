"""The maker's own books: position, cash and fees, where the money came from, markouts, and presence.

Inside, prices and mids are in ticks and quantities in lots; money comes out in the instrument's currency. A mid is a
float that is a whole number of half ticks, so that products of ticks and lots, and their sums, are exact.

>>> from mmtui.book import Side
>>> from mmtui.desk import Desk
>>> desk = Desk(1.0, mid=100.0)
>>> _ = desk.fill(0, Side.BUY, 99, 5, 100.0, 0.25, maker=True, order_id=1, manual=True)
>>> desk.attribution(98.0)
PnL(total=-5.25, spread=5.0, position=-10.0, hedge=0.0, fees=0.25)
"""

from mmtui.desk.desk import Desk, PnL
from mmtui.desk.hedge_book import HedgeBook, HedgeLeg
from mmtui.desk.markouts import HORIZONS_NS, Fill, Markouts
from mmtui.desk.presence import Presence

__all__ = [
    "HORIZONS_NS",
    "Desk",
    "Fill",
    "HedgeBook",
    "HedgeLeg",
    "Markouts",
    "PnL",
    "Presence",
]

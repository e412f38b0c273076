"""Pure estimators of what the market is doing, updated one observation at a time.

They know nothing of the rest of the program: times are ``int`` nanoseconds that never go back, prices are in ticks and
quantities in lots. Each is O(1) an update, at least on average.
"""

from mmtui.signals.ewma import Ewma
from mmtui.signals.imbalance import OrderFlowImbalance, TradeImbalance
from mmtui.signals.microprice import microprice
from mmtui.signals.rolling import RollingMoments
from mmtui.signals.volatility import EwmaVolatility

__all__ = ["Ewma", "EwmaVolatility", "OrderFlowImbalance", "RollingMoments", "TradeImbalance", "microprice"]

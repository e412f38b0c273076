"""Pure estimators of what the market is doing, updated one observation at a time.

They know nothing of the rest of the program: times are ``int`` nanoseconds that never go back, prices are in ticks and
quantities in lots unless a docstring says otherwise. Each is O(1) an update, at least on average, but for Hurst's
O(lags), and says None while it has nothing to say.

Averages:
    Ewma: exponentially weighted mean of irregular observations.
    RollingMoments: mean and deviation of the last so many values.
    TimedMoments: mean and deviation of the values of the last so many seconds.
    RollingRegression: the line through the last so many points, the rolling hedge ratio.

Volatility:
    EwmaVolatility: of the mid in ticks per √s, with exponential memory.
    RealisedVolatility: of the mid in ticks per √s, over a window of bars.
    HistoricalVolatility: of a window of bars' log returns, annualised, as a fraction.

Order flow:
    TradeImbalance: (bought − sold) / (bought + sold) by takers over a window of time.
    OrderFlowImbalance: what joined less what left the best quotes over a window of time, in lots.
    SpreadRatio: the spread over its mean.
    microprice: the mid, leaning toward the thinner side, in ticks.
    ReachDecay: how fast fills thin out with distance, per tick.
    Lead: how far the price goes after a signal.

Direction:
    EwmaTrend: the price against its average, and its slope a second.
    Hurst, hurst_exponent: reverting, random or trending, with a standard deviation.
    ReversionSpeed, mean_reversion: first-order memory, its bias corrected, and half-life in samples.

Pairs:
    EngleGranger, engle_granger: whether two prices belong together, their hedge ratio and half-life.
    fair_future: a future's price by carry.
    BasisScore: a future's mispricing by carry, and how unusual it is.

Danger:
    band_distance: how far it is to the nearer limit of a halt band, in ticks and as a fraction.
    Toxicity: recent own markouts in ticks per share, and whether those who trade with us are informed.
"""

from mmtui.signals.band import BandDistance, band_distance
from mmtui.signals.carry import Basis, BasisScore, fair_future
from mmtui.signals.cointegration import Cointegration, EngleGranger, critical_value, engle_granger
from mmtui.signals.ewma import Ewma
from mmtui.signals.hurst import Hurst, HurstReading, HurstVerdict, hurst_exponent, hurst_sd, verdict
from mmtui.signals.imbalance import OrderFlowImbalance, TradeImbalance
from mmtui.signals.lead import Lead
from mmtui.signals.microprice import microprice
from mmtui.signals.reach import ReachDecay
from mmtui.signals.regression import RollingRegression
from mmtui.signals.reversion import ReversionFit, ReversionSpeed, corrected_phi, half_life, mean_reversion
from mmtui.signals.rolling import RollingMoments, TimedMoments
from mmtui.signals.spread import SpreadRatio
from mmtui.signals.toxicity import Flow, Toxicity, ToxicityReading
from mmtui.signals.trend import EwmaTrend
from mmtui.signals.volatility import EwmaVolatility, HistoricalVolatility, RealisedVolatility

__all__ = [
    "BandDistance",
    "Basis",
    "BasisScore",
    "Cointegration",
    "EngleGranger",
    "Ewma",
    "EwmaTrend",
    "EwmaVolatility",
    "Flow",
    "HistoricalVolatility",
    "Hurst",
    "HurstReading",
    "HurstVerdict",
    "Lead",
    "OrderFlowImbalance",
    "ReachDecay",
    "RealisedVolatility",
    "ReversionFit",
    "ReversionSpeed",
    "RollingMoments",
    "RollingRegression",
    "SpreadRatio",
    "TimedMoments",
    "Toxicity",
    "ToxicityReading",
    "TradeImbalance",
    "band_distance",
    "corrected_phi",
    "critical_value",
    "engle_granger",
    "fair_future",
    "half_life",
    "hurst_exponent",
    "hurst_sd",
    "mean_reversion",
    "microprice",
    "verdict",
]

"""Pure estimators of what the market is doing, updated one observation at a time.

They know nothing of the rest of the program: times are ``int`` nanoseconds that never go back, prices are in ticks and
quantities in lots unless a docstring says otherwise. An update is O(1), at least on average; estimates over a window
are computed when they are read. An estimate is None until there are enough observations for it.

Averages:
    ewma.Ewma: exponentially weighted mean of irregular observations.
    rolling.RollingMoments: mean and deviation of the last so many values.
    regression.RollingRegression: the line through the last so many points, the rolling hedge ratio.

Volatility:
    volatility.EwmaVolatility: of the mid in ticks per √s, with exponential memory.
    volatility.HistoricalVolatility: of a window of bars' log returns, annualised, as a fraction.

Order flow:
    imbalance.TradeImbalance: (bought − sold) / (bought + sold) by takers over a window of time.
    imbalance.OrderFlowImbalance: what joined less what left the best quotes over a window of time, in lots.
    spread.SpreadRatio: the spread over its mean.
    microprice.microprice: the mid, leaning toward the thinner side, in ticks.
    reach.ReachDecay: how fast fills thin out with distance, per tick.
    lead.Lead: how far the price goes after a signal.

Direction:
    hurst.Hurst, hurst.hurst_exponent: reverting, random or trending, with a standard deviation.
    reversion.ReversionSpeed, reversion.mean_reversion: first-order memory without its bias, and half-life in samples.

Pairs:
    cointegration.engle_granger: whether two prices are cointegrated, and their hedge ratio.
    carry.fair_future: a future's price by carry.
    carry.BasisScore: a future's mispricing by carry, and how unusual it is.

Danger:
    band.band_distance: how far it is to the nearer limit of a halt band, in ticks and as a fraction.
    toxicity.Toxicity: recent own markouts in ticks per share, and whether those who trade with us are informed.

Common parts:
    grid.Grid: a value sampled at regular instants.
    hysteresis.Hysteresis: a threshold with a lower one at which it goes off again.
    student: Student's t and the power of a test by it.
"""

"""The signals that a level's hints and checks may look at, as data. :mod:`mmtui.coach.readings` reads them."""

from __future__ import annotations

from typing import NamedTuple

from mmtui.errors import did_you_mean
from mmtui.market.rules.phases import Phase


class SignalInfo(NamedTuple):
    """What is known of a signal without reading it.

    Attributes:
        about: what it is, in a line.
        unit: of a number; empty for a bare one.
        words: what a signal in words can say; empty for one that is a number.
    """

    about: str
    unit: str = ""
    words: tuple[str, ...] = ()


SIGNALS: dict[str, SignalInfo] = {
    # Time
    "elapsed": SignalInfo("Time since the level's start.", "s"),
    "left": SignalInfo("Time until the level's end.", "s"),
    # The market
    "mid": SignalInfo("Half-way between the best bid and ask.", "currency"),
    "move": SignalInfo("How far the mid has gone in the last 10 s; positive upwards.", "ticks"),
    "volatility_ratio": SignalInfo("The mid's volatility over the market's usual one; memory 20 s.", "times"),
    "spread": SignalInfo("Between the best bid and ask.", "ticks"),
    "spread_ratio": SignalInfo("The spread over its mean of the last minute.", "times"),
    "imbalance": SignalInfo("(bought − sold) / (bought + sold) by takers over the last 10 s, −1 to 1."),
    "leaders": SignalInfo("Who takes more over the last 10 s.", words=("buyers", "sellers", "nobody")),
    "book_flow": SignalInfo(
        "Order-flow imbalance of the best quotes over 10 s, by the second, in usual best sizes; positive upwards.",
        "times",
    ),
    "microprice_lean": SignalInfo("Microprice less mid; positive when the ask is the thinner side.", "ticks"),
    "hurst": SignalInfo("Hurst exponent of the mid; below 0.5 it comes back, above it runs on."),
    "hurst_verdict": SignalInfo(
        "What the Hurst exponent allows to say.", words=("reverting", "random", "trending", "not distinguishable")
    ),
    "phase": SignalInfo("What the exchange does.", words=tuple(Phase)),
    "phase_left": SignalInfo("Time until the phase's planned end; none while there is none.", "s"),
    "band_distance": SignalInfo(
        "From the mid to the nearer limit of the band of prices; none without a band.", "ticks"
    ),
    "band_left": SignalInfo("The part of the way from the band's reference to that limit that is left, 1 to 0."),
    "band_side": SignalInfo("Which limit is the nearer.", words=("upper", "lower", "none")),
    "basis": SignalInfo(
        "The mid over the first index's quotes carried to expiry; positive where the future is dear. None without.",
        "ticks",
    ),
    "basis_z": SignalInfo(
        "How far the basis is from its mean of two minutes, in its standard deviations; none without an index.",
        "deviations",
    ),
    # The maker's quotes
    "quoting": SignalInfo("Whether the own quotes meet the obligation now.", words=("yes", "no")),
    "shortfall": SignalInfo(
        "What keeps them from it.",
        words=("nothing", "no bid or ask", "no bid", "no ask", "they are too far apart", "they have too few lots"),
    ),
    "presence": SignalInfo("The share of time so far in which they did, 0 to 1."),
    "own_bid": SignalInfo("The best own bid.", "currency"),
    "own_ask": SignalInfo("The best own ask.", "currency"),
    "bid_distance": SignalInfo("From the best own bid up to the mid.", "ticks"),
    "ask_distance": SignalInfo("From the mid up to the best own ask.", "ticks"),
    "half_spread": SignalInfo("Half the width between the own bid and ask.", "ticks"),
    "width_ratio": SignalInfo("The own width over the market's usual spread.", "times"),
    "bid_size": SignalInfo("Lots bid for, all own bids together; 0 without one.", "lots"),
    "ask_size": SignalInfo("Lots offered, likewise.", "lots"),
    "size": SignalInfo("The larger of the two.", "lots"),
    "shift": SignalInfo("How far half-way between the own quotes is above the mid.", "ticks"),
    "shade": SignalInfo("How far the own quotes are shifted the way that takers lead; negative against it.", "ticks"),
    "skew": SignalInfo("How far the own quotes are shifted against the position; negative with it.", "ticks"),
    "stale": SignalInfo(
        "The own quote that takers press against: the ask when buyers lead, the bid when sellers do.",
        words=("bid", "ask", "none"),
    ),
    "stale_distance": SignalInfo("From the mid to that quote; none without one.", "ticks"),
    "quote_age": SignalInfo(
        "How long the own quotes have been as they are, in whole seconds; none without a quote.", "s"
    ),
    "queue_ahead": SignalInfo(
        "Lots in front of the own quotes at the best prices, the shorter queue; none where one has joined neither.",
        "lots",
    ),
    # The maker's books
    "position": SignalInfo("Signed lots held.", "lots"),
    "position_share": SignalInfo("The position over the limit, −1 to 1."),
    "holding": SignalInfo("The position in a word.", words=("long", "short", "flat")),
    "adding": SignalInfo("The side whose fills add to the position.", words=("bid", "ask", "none")),
    "adding_size": SignalInfo("Lots quoted on that side.", "lots"),
    "net_position": SignalInfo("The position and what the hedges held are worth of it; 0 is all hedged.", "lots"),
    "net_share": SignalInfo("The same over the position limit."),
    "pnl": SignalInfo("Profit so far, fees paid.", "currency"),
    "markout_1s": SignalInfo("Mean markout per share of the last 20 own fills, 1 s after them.", "ticks"),
    "markout_10s": SignalInfo("Likewise, 10 s after them.", "ticks"),
    "markout_60s": SignalInfo("Likewise, 60 s after them.", "ticks"),
    "fills": SignalInfo("Own fills so far.", "fills"),
    "recent_volume": SignalInfo("Lots of own fills in the last 10 s.", "lots"),
}


def known_signal(key: str, name: str) -> SignalInfo:
    """The signal of a name. Raises ValueError, with the key at which it stands."""
    if name not in SIGNALS:
        raise ValueError(f"{key}: there is no signal {name!r}{did_you_mean(name, SIGNALS)}")
    return SIGNALS[name]

"""Hedge instruments: traded outside the book, quoted by dealers at their value and a half-spread either way.

They follow the market, its impact included but for makers' own, and never move it: who pushes the book's price gains
nothing beside it. Each has its own generator, so that adding one changes no other's draws.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from mmtui.market.core.clock import Stream
from mmtui.market.core.draws import Floats, Ints, generator
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.instrument import Instrument
from mmtui.market.hedges.black_scholes import Right, black_scholes, carry
from mmtui.market.value.latent_value import STEP_NS, Value
from mmtui.units import NS_PER_S, FiniteFloat, NonNegativeFloat, PositiveFloat, PositiveInt

_DAYS_A_YEAR = 365.0
_S_A_DAY = 86_400.0
#: Below this delta an option counts as no hedge.
_LEAST_DELTA = 0.01
#: Half a minute of the latent value's steps.
_RECENT_STEPS = 30 * NS_PER_S // STEP_NS
#: How far back a path is held: more than a minute.
_KEPT_STEPS = 780 * NS_PER_S // STEP_NS
#: Prices are rounded to millionths of a tick, so that differences in the last bit of exp have no effect.
_DIGITS = 6

_Rate = Annotated[float, msgspec.Meta(ge=-1, le=1)]


class HedgeTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What all hedge instruments have.

    Attributes:
        name: what it is called, in commands and on the screen.
        tick: its price step, in points (an index) or currency a share (an option).
        multiplier: money that one contract makes when its price rises by one: currency a point, or shares a contract.
        half_spread: its ticks between what it is worth and either quote, before these are rounded away to a tick.
        limit: the largest absolute position, in contracts.
        fee: of a contract traded, in currency.
        rate, dividend_yield: r and q, a year, continuously compounded, as fractions.
        expiry_days: calendar days to expiry when the level starts, of a year of 365.
    """

    name: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9.-]*$")]
    tick: PositiveFloat
    multiplier: PositiveFloat
    half_spread: NonNegativeFloat
    limit: PositiveInt
    fee: FiniteFloat = 0.0
    rate: _Rate = 0.0
    dividend_yield: _Rate = 0.0
    expiry_days: Annotated[float, msgspec.Meta(gt=0, le=36_500)] = 30.0

    @property
    def tick_value(self) -> float:
        """Money that one contract makes when its price rises a tick."""
        return self.tick * self.multiplier

    def years(self, now_ns: int) -> float:
        """Return the years to expiry at a time."""
        return max(0.0, self.expiry_days - now_ns / NS_PER_S / _S_A_DAY) / _DAYS_A_YEAR

    def carry(self, now_ns: int) -> float:
        """Return the future over its spot at a time."""
        return carry(self.rate, self.dividend_yield, self.years(now_ns))


class _IndexTerms(HedgeTerms, frozen=True, kw_only=True):
    """What follows the latent value.

    Attributes:
        lag_s: how late its dealers learn it, as for the rivals in the book.
    """

    lag_s: Annotated[float, msgspec.Meta(ge=0, le=10)] = 1.0

    @property
    def lag_ns(self) -> int:
        """The lag in nanoseconds."""
        return round(self.lag_s * NS_PER_S)


class FutureSpec(_IndexTerms, frozen=True, kw_only=True, tag="future"):
    """The future of an index that the book's instrument moves with.

    Attributes:
        price: of the index when the market starts, in points.
        beta: the slope of the instrument's returns on the index's.
        correlation: of the two.
    """

    price: PositiveFloat
    beta: PositiveFloat
    correlation: Annotated[float, msgspec.Meta(gt=0, le=1)]


class IndexSpec(_IndexTerms, frozen=True, kw_only=True, tag="index"):
    """The spot index, traded as a basket, of which the book's instrument is the future that expires then.

    Over a time h in which the latent value's variance is V, their returns correlate by √(V/(V + U)), with
    U = 2 basis_sd² (1 − 2^(−h/half-life)) the variance of the basis's moves; small and slow, it leaves 0.99 and more.

    Attributes:
        basis_sd: standard deviation of the future's mispricing against carry, in the book's ticks, but for shocks.
        basis_half_life_s: in which half of a mispricing is gone.
        basis_mean: what the mispricing comes back to, in the book's ticks.
        shock_rate: shocks a second, which misprice the future at once and then go as the rest goes.
        shock_sd: standard deviation of their size, in ticks.
    """

    basis_sd: NonNegativeFloat
    basis_half_life_s: PositiveFloat
    basis_mean: FiniteFloat = 0.0
    shock_rate: NonNegativeFloat = 0.0
    shock_sd: NonNegativeFloat = 0.0


class _OptionTerms(HedgeTerms, frozen=True, kw_only=True):
    """A European option on the book's instrument.

    Attributes:
        strike: in currency.
        volatility: a year, as a fraction, that its dealers price it with.
    """

    strike: PositiveFloat
    volatility: Annotated[float, msgspec.Meta(gt=0, le=10)]


class PutSpec(_OptionTerms, frozen=True, kw_only=True, tag="put"):
    """The right to sell the book's instrument at the strike."""


class CallSpec(_OptionTerms, frozen=True, kw_only=True, tag="call"):
    """The right to buy the book's instrument at the strike."""


HedgeSpec = FutureSpec | IndexSpec | PutSpec | CallSpec


def kind_of(spec: HedgeSpec) -> str:
    """Return its kind as levels name it: future, index, put or call."""
    return str(spec.__struct_config__.tag)


class HedgePrice(NamedTuple):
    """A hedge instrument at one instant.

    Attributes:
        bid, ask: in its own ticks; any size up to the position limit trades there.
        ratio: the hedge ratio: contracts to sell against the risk of each lot held, negative for a put; 0 if it hedges
            nothing.
        delta: an option's, else None.
    """

    bid: int
    ask: int
    ratio: float
    delta: float | None

    @property
    def mark(self) -> float:
        """Half-way between its quotes, in its own ticks; positions are valued at it."""
        return (self.bid + self.ask) / 2


class HedgeInstrument(ABC):
    """One hedge instrument in a market.

    Attributes:
        spec: its terms.
    """

    spec: HedgeSpec

    @abstractmethod
    def price(self, now_ns: int) -> HedgePrice:
        """Return its quotes and hedge ratio now."""

    def _quoted(self, worth: float, ratio: float, delta: float | None = None) -> HedgePrice:
        """Return the quotes about its value (points, or currency), rounded away from it and never negative."""
        spec = self.spec
        ticks = worth / spec.tick
        bid = math.floor(round(ticks - spec.half_spread, _DIGITS))
        ask = math.ceil(round(ticks + spec.half_spread, _DIGITS))
        return HedgePrice(max(0, bid), max(1, ask), ratio, delta)


class HedgePath(ABC):
    """A process that is constant over tenths of a second, drawn block by block with the market.

    Args:
        start_ns: the start of the market.
        first: where it starts.
    """

    def __init__(self, start_ns: int, first: float) -> None:
        self._origin_ns = start_ns
        self._path: Floats = np.array([first])

    def at(self, now_ns: int) -> float:
        """Return the value at a time in this block or the minute before; before the market's start, the first."""
        return float(self._path[max(0, (now_ns - self._origin_ns) // STEP_NS)])

    def at_times(self, times_ns: Ints) -> Floats:
        """Return the values at many such times."""
        values: Floats = self._path[np.maximum((times_ns - self._origin_ns) // STEP_NS, 0)]
        return values

    def draw(self, start_ns: int, end_ns: int) -> Iterable[Stream]:
        """Continue to the end of the block; there are no events."""
        steps = -((self._origin_ns - end_ns) // STEP_NS) - len(self._path)
        if steps > 0:
            last_ns = self._origin_ns + (len(self._path) - 1) * STEP_NS
            following = self._next(float(self._path[-1]), last_ns, steps)
            dropped = max(0, len(self._path) - _KEPT_STEPS)
            self._origin_ns += dropped * STEP_NS
            self._path = np.append(self._path[dropped:], following)
        return ()

    def reseed(self, seed: int, now_ns: int) -> None:
        """Draw by another seed what comes after the step of now."""
        self._path = self._path[: max(0, (now_ns - self._origin_ns) // STEP_NS) + 1]
        self._set_seed(seed)

    @abstractmethod
    def _set_seed(self, seed: int) -> None:
        """Begin the generators anew."""

    @abstractmethod
    def _next(self, last: float, last_ns: int, steps: int) -> Floats:
        """Return the steps after ``last``, which begins at ``last_ns``."""


class IndexPath(HedgePath):
    """An index on which the instrument's returns have a slope β and with which they have a correlation ρ.

    Each return r of the instrument, which is given, needs an index return r_I. If the instrument's variance is v, the
    index's must be ρ²v/β², for β = ρ sd(r)/sd(r_I), and their covariance ρ²v/β. So

        r_I = (ρ²/β) r + (ρ√(1 − ρ²)/β) e,    with e of variance v and uncorrelated with r.

    For e a return of the instrument from the last half minute is drawn, with a random sign: it has the variance of r
    also when that changes, and jumps of its own.

    Attributes:
        common: the part of an instrument's return that the index shares, ρ²/β.
    """

    def __init__(self, value: Value, spec: FutureSpec, start_ns: int, seed: int) -> None:
        super().__init__(start_ns, spec.price)
        self._value = value
        self._lag_ns = spec.lag_ns
        self._name = spec.name
        self._set_seed(seed)
        rho, beta = spec.correlation, spec.beta
        self.common = rho * rho / beta
        self._own = rho * math.sqrt(1.0 - rho * rho) / beta

    def _set_seed(self, seed: int) -> None:
        self._rng = generator(seed, f"hedge-{self._name}")

    def _next(self, last: float, last_ns: int, steps: int) -> Floats:
        first_ns = last_ns - self._lag_ns
        times = first_ns + STEP_NS * np.arange(-_RECENT_STEPS, steps + 1, dtype=np.int64)
        values = self._value.at_times(times)
        returns = (values[1:] - values[:-1]) / np.maximum(values[:-1], 1.0)
        which, signs = self._rng.random((steps, 2)).T
        ago = 1 + (which * _RECENT_STEPS).astype(np.int64)
        now = _RECENT_STEPS + np.arange(steps)
        own = np.where(signs < 0.5, self._own, -self._own) * returns[now - ago]
        # In a market that runs away the index stays positive and finite.
        factors = np.clip(1.0 + (self.common * returns[now] + own), 0.1, 10.0)
        # Multiplied from the last value on, so that the rounding does not depend on where blocks end.
        with np.errstate(over="ignore"):
            path: Floats = np.clip(np.multiply.accumulate(np.append(last, factors))[1:], 1e-6, 1e12)
        return path


class BasisPath(HedgePath):
    """The future's mispricing against carry, in its ticks: a stationary Ornstein-Uhlenbeck process with shocks.

    Times and sizes of the shocks are drawn by generators of their own.
    """

    def __init__(self, spec: IndexSpec, start_ns: int, seed: int) -> None:
        self._name = spec.name
        self._set_seed(seed)
        self._shock_chance = spec.shock_rate * STEP_NS / NS_PER_S
        self._shock_sd = spec.shock_sd
        self._mean = spec.basis_mean
        self._kept = round(2.0 ** (-STEP_NS / NS_PER_S / spec.basis_half_life_s), 12)
        self._sd = spec.basis_sd * math.sqrt(1.0 - self._kept * self._kept)
        super().__init__(start_ns, spec.basis_mean + spec.basis_sd * float(self._rng.standard_normal()))

    def _set_seed(self, seed: int) -> None:
        self._rng = generator(seed, f"hedge-{self._name}")
        self._shock_times = generator(seed, f"hedge-{self._name}-shock-times")
        self._shock_sizes = generator(seed, f"hedge-{self._name}-shock-sizes")

    def _next(self, last: float, last_ns: int, steps: int) -> Floats:
        sizes = self._shock_sd * self._shock_sizes.standard_normal(steps)
        shocks = np.where(self._shock_times.random(steps) < self._shock_chance, sizes, 0.0)
        path = []
        for normal, shock in zip(self._rng.standard_normal(steps).tolist(), shocks.tolist(), strict=True):
            last = self._mean + self._kept * (last - self._mean) + self._sd * normal + shock
            path.append(last)
        return np.array(path)


class Future(HedgeInstrument):
    """An index future at F = S e^((r − q)T); its hedge ratio is βP/F, P the value of a lot and F that of a contract."""

    def __init__(self, spec: FutureSpec, path: IndexPath, instrument: Instrument, exchange: Exchange) -> None:
        self.spec: FutureSpec = spec
        self._path = path
        self._exchange = exchange
        self._tick_value = instrument.tick_value

    def price(self, now_ns: int) -> HedgePrice:
        """Return the quotes and hedge ratio that the class describes."""
        spec = self.spec
        exchange = self._exchange
        impact = self._path.common * exchange.impact.of_others(now_ns) / exchange.mid
        worth = self._path.at(now_ns) * (1.0 + impact) * spec.carry(now_ns)
        lot = exchange.mid * self._tick_value
        return self._quoted(worth, spec.beta * lot / (worth * spec.multiplier))


class IndexSpot(HedgeInstrument):
    """The index of which the book trades the future: (latent value, a lag ago, + impact − basis) e^(−(r − q)T).

    The book does not depend on it. Each leg alone is a random walk; their difference reverts.
    """

    def __init__(
        self, spec: IndexSpec, basis: BasisPath, instrument: Instrument, exchange: Exchange, value: Value
    ) -> None:
        self.spec: IndexSpec = spec
        self._basis = basis
        self._instrument = instrument
        self._exchange = exchange
        self._value = value

    def carried(self, times_ns: Ints) -> Floats:
        """Return the future's value by the index at ascending times, but for the impact, in the future's ticks."""
        return self._value.at_times(times_ns - self.spec.lag_ns) - self._basis.at_times(times_ns)

    def carried_mark(self, now_ns: int) -> float:
        """Return the future's value by the index as it is quoted now, in the future's ticks."""
        spec = self.spec
        return self.price(now_ns).mark * spec.tick * spec.carry(now_ns) / self._instrument.tick

    def price(self, now_ns: int) -> HedgePrice:
        """Return the quotes and hedge ratio that the class describes."""
        spec, instrument = self.spec, self._instrument
        factor = spec.carry(now_ns)
        value = self._value.at(now_ns - spec.lag_ns) + self._exchange.impact.of_others(now_ns)
        future = instrument.to_money(value - self._basis.at(now_ns))
        return self._quoted(future / factor, instrument.lot * factor / spec.multiplier)


class Option(HedgeInstrument):
    """A put or a call by Black and Scholes off the book's mid, its time running; hedged by its delta."""

    def __init__(self, spec: PutSpec | CallSpec, instrument: Instrument, exchange: Exchange) -> None:
        self.spec: PutSpec | CallSpec = spec
        self._right: Right = "put" if isinstance(spec, PutSpec) else "call"
        self._instrument = instrument
        self._exchange = exchange

    def price(self, now_ns: int) -> HedgePrice:
        """Return the quotes and hedge ratio that the class describes."""
        spec, instrument = self.spec, self._instrument
        worth, delta = black_scholes(
            self._right,
            instrument.to_money(self._exchange.mid),
            spec.strike,
            spec.years(now_ns),
            spec.rate,
            spec.dividend_yield,
            spec.volatility,
        )
        ratio = instrument.lot / (delta * spec.multiplier) if abs(delta) >= _LEAST_DELTA else 0.0
        return self._quoted(worth, ratio, delta)


def open_hedges(
    specs: Sequence[HedgeSpec], instrument: Instrument, exchange: Exchange, value: Value, start_ns: int, seed: int
) -> tuple[dict[str, HedgeInstrument], list[HedgePath]]:
    """Return the hedge instruments of a market by name, and the processes of theirs that are drawn with its blocks."""
    hedges: dict[str, HedgeInstrument] = {}
    sources: list[HedgePath] = []
    for spec in specs:
        match spec:
            case FutureSpec():
                index = IndexPath(value, spec, start_ns, seed)
                sources.append(index)
                hedges[spec.name] = Future(spec, index, instrument, exchange)
            case IndexSpec():
                basis = BasisPath(spec, start_ns, seed)
                sources.append(basis)
                hedges[spec.name] = IndexSpot(spec, basis, instrument, exchange, value)
            case PutSpec() | CallSpec():
                hedges[spec.name] = Option(spec, instrument, exchange)
    return hedges, sources

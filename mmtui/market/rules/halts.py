"""Rules that keep prices inside a band: HKEX's volatility control mechanism and the US limit up-limit down plan.

They record trades and give the band that holds and the durations of what follows. How an exchange treats orders under
them is in :mod:`mmtui.market.core.venue`.
"""

from __future__ import annotations

import math
from collections import deque
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple

import msgspec

from mmtui.market.rules.phases import Timetable
from mmtui.units import NS_PER_S, NonNegativeFloat, PositiveFloat

Percent = Annotated[float, msgspec.Meta(gt=0, lt=100)]
_WHOLE = Decimal(100)
_NEVER_NS = 2**62
#: Longer than a session, and few enough nanoseconds to be added up.
_LONGEST_S = 1e9


class Band(NamedTuple):
    """The prices at which an instrument may trade, in ticks, both limits included.

    Attributes:
        lower, upper: the limits.
        reference: the price that they are measured from.
        binding: whether orders cannot trade beyond; otherwise one that would starts a cooling-off period.
    """

    lower: int
    upper: int
    reference: float
    binding: bool


@lru_cache(maxsize=1024, typed=True)
def band_around(reference: float, percent: float, *, binding: bool = False) -> Band:
    """Return the band so many percent around a reference in ticks; limits are rounded inwards to the tick."""
    centre, part = Decimal(str(reference)), Decimal(str(percent)) / _WHOLE
    return Band(math.ceil(centre * (1 - part)), math.floor(centre * (1 + part)), reference, binding)


class _Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", omit_defaults=True):
    pass


class VcmSpec(_Terms, frozen=True, kw_only=True, tag="vcm"):
    """HKEX's volatility control mechanism: an order that would trade beyond the band starts a cooling-off period.

    Attributes:
        instrument: its class, which decides ``percent`` (10, 15, 20 and 5) and ``triggers`` where they are left out.
        percent: the band's half-width, in percent of the reference.
        triggers: how often a session it may trigger; 0 for any number. Left out: 1 for equities, any for futures.
        reference_s: the reference is the last trade at least so long ago.
        cooling_off_s: how long the cooling-off period is.
        skip_first_s: not in the first so many seconds of a session.
        skip_last_s: not in the last so many seconds of the day's last session.
    """

    instrument: Literal["large-cap", "mid-cap", "small-cap", "index-future"] = "large-cap"
    percent: Percent | None = None
    triggers: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    reference_s: PositiveFloat = 300.0
    cooling_off_s: PositiveFloat = 300.0
    skip_first_s: NonNegativeFloat = 900.0
    skip_last_s: NonNegativeFloat = 1200.0


class LuldSpec(_Terms, frozen=True, kw_only=True, tag="luld"):
    """The US limit up-limit down plan, for prices above $3: no trades beyond the band; 15 s at its limit halt trading.

    Attributes:
        tier: 1 or 2, which decides ``percent`` (5 and 10) where it is left out.
        percent: the band's half-width, in percent of the reference.
        reference_s: the reference is the mean price of the trades of so many seconds.
        update_percent: the reference changes when that mean is so many percent away from it.
        hold_s: it changes no sooner than so many seconds after its last change.
        limit_state_s: how long the best price may stand at a limit before trading is halted.
        halt_s: how long it is halted, until an auction reopens it.
        double_first_s: the band is twice as wide in the first so many seconds of the day's first session.
        double_last_s: likewise in the last so many of its last one; 1500 in tier 1 and none in tier 2 where it is left
            out.

    Bands were doubled in the first fifteen minutes, and in the last twenty-five of tier 2 too, until the plan's
    Eighteenth Amendment (filed on 5 November 2018, 83 FR 66464; approved on 11 April 2019).
    """

    tier: Literal[1, 2] = 1
    percent: Percent | None = None
    reference_s: PositiveFloat = 300.0
    update_percent: NonNegativeFloat = 1.0
    hold_s: NonNegativeFloat = 30.0
    limit_state_s: PositiveFloat = 15.0
    halt_s: PositiveFloat = 300.0
    double_first_s: NonNegativeFloat = 0.0
    double_last_s: NonNegativeFloat | None = None


HaltSpec = VcmSpec | LuldSpec

_VCM_PERCENT = {"large-cap": 10.0, "mid-cap": 15.0, "small-cap": 20.0, "index-future": 5.0}
_LULD_PERCENT = {1: 5.0, 2: 10.0}
_LULD_DOUBLE_LAST_S = {1: 1500.0, 2: 0.0}


def half_width(spec: HaltSpec) -> float:
    """Return the band's half-width in percent of the reference: the level's, or that of the instrument's class."""
    if spec.percent is not None:
        return spec.percent
    return _VCM_PERCENT[spec.instrument] if isinstance(spec, VcmSpec) else _LULD_PERCENT[spec.tier]


class Halt:
    """A rule as the exchange uses it.

    Attributes:
        binds: whether its band binds; one that does not may be fixed, and binds then.
        cooling_off_ns: length of a cooling-off period; None if an order beyond the band starts none.
        limit_state_ns: how long the best price may stand at a limit; None for any time.
        halt_ns: how long trading is halted after that.
    """

    def __init__(self, *, binds: bool) -> None:
        self.binds = binds
        self.cooling_off_ns: int | None = None
        self.limit_state_ns: int | None = None
        self.halt_ns = 0

    def record(self, now_ns: int, price: int) -> None:
        """Record a trade's price."""
        raise NotImplementedError

    def band(self, now_ns: int) -> Band | None:
        """Return the band that holds while the market is open, if any."""
        raise NotImplementedError

    def triggered(self, now_ns: int) -> None:
        """Notify the rule that a cooling-off period has started."""

    def reopened(self, now_ns: int, price: float) -> None:
        """Notify the rule that trading has resumed at a price after a halt."""


class VolatilityControl(Halt):
    """VCM: the reference is the last trade at least five minutes ago.

    Args:
        spec: the rule.
        timetable, end_ns: the day's sessions, and where the last ends if nothing follows it.
    """

    def __init__(self, spec: VcmSpec, timetable: Timetable, end_ns: int) -> None:
        super().__init__(binds=False)
        self.cooling_off_ns = _ns(spec.cooling_off_s)
        self._window_ns = _ns(spec.reference_s)
        self._first_ns, self._last_ns = _ns(spec.skip_first_s), _ns(spec.skip_last_s)
        self._percent = half_width(spec)
        future = spec.instrument == "index-future"
        self._most = (0 if future else 1) if spec.triggers is None else spec.triggers
        self._timetable = timetable
        self._end_ns = end_ns
        # When each of the last trades becomes the reference, and its price; and when the first of them does.
        self._waiting: deque[tuple[int, int]] = deque()
        self._ripe_ns = _NEVER_NS
        self._band: Band | None = None
        # The session looked at last, when in it the rule watches, and how often it has triggered.
        self._since_ns, self._until_ns = -_NEVER_NS, 0
        self._from_ns = self._to_ns = 0
        self._triggers = 0

    def record(self, now_ns: int, price: int) -> None:
        """Hold it until it is five minutes old."""
        ripe_ns = now_ns + self._window_ns
        if not self._waiting:
            self._ripe_ns = ripe_ns
        self._waiting.append((ripe_ns, price))

    def band(self, now_ns: int) -> Band | None:
        """Return None also in the excluded times, when the session's triggers are used up, and without a reference."""
        if now_ns >= self._ripe_ns:
            self._renew(now_ns)
        self._look(now_ns)
        return self._band if self._from_ns <= now_ns < self._to_ns else None

    def triggered(self, now_ns: int) -> None:
        """Count it for its session."""
        self._look(now_ns)
        self._triggers += 1
        if self._triggers == self._most:
            self._to_ns = now_ns

    def _renew(self, now_ns: int) -> None:
        """Take the last trade that is old enough as the reference."""
        waiting, reference = self._waiting, 0
        while waiting and waiting[0][0] <= now_ns:
            reference = waiting.popleft()[1]
        self._ripe_ns = waiting[0][0] if waiting else _NEVER_NS
        if self._band is None or reference != self._band.reference:
            self._band = band_around(reference, self._percent)

    def _look(self, now_ns: int) -> None:
        """Look up the session of a time, unless it is the last one's, and when in it the rule watches."""
        if self._since_ns <= now_ns < self._until_ns:
            return
        span = self._timetable.at(now_ns)
        self._since_ns, self._until_ns = span.start_ns, _NEVER_NS if span.end_ns is None else span.end_ns
        since_ns, to_end_ns = self._timetable.edges(now_ns, self._end_ns)
        self._from_ns = now_ns - since_ns + self._first_ns
        self._to_ns = _NEVER_NS if to_end_ns is None else now_ns + to_end_ns - self._last_ns
        self._triggers = 0


class LimitUpLimitDown(Halt):
    """LULD: the reference is the five-minute mean of trades, renewed when it has moved and the old one has been held.

    Args:
        spec: the rule.
        timetable, end_ns: as for VCM.
    """

    def __init__(self, spec: LuldSpec, timetable: Timetable, end_ns: int) -> None:
        super().__init__(binds=True)
        self.limit_state_ns = _ns(spec.limit_state_s)
        self.halt_ns = _ns(spec.halt_s)
        self._percent = half_width(spec)
        self._window_ns = _ns(spec.reference_s)
        self._hold_ns = _ns(spec.hold_s)
        self._update = spec.update_percent / 100.0
        last_s = _LULD_DOUBLE_LAST_S[spec.tier] if spec.double_last_s is None else spec.double_last_s
        self._first_ns, self._last_ns = _ns(spec.double_first_s), _ns(last_s)
        sessions = [span for span in timetable.spans if span.phase.continuous]
        self._opening_ns = sessions[0].start_ns
        self._closing_ns = end_ns if sessions[-1].end_ns is None else sessions[-1].end_ns
        self._trades: deque[tuple[int, int]] = deque()
        self._sum = 0
        self._reference: float | None = None
        self._changed_ns = 0
        self._band: Band | None = None
        self._doubled = False

    def record(self, now_ns: int, price: int) -> None:
        """Include it in the mean for the next five minutes."""
        self._trades.append((now_ns, price))
        self._sum += price

    def band(self, now_ns: int) -> Band | None:
        """Return None before the first trade, and in the warm-up."""
        if now_ns < 0:
            return None
        self._renew(now_ns)
        doubled = now_ns - self._opening_ns < self._first_ns or self._closing_ns - now_ns <= self._last_ns
        if self._reference is not None and (self._band is None or doubled != self._doubled):
            self._doubled = doubled
            self._band = band_around(self._reference, self._percent * (1 + doubled), binding=True)
        return self._band

    def reopened(self, now_ns: int, price: float) -> None:
        """Take the price of the reopening auction as the next reference, and discard the trades before."""
        self._trades.clear()
        self._sum = 0
        self._set(now_ns, price)

    def _renew(self, now_ns: int) -> None:
        """Renew the reference if it is time and the mean has moved."""
        reference = self._reference
        if reference is not None and now_ns - self._changed_ns < self._hold_ns:
            return
        oldest_ns, trades = now_ns - self._window_ns, self._trades
        while trades and trades[0][0] <= oldest_ns:
            self._sum -= trades.popleft()[1]
        if trades:
            mean = self._sum / len(trades)
            if reference is None or abs(mean / reference - 1.0) >= self._update:
                self._set(now_ns, mean)

    def _set(self, now_ns: int, reference: float) -> None:
        self._reference = reference
        self._changed_ns = now_ns
        self._band = None


def _ns(seconds: float) -> int:
    return round(min(seconds, _LONGEST_S) * NS_PER_S)


def open_halt(spec: HaltSpec, timetable: Timetable, end_ns: int) -> Halt:
    """Return the rule that a spec describes."""
    if isinstance(spec, VcmSpec):
        return VolatilityControl(spec, timetable, end_ns)
    return LimitUpLimitDown(spec, timetable, end_ns)

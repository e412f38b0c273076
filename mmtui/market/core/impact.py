"""Price impact: what those who take leave behind in the price.

Every account that trades for reasons of its own (a maker, an institution, all noise together) remembers the lots it has
taken, signed, in three memories J that fade with time constants of 8, 64 and 512 seconds. Its impact, in ticks, is

    Σ w·φ(J) + λ·(net lots taken),    φ(x) = sgn(x)·(√(s + |x|) − √s)

and the price is drawn to the latent value plus the impact of all. A concave function of remembered flow gives what
large orders are found to do: impact grows as about the root of the size (Almgren and others 2005; Tóth and others
2011), and most of it fades after the order (Farmer, Gerig, Lillo and Waelbroeck 2013). A linear propagator (Bouchaud,
Gefen, Potters and Wyart 2004) does not: at a given duration it is proportional to the size. Buying and selling again
costs on any schedule of one account. Those who act on the value and the impact add nothing to it.
"""

from __future__ import annotations

import math
from collections.abc import Set

import msgspec

from mmtui.units import NS_PER_S, NonNegativeFloat, PositiveFloat

#: Time constants of the memories, each eight times the last, so that one exponential gives all three.
SLOWEST_S = 512.0
_SLOWEST_NS = SLOWEST_S * NS_PER_S
#: Between trades the impact is constant over so much time.
_BUCKET_NS = NS_PER_S // 4
#: Memories and impacts are whole numbers of grains of 2^-20, so that the last bit of a machine's exp never shows. Added
#: and subtracted again, this number rounds to them, ties to even: a double of its size has no finer bits.
_ROUND = 1.5 * 2.0**32
#: No bucket: what was read last no longer holds.
_NONE = -(2**62)


class ImpactSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much the price moves with what is taken.

    For a market of volatility σ (ticks per root second) in which v lots trade a second, orders of ``size`` lots on
    average, the square-root law gives weight .27 σ/√v, linear_lots .15 size and permanent .024 σ/v.

    Attributes:
        weight: w, in ticks a root lot, of each memory; 0 for no impact that fades.
        linear_lots: s, in lots: far below it the impact is proportional to what is taken, far above to its root.
        permanent: λ, the part that stays, in ticks a lot.
    """

    weight: NonNegativeFloat = 0.0
    linear_lots: PositiveFloat = 0.25
    permanent: NonNegativeFloat = 0.0


class _Account:
    """What one account has left behind in the price.

    Attributes:
        fast, middle, slow: what it remembers, in lots.
        stays: the part of its impact that does not fade, in ticks.
        impact: its impact as read last, in ticks.
        is_maker: whether it is a maker's.
    """

    __slots__ = ("fast", "impact", "is_maker", "middle", "slow", "stays")

    def __init__(self, is_maker: bool) -> None:
        self.fast = self.middle = self.slow = self.stays = self.impact = 0.0
        self.is_maker = is_maker


class Impact:
    """The impact of a market's accounts. Its state moves at trades and when the spec changes; reading it is pure.

    Args:
        spec: the parameters; they can be replaced by :meth:`change`.
        accounts: the participants whose taking moves the price, by index; that of others does not.
        makers: those of them that are makers.
    """

    def __init__(self, spec: ImpactSpec, accounts: Set[int] = frozenset(), makers: Set[int] = frozenset()) -> None:
        self._spec = spec
        self._movers = accounts
        self._makers = makers
        self._accounts: dict[int, _Account] = {}
        self._last_ns = 0
        # What was read last, and in which bucket.
        self._bucket = _NONE
        self._total = self._of_others = 0.0

    def change(self, now_ns: int, spec: ImpactSpec) -> None:
        """Take other parameters; the impact now stays as it is, and fades as it would have."""
        before = self._spec
        if spec == before:
            return
        self._fade(now_ns)
        for account in self._accounts.values():
            account.fast = _carried(account.fast, before, spec)
            account.middle = _carried(account.middle, before, spec)
            account.slow = _carried(account.slow, before, spec)
        self._spec, self._bucket = spec, _NONE

    def trade(self, now_ns: int, index: int, lots: int) -> None:
        """Note that a participant has taken, ``lots`` signed."""
        spec = self._spec
        if index not in self._movers or not (spec.weight or spec.permanent):
            return
        self._fade(now_ns)
        account = self._accounts.get(index)
        if account is None:
            account = self._accounts[index] = _Account(index in self._makers)
        account.fast += lots
        account.middle += lots
        account.slow += lots
        if spec.permanent:
            account.stays = _grain(account.stays + spec.permanent * lots)
        self._bucket = _NONE

    def at(self, now_ns: int) -> float:
        """The impact of all, in ticks."""
        if now_ns // _BUCKET_NS != self._bucket:
            self._read(now_ns)
        return self._total

    def of_others(self, now_ns: int) -> float:
        """The impact of all but makers, in ticks."""
        if now_ns // _BUCKET_NS != self._bucket:
            self._read(now_ns)
        return self._of_others

    def own(self, now_ns: int, index: int) -> float:
        """One participant's own impact, in ticks."""
        account = self._accounts.get(index)
        if account is None:
            return 0.0
        if now_ns // _BUCKET_NS != self._bucket:
            self._read(now_ns)
        return _grain(account.impact)

    def _read(self, now_ns: int) -> None:
        """Compute the impact of each account in the present bucket."""
        self._bucket = bucket = now_ns // _BUCKET_NS
        if not self._accounts:
            return
        weight, least = self._spec.weight, self._spec.linear_lots
        root = math.sqrt(least)
        elapsed_ns = bucket * _BUCKET_NS - self._last_ns
        slow = math.exp(-elapsed_ns / _SLOWEST_NS) if elapsed_ns > 0 else 1.0
        middle = slow**8
        fast = middle**8
        total = makers = 0.0
        for account in self._accounts.values():
            first, second, third = account.fast * fast, account.middle * middle, account.slow * slow
            # φ of each, written out, since this runs at every trade.
            faded = math.sqrt(least + first) - root if first >= 0.0 else root - math.sqrt(least - first)
            faded += math.sqrt(least + second) - root if second >= 0.0 else root - math.sqrt(least - second)
            faded += math.sqrt(least + third) - root if third >= 0.0 else root - math.sqrt(least - third)
            account.impact = one = weight * faded + account.stays
            total += one
            if account.is_maker:
                makers += one
        self._total = self._of_others = total + _ROUND - _ROUND
        if makers:
            self._of_others = total - makers + _ROUND - _ROUND

    def _fade(self, now_ns: int) -> None:
        slow = math.exp((self._last_ns - now_ns) / _SLOWEST_NS)
        middle = slow**8
        fast = middle**8
        self._last_ns = now_ns
        for account in self._accounts.values():
            account.fast = account.fast * fast + _ROUND - _ROUND
            account.middle = account.middle * middle + _ROUND - _ROUND
            account.slow = account.slow * slow + _ROUND - _ROUND


def _carried(lots: float, before: ImpactSpec, spec: ImpactSpec) -> float:
    """The lots whose impact, by one memory, is under another spec what that of these is."""
    return _grain(_inverse(before.weight * _phi(lots, before), spec))


def _phi(lots: float, spec: ImpactSpec) -> float:
    least = spec.linear_lots
    root = math.sqrt(least + abs(lots)) - math.sqrt(least)
    return root if lots >= 0 else -root


def _inverse(ticks: float, spec: ImpactSpec) -> float:
    """The lots whose impact, by one memory, is so many ticks; none where there is no such impact."""
    if not spec.weight:
        return 0.0
    least = spec.linear_lots
    lots = (abs(ticks) / spec.weight + math.sqrt(least)) ** 2 - least
    return lots if ticks >= 0 else -lots


def _grain(number: float) -> float:
    return number + _ROUND - _ROUND

"""The exchange's rules and phases in words."""

from __future__ import annotations

from collections.abc import Iterator

from mmtui.book import Matching
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.instrument import Instrument
from mmtui.market.core.venue import ExchangeSpec
from mmtui.market.rules.halts import LuldSpec, VcmSpec, half_width
from mmtui.market.rules.phases import Phase
from mmtui.units import NS_PER_S


def phase_notice(exchange: Exchange, instrument: Instrument, now_ns: int) -> str:
    """The phase that has just begun, what it means, and how long it lasts."""
    name, ends_ns = exchange.phase_name.capitalize(), exchange.phase_ends_ns
    lasts = "" if ends_ns is None else f" for {round((ends_ns - now_ns) / NS_PER_S)} s"
    match exchange.phase:
        case Phase.AUCTION:
            return f"{name}: orders are collected{lasts}, then trade at one price"
        case Phase.CLOSED:
            return f"{name}: no orders are taken{lasts}"
        case Phase.HALT:
            return f"{name}: orders are collected{lasts} for the auction that reopens trading"
        case Phase.COOLING_OFF:
            band = exchange.band(now_ns)
            assert band is not None
            between = f"between {instrument.format(band.lower)} and {instrument.format(band.upper)}"
            return f"{name}{lasts}: trading goes on, but only {between}"
        case Phase.LIMIT_STATE:
            return f"{name}{lasts}: a halt follows unless the price leaves the limit"
    return f"{name}: trading is open"


def exchange_rules(spec: ExchangeSpec) -> Iterator[tuple[str, str]]:
    """The exchange's rules, a name and a sentence each: what a level's briefing shows."""
    if spec.phases:
        for span in spec.timetable.spans:
            minutes, seconds = divmod(span.start_ns // NS_PER_S, 60)
            yield f"from {minutes}:{seconds:02}", span.name
    match spec.halt:
        case VcmSpec() as vcm:
            yield "price band", f"±{half_width(vcm):g}% of the trade {vcm.reference_s:g} s ago"
            yield "beyond it", f"{vcm.cooling_off_s:g} s of trading inside it"
        case LuldSpec() as luld:
            yield "price band", f"±{half_width(luld):g}% of the mean of {luld.reference_s:g} s"
            yield "at its limit", f"after {luld.limit_state_s:g} s a halt of {luld.halt_s:g} s"
    if not spec.matching.by_time:
        yield "at one price", matching_text(spec.matching)


def matching_text(matching: Matching) -> str:
    """How orders at one price share what trades, in a phrase."""
    steps = ["first the last order that bettered the price"] if matching.top else []
    if 0 < matching.pro_rata < 1:
        steps.append(f"{1 - matching.pro_rata:.0%} in the order of arrival")
    if matching.pro_rata:
        least = f", parts under {matching.minimum} lots in the order of arrival" if matching.minimum > 1 else ""
        steps.append(f"{'the rest ' if steps else ''}in proportion to the lots{least}")
    else:
        steps.append("the rest in the order of arrival")
    return ", ".join(steps)

"""What happens while a level runs: the market changes, the value jumps, news is read; at set times or drawn ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, NamedTuple

import msgspec

from mmtui.market.book_market import BookMarketSpec
from mmtui.market.core.draws import generator
from mmtui.market.kinds import AnyMarketSpec
from mmtui.units import NS_PER_S, FiniteFloat, NonNegativeFloat, PositiveFloat, PositiveInt


class EventSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From a time on the market is another one.

    Attributes:
        at_s: when, in seconds since the level's start.
        until_s: the time is drawn between ``at_s`` and this one; it is ``at_s`` if left out.
        headline: what the maker reads then, if anything.
        jump: ticks by which the latent value jumps.
        jump_sd: standard deviation, in ticks, of what is drawn besides.
        either_way: whether a coin decides the sign of the whole jump, and of the market's trend from then on.
        max_width: the widest quote that the obligation counts from then on, in ticks, if that changes.
        card: the card of the level's deck that it belongs to; it happens only in sessions that draw this card.
        market: the market from then on. That of a card's event is the level's with the changes of this event alone, and
            no other event inherits them: a card ends by an event of its own that changes nothing.
    """

    at_s: PositiveFloat
    until_s: PositiveFloat | None = None
    headline: str | None = None
    jump: FiniteFloat = 0.0
    jump_sd: NonNegativeFloat = 0.0
    either_way: bool = False
    max_width: PositiveInt | None = None
    card: Annotated[str, msgspec.Meta(max_length=40)] = ""
    market: AnyMarketSpec

    @property
    def latest_s(self) -> float:
        """The last moment at which it may happen."""
        return self.at_s if self.until_s is None else self.until_s

    @property
    def jumps(self) -> bool:
        """Whether the latent value jumps."""
        return self.jump != 0 or self.jump_sd != 0


class Happening(NamedTuple):
    """An event under a seed: its time in nanoseconds, the market from then on, the jump in ticks, headline, width.

    One of a card that was not drawn changes nothing.
    """

    at_ns: int
    market: AnyMarketSpec
    jump: float
    headline: str | None
    max_width: int | None
    drawn: bool = True


def cards(events: Iterable[EventSpec]) -> list[str]:
    """The cards of a deck, in the order of the level."""
    return list(dict.fromkeys(event.card for event in events if event.card))


def _hand(events: Sequence[EventSpec], deck: int, seed: int, been: Sequence[Happening]) -> set[str]:
    """The cards that a seed draws, with those that have been drawn already and without those that have not."""
    decided = {event.card: each.drawn for event, each in zip(events, been, strict=False) if event.card}
    held = {card for card, drawn in decided.items() if drawn}
    rest = [card for card in cards(events) if card not in decided]
    count = max(0, min(len(rest), deck - len(held)))
    drawn = generator(seed, "deck").permutation(len(rest))[:count]
    return held | {rest[place] for place in drawn}


def regimes(market: AnyMarketSpec, found: Iterable[Happening]) -> list[tuple[int, AnyMarketSpec]]:
    """(from_ns, market) in the order of time."""
    return [(0, market), *((event.at_ns, event.market) for event in found if event.drawn)]


def jumps(found: Iterable[Happening]) -> list[tuple[int, float]]:
    """(at_ns, ticks) of the events' jumps."""
    return [(event.at_ns, event.jump) for event in found if event.jump]


def check_events(events: Sequence[EventSpec], market: AnyMarketSpec, duration_s: int, deck: int) -> None:
    """Raise ValueError for what does not fit the market that a level starts with, its length, or the events before."""
    if not deck <= len(cards(events)) or (cards(events) and not deck):
        raise ValueError(f"deck: expected from 1 to as many cards as the events have, {len(cards(events))}, not {deck}")
    earlier_s, before = 0.0, market
    for index, event in enumerate(events):
        if not earlier_s < event.at_s < duration_s:
            raise ValueError(
                f"events[{index}].at_s: expected a time after {earlier_s:g} and before the level's end at "
                f"{duration_s}, not {event.at_s:g}"
            )
        if not event.at_s <= event.latest_s < duration_s:
            raise ValueError(
                f"events[{index}].until_s: expected a time from at_s, {event.at_s:g}, to before the level's end at "
                f"{duration_s}, not {event.latest_s:g}"
            )
        earlier_s = event.latest_s
        if event.jumps and not isinstance(market, BookMarketSpec):
            raise ValueError(f"events[{index}].jump: expected none, since only a market of the kind book has a value")
        changed = event.market.fixed_parts
        for key, part in market.fixed_parts.items():
            if changed.get(key) != part:
                raise ValueError(f"events[{index}].market.{key}: this cannot change while the level runs")
        step, finer = _step(before), _step(event.market)
        if step % finer:
            raise ValueError(
                f"events[{index}].market.step: expected a part of the step before it, {step}, so that orders may "
                f"stay, not {finer}"
            )
        before = event.market


def _step(market: AnyMarketSpec) -> int:
    return market.step if isinstance(market, BookMarketSpec) else 1


def _trend(market: AnyMarketSpec) -> float:
    return market.value.trend if isinstance(market, BookMarketSpec) else 0.0


def happenings(
    events: Sequence[EventSpec], seed: int, after_ns: int = 0, been: Sequence[Happening] = (), *, deck: int = 0
) -> list[Happening]:
    """A level's events under a seed, of its deck so many cards; three draws an event, from a generator of its own.

    The first ones have ``been``, by another seed; the others are drawn given that they are after ``after_ns``.
    """
    after_s = after_ns / NS_PER_S
    found = []
    hand = _hand(events, deck, seed, been)
    turned = 0.0  # The trend that a coin has turned round.
    for number, event in enumerate(events):
        rng = generator(seed, f"event-{number}")
        part, size, coin = float(rng.random()), float(rng.standard_normal()), float(rng.random())
        earliest_s = max(event.at_s, min(after_s, event.latest_s))
        at_s = earliest_s + part * (event.latest_s - earliest_s)
        jump = event.jump + event.jump_sd * size
        market = event.market
        trend = _trend(market)
        if number < len(been):
            turned = trend if _trend(been[number].market) != trend else 0.0
            found.append(been[number])
            continue
        if event.card and event.card not in hand:
            found.append(Happening(round(at_s * NS_PER_S), market, 0.0, None, None, drawn=False))
            continue
        if event.either_way and coin < 0.5:
            jump, turned = -jump, trend
        elif trend != turned:
            turned = 0.0
        if turned and isinstance(market, BookMarketSpec):
            market = msgspec.structs.replace(market, value=msgspec.structs.replace(market.value, trend=-trend))
        found.append(Happening(round(at_s * NS_PER_S), market, jump, event.headline, event.max_width))
    return found

"""What a level contains, in words and numbers, for a reader without its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from mmtui.level.conditions import ConditionSpec
from mmtui.level.events import EventSpec
from mmtui.level.level import Level
from mmtui.level.phase_text import exchange_rules
from mmtui.market.book_market import BookMarketSpec
from mmtui.market.hedges.instruments import FutureSpec, HedgeSpec, IndexSpec, kind_of

_SIGNS = {"at_least": "≥ {}", "at_most": "≤ {}", "beyond": "beyond ±{}", "within": "within ±{}", "says": "is {}"}

_CURRENCY_SIGNS = {"USD": "$", "HKD": "HK$", "EUR": "€", "GBP": "£", "JPY": "¥"}

Rows = Iterator[tuple[str, str]]
#: Whose fees a schedule has.
_SCHEDULES = {"hkex": "HKEX", "hkex-index-future": "HKEX index futures", "nasdaq": "Nasdaq"}


def currency_sign(level: Level) -> str:
    """What stands before an amount of the level's money."""
    currency = level.market.instrument.currency
    return _CURRENCY_SIGNS.get(currency, f"{currency} ")


def maker_rules(level: Level) -> Rows:
    """The rules for the maker and what they hedge with, which a briefing shows: name and value."""
    instrument, maker = level.market.instrument, level.maker
    sign, fees = currency_sign(level), instrument.fees
    yield "position limit", f"±{maker.position_limit} lots of {instrument.lot}"
    yield "largest order", f"{maker.max_order} lots"
    yield "tick", f"{sign}{instrument.tick:g}, {sign}{instrument.tick_value:g} a lot"
    if isinstance(level.market, BookMarketSpec) and level.market.step > 1:
        step = level.market.step
        yield "price step", f"{step} ticks: {sign}{instrument.format(step)}"
    for above, step in instrument.tick_bands[1:]:
        yield "price step", f"{step} ticks above {sign}{instrument.format(above)}"
    source = "" if fees.schedule is None else f" ({_SCHEDULES[fees.schedule]}, tier {fees.tier})"
    shares, unit = (instrument.lot, "lot") if fees.schedule == "hkex-index-future" else (1, "share")
    yield f"maker, a {unit}", _fee(sign, fees.maker_per_share * shares, fees.maker_bps) + source
    yield f"taker, a {unit}", _fee(sign, fees.taker_per_share * shares, fees.taker_bps)
    if fees.schedule == "hkex":
        yield "stamp duty", "left out (0.1% a side)"
    yield "order latency", f"{maker.latency_ms:g} ms"
    yield "obligation", obligation(level)
    yield from exchange_rules(level.exchange)
    if maker.position:
        yield "you start", f"{'long' if maker.position > 0 else 'short'} {abs(maker.position)} lots"
    if maker.max_loss is not None:
        yield "loss limit", f"{sign}{maker.max_loss:,.0f}"
    if level.opponent is not None:
        yield "duel with", level.opponent.strategy
    yield "par", level.par
    for spec in level.hedges:
        yield "hedge", _hedge(spec, sign)


def obligation(level: Level) -> str:
    """Which quotes the maker owes the market, in words."""
    owed = level.obligation
    width = "at any width" if owed.max_width is None else f"at most {_count(owed.max_width, 'tick')} apart"
    size = f"{_count(owed.min_size, 'lot')} or more each"
    share = "all the time" if owed.share == 1.0 else f"{owed.share:.0%} of the time"
    return f"both sides, {width}, {size}, {share}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def rules(level: Level) -> Rows:
    """The instrument, the rules for the maker and how they are scored: name and value."""
    instrument = level.market.instrument
    yield "instrument", f"{instrument.symbol} at {instrument.format(instrument.start_ticks)} {instrument.currency}"
    yield from maker_rules(level)
    yield "score", ", ".join(f"{part} {weight:.0%}" for part, weight in level.score.weights.items())
    if level.score.together:
        yield "stars", "for what hand and strategy do together"
    yield "naive, lesson", f"{level.naive}, {level.lesson_strategy}"


def market(level: Level) -> Rows:
    """The market's numbers: table by table, without texts that are empty."""
    flat = _flat(level.market)
    by_table: dict[str, list[str]] = {}
    for path, value in flat.items():
        table, _, key = path.rpartition(".")
        if not table.startswith("instrument") and value != "":
            by_table.setdefault(table, []).append(f"{key} {_shown(value)}")
    for table, cells in by_table.items():
        yield table or "of its own", ", ".join(cells)


def events(level: Level) -> Rows:
    """Time, and what the maker reads and the market becomes then."""
    before = _flat(level.market)
    for event in level.events:
        now = _flat(event.market)
        changed = [
            f"{path} {_shown(before.get(path))} → {_shown(value)}"
            for path, value in now.items()
            if before.get(path) != value
        ]
        shown = [f"card {event.card}"] if event.card else []
        shown += [f'"{event.headline}"'] if event.headline is not None else []
        shown += [_jump(event)] if event.jumps else []
        shown += [f"quotes may be {event.max_width} ticks wide"] if event.max_width is not None else []
        until = "" if event.until_s is None else f" to {clock(event.until_s)}"
        yield f"{clock(event.at_s)}{until}", "; ".join([*shown, *changed])
        before = before if event.card else now


def hints(level: Level) -> Iterator[str]:
    """What the coach says, and under it when."""
    for hint in level.coach:
        yield f'"{hint.say}"'
        yield f"  when {conditions(hint.when)}{_for(hint.for_s)}"


def checks(level: Level) -> Iterator[str]:
    """What the lesson asks for, and under it when and how it is seen."""
    for check in level.lesson_checks:
        yield check.name
        yield f"  when {conditions(check.when)}{_for(check.for_s)}"
        yield f"  within {check.within_s:g} s {conditions(check.do)}{_for(check.keep_s)}"


def conditions(specs: Sequence[ConditionSpec]) -> str:
    """Conditions as one reads them."""
    shown = []
    for spec in specs:
        values = ((form, getattr(spec, key)) for key, form in _SIGNS.items())
        compared = next(form.format(_shown(value)) for form, value in values if value is not None)
        until = "" if spec.until is None else f" (until {spec.until:g})"
        shown.append(f"{spec.signal} {compared}{until}")
    return " and ".join(shown)


def clock(seconds: float) -> str:
    """A time of the level as minutes and seconds."""
    return f"{int(seconds) // 60}:{seconds % 60:02g}"


def _jump(event: EventSpec) -> str:
    """By how much the value jumps."""
    spread = f" ± {event.jump_sd:g}" if event.jump_sd else ""
    return f"the value jumps {event.jump:+g}{spread} ticks" + (" or as far the other way" if event.either_way else "")


def _for(seconds: float) -> str:
    return f" for {seconds:g} s" if seconds else ""


def _fee(sign: str, per_share: float, bps: float) -> str:
    """A fee in words; negative numbers are rebates."""
    parts = [f"{sign}{abs(per_share):g}"] * bool(per_share) + [f"{abs(bps):g} bp"] * bool(bps)
    if not parts:
        return "none"
    return ("rebate " if per_share + bps < 0 else "") + " and ".join(parts)


def _hedge(spec: HedgeSpec, sign: str) -> str:
    """A hedge instrument's terms in a line.

    Its quotes are rounded away from it, each by half a tick on average.
    """
    multiplier = f"{sign}{spec.multiplier:g} a point"
    match spec:
        case FutureSpec():
            what = f"beta {spec.beta:g}, correlation {spec.correlation:g}"
        case IndexSpec():
            what = "the book's instrument is its future"
        case _:
            what, multiplier = f"strike {spec.strike:g}", f"{spec.multiplier:g} shares a contract"
    return (
        f"{spec.name}, {kind_of(spec)}: {what}, {spec.expiry_days:g} days, {multiplier}, "
        f"tick {spec.tick:g}, bid and ask about {2 * spec.half_spread + 1:g} ticks apart, "
        f"fee {f'{sign}{spec.fee:g} a contract' if spec.fee else 'none'}, at most {spec.limit} contracts"
    )


def _flat(struct: msgspec.Struct) -> dict[str, Any]:
    """A struct's values by key path."""
    return dict(_leaves(msgspec.to_builtins(struct), ""))


def _leaves(tables: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)

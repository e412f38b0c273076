"""A line with the signals that a level's lesson turns on, for terminals without room for the signals panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mmtui.level.level import Level
from mmtui.market.core.instrument import Instrument
from mmtui.market.hedges.instruments import IndexSpec
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span
from mmtui.tui.widgets import signals
from mmtui.tui.widgets.signals import Value, basis_style, hurst_word


class StripItem(NamedTuple):
    """A signal of the strip.

    Attributes:
        label: its name, which the glossary explains.
        reads: the signals of the level catalogue that it shows.
        width: of its value, so that nothing moves as digits change.
        value: what to show, and its style.
    """

    label: str
    reads: frozenset[str]
    width: int
    value: Callable[[FloorSnapshot], Value]


def _toned(value: float | None, decimals: int = 2, unit: str = "") -> Value:
    return (fmt.ticks(value, 0, decimals) + (unit if value is not None else "")).strip(), fmt.tone(value)


def _hurst(view: FloorSnapshot) -> Value:
    hurst = view.signals.hurst
    if hurst is None:
        return "·", "muted"
    return f"{hurst[0]:.2f} {hurst_word(hurst[1])}", "foreground"


def _basis(view: FloorSnapshot) -> Value:
    basis, z = view.signals.basis, view.signals.basis_z
    if basis is None:
        return "·", "muted"
    return f"{basis:+.1f} t" + ("" if z is None else f" {z:+.1f}σ"), basis_style(z)


def _net(view: FloorSnapshot) -> Value:
    net = view.desk.net
    return ("·", "muted") if net is None else (f"{net:+.1f}", "own" if abs(net) >= 1 else "foreground")


ITEMS = (
    StripItem("vol", frozenset({"volatility_ratio"}), 5, signals.volatility),
    StripItem(
        "trades",
        frozenset({"imbalance", "leaders", "stale", "stale_distance", "shade"}),
        5,
        lambda view: _toned(view.signals.imbalance),
    ),
    StripItem("spread", frozenset({"spread", "spread_ratio"}), 5, signals.spread),
    StripItem("book", frozenset({"book_flow"}), 5, lambda view: _toned(view.signals.pressure)),
    StripItem(
        "micro", frozenset({"microprice_lean"}), 7, lambda view: _toned(view.signals.microprice - view.mid, 1, " t")
    ),
    StripItem("basis", frozenset({"basis", "basis_z"}), 13, _basis),
    StripItem("band", frozenset({"band_distance", "band_left", "band_side"}), 8, signals.band),
    StripItem("net", frozenset({"net_position", "net_share"}), 6, _net),
    StripItem(
        "markout",
        frozenset({"markout_1s", "markout_10s", "markout_60s"}),
        7,
        lambda view: _toned(view.desk.markouts[1], 1, " t"),
    ),
    StripItem("hurst", frozenset({"hurst", "hurst_verdict"}), 14, _hurst),
)
#: What fills the strip where a level needs less.
_USUAL = ("vol", "spread", "trades")


def needed(level: Level) -> tuple[StripItem, ...]:
    """The signals that a level's coach and checks look at, and those that its rules and instruments bring."""
    conditions = [each for hint in level.coach for each in hint.when]
    conditions += [each for check in level.lesson_checks for each in (*check.when, *check.do)]
    read = {condition.signal for condition in conditions}
    if level.hedges:
        read.add("net_position")
    if any(isinstance(hedge, IndexSpec) for hedge in level.hedges):
        read.add("basis")
    if level.exchange.halt is not None:
        read.add("band_distance")
    return tuple(item for item in ITEMS if item.reads & read)


def strip_rows(level: Level, view: FloorSnapshot, _instrument: Instrument, width: int, _height: int) -> list[Row]:
    """One line: the signals that the level needs, then the usual ones, as many as fit whole."""
    first = needed(level)
    others = [item for item in ITEMS if item.label in _USUAL and item not in first]
    spans: list[Span] = []
    for item in (*first, *others):
        value, style = item.value(view)
        pair: list[Span] = [(f" {item.label} ", "muted"), (f"{value:<{item.width}} ", f"bold {style}")]
        if fmt.width_of(spans) + fmt.width_of(pair) <= width:
            spans += pair
    return [tuple(spans)]

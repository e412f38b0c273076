"""The signals panel."""

from __future__ import annotations

from math import sqrt

from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot, HedgeSnapshot
from mmtui.signals.band import band_distance
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span, title_row
from mmtui.units import NS_PER_S

#: A value as shown, and its style.
Value = tuple[str, str]

_LABEL, _VALUE = 8, 6
#: A volatility of fewer seconds is mostly that of none.
_TOLD_NS = 10 * NS_PER_S
#: An imbalance of few trades beyond this is more than chance.
MARK = 0.3


def signal_rows(
    view: FloorSnapshot, instrument: Instrument, width: int, height: int, *, banded: bool = False
) -> list[Row]:
    """Volatility, spread, flow in trades and in the book, microprice, Hurst exponent, basis and price band.

    Each with a remark. The band's row is there without a band too where ``banded``: its place is kept for it.
    """
    signals = view.signals
    lean, micro = signals.microprice - view.mid, fmt.price(instrument, signals.microprice)
    room = max(0, width - _LABEL - _VALUE - 2)
    rows = [
        title_row("SIGNALS", "", width),
        _line("vol", *volatility(view), [("normal", "muted")]),
        _line("spread", *spread(view), [(f"usual   {signals.spread} t", "muted")]),
        _flow("trades", signals.imbalance, room),
        _flow("book", signals.pressure, room),
        _line("micro", fmt.ticks(lean, 0), fmt.tone(lean), [(f"t  {micro}", "muted")]),
    ]
    hurst = signals.hurst
    if hurst is None:
        rows.append(_line("hurst", "·", "muted", [("in a minute", "muted")]))
    else:
        verdict = hurst[1] if len(hurst[1]) <= room else hurst_word(hurst[1])
        rows.append(_line("hurst", f"{hurst[0]:.2f}", "foreground", [(verdict, "muted")]))
    for hedge in view.hedges:
        if hedge.kind == "index":
            rows.insert(3, _basis(hedge))
    if view.band is not None or banded:
        rows.append(_line("band", *band(view), [("to the limit" if view.band else "now", "muted")]))
    return [_fitted(row, width) for row in rows[:height]]


def hurst_word(verdict: str) -> str:
    """What the Hurst exponent allows to say, in one word."""
    return verdict.replace("not distinguishable", "unclear")


def volatility(view: FloorSnapshot) -> Value:
    """The volatility over the usual one, once there are enough seconds to tell."""
    signals = view.signals
    if signals.volatility is None or view.now_ns < _TOLD_NS:
        return _times(None)
    return _times(signals.volatility / signals.normal_volatility)


def measures(view: FloorSnapshot, instrument: Instrument) -> str:
    """The volatility a year, and whether the book and its index are cointegrated, in a line."""
    signals, calendar = view.signals, instrument.calendar
    if signals.volatility is None:
        return "The volatility can be measured in a few seconds"
    year = signals.volatility * sqrt(calendar.seconds_a_year) / view.mid
    line = f"Volatility {year:.0%} a year, {year / sqrt(calendar.days_a_year):.1%} a day: {signals.volatility:.2f} t/√s"
    pair = signals.cointegration
    if pair is None:
        return line
    verdict = "cointegrated" if pair.cointegrated else "cointegration not shown"
    return f"{line} · with the index {verdict}, t {pair.t:.1f} to {pair.critical:.1f}".replace("-", "−")


def spread(view: FloorSnapshot) -> Value:
    """The spread over its mean of the last minute."""
    usual = view.signals.usual_spread
    return _times(view.signals.spread / usual if usual else None)


def _times(ratio: float | None) -> Value:
    """A ratio to the usual: amber from 1.5 on, red from 3 on."""
    if ratio is None:
        return "·", "muted"
    return f"{ratio:.1f}×", "foreground" if ratio < 1.5 else "own" if ratio < 3 else "loss"


def band(view: FloorSnapshot) -> Value:
    """Ticks to the nearer limit of the price band, which warns as it comes near."""
    if view.band is None:
        return "none", "muted"
    near = band_distance(view.mid, view.band.reference, view.band.lower, view.band.upper)
    style = "foreground" if near.fraction > 0.5 else "own" if near.fraction > 0.25 else "loss"
    return f"{near.ticks:.0f} t {'▲' if near.side > 0 else '▼'}", style


def _flow(label: str, imbalance: float, room: int) -> Row:
    """An order-flow imbalance, of trades or of the best quotes."""
    return _line(label, fmt.ticks(imbalance, 0), fmt.tone(imbalance), flow_gauge(imbalance, room))


def _basis(hedge: HedgeSnapshot) -> Row:
    """The basis to the index in standard deviations, and the contracts that hedge a lot."""
    z = hedge.basis_z
    shown = None if z is None else max(-99.0, min(99.0, z))
    return _line(
        "basis", fmt.ticks(shown, 0, 1), basis_style(z), [(f"σ  {hedge.ratio:.2f} {hedge.name} a lot", "muted")]
    )


def basis_style(z: float | None) -> str:
    """The style of a basis so many standard deviations out: amber from one on, red from two."""
    return "foreground" if z is None or abs(z) < 1 else "own" if abs(z) < 2 else "loss"


def _fitted(row: Row, width: int) -> Row:
    """The row, cut to a width."""
    spans: list[Span] = []
    for text, style in row:
        spans.append((text[:width], style))
        width -= len(spans[-1][0])
    return tuple(spans)


def _line(label: str, value: str, style: str, means: list[Span]) -> Row:
    return ((f" {label}".ljust(_LABEL), "muted"), (value.rjust(_VALUE), f"bold {style}"), (" ", "muted"), *means)


def flow_gauge(imbalance: float, width: int) -> list[Span]:
    """Sellers to the left, buyers to the right, with marks at ±0.3; empty if it does not fit."""
    width -= 1 - width % 2
    if width < 9:
        return []
    half = width // 2
    offset = round(MARK * half)
    ink = "bought-bar" if imbalance > 0 else "sold-bar"
    return fmt.marked(fmt.balance(imbalance, width, ink, "track"), (half - offset, half + offset), "foreground")

"""The signals panel."""

from __future__ import annotations

from mmtui.market.core.instrument import Instrument
from mmtui.observe.snapshot import FloorSnapshot, HedgeSnapshot
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span, title_row

_LABEL, _VALUE = 8, 6
#: An imbalance of few trades beyond this is more than chance.
MARK = 0.3


def signal_rows(view: FloorSnapshot, instrument: Instrument, width: int, height: int) -> list[Row]:
    """Volatility, spread, flow in trades and in the book, microprice, Hurst exponent, and the basis to an index.

    Each with a remark.
    """
    signals = view.signals
    volatility = None if signals.volatility is None else signals.volatility / signals.normal_volatility
    spread = None if not signals.usual_spread else signals.spread / signals.usual_spread
    lean, micro = signals.microprice - view.mid, fmt.price(instrument, signals.microprice)
    room = max(0, width - _LABEL - _VALUE - 2)
    rows = [
        title_row("SIGNALS", "", width),
        _line("vol", _times(volatility), _alarm(volatility), [("normal", "muted")]),
        _line("spread", _times(spread), _alarm(spread), [(f"usual   {signals.spread} t", "muted")]),
        _flow("trades", signals.imbalance, room),
        _flow("book", signals.pressure, room),
        _line("micro", fmt.ticks(lean, 0), fmt.tone(lean), [(f"t  {micro}", "muted")]),
    ]
    hurst = signals.hurst
    if hurst is None:
        rows.append(_line("hurst", "·", "muted", [("a minute is needed", "muted")]))
    else:
        rows.append(_line("hurst", f"{hurst[0]:.2f}", "foreground", [(hurst[1], "muted")]))
    for hedge in view.hedges:
        if hedge.kind == "index":
            rows.insert(3, _basis(hedge))
    return [_fitted(row, width) for row in rows[:height]]


def _flow(label: str, imbalance: float, room: int) -> Row:
    """An order-flow imbalance, of trades or of the best quotes."""
    return _line(label, fmt.ticks(imbalance, 0), fmt.tone(imbalance), flow_gauge(imbalance, room))


def _basis(hedge: HedgeSnapshot) -> Row:
    """The basis to the index in standard deviations, and the contracts that hedge a lot."""
    z = hedge.basis_z
    style = "foreground" if z is None or abs(z) < 1 else "own" if abs(z) < 2 else "loss"
    shown = None if z is None else max(-99.0, min(99.0, z))
    return _line("basis", fmt.ticks(shown, 0, 1), style, [(f"σ  {hedge.ratio:.2f} {hedge.name} a lot", "muted")])


def _fitted(row: Row, width: int) -> Row:
    """The row, cut to a width."""
    spans: list[Span] = []
    for text, style in row:
        spans.append((text[:width], style))
        width -= len(spans[-1][0])
    return tuple(spans)


def _line(label: str, value: str, style: str, means: list[Span]) -> Row:
    return ((f" {label}".ljust(_LABEL), "muted"), (value.rjust(_VALUE), f"bold {style}"), (" ", "muted"), *means)


def _times(ratio: float | None) -> str:
    return "·" if ratio is None else f"{ratio:.1f}×"


def _alarm(ratio: float | None) -> str:
    """The style of a ratio to the usual: amber from 1.5 on, red from 3 on."""
    if ratio is None or ratio < 1.5:
        return "foreground"
    return "own" if ratio < 3 else "loss"


def flow_gauge(imbalance: float, width: int) -> list[Span]:
    """Sellers to the left, buyers to the right, with marks at ±0.3; empty if it does not fit."""
    width -= 1 - width % 2
    if width < 9:
        return []
    half = width // 2
    offset = round(MARK * half)
    ink = "bought-bar" if imbalance > 0 else "sold-bar"
    return fmt.marked(fmt.balance(imbalance, width, ink, "track"), (half - offset, half + offset), "foreground")

"""The hedge instruments: what is held, and what would hedge the position."""

from __future__ import annotations

from collections.abc import Sequence

from mmtui.observe.snapshot import HedgeSnapshot
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, title_row
from mmtui.tui.reports import cover

_HELD = 5
_ROOMY = 36


def hedge_rows(hedges: Sequence[HedgeSnapshot], width: int) -> list[Row]:
    """Two lines an instrument: its name and quotes; its position, what is missing to hedge the rest, and the PnL.

    The keys trade the first. There are no lines without instruments.
    """
    if not hedges:
        return []
    rows = [title_row("HEDGE", "keys trade the first" if len(hedges) > 1 else "", width)]
    for index, hedge in enumerate(hedges):
        ink = "bold foreground" if index == 0 else "muted"
        quotes = f"{_price(hedge, hedge.bid)} / {_price(hedge, hedge.ask)} "
        names = (f" {hedge.name} {_kind(hedge)}", f" {hedge.name} {hedge.kind}", f" {hedge.name}")
        room = width - len(quotes)
        name = next((each for each in names if len(each) < room), names[-1])
        rows.append(((fmt.fit(name, room), ink), (quotes, "foreground")))
        made = f"{fmt.money(hedge.pnl, 9, 0)} " if width >= _ROOMY else ""
        held: list[tuple[str, str]] = [
            (" held ", "muted"),
            (fmt.signed(hedge.position, _HELD), "bold live" if hedge.position else "foreground"),
            ("…" if hedge.coming else " ", "muted"),
            (f" {cover(hedge)}", "bold own" if hedge.missing else "muted"),
        ]
        room = max(0, width - fmt.width_of(held) - len(made))
        rows.append((*held, (" " * room, "muted"), (made, fmt.tone(hedge.pnl))))
    return rows


def _kind(hedge: HedgeSnapshot) -> str:
    if hedge.beta is not None:
        return f"β {hedge.beta:.2f}"
    if hedge.delta is not None:
        return f"{hedge.kind} Δ {hedge.delta:+.2f}"
    return hedge.kind


def _price(hedge: HedgeSnapshot, ticks: int) -> str:
    """A price with as many decimals as its tick has."""
    decimals = len(f"{hedge.tick:.6f}".rstrip("0").partition(".")[2])
    return f"{ticks * hedge.tick:,.{decimals}f}"

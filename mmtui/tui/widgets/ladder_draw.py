"""A row of the ladder, drawn column by column."""

from __future__ import annotations

from collections.abc import Callable

from mmtui.tui import format as fmt
from mmtui.tui.format import Span
from mmtui.tui.widgets.ladder_columns import LadderColumn
from mmtui.tui.widgets.ladder_rows import LadderRow, OwnOrdersCell


def draw_row(row: LadderRow, layout: tuple[LadderColumn, ...]) -> list[Span]:
    """A row as spans, column by column."""
    spans: list[Span] = []
    for column in layout:
        spans += _DRAW[column.name](row, column.width)
    return spans


def _ground(row: LadderRow, ground: str) -> str:
    return "cursor" if row.cursor else ground


def _pnl(row: LadderRow, width: int) -> list[Span]:
    ground = _ground(row, "surface")
    if row.pnl is None:
        return [(" " * width, f"muted on {ground}")]
    return [(fmt.money(row.pnl, width - 1, 0) + " ", f"{fmt.tone(row.pnl)} on {ground}")]


def _own(cell: OwnOrdersCell, side: str, row: LadderRow, width: int) -> list[Span]:
    ground = _ground(row, "surface")
    blank = f"muted on {ground}"
    if not cell.text:
        return [(" " * width, blank)]
    if cell.state == "ghost":
        return [(cell.text.center(width), f"ghost on {ground}")]
    text = f"{cell.text:<8}"[:8]
    style = {
        "working": f"bold ink on {side}",
        "sent": f"bold {side} on {side}-bar",
        "cancelling": f"{side} on {ground}",
    }[cell.state]
    space = [(" " * (width - 8), blank)] if width > 8 else []
    return [(text, style), *space] if side == "bid" else [*space, (text, style)]


def _bid(row: LadderRow, width: int) -> list[Span]:
    text = fmt.lots(row.bid, width - 1) + " "
    ink = "bold foreground" if row.zone == "best-bid" else "foreground"
    return fmt.bar(text, row.bid_bar, ink, "bid-bar", _ground(row, "bid-ground"), from_right=True)


def _ask(row: LadderRow, width: int) -> list[Span]:
    text = fmt.lots(row.ask, 5).ljust(width)[:width]
    ink = "bold foreground" if row.zone == "best-ask" else "foreground"
    return fmt.bar(text, row.ask_bar, ink, "ask-bar", _ground(row, "ask-ground"))


def _moved(lots: int, row: LadderRow, width: int) -> list[Span]:
    """Lots stacked (+) or pulled (−)."""
    style = "live" if lots > 0 else "muted"
    text = fmt.signed(lots, width - 1) if lots else " " * (width - 1)
    return [(text[-(width - 1) :] + " ", f"{style} on {_ground(row, 'surface')}")]


def _taken(lots: int, ink: str, row: LadderRow, width: int) -> list[Span]:
    """Lots that takers sold or bought."""
    return [(fmt.lots(lots, width - 1) + " ", f"{ink} on {_ground(row, 'surface')}")]


def _price(row: LadderRow, width: int) -> list[Span]:
    ground = "entry" if row.entry and not row.cursor else _ground(row, "price-ground")
    if row.last_side is None:
        last: Span = (" " * 4, f"muted on {ground}")
    else:
        arrow, ink = fmt.arrow(row.last_side)
        last = (f"{arrow}{row.last[:3]:<3}", f"bold {ink} on {ground}")
    ink = {"best-bid": "bold bid", "best-ask": "bold ask", "bid": "bid", "ask": "ask"}.get(row.zone, "muted")
    if row.entry and not row.cursor:
        ink = "bold own"
    mark = {"◆": "auto", "◂": "own", "═": "live", "◇": "live"}.get(row.mark, "muted")
    if row.beyond:
        ink = "muted"
    margin = 1 if width > 13 else 0
    label = width - 6 - 2 * margin
    spans = [
        (" " * margin, f"muted on {ground}"),
        last,
        ("▶" if row.cursor else " ", f"live on {ground}"),
        (row.label.rjust(label), f"{ink} on {ground}"),
        (row.mark.rjust(1 + margin), f"{mark} on {ground}"),
    ]
    return [(text, "bold ink on own") for text, _ in spans] if row.flash else spans


def _volume(row: LadderRow, width: int) -> list[Span]:
    ground = _ground(row, "surface")
    text = fmt.lots(row.volume, width - 1) + " "
    total = min(width * 8, row.sold_bar + row.bought_bar)
    if not total:
        return [(text, f"muted on {ground}")]
    split = round(row.sold_bar / 8)
    sold = [(text[:split], "foreground on sold-bar")] if split else []
    rest = total - split * 8
    if rest <= 0:
        return [*sold, (text[split:], f"foreground on {ground}")]
    return sold + fmt.bar(text[split:], rest, "foreground", "bought-bar", ground)


_DRAW: dict[str, Callable[[LadderRow, int], list[Span]]] = {
    "pnl": _pnl,
    "my_bid": lambda row, width: _own(row.my_bid, "bid", row, width),
    "bid_moved": lambda row, width: _moved(row.bid_moved, row, width),
    "ask_moved": lambda row, width: _moved(row.ask_moved, row, width),
    "bid": _bid,
    "sold": lambda row, width: _taken(row.sold, "ask", row, width),
    "price": _price,
    "bought": lambda row, width: _taken(row.bought, "bid", row, width),
    "ask": _ask,
    "my_ask": lambda row, width: _own(row.my_ask, "ask", row, width),
    "volume": _volume,
}

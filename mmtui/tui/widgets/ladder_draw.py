"""A row of the ladder, drawn column by column."""

from __future__ import annotations

from mmtui.book import Side
from mmtui.tui import format as fmt
from mmtui.tui.format import Span
from mmtui.tui.widgets.ladder_columns import LadderColumn
from mmtui.tui.widgets.ladder_rows import LadderRow, OwnCell


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


def _own(cell: OwnCell, side: str, ground: str, width: int) -> list[Span]:
    blank = f"muted on {ground}"
    if not cell.text:
        return [(" " * width, blank)]
    if cell.state == "ghost":
        text = cell.text.center(width)
        return [(text, f"ghost on {ground}")]
    text = f"{cell.text:<8}"[:8]
    style = {
        "working": f"bold ink on {side}",
        "sent": f"bold {side} on {side}-bar",
        "leaving": f"{side} on {ground}",
    }[cell.state]
    space = [(" " * (width - 8), blank)] if width > 8 else []
    return [(text, style), *space] if side == "bid" else [*space, (text, style)]


def _my_bid(row: LadderRow, width: int) -> list[Span]:
    return _own(row.my_bid, "bid", _ground(row, "surface"), width)


def _my_ask(row: LadderRow, width: int) -> list[Span]:
    return _own(row.my_ask, "ask", _ground(row, "surface"), width)


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


def _bid_moved(row: LadderRow, width: int) -> list[Span]:
    return _moved(row.bid_moved, row, width)


def _ask_moved(row: LadderRow, width: int) -> list[Span]:
    return _moved(row.ask_moved, row, width)


def _sold(row: LadderRow, width: int) -> list[Span]:
    return [(fmt.lots(row.sold, width - 1) + " ", f"ask on {_ground(row, 'surface')}")]


def _bought(row: LadderRow, width: int) -> list[Span]:
    return [(fmt.lots(row.bought, width - 1) + " ", f"bid on {_ground(row, 'surface')}")]


def _price(row: LadderRow, width: int) -> list[Span]:
    ground = "entry" if row.entry and not row.cursor else _ground(row, "price-ground")
    if row.last_side is None:
        last: Span = (" " * 4, f"muted on {ground}")
    else:
        arrow, ink = ("▲", "bid") if row.last_side is Side.BUY else ("▼", "ask")
        last = (f"{arrow}{row.last[:3]:<3}", f"bold {ink} on {ground}")
    ink = {"best-bid": "bold bid", "best-ask": "bold ask", "bid": "bid", "ask": "ask"}.get(row.zone, "muted")
    if row.entry and not row.cursor:
        ink = "bold own"
    mark = {"◆": "auto", "◂": "own", "═": "live", "◇": "live"}.get(row.mark, "muted")
    if row.beyond:
        ink = "muted"
    margin = 1 if width > 13 else 0
    label = width - 6 - 2 * margin
    return [
        (" " * margin, f"muted on {ground}"),
        last,
        ("▶" if row.cursor else " ", f"live on {ground}"),
        (row.label.rjust(label), f"{ink} on {ground}"),
        (row.mark.rjust(1 + margin), f"{mark} on {ground}"),
    ]


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


_DRAW = {
    "pnl": _pnl,
    "my_bid": _my_bid,
    "bid_moved": _bid_moved,
    "ask_moved": _ask_moved,
    "bid": _bid,
    "sold": _sold,
    "price": _price,
    "bought": _bought,
    "ask": _ask,
    "my_ask": _my_ask,
    "volume": _volume,
}

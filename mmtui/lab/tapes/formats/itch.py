"""NASDAQ TotalView-ITCH 5.0, as the exchange publishes whole days: every message after two bytes with its length.

Source: Nasdaq, "TotalView-ITCH 5.0" specification, sections 1.3 (orders), 1.4 (modifications) and 1.5 (trades). Parsed
by itchfeed.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, BinaryIO

from mmtui.errors import InputError, named_in, one_line
from mmtui.lab.tapes.formats.orders import BUY, SELL, LiveOrders
from mmtui.lab.tapes.formats.rows import HALT, OpenRecording, TapeRows
from mmtui.market.tape.lobster import Messages

#: Messages that are looked at: directory, halts, orders and what becomes of them, trades.
_WANTED = b"RHAFECXDUPQ"
_SIDES = {b"B": BUY, b"S": SELL}
#: Trading actions as a tape has them: halted, paused, quoting only, trading.
_HALTS = {b"H": -1, b"P": -1, b"Q": 0, b"T": 1}
_SOME = 5


def messages_of(file: BinaryIO, source: str, instrument: str | None, recording: OpenRecording) -> Iterator[Messages]:
    """The messages of one stock, in blocks; prices are ten-thousandths already.

    Args:
        file: the unpacked file.
        source: its name, for errors.
        instrument: the stock's symbol.
        recording: is told what was left out.

    Raises:
        InputError: itchfeed is not installed, the file is damaged, or the stock is not in it.
    """
    try:
        parser = import_module("itch.parser").MessageParser(_WANTED)
    except ImportError:
        raise InputError("ITCH needs itchfeed, which is not installed: pip install 'mmtui[itch]'") from None
    rows = TapeRows()
    orders = LiveOrders(rows, recording)
    stocks: dict[str, int] = {}
    locate, directory, trading = -1, False, True
    try:
        for line, message in enumerate(parser.parse_file(file), start=1):
            kind = message.message_type
            if kind in b"RAF" and locate < 0:
                # A day begins with its directory; a part of one may lack it, and its orders name their stock, too.
                stock = message.stock.decode("ascii", "replace").strip()
                directory |= kind == b"R"
                stocks.setdefault(stock, message.stock_locate)
                if stock == instrument:
                    locate = message.stock_locate
                elif kind != b"R" and (directory or instrument is None):
                    locate = _locate(source, stocks, instrument)
            if message.stock_locate != locate or kind == b"R":
                if kind in b"AF" and locate >= 0 and instrument is None and not directory:
                    stocks[message.stock.decode("ascii", "replace").strip()] = message.stock_locate
                    _locate(source, stocks, None)
                continue
            if kind == b"H":
                code = _HALTS.get(message.trading_state, 1)
                if (code == 1) != trading or code == 0:
                    rows.put(line, message.timestamp, HALT, 0, 0, code, -1)
                trading = code == 1
            else:
                _play(line, message, kind, orders)
            yield from rows.full()
        if locate < 0 and stocks:
            _locate(source, stocks, instrument)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{source}: damaged as an ITCH file: {one_line(error)}") from None
    yield from rows.rest()


def _locate(source: str, stocks: dict[str, int], instrument: str | None) -> int:
    """The number that the file has for a stock; for the only one, if none is named. Raises InputError."""
    if instrument is None and len(stocks) == 1:
        instrument = next(iter(stocks))
    if instrument not in stocks:
        given = "expected --instrument," if instrument is None else f"no {instrument} is in it; expected"
        some = ", ".join(map(named_in, [*stocks][:_SOME]))
        raise InputError(f"{source}: {given} one of {len(stocks):,} stocks such as {some}")
    return stocks[instrument]


def _play(line: int, message: Any, kind: bytes, orders: LiveOrders) -> None:
    at_ns = message.timestamp
    if kind in (b"A", b"F"):
        side = _SIDES[message.buy_sell_indicator]
        orders.add(line, at_ns, message.order_reference_number, side, message.price, message.shares)
    elif kind in (b"E", b"C"):
        orders.take_off(line, at_ns, message.order_reference_number, message.executed_shares, executed=True)
    elif kind == b"X":
        orders.take_off(line, at_ns, message.order_reference_number, message.cancelled_shares, executed=False)
    elif kind == b"D":
        orders.delete(line, at_ns, message.order_reference_number)
    elif kind == b"U":
        old, new = message.order_reference_number, message.new_order_reference_number
        orders.replace(line, at_ns, old, new, message.price, message.shares)
    elif kind == b"P":
        # Since July 2014 the exchange says "buy" of every such order: the book tells more.
        side = orders.side_at(message.price) if message.buy_sell_indicator == b"B" else SELL
        orders.trade(line, at_ns, side, message.price, message.shares)
    elif message.shares:
        orders.trade(line, at_ns, 0, message.cross_price, message.shares)

"""What reads what others made: each reader takes bytes, and raises an error of ours or nothing.

A reader's work includes what follows from the input at once: a level is checked and made a market, a tape completed
and measured, prices run a strategy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from mmtui.book import Side
from mmtui.career.career import Career
from mmtui.errors import MmtuiError, StrategyError
from mmtui.json_file import JsonFile
from mmtui.lab.backtest.backtest import backtest
from mmtui.lab.backtest.model import Setup
from mmtui.lab.backtest.prices import read_prices
from mmtui.lab.tapes.books import read_books
from mmtui.lab.tapes.levels import Wanted, tape_spec
from mmtui.lab.tapes.reading import TapeSource, read_tape
from mmtui.level.level import Level, level_faults, load_level, parse_level
from mmtui.level.overrides import with_overrides
from mmtui.market.tape.lobster import Units
from mmtui.room.core.commitment import Secret
from mmtui.room.core.resume import played_again
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.room.protocol.conversation import Conversation
from mmtui.room.protocol.messages import MOST_LINE
from mmtui.room.serve.guests import RoomDoor
from mmtui.room.serve.host import Host, Line
from mmtui.room.serve.people import People
from mmtui.room.serve.solo import Solo
from mmtui.session.journal import parse_journal
from mmtui.session.par import NoPar
from mmtui.session.session import Session
from mmtui.strategies.params import parse_settings
from mmtui.strategies.protocol import Quotes
from mmtui.strategies.quoter import targets
from mmtui.strategies.registry import make, strategy_names
from mmtui.tui.settings import Settings
from mmtui.units import NS_PER_S
from tests.unit.strategies.fake_view import market

#: Steps of a path that are run: what is wrong with a strategy on it shows soon.
_MOST_STEPS = 500


def _one_line(error: MmtuiError) -> None:
    assert "\n" not in str(error), f"more than a line: {str(error)!r}"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _level(data: bytes, path: Path) -> None:
    text = data.decode("utf-8", "replace")
    assert not any("\n" in fault for fault in level_faults(text, path.name))
    parse_level(text, path.name)


def _prices(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    prices = read_prices(path)
    if len(prices) <= _MOST_STEPS:
        for strategy in ("rules", "glft", "composite"):
            report = backtest(prices, Setup(strategy=strategy, params={})).report
            assert math.isfinite(report.pnl.total)


def _tape(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    for source in (TapeSource(messages=path), TapeSource(messages=path, lenient=True, infer=True, lot=None)):
        try:
            tape = read_tape(source)
            tape_spec(tape, Wanted())
        except MmtuiError as error:
            _one_line(error)
            if source.lenient:
                raise


def _orderbook(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    for _ in read_books(path, Units(100)):
        pass


def _journal(data: bytes, path: Path) -> None:
    parse_journal(data, path.name)


def _career(data: bytes, path: Path) -> None:
    career = Career(None)
    try:
        career.import_from(data, path.name)
        career.export()
        assert career.streak(max(record.day for record in career.sessions())) if career.sessions() else True
    finally:
        career.close()


def _settings(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    _, trouble = JsonFile(path).read(Settings())
    assert "\n" not in trouble


def _set(data: bytes, _: Path) -> None:
    key, _equals, value = _text(data).partition("=")
    load_level("skew", {key: value})
    with_overrides({}, {key: value})


def _parameters(data: bytes, _: Path) -> None:
    settings = parse_settings(_text(data).split("\n"))
    for name in strategy_names(baselines=True):
        try:
            make(name, settings)
        except MmtuiError as error:
            _one_line(error)


def _answers(data: bytes, _: Path) -> None:
    """A strategy's answer: a JSON list of bid, ask, their sizes and the reservation price."""
    try:
        answer: Any = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return
    fields = answer if isinstance(answer, list) else [answer]
    try:
        wanted = targets(Quotes(*fields[:5]), market())
    except StrategyError as error:
        _one_line(error)
        return
    for side, target in zip((Side.BUY, Side.SELL), wanted, strict=True):
        assert target is None or (0 < target.price <= 2**53 + 1 and target.quantity > 0), side


def _protocol(data: bytes, _: Path) -> None:
    """A client's lines after its first, to a level that is played alone, and to a room."""
    solo = Conversation(Solo(Session(_short(), 7)))
    room = Room(_short(), 7, RoomSpec(seats=2), NoPar())
    room.open()
    secret = Secret(7, "")
    host = Host(room, secret, "", "token", People(None))
    line = Line(None, float, lambda: None, lambda: None)
    for conversation in (solo, Conversation(RoomDoor(host, line, lambda _: None))):
        conversation.hear(b'{"hello":1}\n')
        for said in data.split(b"\n")[:50]:
            answer = conversation.hear(said + b"\n")
            assert len(answer) < 4 * MOST_LINE
            assert answer.count(b"\n") == 1
        room.advance(room.now_ns + NS_PER_S)


def _room(data: bytes, path: Path) -> None:
    """A room's journal, played again."""
    path.write_bytes(data)
    room, _ = played_again(path)
    assert room.now_ns <= room.end_ns


def _short() -> Level:
    return msgspec.structs.replace(load_level("skew"), duration_s=5)


READERS: dict[str, Callable[[bytes, Path], None]] = {
    "level": _level,
    "prices": _prices,
    "tape": _tape,
    "orderbook": _orderbook,
    "journal": _journal,
    "career": _career,
    "settings": _settings,
    "set": _set,
    "parameters": _parameters,
    "answers": _answers,
    "protocol": _protocol,
    "room": _room,
}


def feed(reader: str, data: bytes, path: Path) -> str:
    """Feed a reader, and return its sentence, empty for none. Raises AssertionError for one of more than a line."""
    try:
        READERS[reader](data, path)
    except MmtuiError as error:
        _one_line(error)
        return str(error)
    return ""

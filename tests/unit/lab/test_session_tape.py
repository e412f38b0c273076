"""Sessions written as recordings, and read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mmtui.book import Side
from mmtui.lab.tapes import Tape, TapeSource, read_tape, replay
from mmtui.lab.tapes.session_tape import session_blocks
from mmtui.lab.tapes.writing import Scaled, orderbook_name, write_tape
from mmtui.level.level import load_level
from mmtui.market.core.exchange import Exchange
from mmtui.market.tape.lobster import MessageKind, Messages, Units
from mmtui.session.commands import HandOver
from mmtui.session.replay import Script, carry_out
from mmtui.units import NS_PER_S

#: A session whose strategy trades, one with auctions, and one with a rule against prices that run away.
LEVELS = ["skew", "full-day", "vcm"]

Depths = tuple[tuple[tuple[int, int, int], ...], ...]


def script(name: str, seconds: int = 100) -> Script:
    return Script(load_level(name), 3, [(0, HandOver("skew", {}))], seconds * NS_PER_S)


def depths(exchange: Exchange) -> Depths:
    """Price, lots and orders of every level of the book in which orders trade."""
    return tuple(
        tuple((each.price, each.quantity, each.orders) for each in exchange.ladder.depth(side)) for side in Side
    )


def books(tape: Tape) -> Iterator[tuple[int, Depths]]:
    lines = [-1, *tape.messages.times_ns[tape.messages.lines > 0].tolist()]
    for number, (_, book) in enumerate(replay(tape)):
        yield lines[number], depths(book)


@pytest.mark.slow
@pytest.mark.parametrize("name", LEVELS)
def test_a_tape_of_a_session_has_its_book_at_every_event(tmp_path: Path, name: str) -> None:
    played = script(name)
    session = played.open()
    truth: dict[int, Depths] = {}
    session.listen("on_event", lambda now_ns: truth.__setitem__(now_ns, depths(session.market.exchange)))
    carry_out(session, played.commands, played.until_ns)
    write_tape(tmp_path / "x.csv", session_blocks(played), Scaled)
    tape = read_tape(TapeSource(messages=tmp_path / "x.csv", tick=1))
    after = dict(books(tape))
    zero_ns = 10 * 3600 * NS_PER_S
    changed = {at_ns: after[at_ns + zero_ns] for at_ns in truth if at_ns + zero_ns in after}
    assert len(changed) > 200
    assert changed == {at_ns: truth[at_ns] for at_ns in changed}
    traded = tape.messages.kinds[tape.messages.kinds >= MessageKind.EXECUTE]
    assert (traded < MessageKind.HALT).sum() == sum(at_ns >= 0 for at_ns, _ in session.market.exchange.tape)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv.gz", "parquet", "npz"])
def test_every_format_has_the_same_book_after_every_message(tmp_path: Path, ending: str) -> None:
    block = Messages.join(list(session_blocks(script("skew"))))
    scaled = Scaled(Units(100, 100), share=0.01)
    path, other = tmp_path / f"x_message.{ending}", tmp_path / "x.csv"
    # In several blocks, as a long one comes.
    parts = [block.take(slice(at, at + 1000)) for at in range(0, len(block), 1000)]
    assert write_tape(path, iter(parts), lambda: scaled, book=5 if ending == "csv.gz" else 0) == len(block)
    write_tape(other, iter(parts), lambda: scaled)
    # The array has shares as they are, and no units.
    tape = read_tape(TapeSource(messages=path, tick=100, lot=1 if ending == "npz" else 100))
    same = read_tape(TapeSource(messages=other, tick=100, lot=100))
    assert [depth for _, depth in books(tape)] == [depth for _, depth in books(same)]
    assert tape.messages.kinds.tolist() == block.kinds.tolist()
    if ending == "csv.gz":
        checked = read_tape(TapeSource(messages=path, orderbook=orderbook_name(path), tick=100, lot=100))
        assert checked.reading.compared == len(block)
        assert checked.reading.surfaced == checked.reading.opening == 0
    else:
        assert tape.share == pytest.approx(0.01 if ending == "parquet" else 1.0)

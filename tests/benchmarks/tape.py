"""How fast a tape is replayed, as ratios: `python -m tests.benchmarks.tape [MESSAGES.csv]`.

The bare book is given the tape's messages as instructions, from a list made before: new orders, cancellations, and a
taker for each execution. The replay is a market of the kind tape as a session has it, with clock and trades, but
without a maker; once with the messages in memory, and once from the file, read and checked. Both in one process, in
processor seconds, in turns, and the best of each is compared.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

from mmtui.book import OrderBook, Side, TimeInForce
from mmtui.lab.tapes.levels import Wanted, tape_spec
from mmtui.lab.tapes.reading import TapeSource, read_tape
from mmtui.market.tape.lives import check_lives
from mmtui.market.tape.lobster import Faults, Messages, read_messages
from mmtui.market.tape.tape_market import TapeMarket
from tests.benchmarks.ratios import keep_ratio
from tests.tapes import simulated, write

_LEAST = 0.5


def main(argv: list[str] | None = None) -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.tape", description=(__doc__ or "").split(":")[0])
    parser.add_argument("tape", nargs="?", type=Path, help="LOBSTER messages; made by our own market when left out")
    parser.add_argument("--rounds", type=int, default=7, help="times each is timed")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        path = arguments.tape or write(Path(scratch) / "tape.csv", simulated(3_600))
        tape = read_tape(TapeSource(messages=path))
        spec, messages = tape_spec(tape, Wanted()), tape.messages
        end_ns = int(messages.times_ns[-1] - messages.times_ns[0])

        def read() -> Messages:
            faults = Faults(str(path))
            return check_lives(read_messages(path, tape.units, faults), faults)

        parts: dict[str, Callable[[], object]] = {
            "bare book": _bare(messages),
            "replay": lambda: TapeMarket(spec, 0, messages).clock.advance(end_ns),
            "replay from the file": lambda: TapeMarket(spec, 0, read()).clock.advance(end_ns),
        }
        best = dict.fromkeys(parts, float("inf"))
        for _ in range(arguments.rounds):
            for name, part in parts.items():
                gc.collect()
                start = process_time()
                part()
                best[name] = min(best[name], process_time() - start)
    count = len(messages)
    print(f"Tape: {count:,} messages")
    for name, seconds in best.items():
        print(f"{name:34s} {count / seconds:12,.0f} messages/s")
    ratio = best["bare book"] / best["replay"]
    keep_ratio("replay of a tape / bare book", ratio, _LEAST, ())
    print(f"{'replay / bare book':34s} {ratio:12.2f}  at least {_LEAST}: {'ok' if ratio >= _LEAST else 'MISSED'}")
    print(f"{'replay from the file / bare book':34s} {best['bare book'] / best['replay from the file']:12.2f}")


def _bare(messages: Messages) -> Callable[[], None]:
    """The same messages, for a book by itself."""
    sides = [Side.BUY if side > 0 else Side.SELL for side in messages.sides.tolist()]
    columns = (messages.kinds, messages.ids, messages.prices, messages.sizes)
    told = list(zip(*(column.tolist() for column in columns), sides, strict=True))
    opposite = {Side.BUY: Side.SELL, Side.SELL: Side.BUY}
    ioc = TimeInForce.IOC

    def play() -> None:
        book = OrderBook()
        limit, cancel, reduce = book.limit, book.cancel, book.reduce
        for kind, order_id, price, lots, side in told:
            if kind == 1:
                limit(order_id, side, price, lots)
            elif kind == 3:
                cancel(order_id)
            elif kind == 4:
                limit(-1, opposite[side], price, lots, ioc)
            elif kind == 2:
                reduce(order_id, lots)

    return play


if __name__ == "__main__":
    main()

"""People at the floors of a room over SSH: each bids and withdraws, and measures how soon the screen shows it.

``python -m tests.benchmarks.drivers.people PORT COUNT SECONDS WARM`` prints, as JSON, seconds from each key to the
screen that shows its order or its cursor, how many keys were never answered, and the bytes that were drawn. Those who
come first wait for the others: keys of the first ``WARM`` seconds do not count. All stay in their seats some seconds
after they have typed, to the level's end.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import sys
import time
from collections.abc import Callable

import asyncssh

#: An own order with its place in the queue, as the ladder shows it; and the cursor with its price.
_ORDER = re.compile(rb"\d q\d")
_CURSOR = re.compile("▶(?:\x1b\\[[0-9;]*m)* *([0-9.]+)".encode())
_UP, _DOWN, _BID, _OFFER, _WITHDRAW = b"\x1b[A", b"\x1b[B", b"q", b"w", b"\x7f"
#: Keys come about so often; an answer that takes longer counts as none.
_EVERY_S, _PATIENCE_S = 2.0, 5.0
_STAY_S = 15.0
#: The least urgent of priorities.
_LAST = 19

_Times = list[float | None]


class _Person(asyncssh.SSHClientSession[bytes]):
    """Looks at what is drawn."""

    def __init__(self) -> None:
        self.drawn = b""
        self.bytes = 0
        self._news = asyncio.Event()

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self.channel = chan

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        self.drawn += data
        self.bytes += len(data)
        self._news.set()

    async def sees(self, shown: Callable[[bytes], object], keys: bytes) -> float | None:
        """Type keys; seconds until what is drawn afterwards shows something, None if it does not."""
        self.drawn = b""
        start = time.perf_counter()
        self.channel.write(keys)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while not shown(self.drawn):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None
        return time.perf_counter() - start


async def _play(
    port: int, number: int, start: float, until: float
) -> tuple[list[float | None], list[float | None], int]:
    orders: list[float | None] = []
    cursors: list[float | None] = []
    chance = random.Random(number)
    key = asyncssh.generate_private_key("ssh-ed25519")
    async with asyncssh.connect(
        "127.0.0.1", port, username=f"p{number}", known_hosts=None, client_keys=[key], config=None, agent_path=None
    ) as connection:
        person = _Person()
        channel, _ = await connection.create_session(
            lambda: person, term_type="xterm-256color", term_size=(120, 40), encoding=None
        )
        side = number % 2
        while time.perf_counter() < until and not channel.is_closing():
            if time.perf_counter() < start:
                orders, cursors = [], []
            await asyncio.sleep(_EVERY_S * chance.uniform(0.5, 1.5))
            # By turns, so that nobody comes to the limit of his position.
            side = 1 - side
            orders.append(await person.sees(_ORDER.search, _OFFER if side else _BID))
            await asyncio.sleep(_EVERY_S * chance.uniform(0.5, 1.5))
            channel.write(_WITHDRAW)
            await asyncio.sleep(_EVERY_S * chance.uniform(0.5, 1.5))
            cursors.append(await person.sees(_CURSOR.search, chance.choice((_UP, _DOWN))))
        # What is drawn at the end would take the time of those who work out what it came to; by then all have typed.
        await asyncio.sleep(until + _PATIENCE_S - time.perf_counter())
        os.setpriority(os.PRIO_PROCESS, 0, _LAST)
        await asyncio.sleep(_STAY_S)
        return orders, cursors, person.bytes


async def _all(port: int, count: int, seconds: float, warm_s: float) -> None:
    start = time.perf_counter() + warm_s
    until = start + seconds - warm_s
    people = []
    for number in range(count):
        people.append(asyncio.create_task(_play(port, number, start, until)))
        await asyncio.sleep(0.1)
    found = await asyncio.gather(*people, return_exceptions=True)
    played = [each for each in found if not isinstance(each, BaseException)]
    orders = [time for each in played for time in each[0]]
    cursors = [time for each in played for time in each[1]]
    print(
        json.dumps(
            {
                "played": len(played),
                "failed": [repr(each) for each in found if isinstance(each, BaseException)],
                "orders": [time for time in orders if time is not None],
                "cursors": [time for time in cursors if time is not None],
                "unanswered": orders.count(None) + cursors.count(None),
                "bytes": sum(each[2] for each in played),
            }
        )
    )


if __name__ == "__main__":
    asyncio.run(_all(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))

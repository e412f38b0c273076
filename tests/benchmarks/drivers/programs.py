"""Programs in the seats of a room over TCP: each sends so many lines a second, and measures how soon they are answered.

``python -m tests.benchmarks.drivers.programs PORT COUNT SECONDS WARM`` prints, as JSON, seconds from each line to its
answer, and how many were never answered. Lines of the first ``WARM`` seconds do not count; all stay to the end.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import deque

from mmtui.book import Side
from mmtui.room.client import AsyncClient
from mmtui.room.protocol.messages import Hello, Look, Ok, Refused, SeatView
from mmtui.session.commands import Cancel, Join

_PER_S = 5.0
#: What each says in turn: a third looks, a third quotes, a third withdraws.
_SAID = (Look(), Join(Side.BUY, 2), Cancel(), Look(), Join(Side.SELL, 2), Cancel())


async def _play(port: int, number: int, start: float, until: float) -> tuple[list[float], int]:
    chance = random.Random(number)
    client = await AsyncClient.connect("127.0.0.1", port, Hello(hello=1, name=f"p{number}"))
    sent: deque[float] = deque()
    times: list[float] = []

    async def hear() -> None:
        async for answer in client.answers():
            if sent and isinstance(answer, Ok | Refused | SeatView):
                at = sent.popleft()
                times.extend([time.perf_counter() - at] if at >= start else [])

    hearing = asyncio.create_task(hear())
    count = number
    while (now := time.perf_counter()) < until:
        sent.append(now)
        client.send(_SAID[count % len(_SAID)])
        count += 1
        await asyncio.sleep(chance.uniform(0.5, 1.5) / _PER_S)
    await hearing
    await client.close()
    return times, len(sent)


async def _all(port: int, count: int, seconds: float, warm: float) -> None:
    begun = time.perf_counter()
    found = await asyncio.gather(
        *(_play(port, number, begun + warm, begun + seconds) for number in range(count)), return_exceptions=True
    )
    played = [each for each in found if not isinstance(each, BaseException)]
    print(
        json.dumps(
            {
                "answers": [each for times, _ in played for each in times],
                "unanswered": sum(unanswered for _, unanswered in played),
                "failed": [repr(each) for each in found if isinstance(each, BaseException)],
            }
        )
    )


if __name__ == "__main__":
    asyncio.run(_all(*map(int, sys.argv[1:3]), *map(float, sys.argv[3:5])))

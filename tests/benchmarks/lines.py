"""Whether a slow line costs money in a room, over lines that are slow: ``python -m tests.benchmarks.lines``.

Thirty programs alike play rooms over the protocol, from three network namespaces whose packets take 5, 80 or 200 ms
there and back: each has a TUN device, and this process carries the packets over. So the kernel measures round trips as
it does those of any line. The same rooms without the common delay show what is to be seen where lines matter. Needs
Linux and the rights of root; rooms that are played at once take two minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import os
import random
import struct
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from mmtui.room.client import AsyncClient
from mmtui.room.protocol.messages import End, Hello, Look, Places, SeatView
from mmtui.units import NS_PER_S
from tests.benchmarks.fairness import DELAYS_MS, EVERY_NS, LEVEL, quotes, rank_correlation, show_correlations
from tests.benchmarks.ratios import show_missing
from tests.benchmarks.room import opened

_TUNSETIFF, _TUN, _NO_HEADER = 0x400454CA, 0x0001, 0x1000
_MOST_BYTES = 2**16
_PORT = 7373
_UNSHARED = ("unshare", "--net")


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lines", description=__doc__)
    parser.add_argument("--rooms", type=int, default=20, help="two or more")
    parser.add_argument("--at-once", type=int, default=4, help="rooms that are played side by side")
    parser.add_argument("--bots", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--play", nargs=4, type=int, metavar=("NET", "ROOMS", "BOTS", "SEED"), help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.play:
        asyncio.run(_play(*arguments.play))
    elif arguments.inside:
        _measure(arguments.rooms, arguments.at_once, arguments.bots, arguments.seconds)
    elif subprocess.run([*_UNSHARED, "true"], capture_output=True, check=False).returncode:
        show_missing("rooms over slow lines", "root, and Linux", "nothing")
    else:
        options = [*(argv if argv is not None else sys.argv[1:]), "--inside"]
        subprocess.run([*_UNSHARED, sys.executable, "-m", "tests.benchmarks.lines", *options], check=True)


def _measure(rooms: int, at_once: int, bots: int, seconds: int) -> None:
    ip("link", "set", "lo", "up")
    with ExitStack() as stack:
        lines = [stack.enter_context(SlowLine(number, delay)) for number, delay in enumerate(DELAYS_MS)]
        found: dict[bool, list[float]] = {True: [], False: []}
        by_delay: dict[bool, dict[int, list[float]]] = {held: {delay: [] for delay in DELAYS_MS} for held in found}
        for first in range(0, rooms, at_once):
            count = min(at_once, rooms - first)
            for held_back in found:
                for made in asyncio.run(_rooms(lines, count, bots, seconds, first, held_back=held_back)):
                    pairs = [(delay, pnl) for delay, each in zip(DELAYS_MS, made, strict=True) for pnl in each]
                    found[held_back].append(rank_correlation(*map(list, zip(*pairs, strict=True))))
                    for delay, pnl in pairs:
                        by_delay[held_back][delay].append(pnl)
    print(f"{rooms} rooms of {bots} programs over lines of {DELAYS_MS} ms, {seconds} s of {LEVEL} each")
    show_correlations(found, by_delay)


async def _rooms(
    lines: list[SlowLine], count: int, bots: int, seconds: int, seed: int, *, held_back: bool
) -> list[list[list[float]]]:
    """The PnL of each room's programs, by line."""
    loop = asyncio.get_running_loop()
    for line in lines:
        line.carry(loop)
    options = [LEVEL, "--seats", str(bots), "--start", str(bots), "--bots", "idle", "--set", f"duration_s={seconds}"]
    options += ["--host", "0.0.0.0", "--password", ""]
    program = "mmtui" if held_back else "tests.benchmarks.drivers.unequal_room"
    with ExitStack() as stack:
        for number in range(count):
            stack.enter_context(opened([*options, "--tcp", str(_PORT + number)], "Recorded", program))
        playing = [await line.playing(count, bots // len(lines), seed) for line in lines]
        told = [json.loads((await each.communicate())[0]) for each in playing]
    for line in lines:
        line.carry_no_more(loop)
    return [[each[number] for each in told] for number in range(count)]


class SlowLine:
    """A network namespace at the end of a slow line.

    Args:
        number: which; its end here is 10.77.NUMBER.1.
        delay_ms: what a packet takes there and back.
    """

    def __init__(self, number: int, delay_ms: int) -> None:
        self._number, self._one_way_s = number, delay_ms / 2e3

    def __enter__(self) -> SlowLine:
        self._space = subprocess.Popen([*_UNSHARED, "cat"], stdin=subprocess.PIPE)
        own = Path("/proc/self/ns/net").readlink()
        while Path(f"/proc/{self._space.pid}/ns/net").readlink() == own:
            pass
        self._ends = [tun(f"here{self._number}"), tun(f"there{self._number}")]
        ip("link", "set", f"there{self._number}", "netns", str(self._space.pid))
        for end, name, inside in ((1, "here", ()), (2, "there", self._inside)):
            ip("address", "add", f"10.77.{self._number}.{end}/24", "dev", f"{name}{self._number}", inside=inside)
            ip("link", "set", f"{name}{self._number}", "up", inside=inside)
        return self

    def __exit__(self, *_: object) -> None:
        self._space.kill()
        self._space.wait()
        for end in self._ends:
            os.close(end)

    @property
    def _inside(self) -> tuple[str, ...]:
        return ("nsenter", "--net", "--target", str(self._space.pid))

    def carry(self, loop: asyncio.AbstractEventLoop) -> None:
        """Carry packets over from now on."""
        here, there = self._ends
        for source, sink in ((here, there), (there, here)):
            loop.add_reader(source, self._pass_on, loop, source, sink)

    def _pass_on(self, loop: asyncio.AbstractEventLoop, source: int, sink: int) -> None:
        loop.call_later(self._one_way_s, os.write, sink, os.read(source, _MOST_BYTES))

    def carry_no_more(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let packets lie."""
        for end in self._ends:
            loop.remove_reader(end)

    async def playing(self, rooms: int, bots: int, seed: int) -> asyncio.subprocess.Process:
        """Programs that play at the line's end."""
        what = [str(each) for each in (self._number, rooms, bots, seed)]
        command = [*self._inside, sys.executable, "-m", "tests.benchmarks.lines", "--play", *what]
        return await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)


def tun(name: str) -> int:
    """A TUN device: what is sent by it can be read here, what is written here has come by it."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", name.encode(), _TUN | _NO_HEADER))
    return device


def ip(*options: str, inside: tuple[str, ...] = ()) -> None:
    """Set up a part of the network."""
    subprocess.run([*inside, "ip", *options], check=True)


async def _play(net: int, rooms: int, bots: int, seed: int) -> None:
    """Play all of a line's programs in all rooms, and print what each made."""
    made = await asyncio.gather(
        *(_program(f"10.77.{net}.1", _PORT + room, seed * 10_000 + net * 1000 + room * 100 + bot)
          for room in range(rooms) for bot in range(bots))
    )  # fmt: skip
    print(json.dumps([made[room * bots : (room + 1) * bots] for room in range(rooms)]))


async def _program(host: str, port: int, seed: int) -> float:
    chance = random.Random(seed)
    client = await AsyncClient.connect(host, port, Hello(hello=1))
    ticking = asyncio.create_task(_tick(client, chance.random() * EVERY_NS / NS_PER_S))
    made = 0.0
    async for answer in client.answers():
        match answer:
            case SeatView(view=view) if view.mid is not None:
                for quote in quotes(view.mid, view.desk.position):
                    client.send(quote)
            case End():
                ticking.cancel()
            case Places(places=places):
                made = next(place.pnl for place in places if place.name == client.welcome.name)
    return made


async def _tick(client: AsyncClient, after_s: float) -> None:
    await asyncio.sleep(after_s)
    while True:
        client.send(Look())
        await asyncio.sleep(EVERY_NS / NS_PER_S)


if __name__ == "__main__":
    main()

"""A room full of people over SSH: what it costs, and how soon keys are answered: ``python -m tests.benchmarks.room``.

The room and the people who type are programs of their own; the processor's seconds and the memory are the room's and
its floors', in their own processes or not. Needs ``mmtui[room]``. It takes as long as the level, five minutes. With
``--programs 200`` there are programs over the protocol instead of people, five lines a second each.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from mmtui.room.core.resume import played_again
from tests.benchmarks.ratios import show_missing, show_ratio

LEVEL = "skew"
#: From the first person's entering to what is measured, and how often memory is read, in seconds.
_WARM_S, _LOOK_S = 15.0, 10.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """The processor's seconds that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def pss_mib(pid: int) -> float:
    """The memory of a process, shared pages counted by share, in MiB."""
    return int(re.findall(r"Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8"))[0]) / 1024


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def percentiles(times_s: list[float]) -> str:
    """The median, the 95th and 99th percentile and the largest of some times, in milliseconds."""
    if len(times_s) < 2:
        return "none"
    cuts = statistics.quantiles(times_s, n=100)
    p50, p95, p99, most = (1e3 * each for each in (cuts[49], cuts[94], cuts[98], max(times_s)))
    return f"p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f}, at most {most:.0f} ms"


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.room", description=__doc__)
    parser.add_argument("--people", type=int, default=30, help="how many play over SSH")
    parser.add_argument("--seconds", type=int, default=300, help="the level's length")
    parser.add_argument("--floors", type=int, default=0, help="processes of floors apart from the room's; 0 for none")
    parser.add_argument("--programs", type=int, default=0, help="how many play over the protocol instead of people")
    arguments = parser.parse_args(argv)
    if arguments.programs:
        with tempfile.TemporaryDirectory() as scratch:
            _programs(arguments.programs, arguments.seconds, Path(scratch) / "class")
        return
    if importlib.util.find_spec("asyncssh") is None:
        show_missing("a room over SSH", "asyncssh", "mmtui[room]")
        return
    with tempfile.TemporaryDirectory() as scratch:
        _measure(arguments.people, arguments.seconds, arguments.floors, Path(scratch) / "class")


@contextmanager
def opened(options: list[str], until: str, program: str = "mmtui") -> Iterator[subprocess.Popen[str]]:
    """``mmtui room``, or another program's, with some options, in colours, once it has said something."""
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    command = [sys.executable, "-m", program, "room", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        try:
            while not (line := process.stdout.readline()).startswith(until):
                assert line, "the room did not open"
            yield process
        finally:
            process.kill()


class _Use(NamedTuple):
    """What processes took: cores each, those of what they started, and memory in MiB at each look."""

    cores: list[float]
    beside: float
    memory: list[float]


def _used(pids: list[int], typing: subprocess.Popen[str], seconds: float) -> _Use:
    """What processes take while others type, for so many seconds at most."""
    start, memory = time.perf_counter(), []
    children = [child for pid in pids for child in _children(pid)]
    before = [cpu_s(pid) for pid in [*pids, *children]]
    while typing.poll() is None and (elapsed_s := time.perf_counter() - start) < seconds:
        time.sleep(min(_LOOK_S, seconds / 10))
        memory.append(sum(map(pss_mib, pids)))
    elapsed_s = time.perf_counter() - start
    cores = [(cpu_s(pid) - was) / elapsed_s for pid, was in zip([*pids, *children], before, strict=True)]
    return _Use(cores[: len(pids)], sum(cores[len(pids) :]), memory)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


def _end(room: subprocess.Popen[str], folder: Path) -> tuple[str, float]:
    """Whether the journal is that of the same session, and how long after the end strategies in all seats are known."""
    assert room.stdout is not None
    times_s: dict[str, float] = {}
    for line in room.stdout:
        for begins in ("The seed was", "WHO PAID WHOM", "MADE IN EACH SEAT"):
            if line.startswith(begins):
                times_s[begins] = time.perf_counter()
    ended_s, debrief_s, all_s = times_s.values()
    played, journal = played_again(folder / "room.jsonl")
    assert journal.end is not None
    same = "the same session" if played.digest == journal.end.digest else "ANOTHER SESSION"
    return f"{same}; debrief {debrief_s - ended_s:.1f} s after the end", all_s - ended_s


def _measure(people: int, seconds: int, floors: int, folder: Path) -> None:
    tcp, ssh = free_ports(2)
    options = [LEVEL, "--seats", str(people), "--start", str(people), "--bots", "glft,skew", "--tcp", str(tcp)]
    options += ["--record", str(folder), "--set", f"duration_s={seconds}"]
    apart = ["--floors-only", f"127.0.0.1:{tcp}", "--ssh", str(ssh)]
    hands = [sys.executable, "-m", "tests.benchmarks.drivers.people", str(ssh), str(people)]
    with ExitStack() as stack:
        room = stack.enter_context(opened(options if floors else [*options, "--ssh", str(ssh)], "Recorded"))
        pids = [room.pid] + [stack.enter_context(opened(apart, "Join")).pid for _ in range(floors)]
        typing = subprocess.Popen([*hands, str(seconds - 10), str(_WARM_S)], stdout=subprocess.PIPE, text=True)
        time.sleep(_WARM_S)
        use = _used(pids, typing, seconds - _WARM_S - 15)
        ended, known_s = _end(room, folder)
        found = json.loads(typing.communicate()[0])
    print(f"{people} people over SSH in one book of {LEVEL} for {seconds} s; {found['failed'] or 'nobody was cut off'}")
    _show(use)
    print(f"  a key to the cursor that it moved {percentiles(found['cursors'])}")
    print(f"  a key to the order in its queue   {percentiles(found['orders'])}")
    answered, drawn = len(found["orders"] + found["cursors"]), found["bytes"] / people / seconds / 1e3
    print(f"  {answered} keys answered, {found['unanswered']} not; {drawn:.1f} KB a second each")
    print(f"  replay: {ended}")
    show_ratio("cores that the room and its floors take", sum(use.cores), 1.0, below=True)
    show_ratio("memory, PSS / 600 MiB", max(use.memory) / 600, 1.0, below=True)
    show_ratio("from the end until strategies in all seats are known / 2 s", known_s / 2, 1.0, below=True)
    p95_s = statistics.quantiles(found["orders"], n=20)[18]
    show_ratio("key to order in its queue, 95th percentile / 80 ms", p95_s / 0.08, 1.0, below=True)


def _programs(count: int, seconds: int, folder: Path) -> None:
    (tcp,) = free_ports(1)
    options = [LEVEL, "--seats", str(count), "--start", str(count), "--bots", "idle", "--tcp", str(tcp)]
    # Strategies in so many seats are worked out for minutes afterwards.
    options += ["--record", str(folder), "--set", f"duration_s={seconds}", "--instead", ","]
    hands = [sys.executable, "-m", "tests.benchmarks.drivers.programs", str(tcp), str(count)]
    with opened(options, "Recorded") as room:
        typing = subprocess.Popen([*hands, str(seconds - 10), str(_WARM_S)], stdout=subprocess.PIPE, text=True)
        time.sleep(_WARM_S)
        use = _used([room.pid], typing, seconds - _WARM_S - 15)
        ended, _ = _end(room, folder)
        found = json.loads(typing.communicate()[0])
    print(f"{count} programs in one book of {LEVEL} for {seconds} s; {found['failed'] or 'nobody was cut off'}")
    _show(use)
    print(f"  a line to its answer              {percentiles(found['answers'])}")
    per_s = len(found["answers"]) / count / (seconds - 10 - _WARM_S)
    print(f"  {len(found['answers'])} lines answered, {per_s:.1f} a second each, {found['unanswered']} not")
    print(f"  replay: {ended}")
    show_ratio("cores that the room takes", sum(use.cores), 1.0, below=True)


def _show(use: _Use) -> None:
    print(f"  load of the machine, own priority {os.getloadavg()[0]:.1f}, {os.nice(0)}")
    print(f"  cores of each process             {', '.join(f'{each:.2f}' for each in use.cores)}")
    print(f"  of strategies in seats, in low priority {use.beside:.2f}; PSS {max(use.memory):.0f} MiB")


if __name__ == "__main__":
    main()

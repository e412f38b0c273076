"""A room full of people over SSH: what it costs, and how soon keys are answered: ``python -m tests.benchmarks.room``.

The room and the people who type are programs of their own; the processor's seconds and the memory are the room's and
its floors', in their own processes or not. Needs ``mmtui[room]``. It takes as long as the level, five minutes.
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
from pathlib import Path

from mmtui.room.core.resume import played_again
from tests.benchmarks.ratios import show_missing, show_ratio

LEVEL = "skew"
#: From the first person's entering to what is measured, and how often memory is read, in seconds.
_WARM_S, _LOOK_S = 15.0, 10.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def cpu_s(pid: int) -> float:
    """The processor's seconds that a process and all below it have taken."""
    taken = 0
    for each in family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        taken += int(fields[11]) + int(fields[12])
    return taken / _TICKS_PER_S


def pss_mib(pid: int) -> float:
    """The memory of a process and all below it, shared pages counted by share, in MiB."""
    held = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in family(pid)]
    return sum(int(re.findall(r"Pss: +(\d+)", each)[0]) for each in held) / 1024


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
    arguments = parser.parse_args(argv)
    if importlib.util.find_spec("asyncssh") is None:
        show_missing("a room over SSH", "asyncssh", "mmtui[room]")
        return
    with tempfile.TemporaryDirectory() as scratch:
        _measure(arguments.people, arguments.seconds, Path(scratch) / "class")


def _measure(people: int, seconds: int, folder: Path) -> None:
    tcp, ssh = free_ports(2)
    command = [sys.executable, "-m", "mmtui", "room", LEVEL, "--seats", str(people), "--start", str(people)]
    command += ["--bots", "glft,skew", "--tcp", str(tcp), "--ssh", str(ssh), "--record", str(folder)]
    driver = [sys.executable, "-m", "tests.benchmarks.drivers.people", str(ssh), str(people)]
    driver += [str(seconds - 10), str(_WARM_S)]
    coloured = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    command += ["--set", f"duration_s={seconds}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=coloured) as room:
        assert room.stdout is not None
        try:
            while not (line := room.stdout.readline()).startswith("Recorded"):
                assert line, "the room did not open"
            with subprocess.Popen(
                [*driver, str(seconds - 10), str(_WARM_S)], stdout=subprocess.PIPE, text=True
            ) as hands:
                time.sleep(_WARM_S)
                start, cpu_start, memory = time.perf_counter(), cpu_s(room.pid), []
                while hands.poll() is None and time.perf_counter() - start < seconds - _WARM_S - 15:
                    time.sleep(min(_LOOK_S, seconds / 10))
                    memory.append(pss_mib(room.pid))
                    cores = (cpu_s(room.pid) - cpu_start) / (time.perf_counter() - start)
                    processes = len(family(room.pid))
                said, _ = hands.communicate()
            found = json.loads(said)
            rest = room.stdout.read()
            assert "WHO PAID WHOM" in rest, rest[-2000:]
        finally:
            room.kill()
    played, journal = played_again(folder / "room.jsonl")
    assert journal.end is not None
    answers = found["orders"] + found["cursors"]
    print(f"{people} people over SSH in one book of {LEVEL} for {seconds} s, {processes} processes; {found['failed']}")
    print(f"  load of the machine               {os.getloadavg()[0]:.1f}")
    print(f"  a key to the cursor that it moved {percentiles(found['cursors'])}")
    print(f"  a key to the order in its queue   {percentiles(found['orders'])}")
    drawn = found["bytes"] / people / seconds / 1e3
    print(f"  {len(answers)} keys answered, {found['unanswered']} not; {drawn:.1f} KB a second each")
    print(f"  replay: {'the same session' if played.digest == journal.end.digest else 'ANOTHER SESSION'}")
    show_ratio("cores that the room and its floors take", cores, 1.0, below=True)
    show_ratio("memory, PSS / 600 MiB", max(memory) / 600, 1.0, below=True)
    p95_s = statistics.quantiles(found["orders"], n=20)[18]
    show_ratio("key to order in its queue, 95th percentile / 80 ms", p95_s / 0.08, 1.0, below=True)


if __name__ == "__main__":
    main()

"""A room over SSH, with the ssh of this machine: the floor, attacks, and a player who is cut off."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mmtui.room.core.resume import played_again
from tests.unit.room.examples import score_of_example

#: A failure takes so long; success does not wait.
PATIENCE_S = 60.0
_OPTIONS = """
-F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentityAgent=none
""".split()  # noqa: SIM905


class Room:
    """``mmtui room`` in a process of its own."""

    def __init__(self, folder: Path, process: subprocess.Popen[str], port: int, tcp: int) -> None:
        self.folder, self.process, self.port, self.tcp = folder, process, port, tcp

    def ssh(self, name: str, *options: str, key: str = "key") -> list[str]:
        """The command that connects."""
        return ["ssh", *_OPTIONS, "-i", str(self.folder / key), "-p", str(self.port), *options, f"{name}@127.0.0.1"]


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@contextmanager
def opened(folder: Path, *options: str) -> Iterator[Room]:
    ports = free_ports(2)
    for key in ("key", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    command = [sys.executable, "-m", "mmtui", "room", "skew", "--seats", "3", "--tcp", str(ports[0])]
    with subprocess.Popen(
        [*command, "--ssh", str(ports[1]), "--record", str(folder / "class"), "--instead", "skew", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        while not (said and said[-1].startswith("Recorded")):
            line = process.stdout.readline()
            assert line, "".join(said)
            said.append(line)
        try:
            yield Room(folder, process, ports[1], ports[0])
        finally:
            process.kill()


class Terminal:
    """A terminal of 120 by 40 in which an SSH client runs."""

    def __init__(self, command: list[str], password: str = "") -> None:
        self.pid, self._file = pty.fork()
        if not self.pid:
            os.environ["TERM"] = "xterm-256color"
            os.execvp(command[0], command)
        import fcntl
        import struct
        import termios

        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.raw = b""
        if password:
            self.wait_for("assword:")
            self.type(f"{password}\n")

    @property
    def text(self) -> str:
        """What was drawn, without its colours and places."""
        return re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", self.raw.decode("utf-8", "replace"))

    @property
    def quotes(self) -> bool:
        """Whether an order of its own was drawn, with its place in the queue."""
        return re.search(r"\d q\d", self.text) is not None

    def type(self, keys: str) -> None:
        os.write(self._file, keys.encode())

    def read(self, seconds: float = 0.1) -> None:
        if select.select([self._file], [], [], seconds)[0]:
            try:
                self.raw += os.read(self._file, 65536)
            except OSError:
                time.sleep(seconds)

    def wait_for(self, what: str | Callable[[], Any]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.read()
            if what in self.text if isinstance(what, str) else what():
                return
        raise AssertionError(f"waited in vain for {what}; drawn: {self.text[-3000:]}")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._file)


def test_a_person_plays_by_ssh_is_cut_off_and_comes_back_to_the_same_seat(tmp_path: Path) -> None:
    with opened(tmp_path, "--set", "duration_s=12") as room:
        player = Terminal(room.ssh("as-frog"))
        player.wait_for("FROG")
        player.type("qw")
        player.wait_for(lambda: player.quotes)  # Its places in the queues.
        # A name that nobody has chosen, such as that of a machine's user, is on no wall.
        other = Terminal(room.ssh("newt", key="other"))
        other.wait_for("BAT-2")
        player.kill()
        again = Terminal(room.ssh("as-somebody"))
        again.wait_for("FROG")
        # Who came first goes first.
        other.type("\x03")
        other.wait_for(lambda: b"\x1b[?1049l" in other.raw)
        other.kill()
        again.wait_for("The level is over")
        assert "SOMEBODY" not in again.text
        again.type("\r")
        again.wait_for(lambda: b"\x1b[?1049l" in again.raw)
        assert room.process.wait(PATIENCE_S) == 0
        assert room.process.stdout is not None
        assert "WHO PAID WHOM" in room.process.stdout.read()
        again.kill()
    played, journal = played_again(tmp_path / "class" / "room.jsonl")
    assert journal.end is not None
    assert played.digest == journal.end.digest
    assert [seat.name for seat in played.seats] == ["frog", "bat-2", ""]
    assert {entry.seat for entry in journal.entries if type(entry.command).__name__ == "Join"} == {0}
    key = (tmp_path / "class" / "room-host-key").stat()
    assert key.st_mode & 0o077 == 0
    held = (tmp_path / "class" / "room.jsonl").read_text() + (tmp_path / "class" / "people.json").read_text()
    fingerprint = subprocess.run(["ssh-keygen", "-lf", tmp_path / "key"], capture_output=True, text=True, check=True)
    assert fingerprint.stdout.split()[1].removeprefix("SHA256:") not in held
    assert "newt" not in held


def test_the_terminal_s_size_colours_and_mouse_come_through(tmp_path: Path) -> None:
    with opened(tmp_path, "--set", "duration_s=60") as room:
        player = Terminal(room.ssh("as-frog"))
        player.wait_for("FROG")
        assert re.search(rb"\x1b\[[0-9;]*38;[25];", player.raw)  # Colours.
        assert b"\x1b[?1003h" in player.raw
        player.wait_for("My bids")
        player.type("\x1b[<0;26;30M\x1b[<0;26;30m")  # A click in the column of bids.
        player.wait_for(lambda: player.quotes or "rejected" in player.text)
        player.type("\x03")
        player.wait_for(lambda: b"\x1b[?1049l" in player.raw)
        player.kill()


@pytest.mark.parametrize(
    "options",
    [("-T",), ("-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:22"), ("-W", "127.0.0.1:22"), ("-s",)],
    ids=["shell without a terminal", "remote forwarding", "forwarding", "subsystem"],
)
def test_ssh_gives_nothing_but_the_floor(options: tuple[str, ...], tmp_path: Path) -> None:
    with opened(tmp_path) as room:
        command = [*room.ssh("x", *options), *(["sftp"] if options == ("-s",) else [])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert done.returncode == 255
        assert "fail" in done.stderr or "refused" in done.stderr or "prohibited" in done.stderr
        assert not done.stdout
        command = [*room.ssh("x"), "cat /etc/passwd"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert (done.returncode, done.stdout) == (255, "")


def test_with_a_password_no_key_is_enough_and_a_word_of_one_s_own_keeps_the_seat(tmp_path: Path) -> None:
    with opened(tmp_path, "--password", "cl:ass", "--set", "duration_s=60") as room:
        batch = subprocess.run(
            room.ssh("x", "-o", "BatchMode=yes", "-tt"), capture_output=True, timeout=PATIENCE_S, check=False
        )
        assert batch.returncode == 255
        first = Terminal(room.ssh("as-frog"), "cl:ass:mine")
        first.wait_for("FROG")
        first.kill()
        careless = Terminal(["ssh", "-o", "LogLevel=INFO", *room.ssh("as-newt")[1:]], "cl:ass")
        careless.wait_for("no seat is kept without a word of yours")
        assert "a word of your own: by that word your seat is yours again" in careless.text
        careless.kill()
        stranger = Terminal(room.ssh("as-frog"), "cl:ass:yours")
        stranger.wait_for("FROG.2")
        again = Terminal(room.ssh("as-frog"), "cl:ass:mine")
        again.wait_for("FROG ")
        assert "FROG.2" not in again.text
        stranger.kill()
        again.kill()


def test_the_example_in_perl_plays_a_level(tmp_path: Path) -> None:
    assert 0.0 <= score_of_example("perl", "perl", tmp_path) <= 100.0


def test_a_flood_of_keys_is_heard_no_faster_than_hands_are(tmp_path: Path) -> None:
    with (
        opened(tmp_path, "--set", "duration_s=60") as room,
        subprocess.Popen(
            room.ssh("flood", "-tt"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as flood,
    ):
        assert flood.stdin is not None
        os.set_blocking(flood.stdin.fileno(), False)
        sent = 0
        other = Terminal(room.ssh("as-frog", key="other"))
        other.wait_for("FROG")
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            other.read(0.01)
            sent += os.write(flood.stdin.fileno(), b"h" * 65536) if select.select([], [flood.stdin], [], 0)[1] else 0
        # A megabyte heard would be a million keys, of a kilobyte each; the buffers on the way hold some.
        assert sent > 16_000
        held = Path(f"/proc/{room.process.pid}/smaps_rollup").read_text(encoding="utf-8")
        assert int(re.findall(r"Pss: +(\d+)", held)[0]) < 250_000
        other.type("q")
        other.wait_for(lambda: other.quotes)
        other.kill()
        flood.kill()


def asked(player: Terminal, times: int) -> bool:
    return player.text.count("assword:") == times


def test_after_wrong_passwords_the_right_one_is_heard_from_the_same_address(tmp_path: Path) -> None:
    with opened(tmp_path, "--password", "class") as room:
        player = Terminal(room.ssh("as-frog", "-o", "NumberOfPasswordPrompts=20", "-o", "PubkeyAuthentication=no"))
        for number in range(1, 14):
            player.wait_for(partial(asked, player, number))
            player.type("guess\n" if number < 13 else "class\n")
        player.wait_for("FROG")
        player.kill()


def test_ten_of_twelve_who_are_killed_have_their_seats_again_and_the_others_never_lost_theirs(tmp_path: Path) -> None:
    with opened(tmp_path, "--seats", "12", "--start", "12", "--set", "duration_s=300") as room:
        for number in range(12):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / str(number)], check=True)
        people = [Terminal(room.ssh(f"as-p{number}", key=str(number))) for number in range(12)]
        for number, person in enumerate(people):
            person.wait_for(f"P{number} ")
        for person in people[:10]:
            person.kill()
        again = [Terminal(room.ssh("somebody", key=str(number))) for number in range(10)]
        for number, person in enumerate(again):
            person.wait_for(f"P{number} ")
        for person in (again[0], people[11]):
            person.type("q")
            person.wait_for(lambda: person.quotes)  # noqa: B023
        for person in (*again, *people[10:]):
            person.kill()


@contextmanager
def floors_apart(core: int, port: int, folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "mmtui", "room", "--floors-only", f"127.0.0.1:{core}", "--ssh", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "XDG_DATA_HOME": str(folder)},
    ) as process:
        assert process.stdout is not None
        while not (line := process.stdout.readline()).startswith("Join"):
            assert line
        try:
            yield process
        finally:
            process.kill()


def test_floors_apart_from_their_room_may_be_killed_and_give_everybody_his_seat_again(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with opened(tmp_path, "--set", "duration_s=300", "--start", "1") as room:
        here = Room(tmp_path, room.process, port, room.tcp)
        with floors_apart(room.tcp, port, tmp_path) as floors:
            player = Terminal(here.ssh("as-frog"))
            player.wait_for("FROG")
            player.type("q")
            player.wait_for(lambda: player.quotes)
            floors.kill()
            player.kill()
        with floors_apart(room.tcp, port, tmp_path), floors_apart(room.tcp, port, tmp_path):
            again = Terminal(here.ssh("somebody"))
            again.wait_for("FROG")
            other = Terminal(here.ssh("as-newt", key="other"))
            other.wait_for("NEWT")
            again.kill()
            other.kill()

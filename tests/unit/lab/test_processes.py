"""Processes of this machine end with the one that started them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from mmtui.lab.runs.workers import map_in_processes
from tests.unit.cli.test_interrupt import PATIENCE

pytestmark = pytest.mark.slow


def hold(port: int) -> None:
    """Be in the midst of work, with a line to the test that breaks as the process ends."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"!")
        time.sleep(2 * PATIENCE)


@pytest.mark.skipif(os.name != "posix", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_whoever_started_them(number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        starting = f"from {__name__} import start; start({server.getsockname()[1]})"
        with subprocess.Popen([sys.executable, "-c", starting]) as parent:
            lines = [server.accept()[0] for _ in range(2)]
            for line in lines:
                line.settimeout(PATIENCE)
                assert line.recv(1) == b"!"
            parent.send_signal(number)
            for line in lines:
                assert line.recv(1) == b""
                line.close()


def start(port: int) -> None:
    """Have two processes work."""
    list(map_in_processes(hold, [port, port], 2))

"""An app at the end of a line: what it draws, and what it hears."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Callable
from weakref import ref

from textual.app import App
from textual.geometry import Size

from mmtui.tui.channel_driver import driver_for, within
from tests.unit.room.test_serve import until

_GARBAGE = (
    b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b[<0;99999999;5M", b"\xff\xfe", b"\x1b", b"9" * 50, b";", b"\x9b",
    b"\x1b[?2026;2$y", b"\x1b[48;40;120;0;0t", b"\x1b[1;1R", b"m", b"~",
)  # fmt: skip


class Line:
    """A channel."""

    def __init__(self) -> None:
        self.size = (100, 30)
        self.drawn = ""
        self.on_data: Callable[[bytes], None] = lambda _: None
        self.on_resize: Callable[[int, int], None] = lambda *_: None

    def write(self, data: str) -> None:
        self.drawn += data


class Listener(App[None]):
    """Notes its keys."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.driver_class = driver_for(line)
        self.keys: list[str] = []

    def on_key(self, event: object) -> None:
        self.keys.append(getattr(event, "key", ""))


async def test_keys_and_sizes_come_through_and_the_terminal_is_given_back() -> None:
    line = Line()
    app = Listener(line)
    running = asyncio.create_task(app.run_async())
    await until(lambda: app.size == Size(100, 30))
    line.on_data("qé".encode()[:2])
    line.on_data("qé".encode()[2:] + b"\x1b[A")
    await until(lambda: len(app.keys) == 3)
    assert app.keys[0] == "q"
    assert app.keys[2] == "up"
    line.on_resize(60, 20)
    await until(lambda: app.size == Size(60, 20))
    app.exit()
    await running
    assert line.drawn.startswith("\x1b[?1049h")
    assert line.drawn.endswith("\x1b[?1049l")
    line.on_data(b"q")
    assert len(app.keys) == 3


async def _played(line: Line) -> ref[Listener]:
    """An app that was played to its end."""
    app = Listener(line)
    running = asyncio.create_task(app.run_async())
    await until(lambda: app.size == Size(100, 30))
    line.on_data(b"qw")
    await until(lambda: app.keys)
    running.cancel()
    await asyncio.wait([running])
    return ref(app)


async def test_nothing_is_left_of_an_app_whose_line_has_ended() -> None:
    apps = [await _played(Line()) for _ in range(3)]
    # What is left of the last may still be on its way.
    await asyncio.sleep(0)
    gc.collect()
    assert [app() for app in apps[:2]] == [None, None]


async def test_what_no_terminal_sends_breaks_nothing() -> None:
    line, rng = Line(), random.Random(3)
    app = Listener(line)
    running = asyncio.create_task(app.run_async())
    await until(lambda: app.size == Size(100, 30))
    for _ in range(300):
        data = b"".join(rng.choices(_GARBAGE, k=4)) + rng.randbytes(6)
        # Ctrl-C and Ctrl-Q would end it, as they may.
        line.on_data(data.replace(b"\x03", b"").replace(b"\x11", b""))
    app.keys.clear()

    def heard() -> bool:
        # What ends an unfinished string and a paste, and then a key; as many as are heard, and not more at once.
        line.on_data(b"\x1b\\\x1b[201~q")
        return "q" in app.keys

    await until(heard)
    app.exit()
    await running


async def test_no_more_keys_are_heard_than_hands_press() -> None:
    line = Line()
    app = Listener(line)
    running = asyncio.create_task(app.run_async())
    await until(lambda: app.size == Size(100, 30))
    line.on_data(b"q" * 5000)
    line.on_data(b"q" * 5000)
    await until(lambda: app.keys)
    app.exit()
    await running
    # 120 at once, and 60 a second for as long as it took.
    assert 100 < len(app.keys) < 5000


def test_a_size_is_kept_within_bounds() -> None:
    assert within(0, 0) == (80, 24)
    assert within(10**9, 10**9) == (500, 200)
    assert within(-5, 1) == (1, 1)

"""How an app runs at the end of a line: what it draws goes to a channel, and keys, mouse and size come from there."""

from __future__ import annotations

import asyncio
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import ClassVar, Protocol

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.constants import ESCAPE_DELAY
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

_MOST_COLUMNS, _MOST_ROWS = 500, 200
#: Alternate screen, mouse (all events, SGR), no cursor, bracketed paste; and all of it taken back.
_START = "\x1b[?1049h\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?25l\x1b[?2004h"
_STOP = "\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?25h\x1b[?1049l"
#: How long after what was heard last the parser is asked whether an escape was a key by itself.
_TICK_S = ESCAPE_DELAY + 0.01
#: How many keys and moves of the mouse are heard a second on average, and at once.
_EVENTS_PER_S, _AT_ONCE = 60.0, 120.0


class Channel(Protocol):
    """The line to somebody's terminal."""

    on_data: Callable[[bytes], None]
    on_resize: Callable[[int, int], None]

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""

    def write(self, data: str) -> None:
        """Draw."""


class ChannelDriver(Driver):
    """A driver for an app whose terminal is a channel; :func:`driver_for` makes its class for one."""

    channel: ClassVar[Channel]

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=within(*self.channel.size))
        self._parser = XTermParser(debug)
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._tick: asyncio.TimerHandle | None = None
        self._allowance, self._counted_s = _AT_ONCE, self._loop.time()

    def write(self, data: str) -> None:
        """Draw."""
        self.channel.write(data)

    def start_application_mode(self) -> None:
        """Take over the terminal."""
        self.channel.on_data, self.channel.on_resize = self._hear, self._resized
        self.write(_START)
        assert self._size is not None, "the channel has a size"
        self._resized(*self._size)

    def disable_input(self) -> None:
        """Hear nothing more."""
        if self._tick is not None:
            self._tick.cancel()
        self.channel.on_data = _ignore
        # A cache of the toolkit's keeps parsers, and one that is not at its end keeps the last event, and so the app.
        with suppress(ParseError):
            list(self._parser.feed(""))

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        self.disable_input()
        self.write(_STOP)

    def _hear(self, data: bytes) -> None:
        self._take_in(lambda parser: parser.feed(self._decode(data)))
        if self._tick is not None:
            self._tick.cancel()
        self._tick = self._loop.call_later(_TICK_S, self._take_in, XTermParser.tick)

    def _take_in(self, read: Callable[[XTermParser], Iterable[Message]]) -> None:
        """Pass on what a parser reads. What no terminal sends may break it; then another begins after it."""
        try:
            for event in read(self._parser):
                if self._may():
                    self.process_message(event)
        except Exception:
            self._parser = XTermParser(self._debug)

    def _may(self) -> bool:
        """Whether another event is heard: no more are than hands make, since each costs those on other lines time."""
        now_s = self._loop.time()
        self._allowance = min(_AT_ONCE, self._allowance + (now_s - self._counted_s) * _EVENTS_PER_S)
        self._counted_s = now_s
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def _resized(self, columns: int, rows: int) -> None:
        self._size = within(columns, rows)
        size = Size(*self._size)
        self._app.post_message(events.Resize(size, size))

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """Open nothing: this machine is not the player's."""


def driver_for(channel: Channel) -> type[ChannelDriver]:
    """The class of the driver whose terminal is a channel."""
    return type("ChannelDriver", (ChannelDriver,), {"channel": channel})


def within(columns: int, rows: int) -> tuple[int, int]:
    """A size that a stranger's terminal tells, within bounds; the usual one where it tells none."""
    return max(1, min(_MOST_COLUMNS, columns or 80)), max(1, min(_MOST_ROWS, rows or 24))


def _ignore(_data: bytes) -> None:
    """Do nothing."""

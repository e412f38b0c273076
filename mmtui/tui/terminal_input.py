"""What comes from a terminal by itself, and not from the player's keys: answers to what some program has asked it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module

from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import Keys
from textual.message import Message

#: OSC, DCS, SOS, PM and APC, to their end; and one whose end is still to come, which no hand can type at once.
_STRING = re.compile(r"\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\)")
_BEGUN = re.compile(r"\x1b(?:\]\d+;[^\x07\x1b]*|P[\d>!+$=|][^\x1b]*|_G[^\x1b]*|\[[?>=][\d;:]*[ -/]*)\x1b?\Z")
#: A whole control sequence, but for those that the parser knows later: the mouse's, and reports of modes.
_SEQUENCE = re.compile(r"\x1b\[(?!\[)[0-?]*[ -/]*[@-LN-ln-~]")
_MODE_REPORT = re.compile(r"\x1b\[\?\d+;\d\$y")


class KeysOnlyParser(XTermParser):
    """Reads keys, and passes over a terminal's answers, which the base class would take for keys one by one."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._held = ""

    def feed(self, data: str) -> Iterable[Message]:
        """As the base class: no data is the end."""
        if data:
            data = _STRING.sub("", self._held + data)
            begun = _BEGUN.search(data)
            self._held = "" if begun is None else begun[0]
            data = data.removesuffix(self._held)
            if not data:
                return ()
        return super().feed(data)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        found = list(super()._sequence_to_key_events(sequence, alt))
        if not found and _SEQUENCE.fullmatch(sequence) and not _MODE_REPORT.fullmatch(sequence):
            return [events.Key(Keys.Ignore, sequence)]
        return found


def install() -> None:
    """Have Textual read keys so."""
    # Windows has another driver.
    with suppress(ImportError):
        # Where it makes its parser, it finds it by this name.
        setattr(import_module("textual.drivers.linux_driver"), "XTermParser", KeysOnlyParser)  # noqa: B010

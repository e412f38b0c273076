"""How the app runs behind a page in a browser: no longer than the page and its server."""

from __future__ import annotations

import os
from contextlib import suppress

from textual import messages
from textual.app import App
from textual.drivers.web_driver import WebDriver


class ServedDriver(WebDriver):
    """Textual's driver for browsers, which ends the app when the server has gone."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._write = self._write_if_read  # type: ignore[assignment]

    def _write_if_read(self, data: bytes) -> int:
        with suppress(OSError):
            return os.write(self.fileno, data)
        return 0

    def run_input_thread(self) -> None:
        """Read until the end, which the server's end is too."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self.send_message(messages.ExitApp())

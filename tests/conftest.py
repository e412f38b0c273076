"""Settings for every test."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# A deadline would make tests depend on how fast the machine is. CI tries the same examples every time.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

# Programs that tests start are sent Ctrl-C, which they would ignore if whoever started the tests made us ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)

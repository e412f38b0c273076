"""Settings for every test."""

from __future__ import annotations

import os

from hypothesis import settings

# A deadline would make tests depend on how fast the machine is. CI tries the same examples every time.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

"""``python -m tests.golden [--write [LEVEL...]]``: compare the recorded digests with those of now, or replace them."""

from __future__ import annotations

import sys

from tests.golden import digests, recorded, write

match sys.argv[1:]:
    case []:
        sys.exit(0 if digests() == recorded() else "the digests differ from those recorded")
    case ["--write", *levels]:
        sys.exit(write(levels) or 0)
    case _:
        sys.exit("usage: python -m tests.golden [--write [LEVEL...]]")

"""``python -m tests.golden [--write]``: compare the recorded digests with those of now, or replace them."""

from __future__ import annotations

import sys

from tests.golden import digests, recorded, write

if sys.argv[1:] == ["--write"]:
    write()
elif sys.argv[1:]:
    sys.exit("usage: python -m tests.golden [--write]")
else:
    sys.exit(0 if digests() == recorded() else "the digests differ from those recorded")

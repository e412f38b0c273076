"""``python -m mmtui``, the same as ``mmtui``."""

import sys

from mmtui.cli import main

if __name__ == "__main__":
    sys.exit(main())

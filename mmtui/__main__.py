"""``mmtui`` and ``python -m mmtui``."""

import os
import sys


def main() -> int:
    """Run the program and return its exit code. The app alone does not wait for the command line to be imported."""
    if len(sys.argv) > 1 or "_MMTUI_COMPLETE" in os.environ:
        from mmtui.cli.main import main as command_line

        return command_line()
    from mmtui.errors import MmtuiError
    from mmtui.tui.run import open_app

    try:
        return open_app()
    except MmtuiError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())

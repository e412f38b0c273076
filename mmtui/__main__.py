"""``mmtui`` and ``python -m mmtui``."""

import sys


def main() -> int:
    """Run the program and return its exit code. The app alone does not wait for the command line to be imported."""
    if len(sys.argv) > 1:
        from mmtui.cli.main import main as command_line

        return command_line()
    from mmtui.tui.run import open_app

    open_app(None, None, None, None)
    return 0


if __name__ == "__main__":
    sys.exit(main())

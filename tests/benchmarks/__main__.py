"""Run every benchmark module of this package that has a `main`, and print its tables, or one list of all as JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from contextlib import redirect_stdout

import tests.benchmarks
from tests.benchmarks.ratios import FOUND, show_table


def main() -> None:
    """Run them, or those named."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how figures are printed")
    parser.add_argument("only", nargs="*", help="the modules to run; all if left out")
    options = parser.parse_args()
    as_json = options.format == "json"
    # The tables go where they are no part of the list.
    with redirect_stdout(sys.stderr if as_json else sys.stdout):
        for module_info in pkgutil.iter_modules(tests.benchmarks.__path__):
            name = module_info.name
            if module_info.ispkg or name == "__main__" or (options.only and name not in options.only):
                continue
            module = importlib.import_module(f"tests.benchmarks.{name}")
            if hasattr(module, "main"):
                module.main([])
                print(flush=True)
        show_table()
    if as_json:
        print(json.dumps(FOUND, indent=1))


if __name__ == "__main__":
    main()

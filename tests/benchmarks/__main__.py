"""Run every benchmark module of this package that has a `main`, and print its tables."""

from __future__ import annotations

import importlib
import pkgutil

import tests.benchmarks


def main() -> None:
    for module_info in pkgutil.iter_modules(tests.benchmarks.__path__):
        if module_info.ispkg or module_info.name == "__main__":
            continue
        module = importlib.import_module(f"tests.benchmarks.{module_info.name}")
        if hasattr(module, "main"):
            module.main([])
            print(flush=True)


if __name__ == "__main__":
    main()

"""The modules that a piece of Python imports from the user's own files, and the versions of installed ones."""

from __future__ import annotations

import ast
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

_OURS = "mmtui"


def imported_code(
    sources: Iterable[bytes], loaded: Iterable[str] = (), folder: str | None = None, *, versions: bool = True
) -> dict[str, bytes]:
    """Return the code of all modules that sources import, by themselves or through others, by path as in ``a/b.py``.

    Of the standard library's and mmtui's modules there is nothing; of an installed distribution there is the version,
    by its module's name.

    Args:
        sources: Python text, whose import statements count wherever they stand.
        loaded: names of modules that are imported in other ways.
        folder: where modules are found that are nowhere else.
        versions: whether the versions of installed distributions are wanted.
    """
    found: dict[str, bytes] = {}
    waiting = [each for source in sources for each in _imports(source, "")]
    waiting += loaded
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        top = name.partition(".")[0]
        if name in seen or top == _OURS or top in sys.stdlib_module_names:
            continue
        seen.add(name)
        spec = _spec(name, folder)
        if spec is None or spec.origin is None:
            continue
        if _installed(spec.origin):
            if versions:
                found[top] = _version(top).encode()
        elif Path(spec.origin).is_file():
            is_package = spec.submodule_search_locations is not None
            code = Path(spec.origin).read_bytes()
            found[f"{name.replace('.', '/')}{'/__init__' if is_package else ''}.py"] = code
            package = name if is_package else name.rpartition(".")[0]
            waiting += _imports(code, package)
            waiting += [name[:at] for at, sign in enumerate(name) if sign == "."]
    return found


def own_modules() -> list[str]:
    """Return the names of the modules imported so far that are neither installed nor mmtui's nor Python's own."""
    found = []
    for name, module in list(sys.modules.items()):
        origin = getattr(getattr(module, "__spec__", None), "origin", None)
        is_own = name.partition(".")[0] not in (_OURS, "__main__", *sys.stdlib_module_names)
        if is_own and origin is not None and origin.endswith(".py") and not _installed(origin):
            found.append(name)
    return found


def _imports(source: bytes, package: str) -> Iterator[str]:
    """Yields the names of modules that import statements anywhere in a source may mean."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            name = ".".join([*filter(None, base), *filter(None, [node.module])])
            if name:
                yield name
                yield from (f"{name}.{alias.name}" for alias in node.names)


def _spec(name: str, folder: str | None) -> ModuleSpec | None:
    """Returns where a module comes from, without running its packages; None if it is none."""
    path = None if folder is None else [*sys.path, folder]
    spec = None
    parts = name.split(".")
    for at in range(len(parts)):
        try:
            spec = PathFinder.find_spec(".".join(parts[: at + 1]), path)
        except (ImportError, ValueError, AttributeError, OSError):
            return None
        except LookupError:
            # A folder without __init__.py, in a package that has not been imported.
            spec, path = None, [str(Path(place) / parts[at]) for place in path or []]
            continue
        if spec is None:
            return None
        path = list(spec.submodule_search_locations or [])
    return spec


@cache
def _folders() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    import site

    named = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    # Debian's, and those of environments that share their packages.
    shared = [folder for folder in sys.path if Path(folder).name in ("dist-packages", "site-packages")]
    return tuple(Path(folder).resolve() for folder in (*named, site.getusersitepackages(), *shared))


def _installed(origin: str) -> bool:
    path = Path(origin).resolve()
    return any(path.is_relative_to(folder) for folder in _folders())


@cache
def _version(top: str) -> str:
    """Returns the versions of the distributions that a top-level module belongs to."""
    # It takes as long to import as a tenth of this program, and few runs need it.
    from importlib.metadata import PackageNotFoundError, packages_distributions, version

    found = []
    for name in sorted(set(packages_distributions().get(top, []))):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)

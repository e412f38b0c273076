"""The structure drawn from the imports: no circle, neither of files nor of packages."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import mmtui

ROOT = Path(mmtui.__file__).parent
#: Folders that hold packages. A file that lies on such a shelf itself is a package of its own.
SHELVES = ("mmtui.lab", "mmtui.market", "mmtui.room", "mmtui.strategies")

Graph = Mapping[str, set[str]]


def module_name(path: Path) -> str:
    """What the module of a file is called."""
    parts = ("mmtui", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}


def imported(text: str, module: str, known: Mapping[str, object]) -> Iterator[str]:
    """The modules, of those known, that a module's text imports, wherever in it, the module itself left out.

    ``from package import name`` is an import of the module ``package.name`` if there is one, else of the package.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            names = [
                full if (full := f"{node.module}.{alias.name}") in known else str(node.module) for alias in node.names
            ]
        else:
            continue
        yield from (name for name in names if name in known and name != module)


def package_of(module: str) -> str:
    """The package of a module: the folder in mmtui, or on a shelf."""
    parts = module.split(".")
    return ".".join(parts[: 3 if ".".join(parts[:2]) in SHELVES else 2])


def by_package(modules: Graph) -> Graph:
    """The imports of packages, from those of their modules."""
    packages: dict[str, set[str]] = {}
    for module, targets in modules.items():
        own = package_of(module)
        packages.setdefault(own, set()).update(package_of(target) for target in targets)
        packages[own].discard(own)
    return packages


def reached(graph: Graph, start: str) -> set[str]:
    """What is imported from somewhere, directly or not."""
    found: set[str] = set()
    ahead = [*graph[start]]
    while ahead:
        node = ahead.pop()
        if node not in found:
            found.add(node)
            ahead += graph[node]
    return found


def circles(graph: Graph) -> list[list[str]]:
    """The imports, as "a → b", within each group of modules, or packages, that all import each other in the end."""
    everything = {node: reached(graph, node) for node in graph}
    groups = {
        frozenset(other for other in everything[node] if node in everything[other])
        for node in graph
        if node in everything[node]
    }
    return [
        sorted(f"{node} → {target}" for node in group for target in graph[node] & group)
        for group in sorted(groups, key=sorted)
    ]


@pytest.fixture(scope="module")
def modules() -> Graph:
    """Module to the modules that it imports."""
    return {module: set(imported(path.read_text(encoding="utf-8"), module, FILES)) for module, path in FILES.items()}


@pytest.mark.slow
def test_no_files_import_each_other_in_a_circle(modules: Graph) -> None:
    assert circles(modules) == []


def test_no_packages_import_each_other_in_a_circle(modules: Graph) -> None:
    packages = circles(by_package(modules))
    why = [
        f"{module} → {target}"
        for module, targets in sorted(modules.items())
        for target in sorted(targets)
        for links in packages
        if f"{package_of(module)} → {package_of(target)}" in links
    ]
    assert packages == [], why


@pytest.mark.slow
def test_a_class_name_stands_for_one_thing() -> None:
    places: dict[str, list[str]] = {}
    for module, path in FILES.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(module)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


# The tools themselves

TEXT = """
import a.b, numpy
from typing import TYPE_CHECKING
from a import c, Thing
from a.d import e
if TYPE_CHECKING:
    from a.f import g
def late():
    from a.h import i
    import a.k as l
"""


def test_every_import_counts_wherever_it_stands() -> None:
    known = dict.fromkeys(("a", "a.b", "a.c", "a.d", "a.d.e", "a.f", "a.h", "a.k", "a.own", "a.other"))
    assert sorted(imported(TEXT, "a.own", known)) == ["a", "a.b", "a.c", "a.d.e", "a.f", "a.h", "a.k"]
    assert list(imported("import a.own", "a.own", known)) == []


def test_circles_are_found_whole_and_apart() -> None:
    graph = {"a": {"b"}, "b": {"c", "x"}, "c": {"a"}, "d": {"e", "a"}, "e": {"d"}, "x": set[str](), "y": {"x"}}
    assert circles(graph) == [["a → b", "b → c", "c → a"], ["d → e", "e → d"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_files_on_a_shelf_are_packages_of_their_own() -> None:
    assert [package_of(module) for module in ("mmtui.units", "mmtui.session.par", "mmtui.tui.screens.floor")] == [
        "mmtui.units",
        "mmtui.session",
        "mmtui.tui",
    ]
    shelved = ("mmtui.market", "mmtui.market.kinds", "mmtui.market.core.clock")
    assert [package_of(module) for module in shelved] == ["mmtui.market", "mmtui.market.kinds", "mmtui.market.core"]
    imports = {"mmtui.book": {"mmtui.market.core.clock"}, "mmtui.market.core.clock": {"mmtui.market.core.draws"}}
    assert by_package(imports) == {"mmtui.book": {"mmtui.market.core"}, "mmtui.market.core": set()}


def test_all_of_mmtui_is_looked_at(modules: Graph) -> None:
    assert {"mmtui", "mmtui.__main__", "mmtui.tui.screens.floor", "mmtui.market.core.clock"} <= set(modules)
    assert "mmtui.session.session" in modules["mmtui.session.watcher"]
    assert sum(map(len, modules.values())) > 1_000

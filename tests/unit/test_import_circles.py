"""No file of the program imports itself by way of others, not even for types or inside a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import mmtui

ROOT = Path(mmtui.__file__).parent
MODULES = {
    ".".join(("mmtui", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in ROOT.rglob("*.py")
}


def imported(source: str) -> Iterator[str]:
    """Names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else str(node.module)


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules of which each imports the one before it, the first again at the end; empty without a circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_file_imports_itself_by_way_of_others() -> None:
    graph = {
        name: {found for found in imported(path.read_text(encoding="utf-8")) if found in MODULES and found != name}
        for name, path in MODULES.items()
    }
    assert sum(map(len, graph.values())) > 1_000
    assert circle(graph) == []


@pytest.mark.parametrize(
    "source", ["import b.c", "from b import c", "from b.c import d", "def f():\n    from b.c import d"]
)
def test_imports_are_found_wherever_they_stand(source: str) -> None:
    assert [name.startswith("b") for name in imported(source)] == [True]
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []

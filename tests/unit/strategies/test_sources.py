"""The digest that tells whether two programs have the same sessions."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest

import mmtui
from mmtui.strategies import sources


def test_every_package_that_a_session_imports_is_in_the_engine_s_digest() -> None:
    graph = grimp.build_graph("mmtui", cache_dir=None)
    imported = graph.find_upstream_modules("mmtui.session", as_package=True)
    packages = {name.split(".")[1] for name in imported if graph.find_children(".".join(name.split(".")[:2]))}
    assert packages | {"session"} == set(sources._ENGINE)


def test_a_change_of_the_code_that_simulates_changes_the_digest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = Path(mmtui.__file__).parent
    for name in ("book", "desk"):
        for path in (package / name).rglob("*.py"):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(sources, "_PACKAGE", tmp_path)
    before = sources.engine_digest.__wrapped__()
    assert sources.engine_digest.__wrapped__() == before
    with (tmp_path / "desk" / "desk.py").open("a") as file:
        file.write("#\n")
    assert sources.engine_digest.__wrapped__() != before

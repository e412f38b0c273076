"""Which build runs: the compiled one only where it was built from just these sources, by this Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import mmtui
from mmtui import compiled

NAME, TYPES = "book/ladder.py", "book/ladder.pxd"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with one source, its types, and a compiled module of them."""
    source, built = tmp_path / NAME, tmp_path / "_compiled"
    extension = built / NAME.replace(".py", EXTENSION_SUFFIXES[0])
    for file in (source, extension):
        file.parent.mkdir(parents=True)
        file.write_text("LOTS = 3\n")
    (tmp_path / TYPES).write_text("cdef int LOTS\n")
    sums = [f"{sha256((tmp_path / name).read_bytes()).hexdigest()}  {name}\n" for name in (NAME, TYPES)]
    (built / "SHA256SUMS").write_text("".join(sums))
    monkeypatch.setattr(compiled, "_PACKAGE", tmp_path)
    monkeypatch.setattr(compiled, "_BUILT", built)
    monkeypatch.setattr(compiled, "_DIGESTS", built / "SHA256SUMS")
    monkeypatch.delenv("MMTUI_PURE", raising=False)
    before = sys.meta_path.copy()
    yield tmp_path
    sys.meta_path[:] = before


def test_without_a_build_it_is_plain(package: Path) -> None:
    (package / "_compiled" / "SHA256SUMS").unlink()
    assert compiled.use_compiled() == "plain Python"


def test_a_build_of_these_sources_is_found_by_name(package: Path) -> None:
    assert compiled.use_compiled() == "compiled"
    finder = sys.meta_path[0]
    spec = finder.find_spec("mmtui.book.ladder", None, None)
    assert spec is not None
    assert spec.origin == str(package / "_compiled" / NAME.replace(".py", EXTENSION_SUFFIXES[0]))
    assert finder.find_spec("mmtui.book.other", None, None) is None


@pytest.mark.parametrize("name", [NAME, TYPES])
def test_an_edit_is_never_shadowed(package: Path, name: str) -> None:
    (package / name).write_text("LOTS = 4\n")
    before = sys.meta_path.copy()
    assert compiled.use_compiled() == f"plain Python: {name} has changed since it was compiled"
    assert sys.meta_path == before


def test_a_build_for_another_python_is_left_alone(package: Path) -> None:
    (package / "_compiled" / NAME.replace(".py", EXTENSION_SUFFIXES[0])).unlink()
    assert compiled.use_compiled() == "plain Python: what is compiled is for another Python"


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(("asked", "runs"), [("1", "plain Python, as MMTUI_PURE asks"), ("0", "compiled")])
def test_plain_python_can_be_asked_for(monkeypatch: pytest.MonkeyPatch, asked: str, runs: str) -> None:
    monkeypatch.setenv("MMTUI_PURE", asked)
    assert compiled.use_compiled() == runs


def test_what_is_compiled_has_its_types_beside_it_and_ships() -> None:
    # What begins with c_ is C alone: another module that is Python alone does the same.
    typed = [pxd for pxd in compiled._PACKAGE.rglob("*.pxd") if not pxd.name.startswith("c_")]
    assert typed
    assert all(pxd.with_suffix(".py").is_file() for pxd in typed)


def test_the_build_that_runs_is_named() -> None:
    assert mmtui.build == "compiled" or mmtui.build.startswith("plain Python")

from __future__ import annotations

from pathlib import Path

from mmtui.paths import levels_dir

REPOSITORY = Path(__file__).parents[2]


def test_levels_of_an_installed_package_are_inside_it(tmp_path: Path) -> None:
    (tmp_path / "mmtui" / "levels").mkdir(parents=True)
    (tmp_path / "levels").mkdir()
    assert levels_dir(tmp_path / "mmtui") == tmp_path / "mmtui" / "levels"


def test_levels_of_a_clone_are_beside_the_package(tmp_path: Path) -> None:
    (tmp_path / "mmtui").mkdir()
    assert levels_dir(tmp_path / "mmtui") == tmp_path / "levels"


def test_the_levels_of_this_clone_are_found() -> None:
    assert levels_dir() == REPOSITORY / "levels"
    assert levels_dir().is_dir()

"""Levels of others: packs, and the schema by which editors know the format."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from mmtui.errors import LevelError
from mmtui.level.json_schema import FILE, schema, schema_text
from mmtui.level.level import load_level
from mmtui.level.packs import added_files, own_levels_dir
from mmtui.paths import levels_dir
from mmtui.tui.engine import Engine
from tests.unit.cli.conftest import Mmtui, mmtui  # noqa: F401

SHIPPED = sorted(levels_dir().glob("*.toml"))


def own(folder: Path, name: str, **changes: str) -> Path:
    """A level of one's own."""
    text = (levels_dir() / "skew.toml").read_text(encoding="utf-8").replace('id = "skew"', f'id = "{name}"')
    for old, new in changes.items():
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder / f"{name}.toml"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    own(tmp_path / "course", "one")
    own(tmp_path / "course", "two")
    (tmp_path / "course" / ".hidden").touch()
    (tmp_path / "course" / "link.txt").symlink_to(tmp_path / "course" / "one.toml")
    return tmp_path / "course"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


# The schema


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    found = schema()
    Draft7Validator.check_schema(found)
    return Draft7Validator(found)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_level_that_ships_is_valid(validator: Draft7Validator, path: Path) -> None:
    assert [error.message for error in validator.iter_errors(tomllib.loads(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "x"},
        {"duration_s": 0},
        {"naive": "a file.py:Class"},
        {"market": {"preset": "nowhere"}},
        {"market": {"preset": "us-100", "value": {"sgima": 1}}},
        {"coach": [{"when": [{"signal": "mood"}], "say": "x"}]},
    ],
)
def test_what_is_no_level_is_not_valid(validator: Draft7Validator, change: dict[str, Any]) -> None:
    level = tomllib.loads((levels_dir() / "skew.toml").read_text(encoding="utf-8"))
    assert validator.is_valid(level)
    assert not validator.is_valid({**level, **change})


def test_every_key_is_explained() -> None:
    for name, definition in schema()["definitions"].items():
        for key, part in definition["properties"].items():
            assert key == "kind" or part.get("description"), f"{name}.{key}"


def test_a_new_level_names_the_schema_beside_it(mmtui: Mmtui, tmp_path: Path) -> None:  # noqa: F811
    assert mmtui("levels", "new", str(tmp_path / "mine.toml")).code == 0
    first = (tmp_path / "mine.toml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"#:schema ./{FILE}"
    printed = mmtui("levels", "schema").out
    assert printed == schema_text() == (tmp_path / FILE).read_text(encoding="utf-8")


# Packs


def test_a_pack_is_added_played_listed_and_replaced(mmtui: Mmtui, pack: Path) -> None:  # noqa: F811
    assert mmtui("levels", "add", str(pack)).out.splitlines() == ["mmtui play course/one", "mmtui play course/two"]
    assert load_level("course/one").id == load_level("one").id == "one"
    assert "course/two" in mmtui("levels").out
    ended = mmtui("run", "course/two", "-s", "idle", "--seeds", "1", "--set", "duration_s=2", "--format", "json")
    assert json.loads(ended.out)[0]["level"] == "two"
    again = mmtui("levels", "add", str(pack))
    assert (again.code, "--replace puts this one in its place" in again.err) == (2, True)
    (pack / "two.toml").unlink()
    assert mmtui("levels", "add", str(pack), "--replace").code == 0
    assert sorted(path.name for path in (own_levels_dir() / "course").iterdir()) == ["one.toml"]
    cards, troubles = Engine(None, own_levels_dir()).own_levels()
    assert ([card.level.id for card in cards], troubles) == (["one"], [])


def test_a_name_that_two_packs_have_is_asked_for(mmtui: Mmtui, pack: Path, tmp_path: Path) -> None:  # noqa: F811
    mmtui("levels", "add", str(pack))
    mmtui("levels", "add", str(pack), "--name", "other")
    with pytest.raises(LevelError, match="several levels are called one: say which, course/one, other/one"):
        load_level("one")
    assert load_level("other/one").id == "one"
    single = own(tmp_path, "alone")
    assert mmtui("levels", "add", str(single)).out == "mmtui play alone\n"
    assert load_level("alone").id == "alone"
    with pytest.raises(LevelError, match="there is no level 'course/three'"):
        load_level("course/three")


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("skew", {}, "a level that ships is called skew too"),
        ("bad", {"duration_s = ": "duration_s = -"}, "bad.toml: duration_s: expected"),
        ("three", {'id = "three"': 'id = "four"'}, "three.toml: id: expected the file's name, 'three', not 'four'"),
    ],
)
def test_a_pack_with_a_fault_is_not_added(
    mmtui: Mmtui,  # noqa: F811
    pack: Path,
    name: str,
    changes: dict[str, str],
    words: str,
) -> None:
    own(pack, name, **changes)
    ended = mmtui("levels", "add", str(pack))
    assert (ended.code, words in ended.err) == (2, True), ended.err
    assert added_files() == []
    if name != "skew":
        checked = mmtui("levels", "check", str(pack))
        assert (checked.code, words in checked.out) == (2, True)


def test_what_is_no_pack_is_one_sentence(mmtui: Mmtui, pack: Path, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "empty").mkdir()
    for args in (("check", str(tmp_path / "empty")), ("add", str(tmp_path / "empty"))):
        ended = mmtui("levels", *args)
        assert (ended.code, "expected a folder with level files" in ended.err) == (2, True)
    ended = mmtui("levels", "add", str(pack), "--name", "No Name")
    assert (ended.code, "of small letters, digits and hyphens" in ended.err) == (2, True)


def test_an_installed_package_brings_a_pack(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, info = tmp_path / "site" / "teaching", tmp_path / "site" / "teaching-1.0.dist-info"
    shutil.copytree(pack, package / "levels")
    (package / "__init__.py").write_text("raise RuntimeError('its code is not run')")
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: teaching\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[mmtui.levels]\nteaching = teaching.levels\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert load_level("teaching/two").id == "two"
    assert "teaching" not in sys.modules

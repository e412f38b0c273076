"""``mmtui journals``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmtui.session.signing import KEY_FILE
from tests.unit.cli.conftest import Mmtui
from tests.unit.session.support import strategy_file


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


def test_the_key_is_shown_with_its_file(mmtui: Mmtui, data: Path) -> None:
    shown = mmtui("journals", "key")
    public, path = shown.out.splitlines()
    assert (shown.code, path) == (0, str(data / "mmtui" / KEY_FILE))
    assert len(bytes.fromhex(public)) == 32
    assert mmtui("journals", "key") == shown
    Path(path).unlink()
    assert mmtui("journals", "key").out != shown.out
    Path(path).write_text("junk", encoding="utf-8")
    assert "expected an Ed25519 key in PEM" in mmtui("journals", "key").err


def test_a_copy_is_nobody_s_and_trusted_by_nobody(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes()")
    mmtui("run", short, "-s", spec, "--seeds", "1", "--journals", tmp_path / "j")
    (journal,) = (tmp_path / "j").iterdir()
    assert mmtui("replay", journal, "--headless").code == 0
    copy = tmp_path / "copy.jsonl"
    assert mmtui("journals", "export", journal, copy).code == 0
    assert str(tmp_path) not in copy.read_text()
    assert json.loads(copy.read_text().splitlines()[0])["player"] is None
    refused = mmtui("replay", copy, "--headless")
    assert (refused.code, refused.out) == (2, "")
    assert "--trust says that it may" in refused.err


def test_what_cannot_be_copied_is_one_sentence(mmtui: Mmtui, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x\n")
    for source, copy, code, said in (
        (tmp_path / "no", tmp_path / "y", 2, "the journal cannot be read: No such file or directory"),
        (tmp_path / "x", tmp_path / "y", 2, "line 1: not a line of a journal"),
    ):
        ended = mmtui("journals", "export", source, copy)
        assert (ended.code, ended.out) == (code, "")
        assert said in ended.err
        assert not copy.exists()


def test_help_has_examples(mmtui: Mmtui) -> None:
    assert "mmtui journals " in mmtui("journals", "--help").out.partition("Examples:")[2]
    assert "mmtui completion " in mmtui("completion", "--help").out.partition("Examples:")[2]

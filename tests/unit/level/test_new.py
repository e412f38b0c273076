"""A level of one's own, begun on a market that was fitted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mmtui.errors import InputError
from mmtui.level.level import load_level, load_preset
from mmtui.level.new import write_skeleton
from mmtui.paths import presets_dir


def market(folder: Path, more: str = "") -> Path:
    """The market hk-45 as mmtui fit writes one."""
    preset = (presets_dir() / "hk-45.toml").read_text()
    path = folder / "market.toml"
    path.write_text("[market]\n" + re.sub(r"(?m)^\[", "[market.", preset) + more)
    return path


def test_a_level_is_begun_on_a_market_that_stays_as_it_is(tmp_path: Path) -> None:
    write_skeleton(tmp_path / "mine.toml", market(tmp_path))
    level = load_level(str(tmp_path / "mine.toml"))
    assert level.market == load_preset("hk-45")
    assert not level.events
    # Its spread is 1.5 ticks, the skeleton's 2.4 with quotes of 8.
    assert level.obligation.max_width == 5
    assert "$100" not in level.situation


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("[maker]", "expected a market's table and no other"),
        ("[market.rivals.count]", "cannot be read as TOML"),
        ("[market.crowd]", r"market\.toml: market.crowd: unknown key"),
    ],
)
def test_what_is_no_market_begins_no_level(tmp_path: Path, more: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        write_skeleton(tmp_path / "mine.toml", market(tmp_path, more))
    assert not (tmp_path / "mine.toml").exists()


def test_a_market_alone_is_no_level(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a market without a level; mmtui levels new"):
        load_level(str(market(tmp_path)))

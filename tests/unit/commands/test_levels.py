"""``mmtui levels``."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmtui.game.level import level_ids, level_path, load_level
from tests.unit.commands.conftest import Mmtui, shortened


def test_levels_are_listed_in_the_order_of_the_campaign(mmtui: Mmtui) -> None:
    ended = mmtui("levels")
    assert (ended.code, ended.err) == (0, "")
    heading, *lines = ended.out.splitlines()
    assert heading.split() == ["id", "title", "time", "lesson"]
    assert [line.split()[1] for line in lines] == level_ids()
    for line, level in zip(lines, map(load_level, level_ids()), strict=True):
        assert line.startswith(f"{level.number} ")
        assert level.title in line
        assert line.endswith(level.lesson)
    assert " 5:00 " in next(line for line in lines if " skew " in line)


def test_a_level_is_shown_with_its_briefing_rules_and_score(mmtui: Mmtui) -> None:
    ended = mmtui("levels", "show", "volatility-spike")
    level = load_level("volatility-spike")
    assert ended.code == 0
    assert ended.out.startswith("5. Volatility spike (volatility-spike), 5:00\n")
    assert level.situation.strip() in ended.out
    for line in (
        "instrument      ABC at 100.00 USD",
        "tick, lot       0.01 USD, 100 shares",
        "position limit  50 lots",
        "largest order   20 lots",
        "order latency   20 ms",
        "largest loss    10000 USD",
        "obligation      at most 60 ticks wide, a lot or more a side",
        "score           pnl 40%, inventory 30%, markout 10%, presence 20%",
    ):
        assert line in ended.out.splitlines()


def test_a_level_of_one_s_own_is_shown(mmtui: Mmtui, tmp_path: Path) -> None:
    path = shortened(
        "skew", tmp_path, **{"[maker]": "[maker]\nposition = -4", "max_width = 8": "", "min_size = 1": "min_size = 2"}
    )
    ended = mmtui("levels", "show", path)
    assert "position at the start  -4 lots" in ended.out
    assert "obligation             any width, 2 lots or more a side" in ended.out


def test_a_level_that_cannot_be_shown_is_one_sentence(mmtui: Mmtui) -> None:
    ended = mmtui("levels", "show", "skw")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: there is no level 'skw'; there are ")


def test_shipped_levels_are_found_sound(mmtui: Mmtui) -> None:
    paths = [level_path(level_id) for level_id in level_ids()]
    ended = mmtui("levels", "check", *paths)
    assert ended.code == 0
    assert ended.out.splitlines() == [f"{path}: no faults" for path in paths]


def test_every_fault_of_every_file_is_a_line(mmtui: Mmtui, tmp_path: Path) -> None:
    bad = shortened(
        "skew",
        tmp_path,
        **{"rate = 0.4": "rate = -0.4", 'title = "Skew"': "title = 3", "[obligation]": "[obligation]\nwidth = 3"},
    )
    (tmp_path / "b.toml").write_text("= 3")
    (tmp_path / "c.toml").write_bytes(b"\xff")
    missing = tmp_path / "d.toml"
    sound = level_path("skew")
    ended = mmtui("levels", "check", bad, tmp_path / "b.toml", sound, tmp_path / "c.toml", missing)
    assert (ended.code, ended.err) == (2, "")
    assert ended.out.splitlines() == [
        f"{bad}: title: expected text, not 3",
        f"{bad}: market.noise_market.rate: expected a number of at least 0, not -0.4",
        f"{bad}: obligation.width: unknown key; did you mean max_width?",
        f"{tmp_path}/b.toml: expected TOML: Invalid statement (at line 1, column 1)",
        f"{sound}: no faults",
        f"{tmp_path}/c.toml: expected UTF-8 text, but byte 0 is none",
        f"{missing}: the level cannot be read: No such file or directory",
    ]


def test_strategies_that_are_not_there_are_faults(mmtui: Mmtui, tmp_path: Path) -> None:
    bad = shortened("skew", tmp_path, **{'naive = "fixed"': 'naive = "fixd"', 'par = "skew"': 'par = "no.py:Mine"'})
    ended = mmtui("levels", "check", bad)
    assert ended.code == 2
    assert ended.out.splitlines() == [
        f"{bad}: naive: there is no strategy 'fixd'; did you mean 'fixed'?",
        f"{bad}: par: there is no strategy file no.py",
    ]


@pytest.mark.parametrize("args", [["check"], ["show"], ["mend"], ["show", "a", "b"]])
def test_wrong_usage_exits_2(mmtui: Mmtui, args: list[str]) -> None:
    assert mmtui("levels", *args).code == 2


@pytest.mark.parametrize("args", [[], ["show"], ["check"]])
def test_help_has_examples(mmtui: Mmtui, args: list[str]) -> None:
    assert " ".join(["mmtui levels", *args, ""]) in mmtui("levels", *args, "--help").out.partition("Example")[2]

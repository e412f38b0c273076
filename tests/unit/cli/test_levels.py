"""``mmtui levels``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mmtui.level.level import level_ids, level_path, load_level
from tests.unit.cli.conftest import Mmtui, shortened


@pytest.mark.slow
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
    normal = level.normal
    assert ended.code == 0
    assert ended.out.startswith("5. Volatility spike (volatility-spike), 5:00\n")
    assert level.situation.strip() in ended.out
    for line in (
        "instrument      ABC at 100.00 USD",
        "position limit  ±100 lots of 100",
        "largest order   20 lots",
        "tick            $0.01, $1 a lot",
        "maker, a share  rebate $0.0027 (Nasdaq, tier 0.25%)",
        "taker, a share  $0.003",
        "order latency   20 ms",
        "obligation      both sides, at most 24 ticks apart, 2 lots or more each, all the time",
        "loss limit      $10,000",
        "score           pnl 20%, inventory 50%, markout 10%, presence 20%",
        f"normal        spread {normal.spread:g}, volatility {normal.volatility:g}, size {normal.size:g}",
        "  when volatility_ratio ≥ 2.5 (until 1.8) and size ≥ 5 for 2 s",
        "  within 20 s position_share within ±0.15",
    ):
        assert line in ended.out.splitlines()
    assert '2:00  "Headlines on ABC: traders report sharp moves."; value.sigma ' in ended.out


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("index-future", "maker, a lot    HK$10.54 (HKEX index futures, tier participant)"),
        (
            "index-future",
            (
                "hedge           IX, index: the book's instrument is its future, 30 days, HK$50 a point, tick 0.1, "
                "bid and ask about 5 ticks apart, fee none, at most 40 contracts"
            ),
        ),
        (
            "hedge",
            (
                "hedge           P100, put: strike 100, 5 days, 100 shares a contract, tick 0.01, "
                "bid and ask about 5 ticks apart, fee $0.5 a contract, at most 500 contracts"
            ),
        ),
        (
            "unwanted-inventory",
            (
                "hedge           IDX, future: beta 1, correlation 0.9, 30 days, $50 a point, tick 0.25, "
                "bid and ask about 2 ticks apart, fee $2 a contract, at most 40 contracts"
            ),
        ),
        ("full-day", "stamp duty      left out (0.1% a side)"),
    ],
)
def test_what_trading_costs_is_told_as_one_pays_it(mmtui: Mmtui, level: str, expected: str) -> None:
    assert expected in mmtui("levels", "show", level).out.splitlines()


def test_a_level_of_one_s_own_is_shown(mmtui: Mmtui, tmp_path: Path) -> None:
    path = shortened(
        "skew", tmp_path, **{"[maker]": "[maker]\nposition = -4", "max_width = 6": "", "min_size = 2": "min_size = 2"}
    )
    ended = mmtui("levels", "show", path)
    assert "you start       short 4 lots" in ended.out
    assert "obligation      both sides, at any width, 2 lots or more each, all the time" in ended.out


def test_events_and_rules_of_the_exchange_are_shown(mmtui: Mmtui, tmp_path: Path) -> None:
    path = shortened("skew", tmp_path)
    event = "until_s = 3\njump = 3\njump_sd = 2\neither_way = true\nmarket = { rivals = { size = 9 } }"
    path.write_text(f"{path.read_text()}\n[[events]]\nat_s = 2\n{event}\n[exchange.halt]\nkind = 'vcm'\n")
    lines = mmtui("levels", "show", path).out.splitlines()
    assert "0:02 to 0:03  the value jumps +3 ± 2 ticks or as far the other way; rivals.size 4 → 9" in lines
    assert any(line.startswith("price band") and "±10%" in line for line in lines)


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
        **{"rate = 0.5": "rate = -0.5", 'title = "Skew"': "title = 3", "[obligation]": "[obligation]\nwidth = 3"},
    )
    (tmp_path / "b.toml").write_text("= 3")
    (tmp_path / "c.toml").write_bytes(b"\xff")
    missing = tmp_path / "d.toml"
    sound = level_path("skew")
    ended = mmtui("levels", "check", bad, tmp_path / "b.toml", sound, tmp_path / "c.toml", missing)
    assert (ended.code, ended.err) == (2, "")
    assert ended.out.splitlines() == [
        f"{bad}: title: expected text, not 3",
        f"{bad}: market.noise_market.rate: expected a number of at least 0, not -0.5",
        f"{bad}: obligation.width: unknown key; did you mean max_width?",
        f"{tmp_path}/b.toml: expected TOML: Invalid statement (at line 1, column 1)",
        f"{sound}: no faults",
        f"{tmp_path}/c.toml: expected UTF-8 text, but byte 0 is none",
        f"{missing}: the level cannot be read: No such file or directory",
    ]


def test_what_is_named_and_not_there_is_a_fault_whatever_else_is(mmtui: Mmtui, tmp_path: Path) -> None:
    bad = shortened(
        "skew",
        tmp_path,
        **{
            'naive = "fixed"': 'naive = "fixd"',
            'par = "skew"': 'par = "no.py:Mine"',
            'keys = ["both-down"': 'keys = ["both-dwn"',
            'title = "Skew"': "title = 3",
        },
    )
    ended = mmtui("levels", "check", bad)
    assert ended.code == 2
    assert ended.out.splitlines() == [
        f"{bad}: title: expected text, not 3",
        f"{bad}: par: expected a strategy, such as skew or rules[skew=0.5], not 'no.py:Mine'",
        f"{bad}: naive: there is no strategy 'fixd'; did you mean 'fixed'?",
        f"{bad}: keys[0]: there is no action 'both-dwn'; did you mean both-down?",
    ]


# A level of one's own


def test_a_new_level_is_sound_and_plays(mmtui: Mmtui, tmp_path: Path) -> None:
    path = tmp_path / "my-own-level.toml"
    ended = mmtui("levels", "new", path)
    assert (ended.code, ended.err) == (0, "")
    assert f"mmtui play {path}" in ended.out
    assert f"mmtui play {path}" in path.read_text()
    assert mmtui("levels", "check", path).code == 0
    level = load_level(str(path))
    assert (level.id, level.title) == ("my-own-level", "My own level")
    ended = mmtui("run", path, "--strategy", "skew", "--seeds", "1", "--format", "json")
    assert ended.code == 0
    assert '"ended": "time"' in ended.out


def test_what_is_commented_out_of_a_new_level_can_be_put_in(mmtui: Mmtui, tmp_path: Path) -> None:
    path = tmp_path / "noise.toml"
    mmtui("levels", "new", path)
    text = path.read_text()
    path.write_text(re.sub(r"(?m)^# (informed|momentum|rivals) =", r"\1 =", text))
    assert path.read_text() != text
    assert mmtui("levels", "check", path).code == 0


@pytest.mark.parametrize("name", ["level.txt", "My.toml", "a b.toml", "-a.toml"])
def test_a_new_level_is_called_as_a_level_can_be(mmtui: Mmtui, tmp_path: Path, name: str) -> None:
    ended = mmtui("levels", "new", tmp_path / name)
    assert ended.code == 2
    assert ended.err == (
        f"Error: {tmp_path / name}: a level's file is called by small letters, digits and hyphens, and ends in .toml\n"
    )


def test_a_new_level_replaces_nothing(mmtui: Mmtui, tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text("mine")
    assert mmtui("levels", "new", path).err == f"Error: {path}: is there already; expected a name that is free\n"
    assert path.read_text() == "mine"


# The reference


def test_the_reference_is_printed_and_written_between_its_marks(mmtui: Mmtui, tmp_path: Path) -> None:
    printed = mmtui("levels", "reference").out
    assert "### `maker`\n" in printed
    document = tmp_path / "doc.md"
    document.write_text("a\n<!-- mmtui levels reference -->\nold\n<!-- end of mmtui levels reference -->\nb\n")
    assert mmtui("levels", "reference", "--into", document).code == 0
    assert document.read_text() == (
        f"a\n<!-- mmtui levels reference -->\n{printed}<!-- end of mmtui levels reference -->\nb\n"
    )


def test_a_document_without_marks_is_left_alone(mmtui: Mmtui, tmp_path: Path) -> None:
    document = tmp_path / "doc.md"
    document.write_text("a\n")
    ended = mmtui("levels", "reference", "--into", document)
    assert ended.code == 2
    assert ended.err.startswith(f"Error: {document}: expected a line <!-- mmtui levels reference -->")
    assert document.read_text() == "a\n"


@pytest.mark.parametrize("args", [["check"], ["show"], ["mend"], ["show", "a", "b"]])
def test_wrong_usage_exits_2(mmtui: Mmtui, args: list[str]) -> None:
    assert mmtui("levels", *args).code == 2


@pytest.mark.parametrize("args", [[], ["show"], ["check"], ["new"], ["reference"]])
def test_help_has_examples(mmtui: Mmtui, args: list[str]) -> None:
    assert " ".join(["mmtui levels", *args, ""]) in mmtui("levels", *args, "--help").out.partition("Example")[2]

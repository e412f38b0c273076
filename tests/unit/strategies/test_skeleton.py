"""The strategy that ``mmtui strategies new`` writes: it runs as it is, and its exercise can be solved as it says."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mmtui.errors import InputError, OutputError
from mmtui.lab.runs.batch import simulate
from mmtui.level.level import Level, level_ids, load_level
from mmtui.market.core.venue import ExchangeSpec
from mmtui.session.commands import HandOver
from mmtui.session.session import Session
from mmtui.strategies.new import write_skeleton
from mmtui.strategies.params import params_of
from mmtui.strategies.registry import strategy_class


def minutes(level_id: str) -> Level:
    """Four minutes of a level, since in the quietest hardly anybody trades in one."""
    return msgspec.structs.replace(load_level(level_id), duration_s=240, events=(), deck=0, exchange=ExchangeSpec())


@pytest.mark.slow
@pytest.mark.parametrize("level_id", level_ids())
def test_it_trades_in_every_level_as_it_is(tmp_path: Path, level_id: str) -> None:
    spec = write_skeleton(tmp_path / "my.py")
    result = simulate(minutes(level_id), spec, 1, {"half_spread": "1"})
    assert result.error is None
    assert result.fills > 0
    assert result.params == {"half_spread": 1.0, "size": 2}


def test_it_takes_over_from_a_player(tmp_path: Path) -> None:
    spec = write_skeleton(tmp_path / "my.py")
    session = Session(minutes("skew"), 1)
    session.advance(5_000_000_000)
    session.submit(HandOver(spec))
    session.advance(20_000_000_000)
    assert session.maker.auto
    assert session.maker.gateway.orders


def test_the_exercise_solved_as_it_says_runs_and_holds_less(tmp_path: Path) -> None:
    plain = write_skeleton(tmp_path / "plain.py")
    text = (tmp_path / "plain.py").read_text()
    for old, new in {
        "    size: int": '    skew: float = param(0.3, "ticks/lot", "shift", least=0.0)\n    size: int',
        "centre = others_mid(view)": "centre = others_mid(view) - self.skew * view.position",
        "bid_size = ask_size = self.size": (
            "room = 1 - abs(view.position) / view.rules.position_limit\n"
            "        less = max(1, round(self.size * room))\n"
            "        bid_size = less if view.position > 0 else self.size\n"
            "        ask_size = less if view.position < 0 else self.size\n"
            "        for fill in view.fills_since(getattr(self, 'seen_ns', -1)):\n"
            "            self.cash = getattr(self, 'cash', 0.0) - fill.side * fill.price * fill.quantity\n"
            "        self.seen_ns = view.now_ns\n"
        ),
    }.items():
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "solved.py").write_text(text)
    held = []
    for spec in (plain, f"{tmp_path / 'solved.py'}:MyMaker"):
        results = [simulate(load_level("skew"), spec, seed) for seed in (1, 2)]
        assert all(result.error is None for result in results)
        held.append(sum(result.position.mean_abs for result in results))
    assert held[1] < 0.7 * held[0]


def test_its_commands_name_the_file_it_was_written_to(tmp_path: Path) -> None:
    folder = tmp_path / "my makers"
    folder.mkdir()
    spec = write_skeleton(folder / "first.py")
    assert spec == f"{folder / 'first.py'}:MyMaker"
    about = (folder / "first.py").read_text().split('"""')[1]
    commands = [line for line in about.splitlines() if line.startswith("    mmtui ")]
    assert len(commands) >= 3
    assert all(f"'{spec}'" in line for line in commands)
    assert "my.py" not in about


def test_what_it_says_of_parameters_holds(tmp_path: Path) -> None:
    cls = strategy_class(write_skeleton(tmp_path / "my.py"))
    assert {param.name: param.unit for param in params_of(cls)} == {"half_spread": "ticks", "size": "lots"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("there.py", "is there already; expected a name that is free"),
        ("maker", "a strategy's file ends in .py"),
    ],
)
def test_a_name_that_will_not_do_is_refused_and_nothing_overwritten(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "there.py").write_text("mine")
    with pytest.raises(InputError) as caught:
        write_skeleton(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: {why}"
    with pytest.raises(OutputError, match="cannot be written: No such file or directory"):
        write_skeleton(tmp_path / "nowhere" / "my.py")
    assert [path.name for path in tmp_path.iterdir()] == ["there.py"]
    assert (tmp_path / "there.py").read_text() == "mine"

"""Strategies by name, from files and with parameters; every mistake told in one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mmtui.errors import UnknownStrategyError
from mmtui.strategies import registry
from mmtui.strategies.baselines.skew import Skew
from mmtui.strategies.loading import source_of, where
from mmtui.strategies.params import describe, params_of, parse_settings
from mmtui.strategies.protocol import MOST_PARAM, MarketView, Param, Quotes, Strategy, param
from mmtui.strategies.registry import make, strategy_class, strategy_names

MAKER = """
from __future__ import annotations
from dataclasses import dataclass, field
from mmtui.strategies.protocol import MarketView, Quotes, Strategy, param

@dataclass
class MyMaker(Strategy):
    name = "mine"
    idea = "a test"
    width: float = param(2.0, "ticks", "how wide", least=0.5)
    lots: int | None = param(None, "lots", "how many", least=1)
    brave: bool = param(False, "", "whether")
    label: str = param("x", "", "what")
    seen: int = field(default=0, init=False)

    def quote(self, view: MarketView) -> Quotes:
        self.seen += 1
        return Quotes(view.mid - self.width / 2)
"""


@pytest.fixture
def maker(tmp_path: Path) -> str:
    return write(tmp_path, MAKER)


def write(folder: Path, text: str, name: str = "my.py") -> str:
    (folder / name).write_text(text)
    return f"{folder / name}:MyMaker"


def complaint(spec: str, **params: Any) -> str:
    with pytest.raises(UnknownStrategyError) as raised:
        make(spec, params)
    assert raised.value.exit_code == 2
    message = str(raised.value)
    assert "\n" not in message
    return message


# Names


def test_baselines_are_listed_only_when_asked_for() -> None:
    assert {"fixed", "touch", "skew", "avellaneda-stoikov"} <= set(strategy_names())
    assert strategy_names(baselines=True) == (
        *strategy_names(),
        *("chase", "idle", "reckless", "wide", "one-lot", "bracket", "recipe", "ppo"),
    )


@pytest.mark.parametrize("name", strategy_names(baselines=True))
def test_shipped_strategies_are_what_the_registry_says(name: str) -> None:
    cls = strategy_class(name)
    assert cls.name == name
    assert cls.baseline is (name not in strategy_names())
    assert cls.idea
    assert len(cls.idea) < 80
    assert isinstance(make(name), cls)


@pytest.mark.parametrize("name", strategy_names())
def test_shipped_strategies_say_what_they_must(name: str) -> None:
    cls = strategy_class(name)
    for part in ("Idea:", "Formula", "Parameters:", "Fails:"):
        assert part in (cls.__doc__ or "")
    for parameter in params_of(cls):
        assert parameter.about, parameter.name
        assert parameter.unit or parameter.type is bool, parameter.name
        assert parameter.name in (cls.__doc__ or ""), parameter.name


def test_each_make_is_a_new_strategy() -> None:
    assert make("avellaneda-stoikov") is not make("avellaneda-stoikov")


def test_unknown_name_suggests_the_nearest() -> None:
    assert complaint("skw") == "there is no strategy 'skw'; did you mean 'skew'?"
    assert complaint("zzz") == f"there is no strategy 'zzz'; there are {', '.join(strategy_names(baselines=True))}"


def test_listing_names_imports_no_strategy() -> None:
    code = (
        "import sys; from mmtui.strategies.registry import strategy_names; strategy_names();"
        "print([m for m in sys.modules if m == 'numpy' or m == 'mmtui.strategies.baselines.skew'])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


# Parameters


def test_params_come_from_the_fields(maker: str) -> None:
    assert params_of(strategy_class(maker)) == (
        Param("width", float, 2.0, "ticks", "how wide", 0.5, MOST_PARAM),
        Param("lots", int, None, "lots", "how many", 1, MOST_PARAM),
        Param("brave", bool, False, "", "whether", -MOST_PARAM, MOST_PARAM),
        Param("label", str, "x", "", "what", -MOST_PARAM, MOST_PARAM),
    )


def test_text_is_read_as_the_parameter_s_type(maker: str) -> None:
    settings = parse_settings(["width=1.5", " lots = 3", "brave=yes", "label=a=b", "width=2.5"])
    assert settings == {"width": "2.5", "lots": "3", "brave": "yes", "label": "a=b"}
    assert describe(make(maker, settings)) == {"width": 2.5, "lots": 3, "brave": True, "label": "a=b"}


def test_auto_stands_for_a_default_that_fits_the_level(maker: str) -> None:
    assert describe(make(maker, {"lots": "auto"}))["lots"] is None
    assert describe(make(maker, {"lots": None}))["lots"] is None


def test_numbers_from_a_journal_are_taken_as_they_are(maker: str) -> None:
    made = describe(make(maker, {"width": 1, "lots": 1.0, "brave": True}))
    assert made == {"width": 1.0, "lots": 1, "brave": True, "label": "x"}
    assert isinstance(made["width"], float)
    assert isinstance(made["lots"], int)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("width", "wide", "width must be a number from 0.5 to 1e12, not 'wide'"),
        ("width", "nan", "width must be a number from 0.5 to 1e12, not 'nan'"),
        ("width", "inf", "width must be a number from 0.5 to 1e12, not 'inf'"),
        ("width", "auto", "width must be a number from 0.5 to 1e12, not 'auto'"),
        ("width", 0.4, "width must be a number from 0.5 to 1e12, not 0.4"),
        ("width", True, "width must be a number from 0.5 to 1e12, not True"),
        ("width", None, "width must be a number from 0.5 to 1e12, not None"),
        ("lots", "2.5", "lots must be a whole number from 1 to 1e12, or auto, not '2.5'"),
        ("lots", 2.5, "lots must be a whole number from 1 to 1e12, or auto, not 2.5"),
        ("lots", float("inf"), "lots must be a whole number from 1 to 1e12, or auto, not inf"),
        ("lots", 0, "lots must be a whole number from 1 to 1e12, or auto, not 0"),
        ("brave", "perhaps", "brave must be true or false, not 'perhaps'"),
        ("label", 3, "label must be text, not 3"),
    ],
)
def test_bad_value_says_what_it_must_be(maker: str, key: str, value: Any, expected: str) -> None:
    assert complaint(maker, **{key: value}) == f"strategy {maker}: {expected}"


def test_unknown_parameter_suggests_the_nearest() -> None:
    assert complaint("skew", halfspread="2") == (
        "strategy skew has no parameter 'halfspread'; did you mean 'half_spread'?"
    )
    assert complaint("skew", zzz="2").endswith("has no parameter 'zzz'; there are half_spread, skew, size")
    assert complaint("idle", size="2").endswith("has no parameter 'size'; there are none")


@pytest.mark.parametrize("setting", ["width", "=3", ""])
def test_setting_without_key_or_value_is_refused(setting: str) -> None:
    with pytest.raises(UnknownStrategyError, match="key=value"):
        parse_settings([setting])


def test_description_is_json_whatever_the_fields_hold() -> None:
    @dataclass
    class Odd(Strategy):
        name = "odd"
        idea = "holds what JSON cannot"
        fine: int = param(1, "", "")
        thing: Any = param(None, "", "")
        endless: float = param(float("inf"), "", "")

        def quote(self, view: MarketView) -> Quotes:
            return Quotes()

    assert json.dumps(describe(Odd(thing=object())), allow_nan=False) == '{"fine": 1}'


def test_description_of_a_shipped_strategy() -> None:
    assert describe(Skew(half_spread=2)) == {"half_spread": 2, "skew": None, "size": None}


# Files


def test_class_in_a_file_is_made_afresh_each_time(maker: str) -> None:
    first, second = make(maker, {"width": "4"}), make(maker)
    assert first.name == "mine"
    assert type(first) is not type(second)


def test_loading_leaves_nothing_beside_the_file(maker: str, tmp_path: Path) -> None:
    make(maker)
    assert [path.name for path in tmp_path.iterdir()] == ["my.py"]


def test_file_missing(tmp_path: Path) -> None:
    assert complaint(f"{tmp_path}/no.py:MyMaker") == f"there is no strategy file {tmp_path}/no.py"


@pytest.mark.parametrize("spec", ["my.py", "my.py:"])
def test_file_without_a_class_named(spec: str) -> None:
    assert complaint(spec) == f"{spec} names a strategy's file but no class: write my.py:ClassName"


def test_class_missing_suggests_those_of_the_file(maker: str) -> None:
    path = maker.rpartition(":")[0]
    assert complaint(f"{path}:MyMakr") == f"{path} has no class 'MyMakr'; did you mean 'MyMaker'?"
    assert complaint(f"{path}:Other") == f"{path} has no class 'Other'; there are MyMaker"


def test_file_that_raises_says_where(tmp_path: Path) -> None:
    spec = write(tmp_path, "import math\n\n\ndef load():\n    return math.sqrt(-1)\n\n\nload()\n")
    assert complaint(spec) == (
        f"strategy file {tmp_path}/my.py cannot be run: ValueError: math domain error (my.py, line 5)"
    )


def test_file_that_exits_says_where(tmp_path: Path) -> None:
    assert complaint(write(tmp_path, "\nraise SystemExit(3)")).endswith("SystemExit: 3 (my.py, line 2)")


def test_file_with_a_syntax_error_says_where(tmp_path: Path) -> None:
    message = complaint(write(tmp_path, "x = 1\ndef broken(:\n"))
    assert message.startswith(f"strategy file {tmp_path}/my.py cannot be run: SyntaxError: ")
    assert message.endswith("(my.py, line 2)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class MyMaker:\n    pass", "is not a strategy: it must be a class that extends Strategy (my.py, line 1)"),
        ("MyMaker = 3", "is not a strategy: it must be a class that extends Strategy"),
        (MAKER.replace("def quote", "def qoute"), "lacks the method quote (my.py, line 6)"),
        (MAKER.replace("@dataclass\n", ""), "must be a dataclass: write @dataclass above it (my.py, line 6)"),
        (MAKER.replace('idea = "a test"', ""), 'lacks the line idea = "..." (my.py, line 6)'),
        (MAKER.replace("width: float", "width: flot"), "cannot be read: name 'flot' is not defined"),
        (
            MAKER + "\n    def __post_init__(self):\n        raise ValueError('too brave')\n",
            "cannot be set up: ValueError: too brave (my.py, line 21)",
        ),
    ],
)
def test_class_that_is_no_strategy_says_what_is_missing(tmp_path: Path, text: str, expected: str) -> None:
    assert complaint(write(tmp_path, text)).endswith(expected)


def test_error_in_a_strategy_is_placed_in_its_own_file(tmp_path: Path) -> None:
    spec = write(tmp_path, MAKER.replace("view.mid - self.width / 2", "int('one')"))
    strategy = make(spec)
    with pytest.raises(ValueError, match="one") as raised:
        strategy.quote(SimpleNamespace(mid=1))
    assert where(raised.value, source_of(type(strategy))) == "my.py, line 18"
    assert where(raised.value, "/elsewhere.py") == ""
    assert where(raised.value, None) == ""


# Installed packages


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    monkeypatch.setattr(registry, "_installed", lambda: found)
    return found


def test_installed_strategy_is_made_by_name(installed: dict[str, Any]) -> None:
    installed["theirs"] = SimpleNamespace(load=lambda: Skew, value="theirs:Skew")
    assert strategy_names()[-1] == "theirs"
    assert make("theirs", {"size": "3"}) == Skew(size=3)


def test_installed_strategy_cannot_take_the_name_of_one_that_ships(installed: dict[str, Any]) -> None:
    installed["fixed"] = SimpleNamespace(load=lambda: Skew, value="theirs:Skew")
    assert strategy_names().count("fixed") == 1
    assert make("fixed").name == "fixed"


def test_installed_strategy_that_cannot_be_imported_is_told(installed: dict[str, Any]) -> None:
    def load() -> None:
        raise ImportError("no module named x")

    installed["theirs"] = SimpleNamespace(load=load, value="theirs:Skew")
    assert complaint("theirs") == (
        "strategy theirs is installed as theirs:Skew but cannot be imported: ImportError: no module named x"
    )
    installed["theirs"] = SimpleNamespace(load=lambda: 3, value="theirs:three")
    assert "theirs is not a strategy" in complaint("theirs")


def test_installed_strategies_are_found_through_the_entry_point_group(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    info = tmp_path / "theirs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[mmtui.strategies]\ntheirs = mmtui.strategies.baselines.skew:Skew\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "theirs" in strategy_names()
    assert isinstance(make("theirs"), Skew)

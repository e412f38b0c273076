"""Whatever a strategy does ends its own run, in one sentence, and no other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from importlib.metadata import EntryPoint
from pathlib import Path

import msgspec
import pytest

from mmtui.errors import UnknownStrategyError
from mmtui.lab.runs.batch import Batch, run_here
from mmtui.level.level import Level, load_level
from mmtui.strategies import registry, watchdog
from mmtui.strategies.registry import make
from mmtui.strategies.watchdog import limited
from tests.unit.cli.conftest import Mmtui

HEAD = """\
import sys, time
from dataclasses import dataclass
from mmtui.strategies.protocol import Quotes, Strategy

class NoText(Exception):
    def __str__(self): raise RuntimeError("no")
    __repr__ = __str__

class Base(BaseException): pass

"""
CLASS = """\
@dataclass
class Mine(Strategy):
    name = "mine"
    idea = "mine"
{more}
    def quote(self, view):
        {quote}
"""
#: What quote() does, and what is said of it.
DEEDS = [
    ("raise SystemExit(0)", "SystemExit: 0 (my.py, line 17)"),
    ("sys.exit()", "SystemExit (my.py, line 17)"),
    ("raise KeyboardInterrupt", "KeyboardInterrupt (my.py, line 17)"),
    ("raise GeneratorExit", "GeneratorExit (my.py, line 17)"),
    ("raise Base('mine')", "Base: mine (my.py, line 17)"),
    ("raise NoText", "NoText: its text raises RuntimeError (my.py, line 17)"),
    ("raise ValueError('a \\udc80')", "ValueError: a \\udc80 (my.py, line 17)"),
    ("raise MemoryError", "MemoryError (my.py, line 17)"),
    ("return self.quote(view)", "RecursionError: maximum recursion depth exceeded"),
    ("return NoText()", "quote() must return Quotes, not a NoText whose repr raises RuntimeError"),
    ("return Quotes(bid=NoText(), bid_size=1)", "bid must be a number, not a NoText whose repr raises RuntimeError"),
    ("return Quotes(bid=2**63, bid_size=1)", "bid must be a number from 0 to 2^53, not 9223372036854775808"),
    ("return Quotes(ask=10**400, ask_size=1)", "ask must be a number from 0 to 2^53, not 1000000"),
    ("return Quotes(2.0**63, 2.0**64, 1, 1, 1.0)", "bid must be a number from 0 to 2^53, not 9.223372036854776e+18"),
    ("return Quotes(1.0, 2.0**64, 1, 1, 1.0)", "ask must be a number from 0 to 2^53, not 1.8446744073709552e+19"),
    ("return Quotes(1.0, 2.0, 1, 2**60, 1.0)", "ask_size must be a number from 0 to 2^53, not 1152921504606846976"),
    ("return Quotes(ask_size=2**60)", "ask_size must be a number from 0 to 2^53, not 1152921504606846976"),
    ("return Quotes(reservation=1e300)", "reservation must be a number from -2^53 to 2^53, not 1e+300"),
    ("return Quotes(hedges={NoText(): 1})", "RuntimeError: no (my.py, line 6)"),
]


@pytest.fixture(scope="module")
def level() -> Level:
    return msgspec.structs.replace(load_level("first-quotes"), duration_s=2, events=())


def written(folder: Path, quote: str = "return Quotes()", more: str = "", head: str = "") -> str:
    path = folder / "my.py"
    path.write_text(head + HEAD + CLASS.format(quote=quote, more=more))
    return f"{path}:Mine"


@pytest.mark.parametrize(("quote", "said"), DEEDS)
def test_what_quote_does_ends_its_run_and_no_other(level: Level, tmp_path: Path, quote: str, said: str) -> None:
    spec = written(tmp_path, quote)
    mine, fixed = run_here(Batch([level], [(spec, {}), ("fixed", {})], [1]))
    assert mine.error is not None
    assert mine.error.startswith(f"strategy {spec} failed: {said}")
    assert "\n" not in mine.error
    assert mine.ended == "error"
    assert fixed.error is None
    json.loads(msgspec.json.encode([mine, fixed]))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("    def __post_init__(self): sys.exit(0)", "cannot be set up: SystemExit: 0"),
        ("    def __post_init__(self): raise Base", "cannot be set up: Base"),
        ("    def __post_init__(self): raise KeyboardInterrupt", "cannot be set up: KeyboardInterrupt"),
        ("    def __post_init__(self): raise NoText", "cannot be set up: NoText: its text raises RuntimeError"),
        ("    @property\n    def interval_s(self): raise Base", "cannot be set up: Base"),
        ("    interval_s = 1e308", ": interval_s must be a number of seconds above 0, at most 86,400, not 1e+308"),
        ("    interval_s = float('nan')", ": interval_s must be a number of seconds above 0, at most 86,400, not nan"),
        ("    interval_s = 0", ": interval_s must be a number of seconds above 0, at most 86,400, not 0"),
        ("    idea = 'a \\udc80'", 'lacks the line idea = "..."'),
        ("    x: 'sys.exit(0)' = 1", "the parameters of Mine cannot be read: 0"),
    ],
)
def test_one_that_cannot_be_set_up_is_refused_in_a_sentence(tmp_path: Path, more: str, said: str) -> None:
    spec = written(tmp_path, more=more)
    with pytest.raises(UnknownStrategyError) as caught:
        make(spec, {})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("raise SystemExit(0)\n", "SystemExit: 0 (my.py, line 1)"),
        ("raise BaseException('x')\n", "BaseException: x (my.py, line 1)"),
        ("raise ValueError('\\udc80')\n", "ValueError: \\udc80 (my.py, line 1)"),
        ("(\n", "SyntaxError: '(' was never closed (my.py, line 1)"),
    ],
)
def test_a_file_that_fails_is_refused_with_its_line(tmp_path: Path, head: str, said: str) -> None:
    spec = written(tmp_path, head=head)
    with pytest.raises(UnknownStrategyError) as caught:
        make(spec)
    assert str(caught.value) == f"strategy file {tmp_path / 'my.py'} cannot be run: {said}"


def test_a_file_that_never_ends_is_stopped(tmp_path: Path) -> None:
    ring = "from tests.unit.strategies.test_watchdog import ring_soon\nwhile True: ring_soon()\n"
    spec = written(tmp_path, head=ring)
    with pytest.raises(UnknownStrategyError, match=r"TimeoutError: running it took longer than 5 s \(my.py, line 2\)"):
        make(spec)


def test_one_whose_setup_fails_the_second_time_ends_that_run_only(level: Level, tmp_path: Path) -> None:
    once = "    def __post_init__(self):\n        from pathlib import Path\n"
    once += f"        Path({str(tmp_path / 'seen')!r}).mkdir()"
    spec = written(tmp_path, more=once)
    first, fixed, second, again = run_here(Batch([level], [(spec, {}), ("fixed", {})], [1, 2]))
    assert (first.error, fixed.error, again.error) == (None, None, None)
    assert second.error is not None
    assert "cannot be set up: FileExistsError" in second.error
    assert second.strategy == spec


def test_what_it_prints_is_no_part_of_the_results(mmtui: Mmtui, tmp_path: Path) -> None:
    spec = written(tmp_path, "print('quoting'); return Quotes()", head="print('importing')\n")
    ended = mmtui("run", "first-quotes", "-s", spec, "--seeds", "1", "--set", "duration_s=2", "--format", "json")
    assert len(json.loads(ended.out)) == 1
    assert "importing" in ended.err
    assert "quoting" in ended.err


@pytest.mark.slow
def test_its_whole_traceback_is_shown_when_asked_for(mmtui: Mmtui, tmp_path: Path) -> None:
    spec = written(tmp_path, "helper()", head="def helper(): return 1 / 0\n")
    command = ["run", "first-quotes", "-s", spec, "--seeds", "1:2", "--set", "duration_s=2"]
    plain = mmtui(*command)
    assert "Traceback" not in plain.err
    for more in ([], ["--jobs", "2"]):
        whole = mmtui(*command, *more, "--traceback")
        assert whole.code == 1
        assert whole.err.count("Traceback (most recent call last)") == 2
        assert "in helper\n    def helper(): return 1 / 0" in whole.err
    prices = tmp_path / "prices.csv"
    prices.write_text("timestamp,price\n1,100\n2,101\n3,102\n")
    assert "in helper\n" in mmtui("backtest", prices, "-s", spec, "--traceback").err
    setup = written(tmp_path, more="    def __post_init__(self): raise Base")
    assert "in __post_init__\n" in mmtui("run", "first-quotes", "-s", setup, "--traceback").err


def test_a_broken_plug_in_is_listed_with_its_reason_and_disables_nothing(
    mmtui: Mmtui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_plugin.py").write_text("raise SystemExit(0)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    entry = EntryPoint("broken", "broken_plugin:Mine", registry.ENTRY_POINTS)
    monkeypatch.setattr(registry, "_installed", lambda: {"broken": entry})
    listed = mmtui("strategies")
    assert listed.code == 0
    assert "strategy broken is installed as broken_plugin:Mine but cannot be imported: SystemExit: 0" in listed.out
    assert "avellaneda-stoikov" in listed.out
    assert mmtui("run", "first-quotes", "-s", "fixed", "--seeds", "1", "--set", "duration_s=2").code == 0
    from mmtui.debrief.ranking import ranking
    from mmtui.session.session import Session
    from mmtui.tui.engine import Engine

    cards = {card.name: card.idea for card in Engine().strategies()}
    assert "cannot be imported" in cards["broken"]
    short = msgspec.structs.replace(load_level("first-quotes"), duration_s=2, events=())
    session = Session(short, 1, "fixed")
    session.advance(session.end_ns)
    assert "fixed" in {rank.strategy for rank in ranking(short, 1, session.result()).ranks}


def test_on_another_thread_code_that_never_ends_is_stopped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "LIMIT_S", 0.05)
    found: list[BaseException] = []

    def endless() -> None:
        while True:
            pass

    def on_thread() -> None:
        try:
            limited(endless, "endless()")
        except TimeoutError as error:
            found.append(error)

    thread = threading.Thread(target=on_thread, daemon=True)
    thread.start()
    thread.join(60)
    assert [str(error) for error in found] == ["endless() took longer than 0.05 s"]


def test_ctrl_c_while_a_strategy_is_asked_is_ctrl_c(tmp_path: Path) -> None:
    spec = written(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGINT); time.sleep(600)")
    command = [sys.executable, "-m", "mmtui", "run", "first-quotes", "-s", spec, "--seeds", "1"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in ended.stderr
    assert os.sep in spec
    assert watchdog.PASSING

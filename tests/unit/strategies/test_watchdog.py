"""A strategy that takes too long is stopped, and told where it was; nobody else notices.

Strategies that never end ring the alarm themselves, on the line where they stay, so that no outcome depends on how fast
the machine is.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from mmtui.lab.runs.batch import simulate
from mmtui.level.level import load_level
from mmtui.strategies import watchdog
from mmtui.strategies.loading import in_one_line, source_of
from mmtui.strategies.protocol import MarketView, Quotes, Strategy
from mmtui.strategies.registry import make
from mmtui.strategies.watchdog import ask
from tests.unit.strategies.fake_view import market

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no alarm on this system")

FILE = """\
import time
from dataclasses import dataclass
from mmtui.strategies.protocol import Quotes, Strategy
from tests.unit.strategies.test_watchdog import ring_soon

@dataclass
class Slow(Strategy):
    name = "slow"
    idea = "slow"

    def quote(self, view):
        return helper({how!r})

def helper(how):
    if how == "sleeping":
        ring_soon(), time.sleep(600)
    while how == "for ever": ring_soon()
    while how == "catching":
        try: ring_soon(), time.sleep(600)
        except Exception: pass
    return Quotes(99, 101, 1, 1)
"""
#: A limit that no strategy here reaches by itself, in seconds.
LONG_S = 3600.0
NO_ALARM = (0.0, 0.0)


def ring_soon() -> None:
    """What a strategy that stays on a line does there: from now on the time is almost up."""
    if signal.getitimer(signal.ITIMER_REAL)[0] > 1.0:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)


@pytest.fixture(autouse=True)
def alarm(monkeypatch: pytest.MonkeyPatch) -> Iterator[watchdog._Alarm]:
    """No alarm is set, and the limit is long."""
    before = signal.getsignal(signal.SIGALRM)
    watchdog._ALARM.stop()
    monkeypatch.setattr(watchdog, "LIMIT_S", LONG_S)
    yield watchdog._ALARM
    watchdog._ALARM.stop()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def strategy(folder: Path, how: str) -> tuple[Strategy, str]:
    path = folder / "my.py"
    path.write_text(FILE.format(how=how))
    return make(f"{path}:Slow"), f"{path}:Slow"


@pytest.mark.parametrize(("how", "line"), [("sleeping", 16), ("for ever", 17), ("catching", 19)])
def test_one_that_never_answers_is_stopped_and_told_by_its_line(tmp_path: Path, how: str, line: int) -> None:
    slow, _ = strategy(tmp_path, how)
    with pytest.raises(TimeoutError) as caught:
        ask(slow, market())
    sentence = in_one_line(caught.value, source_of(type(slow)))
    assert sentence == f"TimeoutError: quote() took longer than 3600 s (my.py, line {line})"


@pytest.mark.parametrize("limit_s", [0.05, 1e-6])
def test_a_limit_is_reached_however_short_it_is(limit_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that is over before the question is put."""
    monkeypatch.setattr(watchdog, "LIMIT_S", limit_s)
    with pytest.raises(TimeoutError, match=rf"took longer than {limit_s:g} s"):
        ask(Waits(), market())
    assert signal.getitimer(signal.ITIMER_REAL) == NO_ALARM


def test_one_that_answers_is_left_alone_and_the_alarm_ends_when_nobody_asks(tmp_path: Path) -> None:
    good, _ = strategy(tmp_path, "good")
    for _ in range(3):
        assert ask(good, market()) == Quotes(99, 101, 1, 1)
        signal.raise_signal(signal.SIGALRM)
        assert signal.getitimer(signal.ITIMER_REAL) != NO_ALARM, "questions are still coming"
    signal.raise_signal(signal.SIGALRM)
    assert signal.getitimer(signal.ITIMER_REAL) == NO_ALARM
    assert ask(Looks(), market()).bid_size == 1, "it starts again with the next question"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_sets_its_own_alarm() -> None:
    assert ask(Looks(), market()).bid_size == 1
    child = os.fork()
    if child == 0:
        os._exit(ask(Looks(), market()).bid_size)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def test_after_one_was_stopped_the_next_is_asked_as_ever(tmp_path: Path) -> None:
    slow, _ = strategy(tmp_path, "for ever")
    for _ in range(2):
        with pytest.raises(TimeoutError):
            ask(slow, market())
        assert signal.getitimer(signal.ITIMER_REAL) == NO_ALARM
    good, _ = strategy(tmp_path, "good")
    assert ask(good, market()) == Quotes(99, 101, 1, 1)


class Waits(Strategy):
    name = "waits"
    idea = "waits"

    def quote(self, view: MarketView) -> Quotes:
        time.sleep(600)
        return Quotes()


class Fails(Strategy):
    name = "fails"
    idea = "fails"

    def quote(self, view: MarketView) -> Quotes:
        raise KeyError("mine")


def test_what_a_strategy_raises_by_itself_passes_through() -> None:
    with pytest.raises(KeyError, match="mine"):
        ask(Fails(), market())
    assert not watchdog._ALARM.asking


class Looks(Strategy):
    """Tells whether an alarm is set while it is asked."""

    name = "looks"
    idea = "looks"

    def quote(self, view: MarketView) -> Quotes:
        return Quotes(bid_size=int(signal.getitimer(signal.ITIMER_REAL)[0] > 0))


class Overlay(Strategy):
    """Asks another, and tells whether its own alarm still stands afterwards."""

    name = "overlay"
    idea = "overlay"

    def quote(self, view: MarketView) -> Quotes:
        inner = ask(Looks(), view)
        assert inner.bid_size
        return Quotes(bid_size=int(signal.getitimer(signal.ITIMER_REAL)[0] > 0))


def test_an_alarm_is_set_while_a_strategy_is_asked() -> None:
    assert ask(Looks(), market()).bid_size == 1


def test_a_strategy_asked_by_another_shares_its_limit() -> None:
    assert ask(Overlay(), market()).bid_size == 1


def test_in_another_thread_there_is_no_limit_and_no_harm() -> None:
    found: list[bool] = []

    class Asked(Strategy):
        name = idea = "asked"

        def quote(self, view: MarketView) -> Quotes:
            found.append(watchdog._ALARM.asking)
            return Quotes()

    asked = Asked()
    ask(asked, market())
    thread = threading.Thread(target=lambda: ask(asked, market()))
    thread.start()
    thread.join()
    assert found == [True, False]


def test_an_alarm_that_somebody_else_uses_is_theirs() -> None:
    def theirs(signum: int, frame: FrameType | None) -> None:
        pass

    signal.signal(signal.SIGALRM, theirs)
    signal.setitimer(signal.ITIMER_REAL, 600.0)
    ask(Looks(), market())
    assert signal.getsignal(signal.SIGALRM) == theirs
    assert signal.getitimer(signal.ITIMER_REAL)[0] > 500


def test_an_alarm_that_comes_late_does_nothing() -> None:
    ask(Looks(), market())
    signal.raise_signal(signal.SIGALRM)


def test_under_a_debugger_the_alarm_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    class Rings(Strategy):
        name = idea = "rings"

        def quote(self, view: MarketView) -> Quotes:
            for _ in range(2):
                signal.raise_signal(signal.SIGALRM)
            return Quotes()

    with pytest.raises(TimeoutError):
        ask(Rings(), market())
    monkeypatch.setattr(sys, "gettrace", object)
    assert ask(Rings(), market()) == Quotes()


def test_a_session_ends_with_the_line_of_a_strategy_that_never_answers(
    tmp_path: Path,
) -> None:
    _, spec = strategy(tmp_path, "sleeping")
    result = simulate(load_level("first-quotes"), spec, 1)
    assert result.ended == "error"
    assert result.error == f"strategy {spec} failed: TimeoutError: quote() took longer than 3600 s (my.py, line 16)"

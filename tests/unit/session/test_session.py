"""A session: how it starts and ends, what it tells, and what becomes of strategies that fail."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from mmtui.coach.watched import WatchedSession
from mmtui.errors import UnknownStrategyError
from mmtui.level.level import Level, load_level, parse_level
from mmtui.session.commands import AnyCommand, Flatten, HandOver, Quote, Ready, Take
from mmtui.session.score import PAR_POINTS
from mmtui.session.session import Session, par_of
from mmtui.session.watcher import Watcher
from mmtui.strategies.registry import strategy_class
from tests.unit.level.test_level import EVENTS
from tests.unit.session.support import BUY, SELL, STILL, S, short, still, strategy_file


def buy_and_sell_back(session: Session, lots: int) -> None:
    """Pay the spread and more."""
    session.submit(Take(BUY, lots, protection=10_000))
    session.submit(Flatten(protection=10_000))


def par_by_second(level: Level, seed: int) -> list[float | None]:
    """Par of a level at each whole second."""
    par = par_of(level, seed)
    par.advance(level.end_ns)
    return [par.at(second) for second in range(level.end_ns // S + 1)]


# Start and end


def test_a_session_starts_at_zero_with_a_warm_book() -> None:
    session = Session(load_level("first-quotes"), 3)
    view = WatchedSession(session).view()
    assert session.now_ns == view.now_ns == 0
    assert len(view.bids) > 3
    assert len(view.asks) > 3
    assert view.phase == "open"
    assert view.desk.total == 0
    assert session.over is None


def test_a_session_ends_with_the_level() -> None:
    session = Session(short("skew"), 1)
    session.advance(10**18)
    assert (session.over, session.now_ns) == ("time", 20 * S)
    assert session.result().ended == "time"
    assert len(session.pnl_by_second) == len(session.spread_by_second) == 21


class CommandsSeen(Watcher):
    """Writes down the commands that it is notified of."""

    def __init__(self, session: Session) -> None:
        self.seen: list[tuple[int, AnyCommand]] = []
        super().__init__(session)

    def on_command(self, now_ns: int, command: AnyCommand, seat: int) -> None:
        self.seen.append((now_ns, command))


def test_nothing_happens_after_the_end() -> None:
    session = Session(short("skew"), 1, "fixed")
    commands = CommandsSeen(session)
    session.advance(3 * S)
    session.submit(Flatten())
    session.advance(session.end_ns)
    before = session.result()
    session.advance(10**18)
    session.submit(Take(BUY, 1))
    session.leave()
    session.advance(10**18)
    assert session.result() == before
    assert commands.seen == [(3 * S, Flatten())]
    assert session.commands == [(0, HandOver("fixed")), (3 * S, Flatten())]


def test_leaving_ends_it_here() -> None:
    session = Session(short("skew"), 1, "fixed")
    session.advance(7 * S)
    running = session.result()
    session.leave()
    assert running.ended == "running"
    assert session.result().ended == "left"
    assert session.digest != running.digest


def test_the_rest_of_a_level_that_is_left_counts_as_absence_and_par_goes_on() -> None:
    level = short("skew")
    session = Session(level, 1, "fixed")
    session.advance(7 * S)
    running = session.result()
    session.leave()
    left = session.result()
    assert running.presence > 0.9
    assert left.presence == pytest.approx(running.presence * 7 / 20)
    assert left.par == par_by_second(level, 1)[20] != running.par
    assert left.par_volume > running.par_volume


def test_time_does_not_run_backwards() -> None:
    session = Session(short("skew"), 1)
    session.advance(3 * S)
    session.advance(2 * S)
    assert session.now_ns == 3 * S


def test_too_large_a_loss_ends_the_level() -> None:
    session = Session(still(max_loss=30.0), 1)
    watched = WatchedSession(session)
    session.advance(5 * S)
    buy_and_sell_back(session, 1)
    session.advance(10 * S)
    assert watched.view().ended is None
    buy_and_sell_back(session, 3)
    session.advance(60 * S)
    assert (session.over, session.now_ns) == ("loss", 11 * S)
    assert watched.view().ended == "loss"
    result = session.result()
    assert result.ended == "loss"
    assert result.pnl.total <= -30


def test_a_level_cut_short_by_a_loss_is_scored_as_if_nobody_quoted_the_rest() -> None:
    level = msgspec.structs.replace(still(max_loss=30.0), par="fixed")
    session = Session(level, 1)
    session.submit(Quote(BUY, 9_999, 1))
    session.submit(Quote(SELL, 10_001, 1))
    session.advance(30 * S)
    assert session.measures().presence == pytest.approx(29.98 / 30, rel=1e-3)
    buy_and_sell_back(session, 10)
    session.advance(60 * S)
    assert session.over == "loss"
    assert session.result().presence < 31 / 60
    assert session.measures().par == par_by_second(level, 1)[60]


def test_without_a_loss_limit_losses_end_nothing() -> None:
    session = Session(still(), 1)
    buy_and_sell_back(session, 20)
    session.advance(60 * S)
    assert session.over == "time"
    assert session.result().pnl.total < -30


# What it tells


def test_headlines_are_notices_at_their_time_and_said_once() -> None:
    watched = WatchedSession(Session(parse_level(STILL + EVENTS, ""), 1))

    def noticed() -> tuple[tuple[str, ...], int]:
        view = watched.view()
        return view.notices, view.noticed

    watched.advance(10 * S - 1)
    assert noticed() == ((), 0)
    watched.advance(10 * S)
    assert noticed() == (("News.",), 1)
    assert noticed() == (("News.",), 1)
    watched.advance(60 * S)
    assert noticed() == (("News.",), 1)


def test_par_is_what_the_par_strategy_makes_on_the_same_seed() -> None:
    level = short("skew")
    session = Session(level, 4, level.par)
    while session.over is None:
        session.advance(session.now_ns + S)
        assert session.measures().par == pytest.approx(session.pnl_by_second[-1])
    assert session.result().parts["pnl"] == pytest.approx(PAR_POINTS)
    assert par_by_second(level, 4) == session.pnl_by_second.tolist()
    assert len(session.pnl_by_second) == 21


def test_par_that_loses_its_level_stays_where_it_was() -> None:
    level = msgspec.structs.replace(short("volatility-spike", 180, max_loss=0.001), par="reckless")
    made = par_by_second(level, 1)
    assert len(made) == 181
    assert made[-1] is not None
    assert made[-1] < 0
    assert made[-2] == made[-1]


def test_result_names_who_quoted_at_the_end() -> None:
    session = Session(short("skew"), 1, "fixed", {"size": 3})
    assert (session.result().strategy, session.result().params) == ("fixed", {"half_spread": None, "size": 3})
    session.submit(Flatten())
    assert (session.result().strategy, session.result().params) == (None, {})


def test_drawdown_is_the_largest_fall_from_the_highest() -> None:
    session = Session(load_level("volatility-spike"), 2, "reckless")
    session.advance(session.end_ns)
    highest, fall = 0.0, 0.0
    for total in session.pnl_by_second:
        highest = max(highest, total)
        fall = max(fall, highest - total)
    # Fills between two samples may have seen a little more.
    assert fall <= session.result().drawdown < fall + 500
    assert fall > 500


@pytest.mark.parametrize("strategy", ["skw", "no.py:Mine"])
def test_a_strategy_that_is_not_there_is_bad_input(strategy: str) -> None:
    with pytest.raises(UnknownStrategyError):
        Session(short("skew"), 1, strategy)
    session = Session(short("skew"), 1)
    with pytest.raises(UnknownStrategyError):
        session.submit(HandOver(strategy))


def test_a_par_that_fails_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = strategy_class(strategy_file(tmp_path, "return 1 / 0"))
    entry = SimpleNamespace(value="mine:Mine", load=lambda: broken)
    monkeypatch.setattr("mmtui.strategies.registry._installed", lambda: {"broken": entry})
    level = msgspec.structs.replace(short("skew"), par="broken")
    # Also where the player lets it quote, who goes on when it has failed.
    for strategy in (None, "broken"):
        session = Session(level, 1, strategy)
        # However often it is asked for: the market without the strategy's quotes is nobody's par.
        for second in (1, 2):
            with pytest.raises(UnknownStrategyError, match=r"the par of level skew cannot be computed: .*line 14"):
                session.advance(second * S)
            assert session.score().pending
    assert Session(level, 1, "broken", ends_on_failure=True).result().ended == "error"


# Strategies that fail

FAILURES = [
    ("return 1 / 0", "ZeroDivisionError: division by zero (mine.py, line 14)"),
    (
        "return Quotes(bid=float('nan'), bid_size=1)",
        "bid must be a number from 0 to 2^53, not nan (mine.py, line 12)",
    ),
    ("return Quotes(bid='high', bid_size=1)", "bid must be a number, not 'high' (mine.py, line 12)"),
    ("return 'buy!'", "quote() must return Quotes, not 'buy!' (mine.py, line 12)"),
    ("return None", "quote() must return Quotes, not None (mine.py, line 12)"),
    (
        "return Quotes(reservation=float('inf'))",
        "reservation must be a number from -2^53 to 2^53, not inf (mine.py, line 12)",
    ),
    ("return Quotes(99, 101, 1.5, 1)", "bid_size must be a whole number of lots, not 1.5 (mine.py, line 12)"),
    ("raise SystemExit(3)", "SystemExit: 3 (mine.py, line 14)"),
    ("return view.markout(2)", "ValueError: 2 is not in list (mine.py, line 14)"),
    ("return self.quote(view)", "RecursionError: maximum recursion depth exceeded"),
]


@pytest.mark.parametrize(("body", "why"), FAILURES)
def test_a_strategy_that_fails_says_where_and_the_player_goes_on(tmp_path: Path, body: str, why: str) -> None:
    spec = strategy_file(tmp_path, body)
    session = Session(still(), 1, spec)
    watched = WatchedSession(session)
    view = watched.view()
    assert view.notices[0].startswith(f"strategy {spec} failed: {why}")
    assert (view.active, view.ready, view.ghosts, view.reservation) == (None, None, (), None)
    session.submit(Quote(BUY, 9_999, 1))
    session.advance(60 * S)
    result = session.result()
    assert result.ended == "time"
    assert result.error is not None
    assert result.error.startswith(f"strategy {spec} failed: {why}")
    assert "\n" not in result.error
    assert len(watched.view().orders) == 1


@pytest.mark.parametrize(("body", "why"), FAILURES)
def test_a_strategy_that_is_only_watching_fails_alike(tmp_path: Path, body: str, why: str) -> None:
    spec = strategy_file(tmp_path, body)
    session = Session(still(), 1)
    watched = WatchedSession(session)
    session.submit(Ready(spec))
    view = watched.view()
    assert view.notices[0].startswith(f"strategy {spec} failed: {why}")
    assert view.ready is None


def test_unattended_a_failure_ends_the_session_where_it_happened(tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(9_999, 10_001, 1, 1 // (5 - self.asked))")
    session = Session(still(), 1, spec, ends_on_failure=True)
    session.advance(60 * S)
    assert session.over == "error"
    assert session.now_ns == 2 * S
    result = session.result()
    assert result.ended == "error"
    assert result.strategy == spec
    assert (
        result.error
        == f"strategy {spec} failed: ZeroDivisionError: integer division or modulo by zero (mine.py, line 14)"
    )


def test_a_session_can_be_looked_at_from_any_moment_on() -> None:
    attended, unattended = Session(short("skew"), 1, "skew"), Session(short("skew"), 1, "skew", ends_on_failure=True)
    from_the_start = WatchedSession(attended)
    for session in (attended, unattended):
        session.advance(10 * S)
    later = WatchedSession(unattended)
    expected, seen = from_the_start.view(), later.view()
    assert (seen.volume, seen.high, seen.low) == ({}, None, None)
    assert (seen.bids, seen.tape, seen.orders, seen.desk) == (
        expected.bids,
        expected.tape,
        expected.orders,
        expected.desk,
    )
    for session in (attended, unattended):
        session.advance(20 * S)
    assert later.view().volume
    assert unattended.digest == attended.digest


def test_a_failed_strategy_leaves_its_orders_to_the_player(tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(9_999, 10_001, 1, 1 // (5 - self.asked))")
    session = Session(still(), 1, spec)
    watched = WatchedSession(session)
    session.advance(30 * S)
    assert [(order.side, order.price) for order in watched.view().orders] == [(BUY, 9_999), (SELL, 10_001)]


def test_a_failed_strategy_can_be_handed_the_quotes_again_from_anew(tmp_path: Path) -> None:
    spec = strategy_file(tmp_path, "return Quotes(9_999, 10_001, 1, 1 // (5 - self.asked))")
    session = Session(still(), 1, spec)
    watched = WatchedSession(session)
    session.advance(30 * S)
    session.submit(HandOver(spec))
    assert watched.view().active == spec
    session.advance(31 * S)
    assert session.maker.auto


def test_an_interval_that_is_no_number_of_seconds_is_bad_input(tmp_path: Path) -> None:
    for interval in ("'often'", "0", "-1.0", "float('nan')", "float('inf')"):
        spec = strategy_file(tmp_path, "return Quotes()", more=f"    interval_s = {interval}\n")
        with pytest.raises(UnknownStrategyError, match="must be a number of seconds above 0, at most 86,400, not"):
            Session(still(), 1, spec)

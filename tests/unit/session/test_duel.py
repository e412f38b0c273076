"""A duel: two makers in one book, both scored, and nothing else different."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from mmtui.book import Trade
from mmtui.coach.watched import WatchedSession
from mmtui.errors import LevelError
from mmtui.level.level import Level, OpponentSpec, level_from_json, load_level
from mmtui.market.core.exchange import FIRST_BACKGROUND, PARTICIPANTS
from mmtui.session.audit import Audit
from mmtui.session.commands import Take
from mmtui.session.journal import read_journal
from mmtui.session.journal_file import JournalWriter
from mmtui.session.score import score
from mmtui.session.session import Session
from mmtui.session.watcher import Watcher
from mmtui.strategies.baselines.touch import Touch
from mmtui.strategies.protocol import MarketView, Quotes
from tests.inside import book_of
from tests.unit.session.support import BUY, MS, S, short, still, strategy_file


def duel(level: Level, strategy: str, **params: Any) -> Level:
    return msgspec.structs.replace(level, opponent=OpponentSpec(strategy=strategy, params=params))


def played(level: Level, seed: int = 3, strategy: str | None = "skew") -> Session:
    session = Session(level, seed, strategy, ends_on_failure=True)
    session.advance(session.end_ns)
    return session


def test_both_make_the_market_and_both_are_scored() -> None:
    session = played(duel(short("skew", 120), "avellaneda-stoikov"))
    opposition = session.result().opponent
    assert opposition is not None
    assert session.opponent is not None
    assert opposition.strategy == "avellaneda-stoikov"
    assert opposition.fills > 5
    assert len(session.maker.desk.fills) > 5
    assert 0 < opposition.score < 100
    measures = session.measures(session.opponent)
    assert measures.pnl == opposition.pnl == session.opponent.desk.total(session.market.exchange.mid)
    assert measures.par == session.measures().par
    assert score(session.level, measures).total == opposition.score


def test_the_same_strategy_on_both_sides_is_scored_by_the_same_rule() -> None:
    """Neither is favoured: over some seeds each is ahead on some."""
    ahead = []
    for seed in range(1, 9):
        result = played(duel(short("skew", 60), "skew"), seed).result()
        assert result.opponent is not None
        ahead.append(result.score - result.opponent.score)
    assert min(ahead) < 0 < max(ahead)


def test_a_duel_is_the_same_however_it_is_played_and_another_than_without() -> None:
    level = duel(short("skew", 60), "avellaneda-stoikov")
    whole, steps = played(level), Session(level, 3, "skew")
    watched = WatchedSession(steps)
    for now_ns in range(0, steps.end_ns + 1, 300 * MS):
        steps.advance(now_ns)
        watched.view()
    steps.advance(steps.end_ns)
    assert whole.digest == steps.digest
    assert whole.digest != played(short("skew", 60)).digest
    assert whole.result() == steps.result()


def test_an_idle_opponent_changes_nothing_but_what_is_told_of_it() -> None:
    alone, beside = played(short("skew", 60)), played(duel(short("skew", 60), "idle"))
    assert alone.maker.desk.fills == beside.maker.desk.fills
    assert alone.mid_by_second == beside.mid_by_second
    assert beside.result().opponent is not None
    assert alone.result().opponent is None


def test_par_is_played_against_the_same_opponent() -> None:
    level = duel(short("skew", 60), "reckless")
    assert level.par == "skew"
    par = played(level, strategy="skew")
    assert par.measures().par == par.maker.desk.total(par.market.exchange.mid)
    assert par.measures().par != played(short("skew", 60)).measures().par


@pytest.mark.parametrize("opponent", ["touch", "reckless"])
def test_all_books_add_up_with_two_makers(opponent: str) -> None:
    session = Session(duel(short("skew", 40), opponent), 5, "touch", ends_on_failure=True)
    audit = Audit(session)
    session.advance(session.end_ns)
    assert audit.events > 500
    assert audit.lots[0]
    assert audit.lots[1]


class Tape(Watcher):
    """Writes down the trades from here on."""

    def __init__(self, session: Session) -> None:
        self.trades: list[Trade] = []
        super().__init__(session)

    def on_trade(self, now_ns: int, trade: Trade) -> None:
        self.trades.append(trade)


def test_the_makers_trade_with_each_other() -> None:
    session = Session(duel(still(), "touch", size=2), 1)
    session.advance(2 * S)
    tape = Tape(session)
    session.submit(Take(BUY, 3))
    session.advance(2 * S + 100 * MS)
    assert session.opponent is not None
    between = [
        trade.quantity
        for trade in tape.trades
        if (trade.maker_id % PARTICIPANTS, trade.taker_id % PARTICIPANTS) == (1, 0)
    ]
    assert sum(between) == 2
    assert session.opponent.desk.position == -2
    assert session.maker.desk.position == sum(trade.quantity for trade in tape.trades) == 3


def test_its_orders_look_like_anybody_s() -> None:
    session = Session(duel(still(), "touch"), 1)
    watched = WatchedSession(session)
    session.advance(2 * S)
    snapshot = watched.view()
    assert len(session.market.exchange.maker_orders) == 2
    assert snapshot.orders == ()
    assert sum(snapshot.bids.values()) > sum(
        left
        for level in book_of(session.market.exchange).bids.values()
        for order_id, left in level.queue.items()
        if order_id % PARTICIPANTS >= FIRST_BACKGROUND
    )


def test_the_screen_is_told_how_it_does() -> None:
    session = Session(duel(short("skew", 60), "skew"), 3)
    watched = WatchedSession(session)
    session.advance(30 * S)
    opposition = watched.view().opponent
    assert opposition == session.opposition()
    assert opposition is not None
    assert opposition.strategy == "skew"


def test_an_opponent_that_fails_is_out_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    quote = Touch.quote

    def fail(touch: Touch, view: MarketView) -> Quotes:
        return quote(touch, view) if view.now_ns <= 2 * S else 1 / 0  # type: ignore[return-value]

    monkeypatch.setattr(Touch, "quote", fail)
    session = Session(duel(still(), "touch"), 1, "fixed", ends_on_failure=True)
    session.advance(2 * S)
    assert session.opponent is not None
    assert len(session.opponent.gateway.orders) == 2
    session.advance(session.end_ns)
    assert session.over == "time"
    assert session.opponent.gateway.orders == {}
    opposition = session.result().opponent
    assert opposition is not None
    assert "ZeroDivisionError" in str(opposition.error)
    assert session.result().error is None


def test_an_opponent_that_loses_too_much_is_out() -> None:
    session = Session(duel(short("skew", 60, max_loss=1.0), "reckless"), 5)
    session.advance(session.end_ns)
    assert session.opponent is not None
    assert not session.opponent.auto
    assert session.opponent.gateway.orders == {}


def test_its_parameters_are_those_of_the_level() -> None:
    session = Session(duel(still(), "fixed", half_spread=7, size="3"), 1)
    assert session.opponent is not None
    assert (session.opponent.params["half_spread"], session.opponent.params["size"]) == (7.0, 3)


def test_an_opponent_that_is_not_there_is_told_and_none_is_code(tmp_path: Path) -> None:
    with pytest.raises(LevelError, match=r"opponent\.strategy: there is no strategy 'skw'; did you mean 'skew'"):
        load_level("skew", {"opponent.strategy": "skw"})
    with pytest.raises(LevelError, match=r"opponent\.strategy: expected text that matches"):
        load_level("skew", {"opponent.strategy": strategy_file(tmp_path, "1")})


def test_a_journal_holds_the_duel(tmp_path: Path) -> None:
    level = load_level("skew", {"opponent.strategy": "avellaneda-stoikov", "duration_s": "30"})
    assert level_from_json(msgspec.json.encode(level), "journal") == level
    session = Session(level, 3, "skew")
    writer = JournalWriter(tmp_path / "a.jsonl", session)
    session.advance(session.end_ns)
    writer.close()
    again = read_journal(tmp_path / "a.jsonl").script.played()
    assert again.digest == session.digest
    assert again.result() == session.result()

"""Hedging in a session: commands, the desk's books, what is shown, and what stays as it was."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mmtui.coach.watched import WatchedSession
from mmtui.errors import InputError, LevelError
from mmtui.level.level import level_faults, level_from_json, parse_level
from mmtui.market.hedges.instruments import HedgeSpec
from mmtui.session.commands import Flatten, HandOver, Hedge, HedgeAll, Quote, Take
from mmtui.session.journal import read_journal
from mmtui.session.journal_file import JournalWriter
from mmtui.session.session import Session
from tests.unit.session.hedge_levels import KINDS, level, text
from tests.unit.session.support import BUY, SELL, S, Stand, strategy_file

HEDGES: tuple[HedgeSpec, ...] = level("all").hedges


def held(stand: Stand, name: str) -> int:
    return stand.maker.hedging.gateway.positions[name]


# Commands


def test_a_hedge_trades_whole_at_the_quote_once_it_has_arrived() -> None:
    stand = Stand(HEDGES)
    stand.do(Hedge("IDX", SELL, 7), arrive=False)
    stand.wait(19.9)
    assert held(stand, "IDX") == 0
    stand.wait(0.1)
    assert held(stand, "IDX") == -7
    quote = stand.maker.view.hedges["IDX"]
    assert quote.position == -7
    # Sold at the bid: half the spread, and the fee.
    half = (quote.ask - quote.bid) / 2 * 0.25 * 5
    assert quote.cost == pytest.approx(7 * (half + 0.2))
    money = stand.maker.desk.attribution(stand.market.exchange.mid)
    assert (money.hedge, money.fees) == pytest.approx((-7 * half, 7 * 0.2))
    assert money.total == pytest.approx(money.hedge - money.fees)


def test_a_hedge_beyond_the_limit_is_refused_whole_and_said_so() -> None:
    stand = Stand(HEDGES)
    stand.do(Hedge("IDX", BUY, 99), Hedge("IDX", BUY, 2))
    assert held(stand, "IDX") == 99
    assert stand.maker.notices == ["buy 2 IDX rejected: position limit 100: this order would make it 101"]


def test_hedge_all_takes_its_number_from_beta_carry_or_delta() -> None:
    stand = Stand(HEDGES, position=20)
    quotes = stand.maker.view.hedges
    stand.do(*(HedgeAll(name) for name in quotes))
    # 20 lots of 10,000 against contracts of about 25,000 at a beta of 1.2; the index, one for one; a put's delta.
    assert held(stand, "IDX") == -round(20 * 1.2 * 10_000 / 25_051) == -10
    assert held(stand, "SPOT") == -20
    delta = quotes["P100"].delta
    assert delta is not None
    assert held(stand, "P100") == round(20 / -delta) > 30
    assert held(stand, "C100") == 0
    assert stand.maker.notices == ["C100 does not hedge a position of +20 lots"]


def test_a_call_hedges_what_is_short() -> None:
    stand = Stand(HEDGES, position=-20)
    stand.do(HedgeAll("C100"), HedgeAll("P100"))
    assert held(stand, "C100") > 30
    assert held(stand, "P100") == 0


def test_hedging_all_twice_is_hedging_once_and_flat_it_closes() -> None:
    stand = Stand(HEDGES, position=20)
    stand.do(HedgeAll("SPOT"), HedgeAll("SPOT"))
    assert held(stand, "SPOT") == -20
    stand.do(Flatten(30), arrive=False)
    stand.wait()
    stand.do(Flatten(30))
    assert stand.maker.gateway.position == 0
    stand.do(HedgeAll("SPOT"))
    assert held(stand, "SPOT") == 0
    assert stand.maker.notices == []


@pytest.mark.parametrize("command", [Hedge("XYZ", BUY, 1), HedgeAll("XYZ")])
def test_a_hedge_instrument_that_is_not_there_is_refused(command: Hedge | HedgeAll) -> None:
    stand = Stand(HEDGES[:1])
    with pytest.raises(InputError, match="there is no hedge instrument 'XYZ'; there are IDX"):
        stand.maker.submit(command)
    with pytest.raises(InputError, match="this level has none"):
        Stand().maker.submit(command)


def test_a_hedge_leaves_the_quotes_with_a_strategy_that_does_not_hedge_there() -> None:
    stand = Stand(HEDGES, position=10)
    stand.do(HandOver("skew"), Hedge("IDX", SELL, 3))
    assert stand.maker.auto
    stand.do(HandOver("hedged", {"instrument": "SPOT"}), Hedge("IDX", SELL, 3))
    assert stand.maker.auto
    stand.do(Hedge("SPOT", SELL, 3))
    assert not stand.maker.auto


# A strategy's hedges


def test_a_strategys_hedges_are_carried_out_once(tmp_path: Path) -> None:
    stand = Stand(HEDGES)
    stand.do(HandOver(strategy_file(tmp_path, "return Quotes(hedges={'IDX': -5, 'P100': 3})")))
    assert (held(stand, "IDX"), held(stand, "P100"), held(stand, "SPOT")) == (-5, 3, 0)
    stand.wait(2_000)
    assert held(stand, "IDX") == -5
    assert stand.maker.desk.hedges.legs["IDX"].volume == 5


def test_a_strategy_that_only_watches_does_not_hedge(tmp_path: Path) -> None:
    stand = Stand(HEDGES)
    stand.do(HandOver(strategy_file(tmp_path, "return Quotes(hedges={'IDX': -5})")), Quote(BUY, 9_995, 1))
    stand.wait(1_000)
    stand.maker.submit(HandOver("idle"))
    stand.wait(1_000)
    assert held(stand, "IDX") == -5


@pytest.mark.parametrize(
    ("hedges", "why"),
    [
        ("{'XYZ': 1}", "there is no hedge instrument 'XYZ'; there are IDX, SPOT, P100, C100"),
        ("{'IDX': 1.5}", r"hedges\['IDX'\] must be a whole number of contracts, not 1.5"),
        ("{'IDX': True}", r"hedges\['IDX'\] must be a whole number of contracts, not True"),
        ("['IDX']", r"hedges must map instruments to contracts, not be \['IDX'\]"),
    ],
)
def test_nonsense_is_told_with_its_place(tmp_path: Path, hedges: str, why: str) -> None:
    session = Session(level("all"), 1, strategy_file(tmp_path, f"return Quotes(hedges={hedges})"), ends_on_failure=True)
    session.advance(session.end_ns)
    assert session.over == "error"
    with pytest.raises(AssertionError, match=why):
        raise AssertionError(session.maker.error)
    assert "mine.py, line" in (session.maker.error or "")


def test_what_fails_in_the_base_is_told_with_its_own_place(tmp_path: Path) -> None:
    base = strategy_file(tmp_path, "return Quotes(bid=1 / 0)")
    session = Session(level("future"), 1, "hedged", {"base": base}, ends_on_failure=True)
    assert session.over == "error"
    assert f"its base {base} failed: ZeroDivisionError: division by zero (mine.py, line 14)" in (
        session.maker.error or ""
    )


# Sessions


def played(kind: str, journal: Path | None = None) -> Session:
    found = level(kind, 20, position=20)
    session = Session(found, 3)
    writer = None if journal is None else JournalWriter(journal, session)
    (name,) = (spec.name for spec in found.hedges)
    for at_ns, command in [
        (1, HedgeAll(name)),
        (3 * S, Take(SELL, 7)),
        (4 * S, Hedge(name, BUY, 2)),
        (5 * S, Hedge(name, SELL, 10**9)),
        (9 * S, HandOver("hedged", {"band": 1})),
    ]:
        session.advance(at_ns)
        session.submit(command)  # type: ignore[arg-type]
    session.advance(session.end_ns)
    if writer is not None:
        writer.close()
    return session


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_with_hedges_is_replayed_to_the_byte(kind: str, tmp_path: Path) -> None:
    session = played(kind, tmp_path / "a.jsonl")
    replayed = read_journal(tmp_path / "a.jsonl").script.played()
    assert replayed.digest == session.digest
    assert replayed.result() == session.result()
    assert session.result().pnl.hedge != 0


@pytest.mark.parametrize("kind", KINDS)
def test_who_does_not_hedge_plays_the_level_without_hedges(kind: str) -> None:
    def digest(found: str) -> str:
        session = Session(level(found, 20), 3, "skew")
        session.advance(session.end_ns)
        return session.digest

    assert digest(kind) == digest("none")


def test_hedge_fills_and_refusals_are_in_the_digest() -> None:
    def digest(size: int) -> str:
        session = Session(level("put", 5), 3)
        session.submit(Hedge("P100", BUY, size))
        session.advance(1 * S)
        return session.digest

    assert len({digest(1), digest(2), digest(201), digest(202)}) == 4


def test_the_snapshot_shows_the_instruments() -> None:
    watched = WatchedSession(Session(level("all", 20, position=20), 3))
    watched.submit(HedgeAll("IDX"))
    before, *_ = watched.view().hedges
    assert (before.position, before.coming, before.perfect) == (0, -10, -10)
    watched.advance(5 * S)
    shown = watched.view()
    future, index, put, call = shown.hedges
    assert [hedge.kind for hedge in shown.hedges] == ["future", "index", "put", "call"]
    assert (future.name, future.position, future.coming, future.beta, future.limit) == ("IDX", -10, 0, 1.2, 100)
    assert future.cost > 0
    assert future.pnl == shown.desk.hedge != 0
    assert (put.delta or 0) < 0 < (call.delta or 0)
    assert index.bid < index.ask
    assert WatchedSession(Session(level("none"), 3)).view().hedges == ()


# Level files


def test_a_level_holds_its_hedges_through_a_journal() -> None:
    found = level("all")
    assert [spec.name for spec in found.hedges] == ["IDX", "SPOT", "P100", "C100"]
    assert level_from_json(msgspec.json.encode(found), "journal") == found
    assert found.digest != level("none").digest


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("beta = 1.2", "betta = 1.2", "hedges[0].betta: unknown key; did you mean beta?"),
        ("beta = 1.2", "", "hedges[0].beta: this key is missing"),
        ("beta = 1.2", "beta = -1", "hedges[0].beta: expected a number above 0, not -1"),
        ("correlation = 0.9", "correlation = 1.1", "hedges[0].correlation: expected a number of at most 1, not 1.1"),
        ('kind = "future"', 'kind = "swap"', "hedges[0].kind: expected one of future, index, put, call, not 'swap'"),
        (
            'kind = "future"',
            "",
            "hedges[0].kind: this key is missing; expected one of future, index, put, call",
        ),
        ('kind = "future"', "kind = [1]", "hedges[0].kind: expected one of future, index, put, call, not [1]"),
        ('name = "SPOT"', 'name = "IDX"', "hedges[1].name: expected a name of its own, not 'IDX' again"),
        ("strike = 100.0", "strike = nan", "hedges[2].strike: expected a finite number, not nan"),
    ],
)
def test_faults_of_hedges_are_told_by_their_key_path(old: str, new: str, fault: str) -> None:
    assert level_faults(text("all").replace(old, new, 1), "a.toml")[0] == f"a.toml: {fault}"


def test_events_cannot_change_hedges() -> None:
    changed = text("future").replace("[[hedges]]", "[[events]]\nat_s = 3\nhedges = []\n[[hedges]]")
    with pytest.raises(LevelError, match=r"events\[0\].hedges: unknown key"):
        parse_level(changed, "a.toml")

"""The room without sockets: seats, bots, scores from joining, journals."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mmtui.book import Side
from mmtui.errors import InputError, JournalError
from mmtui.market.book_market import BookMarket
from mmtui.report.room import room_text
from mmtui.room.core.commitment import Secret
from mmtui.room.core.instructions import (
    HaltTrading,
    InstitutionOrder,
    Jump,
    Message,
    NextEvent,
    SetLimits,
    SetMarket,
    Spike,
)
from mmtui.room.core.par import room_par
from mmtui.room.core.public import market_of
from mmtui.room.core.resume import played_again, resumed
from mmtui.room.core.room import Room
from mmtui.room.core.slots import SLOT_NS, Slots
from mmtui.room.core.spec import MOST_SEATS, RoomSpec, seat_name
from mmtui.session.commands import Cancel, HandOver, Join, Quote, Ready, Take
from mmtui.session.journal import read_journal
from mmtui.session.session import Session
from tests.unit.room.rooms import S, opened, play, quiet, short

THREE = RoomSpec(seats=3, bots=("skew", "fixed"))


def test_bots_quote_for_every_seat_until_somebody_takes_it() -> None:
    room = opened(THREE)
    session = room.sessions[0]
    assert [maker.strategy_name for maker in session.makers] == ["skew", "fixed", "skew"]
    room.advance(2 * S)
    assert all(maker.gateway.bid_lots for maker in session.makers)
    seat = room.join("key-a", "frog")
    room.advance(3 * S)
    assert (seat.number, seat.name) == (0, "frog")
    assert not session.makers[0].auto
    assert not session.makers[0].gateway.orders
    assert session.makers[1].auto


def test_a_room_of_the_most_seats_can_be_opened() -> None:
    room = Room(short(duration_s=1), 7, RoomSpec(seats=MOST_SEATS, bots=("idle",)))
    room.open()
    room.fix_par()
    assert len(room.seats) == 200


def test_a_bot_quotes_while_a_player_is_gone_and_the_same_person_gets_the_same_seat_back() -> None:
    room = opened(THREE)
    first, second = room.join("a"), room.join("b")
    room.advance(2 * S)
    room.leave(second.number)
    assert room.sessions[0].makers[1].auto
    room.advance(4 * S)
    assert room.join("c").number == 2
    assert room.join("b") is second
    assert not room.sessions[0].makers[1].auto
    assert room.join("a") is first
    with pytest.raises(InputError, match="all 3 seats are taken"):
        room.join("d")


def test_where_no_seat_is_free_a_newcomer_has_that_of_who_is_away_and_its_record_stays(tmp_path: Path) -> None:
    file = tmp_path / "room.jsonl"
    room = opened(RoomSpec(seats=2), file)
    room.join("a", "frog")
    room.join("b", "newt")
    play(room, 1, 6, (0, 1))
    room.mute(0, on=True)
    room.leave(0)
    room.advance(7 * S)
    frog = room.result(0)
    seat = room.join("c", "frog", away=[0])
    assert (seat.number, seat.name, seat.muted) == (0, "frog.2", False)
    assert [former[:4] for former in room.formers] == [("frog", 0, 7 * S, frog.score)]
    assert room.formers[0].pnl == frog.pnl.total != 0.0
    assert room.view(0).measures.pnl == 0.0
    # Whoever was away has another seat, or none; whoever is there keeps his.
    for away in ([], [1]):
        room.seats[1].connected = not away
        if away:
            assert room.join("a", "frog", away).number == 1
        else:
            with pytest.raises(InputError, match="all 2 seats are taken"):
                room.join("a", "frog", away)
    play(room, 8, 20, (0,))
    room.advance(room.end_ns)
    room.close()
    again, journal = played_again(file)
    assert journal.end is not None
    assert again.digest == journal.end.digest
    assert again.formers == room.formers
    assert [again.result(number) for number in (0, 1)] == [room.result(number) for number in (0, 1)]
    assert "WHO WAS THERE BEFORE" in "\n".join(room_text(again))


def test_the_seat_of_one_who_was_put_out_is_a_newcomer_s() -> None:
    room = opened(RoomSpec(seats=1))
    room.join("a")
    room.advance(S)
    room.kick(0)
    with pytest.raises(InputError, match="has put you out"):
        room.join("a")
    assert room.join("b").number == 0
    assert room.join("b").name == "ant-1.2"


def test_a_market_for_each_is_nobody_else_s_once_it_has_begun() -> None:
    room = opened(RoomSpec(seats=1, own_market=True))
    room.join("a", "frog")
    room.leave(0)
    assert room.join("b", "newt", away=[0]).name == "newt"
    room.advance(S)
    room.leave(0)
    with pytest.raises(InputError, match="all 1 seats are taken"):
        room.join("a", "frog", away=[0])
    assert not room.formers
    assert room.join("b").number == 0


def test_a_player_has_no_strategy_of_the_bot_s_and_the_bot_that_comes_for_him_begins_anew(tmp_path: Path) -> None:
    room = opened(RoomSpec(seats=2, bots=("glft",)), tmp_path / "room.jsonl", level=short(duration_s=60))
    maker = room.sessions[0].makers[0]
    bots = [maker.strategy]
    room.advance(20 * S)
    for time in (22, 42):
        room.join("a")
        room.advance(time * S)
        assert maker.strategy is None
        assert room.view(0).ready is None
        assert maker.ghosts() == ((None, None), None)
        room.leave(0)
        bots.append(maker.strategy)
        room.advance((time + 18) * S)
    assert len(set(map(id, bots))) == 3
    room.advance(room.end_ns)
    room.close()
    assert played_again(tmp_path / "room.jsonl")[0].digest == room.digest


def test_orders_are_withdrawn_when_a_player_is_gone_if_the_room_says_so() -> None:
    room = opened(RoomSpec(seats=2, drop="cancel"))
    room.join("a")
    play(room, 1, 3)
    room.advance(3 * S)
    maker = room.sessions[0].makers[0]
    assert maker.gateway.orders
    room.leave(0)
    room.advance(4 * S)
    assert not maker.gateway.orders
    assert not maker.auto


def test_what_was_on_its_way_when_a_player_was_cut_off_does_not_arrive() -> None:
    room = opened(RoomSpec(seats=2, drop="cancel"))
    room.join("a")
    room.advance(S)
    room.submit(0, Quote(Side.BUY, room.view(0).best_bid or 1, 1))
    room.leave(0)
    room.advance(3 * S)
    assert not room.sessions[0].makers[0].gateway.orders


def test_the_score_counts_from_joining_and_what_came_before_is_the_bot_s() -> None:
    room = opened(THREE)
    room.advance(10 * S)
    session = room.sessions[0]
    before, par = session.makers[0].total, session.par.at(10)
    volume = session.makers[0].desk.volume
    assert before
    assert volume
    room.join("a")
    whole, now = session.makers[0].desk, room.view(0).measures
    assert (now.pnl, now.par, now.volumes, now.presence) == (0.0, 0.0, (0, 0, 0), 0.0)
    play(room, 10, 16)
    room.advance(16 * S)
    now = room.view(0).measures
    assert now.pnl == session.makers[0].total - before
    assert par is not None
    assert now.par == (session.par.at(16) or 0.0) - par
    assert sum(now.volumes) == whole.volume - volume
    assert 0.5 < now.presence <= 1.0
    area = whole.mean_net(16 * S) * 16 - now.mean_net * 6
    assert 0 < area <= 10 * room.level.maker.position_limit


def test_par_is_the_par_strategy_in_a_seat_more_beside_the_same_bots_whoever_joins() -> None:
    level = short()
    alone = Session(level, 7, level.par, seats=4)
    for number in range(3):
        alone.submit(HandOver(THREE.bot(number)), number + 1)
    alone.advance(level.end_ns)
    room = opened(THREE)
    room.join("a")
    play(room, 0, 20)
    room.advance(room.end_ns)
    assert room.sessions[0].par.at(20) == alone.maker.total
    assert room_par(level, 7, RoomSpec(seats=1)).at(0) == 0.0


def test_the_largest_room_has_a_par() -> None:
    room = Room(short(duration_s=1), 7, RoomSpec(seats=200, bots=("idle",)))
    room.fix_par()
    with pytest.raises(msgspec.ValidationError, match="200"):
        msgspec.convert({"seats": 201}, RoomSpec)


def test_the_journal_plays_the_room_again_to_the_byte(tmp_path: Path) -> None:
    file = tmp_path / "room.jsonl"
    room = opened(THREE, file)
    room.join("a", "frog")
    play(room, 1, 4)
    room.join("b", "newt")
    room.instruct(Spike(side=Side.BUY, lots=40))
    room.instruct(SetLimits(seat=1, position=3, order=2))
    room.instruct(Message(text="Watch your width"))
    play(room, 4, 9, (0, 1))
    room.submit(0, HandOver("glft"))
    room.leave(1)
    room.set_delay(40_000_000)
    room.advance(12 * S)
    room.join("b")
    play(room, 12, 20, (1,))
    room.advance(room.end_ns)
    results = [room.result(number) for number in range(3)]
    room.close()
    again, journal = played_again(file)
    assert journal.end is not None
    assert again.digest == room.digest == journal.end.digest
    assert [again.result(number) for number in range(3)] == results
    assert [outcome.result for outcome in journal.outcomes] == results
    assert [seat.name for seat in again.seats] == ["frog", "newt", ""]
    assert read_journal(file).actions[0].alters


def test_the_journal_of_many_may_be_larger_than_that_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = opened(THREE, tmp_path / "room.jsonl")
    room.join("a")
    while room.now_ns < room.end_ns:
        room.advance(room.now_ns + S // 100)
        room.submit(0, Join(Side.BUY, 2))
    room.close()
    monkeypatch.setenv("MMTUI_MOST_MIB", "1")
    assert (tmp_path / "room.jsonl").stat().st_size > 2**18
    assert played_again(tmp_path / "room.jsonl")[0].digest == room.digest


def test_a_spike_moves_the_market_and_is_another_session() -> None:
    still, moved = opened(THREE), opened(THREE)
    for room in (still, moved):
        room.advance(5 * S)
    before = moved.sessions[0].market.exchange.mid
    moved.instruct(Spike(side=Side.BUY, lots=60))
    assert moved.sessions[0].market.exchange.mid > before + 1
    assert moved.digest != still.digest


def value_at(room: Room, second: int) -> float:
    market = room.sessions[0].market
    assert isinstance(market, BookMarket)
    return float(market.value.at(second * S))


def test_the_value_jumps_when_the_instructor_says_and_the_journal_plays_it_again(tmp_path: Path) -> None:
    room = opened(THREE, tmp_path / "a.jsonl", level=short(duration_s=30))
    room.join("a", "frog")
    room.advance(10 * S)
    before = value_at(room, 10)
    room.instruct(Jump(ticks=400))
    room.instruct(Jump(ticks=-100))
    room.instruct(SetMarket(key="informed.rate", value=3.0))
    room.instruct(InstitutionOrder(side=Side.SELL, lots=45, seconds=10))
    assert value_at(room, 20) - before == pytest.approx(300, abs=60)
    room.advance(room.end_ns)
    room.close()
    again, journal = played_again(tmp_path / "a.jsonl")
    assert journal.end is not None
    assert again.digest == room.digest == journal.end.digest


def test_an_institution_of_the_instructor_s_trades_its_lots_piece_by_piece() -> None:
    taken = []
    for lots in (0, 90):
        room = opened(THREE)
        room.advance(5 * S)
        if lots:
            room.instruct(InstitutionOrder(side=Side.BUY, lots=lots, seconds=9))
        room.advance(10 * S)
        half = room.sessions[0].market.exchange.volume
        room.advance(15 * S)
        taken.append((half, room.sessions[0].market.exchange.volume))
    # Others trade too, and not the same: its own 90 lots stand out of what they do.
    assert taken[1][0] - taken[0][0] > 25
    assert taken[1][1] - taken[0][1] > 50


def test_the_level_s_next_event_comes_when_the_instructor_says_and_then_there_is_none() -> None:
    level = short("volatility-spike", 200)
    room = opened(THREE, level=level)
    room.join("a")
    room.advance(20 * S)
    room.instruct(NextEvent())
    room.advance(25 * S)
    assert level.events[0].headline in room.view(0).notices
    assert level.events[0].headline in [text for _, text in market_of(room).news]
    for _ in level.events[1:]:
        room.instruct(NextEvent())
    with pytest.raises(InputError, match="no event"):
        room.instruct(NextEvent())


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("informed.rates", 1.0, "expected the key of one of the market's numbers"),
        ("informed", 1.0, "expected the key of one of the market's numbers"),
        ("informed.rate", -1.0, "informed.rate"),
        ("warmup_s", 5.0, "cannot change"),
        ("step", 2.0, "cannot change"),
    ],
)
def test_what_cannot_change_is_refused_and_changes_nothing(key: str, value: float, why: str) -> None:
    room, still = opened(THREE), opened(THREE)
    with pytest.raises(InputError, match=why):
        room.instruct(SetMarket(key=key, value=value))
    for each in (room, still):
        each.advance(10 * S)
    assert room.digest == still.digest


def test_a_room_that_was_killed_goes_on_from_its_journal(tmp_path: Path) -> None:
    file, whole = tmp_path / "a.jsonl", opened(THREE)
    whole.join("a", "frog")
    killed = opened(THREE, file)
    killed.join("a", "frog")
    play(killed, 1, 6)
    killed.advance(6 * S)
    killed._writers[0]._drop()  # As the system does with what is killed.
    with file.open("ab") as out:
        out.write(b'{"line":"comm')
    room = resumed(file, quiet)
    play(whole, 1, 6)
    whole.advance(6 * S)
    assert 5 * S < room.now_ns <= 6 * S
    assert room.seats[0].name == "frog"
    for each in (room, whole):
        each.advance(6 * S)
        play(each, 6, 20)
        each.advance(each.end_ns)
    room.close()
    assert room.digest == whole.digest == played_again(file)[0].digest
    with pytest.raises(JournalError, match="nothing to go on with"):
        resumed(file, quiet)


def test_own_markets_are_the_same_for_each_and_nobody_meets_another(tmp_path: Path) -> None:
    room = Room(short(), 7, RoomSpec(seats=3, own_market=True))
    files = [tmp_path / f"seat-{number}.jsonl" for number in range(3)]
    room.record(files, quiet)
    room.open()
    for name in "abc":
        room.join(name)
    play(room, 0, 20, (0, 1))
    room.advance(room.end_ns)
    room.close()
    first, second, idle = room.sessions
    assert first.digest == second.digest != idle.digest
    assert room.result(0).score == room.result(1).score > room.result(2).score
    for file, session in zip(files, room.sessions, strict=True):
        assert read_journal(file).script.played().digest == session.digest
    with pytest.raises(InputError, match="does not change"):
        room.instruct(Spike(side=Side.BUY, lots=5))


def test_a_player_with_a_market_of_his_own_is_muted_and_his_journal_says_so(tmp_path: Path) -> None:
    room = Room(short(), 7, RoomSpec(seats=2, own_market=True))
    files = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    room.record(files, quiet)
    for name in "ab":
        room.join(name)
    play(room, 0, 5, (0, 1))
    room.mute(0, on=True)
    room.advance(6 * S)
    first, other = (session.maker.gateway for session in room.sessions)
    assert other.orders
    assert not first.orders
    with pytest.raises(InputError, match="muted"):
        room.submit(0, Join(Side.BUY, 2))
    room.advance(room.end_ns)
    room.close()
    assert read_journal(files[0]).script.played().digest == room.sessions[0].digest


def test_a_seat_that_has_lost_too_much_is_out_and_the_others_play_on() -> None:
    level = short()
    level = msgspec.structs.replace(level, maker=msgspec.structs.replace(level.maker, max_loss=1.0))
    room = opened(RoomSpec(seats=2, bots=("fixed",)), level=level)
    room.join("a")
    for second in range(1, 20):
        room.advance(second * S)
        room.submit(0, Take(Side.BUY if second % 2 else Side.SELL, 3, 5))
    room.advance(room.end_ns)
    assert room.sessions[0].over == "time"
    assert room.sessions[0].makers[0].total <= -1.0


# Order


def test_commands_of_a_slot_arrive_at_its_end_in_an_order_that_only_seed_and_slot_decide() -> None:
    orders = set()
    for slot in range(1, 200):
        slots, backwards = Slots(5), Slots(5)
        due = slot * SLOT_NS - 1
        for seat in range(4):
            slots.add(0, due, seat, Cancel())
        for seat in reversed(range(4)):
            backwards.add(0, due, seat, Cancel())
        order = [(at, seat) for at, seat, _ in slots.until(slot * SLOT_NS)]
        assert order == [(at, seat) for at, seat, _ in backwards.until(slot * SLOT_NS)]
        assert {at for at, _ in order} == {slot * SLOT_NS}
        orders.add(tuple(seat for _, seat in order))
    assert len(orders) == 24  # All of them, in 199 slots: one is missing with a chance of 24 · (23/24)^199 = .005.


def test_a_seat_s_own_commands_keep_their_order() -> None:
    slots = Slots(5)
    for size in range(1, 6):
        slots.add(0, 1, 0, Join(Side.BUY, size))
    assert [command.size for *_, command in slots.until(S) if isinstance(command, Join)] == [1, 2, 3, 4, 5]


def test_a_slow_line_costs_nothing_within_the_common_delay() -> None:
    room = opened(RoomSpec(seats=2, delay_ms=200))
    room.join("near")
    room.join("far")
    room.advance(5 * S)
    sent = room.now_ns
    near = room.submit(0, Cancel(), sent)
    room.advance(sent + 150_000_000)
    assert room.submit(1, Cancel(), sent) == near
    # Longer ago than any common delay nobody can have sent it.
    assert room.submit(1, Cancel(), 0) > room.now_ns


# Strangers


@pytest.mark.parametrize(
    "command",
    [
        HandOver("/tmp/x.py:Mine"),
        Ready("x.py:Mine"),
        HandOver("composite", {"base": "x.py:Mine"}),
        HandOver("nobody"),
        HandOver("skew", {"no-such": 1}),
    ],
)
def test_nothing_of_this_machine_is_run_for_a_seat(command: HandOver | Ready) -> None:
    room = opened(THREE)
    room.join("a")
    with pytest.raises(InputError):
        room.submit(0, command)


def test_a_flood_is_refused_before_it_takes_room() -> None:
    room = opened(THREE)
    room.join("a")
    for _ in range(64):
        room.submit(0, Join(Side.BUY, 1))
    with pytest.raises(InputError, match="64 commands are on their way"):
        room.submit(0, Join(Side.BUY, 1))


def test_muted_and_kicked_seats_do_nothing_more() -> None:
    room = opened(THREE)
    room.join("a")
    play(room, 1, 3)
    room.advance(3 * S)
    room.mute(0, on=True)
    room.advance(4 * S)
    assert not room.sessions[0].makers[0].gateway.orders
    with pytest.raises(InputError, match="muted"):
        room.submit(0, Join(Side.BUY, 1))
    room.mute(0, on=False)
    room.submit(0, Join(Side.BUY, 1))
    room.kick(0)
    assert room.sessions[0].makers[0].auto
    with pytest.raises(InputError, match="put you out"):
        room.join("a")


def test_an_exchange_without_rules_is_not_halted() -> None:
    with pytest.raises(InputError, match="no rules"):
        opened(THREE).instruct(HaltTrading())


@pytest.mark.parametrize("name", ["-x", "a b", "x" * 25, "a\x1b[2J", "é"])
def test_names_are_plain_words(name: str) -> None:
    with pytest.raises(InputError, match="expected a name"):
        seat_name(name, (), 0)


def test_no_two_seats_have_one_name() -> None:
    assert seat_name("frog", {"frog", "frog.2"}, 0) == "frog.3"
    assert seat_name("", (), 2) == "bee-3"


def test_a_commitment_opens_to_one_seed_only() -> None:
    secret = Secret.new()
    assert secret.seed < 2**128
    assert Secret.new().seed != secret.seed
    assert Secret(secret.seed, secret.nonce).commitment == secret.commitment
    assert Secret(secret.seed + 1, secret.nonce).commitment != secret.commitment


def test_in_one_book_ranks_decide_and_there_are_no_stars() -> None:
    one, own = opened(RoomSpec(seats=2, bots=("skew",))), opened(RoomSpec(seats=2, own_market=True))
    for room in (one, own):
        room.join("a")
        play(room, 0, 20)
        room.advance(room.end_ns)
    ranked, alone = one.result(0), own.result(0)
    assert (ranked.ranked, ranked.stars, one.view(0).score.stars) == (True, 0, 0)
    assert ranked.score >= 35
    assert not alone.ranked
    assert alone.stars == own.view(0).score.stars

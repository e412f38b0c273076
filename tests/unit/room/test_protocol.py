"""The protocol: what lines hold, what strangers send, what is sent to a seat, and the page that describes it."""

from __future__ import annotations

import gc
import io
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.level.events import happenings
from mmtui.level.level import level_from_json, level_ids, load_level
from mmtui.market.book_market import BookMarketSpec
from mmtui.room.core.commitment import Secret
from mmtui.room.core.redaction import published
from mmtui.room.core.spec import RoomSpec
from mmtui.room.protocol.conversation import Conversation
from mmtui.room.protocol.lines import decode_answer, encode
from mmtui.room.protocol.messages import MOST_LINE, AnyAnswer, AnyRequest, End, Hello, Ok, Refused, SeatView, Welcome
from mmtui.room.serve.guests import RoomDoor
from mmtui.room.serve.host import Host, Line
from mmtui.room.serve.people import People
from mmtui.room.serve.solo import Solo, play_alone
from mmtui.session.commands import Join
from mmtui.session.session import Session
from tests.unit.room.examples import PAGE, blocks, score_of_example
from tests.unit.room.rooms import S, opened, short


def alone(duration_s: int = 20) -> Conversation:
    return Conversation(Solo(Session(short(duration_s=duration_s), 7)))


def say(conversation: Conversation, **message: Any) -> AnyAnswer:
    return decode_answer(conversation.hear(json.dumps(message).encode() + b"\n"))


def test_a_level_played_alone_waits_for_its_player_and_ends_as_the_session_does() -> None:
    conversation = alone()
    welcome = say(conversation, hello=1, name="frog")
    assert isinstance(welcome, Welcome)
    assert (welcome.stepped, welcome.seat, welcome.now_ns) == (True, 0, 0)
    session = Session(short(), 7)
    answer: AnyAnswer = welcome
    for number in range(1, 41):
        for side in Side:
            assert say(conversation, do="join", side=side, size=2).line == 3 * number - 1 + (
                side is not next(iter(Side))
            )
            session.submit(Join(side, 2))
        answer = say(conversation, do="step", ns=S // 2)
        assert answer.line == 3 * number + 1
        session.advance(number * S // 2)
    assert isinstance(answer, End)
    assert answer.digest == session.digest
    assert answer.result == session.result()


def test_the_first_line_is_hello_and_anything_else_ends_the_conversation() -> None:
    for line in (b'{"do":"look"}', b'{"hello":2}', b"GET / HTTP/1.1", b'{"hello":1,"x":1}', b""):
        conversation = alone()
        answer = decode_answer(conversation.hear(line + b"\n"))
        assert isinstance(answer, Refused)
        assert "hello" in answer.why
        assert conversation.over


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"do":"quote","side":1,"price":1e300,"size":1}', "int"),
        (b'{"do":"quote","side":1,"price":9999,"size":0}', "size"),
        (b'{"do":"quote","side":1,"price":9999,"size":1,"seat":3}', "unknown field `seat`"),
        (b'{"do":"peg","half_spread":NaN,"skew":0,"size":1}', "JSON"),
        (b'{"do":"step","ns":' + b"9" * 5000 + b"}", ""),
        (b"[" * 60_000, ""),
        (b'{"do":"' + b"\\u001b]52;c;x\\u0007" * 40 + b'"}', "Invalid value"),
        (b'{"do":"hand-over","strategy":"/etc/passwd.py:X"}', "a strategy that ships"),
        (b'{"do":"spike","side":1,"lots":5}', "no instructor"),
        (b"x" * (MOST_LINE + 1), "at most 65536 bytes"),
        (b"\xff\xfe", ""),
    ],
)
def test_a_line_that_is_none_is_refused_in_a_short_sentence_and_changes_nothing(line: bytes, why: str) -> None:
    conversation = alone()
    say(conversation, hello=1)
    before = say(conversation, do="look")
    sent = conversation.hear(line + b"\n")
    answer = decode_answer(sent)
    assert isinstance(answer, Refused)
    assert why in answer.why
    assert len(answer.why) <= 200
    assert answer.why.isprintable()
    after = say(conversation, do="look")
    assert isinstance(before, SeatView)
    assert isinstance(after, SeatView)
    assert after.view == before.view


@pytest.mark.slow
def test_a_hundred_thousand_mangled_lines_leave_nothing_behind() -> None:
    rng = random.Random(5)
    good = [
        b'{"do":"join","side":1,"size":2}',
        b'{"do":"quote","side":-1,"price":10003,"size":1,"add":true}',
        b'{"do":"peg","half_spread":1.5,"skew":0.5,"size":2,"reference":"mid"}',
        b'{"do":"hand-over","strategy":"skew","params":{"half_spread":1.0}}',
        b'{"do":"watch","per_second":5}',
    ]

    def mangled() -> bytes:
        line = bytearray(rng.choice(good))
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(line))
            match rng.randrange(4):
                case 0:
                    line[place] = rng.randrange(256)
                case 1:
                    del line[place:]
                    line += b"0"
                case 2:
                    line[place:place] = rng.choice((b"[", b"{", b'"', b"\\ud800", b"\0", b"9" * 40, b"-"))
                case _:
                    line[place:place] = line[: rng.randrange(20)]
        return bytes(line).replace(b"\n", b"")

    room = opened(RoomSpec(seats=2))
    host = _host(room)
    conversation = Conversation(RoomDoor(host, _line(), lambda _: None))
    say(conversation, hello=1)
    refused = before = 0
    for number in range(100_000):
        if number == 10_000:
            before = objects()
        if not number % 100:
            # What was understood all the same is forgotten, and so many faults in a row are somebody else's.
            room._slots.drop(0)
            conversation._faults = 0
        refused += isinstance(decode_answer(conversation.hear(mangled() + b"\n")), Refused)
    assert refused > 80_000
    assert not conversation.over
    # One in a thousand lines would leave ninety.
    assert objects() - before < 90


def objects() -> int:
    """How many there are that others refer to."""
    gc.collect()
    return len(gc.get_objects())


def test_who_sends_nothing_but_faults_is_let_go() -> None:
    conversation = alone()
    say(conversation, hello=1)
    for _ in range(1000):
        assert not conversation.over
        conversation.hear(b"?\n")
    assert conversation.over


def test_standard_input_ends_the_session_and_too_long_a_line_is_one_fault() -> None:
    solo, said = Solo(Session(short(), 7)), bytearray()
    lines = b'{"hello":1}\n' + b"x" * 200_000 + b'\n{"do":"look"}\n'
    play_alone(solo, io.BytesIO(lines), said.extend)
    assert [json.loads(line)["is"] for line in said.splitlines()] == ["welcome", "error", "view"]
    assert solo.session.over == "left"


# What a seat is sent


def _line() -> Line:
    return Line(None, lambda: 0.0, lambda: None, lambda: None)


def _host(room: Any, password: str = "", secret: Secret | None = None) -> Host:
    return Host(room, secret or Secret(room.seed, "0123456789abcdef"), password, "the-instructor", People(None))


@pytest.mark.slow
@pytest.mark.parametrize(("level", "seed"), [("skew", 7), ("with headlines", 2**127 + 12345), ("volatility-spike", 11)])
def test_nothing_hidden_is_in_anything_that_a_seat_is_sent(level: str, seed: int) -> None:
    """The latent value, the seed, what is to come, and who the others are, are in no byte before the end."""
    whole = load_level(with_headlines()[0] if level == "with headlines" else level)
    room = opened(RoomSpec(seats=3, bots=("skew", "fixed")), level=whole, seed=seed)
    secret = Secret(seed, "a1b2c3d4e5f60718")
    host = _host(room, secret=secret)
    conversation = Conversation(RoomDoor(host, _line(), lambda _: None))
    sent = [conversation.hear(encode(Hello(hello=1, name="frog")))]
    host.sit("another", "zebra-in-disguise", _line())
    hidden = [str(seed).encode()] if seed > 10**6 else []
    hidden += [secret.nonce.encode(), b"zebra", b"another"]
    value = room.sessions[0].market.value
    assert value is not None
    for second in range(1, min(60, whole.duration_s)):
        room.advance(second * S)
        sent.append(conversation.hear(b'{"do":"look"}\n'))
        sent.append(conversation.hear(b'{"do":"join","side":1,"size":1}\n'))
        sent.append(conversation.hear(b'{"do":"standings"}\n'))
        latent = value.at(room.now_ns)
        # A latent value that is no half tick could be no price.
        if latent * 2 % 1:
            assert repr(latent).encode() not in sent[-3]
        for event in happenings(whole.events, seed):
            if event.headline is not None and event.at_ns > room.now_ns:
                assert msgspec.json.encode(event.headline)[1:-1] not in sent[-3]
    everything = b"".join(sent)
    for secret_text in hidden:
        assert secret_text not in everything
    assert b'"is":"error"' in everything  # The standings are not told before the end.


def with_headlines() -> list[str]:
    return [name for name in level_ids() if any(event.headline for event in load_level(name).events)]


def test_who_the_others_are_changes_no_byte_of_a_view() -> None:
    """Two rooms that differ only in who sits in the other seats, and what they are called, show the same."""
    seen = []
    for names in (("x", "y"), ("somebody-else", "")):
        room = opened(RoomSpec(seats=3))
        room.join("me", "me")
        for number, name in enumerate(names):
            room.join(f"{name}{number}", name)
        room.advance(5 * S)
        room.submit(1, Join(Side.BUY, 3))
        room.advance(9 * S)
        seen.append(msgspec.json.encode(room.view(0)))
    assert seen[0] == seen[1]


def test_a_level_is_published_without_what_is_to_come() -> None:
    level = load_level(with_headlines()[0])
    assert level.events
    told = msgspec.json.encode(published(level))
    for event in level.events:
        if event.headline is not None:
            assert event.headline.encode() not in told
    assert published(level).market.instrument == level.market.instrument
    assert b"sigma" not in told or msgspec.json.decode(told)["market"]["value"]["sigma"] == 0.0


@pytest.mark.parametrize("name", level_ids())
def test_every_level_that_a_room_may_play_can_be_published(name: str) -> None:
    level = load_level(name)
    try:
        RoomSpec(seats=2).check(level)
    except InputError:
        assert level.opponent is not None or not isinstance(level.market, BookMarketSpec)
    else:
        assert level_from_json(msgspec.json.encode(published(level)), "what is published").events == ()


# Who is let in


def test_the_password_lets_people_in_and_the_token_gets_the_seat_back() -> None:
    host = _host(opened(RoomSpec(seats=2)), password="open sesame")
    wrong = Conversation(RoomDoor(host, _line(), lambda _: None))
    assert isinstance(say(wrong, hello=1, password="sesame"), Refused)
    first = say(Conversation(RoomDoor(host, _line(), lambda _: None)), hello=1, password="open sesame")
    assert isinstance(first, Welcome)
    again = say(
        Conversation(RoomDoor(host, _line(), lambda _: None)), hello=1, password="open sesame", token=first.token
    )
    assert isinstance(again, Welcome)
    assert (again.seat, again.name) == (first.seat, first.name)
    other = say(Conversation(RoomDoor(host, _line(), lambda _: None)), hello=1, password="open sesame", token="guess")
    assert isinstance(other, Welcome)
    assert other.seat != first.seat


@pytest.mark.parametrize(
    "request_line",
    [
        {"do": "spike", "side": 1, "lots": 9},
        {"do": "start"},
        {"do": "freeze"},
        {"do": "speed", "speed": 2},
        {"do": "mute", "seat": 1},
        {"do": "kick", "seat": 1},
        {"do": "limits", "position": 1, "order": 1},
        {"do": "message", "text": "x"},
        {"do": "withdraw", "seat": 1},
        {"do": "step", "ns": 5},
    ],
)
def test_a_player_is_no_instructor_and_has_no_market_to_step(request_line: dict[str, Any]) -> None:
    host = _host(opened(RoomSpec(seats=2)))
    player = Conversation(RoomDoor(host, _line(), lambda _: None))
    say(player, hello=1)
    before = host.room.digest
    assert isinstance(say(player, **request_line), Refused)
    assert host.room.digest == before


def test_an_instructor_needs_the_token_always_and_may_look_at_any_seat() -> None:
    host = _host(opened(RoomSpec(seats=2)))
    for token in ("", "the-instructo", "the-instructor2"):
        none = Conversation(RoomDoor(host, _line(), lambda _: None))
        assert isinstance(say(none, hello=1, role="instructor", token=token), Refused)
    teacher = Conversation(RoomDoor(host, _line(), lambda _: None))
    assert isinstance(say(teacher, hello=1, role="instructor", token="the-instructor"), Welcome)
    assert isinstance(say(teacher, do="look", seat=0), Refused)
    player = Conversation(RoomDoor(host, _line(), lambda _: None))
    say(player, hello=1)
    assert isinstance(say(teacher, do="look", seat=0), SeatView)
    assert isinstance(say(teacher, do="join", side=1, size=1), Refused)
    assert isinstance(say(teacher, do="message", text="Watch your width \x1b[2J"), Ok)
    view = say(player, do="look")
    assert isinstance(view, SeatView)
    assert view.view.notices == ("Watch your width [2J",)
    assert isinstance(say(teacher, do="standings"), msgspec.Struct)


# The page


def test_every_message_shown_is_one() -> None:
    lines = [line for block in blocks("json") for line in block.splitlines()]
    lines += re.findall(r"(?m)^\| .*?`(\{.*?\})`", PAGE)
    assert len(lines) > 25
    done = set()
    for line in lines:
        if '"hello"' in line:
            msgspec.json.decode(line, type=Hello)
        else:
            done.add(type(msgspec.json.decode(line, type=AnyRequest)))
    commands = {"TakeBack", "Ready", "Undo", "Fix", "Reverse", "HedgeAll", "Leave"}
    assert {kind.__name__ for kind in AnyRequest.__args__} - {kind.__name__ for kind in done} <= commands


def test_every_key_shown_of_a_view_is_there() -> None:
    shown = {key for row in re.findall(r"(?m)^\| (`[^|{]*`) \| [^|]* \|$", PAGE) for key in re.findall(r"`(\w+)`", row)}
    view = msgspec.to_builtins(opened_view())
    assert len(shown) > 20
    assert shown <= set(view)


def opened_view() -> object:
    room = opened(RoomSpec(seats=1))
    room.join("a")
    return room.view(0)


# Perl's is tried in tests/room, for which it is installed.
@pytest.mark.parametrize(("language", "program"), [("python", sys.executable), ("bash", "bash")])
def test_the_examples_play_a_level_to_its_end_in_fifteen_lines(language: str, program: str, tmp_path: Path) -> None:
    assert len([line for line in blocks(language)[0].splitlines() if line.strip()]) <= 15
    assert 0.0 <= score_of_example(language, program, tmp_path) <= 100.0

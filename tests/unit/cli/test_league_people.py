"""A league with people: matches in rooms, one after the other and side by side."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mmtui.book import Side
from mmtui.cli.main import main
from mmtui.errors import InputError
from mmtui.lab.leagues.league import fixtures, points
from mmtui.report.league import league_page
from mmtui.room.client import Client
from mmtui.room.core.room import Room
from mmtui.room.core.spec import RoomSpec
from mmtui.room.serve.host import Line
from mmtui.room.serve.people import Claims
from mmtui.room.serve.tables import Tables, waves
from mmtui.session.commands import Join
from tests.unit.cli.conftest import Mmtui
from tests.unit.room.rooms import S, quiet
from tests.unit.room.rooms import short as short_level


def a_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def playing(name: str, port: int, over: threading.Event, *, works: bool = True) -> Callable[[], None]:
    """A person who comes whenever there is a match, and quotes or does nothing."""

    def play() -> None:
        while not over.is_set():
            try:
                with Client("127.0.0.1", port, name=name, password="open", token=f"{name}'s own word") as room:
                    while room.look() is not None:
                        if works:
                            room.submit(Join(Side.BUY, 2))
                            room.submit(Join(Side.SELL, 2))
                        time.sleep(0.05)
            except (OSError, InputError):
                # There is no match at the moment.
                time.sleep(0.7)

    return play


def looking(url: str, over: threading.Event, seen: set[str]) -> None:
    """Somebody who looks at the league's page, first without its password, and notes what he has seen."""
    address = url
    while not over.wait(0.2):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                assert answer.headers["Refresh"]
                page = answer.read().decode()
                seen |= {text for text in ("On now", "Played", "How all stand", "of 00:0") if text in page}
        except urllib.error.HTTPError as error:
            seen.add(str(error.code))
            address = f"{url}?password=open"
        except OSError:
            pass  # It is not there yet, or between two rounds.


@pytest.mark.slow
def test_people_and_a_strategy_play_a_bracket_and_what_was_played_is_not_played_again(
    mmtui: Mmtui, tmp_path: Path, short: Path
) -> None:
    port, over = a_port(), threading.Event()
    threads = [
        threading.Thread(target=playing(name, port, over, works=name != "cat"), daemon=True)
        for name in ("ann", "bob", "cat")
    ]
    options: list[Any] = ["--people", "ann,bob,cat", "--bracket", "--levels", short, "--seeds", "1"]
    web = a_port()
    options += ["--store", tmp_path / "cup", "--tcp", port, "--format", "json", "--web", web, "--password", "open"]
    seen: set[str] = set()
    threads.append(threading.Thread(target=looking, args=(f"http://127.0.0.1:{web}/", over, seen), daemon=True))
    for thread in threads:
        thread.start()
    ended = mmtui("league", "skew", *options)
    over.set()
    assert ended.code == 0, ended.err
    assert seen >= {"403", "On now", "Played", "How all stand", "of 00:0"}
    assert "<h2>Played</h2>" in (tmp_path / "cup" / "league.html").read_text()
    matches = json.loads(ended.out)
    assert [(match["round"], match["first"], match["second"], match["games"]) for match in matches[:2]] == [
        (1, "ann", "skew", 1),
        (1, "bob", "cat", 1),
    ]
    assert matches[1]["winner"] == "bob"
    assert {matches[2]["first"], matches[2]["second"]} == {matches[0]["winner"], "bob"}
    assert "ann against skew, match 1, opens when all are there" in ended.err
    again = mmtui("league", "skew", *options)
    assert json.loads(again.out) == matches
    assert "opens" not in again.err
    page = next((tmp_path / "cup").glob("*-1-bob-cat/debrief.html")).read_text()
    assert "Who paid whom" in page


def test_the_page_names_who_is_called_next_and_whom_a_match_waits_for(tmp_path: Path) -> None:
    tables = Tables(tmp_path, Claims(tmp_path / "people.json", ["ann", "bob"]), "", quiet)
    games = fixtures(
        [short_level(duration_s=1)], [(name, {}) for name in ("ann", "bob", "skew")], [1], either_seat=False
    )
    on = [(games[0], host := tables.opened(games[0]))]
    host.sit("a", "ann", Line(None, lambda: 0.0, lambda: None, lambda: None))
    page = league_page(["ann", "bob", "skew"], on, games[1:], [])
    host.room.close()
    assert "opens when bob has come" in page
    assert page.index("ann against bob") < page.index("<h2>Next</h2>") < page.index("bob against skew")
    assert "How all stand" not in page


def test_nobody_is_in_two_matches_at_once_and_as_many_are_as_can_be() -> None:
    games = fixtures([short_level(duration_s=1)], [(name, {}) for name in "abcd"], [1, 2], either_seat=False)
    rounds = [*waves(games)]
    assert sorted(map(str, games)) == sorted(str(game) for each in rounds for game in each)
    assert [len(each) for each in rounds] == [2] * 6
    for each in rounds:
        names = [name for game in each for name in (game.first[0], game.second[0])]
        assert len(names) == len(set(names))


def test_a_name_is_whose_who_came_first_by_it_even_after_a_restart(tmp_path: Path) -> None:
    def match() -> Room:
        room = Room(short_level(duration_s=1), 7, RoomSpec(seats=2, bots=("idle",)))
        room.take(0, "ann")
        return room

    file = tmp_path / "people.json"
    room = match()
    Claims(file, ["ann"]).claim(room, "a", "ann")
    assert room.join("a", "ann").number == 0
    with pytest.raises(InputError, match="with another key or token"):
        Claims(file, ["ann"]).claim(match(), "b", "ann")
    with pytest.raises(InputError, match="this match is of ann"):
        Claims(file, ["ann"]).claim(match(), "b", "bob")
    assert oct(file.stat().st_mode)[-3:] == "600"
    file.write_text("{")
    with pytest.raises(InputError, match="whose names are whose"):
        Claims(file, ["ann"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--people", "ann,bob"], "expected a folder for their games"),
        (["--people", "ann,a b", "--store", "s"], "expected a name of 1 to 24"),
        (["idle", "--people", "ann", "--store", "s"], "only strategies that ship"),
        (["skew", "--people", "skew", "--store", "s"], "each once"),
        ([], "two entrants"),
    ],
)
def test_what_is_no_league_of_people_is_told(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["league", *options]) == 2
    assert said in capsys.readouterr().err


def test_who_stays_away_has_lost(tmp_path: Path) -> None:
    tables = Tables(tmp_path, Claims(tmp_path / "people.json", ["ann", "bob"]), "", quiet)
    (game,) = fixtures([short_level(duration_s=1)], [("ann", {}), ("bob", {})], [1], either_seat=False)
    with pytest.raises(InputError, match="bob has no match now"):
        tables.host_of("bob")
    host = tables.opened(game)
    assert tables.host_of("bob") is tables.host_of("") is host
    assert host.sit("b", "bob", Line(None, lambda: 0.0, lambda: None, lambda: None)) == 1
    assert not host.started
    assert tables.result(game) is None
    host.room.advance(host.room.end_ns)
    host.end()
    result = tables.result(game)
    assert result is not None
    assert points(result) == 0.0
    with pytest.raises(InputError, match="no match now"):
        tables.host_of("bob")
    with pytest.raises(InputError, match="one of the league's names: ann, bob"):
        tables.host_of("eve")


def test_a_match_that_was_cut_off_goes_on_with_the_same_people(tmp_path: Path) -> None:
    claims = Claims(tmp_path / "people.json", ["ann"])
    (game,) = fixtures([short_level(duration_s=2)], [("ann", {}), ("skew", {})], [1], either_seat=False)
    first = Tables(tmp_path, claims, "", quiet).opened(game)
    line = Line(None, lambda: 0.0, lambda: None, lambda: None)
    first.sit("a", "ann", line)
    assert first.started
    first.room.advance(S)
    first.room.close()
    tables = Tables(tmp_path, Claims(tmp_path / "people.json", ["ann"]), "", quiet)
    again = tables.opened(game)
    assert again.room.digest == first.room.digest
    assert again.sit("a", "ann", line) == 0
    again.room.advance(again.room.end_ns)
    again.end()
    assert tables.result(game) is not None

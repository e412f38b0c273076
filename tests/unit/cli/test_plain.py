"""``mmtui play --plain``: a level told in lines, and the words that play it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from mmtui.book import Side
from mmtui.career.career import Career
from mmtui.errors import Interrupted
from mmtui.level.level import load_level
from mmtui.session.commands import Join, Quote, Ready
from mmtui.session.journal import read_journal
from mmtui.session.session import Session
from mmtui.tui.actions.floor import FLOOR
from mmtui.tui.plain.live import TypedLines
from mmtui.tui.plain.words import OWN_WORDS, WORDS, moment, spoken
from tests.unit.cli.conftest import Ended, Mmtui

S = 1_000_000_000
Plain = Callable[..., Ended]

#: Actions that are about the picture, the cursor on it, the clock that runs by itself, or the keys.
ON_SCREEN = {
    *("turn", "measure", "arm", "recentre", "follow", "group", "earlier", "up", "down", "page up", "page down"),
    *("order up", "order down", "cancel here"),
    *("pause", "slower", "faster", "fold", "lesson on", "lesson", "coach"),
    *(f"size {name}" for name in ("1", "2", "3", "4", "5", "up", "down")),
}


@pytest.fixture
def plain(mmtui: Mmtui, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Plain:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def play(lines: Iterable[str], *args: object) -> Ended:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return mmtui("play", "--plain", *args)

    return play


def journals(folder: Path) -> list[Path]:
    return sorted(folder.glob("mmtui/journals/*.jsonl"))


def test_every_action_of_the_floor_has_a_word_or_is_about_the_screen() -> None:
    assert {action.name for action in FLOOR} == {*WORDS, *ON_SCREEN, "choose strategy", "help", "leave"}
    assert not WORDS.keys() & OWN_WORDS.keys()


def test_words_are_the_commands_of_the_same_session(plain: Plain, short: Path, tmp_path: Path, mmtui: Mmtui) -> None:
    level = load_level(str(short))
    price = level.market.instrument.format
    session = Session(level, 7)
    session.submit(Ready(level.lesson_strategy))
    bid = session.market.exchange.best_bid
    assert bid is not None
    session.submit(Join(Side.SELL, 3))
    session.submit(Quote(Side.BUY, bid - 2, 4))
    session.advance(2 * S)
    session.submit(Join(Side.BUY, 3, 1))
    session.advance(5 * S)
    lines = ["size 3", "join-ask", f"Bid {price(bid - 2)} 4", "wait 2", "improve bid", "wait 60"]
    ended = plain(lines, short, "--seed", 7)
    assert ended.code == 0
    (path,) = journals(tmp_path)
    journal = read_journal(path)
    assert journal.end is not None
    assert journal.end.digest == session.digest
    assert [entry.command for entry in journal.entries] == [command for _, command in session.commands]
    assert f"{session.score().total:.1f} of 100" in ended.out
    assert mmtui("replay", "--headless", path).code == 0


def test_the_first_lesson_is_done_by_its_own_words_and_by_enter(plain: Plain, tmp_path: Path) -> None:
    words = ["join bid", "join ask", "go", "go", "", "", "join bid", "join ask", "widen", "cancel all", "", "leave"]
    typed = plain(words, "lesson")
    assert typed.code == 0
    assert "10 of 10." in typed.out
    assert "Your first level." in typed.out
    with closing(Career(tmp_path / "mmtui")) as career:
        assert career.progress.taught
    entered = plain([""] * 10, "lesson")
    assert "Your first level." in entered.out
    steps = [line for line in entered.out.splitlines() if " of 10. " in line]
    assert [int(line.partition(" ")[0]) for line in steps] == list(range(1, 11))
    for pointing in ("amber", "on the left", "On the left", "My bids", "on top", "?", " w "):
        assert not any(pointing in line for line in steps if not line.startswith("6 "))


def test_the_lesson_says_the_position_as_the_word_position_does(plain: Plain) -> None:
    assert "you are long" in plain(["", "", "", "leave"], "lesson").out


def test_what_is_continued_says_where_it_stands(plain: Plain) -> None:
    plain(["bid 99 2", "wait 3"], "first-quotes", "--seed", 10)
    told = plain(["leave"], "continue").out
    assert "3 seconds of 4 minutes." in told
    assert "Flat, of at most" in told
    assert "Your bid 2 at 99.00" in told


def test_an_entry_between_ticks_is_said_in_full(plain: Plain) -> None:
    told = plain(["buy", "wait 1", "position", "leave"], "index-future", "--seed", 2).out
    assert re.search(r"entered at 200\d\d\.\d[;.]", told)


def test_what_cannot_be_seen_is_no_word(plain: Plain) -> None:
    assert "that is no word here" in plain(["\x1b", "leave"], "first-quotes", "--seed", 10).out


def test_ctrl_c_says_that_one_has_left(monkeypatch: pytest.MonkeyPatch, mmtui: Mmtui, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def typed() -> Iterator[str]:
        yield "wait 3\n"
        raise Interrupted

    monkeypatch.setattr("sys.stdin", typed())
    ended = mmtui("play", "--plain", "first-quotes", "--seed", 10)
    assert ended.code == 130
    assert "continue goes on from here" in ended.out


class Scripted:
    """Lines that are typed at once after another, or, for "...3", after three seconds; time is what they take."""

    now = 0.0

    def __init__(self, lines: Iterable[str]) -> None:
        self.over = False
        self._left = [line.strip() for line in lines]

    def wait(self, seconds: float) -> str | None:
        Scripted.now += seconds
        if not self._left:
            self.over = True
            return None
        if not self._left[0].startswith("..."):
            return self._left.pop(0)
        wait = float(self._left[0][3:]) - seconds
        self._left[:1] = [f"...{wait}"] if wait > 1e-9 else []
        return None


@pytest.fixture
def by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmtui.tui.plain.game.TypedLines", Scripted)
    monkeypatch.setattr("mmtui.tui.plain.live.perf_counter", lambda: Scripted.now)
    monkeypatch.setattr("mmtui.tui.plain.live.sleep", lambda seconds: setattr(Scripted, "now", Scripted.now + seconds))


@pytest.mark.usefixtures("by_the_clock")
def test_with_a_speed_the_market_runs_while_one_types(plain: Plain, tmp_path: Path, mmtui: Mmtui) -> None:
    lines = ["join bid", "...20", "time", "pause", "...60", "time", "", "...5", "time", "nonsense", "", "leave"]
    ended = plain(lines, "first-quotes", "--seed", 11, "--speed", 2)
    assert ended.code == 0
    # A tenth of a second passes with each line.
    told = [line.split(" second")[0] for line in ended.out.splitlines() if " of 4 minutes" in line]
    assert told == ["40.4", "40.6", "50.8"]
    assert "The clock stands; Enter lets it run." in ended.out
    assert "nonsense is no word here" in ended.out
    assert re.search(r"^[\d.]+ seconds: Bought \d+ at", ended.out, re.MULTILINE)
    (path,) = journals(tmp_path)
    assert "continue goes on from here" in ended.out
    assert mmtui("play", "--plain", "continue").code == 0
    assert [type(entry.command) for entry in read_journal(path).entries] == [Ready, Join]


@pytest.mark.usefixtures("by_the_clock")
def test_the_first_lesson_takes_its_time_by_the_clock(plain: Plain) -> None:
    begun = Scripted.now
    ended = plain([""] * 10, "lesson", "--speed", 1)
    assert "Your first level." in ended.out
    assert Scripted.now - begun > 5.0


@pytest.mark.usefixtures("by_the_clock")
def test_a_burst_of_fills_is_told_no_faster_than_a_voice_and_what_is_used_up_is_said(plain: Plain) -> None:
    ended = plain(["...8", "join bid", "join ask", "...30", "leave"], "first-quotes", "--seed", 9, "--speed", 1)
    told = re.findall(r"^([\d.]+) seconds: (.*)$", ended.out, re.MULTILINE)
    times = [float(time) for time, _ in told]
    assert len(times) > 2
    assert all(after - before > 1.9 for before, after in pairwise(times))
    fills = [line for _, line in told if "ought" in line or "old" in line]
    assert any("ought" in line and "old" in line for line in fills)
    assert re.search(r"(Long|Short) \d+\.|Flat\.", fills[0])
    assert re.search(r"No (bid|offer|bid and no offer) left\.$", fills[-1])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("PnL -12.50 USD, fees +2.16", "PnL minus 12.50 USD, fees plus 2.16"),
        ("limit ±80, −$3 in 1 s, 20 ms", "limit plus or minus 80, minus $3 in 1 second, 20 milliseconds"),
        ("mmtui report /a/2026-11-28/-7.jsonl", "mmtui report /a/2026-11-28/-7.jsonl"),
        ("one-cent ticks of ABC-1 at 10 shares", "one-cent ticks of ABC-1 at 10 shares"),
    ],
)
def test_signs_and_units_are_words(line: str, said: str) -> None:
    assert spoken(line) == said


def test_times_have_no_zeros_to_read() -> None:
    assert [moment(round(t * S)) for t in (0, 3.84, 60, 63.8, 3661)] == [
        *("0 s", "3.8 s", "1 min", "1 min 3.8 s", "1 h 1 min 1 s")
    ]


def test_lines_are_awaited_and_end() -> None:
    lines = TypedLines(iter(["join bid"]))
    assert lines.wait(10.0) == "join bid"
    assert (lines.wait(10.0), lines.over) == (None, True)


def test_what_is_typed_wrongly_is_a_sentence_and_changes_nothing(plain: Plain, short: Path, tmp_path: Path) -> None:
    wrong = ["frobnicate", "bid", "bid x", "bid 1e400", "wait -5", "size 0", "join bid 5", "choose strategy skw"]
    ended = plain([*wrong, "\x1b[2J", "leave"], short, "--seed", 7)
    assert ended.code == 0
    assert "\x1b" not in ended.out
    for sentence in (
        "frobnicate is no word here; help lists them.",
        "bid takes a price, and lots if you like",
        "x: expected a price, a number above 0.",
        "minus 5: expected seconds, a number above 0.",
        "there is no strategy 'skw'; did you mean 'skew'?",
    ):
        assert sentence in ended.out
    (path,) = journals(tmp_path)
    assert [type(entry.command) for entry in read_journal(path).entries] == [Ready]


def test_numbers_are_there_when_asked_for(plain: Plain, short: Path) -> None:
    asked = ["market", "orders", "position", "score", "signals", "tape", "fills", "hedges", "rules", "time", "help"]
    ended = plain(["join bid", "join ask", "wait 3", *asked, "help widen", "leave"], short, "--seed", 7)
    for told in (
        "Bids: ",
        ", of at most ",
        "PnL ",
        "of 100, ",
        "Spread ",
        "position limit: ",
        "3 seconds of 5 seconds.",
    ):
        assert told in ended.out
    assert "Move both quotes one tick apart" in ended.out
    assert "There is nothing to hedge with in this level." in ended.out


def test_a_place_is_worth_its_part_where_time_alone_does_not_decide(plain: Plain, short: Path) -> None:
    ended = plain(
        ["join bid", "wait 1", "orders", "leave"], short, "--seed", 5, "--set", "exchange.matching.pro_rata=1"
    )
    assert re.search(r"Your bid \d+ at [\d.]+, \d+% of what trades there", ended.out)
    assert " ahead" not in ended.out


def test_enter_lets_the_clock_run_to_the_next_event_and_ten_seconds_at_most(plain: Plain) -> None:
    ended = plain(["", "time", "", "time", "leave"], "first-quotes", "--seed", 10)
    # The coach speaks after eight seconds without quotes.
    told = [line for line in ended.out.splitlines() if re.search(" of 4 min|Coach: |nothing for", line)]
    assert [line.split(" ")[0] for line in told] == ["8", "8", "18", "18"]
    assert "Coach: " in told[0]
    assert "18 seconds: nothing for 10 seconds. Bid " in told[2]


@pytest.mark.slow
def test_a_score_is_kept_as_the_app_keeps_it(plain: Plain, tmp_path: Path) -> None:
    ended = plain(["peg", "wait 260"], "first-quotes", "--seed", 3)
    assert "of 100" in ended.out
    assert "To try next: " in ended.out
    with closing(Career(tmp_path / "mmtui")) as career:
        (record,) = career.sessions()
    assert (record.level, record.seed, record.who, record.rehearsed) == ("first-quotes", 3, "by hand", False)
    assert record.journal == journals(tmp_path)[0].name


def test_what_was_left_goes_on(plain: Plain, short: Path, tmp_path: Path) -> None:
    nothing = plain([], "continue")
    assert (nothing.code, nothing.out) == (2, "")
    assert "there is no session to continue" in nothing.err
    assert "mmtui play --plain continue goes on" in plain(["join bid", "wait 2", "leave"], short, "--seed", 7).out
    ended = plain(["time", "join ask", "wait 60"], "continue")
    assert "2 seconds of 5 seconds." in ended.out
    assert "The time is up." in ended.out
    (path,) = journals(tmp_path)
    journal = read_journal(path)
    assert [type(entry.command) for entry in journal.entries] == [Ready, Join, Join]
    session = Session(load_level(str(short)), 7)
    for entry in journal.entries:
        session.advance(entry.at_ns)
        session.submit(entry.command)
    session.advance(session.end_ns)
    assert journal.end is not None
    assert journal.end.digest == session.digest


def test_what_has_no_journal_is_not_said_to_go_on(plain: Plain, short: Path, tmp_path: Path) -> None:
    (tmp_path / "mmtui").mkdir()
    (tmp_path / "mmtui" / "journals").write_text("a file where the folder should be")
    left = plain(["wait 2", "leave"], short, "--seed", 7)
    assert "Without a journal: " in left.out
    assert left.out.endswith("Left. It has no whole journal, so nothing goes on from here.\n")


@pytest.mark.slow
def test_no_terminal_library_is_needed(short: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['textual'] = sys.modules['rich'] = None\n"
        f"from mmtui.cli.main import main; sys.exit(main(['play', '--plain', {str(short)!r}, '--seed', '1']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="join bid\nwait 60\n",
        capture_output=True,
        text=True,
        check=False,
        env={"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path), "TERM": "dumb"},
    )
    assert done.returncode == 0, done.stderr
    assert "The time is up." in done.stdout

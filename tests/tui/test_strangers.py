"""What others send, in the app: files that are asked about, what no terminal obeys, what is no file, stray answers."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from textual.keys import Keys
from textual.message import Message
from textual.widgets import OptionList

from mmtui.errors import UntrustedError
from mmtui.lab.runs.batch import simulate
from mmtui.level.level import level_path, load_level
from mmtui.session.journal_file import JournalWriter
from mmtui.session.session import Session
from mmtui.session.signing import KEY_FILE
from mmtui.tui.app import MmtuiApp
from mmtui.tui.engine import Engine
from mmtui.tui.screens.home import HomeScreen
from mmtui.tui.screens.replay import ReplayScreen
from mmtui.tui.screens.trust import TrustScreen
from mmtui.tui.terminal_input import KeysOnlyParser
from tests.tui.small import HandDriver
from tests.unit.cli.test_output import HOSTILE, toml
from tests.unit.session.support import short, strategy_file


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    return tmp_path / "ran"


@pytest.fixture
def spec(tmp_path: Path, ran: Path) -> str:
    return strategy_file(tmp_path, "return Quotes()", more=f"    open({str(ran)!r}, 'w').close()\n")


@pytest.fixture
def strangers(tmp_path: Path, spec: str, ran: Path) -> Path:
    """A journal that names a file, ended, by nobody known here."""
    journals = tmp_path / "journals"
    session = Session(short("first-quotes"), 7, spec)
    writer = JournalWriter(journals / "a.jsonl", session)
    session.advance(session.end_ns)
    writer.close()
    ran.unlink()
    return journals / "a.jsonl"


def was_run(ran: Path) -> bool:
    return ran.exists()


def broken_off(folder: Path, spec: str, ran: Path) -> None:
    """A session with a strategy's file, to be gone on with."""
    session = Session(load_level("first-quotes"), 7, spec)
    JournalWriter(folder / "first-quotes-7-1.jsonl", session, on_trouble=pytest.fail).close()
    ran.unlink()


def text_of(app: MmtuiApp) -> str:
    return "".join(re.findall(r">([^<]*)</text>", app.export_screenshot())).replace("&#160;", " ")


# Files that a journal names


@pytest.mark.slow
async def test_a_journal_s_file_is_run_after_the_question_alone(strangers: Path, ran: Path) -> None:
    app = MmtuiApp(Engine(strangers.parent), None, HandDriver)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for answer, runs in (("escape", False), ("enter", False), ("y", True)):
            app.show_journal("a.jsonl")
            await pilot.pause()
            assert isinstance(app.screen, TrustScreen)
            shown = text_of(app)
            assert "mine.py" in shown
            assert "SHA-256" in shown
            assert not was_run(ran)
            await pilot.press(answer)
            await pilot.pause()
            await app.workers.wait_for_complete()
            assert isinstance(app.screen, ReplayScreen) == runs
            assert was_run(ran) == runs


@pytest.mark.slow
async def test_a_session_with_a_file_is_gone_on_with_after_the_question_alone(
    tmp_path: Path, spec: str, ran: Path
) -> None:
    broken_off(tmp_path / "journals", spec, ran)
    app = MmtuiApp(Engine(tmp_path / "journals"), None, HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.pause()
        assert app.screen.query_one(OptionList).get_option_at_index(0).id == "go-on"
        await pilot.press("home", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, TrustScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert not was_run(ran)
        await pilot.press("home", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("y")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert was_run(ran)


@pytest.mark.slow
async def test_in_a_browser_no_journal_s_file_is_run(
    strangers: Path, ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MmtuiApp, "is_web", True)
    engine = Engine(strangers.parent)
    app = MmtuiApp(engine, None, HandDriver)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.pause()
        app.show_journal("a.jsonl")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert "names files, which a served app does not use" in text_of(app)
        engine.trust("a.jsonl")
        with pytest.raises(UntrustedError):
            engine.open_journal("a.jsonl")
        assert "names files" not in engine.why_not_resumed(strangers)
        assert "mine.py" in engine.why_not_resumed(strangers)
    assert not was_run(ran)


@pytest.mark.slow
async def test_the_key_is_made_at_the_first_start(tmp_path: Path) -> None:
    app = MmtuiApp(Engine(tmp_path / "journals", data=tmp_path), None, HandDriver, data=tmp_path)
    async with app.run_test() as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert (tmp_path / KEY_FILE).exists()


@pytest.mark.slow
async def test_one_s_own_journal_opens_unasked(tmp_path: Path, spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    simulate(load_level("first-quotes"), spec, 7, journal=tmp_path / "a.jsonl")
    app = MmtuiApp(Engine(tmp_path, data=tmp_path / "mmtui"), None, HandDriver)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.show_journal("a.jsonl")
        await pilot.pause()
        assert isinstance(app.screen, ReplayScreen)


# What no terminal obeys, and what is no file


def not_files(folder: Path, ending: str) -> None:
    """A pipe, a device, a folder and a link that leads nowhere, among the files of a folder."""
    folder.mkdir(exist_ok=True)
    os.mkfifo(folder / f"1{ending}")
    (folder / f"2{ending}").symlink_to("/dev/zero")
    (folder / f"3{ending}").mkdir()
    (folder / f"4{ending}").symlink_to("nowhere")


@pytest.mark.slow
async def test_what_is_no_file_hangs_and_hides_nothing(tmp_path: Path) -> None:
    journals, levels = tmp_path / "journals", tmp_path / "levels"
    not_files(journals, ".jsonl")
    not_files(levels, ".toml")
    text = level_path("skew").read_text()
    (levels / "mine.toml").write_text(text.replace('title = "Skew"', f"title = {toml(HOSTILE)}"))
    JournalWriter(journals / "skew-7-1.jsonl", Session(load_level("skew"), 7), on_trouble=pytest.fail).close()
    engine = Engine(journals, levels)
    assert [path.name for path in engine.unfinished()] == ["skew-7-1.jsonl"]
    cards, troubles = engine.own_levels()
    assert [card.level.title for card in cards] == [HOSTILE]
    assert len(troubles) == 4
    app = MmtuiApp(engine, None, HandDriver)
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.pause()
        app.show_levels()
        await pilot.pause()
        await pilot.press("end")
        await pilot.pause()
        lines = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
        assert any("]52;c;" in line for line in lines)
        assert not [line for line in lines if re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", line)]


# Stray answers


@pytest.mark.parametrize(
    "answer",
    [
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
        "\x1b]10;rgb:bbbb/ssss/ffff\x1b\\",
        "\x1bP>|xterm(370)\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\x1b_Gi=1;OK\x1b\\",
        "\x1b[?64;1;2;6;9;15;18;21;22c",
        "\x1b[>41;354;0c",
        "\x1b[0n",
        "\x1b[?1u",
        "\x1b[8;24;80t",
        "\x1b[?1;0;256S",
    ],
)
@pytest.mark.parametrize("cut", [0, 5])
def test_a_terminal_s_answer_is_no_keys(answer: str, cut: int) -> None:
    """Whole, or arriving in two parts."""
    parser = KeysOnlyParser()
    found: list[Message] = []
    for part in ("b", answer[: cut or len(answer)], answer[cut or len(answer) :], "s"):
        found += parser.feed(part) if part else ()
    assert [getattr(message, "key", message) for message in found] == ["b", "s"]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\x1b[A", ["up"]),
        ("\x1b[1;5A", ["ctrl+up"]),
        ("\x1b[[A", ["f1"]),
        ("\x1bOP", ["f1"]),
        ("\x1b[15~", ["f5"]),
        ("\x1b[97u", ["a"]),
        ("\x1b[13u", ["enter"]),
        ("a]b", ["a", "right_square_bracket", "b"]),
        ("\x1b[<0;10;5M", ["MouseDown"]),
        ("\x1b[I", ["AppFocus"]),
        ("\x1b[200~b\x1b[201~", ["Paste"]),
        ("\x1b[?2026;2$y", ["TerminalSupportsSynchronizedOutput"]),
    ],
)
def test_keys_and_what_is_asked_for_are_read(typed: str, keys: list[str]) -> None:
    found = list(KeysOnlyParser().feed(typed))
    assert [getattr(message, "key", type(message).__name__) for message in found] == keys
    assert Keys.Ignore not in keys

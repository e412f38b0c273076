"""The way out: what no terminal is sent, other encodings, outputs that are full or closed, signals."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

from mmtui.cli.tables import TableColumn, table
from mmtui.level.level import level_path
from mmtui.tui.visible import VisibleConsole
from mmtui.wording import visible
from tests.benchmarks.drivers.terminal import Terminal
from tests.unit.cli.conftest import Mmtui

#: The clipboard, the title, a cleared screen, the other screen, a device's string, one-byte forms, turned writing.
HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07\x1b]0;TITLE\x1b\\\x1b[2J\x1b[?1049h\x1b[35;5m\x9b31m\x9d0;t\x9c\x1bPq\x1b\\\x1bc"
    "\u202ex\x08\x7f\x00"
)
#: What the program itself has a terminal do: colours, and a progress bar's line and cursor.
_OURS = re.compile(rb"\x1b\[(?!35;5m|5;35m)[\d;]*m|\x1b\[\?25[lh]|\x1b\[2K|\x1b\[1A|\r(?=\n|\x1b\[)")
_OBEYED = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]")

_EACH = """
import json, sys
from mmtui.cli.main import main
for args in json.loads(sys.argv[1]):
    print("==", main(args), flush=True)
"""


def toml(text: str) -> str:
    return '"' + "".join(f"\\u{ord(sign):04x}" for sign in text) + '"'


def shown_on_a_terminal(commands: Sequence[Sequence[object]], folder: Path) -> bytes:
    """What a terminal was sent by some commands, one after the other."""
    args = json.dumps([[str(arg) for arg in command] for command in commands])
    env = {"XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}
    terminal = Terminal([sys.executable, "-c", _EACH, args], 120, 40, env)
    try:
        until = time.monotonic() + 600
        while terminal.process.poll() is None:
            assert time.monotonic() < until
            terminal.read(0.05)
        while terminal.read(0.0):
            pass
        return terminal.output
    finally:
        terminal.close()


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder with hostile files of every kind that is read, in which commands are run."""
    text = level_path("skew").read_text()
    text = text.replace('id = "skew"', 'id = "hostile"')
    text = re.sub(r"(?m)^duration_s.*", "duration_s = 5", text)
    text = re.sub(r'(?s)situation = """.*?"""', lambda _: f"situation = {toml(HOSTILE)}", text)
    for key in ("title", "lesson"):
        text = re.sub(rf"(?m)^{key} = .*$", lambda _, key=key: f"{key} = {toml(HOSTILE)}", text)  # type: ignore[misc]
    name = HOSTILE.replace("/", "").replace("\0", "")
    for path in ("l.toml", f"{name}.toml"):
        (tmp_path / path).write_text(text)
    (tmp_path / "value.toml").write_text(text.replace('naive = "fixed"', f"naive = {toml(HOSTILE)}"))
    (tmp_path / "key.toml").write_text(f"{toml(HOSTILE)} = 1\n{text}")
    (tmp_path / "raw.toml").write_text(f"{HOSTILE} = 1\n{text}")
    (tmp_path / "p.csv").write_text(f"timestamp,price\n1,100\n{HOSTILE}2,101\n")
    (tmp_path / "header.csv").write_text(f"{HOSTILE},price\n1,100\n")
    (tmp_path / "t.csv").write_text(f"34200.1,1,1,10,1000000,1\n34200.2,{HOSTILE},2,10,1010000,-1\n")
    (tmp_path / "c.json").write_text(json.dumps({HOSTILE: 1}))
    (tmp_path / "time.json").write_text(session(at=HOSTILE))
    (tmp_path / "who.json").write_text(session(strategy=HOSTILE, ended=HOSTILE))
    (tmp_path / "j.jsonl").write_text(f"{HOSTILE}\n")
    (tmp_path / "header.jsonl").write_text(json.dumps({"journal": 3, HOSTILE: HOSTILE}) + "\n")
    strategy = (
        "from dataclasses import dataclass\nfrom mmtui.strategies.protocol import Strategy\n"
        f"@dataclass\nclass Mine(Strategy):\n    name = {HOSTILE!r}\n    idea = {HOSTILE!r}\n"
        f"    def quote(self, view):\n        raise ValueError({HOSTILE!r})\n"
    )
    for path in ("s.py", f"{name}.py"):
        (tmp_path / path).write_text(strategy)
    (tmp_path / "import.py").write_text(f"raise ValueError({HOSTILE!r})\n")
    return tmp_path


def session(**more: str) -> str:
    record = {"at": "2026-11-24T16:58:31Z", "level": "skew", "score": 1, "stars": 0}
    return json.dumps({"career": 2, "sessions": [record | more]})


@pytest.mark.slow
def test_no_control_character_of_anybody_s_reaches_a_terminal(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hostile)
    name = HOSTILE.replace("/", "").replace("\0", "")
    one = ["--seeds", "1"]
    commands: list[list[object]] = [
        ["levels", "show", "l.toml"],
        ["levels", "check", "l.toml", "value.toml", "key.toml", "raw.toml"],
        ["levels", "show", f"{name}.toml"],
        ["levels", "show", f"no{name}.toml"],
        ["levels", "show", name],
        ["levels", "new", f"{name}.toml"],
        ["run", "l.toml", "-s", "fixed", *one],
        ["run", "l.toml", "-s", "fixed", *one, "--format", "csv"],
        ["run", "l.toml", "-s", "s.py:Mine", *one, "--journals", "j", "--format", "json"],
        ["run", "l.toml", "-s", f"{name}.py:Mine", *one],
        ["run", "l.toml", "-s", f"s.py:{name}", *one],
        ["run", "l.toml", "-s", "import.py:Mine", *one],
        ["run", "l.toml", "-s", "fixed", "--set", f"{name}=1"],
        ["run", "l.toml", "-s", "fixed", *one, "--out", f"/{name}/x"],
        ["compare", "l.toml", "-s", "fixed", "-s", "s.py:Mine", "--seeds", "1:2"],
        ["sweep", "l.toml", "-s", "fixed", "--grid", f"{name}=1"],
        ["report", "j/hostile-s.py-Mine-1.jsonl", "--trust"],
        ["report", "j/hostile-s.py-Mine-1.jsonl", "--format", "html"],
        ["report", "j.jsonl"],
        ["report", "header.jsonl"],
        ["replay", f"{name}.jsonl"],
        ["backtest", "p.csv", "-s", "skew"],
        ["backtest", "header.csv", "-s", "skew"],
        ["tape", "info", "t.csv"],
        ["scores", "import", "c.json"],
        ["scores", "import", "time.json"],
        ["scores", "import", "who.json"],
        ["scores", "--level", "skew"],
        ["strategies", "show", "s.py:Mine"],
        ["strategies", "show", name],
        ["docs", name],
        ["play", "skew", "--speed", name],
        ["serve", "--public-url", name],
        [name],
    ]
    sent = shown_on_a_terminal(commands, hostile)
    assert b"Traceback" not in sent
    # It was all said; what is left of it can be read.
    assert sent.count(b"== ") == len(commands)
    assert sent.count(b"TITLE") > len(commands) / 2
    assert _OBEYED.findall(_OURS.sub(b"", sent)) == []


def test_a_fault_of_ours_is_said_without_them_too(mmtui: Mmtui, monkeypatch: pytest.MonkeyPatch) -> None:
    def page(topic: str) -> str:
        raise RuntimeError(f"{topic} {HOSTILE}")

    monkeypatch.setattr("mmtui.docs.page", page)
    ended = mmtui("docs", "format")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Traceback")
    assert "TITLE" in ended.err
    assert _OBEYED.findall(ended.err.encode()) == []


def test_what_stays_of_a_text() -> None:
    assert visible("größer ≥ 1\n\t★ 文") == "größer ≥ 1\n\t★ 文"
    assert visible(HOSTILE) == "]52;c;ZXZpbA==]0;TITLE\\[2J[?1049h[35;5m31m0;tPq\\cx"
    # Half a pair, as in the name of a file that is no UTF-8.
    assert visible(os.fsdecode(b"a\xff")) == "a�"


def test_a_table_has_no_control_characters_but_its_own() -> None:
    out = io.StringIO()
    console = VisibleConsole(file=out, width=80, force_terminal=True, color_system="standard")
    console.print(table([TableColumn(HOSTILE, left=True)], [(f"[bold]{HOSTILE}",), (Text(HOSTILE),)], wrap=True))
    console.print(HOSTILE, style="bold")
    sent = out.getvalue().encode()
    assert sent.count(b"TITLE") == 4
    assert b"\x1b[1m" in sent
    assert _OBEYED.findall(_OURS.sub(b"", sent)) == []


# Other encodings


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_encoding_without_our_signs_gets_plain_ones(encoding: str, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONIOENCODING": encoding, "XDG_DATA_HOME": str(tmp_path)}
    for args in (
        ["levels", "show", "skew"],
        ["docs", "glossary"],
        ["run", "first-quotes", "-s", "fixed", "--seeds", "1", "--journals", str(tmp_path)],
        ["report", str(tmp_path / "first-quotes-fixed-1.jsonl"), "--no-field"],
    ):
        ended = subprocess.run([sys.executable, "-m", "mmtui", *args], env=env, capture_output=True, check=False)
        assert (ended.returncode, ended.stderr) == (0, b"")
        text = ended.stdout.decode(encoding)
        assert text.count("?") < 10
    assert "0.0 * 1" not in text


# Outputs that are full or closed


@pytest.mark.slow
@pytest.mark.parametrize(
    "args", [["levels"], ["--help"], ["--version"], ["docs", "format"], ["levels", "show", "skew"]]
)
def test_a_full_disk_behind_standard_output_is_one_sentence(args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "mmtui", *args], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr == "Error: standard output: cannot be written: No space left on device\n"


@pytest.mark.slow
def test_a_closed_standard_output_is_one_sentence(tmp_path: Path) -> None:
    for closed, code, said in (
        (">&-", 1, "Error: standard output: cannot be written: it is closed\n"),
        ("2>&-", 0, ""),
    ):
        ended = subprocess.run(
            f'"{sys.executable}" -m mmtui levels {closed}', shell=True, stderr=subprocess.PIPE, text=True, check=False
        )
        assert (ended.returncode, ended.stderr) == (code, said)
    # What is said does not go into a file that got the number of what was closed.
    out = tmp_path / "r.csv"
    run = f'"{sys.executable}" -m mmtui run first-quotes -s fixed --seeds 1 --format csv --out "{out}" >&- 2>&-'
    assert subprocess.run(run, shell=True, check=False).returncode == 0
    assert len(out.read_text().splitlines()) == 2


def test_a_reader_that_has_gone_is_nobody_s_fault() -> None:
    ended = subprocess.run(
        f'"{sys.executable}" -m mmtui docs format | true', shell=True, capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""


#: Writes more than a pipe holds, unbuffered, while an alarm rings on.
_RINGS = """
import signal, sys
from mmtui.cli.terminal import screened

signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
with screened():
    sys.stdout.write("x" * 999_999 + "\\n")
"""


def test_nothing_is_lost_unbuffered_when_a_signal_comes_while_a_reader_is_slow() -> None:
    command = [sys.executable, "-u", "-c", _RINGS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.read(1) == "x"
        time.sleep(0.2)
        assert len(process.stdout.read()) == 999_999


def test_a_refusal_does_not_repeat_all_of_what_it_refuses(mmtui: Mmtui, tmp_path: Path) -> None:
    (tmp_path / "key.toml").write_text(f"{'x' * 5000} = 1\n")
    long = "x" * 5000
    for args in (
        ["levels", "show", long],
        ["run", "skew", "-s", long],
        [long],
        ["play", "skew", "--speed", long],
        ["levels", "check", tmp_path / "key.toml"],
    ):
        ended = mmtui(*args)
        assert ended.code == 2
        assert 0 < max(map(len, (ended.out + ended.err).splitlines())) < 500


# Signals


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_a_command_with_what_is_finished_kept(number: signal.Signals, tmp_path: Path) -> None:
    out, journals = tmp_path / "r.jsonl", tmp_path / "j"
    args: list[Any] = ["run", "first-quotes", "-s", "idle", "--seeds", "1:999999", "--format", "jsonl"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mmtui", *args, "--out", out, "--journals", journals], stderr=subprocess.PIPE
    )
    until = time.monotonic() + 600
    while not journals.exists() or len(list(journals.iterdir())) < 4:
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=600)
    assert (process.returncode, said.strip()) == (128 + number, b"")
    assert len(out.read_text().splitlines()) >= 3


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(shell: str, mmtui: Mmtui) -> None:
    ended = mmtui("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert "_MMTUI_COMPLETE" in ended.out
    env = {**os.environ, "_MMTUI_COMPLETE": f"{shell}_source"}
    asked = subprocess.run([sys.executable, "-m", "mmtui"], env=env, capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stdout.split()) == (0, ended.out.split())


def test_a_line_is_completed() -> None:
    env = {**os.environ, "_MMTUI_COMPLETE": "bash_complete", "COMP_WORDS": "mmtui rep", "COMP_CWORD": "1"}
    asked = subprocess.run([sys.executable, "-m", "mmtui"], env=env, capture_output=True, text=True, check=False)
    assert asked.stdout.split() == ["plain,replay", "plain,report"]


# The app


@pytest.mark.slow
@pytest.mark.parametrize("args", [[], ["play", "skew"]])
def test_without_a_terminal_the_app_says_so(args: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "mmtui", *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("Error: the app needs a terminal on standard input, output and error")
    assert "play --plain" in ended.stderr

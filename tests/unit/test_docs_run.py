"""What the documentation shows is run: every command, on fewer seeds, and every block of Python of the pages here."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from mmtui import docs
from mmtui.cli.main import app, main
from tests.unit.test_docs import ROOT

#: Commands that open a screen or wait for others, unless they are told to play in words; and what takes minutes.
OPENS = re.compile(
    r"(play|room|join|serve|mcp|agent|tape play|drill|)( (?!list|jump)|$)(?!.*--plain)|calibrate |league .*--people"
)
#: What is shown about hours is run on minutes.
SHORTER = {"--from 3600": "--from 30", "--from 600": "--from 60", "--duration 300": "--duration 60"} | {
    "--duration 600": "--duration 60 --markets 40",
    "--sobol 32": "--sobol 2",
    "--grid half_spread=0.5,1,1.5": "--grid half_spread=1",
}
#: A seed that pages name in files, and the next.
SEEDS = "7:8"


def commands(page: Path) -> list[str]:
    """The lines of the shell's that run mmtui."""
    blocks = re.findall(r"(?s)```sh\n(.*?)```", page.read_text(encoding="utf-8"))
    return [line for block in blocks for line in block.splitlines() if re.match(r"(\.venv/bin/)?mmtui\b", line)]


PAGES = [page for page in (*sorted(docs.FOLDER.glob("*.md")), ROOT / "README.md") if commands(page)]
ALL = [(page, line) for page in PAGES for line in commands(page)]


def words_of(line: str) -> list[str]:
    return shlex.split(line, comments=True)[1:]


@pytest.mark.parametrize("line", [line for _, line in ALL], ids=[f"{page.stem}: {line[:60]}" for page, line in ALL])
def test_every_command_shown_is_read_with_its_values(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options, choices, numbers and how many arguments there are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "course").mkdir()
    command: click.Command = app
    words = words_of(line)
    context = click.Context(app, info_name="mmtui")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None
        command, words = found, words[1:]
    command.make_context("mmtui", words, parent=context).close()


def shortened(words: list[str]) -> list[str]:
    """The same command on two seeds and one level."""
    told = " ".join(words)
    told = (
        re.sub(r"--seeds \S+", f"--seeds {SEEDS}", told)
        .replace(" all ", " skew ")
        .replace("--futures 200", "--futures 20")
    )
    for shown, run in SHORTER.items():
        told = told.replace(shown, run)
    if words[0] in ("compare", "sweep") and "--seeds" not in told:
        told += f" --seeds {SEEDS}"
    return told.split()


def make_files(folder: Path) -> None:
    """The files that pages call by a name: recordings, and prices."""
    for name in ("X_message_10.csv", "message.csv.gz"):
        assert main(["tape", "export", "first-quotes", "-s", "skew", "-o", str(folder / name), "--book", "10"]) == 0
    draw = np.random.default_rng(1)
    index = 100 + np.cumsum(draw.normal(0, 0.02, 900)).round(2)
    future = index + 0.5 + draw.normal(0, 0.02, 900).round(2)
    for name, prices in (("prices.csv", index), ("index.csv", index), ("future.csv", future)):
        rows = (f"2026-01-05T10:{at // 60:02}:{at % 60:02},{price:.2f}\n" for at, price in enumerate(prices))
        (folder / name).write_text("timestamp,price\n" + "".join(rows))
    times = np.datetime64("2026-01-05T10:00:00", "ns") + np.arange(900) * np.timedelta64(1, "s")
    columns = {"ts": times, "bid_px": index - 0.01, "ask_px": index + 0.01}
    parquet.write_table(pa.table(columns), folder / "ticks.parquet")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_run_one_after_the_other(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    # Pages with their own files have them here.
    for name, block in zip(("agent.py", "coach.py"), python_of("agents"), strict=True):
        (tmp_path / name).write_text(block)
    for folder in ("course", "journals"):
        (tmp_path / folder).mkdir()
    make_files(tmp_path)
    assert main(["levels", "new", "course/first.toml"]) == 0
    for line in commands(page):
        words = words_of(line)
        if OPENS.match(" ".join(words)):
            continue
        monkeypatch.setattr("sys.stdin", io.StringIO("leave\n"))
        quoted = [word for word in words if " " in word]
        given = words if quoted else shortened(words)
        if quoted and "--seeds" in given:
            given[given.index("--seeds") + 1] = SEEDS
        assert main(given) in (0, 1), line


def python_of(topic: str) -> list[str]:
    return re.findall(r"(?s)```python\n(.*?)```", docs.page(topic))


@pytest.mark.slow
def test_is_it_better_says_so(tmp_path: Path) -> None:
    (block,) = python_of("better")
    (tmp_path / "better.py").write_text(block)
    shown = subprocess.run(
        [sys.executable, tmp_path / "better.py"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(shown) == 2
    assert all("against" in line or "than" in line or "distinguishable" in line for line in shown)


@pytest.mark.slow
def test_the_facts_for_a_coach_are_in_the_debrief(tmp_path: Path) -> None:
    _, block = python_of("agents")
    (tmp_path / "coach.py").write_text(block.replace('["mmtui",', '[sys.executable, "-m", "mmtui",'))
    assert (
        main(["run", "skew", "-s", "skew", "--seeds", "7", "--journals", str(tmp_path), "--out", str(tmp_path / "x")])
        == 0
    )
    shown = subprocess.run(
        [sys.executable, tmp_path / "coach.py", tmp_path / "skew-skew-7.jsonl"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert '"advice"' in shown
    assert '"mistakes"' in shown


def test_the_site_has_every_page_in_its_menu() -> None:
    menu = re.findall(r'"(\w+)\.md"', (ROOT / ".github" / "site" / "zensical.toml").read_text())
    assert sorted(menu) == sorted([*docs.TOPICS, "index", "explained", "models", "api", "contributing"])


def test_an_index_shows_the_readme_with_whole_addresses() -> None:
    """What ``.ci/readme`` does before a release is built leaves no link that leads nowhere there."""
    (pattern,) = re.findall(r"s#(.*?)#\]", (ROOT / ".ci" / "readme").read_text())
    readme = (ROOT / "README.md").read_text()
    whole = re.sub(pattern, r"](https://example.org/\1/", readme)
    links = re.findall(r"\]\(([^)]+)\)", whole)
    assert len(links) > 15
    assert all(link.startswith("https://") for link in links)

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module, metadata
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import click
import pytest

from mmtui import build
from mmtui.cli import main as cli
from mmtui.version import program_version

COMMAND = """
import click
from mmtui import errors

@click.command()
@click.option("--times", type=int)
def command(times):
    {body}
"""


class Define:
    """Adds commands to the program's table, each in a module of its own with a given body."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        monkeypatch.syspath_prepend(folder)

    def __call__(self, name: str, body: str) -> None:
        module = f"command_{name}"
        (self.folder / f"{module}.py").write_text(COMMAND.format(body=body))
        self.monkeypatch.setitem(cli.COMMANDS, name, (module, f"What {name} does."))
        self.monkeypatch.delitem(sys.modules, module, raising=False)


@pytest.fixture
def define(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Define:
    return Define(tmp_path, monkeypatch)


Output = pytest.CaptureFixture[str]


def test_version_is_the_package_s(capsys: Output) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"mmtui {program_version()} ({build})\n"


def test_sources_that_were_never_installed_have_a_version_too(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    def unknown(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", unknown)
    monkeypatch.setattr(cli, "program_version", program_version.__wrapped__)
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"mmtui 0.0 ({build})\n"


def test_help_lists_commands_without_importing_them(define: Define, capsys: Output) -> None:
    define("first", "pass")
    define("second", "pass")
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "What first does." in shown
    assert "What second does." in shown
    assert not {"command_first", "command_second"} & set(sys.modules)


def test_a_command_imports_its_own_module_only(define: Define, capsys: Output) -> None:
    define("first", "click.echo('ran')")
    define("second", "pass")
    assert cli.main(["first"]) == 0
    assert capsys.readouterr().out == "ran\n"
    assert "command_first" in sys.modules
    assert "command_second" not in sys.modules


def test_what_a_command_returns_is_the_exit_code(define: Define) -> None:
    define("failing", "return 1")
    assert cli.main(["failing"]) == 1


@pytest.mark.parametrize(
    ("error", "code"), [("LevelError", 2), ("InputError", 2), ("StrategyError", 1), ("MmtuiError", 1)]
)
def test_an_error_of_ours_is_one_sentence_and_its_exit_code(
    define: Define, capsys: Output, error: str, code: int
) -> None:
    define("bad", f"raise errors.{error}('no such thing.')")
    assert cli.main(["bad"]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "Error: no such thing.\n"


@pytest.mark.parametrize("args", [["nothing"], ["--nothing"], ["known", "--times", "x"], ["known", "extra"]])
def test_wrong_usage_is_explained_and_exits_2(define: Define, capsys: Output, args: list[str]) -> None:
    define("known", "pass")
    assert cli.main(args) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Usage: mmtui" in shown.err
    assert "Error: " in shown.err


def test_ctrl_c_ends_without_a_word(define: Define, capsys: Output) -> None:
    define("slow", "raise KeyboardInterrupt")
    assert cli.main(["slow"]) == 130
    assert capsys.readouterr().err.strip() == ""


def test_an_error_that_is_not_ours_keeps_its_traceback(define: Define, capsys: Output) -> None:
    define("broken", "raise ZeroDivisionError")
    assert cli.main(["broken"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("Traceback")
    assert said[-1] == "ZeroDivisionError"


@pytest.mark.parametrize("body", ["click.echo('x' * 100_000)", "print('x')"], ids=["while writing", "at the end"])
def test_a_reader_that_went_away_is_no_error(define: Define, body: str) -> None:
    define("writing", body)
    table = "cli.COMMANDS['writing'] = ('command_writing', '')"
    program = f"import sys; from mmtui.cli import main as cli; {table}; sys.exit(cli.main(['writing']))"
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-c", program],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(define.folder)},
        check=False,
    )
    os.close(writing)
    assert ended.stderr == ""
    assert ended.returncode == 1


def test_python_m_mmtui_is_the_same_program() -> None:
    shown = subprocess.run([sys.executable, "-m", "mmtui", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == f"mmtui {program_version()} ({build})\n"


def test_every_command_in_the_table_is_a_command() -> None:
    for name, (module, _) in cli.COMMANDS.items():
        assert isinstance(import_module(module).command, click.Command), name


def test_help_fits_a_screen(capsys: Output) -> None:
    cli.main(["--help"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    for name in cli.COMMANDS:
        assert re.search(rf"\b{name}\b", "\n".join(lines[4:])), name


def test_every_command_stands_on_one_shelf() -> None:
    assert sorted(name for names in cli.SHELVES.values() for name in names) == sorted(cli.COMMANDS)

"""Every number on the command line says its bounds, and what is none is refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from mmtui.cli.main import COMMANDS, LazyGroup, app, main
from mmtui.cli.number import Number

Output = pytest.CaptureFixture[str]
WRONG = ["nan", "inf", "-inf", "1e300", "-1e300", "1e9999", "9" * 5000, "1_0", "٣", "0x10", "x", "", " "]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def options() -> Iterator[tuple[tuple[str, ...], click.Option]]:
    """Every option of every command."""
    assert isinstance(app, LazyGroup)
    for words, command in commands(app):
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield words, parameter


NUMERIC = [(words, option.opts[0]) for words, option in options() if isinstance(option.type, Number)]


def test_every_numeric_option_keeps_to_bounds() -> None:
    assert len(COMMANDS) > 10
    assert len(NUMERIC) > 30
    for words, option in options():
        stock = isinstance(option.type, click.types.IntParamType | click.types.FloatParamType)
        assert not stock, f"{' '.join(words)} {option.opts[0]} has a number without bounds"


@pytest.mark.slow
@pytest.mark.parametrize(("words", "option"), NUMERIC, ids=[" ".join((*words, option)) for words, option in NUMERIC])
@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_number_within_bounds_is_refused_by_name(
    words: tuple[str, ...], option: str, text: str, capsys: Output
) -> None:
    assert main([*words, f"{option}={text}"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"Error: {option} ")
    assert "expected" in shown.err
    assert shown.err.count("\n") == 1
    assert len(shown.err) < 250


@pytest.mark.parametrize(
    ("number", "text", "value"),
    [
        (Number(0, 1), "0.25", 0.25),
        (Number(0, 1), "1e-3", 0.001),
        (Number(1e-9, 1e9, zero=True), "0", 0.0),
        (Number(-5, 5, int), "-5", -5),
        (Number(-5, 5, int), "+5", 5),
    ],
)
def test_numbers_within_bounds_are_read(number: Number, text: str, value: float) -> None:
    assert number.read("--x", text) == value


def test_the_help_says_the_bounds(capsys: Output) -> None:
    main(["backtest", "--help"])
    assert "--fee-bps -10000..10000" in capsys.readouterr().out

"""The command line: one program, whose commands are imported only when they run."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from importlib import import_module

import click

from mmtui import build
from mmtui.cli.signals import EndedError, ended_by_signals
from mmtui.cli.terminal import LostOutputError, ReaderGoneError, forget_output, screened
from mmtui.errors import MmtuiError, brief
from mmtui.version import program_version

#: The variable by which a shell asks how a line goes on.
COMPLETING = "_MMTUI_COMPLETE"
#: Every command: the module that defines it, as ``command``, and its line in the help, which several may share.
COMMANDS: dict[str, tuple[str, str]] = {
    "play": ("mmtui.cli.play", "Play a level in the terminal."),
    "serve": ("mmtui.cli.serve", "Play in a browser."),
    "room": ("mmtui.cli.room", "Open a market that several make."),
    "join": ("mmtui.cli.join", "Take a seat in somebody's room."),
    "agent": ("mmtui.cli.agent", "Play a level by a program of any language."),
    "mcp": ("mmtui.cli.mcp", "Play a level by an assistant."),
    "run": ("mmtui.cli.run", "Run levels headless, over many seeds."),
    "compare": ("mmtui.cli.compare", "Is a strategy better than another, and how sure is that?"),
    "league": ("mmtui.cli.league", "Everybody against everybody, with ratings."),
    "sweep": ("mmtui.cli.sweep", "Run a strategy at many points of its parameters."),
    "replay": ("mmtui.cli.replay", "Watch a session again, or check that nothing differs."),
    "whatif": ("mmtui.cli.whatif", "Wrong or unlucky? An alternative, over futures drawn anew."),
    "drill": ("mmtui.cli.drill", "Short exercises, shipped and from your mistakes."),
    "grade": ("mmtui.cli.grade", "Grade the journals of a class."),
    "daily": ("mmtui.cli.daily", "The day's challenge, and its board."),
    "report": ("mmtui.cli.report", "Explain a session: its score, its PnL, its fills."),
    "journals": ("mmtui.cli.journals", "Pass journals on; the key that signs yours."),
    "scores": ("mmtui.cli.scores", "Best scores, history; export and import."),
    "levels": ("mmtui.cli.levels", "List levels; show, start and check them."),
    "strategies": ("mmtui.cli.strategies", "List the strategies, show one."),
    "backtest": ("mmtui.cli.backtest", "Run a strategy along a recorded price path."),
    "measure": ("mmtui.cli.measure", "Volatility and memory of recorded prices; pairs."),
    "tape": ("mmtui.cli.tape", "Recorded order books: measure one, make a level, play."),
    "fit": ("mmtui.cli.fit", "Fit a market to a recording."),
    "validate": ("mmtui.cli.validate", "Hold a market against a recording."),
    "calibrate": ("mmtui.cli.calibrate", "Check that levels teach: the right behaviour wins."),
    "facts": ("mmtui.cli.facts", "Check the markets' facts, and the models by their papers."),
    "verify": ("mmtui.cli.verify", "Check the markets' facts, and the models by their papers."),
    "completion": ("mmtui.cli.completion", "Complete commands and options in your shell."),
    "docs": ("mmtui.cli.docs", "The documentation, by topic."),
}
#: What commands are for, in the order of the help.
SHELVES: dict[str, tuple[str, ...]] = {
    "Play": ("play", "serve"),
    "Play with others": ("room", "join", "agent", "mcp"),
    "See what you did": ("replay", "report", "scores", "journals"),
    "Learn from it": ("whatif", "drill", "daily", "grade"),
    "Run strategies": ("run", "compare", "sweep", "league", "backtest"),
    "Levels, strategies": ("levels", "strategies"),
    "Recorded markets": ("tape", "measure", "fit", "validate"),
    "Check what we say": ("calibrate", "facts", "verify"),
    "Help": ("docs", "completion"),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports only the one that is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command of that name; None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = import_module(module).command
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options beside the heading of the commands, so that all fit on a screen."""
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the commands are for, which fits a screen; nothing is imported for it."""
        placed = {name for names in SHELVES.values() for name in names}
        shelves = {about: [name for name in names if name in COMMANDS] for about, names in SHELVES.items()}
        with formatter.section("Commands (-h, --help: what each does and takes; --version: the version)"):
            others = [(name, about) for name, (_, about) in COMMANDS.items() if name not in placed]
            formatter.write_dl([(about, ", ".join(names)) for about, names in shelves.items() if names] + others)


def show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    """Write which version runs, and which build, and end."""
    if asked and not context.resilient_parsing:
        click.echo(f"mmtui {program_version()} ({build})")
        context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Show the version."
)
@click.pass_context
def app(context: click.Context) -> int | None:
    """Make a market by hand or by strategy. Without a command, the app opens."""
    if context.invoked_subcommand is None:
        from mmtui.tui.run import open_app

        return open_app()
    return None


def main(args: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code.

    A command returns its own exit code, or None for 0. What it raises ends it so:

    - MmtuiError: its sentence on standard error, its exit code (2 for bad input, else 1);
    - wrong usage: click's explanation, 2;
    - Ctrl-C: silently, 130, as shells report it; other signals that end a program likewise, 128 and their number;
    - anything else: its traceback, 1;
    - a reader of our output that went away (``mmtui … | head``): silently, 1.
    """
    # What a shell asks for is for no terminal.
    with nullcontext() if COMPLETING in os.environ else screened():
        try:
            with ended_by_signals():
                code = app.main(args, prog_name="mmtui", standalone_mode=False)
                sys.stdout.flush()
        except click.ClickException as error:
            error.message = brief(error.message)  # type: ignore[misc]
            error.show()
            return error.exit_code
        except MmtuiError as error:
            if error.__cause__ is not None and "--traceback" in (sys.argv if args is None else args):
                from mmtui.strategies.loading import whole_traceback

                click.echo(whole_traceback(error.__cause__), err=True)
            click.echo(f"Error: {error}", err=True)
            if isinstance(error, LostOutputError):
                forget_output()
            return error.exit_code
        except click.Abort as abort:
            ended = abort.__cause__ or abort.__context__
            return 128 + (ended.signal if isinstance(ended, EndedError) else signal.SIGINT)
        except ReaderGoneError:
            forget_output()
            return 1
        except Exception:
            # A fault of ours, said on the same way out as everything else.
            traceback.print_exc()
            return 1
        finally:
            if args is None:
                # The process ends a tenth of a second sooner without a last search for cycles.
                gc.freeze()
    return code if isinstance(code, int) else 0

"""What a seat may ask for, whoever sits in it: nothing that reads a file of this machine or runs code of its own."""

from __future__ import annotations

from mmtui.errors import InputError
from mmtui.session.commands import AnyCommand, HandOver, Ready
from mmtui.strategies.params import read_params
from mmtui.strategies.registry import shipped_names, strategy_class
from mmtui.strategies.sources import named_files


def check_command(command: AnyCommand) -> None:
    """Raise InputError for a command that a room carries out for nobody."""
    if isinstance(command, HandOver | Ready):
        if command.strategy not in shipped_names():
            raise InputError(f"expected a strategy that ships, one of {', '.join(shipped_names())}")
        # A strategy may take the names of others for its parameters.
        if any(isinstance(value, str) and named_files(value) for value in command.params.values()):
            raise InputError(f"{command.strategy}: expected no strategy's file: a room runs no code of its players")
        read_params(command.strategy, strategy_class(command.strategy), command.params)

"""The player's preferences, kept between runs."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mmtui.json_file import Versioned
from mmtui.tui.cards import MOST_OF_A_NAME
from mmtui.tui.theme import DEFAULT_THEME

Speed = Annotated[float, msgspec.Meta(ge=0.5, le=16.0)]


class Settings(Versioned, frozen=True, kw_only=True):
    """The player's preferences. Unknown keys, such as a later version's, are ignored.

    Attributes:
        theme: name of the colours.
        speed: seconds of market per second of wall time, when a level starts.
        armed: whether one click on the ladder sends an order when a level starts; disarmed, it moves the cursor.
        several: whether a new price adds an order to its side instead of replacing those there.
        bell: whether the terminal's bell rings on own fills.
        coach: whether the coach speaks.
        runs_on: whether the market goes on under the choice of a strategy and the command palette.
        still: whether animations are off.
        player: what journals call the player; empty for nothing.
        board: the folder whose journals are ranked; empty for the player's own.
        layout: name of the keyboard's layout, whose keys are among ``keys``.
        keys: action id to its key, those that differ from the defaults only; several keys are separated by commas.
    """

    theme: str = DEFAULT_THEME
    speed: Speed = 1.0
    armed: bool = True
    several: bool = False
    bell: bool = False
    coach: bool = True
    runs_on: bool = False
    still: bool = False
    player: Annotated[str, msgspec.Meta(max_length=MOST_OF_A_NAME)] = ""
    board: str = ""
    layout: str = "QWERTY"
    keys: dict[str, str] = msgspec.field(default_factory=dict)

"""What an action is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does.

    Attributes:
        id: stable name for key maps, ``floor.cancel-all``; the part before the dot is the screen.
        key: Textual's name of the default key; several separated by commas.
        action: the method it calls on the screen.
        label: what the help says, in a few words; empty when it shares the line of the action before it.
        tooltip: the whole story in a sentence.
        group: heading in the help.
        footer: shown in the footer, under this word; keys with the same word share it.
        first: it comes before whatever has the focus, such as a field for text.
    """

    id: str
    key: str
    action: str
    label: str
    tooltip: str
    group: str
    footer: str = ""
    first: bool = False

    @property
    def screen(self) -> str:
        """The screen it belongs to."""
        return self.id.partition(".")[0]

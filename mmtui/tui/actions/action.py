"""An action: something a key does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does.

    Attributes:
        id: stable name for key maps, ``floor.cancel-all``; the part before the dot is the screen.
        key: Textual's name of the default key; several separated by commas.
        action: the method it calls: the screen's, or after ``app.`` the app's.
        label: a few words for the help; empty when it shares the line of the action before it.
        tooltip: a sentence.
        group: heading in the help.
        footer: its word in the footer, empty for none; keys with the same word share it.
        first: takes precedence over the focused widget, such as a text field.
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
    def name(self) -> str:
        """Its short name, such as "cancel all"."""
        return self.id.partition(".")[2].replace("-", " ")

    @property
    def screen(self) -> str:
        """The screen it belongs to."""
        return self.id.partition(".")[0]

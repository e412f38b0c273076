"""Keyboards on which some default keys are dead or need AltGr, and the keys that stand in for those there.

A layout is a part of the key map: it gives actions more keys, and the reachable ones are shown first.
"""

from __future__ import annotations

from collections.abc import Mapping

from mmtui.tui.keys import checked

_BRACKETS = {
    "floor.cancel-all": "backspace,grave_accent",
    "floor.both-down": "d,left_square_bracket",
    "floor.both-up": "t,right_square_bracket",
    "floor.hedge-sell": "D,left_curly_bracket",
    "floor.hedge-buy": "T,right_curly_bracket",
}
#: What differs from QWERTY, by name.
LAYOUTS: dict[str, dict[str, str]] = {
    "QWERTY": {},
    "QWERTZ": {**_BRACKETS, "floor.cancel-asks": "y,z"},
    "AZERTY": {
        **_BRACKETS,
        "floor.size-1": "ampersand,1",
        "floor.size-2": "é,2",
        "floor.size-3": "quotation_mark,3",
        "floor.size-4": "apostrophe,4",
        "floor.size-5": "left_parenthesis,5",
        "floor.skew-down": "j,semicolon",
        "floor.skew-up": "l",
    },
    "Spanish": _BRACKETS,
    "Nordic": _BRACKETS,
    "Italian": _BRACKETS,
}
_BY_LANGUAGE = {
    "de": "QWERTZ",
    "fr_FR": "AZERTY",
    "fr_BE": "AZERTY",
    "es": "Spanish",
    "it": "Italian",
    **dict.fromkeys(("sv", "nb", "nn", "no", "da", "fi"), "Nordic"),
}


def likely_layout(environ: Mapping[str, str]) -> str:
    """The layout that goes with the language of an environment."""
    language = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    return _BY_LANGUAGE.get(language[:5], _BY_LANGUAGE.get(language[:2], "QWERTY"))


def with_layout(keymap: Mapping[str, str], before: str, layout: str) -> dict[str, str]:
    """A key map for another layout; keys that the player has changed stay."""
    own = {action: key for action, key in keymap.items() if LAYOUTS.get(before, {}).get(action) != key}
    return checked({**LAYOUTS[layout], **own})[0]

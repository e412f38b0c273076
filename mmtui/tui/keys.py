"""The keys of the actions: bindings from the registry, and key maps that change them."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding, BindingType
from textual.keys import format_key

from mmtui.errors import InputError
from mmtui.tui.actions import ACTIONS, Action

#: The order of the footer, the most needed first: a narrow terminal shows only the beginning.
_FOOTER = ("quote", "join", "width", "auto", "cancel", "pause", "panel", "page", "retry", "watch", "help", "skew")
#: Ids of earlier versions to the present ones. Renaming an action adds an entry and raises the version of the settings.
ALIASES: dict[str, str] = {}
#: These move and choose in lists.
_LIST_KEYS = frozenset({"up", "down", "home", "end", "pageup", "pagedown", "enter"})


def keys_of(action: Action, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of an action, as Textual names them."""
    return tuple(key.strip() for key in keymap.get(action.id, action.key).split(","))


def remap(keymap: Mapping[str, str], action_id: str, key: str) -> dict[str, str]:
    """The key map with another key for an action, or several separated by commas.

    Raises:
        InputError: there is no such action, or the key has another use on its screen.
    """
    action = ACTIONS.get(action_id)
    if action is None:
        raise InputError(f"there is no action {action_id!r}")
    wanted = [name.strip() for name in key.split(",") if name.strip()]
    if not wanted:
        raise InputError(f"{_named(action)} needs a key")
    for name in wanted:
        for other in ACTIONS.values():
            meets = "app" in (action.screen, other.screen) or other.screen == action.screen
            if other is not action and meets and name in keys_of(other, keymap):
                raise InputError(f"the key {format_key(name)} is taken already, by {_named(other)}: choose another")
        if action.screen not in ("floor", "replay") and name in _LIST_KEYS:
            raise InputError(f"the key {format_key(name)} is needed to move in lists: choose another")
    changed = {**keymap, action_id: ",".join(wanted)}
    if changed[action_id] == action.key:
        del changed[action_id]
    return changed


def checked(keymap: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """A key map under the present ids, without invalid entries, and a sentence on each of those."""
    good = {ALIASES[action_id]: key for action_id, key in keymap.items() if action_id in ALIASES}
    good |= {action_id: key for action_id, key in keymap.items() if action_id not in ALIASES}
    troubles: list[str] = []
    settled = False
    while not settled:
        settled = True
        for action_id, key in list(good.items()):
            # Checked against all others, so that two actions may swap their keys.
            others = {name: other for name, other in good.items() if name != action_id}
            try:
                remap(others, action_id, key)
            except InputError as error:
                troubles.append(str(error))
                good = others
                settled = False
    return good, troubles


def _named(action: Action) -> str:
    return f"{action.tooltip[0].lower()}{action.tooltip[1:]} ({action.id})"


def bindings(screen: str) -> list[BindingType]:
    """The bindings of a screen, in the order of the footer."""
    actions = [action for action in ACTIONS.values() if action.screen == screen]
    actions.sort(key=lambda action: _FOOTER.index(action.footer) if action.footer in _FOOTER else len(_FOOTER))
    shared = {action.footer for action in actions if sum(other.footer == action.footer for other in actions) > 1}
    groups = {word: Binding.Group(word, compact=True) for word in shared if word}
    return [
        Binding(
            action.key,
            action.action,
            action.footer or action.label or action.tooltip,
            show=bool(action.footer),
            tooltip=action.tooltip,
            id=action.id,
            group=groups.get(action.footer),
            priority=action.first,
        )
        for action in actions
    ]

"""Every key of the floor and of a replay can be typed on the keyboards of the layouts, without AltGr and dead keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.keys import _character_to_key

from mmtui.tui.actions import ACTIONS
from mmtui.tui.app import MmtuiApp
from mmtui.tui.keys import checked, keys_of
from mmtui.tui.layouts import LAYOUTS, likely_layout, with_layout
from mmtui.tui.screens.settings import SettingsScreen
from tests.tui.small import HandDriver, SmallEngine

#: What the keys of a layout's keyboards type by themselves and with Shift: from the tables of xkb, dead keys left out.
TYPED = {
    "us": ("1234567890-=qwertyuiop[]asdfghjkl;'`\\zxcvbnm,./", '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"~|ZXCVBNM<>?'),
    "de": ("1234567890ßqwertzuiopü+asdfghjklöä#yxcvbnm,.-<", "!\"§$%&/()=?QWERTZUIOPÜ*ASDFGHJKLÖÄ°'YXCVBNM;:_>"),
    "fr": ("&é\"'(-è_çà)=azertyuiop$qsdfghjklmù²*wxcvbn,;:!<", "1234567890°+AZERTYUIOP£QSDFGHJKLM%~µWXCVBN?./§>"),
    "es": ("1234567890'¡qwertyuiop+asdfghjklñºçzxcvbnm,.-<", '!"·$%&/()=?¿QWERTYUIOP*ASDFGHJKLÑªÇZXCVBNM;:_>'),
    "se": ("1234567890+qwertyuiopåasdfghjklöä§'zxcvbnm,.-<", '!"#¤%&/()=?QWERTYUIOPÅASDFGHJKLÖÄ½*ZXCVBNM;:_>'),
    "no": ("1234567890+\\qwertyuiopåasdfghjkløæ|'zxcvbnm,.-<", '!"#¤%&/()=?QWERTYUIOPÅASDFGHJKLØÆ§*ZXCVBNM;:_>'),
    "dk": ("1234567890+qwertyuiopåasdfghjklæø½'zxcvbnm,.-<", '!"#¤%&/()=?QWERTYUIOPÅASDFGHJKLÆØ§*ZXCVBNM;:_>'),
    "fi": ("1234567890+qwertyuiopåasdfghjklöä§'zxcvbnm,.-<", '!"#¤%&/()=?QWERTYUIOPÅASDFGHJKLÖÄ½*ZXCVBNM;:_>'),
    "it": ("1234567890'ìqwertyuiopè+asdfghjklòà\\ùzxcvbnm,.-<", '!"£$%&/()=?^QWERTYUIOPé*ASDFGHJKLç°|§ZXCVBNM;:_>'),
}
KEYBOARDS = {
    "QWERTY": ("us",),
    "QWERTZ": ("de",),
    "AZERTY": ("fr",),
    "Spanish": ("es",),
    "Nordic": ("se", "no", "dk", "fi"),
    "Italian": ("it",),
}
#: The same on every keyboard.
_NAMED = {
    *(
        "up",
        "down",
        "left",
        "right",
        "pageup",
        "pagedown",
        "home",
        "end",
        "space",
        "tab",
        "enter",
        "escape",
        "backspace",
        "f1",
    ),
    *("shift+up", "shift+down", "shift+left", "shift+right"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_first_key_of_every_action_can_be_typed(layout: str) -> None:
    for keyboard in KEYBOARDS[layout]:
        typed = {_character_to_key(character) for part in TYPED[keyboard] for character in part}
        for action in ACTIONS.values():
            if action.screen in ("floor", "replay"):
                assert keys_of(action, LAYOUTS[layout])[0] in typed | _NAMED, (keyboard, action.id)


def test_the_size_keys_of_azerty_need_no_shift() -> None:
    plain = {_character_to_key(character) for character in TYPED["fr"][0]}
    assert {keys_of(ACTIONS[f"floor.size-{number}"], LAYOUTS["AZERTY"])[0] for number in range(1, 6)} <= plain


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_key_of_a_layout_is_taken_twice(layout: str) -> None:
    assert checked(LAYOUTS[layout]) == (LAYOUTS[layout], [])


def test_changing_the_layout_keeps_the_player_s_own_keys() -> None:
    own = {**LAYOUTS["QWERTZ"], "floor.bid": "n", "floor.both-up": "o"}
    assert with_layout(own, "QWERTZ", "QWERTY") == {"floor.bid": "n", "floor.both-up": "o"}
    changed = with_layout(own, "QWERTZ", "AZERTY")
    assert changed == {**LAYOUTS["AZERTY"], "floor.bid": "n", "floor.both-up": "o"}


@pytest.mark.parametrize(
    ("language", "layout"),
    [
        ("de_AT.UTF-8", "QWERTZ"),
        ("fr_FR.UTF-8", "AZERTY"),
        ("fr_CA.UTF-8", "QWERTY"),
        ("nb_NO", "Nordic"),
        ("it_IT", "Italian"),
        ("es_MX", "Spanish"),
        ("en_GB.UTF-8", "QWERTY"),
        ("C", "QWERTY"),
    ],
)
def test_first_start_takes_the_layout_of_the_language(language: str, layout: str) -> None:
    assert likely_layout({"LANG": language}) == layout
    assert likely_layout({"LANG": "C", "LC_ALL": language}) == layout


@pytest.mark.slow
async def test_layout_is_chosen_at_the_first_start_and_in_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    app = MmtuiApp(SmallEngine(), driver=HandDriver, config=tmp_path, data=tmp_path)
    assert (app.settings.layout, app.settings.keys) == ("QWERTZ", LAYOUTS["QWERTZ"])
    async with app.run_test(size=(120, 40)) as pilot:
        app.show_settings()
        await pilot.pause()
        assert isinstance(app.screen, SettingsScreen)
        await pilot.press("end", "up", "up", "up", "enter")
        assert (app.settings.layout, app.settings.keys) == ("AZERTY", LAYOUTS["AZERTY"])
    monkeypatch.setenv("LC_ALL", "it_IT.UTF-8")
    assert MmtuiApp(SmallEngine(), config=tmp_path, data=tmp_path).settings.layout == "AZERTY"

"""The colours, in four themes. The contrast of text to its ground is at least 4.5:1; a test measures it.

Bids and asks differ by place and shape as well, so that no colour is needed to play.
"""

from __future__ import annotations

from textual.theme import Theme

DEFAULT_THEME = "mmtui-dark"

#: Colour names used by style sheets (``$bid``) and by Palette ("bid on bid-bar").
_DARK = {
    "bid": "#5fd7a7",
    "ask": "#ff8f8a",
    "bid-bar": "#14503f",
    "ask-bar": "#64292f",
    "bid-ground": "#0f1b1f",
    "ask-ground": "#1c161d",
    "price-ground": "#1a2230",
    "cursor": "#273750",
    "entry": "#4d3b0d",
    "own": "#ffd479",
    "auto": "#c9a6ff",
    "live": "#7ab8ff",
    "ghost": "#a99bc9",
    "muted": "#9fabbe",
    "rule": "#2a3547",
    "ink": "#0b0f15",
    "sold-bar": "#7a343a",
    "bought-bar": "#1b6650",
    "track": "#1e2836",
}
_LIGHT = {
    "bid": "#00614a",
    "ask": "#a81d22",
    "bid-bar": "#b9e3d3",
    "ask-bar": "#f6cdc9",
    "bid-ground": "#edf6f1",
    "ask-ground": "#fbf0ee",
    "price-ground": "#e9e7e0",
    "cursor": "#cbdcf7",
    "entry": "#ffe39a",
    "own": "#7a4b00",
    "auto": "#5f2da8",
    "live": "#0b4fa3",
    "ghost": "#66558c",
    "muted": "#555d69",
    "rule": "#d3cfc4",
    "ink": "#ffffff",
    "sold-bar": "#f0b3ae",
    "bought-bar": "#9fd6c1",
    "track": "#e2dfd6",
}
_BLUE_ORANGE = _DARK | {
    "bid": "#74b9ff",
    "ask": "#ffb169",
    "bid-bar": "#17456f",
    "ask-bar": "#6a3d0c",
    "bid-ground": "#0f1a28",
    "ask-ground": "#1e1811",
    "live": "#8fd3ff",
    "own": "#fff0a8",
    "entry": "#45451c",
    "sold-bar": "#7f4a10",
    "bought-bar": "#1d5688",
}
_HIGH_CONTRAST = {
    "bid": "#5cffb5",
    "ask": "#ff9d96",
    "bid-bar": "#00563a",
    "ask-bar": "#7a0a14",
    "bid-ground": "#000000",
    "ask-ground": "#000000",
    "price-ground": "#1c1c1c",
    "cursor": "#003b8f",
    "entry": "#5a4300",
    "own": "#ffe14d",
    "auto": "#e3b8ff",
    "live": "#8ad1ff",
    "ghost": "#d8c8ff",
    "muted": "#d0d0d0",
    "rule": "#6a6a6a",
    "ink": "#000000",
    "sold-bar": "#8f1520",
    "bought-bar": "#006b48",
    "track": "#2a2a2a",
}


def _theme(
    name: str, own: dict[str, str], background: str, surface: str, panel: str, foreground: str, *, dark: bool = True
) -> Theme:
    own = own | {"gain": own["bid"], "loss": own["ask"]}
    return Theme(
        name=name,
        primary=own["live"],
        secondary=own["auto"],
        accent=own["own"],
        warning=own["own"],
        error=own["loss"],
        success=own["gain"],
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        dark=dark,
        variables=own
        | {
            "text": foreground,
            "text-muted": own["muted"],
            "text-disabled": own["muted"],
            "foreground-muted": own["muted"],
            "foreground-disabled": own["muted"],
            "border": own["live"],
            "border-blurred": own["rule"],
            "block-cursor-background": own["cursor"],
            "block-cursor-foreground": foreground,
            "block-cursor-text-style": "bold",
            "block-hover-background": own["track"],
            "footer-background": panel,
            "footer-foreground": foreground,
            "footer-key-foreground": own["own"],
            "footer-description-foreground": foreground,
            "input-selection-background": own["cursor"],
            "scrollbar": own["rule"],
            "scrollbar-hover": own["muted"],
            "scrollbar-active": own["live"],
            "scrollbar-background": surface,
            "scrollbar-corner-color": surface,
        },
    )


THEMES: tuple[Theme, ...] = (
    _theme(DEFAULT_THEME, _DARK, "#0b0f15", "#10161f", "#18212e", "#dbe3ee"),
    _theme("mmtui-light", _LIGHT, "#f4f2ec", "#fbfaf6", "#e6e3da", "#1d242e", dark=False),
    _theme("mmtui-blue-orange", _BLUE_ORANGE, "#0b0f15", "#10161f", "#18212e", "#dbe3ee"),
    _theme("mmtui-high-contrast", _HIGH_CONTRAST, "#000000", "#000000", "#1c1c1c", "#ffffff"),
)

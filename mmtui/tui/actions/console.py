"""The actions of an instructor's console, and of a wall, where those that instruct do nothing."""

from __future__ import annotations

from mmtui.tui.actions.action import Action

_GROUPS = {
    "Market": [
        (
            "start",
            "space",
            "start",
            "start, freeze, go on",
            "Open the market, stop its clock, or let it go on",
            "start",
        ),
        ("slower", "less_than_sign", "speed(0.5)", "slower, faster", "Halve the speed", ""),
        ("faster", "greater_than_sign", "speed(2.0)", "", "Double the speed", ""),
        ("buy", "b", "spike('bid')", "buy, sell at once", "Buy 20 lots at once, whatever they cost", "spike"),
        ("sell", "s", "spike('ask')", "", "Sell 20 lots at once, whatever they cost", "spike"),
        ("halt", "h", "halt", "halt, resume", "Halt trading on an exchange with rules, or let it go on", ""),
        (
            "jump",
            "j",
            "jump",
            "jump of the value",
            "Have the value jump by some ticks",
            "",
        ),
        ("event", "e", "event", "next event", "Have the next event of the level happen now", ""),
        ("market", "i", "set_market", "change the market", "Change a number of the market, as levels write it", ""),
        ("institution", "o", "institution", "institution", "Work an order for some lots over some seconds", ""),
        ("headline", "n", "headline", "news", "Have news come out", "news"),
    ],
    "Seats": [
        ("up", "up", "move(-1)", "choose a seat", "Mark the seat above", ""),
        ("down", "down", "move(1)", "", "Mark the seat below", ""),
        ("message", "m", "message('seat')", "message to the seat", "Say something to the marked seat", "message"),
        ("message-all", "M", "message('all')", "message to all", "Say something to everybody", ""),
        ("mute", "u", "mute", "mute, let act", "Let the marked seat do nothing, or let it act again", "mute"),
        ("withdraw", "w", "withdraw", "withdraw", "Withdraw the marked seat's orders", ""),
        ("kick", "K", "kick", "put out", "Put the marked seat's player out", ""),
        ("floor", "v", "see_floor", "see its floor", "See the floor of the marked seat", "floor"),
    ],
    "Console": [("leave", "escape", "leave", "leave", "Go; the room stays open", "leave")],
}
CONSOLE = tuple(
    Action(f"console.{name}", key, action, label, tooltip, group, footer)
    for group, actions in _GROUPS.items()
    for name, key, action, label, tooltip, footer in actions
)

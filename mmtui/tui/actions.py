"""Every action of the app, in one place: its id, default key, label, tooltip and group.

Bindings, footer, help and palette are made from this list; ids let a key map change any key.
"""

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


_FLOOR = (
    Action(
        "floor.bid",
        "b",
        "quote('bid')",
        "bid, offer at cursor",
        "Bid at the cursor with the chosen size, instead of the bid you have",
        "Quote",
        "quote",
    ),
    Action(
        "floor.offer",
        "s",
        "quote('ask')",
        "",
        "Offer at the cursor with the chosen size, instead of the offer you have",
        "Quote",
        "quote",
    ),
    Action(
        "floor.join-bid",
        "q",
        "join('bid', 0)",
        "join the best bid, ask",
        "Bid at the best bid, behind those who are there",
        "Quote",
        "join",
    ),
    Action(
        "floor.join-ask",
        "w",
        "join('ask', 0)",
        "",
        "Offer at the best ask, behind those who are there",
        "Quote",
        "join",
    ),
    Action(
        "floor.improve-bid",
        "Q",
        "join('bid', 1)",
        "improve on the best",
        "Bid one tick above the best bid, while that does not trade",
        "Quote",
    ),
    Action(
        "floor.improve-ask",
        "W",
        "join('ask', 1)",
        "",
        "Offer one tick below the best ask, while that does not trade",
        "Quote",
    ),
    Action(
        "floor.tighten",
        "comma",
        "width(-1)",
        "tighten, widen",
        "Move both quotes one tick towards each other; pegged, half a tick to the centre",
        "Move",
        "width",
    ),
    Action(
        "floor.widen",
        "full_stop",
        "width(1)",
        "",
        "Move both quotes one tick apart; pegged, half a tick from the centre",
        "Move",
        "width",
    ),
    Action(
        "floor.skew-down",
        "semicolon",
        "skew(-1)",
        "skew down, up",
        "Lower the bid a tick and leave the ask: you are less keen to buy; pegged, lower both by half a tick",
        "Move",
        "skew",
    ),
    Action(
        "floor.skew-up",
        "apostrophe",
        "skew(1)",
        "",
        "Raise the ask a tick and leave the bid: you are less keen to sell; pegged, raise both by half a tick",
        "Move",
        "skew",
    ),
    Action(
        "floor.both-down",
        "left_square_bracket",
        "both(-1)",
        "both quotes down, up",
        "Move both quotes down a tick",
        "Move",
    ),
    Action("floor.both-up", "right_square_bracket", "both(1)", "", "Move both quotes up a tick", "Move"),
    Action(
        "floor.order-up",
        "shift+up",
        "move_order(1)",
        "move order at the cursor",
        "Move your order under the cursor up a tick",
        "Move",
    ),
    Action(
        "floor.order-down", "shift+down", "move_order(-1)", "", "Move your order under the cursor down a tick", "Move"
    ),
    Action(
        "floor.undo",
        "u",
        "undo",
        "undo",
        "Bring back your quotes as they were before your last change; twice is redo",
        "Move",
    ),
    Action(
        "floor.peg",
        "m",
        "peg",
        "peg or fix the quotes",
        "Let your quotes follow the market at their width and skew, or leave them where they are",
        "Follow",
    ),
    Action(
        "floor.reference",
        "M",
        "reference",
        "follow mid, microprice",
        "Let pegged quotes follow the mid, or the microprice, which leans to the thinner side",
        "Follow",
    ),
    Action(
        "floor.hand-over",
        "a",
        "hand_over",
        "hand over, take back",
        "Let the ready strategy quote, or quote by hand again; its orders stay yours",
        "Strategy",
        "auto",
    ),
    Action(
        "floor.choose-strategy",
        "A",
        "choose_strategy",
        "choose the strategy",
        "Choose which strategy is ready; its quotes show as ghosts",
        "Strategy",
    ),
    Action(
        "floor.cancel-all",
        "grave_accent",
        "cancel_all",
        "cancel all",
        "Withdraw all your orders",
        "Withdraw",
        "cancel",
    ),
    Action(
        "floor.cancel-here",
        "c",
        "cancel_here",
        "cancel at the cursor",
        "Withdraw your orders at the cursor",
        "Withdraw",
    ),
    Action("floor.cancel-bids", "x", "cancel_side('bid')", "cancel my bids, asks", "Withdraw your bids", "Withdraw"),
    Action("floor.cancel-asks", "z", "cancel_side('ask')", "", "Withdraw your asks", "Withdraw"),
    Action("floor.pause", "p", "pause", "pause, go on", "Stop and start the clock", "Time", "pause"),
    Action("floor.slower", "less_than_sign", "speed(-1)", "slower, faster", "Halve the speed, down to a half", "Time"),
    Action("floor.faster", "greater_than_sign", "speed(1)", "", "Double the speed, up to 16", "Time"),
    Action(
        "floor.buy",
        "B",
        "take('bid')",
        "buy, sell at once",
        "Buy the chosen size at once, no more than two ticks beyond the best ask",
        "Trade",
    ),
    Action(
        "floor.sell",
        "S",
        "take('ask')",
        "",
        "Sell the chosen size at once, no more than two ticks beyond the best bid",
        "Trade",
    ),
    Action(
        "floor.flatten",
        "f",
        "flatten",
        "flatten",
        "Withdraw all orders and trade the position away at once, limit-protected",
        "Trade",
    ),
    Action(
        "floor.reverse",
        "r",
        "reverse",
        "reverse",
        "Withdraw all orders and trade the position into its opposite at once, limit-protected",
        "Trade",
    ),
    Action(
        "floor.hedge",
        "H",
        "hedge",
        "hedge the position",
        "Trade the first hedge instrument so that it hedges the position, by its beta, carry or delta; flat, close it",
        "Hedge",
    ),
    Action(
        "floor.hedge-sell",
        "left_curly_bracket",
        "trade_hedge('ask')",
        "sell, buy a contract",
        "Sell one contract of the first hedge instrument at its bid",
        "Hedge",
    ),
    Action(
        "floor.hedge-buy",
        "right_curly_bracket",
        "trade_hedge('bid')",
        "",
        "Buy one contract of the first hedge instrument at its ask",
        "Hedge",
    ),
    Action(
        "floor.hedge-next",
        "i",
        "next_hedge",
        "next instrument",
        "Put the next hedge instrument first, which is the one that the keys trade",
        "Hedge",
    ),
    Action("floor.up", "up", "cursor(1)", "cursor", "Move the cursor up a tick", "Ladder"),
    Action("floor.down", "down", "cursor(-1)", "", "Move the cursor down a tick", "Ladder"),
    Action("floor.page-up", "pageup", "cursor(10)", "cursor by ten", "Move the cursor up ten ticks", "Ladder"),
    Action("floor.page-down", "pagedown", "cursor(-10)", "", "Move the cursor down ten ticks", "Ladder"),
    Action(
        "floor.recentre",
        "space",
        "recentre",
        "recentre",
        "Put the market in the middle of the ladder, which never moves by itself",
        "Ladder",
    ),
    Action(
        "floor.follow",
        "h",
        "follow",
        "hold or follow",
        "Let the ladder follow the market, or hold it still",
        "Ladder",
    ),
    Action("floor.group", "g", "group", "ticks a row", "Show one, two or five ticks in each row", "Ladder"),
    Action(
        "floor.arm",
        "exclamation_mark",
        "arm",
        "arm, disarm clicks",
        "Armed, a click on the ladder sends an order at once; disarmed, it moves the cursor",
        "Ladder",
    ),
    *(
        Action(
            f"floor.size-{number}",
            str(number),
            f"preset({number - 1})",
            "size presets" if number == 1 else "",
            f"Choose the size preset {number} of those above the footer",
            "Size",
        )
        for number in range(1, 6)
    ),
    Action("floor.size-up", "plus,equals_sign", "size(1)", "a lot more, less", "Quote one lot more", "Size"),
    Action("floor.size-down", "minus", "size(-1)", "", "Quote one lot less", "Size"),
    Action(
        "floor.lesson", "k", "lesson", "end the lesson", "End the first lesson; the home screen offers it again", "Time"
    ),
    Action(
        "floor.coach",
        "C",
        "coach",
        "coach on, off",
        "Let the coach speak, or not; remembered in the settings",
        "Time",
    ),
    Action("floor.leave", "escape", "leave", "leave", "Stop the clock and ask whether to leave", "Time"),
    Action("floor.help", "question_mark,f1", "help", "help", "Show these keys", "Time", "help"),
)

_OTHERS = (
    Action("app.quit", "ctrl+c", "quit", "quit", "Leave mmtui", "Everywhere", first=True),
    Action(
        "app.palette",
        "ctrl+p",
        "command_palette",
        "every command",
        "Find any command of this screen by its name",
        "Everywhere",
        first=True,
    ),
    Action("home.quit", "q", "app.quit", "quit", "Leave mmtui", "Home", "quit"),
    Action("home.settings", "o", "app.settings", "settings", "Colours, keys, speed and more", "Home", "settings"),
    Action(
        "settings.back", "escape", "app.pop_screen", "back", "Back; everything is saved already", "Settings", "back"
    ),
    Action("keymap.back", "escape", "app.pop_screen", "back", "Back to the settings", "Keymap", "back"),
    Action("keymap.reset", "r", "reset", "default", "Give the action its default key again", "Keymap", "default"),
    Action("levels.back", "escape", "app.pop_screen", "back", "Back to the home screen", "Levels", "back"),
    Action("briefing.start", "enter", "start", "start", "Go to the floor", "Briefing", "start"),
    Action("briefing.seed", "s", "seed", "seed", "Type the seed: the same one is the same market", "Briefing", "seed"),
    Action("briefing.back", "escape", "app.pop_screen", "back", "Back to the levels", "Briefing", "back"),
    Action("debrief.retry", "r", "retry", "retry, same seed", "Play the same market again", "Debrief", "retry"),
    Action("debrief.new", "n", "new_seed", "new seed", "Play the level on another market", "Debrief", "new seed"),
    Action(
        "debrief.watch", "w", "watch", "watch it again", "See the session again, from its start", "Debrief", "watch"
    ),
    Action("debrief.back", "escape", "back", "back", "Back to where you came from", "Debrief", "back"),
    Action("debrief.previous", "left", "turn(-1)", "pages", "Turn back a page", "Pages", "page"),
    Action("debrief.next", "right", "turn(1)", "", "Turn a page", "Pages", "page"),
    *(
        Action(
            f"debrief.page-{number}",
            str(number),
            f"page({number - 1})",
            "page by its number" if number == 1 else "",
            f"Turn to the page {name}",
            "Pages",
        )
        for number, name in enumerate(("score", "markout", "fills", "others", "lesson"), start=1)
    ),
)

_HELPED = ("home", "levels", "briefing", "debrief", "settings", "keymap")
_HELP = tuple(
    Action(
        f"{screen}.help",
        "question_mark,f1",
        "app.keys_help",
        "help",
        "Show the keys of this screen",
        screen.capitalize(),
        "help",
    )
    for screen in _HELPED
)

ACTIONS: dict[str, Action] = {action.id: action for action in (*_FLOOR, *_OTHERS, *_HELP)}


def lines(screen: str) -> list[list[Action]]:
    """The actions of a screen as help tells them: one with a label, then those that share its line."""
    found: list[list[Action]] = []
    for action in ACTIONS.values():
        if action.screen == screen and action.label:
            found.append([action])
        elif action.screen == screen:
            found[-1].append(action)
    return found

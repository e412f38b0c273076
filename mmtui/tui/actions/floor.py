"""The actions of the trading floor."""

from __future__ import annotations

from mmtui.tui.actions.action import Action

#: The help line by line: its group, label and footer word, and the actions that share it by name, key and method.
_LINES = {
    ("Quote", "bid, offer at cursor", "quote"): [("bid", "b", "quote('bid')"), ("offer", "s", "quote('ask')")],
    ("Quote", "join the best bid, ask", "join"): [
        ("join-bid", "q", "join('bid', 0)"),
        ("join-ask", "w", "join('ask', 0)"),
    ],
    ("Quote", "improve on the best", ""): [
        ("improve-bid", "Q", "join('bid', 1)"),
        ("improve-ask", "W", "join('ask', 1)"),
    ],
    ("Move", "tighten, widen", "width"): [("tighten", "comma", "width(-1)"), ("widen", "full_stop", "width(1)")],
    ("Move", "skew down, up", "skew"): [("skew-down", "semicolon", "skew(-1)"), ("skew-up", "apostrophe", "skew(1)")],
    ("Move", "both quotes down, up", ""): [
        ("both-down", "left_square_bracket", "both(-1)"),
        ("both-up", "right_square_bracket", "both(1)"),
    ],
    ("Move", "move order at the cursor", ""): [
        ("order-up", "shift+up", "move_order(1)"),
        ("order-down", "shift+down", "move_order(-1)"),
    ],
    ("Move", "undo", ""): [("undo", "u", "undo")],
    ("Follow", "peg or fix the quotes", ""): [("peg", "m", "peg")],
    ("Follow", "follow mid, microprice", ""): [("reference", "M", "reference")],
    ("Strategy", "hand over, take back", "auto"): [("hand-over", "a", "hand_over")],
    ("Strategy", "choose the strategy", ""): [("choose-strategy", "A", "choose_strategy")],
    ("Withdraw", "cancel all", "cancel"): [("cancel-all", "grave_accent", "cancel_all")],
    ("Withdraw", "cancel at the cursor", ""): [("cancel-here", "c", "cancel_here")],
    ("Withdraw", "cancel my bids, asks", ""): [
        ("cancel-bids", "x", "cancel_side('bid')"),
        ("cancel-asks", "z", "cancel_side('ask')"),
    ],
    ("Time", "pause, go on", "pause"): [("pause", "p", "pause")],
    ("Time", "slower, faster", ""): [
        ("slower", "less_than_sign", "speed(-1)"),
        ("faster", "greater_than_sign", "speed(1)"),
    ],
    ("Time", "to the next event", ""): [("fold", "e", "fold")],
    ("Trade", "buy, sell at once", ""): [("buy", "B", "take('bid')"), ("sell", "S", "take('ask')")],
    ("Trade", "flatten", ""): [("flatten", "f", "flatten")],
    ("Trade", "reverse", ""): [("reverse", "r", "reverse")],
    ("Hedge", "hedge the position", ""): [("hedge", "H", "hedge")],
    ("Hedge", "sell, buy a contract", ""): [
        ("hedge-sell", "left_curly_bracket", "trade_hedge('ask')"),
        ("hedge-buy", "right_curly_bracket", "trade_hedge('bid')"),
    ],
    ("Hedge", "next instrument", ""): [("hedge-next", "i", "next_hedge")],
    ("Ladder", "cursor", ""): [("up", "up", "cursor(1)"), ("down", "down", "cursor(-1)")],
    ("Ladder", "cursor by ten", ""): [("page-up", "pageup", "cursor(10)"), ("page-down", "pagedown", "cursor(-10)")],
    ("Ladder", "recentre", ""): [("recentre", "space", "recentre")],
    ("Ladder", "hold or follow", ""): [("follow", "h", "follow")],
    ("Ladder", "ticks a row", ""): [("group", "g", "group")],
    ("Ladder", "arm, disarm clicks", ""): [("arm", "exclamation_mark", "arm")],
    ("Size", "size presets", ""): [(f"size-{number}", str(number), f"preset({number - 1})") for number in range(1, 6)],
    ("Size", "a lot more, less", ""): [("size-up", "plus,equals_sign", "size(1)"), ("size-down", "minus", "size(-1)")],
    ("Time", "lesson: go on, leave", ""): [("lesson-on", "enter", "lesson_on"), ("lesson", "k", "lesson")],
    ("Ladder", "earlier run", ""): [("earlier", "G", "earlier")],
    ("Time", "coach on, off", ""): [("coach", "C", "coach")],
    ("Time", "leave", ""): [("leave", "escape", "leave")],
    ("Time", "help", "help"): [("help", "question_mark,f1", "app.keys_help")],
}
_TOOLTIPS = {
    "bid": "Bid at the cursor with the chosen size, instead of the bid you have",
    "offer": "Offer at the cursor with the chosen size, instead of the offer you have",
    "join-bid": "Bid at the best bid, behind those who are there",
    "join-ask": "Offer at the best ask, behind those who are there",
    "improve-bid": "Bid one tick above the best bid, while that does not trade",
    "improve-ask": "Offer one tick below the best ask, while that does not trade",
    "tighten": "Move both quotes one tick towards each other; pegged, half a tick to the centre",
    "widen": "Move both quotes one tick apart; pegged, half a tick from the centre",
    "skew-down": "Lower the bid a tick and leave the ask: you are less keen to buy; pegged, lower both by half a tick",
    "skew-up": "Raise the ask a tick and leave the bid: you are less keen to sell; pegged, raise both by half a tick",
    "both-down": "Move both quotes down a tick",
    "both-up": "Move both quotes up a tick",
    "order-up": "Move your order under the cursor up a tick",
    "order-down": "Move your order under the cursor down a tick",
    "undo": "Bring back your quotes as they were before your last change; twice is redo",
    "peg": "Let your quotes follow the market at their width and skew, or leave them where they are",
    "reference": "Let pegged quotes follow the mid, or the microprice, which leans to the thinner side",
    "hand-over": "Let the ready strategy quote, or quote by hand again; its orders stay yours",
    "choose-strategy": "Choose which strategy is ready; its quotes show as ghosts",
    "cancel-all": "Withdraw all your orders",
    "cancel-here": "Withdraw your orders at the cursor",
    "cancel-bids": "Withdraw your bids",
    "cancel-asks": "Withdraw your asks",
    "pause": "Stop and start the clock",
    "slower": "Halve the speed, down to a half",
    "faster": "Double the speed, up to 16",
    "fold": "While a strategy quotes, fold the quiet time up to the next event, phase or large position",
    "buy": "Buy the chosen size at once, no more than two ticks beyond the best ask",
    "sell": "Sell the chosen size at once, no more than two ticks beyond the best bid",
    "flatten": "Withdraw all orders and trade the position away at once, limit-protected",
    "reverse": "Withdraw all orders and trade the position into its opposite at once, limit-protected",
    "hedge": (
        "Trade the first hedge instrument so that it hedges the position, by its beta, carry or delta; flat, close it"
    ),
    "hedge-sell": "Sell one contract of the first hedge instrument at its bid",
    "hedge-buy": "Buy one contract of the first hedge instrument at its ask",
    "hedge-next": "Put the next hedge instrument first, which is the one that the keys trade",
    "up": "Move the cursor up a tick",
    "down": "Move the cursor down a tick",
    "page-up": "Move the cursor up ten ticks",
    "page-down": "Move the cursor down ten ticks",
    "recentre": "Put the market in the middle of the ladder, which never moves by itself",
    "follow": "Let the ladder follow the market, or hold it still",
    "group": "Show one, two or five ticks in each row",
    "arm": "Armed, a click on the ladder sends an order at once; disarmed, it moves the cursor",
    **{f"size-{number}": f"Choose the size preset {number} of those above the footer" for number in range(1, 6)},
    "size-up": "Quote one lot more",
    "size-down": "Quote one lot less",
    "lesson-on": "In the first lesson, do what its text asks for",
    "lesson": "Leave the first lesson for the first level; the home screen offers it again",
    "earlier": "Show or hide your quotes of an earlier run on the same market",
    "coach": "Let the coach speak, or not; remembered in the settings",
    "leave": "Stop the clock and ask whether to leave",
    "help": "Show these keys",
}
FLOOR = tuple(
    Action(f"floor.{name}", key, action, "" if place else label, _TOOLTIPS[name], group, footer)
    for (group, label, footer), shared in _LINES.items()
    for place, (name, key, action) in enumerate(shared)
)

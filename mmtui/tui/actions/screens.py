"""The actions of the other screens, and those of every screen."""

from __future__ import annotations

from mmtui.tui.actions.action import Action

SCREENS = (
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
    Action(
        "app.suspend",
        "ctrl+z",
        "suspend_process",
        "to the shell",
        "Go to the shell; fg there comes back, and the market has waited",
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
    Action("scores.back", "escape", "app.pop_screen", "back", "Back to where you came from", "Scores", "back"),
    Action("scores.replays", "w", "app.replays", "replays", "What can be seen again", "Scores", "replays"),
    Action(
        "scores.board",
        "b",
        "app.board",
        "board",
        "Who played the day's market, from a folder of journals",
        "Scores",
        "board",
    ),
    Action(
        "scores.licence",
        "l",
        "app.licence",
        "licence",
        "Your skills with their dates, skill by week without luck, whom you have met",
        "Scores",
        "licence",
    ),
    Action("licence.back", "escape", "app.pop_screen", "back", "Back to where you came from", "Licence", "back"),
    Action("board.before", "left", "turn(-1)", "day before, after", "Go to the day before", "Board", "day", first=True),
    Action("board.after", "right", "turn(1)", "", "Go to the day after", "Board", "day", first=True),
    Action(
        "board.folder", "f", "folder", "another folder", "Type the folder whose journals are ranked", "Board", "folder"
    ),
    Action("board.back", "escape", "app.pop_screen", "back", "Back to where you came from", "Board", "back"),
    Action("replays.back", "escape", "app.pop_screen", "back", "Back to where you came from", "Replays", "back"),
    Action("what-if.back", "escape", "app.pop_screen", "back", "Back to where you came from", "What if", "back"),
    Action(
        "drill.play", "p", "play", "play it", "See what came before, then act with the real keys", "Drill", "play it"
    ),
    Action("drill.back", "escape", "app.pop_screen", "back", "Back to where you came from", "Drill", "back"),
    Action(
        "drill-floor.done",
        "enter",
        "done",
        "judge me",
        "End the drill: what you did is judged now",
        "Drill",
        "judge me",
        first=True,
    ),
    Action("drills.back", "escape", "app.pop_screen", "back", "Back to the home screen", "Drills", "back"),
    Action("levels.back", "escape", "app.pop_screen", "back", "Back to the home screen", "Levels", "back"),
    Action("sandbox.back", "escape", "app.pop_screen", "back", "Back to the home screen", "Sandbox", "back"),
    Action("briefing.start", "enter", "start", "start", "Go to the floor", "Briefing", "start"),
    Action("briefing.seed", "s", "seed", "seed", "Type the seed: the same one is the same market", "Briefing", "seed"),
    Action("briefing.back", "escape", "app.pop_screen", "back", "Back to the levels", "Briefing", "back"),
    Action("debrief.retry", "r", "retry", "retry, same seed", "Play the same market again", "Debrief", "retry"),
    Action("debrief.new", "n", "new_seed", "new seed", "Play the level on another market", "Debrief", "new"),
    Action(
        "debrief.watch", "w", "watch", "watch it again", "See the session again, from its start", "Debrief", "watch"
    ),
    Action(
        "debrief.take-over",
        "t",
        "take_over",
        "play on from there",
        "Take over at the moment of the highlighted entry: a new run, under a journal that names this one",
        "Debrief",
        "take over",
    ),
    Action(
        "debrief.what-if",
        "x",
        "what_if",
        "wrong or unlucky?",
        "What if you had done something else at the highlighted moment? Over fifty futures drawn anew",
        "Debrief",
    ),
    Action(
        "debrief.finale",
        "f",
        "finale",
        "see a fill happen",
        "Ten seconds of the highlighted fill, else of the worst: the quote, the value, who it was, what it made",
        "Debrief",
    ),
    Action("debrief.share", "y", "share", "copy the day's line", "Copy the daily's result to paste it", "Debrief"),
    Action(
        "finale.take-over",
        "t",
        "take_over",
        "play on from there",
        "Take over before the fill: a new run, under a journal that names this one",
        "Finale",
        "take over here",
    ),
    Action(
        "finale.save",
        "y",
        "save",
        "save it",
        "Save it as a picture that moves in a browser, and as an asciicast",
        "Finale",
        "save it",
    ),
    Action("debrief.back", "escape", "back", "back", "Back to where you came from", "Debrief", "back"),
    Action("debrief.previous", "left", "turn(-1)", "pages", "Turn back a page", "Pages", "page", first=True),
    Action("debrief.next", "right", "turn(1)", "", "Turn a page", "Pages", "page", first=True),
    *(
        Action(
            f"debrief.page-{number}",
            str(number),
            f"page({number - 1})",
            "page by its number" if number == 1 else "",
            f"Turn to the page {name}",
            "Pages",
        )
        for number, name in enumerate(("score", "mistakes", "markout", "fills", "others", "lesson", "duel"), start=1)
    ),
)

_HELPED = (
    "home",
    "levels",
    "briefing",
    "debrief",
    "scores",
    "replays",
    "settings",
    "keymap",
    "what-if",
    "drills",
    "drill",
    "board",
    "licence",
    "console",
)
HELP = tuple(
    Action(
        f"{screen}.help",
        "question_mark,f1",
        "app.keys_help",
        "help",
        "Show the keys of this screen",
        screen.replace("-", " ").capitalize(),
        "help",
    )
    for screen in _HELPED
)

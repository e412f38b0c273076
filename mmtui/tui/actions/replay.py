"""The actions of a replay."""

from __future__ import annotations

from dataclasses import replace

from mmtui.tui.actions.action import Action
from mmtui.tui.actions.floor import FLOOR

_WINDOW = ("up", "down", "page-up", "page-down", "recentre", "follow", "group", "turn")
#: The ladder's window moves as on the floor.
REPLAY = (
    *(replace(action, id=f"replay.{name}") for action in FLOOR if (name := action.id.partition(".")[2]) in _WINDOW),
    Action("replay.pause", "p", "pause", "play, stop", "Let the session run, or stop it", "Time", "play"),
    Action("replay.back-second", "left", "skip(-1)", "second back, on", "Go back a second", "Time", "second"),
    Action("replay.on-second", "right", "skip(1)", "", "Go on a second", "Time", "second"),
    Action("replay.back-ten", "shift+left", "skip(-10)", "ten seconds back, on", "Go back ten seconds", "Time"),
    Action("replay.on-ten", "shift+right", "skip(10)", "", "Go on ten seconds", "Time"),
    Action("replay.back-event", "comma", "step(-1)", "event back, on", "Go to the event before", "Time", "event"),
    Action("replay.on-event", "full_stop", "step(1)", "", "Go to the next event, or your next key", "Time", "event"),
    Action("replay.start", "home", "start", "start, end", "Go to the start", "Time"),
    Action("replay.end", "end", "end", "", "Go to the end", "Time"),
    Action("replay.slower", "less_than_sign", "speed(-1)", "slower, faster", "Halve the speed, down to a half", "Time"),
    Action("replay.faster", "greater_than_sign", "speed(1)", "", "Double the speed, up to 16", "Time"),
    Action("replay.next-fill", "n", "fill(1)", "fill: next, last", "Go to your next fill", "Fills", "fill"),
    Action("replay.last-fill", "N", "fill(-1)", "", "Go to your fill before", "Fills"),
    Action(
        "replay.worst", "w", "worst", "worst fill", "Go to your worst fill; again, to the next worst", "Fills", "worst"
    ),
    Action(
        "replay.reveal",
        "v",
        "reveal",
        "reveal the hidden",
        "Show the latent value on the ladder, and who was on the other side of your fills",
        "Fills",
        "reveal",
    ),
    Action(
        "replay.what-if",
        "x",
        "what_if",
        "wrong or unlucky?",
        "What if you had done something else here? Over fifty futures drawn anew",
        "Fills",
        "what if",
    ),
    Action(
        "replay.take-over",
        "t",
        "take_over",
        "play on from here",
        "Take over at this moment: a new run, under a journal that names this one",
        "Play",
        "take over",
    ),
    Action(
        "replay.race",
        "r",
        "race",
        "race these quotes",
        "Play the same market from its start, against the quotes that are replayed, shown as ghosts",
        "Play",
    ),
    Action("replay.back", "escape", "app.pop_screen", "back", "Back to where you came from", "Play", "back"),
    Action("replay.help", "question_mark,f1", "app.keys_help", "help", "Show these keys", "Play", "help"),
)

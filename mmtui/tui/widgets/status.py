"""The status line: the level, its clock, who quotes, and the score."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mmtui.observe.snapshot import FloorSnapshot
from mmtui.session.commands import Peg
from mmtui.session.result import Opposition
from mmtui.strategies.variants import variant_name
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span
from mmtui.tui.widgets.line_view import LineView
from mmtui.tui.widgets.score import settled
from mmtui.units import NS_PER_S

#: The least widths for words at length, for whether clicks are armed, and for the phase by its name.
_LONG, _ROOMY, _NAMED = 130, 110, 76
_WHO = 20
#: Widths for the phase, with its name at length and short, and without it.
_PHASE, _SHORT_PHASE, _COUNTDOWN = 18, 11, 6
#: Width for both scores of a duel with the opponent's name, and for the bar between them.
_OPPONENT, _DUEL_BAR = 34, 6


#: Names of the exchange's phases: at length, and in four letters.
_PHASES = {
    "open": ("OPEN", "OPEN"),
    "auction": ("AUCTION", "AUCT"),
    "closed": ("CLOSED", "SHUT"),
    "cooling-off": ("COOLING-OFF", "COOL"),
    "limit-state": ("LIMIT STATE", "LULD"),
    "halt": ("HALT", "HALT"),
}


class PlayState(NamedTuple):
    """What the status shows beside the snapshot.

    ``price`` formats a price in ticks as the instrument does; ``armed`` is None where clicks never send orders.
    """

    title: str
    speed: float
    paused: bool
    behind: bool = False
    price: Callable[[float], str] = "{:g}".format
    armed: bool | None = None


def speed_label(speed: float) -> str:
    """``×½``, ``×1`` to ``×16``, or that time is folded, in three cells."""
    return "»» " if speed > 16 else ("×½" if speed == 0.5 else f"×{speed:g}").ljust(3)


def status_row(view: FloorSnapshot, playing: PlayState, width: int) -> Row:
    """The status line; clock, speed and score keep their places."""
    state: Span
    if view.phase == "ended":
        state = (" ENDED  ", "bold ink on live")
    elif playing.paused:
        state = (" PAUSED ", "bold ink on own")
    elif playing.behind:
        state = (" ▶ SLOW ", "bold own on panel")
    else:
        state = (" ▶ LIVE ", "bold bid on panel")
    roomy = width >= _ROOMY
    if view.active is not None:
        mode: Span = ("  AUTO  ", "bold ink on auto")
    elif view.peg is not None:
        mode = (" PEGGED ", "bold ink on own")
    else:
        mode = (" MANUAL ", "bold ink on live")
    if view.peg is not None:
        who: Span = (f" {peg_label(view.peg)} ", "own on panel")
    elif view.active is not None:
        who = (f" {variant_name(view.active)} ", "bold auto on panel")
    else:
        who = (f" {view.ready}{' ready' if width >= _LONG else ''} (a) " if view.ready else " ", "muted on panel")
    of = " of " if width >= _LONG else "/"
    end = fmt.clock(view.end_ns)
    clock: Span = (f" {fmt.clock(view.now_ns):>{len(end)}}{of}{end} ", "bold foreground on panel")
    fixed = [state, clock, (f"{speed_label(playing.speed)} ", "live on panel"), mode]
    score = _score(view, roomy)
    # Who quotes and the phase may change, but not the width for them, or the clock would move.
    phase_room = _PHASE if roomy else _SHORT_PHASE if width >= _NAMED else _COUNTDOWN
    room = width - fmt.width_of(fixed) - fmt.width_of(score) - phase_room
    wanted = len(playing.title) + 2 if view.opponent is None else _OPPONENT
    title_room = max(8, min(wanted, room - (_WHO if width >= _LONG and view.opponent is None else 0)))
    title: Span = (fmt.fit(f" {playing.title.upper()}", title_room), "bold own on panel")
    if view.opponent is not None:
        title = (fmt.fit(duel_label(view, view.opponent, title_room), title_room), "bold own on panel")
    phase = phase_label(view, phase_room)
    right: list[Span] = [(phase, "bid on panel" if view.phase == "open" else "bold ink on live"), *score]
    if roomy and playing.armed is not None:
        right.insert(1, (" ARMED " if playing.armed else "       ", "bold live on panel"))
    left = [title, *fixed]
    room = width - fmt.width_of(left) - fmt.width_of(right)
    if view.peg is not None and len(who[0].rstrip()) > room:
        # What they follow is said when they begin to; the skew is not.
        who = (f" {peg_label(view.peg).partition(' ')[2]} ", who[1])
    left.append(_cut(who, room))
    gap = max(0, width - fmt.width_of(left) - fmt.width_of(right))
    detail = phase_detail(view, playing.price)
    shown = f" {detail}" if detail and len(detail) + 2 <= gap else ""
    return (*left, (fmt.fit(shown, gap), "live on panel"), *right)


def duel_label(view: FloorSnapshot, opponent: Opposition, width: int) -> str:
    """``YOU 55 ▓▓▓░░ 68 skew``: both scores and the player's share of their sum, as much as fits."""
    own, other = view.score.total, opponent.score
    shown = settled(view)
    scores = (fmt.points(own), fmt.points(other)) if shown else ("—", "—")
    full = round(_DUEL_BAR * own / (own + other)) if shown and own + other > 0 else _DUEL_BAR // 2
    bar = "▓" * full + "░" * (_DUEL_BAR - full)
    labels = (
        f" YOU {scores[0]} {bar} {scores[1]} {opponent.strategy}",
        f" {scores[0]} {bar} {scores[1]} {opponent.strategy}",
        f" {scores[0]} {bar} {scores[1]}",
        f" {scores[0]} v {scores[1]}",
    )
    return next((label for label in labels if len(label) <= width), labels[-1])


def phase_label(view: FloorSnapshot, width: int) -> str:
    """The exchange's phase and the time left of it, as much as fits."""
    if view.phase not in _PHASES:
        return ""
    left = (
        ""
        if view.phase_ends_ns is None or view.phase == "open"
        else fmt.clock(view.phase_ends_ns - view.now_ns + NS_PER_S - 1)
    )
    left = left.removeprefix("0")
    name, short = _PHASES[view.phase]
    labels = (f" {name} {left}".rstrip() + " ", f" {short} {left}".rstrip() + " ", f" {left or short} ")
    return next((label for label in labels if len(label) <= width), labels[-1])


def phase_detail(view: FloorSnapshot, price: Callable[[float], str]) -> str:
    """The phase's binding price band, or its indicative auction price and volume."""
    if view.phase in ("auction", "halt"):
        indication = view.indication
        return "no price yet" if indication is None else f"{indication.quantity} @ {price(indication.price)}"
    if view.band is not None and view.band.binding:
        return f"{price(view.band.lower)} to {price(view.band.upper)}"
    return ""


def peg_label(peg: Peg) -> str:
    """``mid ±1.5 +0.5``: reference, half-spread and skew of pegged quotes."""
    skew = f" {peg.skew:+g}" if peg.skew else ""
    name = "micro" if peg.reference == "microprice" else peg.reference
    return f"{name} ±{peg.half_spread:g}{skew}"


def _cut(span: Span, width: int) -> Span:
    text, style = span
    return (text if len(text) <= width else fmt.fit(text.rstrip(), max(0, width)), style)


def _score(view: FloorSnapshot, roomy: bool) -> list[Span]:
    score = view.score
    total, stars = ("  —", "")
    if settled(view):
        total, stars = f"{fmt.points(score.total):>3}", fmt.stars(score.stars, ranked=score.ranked)
    return [
        (" score " if roomy else " ", "muted on panel"),
        (f"{total} ", "bold foreground on panel"),
        (f"{stars:3} ", "own on panel"),
    ]


def progress_row(view: FloorSnapshot, width: int) -> Row:
    """The level's progress, as a thin line."""
    done = round(width * view.now_ns / max(1, view.end_ns))
    spans = (("━" * done, "live on background"), ("━" * (width - done), "rule on background"))
    return tuple(span for span in spans if span[0])


class StatusBar(LineView):
    """The status line, and under it, if it fits, the level's progress."""

    GROUND = "background"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._last: tuple[FloorSnapshot, PlayState] | None = None

    def update(self, view: FloorSnapshot, playing: PlayState) -> None:
        """Show a snapshot."""
        self._last = view, playing
        self.show()

    def lines(self) -> list[Row]:
        if self._last is None:
            return []
        (view, playing), (width, height) = self._last, self.size
        return [status_row(view, playing, width), progress_row(view, width)][:height]

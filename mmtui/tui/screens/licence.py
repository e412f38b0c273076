"""The licence: skills with their dates, skill by week without luck, and whom one has met."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Footer

from mmtui.learning.licence import SKILLS, Licence, Week, weeks
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, title_row
from mmtui.tui.keys import bindings
from mmtui.tui.screens.base import HEIGHTS, AppScreen
from mmtui.tui.widgets.debrief_tables import met_row
from mmtui.tui.widgets.line_view import TextRows

#: How many weeks are shown, and how wide their bars are, around the middle.
_WEEKS, _BAR = 8, 31
_NAME, _DAY = 14, 14
_ABOUT = "A drill that was passed, and a level played by hand with nine tenths of its lesson done; each has its day."


def skill_rows(held: Licence, width: int) -> list[Row]:
    """A line a skill: the days of its stamps."""
    full = sum(skill in held.drills and skill in held.levels for skill in SKILLS)
    rows = [title_row("LICENCE", f"{full} of {len(SKILLS)} skills with both stamps", width)]
    rows.append(((f" {'skill':<{_NAME}}{'drill':<{_DAY}}{'level':<{_DAY}}", "bold muted"),))
    for skill in SKILLS:
        drill, level = held.drills.get(skill), held.levels.get(skill)
        both = drill is not None and level is not None
        mark, ink = ("◆", "own") if both else ("◇", "live") if drill or level else ("·", "muted")
        stamps = f"{drill or '–':<{_DAY}}{level or '–':<{_DAY}}"
        rows.append(
            ((f" {mark} {skill:<{_NAME - 2}}", f"bold {ink}"), (stamps, "foreground" if drill or level else "muted"))
        )
    return [*rows, *(((f" {line}", "muted"),) for line in fmt.wrap(_ABOUT, width - 2))]


def week_rows(found: Sequence[Week], width: int) -> list[Row]:
    """A line a week: sessions, mean and interval, and a bar around zero."""
    rows = [title_row("SKILL BY WEEK", "PnL without luck against par, in points of the score's PnL", width)]
    shown = found[-_WEEKS:]
    if not shown:
        told = "Nothing yet: sessions by hand, first tries, from a level's start to its end count."
        return [*rows, *(((f" {line}", "muted"),) for line in fmt.wrap(told, width - 2))]
    most = max(1.0, *(abs(week.points) for week in shown))
    for week in shown:
        within = "" if week.within is None else f"± {week.within:.1f}"
        rows.append(
            (
                (f" {week.monday.isoformat()} ", "live"),
                (f"{fmt.counted(week.sessions, 'session'):>13} ", "muted"),
                (f"{week.points:+7.1f} ", f"bold {fmt.tone(week.points)}"),
                (f"{within:<9}", "muted"),
                *fmt.balance(week.points / most, _BAR, "bought-bar" if week.points > 0 else "sold-bar", "surface"),
            )
        )
    return rows


def met_rows(held: Licence, width: int) -> list[Row]:
    """A few lines for each participant with a name."""
    rows = [title_row("WHOM YOU HAVE MET", "named in debriefs; the same in every level", width)]
    if not held.met:
        return [*rows, ((" Nobody with a name yet.", "muted"),)]
    for called, each in sorted(held.met.items()):
        traded = f"{fmt.counted(each.sessions, 'session')}, last {each.day}, fills made "
        rows += met_row(f"{called}   ", traded, each.money, each.tell, width)
    return rows


class LicenceScreen(AppScreen):
    """One page."""

    CSS_PATH = "licence.tcss"
    AUTO_FOCUS = "VerticalScroll"
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS = bindings("licence")

    def compose(self) -> ComposeResult:
        held = self.navigator.engine.licence.held
        with VerticalScroll(id="licence"):
            yield TextRows(partial(skill_rows, held))
            yield TextRows(partial(week_rows, weeks(held.sessions)))
            yield TextRows(partial(met_rows, held))
        yield Footer(show_command_palette=False, compact=True)

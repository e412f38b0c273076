"""The coach's line: its sentence, else the latest notice."""

from __future__ import annotations

from collections.abc import Sequence

from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.widgets.line_view import LineView
from mmtui.units import NS_PER_S

_TITLE = " COACH "
#: A notice and when it was, None where that is not known.
_News = tuple[int | None, str]
#: The market goes on by no more between two frames at any speed.
_JUMP_NS = 3 * NS_PER_S
#: Stands for the title while lines are made: no space, so that it stays with the first word.
_INDENT = "\0" * len(_TITLE)


def coach_rows(
    lines: Sequence[str], speaks: bool, news: _News | None, width: int, *, stressed: bool = False
) -> list[Row]:
    """The lines of the coach's sentence, or of the last notice with its time."""
    if speaks:
        head, ink = (_TITLE, "bold ink on auto"), "auto"
    elif news is not None:
        head, ink = (" " if news[0] is None else f" {fmt.clock(news[0])}", "muted"), "bold own" if stressed else "muted"
    else:
        return []
    first, *others = lines or [""]
    room, gap = max(0, width - len(head[0])), "" if head[0] == " " else " "
    rows: list[Row] = [(head, (fmt.fit(f"{gap}{first}", room), ink))]
    return [*rows, *(((fmt.fit(f" {line}", width), ink),) for line in others)]


class CoachBar(LineView):
    """The coach's sentence, else the latest notice.

    Attributes:
        text: the sentence; empty without one.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.text = ""
        self._news: _News | None = None
        self._stressed = False
        self._noticed = self._looked_ns = 0

    def update(self, view: FloorSnapshot, *, speaks: bool) -> None:
        """Show a snapshot; without ``speaks``, only notices."""
        text = view.coach.text if speaks and view.coach is not None else ""
        fresh, gone = view.noticed > self._noticed, view.noticed < self._noticed
        # After a jump, as a seek is one, nobody knows when it was.
        at_ns = view.now_ns if 0 <= view.now_ns - self._looked_ns <= _JUMP_NS else None
        self._noticed, self._looked_ns = view.noticed, view.now_ns
        if fresh or gone or text != self.text:
            if fresh or gone:
                self._news = (at_ns, view.notices[-1]) if view.notices else None
            self.text = text
            self.show()

    def stress(self, stressed: bool) -> bool:
        """Set whether a notice is written as a message is, which then need not say it too; return whether it is."""
        if stressed is not self._stressed:
            self._stressed = stressed
            self.show()
        return stressed

    @property
    def shown(self) -> str:
        """The sentence or the notice."""
        return self.text or ("" if self._news is None else self._news[1])

    @property
    def rest(self) -> str:
        """What of it there is no room for."""
        return self.shown[len(" ".join(self._lines())) :].strip()

    def _lines(self) -> list[str]:
        """Its words in lines, as many as there is room for; the first stands beside the title."""
        lines = fmt.wrap(f"{_INDENT}{self.shown}", self.size.width - 2)[: max(1, self.size.height)]
        return [line.replace(_INDENT, "") for line in lines]

    def lines(self) -> list[Row]:
        return coach_rows(self._lines(), bool(self.text), self._news, self.size.width, stressed=self._stressed)

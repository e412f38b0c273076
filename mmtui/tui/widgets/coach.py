"""The coach's line: its sentence, else the latest notice."""

from __future__ import annotations

from collections.abc import Sequence

from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui import format as fmt
from mmtui.tui.format import Row, Span
from mmtui.tui.widgets.line_view import LineView

_TITLE = " COACH "
#: Stands for the title while lines are made: no space, so that it stays with the first word.
_INDENT = "\0" * len(_TITLE)


def coach_rows(
    lines: Sequence[str], speaks: bool, news: tuple[int, str] | None, width: int, *, stressed: bool = False
) -> list[Row]:
    """The lines of the coach's sentence, or of the last notice with its time."""
    if not speaks and news is None:
        return []
    head: Span = (_TITLE, "bold ink on auto") if speaks or news is None else (f" {fmt.clock(news[0])} ", "muted")
    first, *others = lines or [""]
    room, ink, gap = (
        max(0, width - len(head[0])),
        "auto" if speaks else "bold own" if stressed else "muted",
        " " if speaks else "",
    )
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
        self._news: tuple[int, str] | None = None
        self._stressed = False
        self._noticed = 0

    def update(self, view: FloorSnapshot, *, speaks: bool) -> None:
        """Show a snapshot; without ``speaks``, only notices."""
        text = view.coach.text if speaks and view.coach is not None else ""
        fresh = view.noticed > self._noticed
        self._noticed = view.noticed
        if fresh or text != self.text:
            if fresh:
                self._news = view.now_ns, view.notices[-1]
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

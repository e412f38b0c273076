"""The coach's line: its sentence, else the latest notice."""

from __future__ import annotations

from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.widgets.line_view import LineView

_TITLE = " COACH "


def coach_row(first: str, speaks: bool, news: tuple[int, str] | None, width: int) -> Row:
    """The beginning of the coach's sentence, or of the last notice with its time."""
    room = max(0, width - len(_TITLE))
    if speaks:
        return ((_TITLE, "bold ink on auto"), (fmt.fit(f" {first}", room), "auto"))
    if news is not None:
        return ((f" {fmt.clock(news[0])} ", "muted"), (fmt.fit(first, room), "muted"))
    return ()


class CoachBar(LineView):
    """The coach's sentence, else the latest notice.

    Attributes:
        text: the sentence; empty without one.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.text = ""
        self._news: tuple[int, str] | None = None
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

    @property
    def shown(self) -> str:
        """The sentence or the notice."""
        return self.text or ("" if self._news is None else self._news[1])

    @property
    def rest(self) -> str:
        """What of it there is no room for."""
        first = self._first()
        return self.shown[len(first) :].strip()

    def _first(self) -> str:
        """As many of its words as there is room for."""
        return next(iter(fmt.wrap(self.shown, self.size.width - len(_TITLE) - 1)), "")

    def lines(self) -> list[Row]:
        return [coach_row(self._first(), bool(self.text), self._news, self.size.width)]

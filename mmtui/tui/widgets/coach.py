"""The coach's line: its sentence, else the latest notice."""

from __future__ import annotations

from mmtui.observe.snapshot import FloorSnapshot
from mmtui.tui import format as fmt
from mmtui.tui.format import Row
from mmtui.tui.widgets.line_view import LineView


_TITLE = " COACH "


def coach_row(text: str, news: tuple[int, str] | None, width: int) -> Row:
    """The coach's sentence; without one, the last notice and its time."""
    if text:
        return ((_TITLE, "bold ink on auto"), (fmt.fit(f" {text}", max(0, width - len(_TITLE))), "auto"))
    if news is not None:
        time_ns, said = news
        return ((f" {fmt.clock(time_ns)} ", "muted"), (fmt.fit(said, max(0, width - 7)), "muted"))
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
    def rest(self) -> str:
        """What of the sentence there is no room for."""
        _, *others = fmt.wrap(self.text, self.size.width - len(_TITLE) - 1) or [""]
        return " ".join(others)

    def lines(self) -> list[Row]:
        if not self.rest:
            return [coach_row(self.text, self._news, self.size.width)]
        first = self.text.removesuffix(self.rest).rstrip()
        return [coach_row(first, None, self.size.width)]

"""The two places through which text goes to a terminal by way of a library: Rich's console, and the app's lines."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from mmtui.wording import visible


def _visible(segments: Iterable[Segment]) -> list[Segment]:
    """Segments without what a terminal obeys; styles, and what Rich itself has a terminal do, are no text."""
    return [
        segment if segment.control or segment.text.isprintable() else Segment(visible(segment.text), segment.style)
        for segment in segments
    ]


class VisibleConsole(Console):
    """A console to which no control character of any text goes."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As the base class."""
        return _visible(super().render(renderable, options))


class VisibleLines(LineFilter):
    """Keeps the control characters of texts out of whatever the app shows."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """As the base class."""
        return segments if all(segment.text.isprintable() for segment in segments) else _visible(segments)

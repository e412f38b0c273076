"""Charts as inline SVG: a frame with its scales, and lines, areas and marks in it. Colours are classes of the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from html import escape

_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 18, 10, 26
#: More points than this along a chart nobody can see.
_MOST = 1200


class SvgChart:
    """One chart, of whatever lies within its bounds.

    Args:
        x: bounds, left and right.
        y: bounds, bottom and top.
        about: what it shows, for those who cannot see it.
        height: pixels, as the width; the page scales both.
        width: pixels.
        logarithmic: whether x is on a logarithmic scale.
    """

    def __init__(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        about: str,
        height: int = 280,
        *,
        width: int = 960,
        logarithmic: bool = False,
    ) -> None:
        self.x, self.y = x, _apart(y)
        self.about = about
        self.height = height
        self.width = width
        self.logarithmic = logarithmic
        self._parts: list[str] = []

    # Scales

    def at_x(self, value: float) -> float:
        """Pixels from the left."""
        low, high = self.x
        if self.logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return round(_LEFT + (value - low) / ((high - low) or 1.0) * (self.width - _LEFT - _RIGHT), 1)

    def at_y(self, value: float) -> float:
        """Pixels from the top."""
        low, high = self.y
        return round(self.height - _BOTTOM - (value - low) / (high - low) * (self.height - _TOP - _BOTTOM), 1)

    # What is drawn

    def line(self, points: Iterable[tuple[float, float]], style: str, *, stepped: bool = False) -> None:
        """A line through points, or in steps, each holding until the next."""
        found = list(points)
        if not found:
            return
        path = [f"M{self.at_x(found[0][0])} {self.at_y(found[0][1])}"]
        for x, y in found[1:]:
            path.append(f"H{self.at_x(x)}V{self.at_y(y)}" if stepped else f"L{self.at_x(x)} {self.at_y(y)}")
        self._parts.append(f'<path class="line {style}" d="{"".join(path)}"/>')

    def area(self, points: Sequence[tuple[float, float, float]], style: str) -> None:
        """What lies between two lines: x, and the two values there."""
        there = "L".join(f"{self.at_x(x)} {self.at_y(low)}" for x, low, _ in points)
        back = "L".join(f"{self.at_x(x)} {self.at_y(high)}" for x, _, high in reversed(points))
        self._parts.append(f'<path class="area {style}" d="M{there}L{back}Z"/>')

    def mark(self, x: float, y: float, style: str, told: str, *, up: bool) -> None:
        """A triangle that points up or down, with what is told when the pointer is on it."""
        at_x, at_y, high = self.at_x(x), self.at_y(y), 7 if up else -7
        self._parts.append(
            f'<path class="mark {style}" d="M{at_x} {at_y}l4 {high}h-8z"><title>{escape(told)}</title></path>'
        )

    def rule(self, y: float, style: str) -> None:
        """A line across at a value."""
        self.line([(self.x[0], y), (self.x[1], y)], style)

    def render(self, x_text: Callable[[float], str], y_text: Callable[[float], str], xs: Sequence[float] = ()) -> str:
        """The SVG, with axes in whose words the values are written.

        Args:
            x_text: of the values on the horizontal axis.
            y_text: of the values on the vertical axis.
            xs: values to write below; those of a round step, when none are given.
        """
        axes = []
        for y in steps(*self.y, 5):
            at = self.at_y(y)
            axes.append(f'<path class="grid" d="M{_LEFT} {at}H{self.width - _RIGHT}"/>')
            axes.append(f'<text class="axis" x="{_LEFT - 8}" y="{at + 4}" text-anchor="end">{escape(y_text(y))}</text>')
        for x in xs or steps(*self.x, 8):
            at = self.at_x(x)
            axes.append(
                f'<text class="axis" x="{at}" y="{self.height - 8}" text-anchor="middle">{escape(x_text(x))}</text>'
            )
        return (
            f'<svg viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(self.about)}">'
            f"{''.join(axes)}{''.join(self._parts)}</svg>"
        )


def steps(low: float, high: float, most: int) -> list[float]:
    """Round values between two others, about so many.

    >>> steps(0.0, 97.0, 5)
    [0.0, 20.0, 40.0, 60.0, 80.0]
    """
    rough = (high - low) / most
    if not rough > 0 or not math.isfinite(rough):
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def thinned(count: int) -> Sequence[int]:
    """Which of so many samples are drawn: all, or evenly spaced ones and the last."""
    stride = max(1, math.ceil(count / _MOST))
    return sorted({*range(0, count, stride), count - 1}) if count else ()


def _apart(bounds: tuple[float, float]) -> tuple[float, float]:
    """Bounds with a little room, and never equal."""
    low, high = bounds
    room = (high - low) * 0.04 or max(1.0, abs(high) * 0.01)
    return low - room, high + room

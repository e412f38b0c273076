"""Charts as inline SVG: axes, lines, areas and marks. Colours are CSS classes of the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 18, 10, 26
#: The most points along a chart that can be told apart.
_MOST = 1200


@dataclass
class SvgChart:
    """A chart of what lies within its bounds.

    Attributes:
        x: bounds, left and right.
        y: bounds, bottom and top, to which a margin is added.
        label: what it shows, for screen readers.
        height, width: in pixels; the page scales both.
        logarithmic: whether x is on a logarithmic scale.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    label: str
    height: int = 280
    width: int = 960
    logarithmic: bool = False
    _parts: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        low, high = self.y
        margin = (high - low) * 0.04 or max(1.0, abs(high) * 0.01)
        self.y = low - margin, high + margin

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

    def line(self, points: Sequence[tuple[float, float]], style: str, *, stepped: bool = False) -> None:
        """A line through points, or in steps, each holding until the next."""
        if points:
            (first_x, first_y), *others = [(self.at_x(x), self.at_y(y)) for x, y in points]
            path = "".join(f"H{x}V{y}" if stepped else f"L{x} {y}" for x, y in others)
            self._parts.append(f'<path class="line {style}" d="M{first_x} {first_y}{path}"/>')

    def area(self, points: Sequence[tuple[float, float, float]], style: str) -> None:
        """The area between two lines: x, and the two values there."""
        there = "L".join(f"{self.at_x(x)} {self.at_y(low)}" for x, low, _ in points)
        back = "L".join(f"{self.at_x(x)} {self.at_y(high)}" for x, _, high in reversed(points))
        self._parts.append(f'<path class="area {style}" d="M{there}L{back}Z"/>')

    def mark(self, x: float, y: float, style: str, tooltip: str, *, up: bool) -> None:
        """A triangle that points up or down, with a tooltip."""
        at_x, at_y, high = self.at_x(x), self.at_y(y), 7 if up else -7
        self._parts.append(
            f'<path class="mark {style}" d="M{at_x} {at_y}l4 {high}h-8z"><title>{escape(tooltip)}</title></path>'
        )

    def rule(self, y: float, style: str) -> None:
        """A horizontal line at a value."""
        self.line([(self.x[0], y), (self.x[1], y)], style)

    def render(self, x_text: Callable[[float], str], y_text: Callable[[float], str], xs: Sequence[float] = ()) -> str:
        """The SVG, with its axes.

        Args:
            x_text: formats the values of the horizontal axis.
            y_text: formats the values of the vertical axis.
            xs: the values of the horizontal axis; round ones if none are given.
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
            f'<svg viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(self.label)}">'
            f"{''.join(axes)}{''.join(self._parts)}</svg>"
        )


def steps(low: float, high: float, most: int) -> list[float]:
    """About ``most`` round values between two others.

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
    """The indices of the samples to draw out of ``count``: all, or evenly spaced ones and the last."""
    stride = max(1, math.ceil(count / _MOST))
    return sorted({*range(0, count, stride), count - 1}) if count else ()

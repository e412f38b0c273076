"""How a benchmark prints what it found."""

from __future__ import annotations


def show_ratio(name: str, ratio: float, target: float, *, below: bool = False) -> None:
    """One line: the ratio, its bound, and whether that is met."""
    met = ratio <= target if below else ratio >= target
    bound = "at most" if below else "at least"
    print(f"{name:60}{ratio:8.2f}  {bound} {target:g}: {'met' if met else 'MISSED'}")

"""Never quotes."""

from __future__ import annotations

from dataclasses import dataclass

from mmtui.strategies.protocol import MarketView, Quotes, Strategy


@dataclass
class Idle(Strategy):
    """Never quotes: what doing nothing scores. A level in which it scores well teaches nothing."""

    name = "idle"
    idea = "never quotes"
    baseline = True

    def quote(self, view: MarketView) -> Quotes:
        """No quotes."""
        return Quotes()

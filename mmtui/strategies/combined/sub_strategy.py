"""A strategy that another one asks."""

from __future__ import annotations

from mmtui.errors import StrategyError
from mmtui.strategies.loading import source_of, told
from mmtui.strategies.params import parse_settings
from mmtui.strategies.protocol import MarketView, Quotes, Strategy
from mmtui.strategies.registry import make


class SubStrategy:
    """A strategy by name, its failures told as those of the base that it is.

    Args:
        name: as :func:`~mmtui.strategies.registry.make` takes it.
        settings: its parameters, as in "half_spread=2 size=3". Raises UnknownStrategyError for either.
    """

    def __init__(self, name: str, settings: str = "") -> None:
        self._name = name
        self._strategy: Strategy = make(name, parse_settings(settings.split()))

    def quote(self, view: MarketView) -> Quotes:
        """What it quotes, whatever that is. Raises StrategyError."""
        try:
            return self._strategy.quote(view)
        except Exception as error:
            why = told(error, source_of(type(self._strategy)))
            raise StrategyError(f"its base {self._name} failed: {why}") from error

"""A strategy inside another one."""

from __future__ import annotations

from mmtui.errors import StrategyError
from mmtui.strategies.loading import in_one_line, source_of
from mmtui.strategies.params import parse_settings
from mmtui.strategies.protocol import MarketView, Quotes, Strategy
from mmtui.strategies.registry import make
from mmtui.strategies.watchdog import PASSING


class SubStrategy:
    """A strategy by name; its failures are reported as those of the base of another.

    Args:
        name: a spec, as for :func:`~mmtui.strategies.registry.make`.
        settings: its parameters, as in "half_spread=2 size=3". Raises UnknownStrategyError for either.
    """

    def __init__(self, name: str, settings: str = "") -> None:
        self._name = name
        self._strategy: Strategy = make(name, parse_settings(settings.split()))

    def quote(self, view: MarketView) -> Quotes:
        """Return its quotes, unchecked. Raises StrategyError if it fails."""
        try:
            return self._strategy.quote(view)
        except PASSING:
            raise
        except BaseException as error:
            why = in_one_line(error, source_of(type(self._strategy)))
            raise StrategyError(f"its base {self._name} failed: {why}") from error

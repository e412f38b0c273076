"""What there is to play: levels and strategies. Heavy imports wait until they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mmtui.errors import MmtuiError, UnknownStrategyError
from mmtui.tui.cards import Card, OverrideField, StrategyCard

# Only types: the first frame need not wait for them.
if TYPE_CHECKING:
    from mmtui.level.level import Level
    from mmtui.session.commands import Params


class Catalogue:
    """Levels and strategies to choose from.

    Args:
        own: folder of the player's own levels; None for none.
    """

    def __init__(self, own: Path | None = None) -> None:
        self._own = own
        self._levels: dict[str, Level] = {}
        self._scores: dict[str, list[tuple[str, float, int]]] = {}
        self._files: dict[str, None] = {}

    def levels(self) -> list[Card]:
        """The shipped levels, in the order of the campaign."""
        from mmtui.level.level import level_ids

        return [self.level(level_id) for level_id in level_ids()]

    def level(self, level: str, overrides: Mapping[str, str] = {}) -> Card:
        """A level by id, path or the source of an earlier card, with key paths overridden. Raises LevelError."""
        from mmtui.level.level import load_level
        from mmtui.level.overrides import without_opponent

        source = " ".join([level, *(f"{path}={value}" for path, value in overrides.items())])
        if overrides:
            keys, opponent = without_opponent(overrides)
            overridden = load_level(level, keys)
            self._levels[source] = overridden if opponent is None else overridden.against(opponent)
        found = self._levels[source] if source in self._levels else load_level(source)
        changed = found.campaign and source in self._levels and source != found.id
        return Card(found, source, counts=found.campaign and source == found.id, changed=changed)

    def own_levels(self) -> tuple[list[Card], list[str]]:
        """The player's own and added levels, by number and title, and a sentence on each file that is not a level."""
        from mmtui.level.packs import added_files

        cards: list[Card] = []
        troubles: list[str] = []
        for path in added_files(self._own) if self._own is not None else ():
            try:
                cards.append(self.level(str(path)))
            except MmtuiError as error:
                troubles.append(str(error))
        return sorted(cards, key=lambda card: (card.level.number, card.level.title)), troubles

    def overrides(self, level: str) -> list[OverrideField]:
        """The main overrides of a level, with their values. Raises LevelError."""
        from mmtui.level.level import load_level
        from mmtui.level.overrides import MAIN, value_at

        found = load_level(level)
        return [OverrideField(path, name, about, f"{value_at(found, path):.4g}") for path, name, about in MAIN]

    def strategies(self) -> list[StrategyCard]:
        """The strategies to choose from; that of a file with an error has the error for its idea."""
        from mmtui.strategies.params import params_of
        from mmtui.strategies.registry import strategy_class, strategy_names

        cards = []
        for name in (*strategy_names(), *self._files):
            try:
                cls = strategy_class(name)
                cards.append(StrategyCard(name, cls.idea, params_of(cls)))
            except UnknownStrategyError as error:
                cards.append(StrategyCard(name, str(error)))
        return cards

    def params(self, strategy: str, texts: Mapping[str, str]) -> Params:
        """A strategy's parameters from texts. Raises UnknownStrategyError."""
        from mmtui.strategies.params import read_params
        from mmtui.strategies.registry import make, strategy_class

        values = read_params(strategy, strategy_class(strategy), texts)
        make(strategy, values)
        self._remember(strategy)
        return values

    def _remember(self, strategy: str | None) -> None:
        """Offer a strategy's file again in this run."""
        if strategy is not None and ".py:" in strategy:
            self._files[strategy] = None

    def scores(self, card: Card) -> list[tuple[str, float, int]]:
        """Name, score and stars of each strategy alone on seed 1; cached."""
        from mmtui.session.session import Session
        from mmtui.strategies.registry import strategy_names

        level = card.level
        if level.digest not in self._scores:
            found = []
            for name in strategy_names():
                try:
                    session = Session(level, 1, name, ends_on_failure=True)
                except UnknownStrategyError:
                    # A broken plug-in, which the list of strategies names.
                    continue
                session.advance(session.end_ns)
                score = session.score()
                found.append((name, score.total, score.stars))
            self._scores[level.digest] = found
        return self._scores[level.digest]

    def check_strategy(self, strategy: str) -> None:
        """Raise UnknownStrategyError unless a strategy can be made."""
        from mmtui.strategies.registry import make

        make(strategy)

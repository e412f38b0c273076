"""A market in miniature: presets, an exchange with a book of one's own making, and traders whose draws are known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mmtui.book import Side
from mmtui.level.level import load_preset
from mmtui.market.book_market import NOISE_LIMIT, BookMarketSpec
from mmtui.market.core.exchange import PARTICIPANTS, Exchange

Rest = Callable[..., int]


@pytest.fixture(scope="session")
def us() -> BookMarketSpec:
    return load_preset("us-100")


@pytest.fixture
def exchange() -> Exchange:
    """An empty exchange."""
    return Exchange("TEST")


@pytest.fixture
def rest(exchange: Exchange) -> Rest:
    """Rests an order of a participant's (noise, unless told otherwise) and returns its id."""
    numbers = iter(range(1_000, 1_000_000))

    def rest(side: Side, price: int, quantity: int = 1, index: int = NOISE_LIMIT, at_ns: int = 0) -> int:
        order_id = next(numbers) * PARTICIPANTS + index
        assert exchange.rest(at_ns, order_id, side, price, quantity)
        return order_id

    return rest

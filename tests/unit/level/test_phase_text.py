"""What the exchange says when its phase changes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from mmtui.level.phase_text import phase_notice
from mmtui.market.core.exchange import Exchange
from mmtui.market.rules.halts import Band
from mmtui.market.rules.phases import Phase
from mmtui.units import NS_PER_S
from tests.tui.small import INSTRUMENT

#: The cells of a message on the least terminal that shows every level.
_MESSAGE = 78


@pytest.mark.parametrize(
    ("phase", "name"),
    [
        (Phase.AUCTION, "closing auction"),
        (Phase.CLOSED, "pre-opening period"),
        (Phase.HALT, "halt"),
        (Phase.COOLING_OFF, "cooling-off"),
        (Phase.LIMIT_STATE, "limit state"),
    ],
)
def test_a_notice_is_whole_on_a_narrow_screen(phase: Phase, name: str) -> None:
    band = Band(2_899_000, 2_999_999, 2_949_500.0, binding=False)
    exchange = SimpleNamespace(phase=phase, phase_name=name, phase_ends_ns=310 * NS_PER_S, band=lambda _: band)
    notice = phase_notice(cast(Exchange, exchange), INSTRUMENT, 10 * NS_PER_S)
    assert "for 300 s" in notice
    assert len(notice) <= _MESSAGE, notice

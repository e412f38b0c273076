"""What an agent does: numbers from -1 to 1 as quotes and hedges, the same in the environment and wherever it plays."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from mmtui.errors import InputError
from mmtui.strategies.excluding_own import others_mid
from mmtui.strategies.policies.observation import Array
from mmtui.strategies.protocol import HedgeQuote, MarketView, Quotes, Rules

#: A quote is at most so many usual spreads away.
_REACH = 4.0
#: Numbers that make the quotes: the distances of bid and ask, and their sizes.
QUOTES = 4


def action_of(
    rules: Rules, bid: float, ask: float, bid_size: int, ask_size: int, hedges: Sequence[float] = ()
) -> Array:
    """Returns the action that quotes at these distances from the mid of others, in ticks, and sizes, in lots.

    Args:
        rules: the level's.
        bid: the bid's distance.
        ask: the ask's distance.
        bid_size: the bid's size.
        ask_size: the ask's size.
        hedges: shares of their limits to hold of the hedge instruments, -1 to 1, where these are part of an action.
    """
    reach = _REACH * rules.normal_spread
    shares = [bid / reach, ask / reach, bid_size / rules.max_order, ask_size / rules.max_order]
    return np.asarray(np.clip([*(2 * share - 1 for share in shares), *hedges], -1, 1), dtype=np.float32)


def quotes_of(action: ArrayLike, view: MarketView, *, hedging: bool = False) -> Quotes:
    """Returns the quotes that an action stands for, and with ``hedging`` the hedges.

    The numbers are the distances of bid and ask from the mid of others, from 0 to four usual spreads, the sizes of bid
    and ask, from 0 lots to the largest order, and then of each hedge instrument the part of its limit to hold, from all
    of it short to all of it long.

    Raises:
        InputError: it is not so many finite numbers.
    """
    hedges = [*view.hedges.values()] if hedging else []
    try:
        numbers = [float(number) for number in (action if isinstance(action, list) else np.asarray(action).tolist())]
        sane = len(numbers) == QUOTES + len(hedges) and math.isfinite(sum(numbers))
    except (TypeError, ValueError):
        sane = False
    if not sane:
        words = {4: "four"}.get(QUOTES + len(hedges), str(QUOTES + len(hedges)))
        raise InputError(f"action: expected {words} finite numbers, not {action!r}")
    bid, ask, bid_size, ask_size = [min(1.0, max(0.0, (1.0 + number) / 2)) for number in numbers[:QUOTES]]
    rules, mid = view.rules, others_mid(view)
    reach = _REACH * rules.normal_spread
    return Quotes(
        # Rounded, since single precision would move a quote by a tick.
        max(0.0, mid - round(bid * reach, 4)),
        mid + round(ask * reach, 4),
        round(bid_size * rules.max_order),
        round(ask_size * rules.max_order),
        hedges=_hedges(hedges, numbers[QUOTES:]) if hedges else {},
    )


def _hedges(hedges: Sequence[HedgeQuote], shares: Sequence[float]) -> dict[str, int]:
    """The contracts to hold of instruments, by name, for the shares of their limits."""
    return {
        hedge.name: round(max(-1.0, min(1.0, share)) * hedge.limit) for hedge, share in zip(hedges, shares, strict=True)
    }

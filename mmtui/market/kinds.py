"""The kinds of market that a level can have, and how one is opened.

Every kind has a spec, tagged by ``kind``, with the instrument, its usual state (``normal``; None for a tape on which it
is to be measured) and the ``fixed_parts`` that an event cannot change; and a market with the instrument, the exchange,
the clock, the latent ``value`` (None where nobody has one) and the ``hedges`` by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

from mmtui.errors import InputError
from mmtui.market.book_market import BookMarket, BookMarketSpec
from mmtui.market.core.exchange import Exchange
from mmtui.market.core.normal import NormalSpec
from mmtui.market.hedges.instruments import HedgeSpec
from mmtui.market.papers.intensity_market import IntensityMarket, IntensityMarketSpec
from mmtui.market.tape.tape_spec import TapeSpec

if TYPE_CHECKING:
    from mmtui.market.tape.tape_market import TapeMarket

AnyMarketSpec = BookMarketSpec | IntensityMarketSpec | TapeSpec
AnyMarket: TypeAlias = "BookMarket | IntensityMarket | TapeMarket"


def open_market(
    regimes: Sequence[tuple[int, AnyMarketSpec]],
    seed: int,
    hedges: Sequence[HedgeSpec] = (),
    exchange: Exchange | None = None,
    jumps: Sequence[tuple[int, float]] = (),
    end_ns: int | None = None,
) -> AnyMarket:
    """The market of a session.

    Args:
        regimes: (from_ns, spec) in the order of time, all of one kind.
        seed: with the regimes, it decides everything that the market does by itself.
        hedges: the hedge instruments beside the book; the kind *book* alone has them.
        exchange: where the kinds *book* and *tape* trade; a plain one unless given.
        jumps: (at_ns, ticks) by which the latent value jumps besides; the kind *book* alone has one.
        end_ns: when the session ends, so that nothing is drawn for the time after; the kind *book* alone asks.
    """
    match regimes[0][1]:
        case BookMarketSpec():
            book_regimes = cast("Sequence[tuple[int, BookMarketSpec]]", regimes)
            return BookMarket(book_regimes, seed, exchange, hedges=hedges, jumps=jumps, end_ns=end_ns)
        case IntensityMarketSpec():
            return IntensityMarket(cast("Sequence[tuple[int, IntensityMarketSpec]]", regimes), seed)
        case TapeSpec() as tape:
            # Imported here: sessions on other markets start quicker without.
            from mmtui.market.tape.tape_market import TapeMarket

            return TapeMarket(tape, seed, exchange=exchange)


def redraw(
    market: AnyMarket, seed: int, regimes: Sequence[tuple[int, AnyMarketSpec]], jumps: Sequence[tuple[int, float]]
) -> None:
    """Draw by another seed what comes after now, given all that was and what somebody knows already.

    Up to the market's ``known_ns`` regimes and jumps are the former ones. Raises InputError for a recorded market.
    """
    match market:
        case BookMarket():
            market.redraw(seed, cast("Sequence[tuple[int, BookMarketSpec]]", regimes), jumps)
        case IntensityMarket():
            market.redraw(seed, cast("Sequence[tuple[int, IntensityMarketSpec]]", regimes))
        case _:
            raise InputError("a recorded market has one future only: expected a simulated one")


def normal_of(spec: AnyMarketSpec) -> NormalSpec:
    """A market's usual state: what its spec gives, or what is measured on its tape. Raises InputError for the tape."""
    if spec.normal is not None:
        return spec.normal
    from mmtui.market.tape.tape_market import measured

    return measured(spec)

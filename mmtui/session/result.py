"""What is known of a finished session, as ``mmtui run`` prints it."""

from __future__ import annotations

from typing import Any

import msgspec

from mmtui.desk import PnL


class Position(msgspec.Struct, frozen=True):
    """Lots of the book's instrument.

    Attributes:
        final, max_abs, mean_abs: held at the end; the most, and on time-weighted average, either way.
        final_net, mean_net: the same with what was held beside the book: signed, and on average either way. Without
            hedge instruments they are ``final`` and ``mean_abs``.
    """

    final: int
    max_abs: int
    mean_abs: float
    final_net: float
    mean_net: float
    limit: int


class MarketFacts(msgspec.Struct, frozen=True):
    """What the market did: trades and events, the mean spread in ticks, and the last mid in currency."""

    trades: int
    events: int
    mean_spread: float
    final_mid: float


class Opposition(msgspec.Struct, frozen=True):
    """How the opponent does in a duel: its total ``pnl`` in money, its ``position`` in lots, ``error`` if it is out."""

    strategy: str
    score: float
    stars: int
    parts: dict[str, float]
    pnl: float
    position: int
    fills: int
    error: str | None = None


class Result(msgspec.Struct, frozen=True):
    """One session. Money in the instrument's currency, positions in lots, markouts in ticks per share.

    Attributes:
        strategy: who quoted at the end, or failed; None for the player. ``params`` are those it was made with.
        ended: "time", "loss" (the level's loss limit), "left" (the player went), "error" (the strategy of an
            unattended run failed), or "running".
        par, par_volume: what the par strategy made and traded on the same seed.
        trade: how far inventory and markout count for what was traded, 0 to 1.
        drawdown: the largest fall of the PnL from its highest, by the second.
        digest: SHA-256 of the whole session.
        opponent: how the opponent did in a duel, else None.
        error: why and where a strategy failed, if one did.
        ranked: whether ranks among the seats of one market decide; then there are no stars.
    """

    mmtui: str
    level: str
    level_digest: str
    strategy: str | None
    params: dict[str, Any]
    seed: int
    score: float
    stars: int
    parts: dict[str, float]
    ended: str
    pnl: PnL
    par: float
    drawdown: float
    position: Position
    markout: dict[str, float | None]
    fills: int
    volume: int
    presence: float
    market: MarketFacts
    digest: str
    par_volume: int = 0
    trade: float = 1.0
    opponent: Opposition | None = None
    error: str | None = None
    ranked: bool = False

    def __repr__(self) -> str:
        failed = f", failed: {self.error}" if self.error is not None else ""
        who = self.strategy or "player"
        return (
            f"Result({self.level}, {who}, seed {self.seed}: score {self.score:.1f}, PnL {self.pnl.total:,.2f}{failed})"
        )

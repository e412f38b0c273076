"""What is noted of a session once a second."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

from mmtui.market.core.clock import Actor, Scheduler
from mmtui.market.core.exchange import Exchange
from mmtui.session.maker import Maker
from mmtui.units import NS_PER_S


class Samples(Actor):
    """Takes a sample when it acts, and acts again a second later.

    Args:
        clock, exchange: the market's.
        end_ns: the level's end.
        floor: the PnL at which too much is lost, in money.
        after: called with the time and the PnL at the end, where too much is lost, and at each sample if ``watched``;
            returns whether the session goes on.

    Attributes:
        pnl, mid, spread: by second, in money and ticks; the first is that of ``maker``.
        maker: whom the session is seen from.
        others: the other makers, who are marked too.
        watched: see ``after``.
    """

    def __init__(
        self,
        clock: Scheduler,
        exchange: Exchange,
        maker: Maker,
        *,
        end_ns: int,
        floor: float,
        after: Callable[[int, float], bool],
    ) -> None:
        self.pnl = array("d")
        self.mid = array("d")
        self.spread = array("d")
        self.maker = maker
        self.others: Sequence[Maker] = ()
        self.watched = False
        self._end_ns = end_ns
        self._floor = floor
        self._after = after
        self._clock = clock
        self._exchange = exchange
        self._timer = clock.enter(self)

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Take a sample, and the next in a second."""
        exchange, maker = self._exchange, self.maker
        bid, ask = exchange.touch
        for other in self.others:
            other.sample(now_ns)
        total = maker.sample(now_ns)
        self.pnl.append(total)
        # Asked of the exchange, since not every market's are its book's.
        self.mid.append(exchange.mid)
        self.spread.append(ask - bid)
        if (self.watched or total <= self._floor or now_ns >= self._end_ns) and not self._after(now_ns, total):
            return
        self._clock.set(now_ns + NS_PER_S, self._timer)

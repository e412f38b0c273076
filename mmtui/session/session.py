"""A session: one level under one seed. The app and the headless runner both drive this, and nothing else.

``advance`` runs the market; ``submit`` carries out a command of the player's at the present instant. Level, seed and
the commands with their times give the same session, to the byte, however the clock is advanced.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from mmtui.book import Side, Trade
from mmtui.coach.coach import Coach, Occasion
from mmtui.errors import UnknownStrategyError
from mmtui.level.events import happenings
from mmtui.level.level import Level
from mmtui.market.core.venue import open_exchange
from mmtui.market.kinds import open_market
from mmtui.session.commands import AnyCommand, Cancel, HandOver, Params
from mmtui.session.digest import Digest
from mmtui.session.maker import Maker
from mmtui.session.result import MarketFacts, Opposition, PnL, Position, Result
from mmtui.session.score import Score, ScoreInputs, score
from mmtui.units import NS_PER_S
from mmtui.version import __version__

if TYPE_CHECKING:
    from mmtui.observe.snapshot import FloorSnapshot
    from mmtui.observe.snapshot_builder import SnapshotBuilder

_TRADE_RECORD, _END_RECORD = 1, 4
#: The opponent's index among the makers; the player's is 0.
_OPPONENT = 1
#: Ends that come before the level's own.
_CUT_SHORT = ("loss", "error")
_PAR_CACHE: dict[tuple[str, int], list[float]] = {}
_PAR_CACHE_SIZE = 256


class Session:
    """A level being played. It starts with the market warmed up, at ``now_ns`` 0.

    Args:
        level: the level.
        seed: any non-negative integer.
        strategy: who quotes from the start; None for the player.
        params: the strategy's parameters.
        on_command: told of every command with its time, as it is carried out; a journal.
        on_clock: told how far the session has come, after each advance; likewise.
        unattended: nobody is there: the session ends when the strategy fails, and keeps nothing that only a screen
            shows until somebody looks.

    Attributes:
        maker: the player's or strategy's orders and books.
        opponent: the opponent's in a duel, else None.
        over: why the session ended, None while it has not; see :class:`~mmtui.session.result.Result`.
        commands: what was carried out, with the times.
        pnl_by_second, mid_by_second, spread_by_second: samples at each whole second from 0, money and ticks.
    """

    def __init__(
        self,
        level: Level,
        seed: int,
        strategy: str | None = None,
        params: Params | None = None,
        on_command: Callable[[int, AnyCommand], None] | None = None,
        on_clock: Callable[[int], None] | None = None,
        *,
        unattended: bool = False,
    ) -> None:
        self.level = level
        self.seed = seed
        self.over: str | None = None
        self.commands: list[tuple[int, AnyCommand]] = []
        self.on_command = on_command
        self.on_clock = on_clock
        self._digest = Digest()
        exchange = open_exchange(level.exchange, level.market.instrument, level.end_ns)
        self.market = open_market(level.regimes(seed), seed, level.hedges, exchange, level.jumps(seed))
        self.market.exchange.on_print = self._on_print
        self._clock = self.market.clock
        self._clock.advance(0)
        self._warm_trades = self.market.exchange.trades
        self._warm_events = self._clock.events
        self.maker = Maker(level, self.market, self._digest)
        if unattended:
            self.maker.on_failure = partial(self._end, "error")
        self.opponent = None if level.opponent is None else Maker(level, self.market, self._digest, _OPPONENT)
        self.pnl_by_second = array("d")
        self.mid_by_second = array("d")
        self.spread_by_second = array("d")
        self._coach: Coach | None = None
        self._watch = None if unattended else self._start_watch()
        if self._watch is not None and (level.coach or level.lesson_checks):
            self._coach = self._start_coach(self._watch)
        self._end_digest = ""
        self._sample(0, 0)
        for row, event in enumerate(happenings(level.events, seed)):
            if event.headline is not None:
                self._clock.at(event.at_ns, self._announce, row)
        if self.opponent is not None and level.opponent is not None:
            # One that fails is out, and leaves nothing in the market.
            self.opponent.on_failure = partial(self.opponent.submit, Cancel())
            self.opponent.submit(HandOver(level.opponent.strategy, dict(level.opponent.params)))
        self._is_par = False
        if strategy is not None:
            self.submit(HandOver(strategy, params or {}))
            self._is_par = unattended and strategy == level.par and not params

    @property
    def makers(self) -> list[Maker]:
        """The player's or strategy's, and in a duel the opponent's."""
        return [self.maker] if self.opponent is None else [self.maker, self.opponent]

    @property
    def now_ns(self) -> int:
        """The session's clock, in nanoseconds since the level's start."""
        return self._clock.now_ns

    @property
    def end_ns(self) -> int:
        """When the level ends."""
        return self.level.end_ns

    def advance(self, to_ns: int) -> None:
        """Run the market up to and including ``to_ns``, or to the session's end."""
        if self.over is None and to_ns > self.now_ns:
            self._clock.advance(to_ns)
            if self.on_clock is not None and self.over is None:
                self.on_clock(self.now_ns)

    def submit(self, command: AnyCommand) -> None:
        """Carry out a command now. Raises UnknownStrategyError for a strategy that is not there."""
        if self.over is None:
            self._is_par = False
            self.maker.submit(command)
            self.commands.append((self.now_ns, command))
            if self.on_command is not None:
                self.on_command(self.now_ns, command)

    def leave(self) -> None:
        """End the session here."""
        if self.over is None:
            self._end("left")

    @property
    def digest(self) -> str:
        """SHA-256 of the session so far, or, once it is over, of all of it."""
        return self._end_digest or self._digest.hexdigest()

    def snapshot(self) -> FloorSnapshot:
        """What the screen shows now; of an unattended session, volume counts from the first look."""
        if self._watch is None:
            self._watch = self._start_watch()
        line = None if self._coach is None else self._coach.line(self.now_ns)
        return self._watch.snapshot(self.now_ns, self.over, self.score(), line, self.opposition())

    @property
    def occasions(self) -> Sequence[Occasion]:
        """Where the level's lesson was done and where it was missed, so far; of an unattended session nothing."""
        return () if self._coach is None else self._coach.occasions

    def _start_watch(self) -> SnapshotBuilder:
        # Imported here, since a session that nobody looks at starts quicker without.
        from mmtui.observe.indicators import Indicators
        from mmtui.observe.snapshot_builder import SnapshotBuilder

        gauges = Indicators(self.level.normal, self.mid_by_second, self.spread_by_second)
        return SnapshotBuilder(self.market, self.maker, self.level, gauges)

    def _start_coach(self, watch: SnapshotBuilder) -> Coach:
        # Imported here for the same reason.
        from mmtui.coach.observer import Observer

        level = self.level
        observer = Observer(level, self.market, self.maker, watch.gauges, self.mid_by_second)
        return Coach(level.coach, level.lesson_checks, observer)

    # Scores

    def measures(self, maker: Maker | None = None) -> ScoreInputs:
        """What the score of a maker, the player unless told otherwise, is computed from so far."""
        maker, now_ns = maker or self.maker, self.now_ns
        desk, mid = maker.desk, self.market.exchange.mid
        presence = maker.presence.share(now_ns)
        until_ns = now_ns
        if self.over in _CUT_SHORT and maker is self.maker:
            # The rest of the level counts as time without a quote, in which par goes on earning.
            timetable = self.level.exchange.timetable
            presence *= timetable.open_ns(now_ns) / timetable.open_ns(self.end_ns)
            until_ns = self.end_ns
        return ScoreInputs(
            pnl=desk.total(mid),
            par=par_pnl(self.level, self.seed)[until_ns // NS_PER_S],
            mean_net=desk.mean_net(now_ns),
            final_net=desk.net,
            markout=desk.markout(1),
            presence=presence,
        )

    def score(self) -> Score:
        """The score so far, or at the end."""
        return score(self.level, self.measures())

    def opposition(self) -> Opposition | None:
        """How the opponent does in a duel, so far or at the end."""
        maker = self.opponent
        if maker is None:
            return None
        desk = maker.desk
        total = score(self.level, self.measures(maker))
        return Opposition(
            strategy=maker.strategy_name or "",
            score=total.total,
            stars=total.stars,
            parts={**total.parts},
            pnl=desk.total(self.market.exchange.mid),
            position=desk.position,
            fills=len(desk.fills),
            error=maker.error,
        )

    def result(self) -> Result:
        """All that is reported of the session; it may still be running."""
        maker, exchange, now_ns = self.maker, self.market.exchange, self.now_ns
        desk, measures = maker.desk, self.measures()
        money = desk.attribution(exchange.mid)
        total = score(self.level, measures)
        by_strategy = maker.auto or maker.error is not None
        samples = self.spread_by_second
        return Result(
            mmtui=__version__,
            level=self.level.id,
            level_digest=self.level.digest,
            strategy=maker.strategy_name if by_strategy else None,
            params=dict(maker.params) if by_strategy else {},
            seed=self.seed,
            score=total.total,
            stars=total.stars,
            parts={**total.parts},
            ended=self.over or "running",
            pnl=PnL(money.total, money.spread, money.position, money.hedge, money.fees),
            par=measures.par,
            drawdown=desk.drawdown,
            position=Position(
                final=desk.position,
                max_abs=desk.max_abs,
                mean_abs=desk.mean_abs(now_ns),
                final_net=measures.final_net,
                mean_net=measures.mean_net,
                limit=self.level.maker.position_limit,
            ),
            markout={"1s": desk.markout(0), "10s": desk.markout(1), "60s": desk.markout(2)},
            fills=len(desk.fills),
            volume=desk.volume,
            presence=measures.presence,
            market=MarketFacts(
                trades=exchange.trades - self._warm_trades,
                events=self._clock.events - self._warm_events,
                mean_spread=sum(samples) / len(samples),
                final_mid=self.market.instrument.to_money(exchange.mid),
            ),
            digest=self.digest,
            opponent=self.opposition(),
            error=maker.error,
        )

    # Events

    def _on_print(self, now_ns: int, trade: Trade) -> None:
        price, quantity, maker_id, taker_id, side = trade
        self._digest.add(_TRADE_RECORD, now_ns, price, quantity, maker_id, taker_id, side)
        if now_ns > 0 and self._watch is not None:
            self._watch.on_print(now_ns, trade)

    def _sample(self, now_ns: int, row: int) -> None:
        """Once a second: the PnL and the spread, and whether too much is lost or the time is up."""
        exchange, desk = self.market.exchange, self.maker.desk
        mid = exchange.mid
        for maker in self.makers:
            maker.desk.mark(mid)
            maker.desk.weigh(now_ns)
        total = desk.total(mid)
        self.pnl_by_second.append(total)
        self.mid_by_second.append(mid)
        self.spread_by_second.append(exchange.best_ask - exchange.best_bid)
        if self._coach is not None:
            self._coach.look(now_ns)
        max_loss = self.level.maker.max_loss
        if self.opponent is not None and max_loss is not None and self.opponent.desk.total(mid) <= -max_loss:
            self.opponent.submit(Cancel())
        if max_loss is not None and total <= -max_loss:
            self._end("loss")
        elif now_ns >= self.end_ns:
            self._end("time")
        else:
            self._clock.at(now_ns + NS_PER_S, self._sample)

    def _announce(self, now_ns: int, row: int) -> None:
        headline = self.level.events[row].headline
        assert headline is not None
        self.maker.notices.append(headline)

    def _end(self, why: str) -> None:
        self.over = why
        self._clock.stop()
        book, mid = self.market.exchange.book, self.market.exchange.mid
        digest = self._digest
        for maker in self.makers:
            digest.add(_END_RECORD, self.now_ns, maker.desk.position, _bits(maker.desk.total(mid)))
        for side in Side:
            for level in book.depth(side):
                digest.add(side, *level)
        self._end_digest = digest.hexdigest()
        if self._is_par and self.maker.error is None:
            _keep_par(self)


def _bits(number: float) -> int:
    """A float as the integer of its bits."""
    bits: int = struct.unpack("<q", struct.pack("<d", number))[0]
    return bits


def par_pnl(level: Level, seed: int) -> list[float]:
    """What the level's par strategy has made at each whole second on a seed, in money; kept for those who ask again."""
    key = (level.digest, seed)
    found = _PAR_CACHE.get(key)
    if found is None:
        session = Session(level, seed, level.par, unattended=True)
        session.advance(session.end_ns)
        if session.maker.error is not None:
            raise UnknownStrategyError(f"the par of level {level.id} cannot be computed: {session.maker.error}")
        found = _PAR_CACHE[key]
    return found


def _keep_par(session: Session) -> None:
    """Keep what a finished session of the par strategy made at each second; who asks for par need not run it again."""
    made = session.pnl_by_second.tolist()
    # A session that its losses ended early stays where it was.
    made += [made[-1]] * (session.level.duration_s + 1 - len(made))
    if len(_PAR_CACHE) >= _PAR_CACHE_SIZE:
        del _PAR_CACHE[next(iter(_PAR_CACHE))]
    _PAR_CACHE[session.level.digest, session.seed] = made

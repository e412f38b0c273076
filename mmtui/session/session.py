"""A session: one level under one seed. The app, the headless runner and a room drive this, and nothing else.

``advance`` runs the market; ``submit`` carries out a command of the player's at the present instant. Level, seed and
the commands with their times give the same session, to the byte, however the clock is advanced.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mmtui.book import Side, Trade
from mmtui.errors import UnknownStrategyError
from mmtui.level.events import Happening, happenings, jumps, regimes
from mmtui.level.level import Level
from mmtui.market.core.gateway import Event, MakerOrder
from mmtui.market.core.venue import open_exchange
from mmtui.market.kinds import open_market, redraw
from mmtui.session.commands import AnyCommand, Cancel, HandOver, Params
from mmtui.session.digest import Digest
from mmtui.session.joining import Joining
from mmtui.session.maker import Maker
from mmtui.session.par import NoPar, Par, ParSource
from mmtui.session.result import MarketFacts, Opposition, Position, Result
from mmtui.session.samples import Samples
from mmtui.session.score import Score, ScoreInputs, by_third, score
from mmtui.strategies.registry import AnyStrategy, named
from mmtui.strategies.variants import variant_name
from mmtui.units import NS_PER_S
from mmtui.version import program_version

_END_RECORD = 4
#: The opponent's index among the makers; the player's is 0.
_OPPONENT = 1
#: The most seats of a session; makers' order ids have room for more, see :mod:`mmtui.market.core.order_ids`.
MOST_SEATS = 201
#: Ends that come before the level's own.
_CUT_SHORT = ("loss", "error", "left")
#: What can be listened to, see :class:`mmtui.session.watcher.Watcher`.
HOOKS = ("on_trade", "on_second", "on_order", "on_event", "on_command", "on_advance")
_PARS: dict[tuple[str, int], Par] = {}
#: How many are kept, and how many of these with a session that has not ended, which takes megabytes.
_MOST_PARS, _MOST_HELD = 256, 16


class Session:
    """A level being played. It starts with the market warmed up, at ``now_ns`` 0.

    Args:
        level: the level.
        seed: any non-negative integer.
        strategy: who quotes from the start, see :func:`~mmtui.strategies.registry.named`; None for the player.
        params: the strategy's parameters.
        ends_on_failure: whether the session ends when its strategy fails, since no player can go on.
        par: where par comes from; the level's par on this seed by default.
        seats: how many make the market, each for itself; a duel's opponent is none of them.

    Attributes:
        seats: the orders and books of each.
        maker: those of the seat that it is seen from, the first unless :meth:`look_from` says another.
        own: which seat that is.
        opponent: the opponent's in a duel, else None.
        over: why the session ended, None while it has not; see :class:`~mmtui.session.result.Result`.
        commands: what was carried out for the first seat, with the times.
        pnl_by_second, mid_by_second, spread_by_second: samples at each whole second from 0, in money and ticks.
    """

    def __init__(
        self,
        level: Level,
        seed: int,
        strategy: AnyStrategy | None = None,
        params: Params | None = None,
        *,
        ends_on_failure: bool = False,
        par: ParSource | None = None,
        seats: int = 1,
    ) -> None:
        if not 1 <= seats <= MOST_SEATS or (seats > 1 and level.opponent is not None):
            raise ValueError(f"expected 1 to {MOST_SEATS} seats, and one in a duel, not {seats}")
        strategy = None if strategy is None else named(strategy)
        self.level = level
        self.seed = seed
        self.over: str | None = None
        self.commands: list[tuple[int, AnyCommand]] = []
        self._listeners: dict[str, list[Callable[..., None]]] = {hook: [] for hook in HOOKS}
        self._digest = Digest()
        exchange = open_exchange(level.exchange, level.market.instrument, level.end_ns)
        self._happenings = found = happenings(level.events, seed, deck=level.deck)
        market = regimes(level.market, found)
        self.market = open_market(market, seed, level.hedges, exchange, jumps(found), level.end_ns)
        self.market.exchange.on_print.append(self._digest.on_print)
        self._clock = self.market.clock
        self._clock.advance(0)
        self._warm_trades = self.market.exchange.trades
        self._warm_events = self._clock.events
        self.seats = [Maker(level, self.market, self._digest, index) for index in range(seats)]
        self.own = 0
        self.maker = self.seats[0]
        if ends_on_failure:
            self.maker.on_failure = partial(self._end, "error")
        self.opponent = None if level.opponent is None else Maker(level, self.market, self._digest, _OPPONENT)
        max_loss = level.maker.max_loss
        self._samples = samples = Samples(
            self._clock,
            self.market.exchange,
            self.maker,
            end_ns=self.end_ns,
            floor=-math.inf if max_loss is None else -max_loss,
            after=self._after_sample,
        )
        samples.others = self.makers[1:]
        samples.watched = max_loss is not None and len(samples.others) > 0
        self.pnl_by_second, self.mid_by_second, self.spread_by_second = samples.pnl, samples.mid, samples.spread
        self._end_digest = ""
        samples.act(0, 0, 0)
        self._set_announcements()
        # One of several whose strategy fails is out, and leaves nothing in the market.
        for maker in self.makers if seats > 1 else self.makers[1:]:
            maker.on_failure = partial(maker.submit, Cancel())
        if self.opponent is not None and level.opponent is not None:
            self.opponent.submit(HandOver(level.opponent.strategy, dict(level.opponent.params)))
        self.par = par_of(level, seed) if par is None else par
        self._starts_as_par = ends_on_failure and strategy == level.par and not params
        if strategy is not None:
            self.submit(HandOver(strategy, params or {}))

    @property
    def makers(self) -> list[Maker]:
        """Those of the seats, and in a duel the opponent's."""
        return self.seats if self.opponent is None else [self.maker, self.opponent]

    @property
    def volume_by_second(self) -> Sequence[int]:
        """What its maker had traded by each whole second from 0, in lots."""
        return self.maker.volume_by_second

    @property
    def now_ns(self) -> int:
        """The session's clock, in nanoseconds since the level's start."""
        return self._clock.now_ns

    @property
    def end_ns(self) -> int:
        """When the level ends."""
        return self.level.end_ns

    def advance(self, to_ns: int) -> None:
        """Run the market up to and including ``to_ns``, or to the session's end, and par along with it."""
        if self.over is None and to_ns > self.now_ns:
            self._clock.advance(to_ns)
            self._advance_par()
            for call in self._listeners["on_advance"]:
                call(self.now_ns)

    def submit(self, command: AnyCommand, seat: int = 0) -> None:
        """Carry out a seat's command now. Raises UnknownStrategyError for a strategy that is not there."""
        if self.over is None:
            self.seats[seat].submit(command)
            if seat == 0:
                self.commands.append((self.now_ns, command))
            if self.over is not None:
                self._advance_par()
            for call in self._listeners["on_command"]:
                call(self.now_ns, command, seat)

    def look_from(self, seat: int) -> None:
        """Have ``maker``, and what is sampled each second, be another seat's; to be called before anybody watches."""
        self.own, self.maker = seat, self.seats[seat]
        self._samples.maker = self.maker
        self._samples.others = [maker for maker in self.makers if maker is not self.maker]

    def join(self, seat: int) -> None:
        """Have the score of a seat count from now on, since somebody has taken it."""
        maker = self.seats[seat]
        maker.joined = Joining.now(maker.total, maker.desk, maker.presence, self.now_ns)

    def leave(self) -> None:
        """End the session here; par goes on to the level's end."""
        if self.over is None:
            self._end("left")
            self._advance_par()

    @property
    def digest(self) -> str:
        """SHA-256 of the session so far, or, once it is over, of all of it."""
        return self._end_digest or self._digest.hexdigest()

    def __repr__(self) -> str:
        far = f"{self.now_ns / NS_PER_S:g} of {self.level.duration_s} s"
        return f"Session({self.level.id}, seed {self.seed}, {far}, {self.over or 'running'})"

    # Copies and watchers

    def redraw(self, seed: int) -> None:
        """Have chance decide anew, by another seed, all that comes after now; from here on it is another session.

        What was stays, and so does what somebody in the market knows already: the value as far as the best informed see
        ahead. Given these, the law of what comes is that of any session on this level. There is no par of it.

        Raises InputError for a recorded market.
        """
        known_ns = self.market.known_ns
        been = [event for event in self._happenings if event.at_ns <= known_ns]
        self.par = NoPar()
        self.change_events(happenings(self.level.events, seed, known_ns, been, deck=self.level.deck), seed)

    def change_events(self, found: Sequence[Happening], seed: int) -> None:
        """Have other events happen, and chance decide anew as in :meth:`redraw`; par stays what it was.

        Those up to ``market.known_ns``, from which on it can become another market, are the former ones.
        """
        redraw(self.market, seed, regimes(self.level.market, found), jumps(found))
        self._happenings = [*found]
        self._clock.drop(self._clock.enter(self._announce))
        self._set_announcements()

    @property
    def events(self) -> Sequence[Happening]:
        """What happens in it, in the order of time."""
        return self._happenings

    def listen(self, hook: str, call: Callable[..., None]) -> None:
        """Have something called at one of the :data:`HOOKS`."""
        self._listeners[hook].append(call)
        if hook == "on_trade" and self._on_print not in self.market.exchange.on_print:
            self.market.exchange.on_print.append(self._on_print)
        elif hook == "on_event":
            self._clock.watch = self._on_event
        elif hook == "on_second":
            self._samples.watched = True
        elif hook == "on_order":
            self.maker.on_order = self._on_order

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_listeners": {hook: [] for hook in HOOKS}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._clock.watch = self.maker.on_order = None

    def _on_event(self, now_ns: int) -> None:
        for call in self._listeners["on_event"]:
            call(now_ns)

    def _on_order(self, now_ns: int, event: Event, order: MakerOrder) -> None:
        for call in self._listeners["on_order"]:
            call(now_ns, event, order)

    # Scores

    @property
    def _par_ns(self) -> int:
        """The time whose par the score needs: of a session cut short the level's end, since par goes on earning."""
        return self.end_ns if self.over in _CUT_SHORT else self.now_ns

    @property
    def _is_par(self) -> bool:
        """Whether it is what par is: its strategy is the level's par, and nobody has done anything else in it."""
        return self._starts_as_par and len(self.commands) == 1

    def _advance_par(self) -> None:
        if not self._is_par:
            self.par.advance(self._par_ns)

    def measures(self, maker: Maker | None = None) -> ScoreInputs:
        """The inputs of a maker's score so far; the player's by default."""
        maker, now_ns = maker or self.maker, self.now_ns
        desk = maker.desk
        presence = maker.presence.share(now_ns)
        until_ns = now_ns
        if self.over in _CUT_SHORT and maker is not self.opponent:
            # The rest of the level counts as time without a quote.
            timetable = self.level.exchange.timetable
            presence *= timetable.open_ns(now_ns) / timetable.open_ns(self.end_ns)
            until_ns = self._par_ns
        second = until_ns // NS_PER_S
        last = min(second, len(self.pnl_by_second) - 1)
        joined = maker.joined
        from_s = 0 if joined is None else joined.at_ns // NS_PER_S
        volumes = by_third(self.level, from_s, second, maker.volume_at)
        par_volumes = volumes if self._is_par else by_third(self.level, from_s, second, self.par.volume_at)
        whole = ScoreInputs(
            pnl=maker.total,
            par=self.pnl_by_second[last] if self._is_par else self.par.at(second),
            mean_net=desk.mean_net(now_ns),
            final_net=desk.net,
            markout=desk.markout(1),
            presence=presence,
            volumes=volumes or (),
            par_volumes=par_volumes,
        )
        return whole if joined is None else joined.since(whole, desk, maker.presence, now_ns, self.par)

    @property
    def ranked(self) -> bool:
        """Whether several make the market, among whom ranks decide instead of stars."""
        return len(self.seats) > 1

    def score(self) -> Score:
        """The score so far, or at the end."""
        return score(self.level, self.measures(), ranked=self.ranked)

    def opposition(self) -> Opposition | None:
        """How the opponent does in a duel, so far or at the end."""
        maker = self.opponent
        if maker is None:
            return None
        desk = maker.desk
        total = score(self.level, self.measures(maker))
        return Opposition(
            strategy=variant_name(maker.strategy_name or ""),
            score=total.total,
            stars=total.stars,
            parts={**total.parts},
            pnl=maker.total,
            position=desk.position,
            fills=len(desk.fills),
            error=maker.error,
        )

    def result(self, seat: int | None = None) -> Result:
        """All that is reported of the session for a seat, its own by default; it may still be running."""
        maker, now_ns = self.maker if seat is None else self.seats[seat], self.now_ns
        desk, measures = maker.desk, self.measures(maker)
        if measures.par is None or measures.par_volumes is None:
            raise RuntimeError("par is not known as far as a result needs it")
        total = score(self.level, measures, ranked=self.ranked)
        by_strategy = maker.auto or maker.error is not None
        return Result(
            mmtui=program_version(),
            level=self.level.id,
            level_digest=self.level.digest,
            strategy=variant_name(maker.strategy_name) if by_strategy and maker.strategy_name is not None else None,
            params=dict(maker.params) if by_strategy else {},
            seed=self.seed,
            score=total.total,
            stars=total.stars,
            parts={**total.parts},
            ended=self.over or "running",
            pnl=desk.attribution(maker.mark),
            par=measures.par,
            par_volume=sum(measures.par_volumes),
            trade=measures.trade,
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
            market=self.market_facts(),
            digest=self.digest,
            opponent=self.opposition(),
            error=maker.error,
            ranked=self.ranked,
        )

    def market_facts(self) -> MarketFacts:
        """What the market did so far."""
        exchange, samples = self.market.exchange, self.spread_by_second
        return MarketFacts(
            trades=exchange.trades - self._warm_trades,
            events=self._clock.events - self._warm_events,
            mean_spread=sum(samples) / len(samples),
            final_mid=self.market.instrument.to_money(exchange.mid),
        )

    # Events

    def _on_print(self, now_ns: int, trade: Trade, mid_before: float) -> None:
        for call in self._listeners["on_trade"]:
            call(now_ns, trade)

    def _after_sample(self, now_ns: int, total: float) -> bool:
        """Whether the session goes on after a second's sample: not if too much is lost or the time is up."""
        for call in self._listeners["on_second"]:
            call(now_ns)
        max_loss = self.level.maker.max_loss
        if max_loss is not None:
            for each in self._samples.others if len(self.seats) == 1 else self.seats:
                if each.total <= -max_loss:
                    each.submit(Cancel())
        if max_loss is not None and total <= -max_loss and len(self.seats) == 1:
            self._end("loss")
        elif now_ns >= self.end_ns:
            self._end("time")
        return self.over is None

    def _set_announcements(self) -> None:
        for row, event in enumerate(self._happenings):
            if event.at_ns > self.now_ns and (event.headline is not None or event.max_width is not None):
                self._clock.at(event.at_ns, self._announce, row)

    def _announce(self, now_ns: int, row: int) -> None:
        event = self._happenings[row]
        said = [event.headline] if event.headline is not None else []
        if event.max_width is not None:
            said.append(f"Quotes may be {event.max_width} ticks wide from now on.")
            for maker in self.makers:
                maker.oblige(event.max_width)
        for maker in self.makers:
            maker.notices.append(" ".join(said))

    def _end(self, why: str) -> None:
        self.over = why
        self._clock.stop()
        exchange, digest = self.market.exchange, self._digest
        for maker in self.makers:
            digest.add((_END_RECORD, self.now_ns, maker.desk.position, _bits(maker.total)))
        for side in Side:
            for level in exchange.depth(side):
                digest.add((side, *level))
        self._end_digest = digest.hexdigest()
        if self._is_par and why in ("time", "loss"):
            par_of(self.level, self.seed).learn(self.pnl_by_second, self.volume_by_second)


def _bits(number: float) -> int:
    """A float as the integer of its bits."""
    bits: int = struct.unpack("<q", struct.pack("<d", number))[0]
    return bits


def par_of(level: Level, seed: int) -> Par:
    """Par of a level and seed. Raises UnknownStrategyError, when it is advanced, if its strategy fails."""
    key = (level.digest, seed)
    found = _PARS.get(key)
    if found is None:
        held = [each for each, par in _PARS.items() if par.holds_session]
        if len(held) >= _MOST_HELD:
            del _PARS[held[0]]
        elif len(_PARS) >= _MOST_PARS:
            del _PARS[next(iter(_PARS))]
        found = _PARS[key] = Par(partial(_par_session, level, seed), level.end_ns, (par_of, (level, seed)))
    return found


def _par_session(level: Level, seed: int) -> Session:
    session = Session(level, seed, par=NoPar())
    session.maker.on_failure = partial(_par_failed, session)
    session.submit(HandOver(level.par))
    return session


def _par_failed(session: Session) -> None:
    raise UnknownStrategyError(f"the par of level {session.level.id} cannot be computed: {session.maker.error}")

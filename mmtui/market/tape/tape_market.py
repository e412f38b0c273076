"""The market kind *tape*: a recorded market, replayed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from mmtui.book import Side
from mmtui.errors import InputError
from mmtui.files import opened
from mmtui.market.core.clock import Action, Actor, Scheduler, Stream
from mmtui.market.core.draws import Ints, generator
from mmtui.market.core.exchange import PARTICIPANTS, TAPE, Exchange
from mmtui.market.core.normal import LEAST, NormalSpec
from mmtui.market.core.venue import ExchangeSpec, Venue, open_exchange
from mmtui.market.hedges.instruments import HedgeInstrument
from mmtui.market.rules.phases import Phase
from mmtui.market.tape.lives import stream_lives
from mmtui.market.tape.lobster import Faults, MessageKind, Messages, Units, read_blocks
from mmtui.market.tape.tape_orders import SIDES, TapeOrders
from mmtui.market.tape.tape_spec import PRICE_UNITS, TapeSpec
from mmtui.units import NS_PER_S

#: By a halt's code: trading is halted, quoting resumes, trading resumes.
_PHASES = {-1: Phase.CLOSED, 0: Phase.HALT, 1: Phase.OPEN}
_BLOCK_NS = 60 * NS_PER_S
#: The usual state is measured over at most so much of a tape.
_MEASURED_S = 3600


def file_digest(path: Path) -> str:
    """Returns a file's SHA-256. Raises InputError."""
    found = sha256()
    try:
        with opened(path) as file:
            while block := file.read(1 << 20):
                found.update(block)
    except OSError as error:
        raise InputError(f"{path}: the tape cannot be read: {error.strerror}") from None
    return found.hexdigest()


@lru_cache(maxsize=2)
def _loaded(file: str, digest: str, tick: float, lot: int) -> Messages:
    """Read and check a tape; the last ones are cached."""
    units = Units(round(tick * PRICE_UNITS), lot)
    path = Path(file)
    found = file_digest(path)
    if found != digest:
        raise InputError(f"{path}: this is not the level's tape: its SHA-256 is {found}, not {digest}")
    faults = Faults(file)
    return Messages.join(list(stream_lives(read_blocks(path, units, faults), faults)))


class TapeFlow(Actor):
    """Plays a stretch of a tape to an exchange.

    Args:
        orders: what carries them out.
        messages: the tape, or its first messages.
        zero_ns: the time of day at which the session's clock is at 0.
        more: the rest of the tape in blocks, each of which is held only until it has been played.
    """

    def __init__(self, orders: TapeOrders, messages: Messages, zero_ns: int, more: Iterable[Messages] = ()) -> None:
        self._orders = orders
        self._messages = messages
        self._more = iter(more)
        self._last_ns = int(messages.times_ns[-1]) if len(messages) else -1
        self._zero_ns = zero_ns
        self._crosses: frozenset[int] = frozenset()
        exchange = orders.exchange
        self._rules = exchange if isinstance(exchange, Venue) else None
        self._rows: list[tuple[int, Side, int, int]] = []
        self._kinds: Ints = messages.kinds[:0]
        # By kind.
        self._actions: list[Action] = [
            self._other,
            self._new,
            self._reduce,
            self._delete,
            self._execute,
            self._other,
            self._other,
            self._other,
        ]

    def skip_to(self, time_ns: int) -> None:
        """Play everything up to and including a time of the session at once."""
        part = self.part(time_ns + 1)
        assert part.kinds is not None
        for now_ns, kind, row in zip(part.times.tolist(), part.kinds.tolist(), part.rows.tolist(), strict=True):
            self.act(now_ns, kind, row)

    def draw(self, start_ns: int, end_ns: int) -> Iterator[Stream]:
        """Yields the messages not yet drawn, up to a time of the session."""
        yield self.part(end_ns)

    def reaches(self, time_ns: int) -> bool:
        """Whether the tape has messages at a time of the session or later."""
        blocks = [self._messages]
        while self._last_ns < time_ns + self._zero_ns and (block := next(self._more, None)) is not None:
            blocks.append(block)
            self._last_ns = int(block.times_ns[-1])
        if len(blocks) > 1:
            self._messages = Messages.join(blocks)
        return self._last_ns >= time_ns + self._zero_ns

    def part(self, end_ns: int) -> Stream:
        """Returns the messages not yet drawn, up to a time of the session, each of its :class:`MessageKind`."""
        self.reaches(end_ns)
        last = int(np.searchsorted(self._messages.times_ns, end_ns + self._zero_ns))
        part, self._messages = self._messages.take(slice(last)), self._messages.take(slice(last, None))
        self._crosses = frozenset(part.times_ns[part.kinds == MessageKind.CROSS].tolist())
        ids, whole = part.ids * PARTICIPANTS + TAPE, part.kinds != MessageKind.DELETE
        # A deletion needs the order's id only.
        rows = np.where(whole, np.cumsum(whole) - 1, ids)
        sides = map(SIDES.__getitem__, part.sides[whole].tolist())
        self._rows = list(
            zip(
                ids[whole].tolist(),
                sides,
                part.prices[whole].tolist(),
                part.sizes[whole].tolist(),
                strict=True,
            )
        )
        self._kinds = part.kinds[whole]
        return Stream(part.times_ns - self._zero_ns, self, rows, part.kinds)

    def act(self, now_ns: int, kind: int, row: int) -> None:
        """Play a message."""
        self._actions[kind](now_ns, row)

    def _new(self, now_ns: int, row: int) -> None:
        order_id, side, price, lots = self._rows[row]
        if not self._orders.join(order_id, side, price, lots):
            self._orders.place(now_ns, order_id, side, price, lots)
        if self._rules is not None:
            self._rules.look(now_ns)

    def _delete(self, now_ns: int, order_id: int) -> None:
        self._orders.delete(order_id)
        if self._rules is not None:
            self._rules.look(now_ns)

    def _reduce(self, now_ns: int, row: int) -> None:
        order_id, _, _, lots = self._rows[row]
        self._orders.reduce(order_id, lots)
        if self._rules is not None:
            self._rules.look(now_ns)

    def _execute(self, now_ns: int, row: int) -> None:
        self._orders.execute(now_ns, *self._rows[row], now_ns + self._zero_ns in self._crosses)
        if self._rules is not None:
            self._rules.look(now_ns)

    def _other(self, now_ns: int, row: int) -> None:
        """Play a message that touches no visible order."""
        kind = self._kinds[row]
        _, side, price, lots = self._rows[row]
        if kind == MessageKind.HALT:
            self._orders.halt(now_ns, _PHASES[price])
        elif kind == MessageKind.HIDDEN:
            self._orders.hidden(now_ns, side, price, lots, now_ns + self._zero_ns in self._crosses)
        else:
            self._orders.cross(now_ns, price, lots)


class TapeMarket:
    """The market of a session of the kind *tape*. See :class:`mmtui.market.book_market.Market`.

    ``lasts_ns`` is the length of the tape from the session's start on. The book is there when the session starts, with
    the last minutes' trades.

    Args:
        spec: the tape and how it is played.
        seed: draws the start.
        messages: its messages, if they have been read already.
        exchange: where it is played; a plain one by default.

    Raises:
        InputError: the tape cannot be read, has another digest, or ends before the level starts.
    """

    def __init__(
        self, spec: TapeSpec, seed: int, messages: Messages | None = None, exchange: Exchange | None = None
    ) -> None:
        if messages is None:
            messages = _loaded(spec.file, spec.digest, spec.instrument.tick, spec.lot_size)
        first_ns, last_ns = int(messages.times_ns[0]), int(messages.times_ns[-1])
        latest_s = spec.from_s + spec.roam_s
        if first_ns + round(latest_s * NS_PER_S) > last_ns:
            lasts_s = (last_ns - first_ns) / NS_PER_S
            raise InputError(f"{spec.file}: the tape lasts {lasts_s:g} s; the level starts {latest_s:g} s into it")
        roamed_s = int(generator(seed, "tape").random() * (spec.roam_s + 1))
        from_ns = round(spec.from_s * NS_PER_S) + roamed_s * NS_PER_S
        self.instrument = spec.instrument
        self.value = None
        self.hedges: dict[str, HedgeInstrument] = {}
        self.exchange = exchange or open_exchange(ExchangeSpec(), spec.instrument, 0)
        self.lasts_ns = last_ns - first_ns - from_ns
        flow = TapeFlow(TapeOrders(self.exchange, spec.effect), messages, first_ns + from_ns)
        start_ns = -min(from_ns, Exchange.TAPE_NS)
        flow.skip_to(start_ns)
        self.clock = Scheduler([flow], start_ns, _BLOCK_NS)
        self.exchange.start(self.clock)

    @property
    def known_ns(self) -> int:
        """Up to when anybody knows what comes: now."""
        return self.clock.now_ns


@lru_cache(maxsize=8)
def measured(spec: TapeSpec) -> NormalSpec:
    """Measure mean spread, lots at the best prices, and the volatility of the mid over seconds, from ``from_s`` on.

    Samples are taken by the second, over an hour at most. Raises InputError as the market does.
    """
    market = TapeMarket(msgspec.structs.replace(spec, roam_s=0.0), 0)
    exchange, clock = market.exchange, market.clock
    mids, spreads, sizes = [], [], []
    for second in range(min(_MEASURED_S, market.lasts_ns // NS_PER_S) + 1):
        clock.advance(second * NS_PER_S)
        mids.append(exchange.mid)
        spreads.append(exchange.best_ask - exchange.best_bid)
        sizes += [best.quantity for side in Side if (best := exchange.best(side)) is not None]
    moves = np.diff(mids)
    volatility = float(np.sqrt(np.mean(moves**2))) if len(moves) else 0.0
    return NormalSpec(
        spread=max(LEAST, float(np.mean(spreads))),
        # A mid that never moved has no scale; a tenth of a tick is below any that moved.
        volatility=max(0.1, volatility),
        size=max(1, round(float(np.mean(sizes or [1])))),
    )

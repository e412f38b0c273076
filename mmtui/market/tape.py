"""The market kind *tape*: a recorded market, replayed into the book with the maker's orders in their places.

The tape's orders keep their ids, so that an own order stands in the queue where it would have stood: behind those
that came before it, and ahead of those that came after. What is ahead of it falls by the executions and cancellations
of the orders ahead, and by nothing else. Two models say what the maker's presence changes.

*passive*: the tape does not react. Every order of the tape lives and ends as it did, less the lots that traded with
the maker. Where the tape executes an order that stands behind an own one, at a worse price or later at the same, the
own one is filled first: the taker's lots go to it, and what is left of them to the tape's order, whose other lots go
as they went on the tape. So the volume of every execution is what it was. A hidden order's execution fills own orders
at its price or better likewise. An order of the tape that arrives at an own quote trades with it, and what the maker
takes is gone: lots trade once, and those that a later taker of the tape wanted, and the maker has, he goes without.

*impact*: the tape's messages are instructions. A new order is a limit order, an execution an order to take so many lots
at that price or better, in the book's own order; a cancellation takes off what it says, or what is left. What the maker
takes is missing for those who come later, who trade with what stands behind; what his orders absorb, others keep, and
stay until somebody takes them or they are cancelled. Until the maker has traded, the book is the tape's.

Crosses and the executions of hidden orders are printed; they touch no visible order. While trading was halted no order
is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np

from mmtui.book import Side, Status, TimeInForce, Trade
from mmtui.errors import InputError
from mmtui.market.clock import Action, Scheduler, Stream
from mmtui.market.draws import Ints, generator
from mmtui.market.exchange import FIRST_BACKGROUND, PARTICIPANTS, TAPE, TAPE_TAKERS, Exchange
from mmtui.market.hedges import Hedge
from mmtui.market.instrument import NS_PER_S, Instrument, NonNegativeFloat, PositiveInt
from mmtui.market.lobster import PRICE_UNITS, Faults, Kind, Messages, Units, check_lives, read_messages
from mmtui.market.normal import NormalSpec
from mmtui.market.phases import Phase

Effect = Literal["passive", "impact"]

_BLOCK_NS = 60 * NS_PER_S
_GTC, _IOC = TimeInForce.GTC, TimeInForce.IOC
_RESTING = Status.RESTING
# A named tuple in half the time; see the book.
_new = tuple.__new__
#: By a message's direction.
_SIDES = (Side.BUY, Side.BUY, Side.SELL)
#: Figures of what is normal are taken over so much of a tape at most.
_MEASURED_S = 3600


class TapeSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="tape"):
    """A recorded market.

    Attributes:
        instrument: what was traded; prices in the file are ten-thousandths of its currency.
        file: LOBSTER messages in which every order is placed before anything else is said of it; a level file names
            it relative to its own folder, inside it.
        digest: the file's SHA-256.
        from_s: seconds after the tape's first message at which the level starts.
        roam_s: the seed draws the start, in whole seconds, up to so much later; otherwise all seeds are one session.
        effect: what the maker's presence changes; see the module.
        lot_size: units of the file's sizes in a lot.
        usual: what is normal; measured on the tape when left out.
    """

    instrument: Instrument
    file: str
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    from_s: NonNegativeFloat = 0.0
    roam_s: NonNegativeFloat = 0.0
    effect: Effect = "passive"
    lot_size: PositiveInt = 1
    usual: NormalSpec | None = msgspec.field(default=None, name="normal")

    def __post_init__(self) -> None:
        tick = self.instrument.tick * PRICE_UNITS
        if abs(tick - round(tick)) > 1e-9 * tick or tick < 0.5:
            raise ValueError(f"instrument.tick: expected a multiple of 1/{PRICE_UNITS}, not {self.instrument.tick:g}")

    @property
    def units(self) -> Units:
        """What the file's numbers are."""
        return Units(round(self.instrument.tick * PRICE_UNITS), self.lot_size)

    @property
    def normal(self) -> NormalSpec:
        """What everybody knows of the market's usual state. Raises InputError when the tape must be read and cannot."""
        return self.usual or measured(self)

    @property
    def fixed_parts(self) -> dict[str, object]:
        """By key path, what cannot change while the market runs: everything."""
        names = zip(self.__struct_encode_fields__, self.__struct_fields__, strict=True)
        return {"kind": "tape", **{key: getattr(self, name) for key, name in names}}

    @property
    def named(self) -> TapeSpec:
        """The same with the file's name only: the digest tells which it is, wherever it lies."""
        return msgspec.structs.replace(self, file=Path(self.file).name)


def book_id(order_id: int) -> int:
    """The id in the book of an order of the tape."""
    return order_id * PARTICIPANTS + TAPE


def file_digest(path: Path) -> str:
    """A file's SHA-256. Raises InputError."""
    found = sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                found.update(block)
    except OSError as error:
        raise InputError(f"{path}: the tape cannot be read: {error.strerror}") from None
    return found.hexdigest()


@lru_cache(maxsize=2)
def _loaded(file: str, digest: str, units: Units) -> Messages:
    """A tape, checked; kept for the next session."""
    path = Path(file)
    found = file_digest(path)
    if found != digest:
        raise InputError(f"{path}: this is not the level's tape: its SHA-256 is {found}, not {digest}")
    faults = Faults(file)
    return check_lives(read_messages(path, units, faults), faults)


class TapeExchange(Exchange):
    """An exchange whose background is a tape; it is closed while trading stood still on the tape."""

    def __init__(self, symbol: str = "", effect: Effect = "passive", start_ticks: int = 2) -> None:
        super().__init__(symbol)
        self._impact = effect == "impact"
        self._takers = self.id_range(TAPE_TAKERS)
        self._taker = (-1, Side.BUY, 0)
        self._last_touch = max(1, start_ticks - 1), max(2, start_ticks + 1)
        # Whether orders may stand that are gone on the tape, since the maker's were filled in their place.
        self._apart = False

    # The touch: a side may be empty for a while, and then its last price counts

    @property
    def touch(self) -> tuple[int, int]:
        """The best bid and ask, in ticks; of an empty side the last there was."""
        bid, ask = self._bids.best, self._asks.best
        if bid is not None and ask is not None:
            self._last_touch = bid.price, ask.price
            return self._last_touch
        last_bid, last_ask = self._last_touch
        if bid is not None:
            last_bid = bid.price
            last_ask = max(last_ask, last_bid + 1)
        if ask is not None:
            last_ask = ask.price
            last_bid = min(last_bid, last_ask - 1)
        self._last_touch = last_bid, last_ask
        return self._last_touch

    @property
    def best_bid(self) -> int:
        """The highest bid, in ticks."""
        return self.touch[0]

    @property
    def best_ask(self) -> int:
        """The lowest ask, in ticks."""
        return self.touch[1]

    # The maker

    def refusal(self, now_ns: int, side: Side, price: int, *, immediate: bool) -> str | None:
        """Why a maker's order is not taken now, None if it is."""
        return None if self.phase is Phase.OPEN else "trading is halted"

    # The tape

    def place(self, now_ns: int, order_id: int, side: Side, price: int, lots: int) -> None:
        """A new order of the tape that reaches quotes, with which it trades first."""
        mid = self.mid
        report = self.book.limit(order_id, side, price, lots)
        if report.trades:
            self.settle(now_ns, report.trades, mid)

    def reduce(self, order_id: int, lots: int) -> None:
        """A cancellation of some lots."""
        level = self.book.level_of(order_id)
        if level is not None:
            if lots < level.queue[order_id]:
                self.book.reduce(order_id, lots)
            else:
                self.book.cancel(order_id)

    def execute(self, now_ns: int, order_id: int, side: Side, price: int, lots: int) -> None:
        """A taker of the tape, who traded with one of its orders, resting on a side."""
        taker, mid = _SIDES[-side], self.mid
        taker_id = self._taker_id(now_ns, taker)
        level = self.book.level_of(order_id)
        there = 0 if level is None else level.queue[order_id]
        if there >= lots and not (self.maker_orders or self._apart):
            # Mostly nobody is in the way.
            if lots < there:
                self.book.reduce(order_id, lots)
            else:
                self.book.cancel(order_id)
            self.settle(now_ns, (_new(Trade, (price, lots, order_id, taker_id, taker)),), mid)
            return
        if self._impact:
            report = self.book.limit(taker_id, taker, price, lots, _IOC)
            if report.trades:
                self._apart = self._apart or report.trades[0].maker_id != order_id
                self.settle(now_ns, report.trades, mid)
            return
        # Where the maker has taken the order, his own that stand elsewhere at its price are not what comes next.
        worst = price if there else price + side
        fills = self._ahead(side, worst, order_id, lots) if self.maker_orders else []
        left = lots - sum(quantity for _, _, quantity in fills)
        for own_id, _, quantity in fills:
            self.reduce(own_id, quantity)
        if there:
            # Those lots go too that own ones were filled in place of.
            self.reduce(order_id, lots)
            if left:
                fills.append((order_id, price, min(there, left)))
        self._print(now_ns, fills, taker_id, taker, mid)

    def hidden(self, now_ns: int, side: Side, price: int, lots: int) -> None:
        """A taker of the tape, who traded with an order that nobody sees, resting on a side."""
        taker, mid = _SIDES[-side], self.mid
        taker_id = self._taker_id(now_ns, taker)
        fills = self._ahead(side, price, None, lots) if self.maker_orders else []
        for own_id, _, quantity in fills:
            self.reduce(own_id, quantity)
        left = lots - sum(quantity for _, _, quantity in fills)
        if left:
            fills.append((TAPE, price, left))
        self._print(now_ns, fills, taker_id, taker, mid)

    def halt(self, now_ns: int, *, halted: bool) -> None:
        """Trading stops, or goes on."""
        phase = Phase.CLOSED if halted else Phase.OPEN
        if phase is not self.phase:
            self.phase, self.phase_name = phase, "trading halt" if halted else "open"
            for on_phase in self.on_phase:
                on_phase(now_ns, phase)

    def _taker_id(self, now_ns: int, side: Side) -> int:
        """The order that takes: the same for executions of one instant, since a tape has a row for each match."""
        last_ns, last_side, taker_id = self._taker
        if now_ns != last_ns or side is not last_side:
            taker_id = self._takers.one()
            self._taker = now_ns, side, taker_id
        return taker_id

    def cross(self, now_ns: int, side: Side, price: int, lots: int) -> None:
        """Lots that traded in a cross: they are printed, as bought where the tape says so."""
        self._print(now_ns, [(TAPE, price, lots)], self._taker_id(now_ns, side), side, self.mid)

    def _print(self, now_ns: int, fills: list[tuple[int, int, int]], taker_id: int, taker: Side, mid: float) -> None:
        if fills:
            trades = tuple(Trade(price, quantity, order_id, taker_id, taker) for order_id, price, quantity in fills)
            self.settle(now_ns, trades, mid)

    def _ahead(self, side: Side, price: int, order_id: int | None, lots: int) -> list[tuple[int, int, int]]:
        """Own orders that a taker of so many lots meets before an order of the tape: id, price and lots of each.

        Args:
            side: the side they rest on.
            price: the order's.
            order_id: the order; None for one that nobody sees, which comes after all others at its price.
            lots: the taker's.
        """
        found: list[tuple[int, int, int]] = []
        ladder = self._bids if side is Side.BUY else self._asks
        for level in ladder.levels.values():
            if side * (level.price - price) < 0:
                break
            for own_id, there in level.queue.items():
                if own_id == order_id or not lots:
                    return found
                if own_id % PARTICIPANTS < FIRST_BACKGROUND:
                    found.append((own_id, level.price, min(there, lots)))
                    lots -= min(there, lots)
        return found


class TapeFlow:
    """Plays a stretch of a tape to an exchange.

    Args:
        exchange: where.
        messages: the tape.
        zero_ns: the time of day at which the session's clock is at 0.
    """

    def __init__(self, exchange: TapeExchange, messages: Messages, zero_ns: int) -> None:
        self._exchange = exchange
        self._cancel, self._limit = exchange.book.cancel, exchange.book.limit
        self._messages = messages
        self._zero_ns = zero_ns
        self._next = 0
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
        times, actions, rows = self.part(time_ns + 1)
        for now_ns, action, row in zip(times.tolist(), actions, rows.tolist(), strict=True):
            action(now_ns, row)

    def draw(self, start_ns: int, end_ns: int) -> Iterator[Stream]:
        """The messages not yet drawn, up to a time of the session."""
        times, actions, rows = self.part(end_ns)
        yield Stream(times, self._other, rows, actions)

    def part(self, end_ns: int) -> tuple[Ints, list[Action], Ints]:
        """Time, what to do and the row it is about, of each message not yet drawn, up to a time of the session."""
        messages, first = self._messages, self._next
        self._next = last = int(np.searchsorted(messages.times_ns, end_ns + self._zero_ns))
        part = messages.take(slice(first, last))
        ids, told = part.ids * PARTICIPANTS + TAPE, part.kinds != Kind.DELETE
        # A deletion needs to know no more than the order.
        rows = np.where(told, np.cumsum(told) - 1, ids)
        sides = map(_SIDES.__getitem__, part.sides[told].tolist())
        self._rows = list(
            zip(ids[told].tolist(), sides, part.prices[told].tolist(), part.sizes[told].tolist(), strict=True)
        )
        self._kinds = part.kinds[told]
        return part.times_ns - self._zero_ns, list(map(self._actions.__getitem__, part.kinds.tolist())), rows

    def _new(self, now_ns: int, row: int) -> None:
        order_id, side, price, lots = self._rows[row]
        if self._limit(order_id, side, price, lots, _GTC, True).status is not _RESTING:
            self._exchange.place(now_ns, order_id, side, price, lots)

    def _delete(self, now_ns: int, order_id: int) -> None:
        self._cancel(order_id)

    def _reduce(self, now_ns: int, row: int) -> None:
        order_id, _, _, lots = self._rows[row]
        self._exchange.reduce(order_id, lots)

    def _execute(self, now_ns: int, row: int) -> None:
        self._exchange.execute(now_ns, *self._rows[row])

    def _other(self, now_ns: int, row: int) -> None:
        """A message that touches no order that anybody sees."""
        kind = self._kinds[row]
        _, side, price, lots = self._rows[row]
        if kind == Kind.HALT:
            self._exchange.halt(now_ns, halted=price < 0)
        elif kind == Kind.HIDDEN:
            self._exchange.hidden(now_ns, side, price, lots)
        else:
            self._exchange.cross(now_ns, side, price, lots)


class TapeMarket:
    """The market of a session of the kind *tape*. See :class:`mmtui.market.world.Market`.

    ``lasts_ns`` is how much of the tape there is from the session's start on. The book is there when the session
    starts, and so are the last minutes' trades.

    Args:
        spec: the tape and what to do with it.
        seed: it draws the start.
        messages: what is on it, where that has been read already.
        exchange: where it is played; a plain one unless given.

    Raises:
        InputError: the tape cannot be read, is not the one of the digest, or is over where the level starts.
    """

    def __init__(
        self, spec: TapeSpec, seed: int, messages: Messages | None = None, exchange: TapeExchange | None = None
    ) -> None:
        if messages is None:
            messages = _loaded(spec.file, spec.digest, spec.units)
        first_ns, last_ns = int(messages.times_ns[0]), int(messages.times_ns[-1])
        latest_s = spec.from_s + spec.roam_s
        if first_ns + round(latest_s * NS_PER_S) > last_ns:
            lasts_s = (last_ns - first_ns) / NS_PER_S
            raise InputError(f"{spec.file}: the tape lasts {lasts_s:g} s; the level starts {latest_s:g} s into it")
        roamed_s = int(generator(seed, "tape").random() * (spec.roam_s + 1))
        from_ns = round(spec.from_s * NS_PER_S) + roamed_s * NS_PER_S
        self.instrument = spec.instrument
        self.value = None
        self.hedges: dict[str, Hedge] = {}
        self.exchange = exchange or TapeExchange(spec.instrument.symbol, spec.effect, spec.instrument.start_ticks)
        self.lasts_ns = last_ns - first_ns - from_ns
        flow = TapeFlow(self.exchange, messages, first_ns + from_ns)
        start_ns = -min(from_ns, Exchange.TAPE_NS)
        flow.skip_to(start_ns)
        self.clock = Scheduler([flow], start_ns, _BLOCK_NS)


@lru_cache(maxsize=8)
def measured(spec: TapeSpec) -> NormalSpec:
    """Mean spread and lots at the best prices, and the volatility of the mid over seconds, from ``from_s`` on.

    Taken by the second, over an hour at most. Raises InputError as the market does.
    """
    market = TapeMarket(msgspec.structs.replace(spec, roam_s=0.0), 0)
    exchange, clock = market.exchange, market.clock
    mids, spreads, sizes = [], [], []
    for second in range(min(_MEASURED_S, market.lasts_ns // NS_PER_S) + 1):
        clock.advance(second * NS_PER_S)
        mids.append(exchange.mid)
        spreads.append(exchange.best_ask - exchange.best_bid)
        sizes += [best.total for best in (exchange.book.bids.best, exchange.book.asks.best) if best is not None]
    moves = np.diff(mids)
    volatility = float(np.sqrt(np.mean(moves**2))) if len(moves) else 0.0
    return NormalSpec(
        spread=float(np.mean(spreads)),
        # A mid that never moved has no scale; a tenth of a tick is below any that did.
        volatility=max(0.1, volatility),
        size=max(1, round(float(np.mean(sizes or [1])))),
    )

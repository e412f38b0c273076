"""A whole market: one instrument, its latent value, its participants, its exchange and its clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NamedTuple

import msgspec

from mmtui.market.core.clock import Scheduler, SeededSource
from mmtui.market.core.exchange import FIRST_BACKGROUND, PARTICIPANTS, TAKERS, TAPE, TAPE_TAKERS, Exchange
from mmtui.market.core.impact import Impact, ImpactSpec
from mmtui.market.core.instrument import Instrument
from mmtui.market.core.normal import NormalSpec
from mmtui.market.hedges.instruments import HedgeSpec, IndexSpot, open_hedges
from mmtui.market.traders.arbitrage import Arbitrageur, ArbitrageurSpec
from mmtui.market.traders.informed import Informed, InformedSpec, Momentum, MomentumSpec
from mmtui.market.traders.institution import Institution, InstitutionSpec
from mmtui.market.traders.noise import NoiseLimit, NoiseLimitSpec, NoiseMarket, NoiseMarketSpec
from mmtui.market.traders.noise_table import NoiseTable, NoiseTableSpec
from mmtui.market.traders.rivals import Rival, RivalsSpec
from mmtui.market.value.latent_value import STEP_NS, LatentValue, Value, ValueSpec
from mmtui.units import NS_PER_S, PositiveInt

#: So many events are drawn at once, of a minute at the least and of ten at the most.
_BLOCK_EVENTS = 30_000
_SHORTEST_S, _LONGEST_S = 60, 600
#: How far back the latent value is looked up from a block's start.
_LAG_NS = 180 * NS_PER_S

#: What a market may ask of the machine: events a second on average, a minute's at the least being drawn at once, and
#: orders that rest. The busiest of real books stay far below both.
MOST_EVENTS_A_SECOND = 5_000
MOST_RESTING = 100_000

#: The participants' indices, which ``order_id % PARTICIPANTS`` gives; rivals are numbered from ``FIRST_RIVAL`` on, and
#: institutions from ``FIRST_INSTITUTION`` on.
NOISE_LIMIT, NOISE_MARKET, INFORMED, MOMENTUM, ARBITRAGEUR, NOISE_TABLE = range(FIRST_BACKGROUND, FIRST_BACKGROUND + 6)
FIRST_RIVAL, FIRST_INSTITUTION = 512, 768
MOST_INSTITUTIONS = 16
_MAKERS = frozenset(range(FIRST_BACKGROUND))
#: Whose taking moves the price. All others act on the value and the impact of these.
_MOVERS = _MAKERS | {NOISE_MARKET, *range(FIRST_INSTITUTION, FIRST_INSTITUTION + MOST_INSTITUTIONS)}

#: The kinds of participants, as a debrief names who was on the other side of a fill.
ParticipantKind = Literal["noise", "informed", "momentum", "rival", "institution", "arbitrageur", "maker", "recorded"]


class KindWords(NamedTuple):
    """A kind of participant in words: one of them, and several."""

    one: str
    many: str


KIND_WORDS: Mapping[str, KindWords] = {
    "noise": KindWords("a noise trader", "noise traders"),
    "informed": KindWords("an informed trader", "informed traders"),
    "momentum": KindWords("a momentum trader", "momentum traders"),
    "rival": KindWords("a rival maker", "rival makers"),
    "institution": KindWords("an institution", "institutions"),
    "arbitrageur": KindWords("an arbitrageur", "arbitrageurs"),
    "maker": KindWords("another maker", "other makers"),
    "recorded": KindWords("somebody on the tape", "others on the tape"),
}

_KINDS: dict[int, ParticipantKind] = {
    NOISE_LIMIT: "noise",
    NOISE_MARKET: "noise",
    NOISE_TABLE: "noise",
    INFORMED: "informed",
    MOMENTUM: "momentum",
    ARBITRAGEUR: "arbitrageur",
    TAPE: "recorded",
    TAPE_TAKERS: "recorded",
    TAKERS: "noise",
}


def kind_of_order(order_id: int) -> ParticipantKind:
    """The kind of the participant whose order it is; hidden from players and strategies."""
    index = order_id % PARTICIPANTS
    if index < FIRST_BACKGROUND:
        return "maker"
    if index >= FIRST_INSTITUTION:
        return "institution"
    return "rival" if index >= FIRST_RIVAL else _KINDS[index]


def institution_of(order_id: int, spec: object) -> InstitutionSpec | None:
    """The institution of a market whose order it is; None of anybody else's."""
    place = order_id % PARTICIPANTS - FIRST_INSTITUTION
    institutions = spec.institutions if isinstance(spec, BookMarketSpec) else {}
    return institutions[sorted(institutions)[place]] if 0 <= place < len(institutions) else None


class BookMarketSpec(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="book"
):
    """The market kind *book*: everything that defines it but its seed. Participants left out do nothing.

    Attributes:
        instrument: what is traded.
        normal: its usual state, which everybody knows.
        value: the latent value that the price is drawn to.
        noise_limit: limit orders of noise traders.
        noise_market: market orders of noise traders.
        informed: traders who know the value.
        momentum: traders who follow the price.
        rivals: rival makers.
        impact: what those who take leave behind in the price.
        arbitrageur: who trades the book against the index it is the future of.
        noise_table: noise traders whose rates are a table by distance.
        institutions: who work large orders, by a name of their own.
        step: prices of orders are multiples of so many ticks; an event may make the step finer.
        warmup_s: how long it runs before a maker may trade.
    """

    instrument: Instrument
    normal: NormalSpec
    value: ValueSpec = ValueSpec(sigma=0.0)
    noise_limit: NoiseLimitSpec = NoiseLimitSpec(rate=0.0, cancel_rate=1.0, mean_size=1.0)
    noise_table: NoiseTableSpec = NoiseTableSpec()
    noise_market: NoiseMarketSpec = NoiseMarketSpec(rate=0.0, mean_size=1.0)
    informed: InformedSpec = InformedSpec(rate=0.0, rate_per_gap=0.0, noise=0.0, edge=0.0, mean_size=1.0)
    momentum: MomentumSpec = MomentumSpec(rate=0.0, threshold=0.0, mean_size=1.0)
    rivals: RivalsSpec = RivalsSpec(
        count=0, rate=0.0, lag_s=0.0, noise=0.0, half_spread=0.0, skew=0.0, size=1, snipe=0.0
    )
    institutions: Annotated[dict[str, InstitutionSpec], msgspec.Meta(max_length=MOST_INSTITUTIONS)] = {}
    impact: ImpactSpec = ImpactSpec()
    arbitrageur: ArbitrageurSpec = ArbitrageurSpec()
    step: PositiveInt = 1
    warmup_s: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 60

    def __post_init__(self) -> None:
        if self.events_a_second > MOST_EVENTS_A_SECOND:
            raise ValueError(
                f"expected rates of at most {MOST_EVENTS_A_SECOND} events a second in all, not {self.events_a_second:g}"
            )
        resting = 2 * self.noise_limit.rate / self.noise_limit.cancel_rate + self.noise_table.resting
        if resting > MOST_RESTING:
            raise ValueError(f"expected rates that let at most {MOST_RESTING} orders rest, not {resting:g}")

    @property
    def events_a_second(self) -> float:
        """How many there are on average, at the most."""
        takers = self.noise_market.rate / (1.0 - self.noise_market.branching)
        makers = 4 * self.noise_limit.rate + 2 * sum(self.noise_table.rates) * (1 + self.noise_table.candidates)
        makers += self.noise_table.watch_rate
        others = self.informed.most + self.momentum.rate + self.rivals.count * self.rivals.rate + self.arbitrageur.rate
        return takers + makers + others + sum(institution.pace for institution in self.institutions.values())

    @property
    def fixed_parts(self) -> dict[str, object]:
        """By key path, what cannot change while the market runs."""
        return {
            "kind": "book",
            "instrument": self.instrument,
            "normal": self.normal,
            "warmup_s": self.warmup_s,
            "noise_market.metaorders": self.noise_market.metaorders,
            "rivals.count": self.rivals.count,
            "institutions": set(self.institutions),
        }


class BookMarket:
    """The background market of a session.

    Args:
        regimes: (from_ns, spec) in the order of time; the first holds from the start of the warm-up. The number of
            rivals and the instrument are the first one's.
        seed: with the regimes, it decides everything that the background does by itself.
        exchange: where they trade; a plain one unless given.
        value: a recorded path in place of the latent value that the regimes describe.
        hedges: the hedge instruments beside the book, which change nothing of all this but what an arbitrageur does.
        jumps: (at_ns, ticks) by which the latent value jumps besides.
        end_ns: from when on the background does nothing new; None for never.

    Attributes:
        hedges: the hedge instruments by name.
    """

    def __init__(
        self,
        regimes: Sequence[tuple[int, BookMarketSpec]],
        seed: int,
        exchange: Exchange | None = None,
        value: Value | None = None,
        hedges: Sequence[HedgeSpec] = (),
        jumps: Sequence[tuple[int, float]] = (),
        end_ns: int | None = None,
    ) -> None:
        first = regimes[0][1]
        start_ns = -first.warmup_s * NS_PER_S
        self.instrument = first.instrument
        self._regimes = [(start_ns, first), *regimes[1:]]
        exchange = exchange or Exchange(first.instrument.symbol)
        exchange.base_step, exchange.tick_bands = first.step, first.instrument.tick_bands
        exchange.impact = Impact(first.impact, _MOVERS, _MAKERS)
        self.exchange = exchange
        anchor = first.instrument.start_ticks
        block_ns = _block_ns(max(spec.events_a_second for _, spec in regimes))
        self.value: Value = value or LatentValue(
            [(from_ns, spec.value) for from_ns, spec in self._regimes], anchor, seed, jumps, _LAG_NS + block_ns
        )
        self._noise_limit = NoiseLimit(exchange, first.noise_limit, seed, NOISE_LIMIT)
        self._noise_table = NoiseTable(exchange, self.value, first.noise_table, seed, NOISE_TABLE)
        self._noise_market = NoiseMarket(exchange, first.noise_market, seed, NOISE_MARKET)
        self._informed = Informed(exchange, self.value, first.informed, seed, INFORMED)
        self._momentum = Momentum(exchange, first.momentum, seed, MOMENTUM)
        self._rivals = [
            Rival(exchange, self.value, first.rivals, seed, FIRST_RIVAL + number, number)
            for number in range(first.rivals.count)
        ]
        self._institutions = {
            name: Institution(exchange, first.instrument, spec, seed, FIRST_INSTITUTION + number, name)
            for number, (name, spec) in enumerate(sorted(first.institutions.items()))
        }
        self.hedges, paths = open_hedges(hedges, first.instrument, exchange, self.value, start_ns, seed)
        self._arbitrageurs = [
            Arbitrageur(exchange, index, first.arbitrageur, seed, ARBITRAGEUR)
            for index in self.hedges.values()
            if isinstance(index, IndexSpot)
        ][:1]
        # The hedges' paths first, which the arbitrageur looks up.
        sources: list[SeededSource] = [*paths, self._noise_limit, self._noise_table, self._noise_market]
        sources += [self._informed, self._momentum, *self._rivals, *self._institutions.values(), *self._arbitrageurs]
        self._sources = sources
        self._entered: BookMarketSpec | None = None
        # Hedges are priced at the end, too, and need their paths there.
        drawn_to_ns = None if end_ns is None else end_ns + STEP_NS
        self.clock = Scheduler(self._sources, start_ns, block_ns, self._cuts, self._enter, drawn_to_ns)
        exchange.start(self.clock)
        self._noise_limit.start(self.clock)
        self._noise_table.start(self.clock)
        self._noise_limit.fill_book(start_ns, anchor)
        self._noise_table.fill_book(start_ns)

    @property
    def _cuts(self) -> list[int]:
        return [from_ns for from_ns, _ in self._regimes[1:]]

    def _regime(self, now_ns: int) -> BookMarketSpec:
        return next(spec for from_ns, spec in reversed(self._regimes) if from_ns <= now_ns)

    @property
    def known_ns(self) -> int:
        """Up to when somebody knows the value already: the end of a step of it."""
        now_ns = self.clock.now_ns
        seen_ns = now_ns + int(self._regime(now_ns).informed.ahead_s * NS_PER_S)
        return (seen_ns // STEP_NS + 1) * STEP_NS - 1

    def redraw(
        self, seed: int, regimes: Sequence[tuple[int, BookMarketSpec]], jumps: Sequence[tuple[int, float]] = ()
    ) -> None:
        """Draw by another seed what comes after now, given all that was, and the value after ``known_ns``.

        Regimes and jumps up to ``known_ns`` are the former ones. Raises TypeError when the value is a recorded one.
        """
        if not isinstance(self.value, LatentValue):
            raise TypeError("expected a latent value that was drawn")
        now_ns, start_ns = self.clock.now_ns, self._regimes[0][0]
        self._regimes = [(start_ns, regimes[0][1]), *regimes[1:]]
        self.value.redraw(self.known_ns, seed, [(from_ns, spec.value) for from_ns, spec in self._regimes], jumps)
        for source in self._sources:
            source.reseed(seed, now_ns)
        self.clock.redraw(self._cuts)

    def _enter(self, now_ns: int) -> None:
        """Give every participant the parameters of the regime that holds now."""
        spec = self._regime(now_ns)
        if spec is self._entered:
            return
        self._entered = spec
        self.exchange.base_step = spec.step
        self.exchange.impact.change(now_ns, spec.impact)
        self._noise_limit.spec = spec.noise_limit
        self._noise_table.spec = spec.noise_table
        self._noise_market.spec = spec.noise_market
        self._informed.spec = spec.informed
        self._momentum.spec = spec.momentum
        for rival in self._rivals:
            rival.spec = spec.rivals
        for name, institution in self._institutions.items():
            institution.spec = spec.institutions[name]
        for arbitrageur in self._arbitrageurs:
            arbitrageur.spec = spec.arbitrageur


def _block_ns(events_a_second: float) -> int:
    """How much time is drawn at once."""
    return round(min(max(_BLOCK_EVENTS / max(events_a_second, 1.0), _SHORTEST_S), _LONGEST_S)) * NS_PER_S

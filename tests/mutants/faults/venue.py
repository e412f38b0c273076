"""Faults of an exchange with rules: phases that never end, auctions that lose orders, bands a tick too wide."""

from __future__ import annotations

from tests.mutants.mutant import mutants

_VENUE = (
    "tests/unit/market/test_venue.py",
    "tests/unit/session/test_phases.py",
    "tests/unit/market/test_tape_rules.py",
)

MUTANTS = [
    *mutants(
        "mmtui.market.core.venue",
        _VENUE,
        {
            # Phases
            "a halt that does not trade goes without its rule": (
                "if not spec.phases and spec.halt is None:",
                "if not spec.phases:",
            ),
            "a closed market takes orders": (
                "elif not self._trading:\n            self._due",
                "elif self._trading:\n            self._due",
            ),
            "a closed market trades": (
                "if not self._trading:\n            return NOTHING",
                "if self._closed_ns is None:\n            return NOTHING",
            ),
            "a background order's lifetime goes on while closed": (
                "self._due.append((order_id, now_ns - self._closed_ns))",
                "self._due.append((order_id, 0))",
            ),
            "what was due while closed goes at the opening": (
                "now_ns + late_ns, self.withdraw",
                "now_ns, self.withdraw",
            ),
            "a timer of an earlier phase ends the next one": ("if turn != self._turn:", "if turn > self._turn:"),
            "a limit state ends in trading, not in a halt": (
                "if self.phase is Phase.LIMIT_STATE:\n            assert",
                "if self.phase is Phase.HALT:\n            assert",
            ),
            "an interruption outlasts the timetable": (
                "min(next_ns, now_ns + lasts_ns)",
                "max(next_ns, now_ns + lasts_ns)",
            ),
            "the halt's rule does not learn the price at which it ended": (
                "if halted and self._halt is not None:",
                "if not halted and self._halt is not None:",
            ),
            "one listener is told of phases": ("for notify in self.on_phase:", "for notify in self.on_phase[:1]:"),
            "the market's first phase ends at its end, not its start": (
                "first.end_ns if first.phase is Phase.OPEN else first.start_ns",
                "first.end_ns",
            ),
            # Auctions
            "the auction is not left when its phase ends": (
                "if self._auction is not None and not phase.collecting:",
                "if self._auction is not None and phase is Phase.CLOSED:",
            ),
            "the last price is the first of a trade's": ("float(trades[-1].price)", "float(trades[0].price)"),
            "the mid before an auction is the one after it": (
                "self.settle(now_ns, trades, mid)\n\n    # The band",
                "self.settle(now_ns, trades, self.mid)\n\n    # The band",
            ),
            "an immediate order rests in an auction": (
                "if self._auction is not None:\n            if immediate:",
                "if self._auction is not None:\n            if not immediate and price < 0:",
            ),
            "what is withdrawn in an auction stays": (
                "self._auction.cancel(order_id)\n",
                "self._auction.remaining(order_id)\n",
            ),
            # Bands
            "a band's limits are outside it": (
                "return not band.lower <= price <= band.upper",
                "return not band.lower < price < band.upper",
            ),
            "an order that stops at the band cools the market off": (
                "taken.filled < quantity and self._beyond(band, side, worst)",
                "taken.filled < quantity",
            ),
            "an order filled inside the band cools the market off": (
                "taken.filled < quantity and self._beyond(band, side, worst)",
                "self._beyond(band, side, worst)",
            ),
            "an order trades through the band": ("quantity, _inside(band, side, worst))", "quantity, worst)"),
            "the band of the cooling-off does not bind": ("_replace(binding=True)", "_replace(binding=False)"),
            "the band moves on in the cooling-off": (
                "if self._fixed is not None:",
                "if self._fixed is None and self._turn < 0:",
            ),
            "the halt's rule does not count that it triggered": (
                "self._halt.triggered(now_ns)",
                "self._halt.band(now_ns)",
            ),
            "a bid at the upper limit is not at a limit": ("bid >= band.upper", "bid > band.upper"),
            "an ask at the lower limit is not at a limit": ("ask <= band.lower", "ask < band.lower"),
            "a limit state never ends by itself": (
                "elif not at_limit and self.phase is Phase.LIMIT_STATE:",
                "elif not at_limit and self.phase is Phase.HALT:",
            ),
            "bids are kept above the lower limit": (
                "return min(price, band.upper) if side is BUY",
                "return max(price, band.lower) if side is BUY",
            ),
            "background orders beyond the band are lost": (
                "ladder.rest(order.order_id, side, price, order.quantity)",
                "ladder.price_of(order.order_id)",
            ),
            "a recorded trade beyond the band starts nothing": (
                "any(_outside(band, trade.price) for trade in trades)",
                "False",
            ),
            "a band that binds moves a tape's orders": ("elif index != TAPE:", "else:"),
            "the timetable goes on while a tape is halted": (
                "if not self._halted:\n            self._resume(now_ns)",
                "self._resume(now_ns)",
            ),
            "a recorded market never comes to a limit": (
                "if band is not None and band.binding:\n            self._look_at_limits(now_ns, band)\n\n    def halt",
                "if band is None:\n            return\n\n    def halt",
            ),
            "trades do not move the halt's reference": (
                "self._halt.record(now_ns, trade.price)",
                "self._halt.band(now_ns)",
            ),
        },
    ),
    *mutants(
        "mmtui.market.core.auction",
        _VENUE,
        {
            "the book's orders stay out of the auction": ("if order != held:", "if order == held:"),
            "owners are lost in the auction": ("str(index) if index < FIRST_BACKGROUND else None", "None"),
            "makers' orders are not counted after the auction": (
                "if order.owner is None:",
                "if order.owner != order:",
            ),
            "who would have traded at once stays after the auction": (
                "self._passing.add(order_id)",
                "self._passing.copy()",
            ),
            "a maker's order counts as taking": ("if taker_id & INDEX < FIRST_BACKGROUND:", "if taker_id < 0:"),
            "an order held in the book stays where the price has crossed it": (
                "side * (held.price - others.price) >= 0",
                "side * (held.price - others.price) > 10**6",
            ),
            "a held order that the price reaches stays crossed": (
                "side * (held.price - others.price) >= 0",
                "side * (held.price - others.price) > 0",
            ),
            "a held order comes back on the wrong side of the price": (
                "others.price - side, held.quantity",
                "others.price + side, held.quantity",
            ),
            "a maker's order is held in the book": (
                "for order in reversed(orders) if order.order_id & INDEX >= FIRST_BACKGROUND)",
                "for order in reversed(orders))",
            ),
            "the best background order is held in the book, not the furthest": (
                "for order in reversed(orders) if",
                "for order in orders if",
            ),
            "the touch of an auction is the one before it": (
                "traded = 0 if indication is None else indication.quantity",
                "traded = 0",
            ),
            "the touch of an auction is that of its start": (
                "quantity)\n        self._look()\n        return resting",
                "quantity)\n        return resting",
            ),
        },
    ),
    *mutants(
        "mmtui.market.rules.halts",
        ("tests/unit/market/test_halts.py", *_VENUE),
        {
            "a band's limits are rounded outwards": (
                "Band(math.ceil(centre * (1 - part)), math.floor(",
                "Band(math.floor(centre * (1 - part)), math.ceil(",
            ),
            "VCM's reference must be older than five minutes": (
                "if now_ns >= self._ripe_ns:",
                "if now_ns > self._ripe_ns:",
            ),
            "VCM triggers once more than it may": (
                "if self._triggers == self._most:",
                "if self._triggers == self._most + 1:",
            ),
            "VCM holds to the very end of the day's watched time": (
                "<= now_ns < self._to_ns",
                "<= now_ns <= self._to_ns",
            ),
            "VCM begins a moment late": ("self._from_ns <= now_ns", "self._from_ns < now_ns"),
            "LULD's mean does not forget": (
                "self._sum -= trades.popleft()[1]",
                "trades.popleft()",
            ),
            "LULD's reference does not wait": (
                "now_ns - self._changed_ns < self._hold_ns",
                "now_ns - self._changed_ns > self._hold_ns",
            ),
            "LULD's reference moves by more than one percent only": (
                "abs(mean / reference - 1.0) >= self._update",
                "abs(mean / reference - 1.0) > self._update",
            ),
            "LULD's band is as wide at the close": (
                "or self._closing_ns - now_ns <= self._last_ns",
                "or self._closing_ns - now_ns <= 0",
            ),
            "LULD's band stays wide in the first moment after the opening's": (
                "now_ns - self._opening_ns < self._first_ns",
                "now_ns - self._opening_ns <= self._first_ns",
            ),
            "after a halt the trades before it count": ("self._trades.clear()\n", "self._trades.copy()\n"),
        },
    ),
    *mutants(
        "mmtui.market.rules.phases",
        ("tests/unit/market/test_phases.py", *_VENUE),
        {
            "a phase begins a moment late": (
                "bisect_right(self._starts, time_ns) - 1",
                "max(0, bisect_right(self._starts, time_ns - 1) - 1)",
            ),
            "a halt collects no orders": ('word in ("auction", "halt")', 'word in ("auction",)'),
            "two phases may begin at once": ("if later.from_s <= earlier.from_s:", "if later.from_s < earlier.from_s:"),
            "auctions count as open time": (
                "if span.phase is Phase.OPEN\n        )",
                "if span.phase is not Phase.CLOSED\n        )",
            ),
        },
    ),
]

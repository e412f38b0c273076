"""Faults of a market's core: events out of order, lots that vanish, orders that arrive early or beyond their limits."""

from __future__ import annotations

from tests.mutants.mutant import mutants

_MARKET = "tests/unit/market"

MUTANTS = [
    *mutants(
        "mmtui.market.core.clock",
        (f"{_MARKET}/test_clock.py",),
        {
            "timers go before what was drawn for their instant": (
                "if self._first_ns < next_ns:",
                "if self._first_ns <= next_ns:",
            ),
            "a timer of the last instant waits": ("if self._first_ns > to_ns:", "if self._first_ns >= to_ns:"),
            "a block that begins at the last instant waits": ("elif next_ns > to_ns:", "elif next_ns >= to_ns:"),
            "a block goes on over a change of parameters": ("end_ns = cut", "end_ns = max(cut, end_ns)"),
            "a block ends at the latest of the changes in it": (
                "sorted(cuts)\n        self._on_block",
                "sorted(cuts, reverse=True)\n        self._on_block",
            ),
            "a block is announced by its end": ("self._on_block(start_ns)", "self._on_block(end_ns)"),
            "a block is drawn twice": ("self._drawn_to_ns = end_ns\n", "self._drawn_to_ns = start_ns + 1\n"),
            "events of one instant lose their order": ('kind="stable"', 'kind="quicksort"'),
            "the last timer set runs first": (
                "self._timer_count = count = self._timer_count + 1",
                "self._timer_count = count = self._timer_count - 1",
            ),
            "a stopped clock goes on": ("while not self._stopped:", "while True:"),
            "a stopped clock shows the time that it did not reach": (
                "if not self._stopped:\n            self.now_ns",
                "if to_ns:\n            self.now_ns",
            ),
            "events are counted anew": ("self.events += run", "self.events = run"),
            "what was drawn is no event": (
                "next_ns = times[place]\n                run += 1",
                "next_ns = times[place]\n                    run -= 1\n                run += 1",
            ),
            "what was drawn runs at the time before": (
                "self.now_ns = time_ns\n                actor",
                "actor",
            ),
            "the clock stays at the last event": (
                "if not self._stopped:\n            self.now_ns = to_ns",
                "if not self._stopped:\n            self.now_ns = max(self.now_ns, 0)",
            ),
            "nobody is called after an event": (
                "what & _KIND, row)\n                if watch is not None:",
                "what & _KIND, row)\n                if watch is None:",
            ),
            "the next event is the later of two": (
                "min(self._times[self._place], self._first_ns)",
                "max(self._times[self._place], self._first_ns)",
            ),
            "what each event does is forgotten where there is one source": (
                "if len(streams) > 1:",
                "whats -= whats % KINDS\n        if len(streams) > 1:",
            ),
            "what each event does is forgotten where there are several sources": (
                "whats += np.concatenate(",
                "np.concatenate(",
            ),
            "a block that begins at the end is drawn": ("start_ns >= self._end_ns", "start_ns > self._end_ns"),
            "timers that were dropped run": ("if timer[2] != what:", "if what:"),
            "events of one instant run last first": ("times.argsort(", "len(times) - 1 - times[::-1].argsort("),
        },
    ),
    *mutants(
        "mmtui.market.core.draws",
        (f"{_MARKET}/test_draws.py",),
        {
            "names of one length share a generator": ("crc32(name.encode())", "len(name)"),
            "times are cut, not rounded": ("np.rint(", "np.floor("),
            "an event at a block's end belongs to it": (
                "times.searchsorted(end_ns)",
                'times.searchsorted(end_ns, side="right")',
            ),
            "a block may end before its time": ("while times[-1] < end_ns:", "if times[-1] < end_ns:"),
            "a uniform at a table's step gives the value below": ('uniforms, side="right")', 'uniforms, side="left")'),
            "the largest distance never comes": ("range(1, most + 1)", "range(1, most)"),
            "a count is one more": ("first=0", "first=1"),
            "counts are of another mean": ("mean / len(weights))", "mean / (len(weights) + 1))"),
        },
    ),
    *mutants(
        "mmtui.market.core.exchange",
        (f"{_MARKET}/test_exchange.py", f"{_MARKET}/test_gateway.py"),
        {
            # Ids
            # The last lot
            "the rule of the last lot is skipped when just as many levels are left as makers have orders": (
                "levels <= ladder.makers + 1",
                "levels < ladder.makers + 1",
            ),
            "the rule of the last lot is skipped for more than the best level": (
                "or quantity > best.total or",
                "or quantity > 2 * best.total or",
            ),
            "the last background order is withdrawn": (
                "if not self.ladder.withdraw(order_id):",
                "if self.ladder.cancel(order_id):",
            ),
            "a refused withdrawal is forgotten": (
                "self.withdraw(now_ns, refused_id)",
                "self.rests(refused_id)",
            ),
            # Orders
            "a maker's quote that would trade does": (
                "if self.book.quote(order_id, side, price, quantity):",
                "if self.book.quote(order_id, side, price, quantity) or True:",
            ),
            "a maker trades with itself": ("own = index if index < FIRST_BACKGROUND else None", "own = None"),
            # Trades
            "the mid of a trade is the one after it": (
                "self.settle(now_ns, taken.trades, mid)",
                "self.settle(now_ns, taken.trades, ladder.mid)",
            ),
            "an order's trades count as one": ("self.trades += len(trades)", "self.trades += 1"),
            "volume counts trades": ("self.volume += trade.quantity", "self.volume += 1"),
            "the taker is told that it rested": (
                "listener(now_ns, trade, mid_before, False)",
                "listener(now_ns, trade, mid_before, True)",
            ),
            "the taker is told first": ("_, _, maker_id, taker_id, _ = trade", "_, _, taker_id, maker_id, _ = trade"),
            "the tape forgets a trade of two minutes ago": ("tape[0][0] < oldest_ns", "tape[0][0] <= oldest_ns"),
            "the tape holds a second more": ("TAPE_NS = 120 * NS_PER_S", "TAPE_NS = 121 * NS_PER_S"),
            "the tape is never cut": ("while tape[0][0] < oldest_ns:", "while tape[0][0] < 0:"),
            # Prices
            "bids move up to the price step": (
                "if side is BUY else -(-price // step) * step",
                "if side is not BUY else -(-price // step) * step",
            ),
            "a maker's price off the step is taken": (
                "if immediate or price % step == 0:",
                "if price % step or True:",
            ),
            "an order that never rests keeps to the step": ("if immediate or price %", "if price %"),
        },
    ),
    *mutants(
        "mmtui.market.core.order_ids",
        (f"{_MARKET}/test_exchange.py",),
        {
            "ids lose their participant": ("self._next = order_id + PARTICIPANTS", "self._next = order_id + 1"),
            "an id is given out twice": (
                "self._next = ids.stop",
                "self._next = max(self._next, ids.stop - PARTICIPANTS)",
            ),
        },
    ),
    *mutants(
        "mmtui.market.core.book",
        ("tests/property/test_ladder.py", f"{_MARKET}/test_exchange.py"),
        {
            "the mid is rounded": (
                "return (self.best_bid + self.best_ask) / 2",
                "return (self.best_bid + self.best_ask) // 2",
            ),
        },
    ),
    *mutants(
        "mmtui.market.core.ladder",
        ("tests/property/test_ladder.py", f"{_MARKET}/test_exchange.py"),
        {
            "the last background lot is traded": ("spare = ahead - 1", "spare = ahead"),
            "a maker's lot counts as the last": ("if index >= FIRST_BACKGROUND:", "if index >= 0:"),
            "own lots, which are taken away, count as there to trade": ("if index != own:", "if order_id != own:"),
            "a side is taken for deep that is thin": ("len(levels) < self.makers + 2", "len(levels) < self.makers"),
            "a maker's order lets the last one go": (
                "if other_id != order_id and other_id & INDEX >= FIRST_BACKGROUND:",
                "if other_id != order_id:",
            ),
            "the last order counts itself as another": ("if other_id != order_id and other_id", "if other_id"),
            "a bid that would trade rests": (
                "if price >= self.best_ask and self.asks:",
                "if price > self.best_ask and self.asks:",
            ),
            "an ask that would trade rests": (
                "if price <= self.best_bid and self.bids:",
                "if price < self.best_bid and self.bids:",
            ),
            "a better bid is not the best": ("if price > self.best_bid or", "if price > self.best_bid + 1 or"),
            "the first ask of an empty side is not the best": (
                "price < self.best_ask or not levels:",
                "price < self.best_ask:",
            ),
            "a bid above an empty side's last ask leaves it there": (
                "self.best_ask = price + 1",
                "self.best_ask = price",
            ),
            "a quote is not counted": ("self.makers += resting", "self.makers += 0"),
            "a cancelled quote is still counted": (
                "self.makers -= order_id & INDEX < FIRST_BACKGROUND",
                "self.makers -= 0",
            ),
            "a filled quote is still counted": (
                "if order_id & INDEX < FIRST_BACKGROUND:\n                self.makers -= 1",
                "if order_id & INDEX < 0:\n                self.makers -= 1",
            ),
            "a reduction is not in the level's total": (
                "level.total -= quantity\n\n    def take",
                "level.total -= 0\n\n    def take",
            ),
            "a taker goes beyond its worst price": (
                "if price > worst if side is BUY else price < worst:",
                "if price > worst + 1 if side is BUY else price < worst - 1:",
            ),
            "a taker trades with the orders of its own": (
                "if own is not None and resting_id & INDEX == own:",
                "if own is not None and resting_id == own:",
            ),
            "all makers count as one, for self-trade prevention": (
                "resting_id & INDEX == own:",
                "resting_id & INDEX < FIRST_BACKGROUND:",
            ),
            "an order's own lots that it takes away count as traded": (
                "removed.append(resting_id)\n",
                "removed.append(resting_id)\n                    left -= there\n",
            ),
            "what is filled counts what was wanted": (
                "(trades, removed, quantity - left)",
                "(trades, removed, quantity)",
            ),
            "an emptied level stays the best": ("if price == self.best_bid and bids:", "if price == 0 and bids:"),
            "the next best ask is the furthest": ("or min(asks)", "or max(asks)"),
            "the best price without one's own is where only one's own is": (
                "if level.total > own.get(level.price, 0):",
                "if level.total >= own.get(level.price, 0):",
            ),
            "the same a few ticks away": (
                "level.total > own.get(price, 0)",
                "level.total >= own.get(price, 0)",
            ),
            "the order itself is ahead of it": (
                "if other_id == order_id:\n                break\n            lots += quantity",
                "lots += quantity\n            if other_id == order_id:\n                break",
            ),
            "an order that rests is nowhere": (
                "return 0 if level is None else level.price",
                "return 0",
            ),
        },
    ),
    *mutants(
        "mmtui.market.core.gateway",
        (f"{_MARKET}/test_gateway.py",),
        {
            "instructions arrive at once": (
                "self._clock.set(self._clock.now_ns + self._limits.latency_ns",
                "self._clock.set(self._clock.now_ns",
            ),
            "the largest order is refused": ("<= self._limits.order", "< self._limits.order"),
            "an order of one lot is refused": ("if not 0 < order.quantity", "if not 1 < order.quantity"),
            "fewer lots than none stay": (
                "else max(0, self.quantity - self.reducing)",
                "else self.quantity - self.reducing",
            ),
            "what a strategy takes is the player's": ("quantity, True, manual))", "quantity, True, True))"),
            "what the player quotes is a strategy's": ("quantity, False, manual))", "quantity, False, False))"),
            "an order of no lots is taken": ("if not 0 < order.quantity", "if not 0 <= order.quantity"),
            "an order that reaches the limit is refused": (
                "if committed > self._limits.position:",
                "if committed >= self._limits.position:",
            ),
            "the limit does not count the position": ("order.side * self.position +", "0 +"),
            "the limit counts a short position as long": ("order.side * self.position +", "abs(self.position) +"),
            "the limit counts a buyer's position for a seller": ("order.side * self.position +", "self.position +"),
            "the limit does not count what rests": (
                "resting = self.bid_total if order.side is BUY else self.ask_total",
                "resting = 0",
            ),
            "the limit counts what rests on the other side": (
                "resting = self.bid_total if order.side is BUY",
                "resting = self.bid_total if order.side is not BUY",
            ),
            "the limit does not count the order": ("+ resting + order.quantity", "+ resting + 1"),
            "an order is cancelled as often as it is asked": (" and not order.pending_cancel", ""),
            "an order whose cancel is on its way counts as staying": (
                "return 0 if self.pending_cancel or self.immediate",
                "return 0 if self.immediate",
            ),
            "lots that are being taken off count as staying": (
                "max(0, self.quantity - self.reducing)",
                "max(0, self.quantity)",
            ),
            "reductions on their way are not added up": ("order.reducing += quantity", "order.reducing = quantity"),
            "a reduction that has arrived is still on its way": (
                "order.reducing -= quantity",
                "order.reducing -= 0",
            ),
            "an order reduced to nothing stays": ("if quantity >= order.quantity:", "if quantity > order.quantity:"),
            "a reduced order is quoted whole": (
                "order.quantity -= quantity\n",
                "order.quantity -= 0\n",
            ),
            "own lots grow by a reduction": ("self._add_lots(order, -quantity)", "self._add_lots(order, quantity)"),
            "a cancel after the fill cancels again": (
                "if order_id in self.orders:\n            self._exchange",
                "if order_id not in self.orders:\n            self._exchange",
            ),
            "a cancelled order's lots stay": (
                "self._add_lots(order, -order.quantity)",
                "self._add_lots(order, -0)",
            ),
            "a filled order's lots stay": (
                "self._add_lots(order, -trade.quantity)",
                "self._add_lots(order, -0)",
            ),
            "bought is sold": (
                "self.position += order.side * trade.quantity",
                "self.position -= order.side * trade.quantity",
            ),
            "a fill counts one lot": ("order.quantity -= trade.quantity", "order.quantity -= 1"),
            "a fill is the other party's": (
                "trade.maker_id if maker else trade.taker_id",
                "trade.taker_id if maker else trade.maker_id",
            ),
            "own orders taken away are not told": (
                "self._gone(now_ns, own_id)",
                "self.orders.pop(own_id)",
            ),
            "what a taker leaves is not told": (
                "if order_id in self.orders:\n            self._forget(order_id)\n            self._listener",
                "if order_id not in self.orders:\n            self._forget(order_id)\n            self._listener",
            ),
            "bids count as asks": ("return self.bid_lots if side is BUY", "return self.bid_lots if side is not BUY"),
        },
    ),
    *mutants(
        "mmtui.market.core.instrument",
        (f"{_MARKET}/test_instrument.py",),
        {
            "a price at a band's upper end has the next band's tick": (
                "bisect_left(self.upto, price)",
                "sum(upto <= price for upto in self.upto)",
            ),
            "makers pay takers' fees": ("if maker else (fees.taker", "if not maker else (fees.taker"),
            "rebates are charged": ("shares * (per_share +", "shares * (abs(per_share) +"),
            "a basis point is a percent": ("bps * 1e-4", "bps * 1e-2"),
            "prices are cut to the tick below": (
                "round(Decimal(str(price)) / Decimal(str(self.tick)))",
                "int(price / self.tick)",
            ),
            "a fee is of lots, not shares": ("shares = quantity * self.lot", "shares = quantity"),
        },
    ),
]

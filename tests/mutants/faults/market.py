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
                "if timers and timers[0][0] < time_ns:",
                "if timers and timers[0][0] <= time_ns:",
            ),
            "a timer of the last instant waits": ("if timers[0][0] > to_ns:", "if timers[0][0] >= to_ns:"),
            "a timer does not wait for its instant's block": (
                "if timers and timers[0][0] < horizon_ns:",
                "if timers and timers[0][0] <= horizon_ns:",
            ),
            "a block that begins at the last instant waits": ("elif horizon_ns > to_ns:", "elif horizon_ns >= to_ns:"),
            "a block goes on over a change of parameters": ("end_ns = cut", "end_ns = max(cut, end_ns)"),
            "a block ends at the latest of the changes in it": ("sorted(cuts)", "sorted(cuts, reverse=True)"),
            "a block is announced by its end": ("self._on_block(start_ns)", "self._on_block(end_ns)"),
            "a block is drawn twice": ("self._drawn_to_ns = end_ns\n", "self._drawn_to_ns = start_ns + 1\n"),
            "events of one instant lose their order": ('kind="stable"', 'kind="quicksort"'),
            "the last timer set runs first": ("self._timer_count += 1", "self._timer_count -= 1"),
            "a stopped clock goes on": ("while not self._stopped:", "while True:"),
            "a stopped clock shows the time that it did not reach": (
                "if not self._stopped:\n            self.now_ns",
                "if to_ns:\n            self.now_ns",
            ),
            "events before the last stop are counted again": ("self.events += index - first", "self.events += index"),
            "timers are no events": ("self.events += 1", "self.events += 0"),
            "what was drawn runs at the time before": (
                "self.now_ns = time_ns\n                    action",
                "action",
            ),
            "the clock stays at the last event": (
                "if not self._stopped:\n            self.now_ns = to_ns",
                "if not self._stopped:\n            self.now_ns = max(self.now_ns, 0)",
            ),
            "nobody is called after a timer": (
                "action(time_ns, row)\n                if watch is not None:",
                "action(time_ns, row)\n                if watch is None:",
            ),
            "a timer runs at the time before": (
                "heappop(timers)\n                self.now_ns = time_ns",
                "heappop(timers)\n                self.now_ns = self.now_ns",
            ),
            "the next event is the later of two": (
                "min(drawn_ns, self._timers[0][0])",
                "max(drawn_ns, self._timers[0][0])",
            ),
            "what each event does is forgotten where there is one source": (
                "stream.actions or repeat(stream.action)",
                "repeat(stream.action)",
            ),
            "what each event does is forgotten where there are several sources": (
                "stream.actions or [stream.action]",
                "[stream.action]",
            ),
            "a copy runs again what was run": (
                '"_drawn": self._drawn[self._next :], "_next": 0',
                '"_drawn": self._drawn, "_next": 0',
            ),
        },
    ),
    *mutants(
        "mmtui.market.core.draws",
        (f"{_MARKET}/test_draws.py",),
        {
            "names of one length share a generator": ("crc32(name.encode())", "len(name)"),
            "times are cut, not rounded": ("np.rint(", "np.floor("),
            "an event at a block's end belongs to it": (
                "np.searchsorted(times, end_ns)",
                'np.searchsorted(times, end_ns, side="right")',
            ),
            "a block may end before its time": ("while times[-1] < end_ns:", "if times[-1] < end_ns:"),
            "a uniform at a table's step gives the value below": ('side="right") + 1', 'side="left") + 1'),
            "the largest distance never comes": ("range(1, most + 1)", "range(1, most)"),
            "counts are of another mean": ("mean / len(weights))", "mean / (len(weights) + 1))"),
        },
    ),
    *mutants(
        "mmtui.market.core.exchange",
        (f"{_MARKET}/test_exchange.py", f"{_MARKET}/test_gateway.py"),
        {
            # Ids
            "ids lose their participant": (
                "order_id = self._next\n        self._next += PARTICIPANTS",
                "order_id = self._next\n        self._next += 1",
            ),
            "an id is given out twice": (
                "self._next = ids.stop",
                "self._next = max(self._next, ids.stop - PARTICIPANTS)",
            ),
            # The last lot
            "the last background lot is traded": ("spare = ahead - 1", "spare = ahead"),
            "a maker's lot counts as the last": ("if index >= FIRST_BACKGROUND:", "if index >= 0:"),
            "own lots, which are taken away, count as there to trade": ("if index != own:", "if order_id != own:"),
            "the rule of the last lot is skipped when just as many levels are left as makers have orders": (
                "len(side_taken.levels) <= len(self.maker_orders) + 1",
                "len(side_taken.levels) < len(self.maker_orders) + 1",
            ),
            "the rule of the last lot is skipped for more than the best level": (
                "or quantity > best.total\n",
                "or quantity > 2 * best.total\n",
            ),
            "the last background order is withdrawn": (
                "if thin and self._is_last(order_id):",
                "if thin and not self.rests(order_id):",
            ),
            "a side is taken for deep that is thin": ("len(self.maker_orders) + 2", "len(self.maker_orders)"),
            "only one side is looked at for its depth": (
                "thin = len(self._bids.levels) < enough or len(self._asks.levels) < enough",
                "thin = len(self._bids.levels) < enough",
            ),
            "a maker's order lets the last one go": (
                "other_id != order_id and other_id % PARTICIPANTS >= FIRST_BACKGROUND",
                "other_id != order_id and other_id % PARTICIPANTS >= 0",
            ),
            "the last order counts itself as another": ("other_id != order_id and other_id", "other_id"),
            "a refused withdrawal is forgotten": (
                "self.withdraw(now_ns, refused_id)",
                "self.rests(refused_id)",
            ),
            # Orders
            "a background order that would trade does": (
                "quantity, _GTC, True).status",
                "quantity, _GTC, False).status",
            ),
            "a maker's quote that would trade does": ("_GTC, True, owner)", "_GTC, False, owner)"),
            "a maker trades with itself": ("_IOC, False, owner)", "_IOC, False, None)"),
            "a taker's remainder rests": ("_IOC, False, owner)", "_GTC, False, owner)"),
            "a withdrawn quote is still counted": (
                "self.maker_orders.pop(order_id, None)",
                "self.maker_orders.get(order_id)",
            ),
            "a quote taken away is still counted": (
                "del self.maker_orders[own_id]",
                "self.maker_orders.get(own_id)",
            ),
            "a reduced quote counts what was taken off": (
                "self.maker_orders[order_id] -= quantity",
                "self.maker_orders[order_id] = quantity",
            ),
            "a partly filled quote counts whole": (
                "maker_orders[maker_id] = left",
                "maker_orders[maker_id] = left + quantity",
            ),
            # Trades
            "the mid of a trade is the one after it": (
                "self.settle(now_ns, report.trades, mid)",
                "self.settle(now_ns, report.trades, self.mid)",
            ),
            "an order's trades count as one": ("self.trades += len(trades)", "self.trades += 1"),
            "volume counts trades": ("self.volume += quantity", "self.volume += 1"),
            "the taker is told that it rested": (
                "listener(now_ns, trade, mid_before, False)",
                "listener(now_ns, trade, mid_before, True)",
            ),
            "the taker is told first": (
                "listener = listeners[maker_id % PARTICIPANTS]",
                "maker_id, taker_id = taker_id, maker_id; listener = listeners[maker_id % PARTICIPANTS]",
            ),
            "the tape forgets a trade of two minutes ago": ("tape[0][0] < oldest_ns", "tape[0][0] <= oldest_ns"),
            "the tape holds a second more": ("TAPE_NS = 120 * NS_PER_S", "TAPE_NS = 121 * NS_PER_S"),
            "an order that rests is nowhere": (
                "return None if level is None else (level.side.side, level.price)",
                "return None",
            ),
            "the tape is never cut": ("while tape[0][0] < oldest_ns:", "while tape[0][0] < 0:"),
            # Prices
            "the mid is rounded": ("return (bid + ask) / 2", "return (bid + ask) // 2"),
            "bids move up to the price step": (
                "if side is Side.BUY else -(-price // step) * step",
                "if side is Side.SELL else -(-price // step) * step",
            ),
            "a maker's price off the step is taken": (
                "if immediate or price % self.step == 0:",
                "if price % self.step or True:",
            ),
            "an order that never rests keeps to the step": ("if immediate or price %", "if price %"),
            "the best price without one's own is where only one's own is": (
                "level.total > own.get(level.price, 0)",
                "level.total >= own.get(level.price, 0)",
            ),
        },
    ),
    *mutants(
        "mmtui.market.core.gateway",
        (f"{_MARKET}/test_gateway.py",),
        {
            "instructions arrive at once": (
                "self._clock.at(self._clock.now_ns + self._limits.latency_ns",
                "self._clock.at(self._clock.now_ns",
            ),
            "the largest order is refused": ("<= self._limits.order", "< self._limits.order"),
            "an order of one lot is refused": ("if not 0 < order.quantity", "if not 1 < order.quantity"),
            "fewer lots than none stay": (
                "else max(0, self.quantity - self.reducing)",
                "else self.quantity - self.reducing",
            ),
            "what a strategy takes is the player's": (
                "immediate=True, manual=manual",
                "immediate=True, manual=True",
            ),
            "what the player quotes is a strategy's": (
                "immediate=False, manual=manual",
                "immediate=False, manual=False",
            ),
            "an order of no lots is taken": ("if not 0 < order.quantity", "if not 0 <= order.quantity"),
            "an order that reaches the limit is refused": (
                "if committed > self._limits.position:",
                "if committed >= self._limits.position:",
            ),
            "the limit does not count the position": ("order.side * self.position +", "0 +"),
            "the limit counts a short position as long": ("order.side * self.position +", "abs(self.position) +"),
            "the limit counts a buyer's position for a seller": ("order.side * self.position +", "self.position +"),
            "the limit does not count what rests": ("sum(self.lots(order.side).values())", "0"),
            "the limit counts what rests on the other side": (
                "sum(self.lots(order.side).values())",
                "sum(self.lots(order.side.opposite).values())",
            ),
            "the limit does not count the order": (".values()) + order.quantity", ".values()) + 1"),
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
            "a cancel after the fill cancels again": ("if order_id in self.orders:", "if order_id not in self.orders:"),
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
                "if self.orders.pop(order_id, None) is not None:",
                "if self.orders.pop(order_id, None) is None:",
            ),
            "bids count as asks": (
                "return self.bid_lots if side is Side.BUY",
                "return self.bid_lots if side is Side.SELL",
            ),
            "self-trade prevention takes all makers for one": ('f"maker-{index}"', '"maker"'),
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

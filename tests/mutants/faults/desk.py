"""Faults of the maker's books: signs, averages, horizons, and time that is counted twice or not at all."""

from __future__ import annotations

from tests.mutants.mutant import mutants

_DESK = (
    "tests/unit/desk/test_position_and_pnl.py",
    "tests/unit/desk/test_markouts.py",
    "tests/unit/desk/test_presence.py",
    "tests/property/test_desk.py",
    "tests/property/test_hedges.py",
)

MUTANTS = [
    *mutants(
        "mmtui.desk.desk",
        _DESK,
        {
            "fees are earned": ("+ hedge - self.fees", "+ hedge + self.fees"),
            "cash leaves out the fees": (
                "self._cash * self._tick_value + self.hedge - self.fees",
                "self._cash * self._tick_value + self.hedge",
            ),
            "the total leaves out the hedges": (
                "* self._tick_value + hedge - self.fees",
                "* self._tick_value - self.fees",
            ),
            "only the last fee counts": ("self.fees += fee\n\n        fill", "self.fees = fee\n\n        fill"),
            "a hedge's fee is forgotten": ("self.fees += fee\n        self.weigh(now_ns)", "self.weigh(now_ns)"),
            "the spread is paid, not earned": ("added * (mid_before - price)", "added * (price - mid_before)"),
            "the spread counts a lot a fill": ("self._spread += added *", "self._spread += side *"),
            "the position's PnL counts the lots just traded": (
                "self._position_pnl += before *",
                "self._position_pnl += after *",
            ),
            "the position's PnL counts from the start at each fill": (
                "self._marked = mid_before",
                "self._marked = self._marked",
            ),
            "a purchase adds cash": ("self._cash -= added * price", "self._cash += added * price"),
            "an initial position is free": ("self._cash = -position * mid", "self._cash = 0.0"),
            "an initial position is entered at nothing": ("self._entry = position * mid", "self._entry = 0.0"),
            "an initial position is not the largest": ("self.max_abs = abs(position)", "self.max_abs = 0"),
            "closing a part is averaged like adding to it": (
                "if before * added >= 0:",
                "if before * added >= 0 or after:",
            ),
            "the first fill of a flat desk enters at nothing": ("if before * added >= 0:", "if before * added > 0:"),
            "a part closed leaves the entry's value": ("self._entry * after / before", "self._entry"),
            "trading through zero keeps the old entry": ("float(after * price)", "self._entry * after / before"),
            "the largest position is the last": ("max(self.max_abs, abs(after))", "abs(after)"),
            "the largest position is the most long": ("max(self.max_abs, abs(after))", "max(self.max_abs, after)"),
            "volume is net": ("self.volume += quantity", "self.volume += added"),
            "a position is held as it will be": (
                "self._held.update(now_ns, after)",
                "self._held.update(now_ns, before)",
            ),
            "a fill of no lots is booked": ("if quantity < 1:", "if quantity < 0:"),
            "a fill may be earlier than the last": ("if now_ns < self._changed_ns:", "if now_ns < 0:"),
            "the net position leaves out fills": (
                "self.weigh(now_ns)\n        self.max_abs",
                "self.max_abs",
            ),
            "drawdown is measured from the start": ("self._peak - total > self.drawdown:", "-total > self.drawdown:"),
            "drawdown is the last fall": ("elif self._peak - total > self.drawdown:", "else:"),
            "a peak is not remembered": ("self._peak = total", "self._peak = max(0.0, self._peak)"),
            "fills are not looked at for the drawdown": ("self.mark(mid_before)\n        return fill", "return fill"),
            "attribution ends at the last fill": (
                "self._position_pnl + self.position * (mid - self._marked)",
                "self._position_pnl",
            ),
            "attribution leaves out the tick's value": (
                "spread=self._spread * self._tick_value",
                "spread=self._spread",
            ),
            "realised leaves out the entry": (
                "(self._cash + self._entry) * self._tick_value",
                "self._cash * self._tick_value",
            ),
            "unrealised of a short position has the wrong sign": (
                "(self.position * mid - self._entry)",
                "abs(self.position * mid - self._entry)",
            ),
            "hedges add to what they hedge": ("self.position + self.hedges.lots", "self.position - self.hedges.lots"),
        },
    ),
    *mutants(
        "mmtui.desk.hedge_book",
        (*_DESK, "tests/unit/session/test_hedging.py"),
        {
            "a hedge's cash has the wrong sign": ("self._cash -= traded * price", "self._cash += traded * price"),
            "a hedge earns its spread": ("traded * (price - mark)", "traded * (mark - price)"),
            "a hedge's cost leaves out the fees": ("* self._tick_value + fee", "* self._tick_value"),
            "contracts are lots": ("sum((position / ratio for", "sum((position for"),
            "contracts traded are net": ("self.volume += quantity", "self.volume += traded"),
            "a hedge closed again has made nothing": ("if leg.volume else 0.0", "if leg.position else 0.0"),
        },
    ),
    *mutants(
        "mmtui.desk.markouts",
        ("tests/unit/desk/test_markouts.py", "tests/property/test_desk.py"),
        {
            "a fill due now waits": (".time_ns <= latest:", ".time_ns < latest:"),
            "a seller's markout has the wrong sign": ("fill.side * (mid - fill.price)", "mid - fill.price"),
            "markouts count from the mid": ("fill.side * (mid - fill.price)", "fill.side * (mid - fill.mid_before)"),
            "markouts are not weighted by lots": ("self._lots[horizon] += fill.quantity", "self._lots[horizon] += 1"),
            "the sum of markouts is not weighted by lots": (
                "self._sums[horizon] += fill.quantity * markout",
                "self._sums[horizon] += markout",
            ),
            "the next markout is due at the longest horizon": (
                "return min(waiting, default=None)",
                "return max(waiting, default=None)",
            ),
            "a fill is marked out again": ("self._place[horizon] = place\n", "self._place[horizon] = place - 1\n"),
            "copies share a fill that still changes": (
                "return self if self.is_finished else",
                "return self if self.markouts else",
            ),
            "the last fills are the first": (
                "self.fills[max(0, place - fills) : place]",
                "self.fills[: min(place, fills)]",
            ),
        },
    ),
    *mutants(
        "mmtui.desk.mean_abs",
        ("tests/unit/desk/test_position_and_pnl.py", "tests/property/test_desk.py"),
        {
            "long and short cancel each other": ("self._area += abs(self._value)", "self._area += self._value"),
            "the new value counts for the time before": (
                "self._area += abs(self._value) *",
                "self._area += abs(value) *",
            ),
            "time is counted from the start again": ("self._changed_ns = now_ns\n        self._value", "self._value"),
            "the mean ends at the last change": (
                "(self._area + abs(self._value) * (now_ns - self._changed_ns)) / elapsed",
                "self._area / elapsed",
            ),
            "the mean is over the time since the last change": (
                "elapsed = now_ns - self._start_ns",
                "elapsed = now_ns - self._changed_ns",
            ),
        },
    ),
    *mutants(
        "mmtui.desk.presence",
        ("tests/unit/desk/test_presence.py", "tests/property/test_desk.py"),
        {
            "a quote of just the size does not count": ("bid_size >= self._min_size", "bid_size > self._min_size"),
            "a quote of just the width does not count": ("ask - bid <= self._max_width", "ask - bid < self._max_width"),
            "the larger side's size counts": (
                "and ask_size >= self._min_size",
                "and max(bid_size, ask_size) >= self._min_size",
            ),
            "one side is enough": (
                "bid is not None\n            and ask is not None",
                "bid is not None or ask is not None",
            ),
            "the new quote counts for the time before": (
                "if quoting is not self.quoting:\n            self._elapse(now_ns)",
                "if quoting is not self.quoting:\n            pass",
            ),
            "time in which nothing is owed counts": ("if self.owed:", "if self.owed is not None:"),
            "what is owed changes for the time before": (
                "self._elapse(now_ns)\n        self.owed = owed",
                "self.owed = owed; self._elapse(now_ns)",
            ),
            "time goes by twice": ("self._since_ns = now_ns\n        if", "if"),
        },
    ),
]

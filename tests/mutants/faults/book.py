"""Faults of a matching engine: comparisons off by one, totals forgotten, priority lost, owners that meet themselves."""

from __future__ import annotations

from tests.mutants.mutant import mutants

_UNIT = tuple(f"tests/unit/book/test_{name}.py" for name in ("queries", "instructions", "self_trade", "rejections"))
_BOOK = (*_UNIT, "tests/unit/book/test_scenarios.py", "tests/property/test_book.py")
_AUCTION = ("tests/unit/book/test_auction.py", "tests/property/test_auction.py")

MUTANTS = [
    *mutants(
        "mmtui.book.order_book",
        _BOOK,
        {
            # Prices
            "an order at the other side's best does not trade": ("best.key <= worst", "best.key < worst"),
            "an order trades a tick beyond its price": ("best.key <= worst", "best.key <= worst + 1"),
            "a taker stops short of its price": ("level.key <= worst", "level.key < worst"),
            "a taker goes on a tick beyond its price": ("level.key <= worst", "level.key <= worst + 1"),
            "a price of zero is taken": (
                "            if ticks <= 0 or ticks % self.tick:",
                "            if ticks < 0 or ticks % self.tick:",
            ),
            "a quantity of zero is taken off": (
                "if quantity <= 0:\n            return _REJECTED[Reason.BAD_QUANTITY]\n        left",
                "if quantity < 0:\n            return _REJECTED[Reason.BAD_QUANTITY]\n        left",
            ),
            "a truth value is a price": (" and not isinstance(number, bool)", ""),
            "post-only orders trade": (
                "if post_only:\n                    return",
                "if not post_only:\n                    return",
            ),
            "a replacement at the other side's best is post-only": (
                "(ticks - best.price) * side >= 0",
                "(ticks - best.price) * side > 0",
            ),
            "a replacement looks at its own side for what it would trade with": (
                "best = self.asks.best if side is _BUY else self.bids.best",
                "best = self.bids.best if side is _BUY else self.asks.best",
            ),
            "a market order to buy takes bids": (
                "self._take(order_id, self.bids, self.asks, _ANY_PRICE",
                "self._take(order_id, self.bids, self.bids, _ANY_PRICE",
            ),
            # Time in force
            "an IOC order rests": (
                "if time_in_force is not _GTC:\n            return _UNFILLED",
                "if time_in_force is _FOK:\n            return _UNFILLED",
            ),
            "what an IOC order leaves rests": (
                "if time_in_force is not _GTC:\n            return OrderReport",
                "if time_in_force is _FOK:\n            return OrderReport",
            ),
            "a FOK order needs a lot more than it asks for": ("own_id) < quantity", "own_id) <= quantity"),
            "a FOK order may trade in part": ("own_id) < quantity", "own_id) < 1"),
            "a FOK order does not count the level at its price": ("level.key > worst", "level.key >= worst"),
            "a FOK order counts the orders of its owner": (
                "self._owners.get(maker_id) != own_id",
                "self._owners.get(maker_id) != order_id",
            ),
            "a FOK order counts what stands behind an order that stops it": (
                "elif self._self_trade is _CANCEL_INCOMING:",
                "elif self._self_trade is _ALLOW:",
            ),
            # Matching
            "owners trade with themselves": (
                "own_id = owner if self._owners and self._self_trade is not _ALLOW else None",
                "own_id = None",
            ),
            "an order stopped by its owner's takes that away instead": (
                "if self._self_trade is _CANCEL_INCOMING:\n                        stopped",
                "if self._self_trade is _ALLOW:\n                        stopped",
            ),
            "only the last order taken away is reported": ("removed += (maker_id,)", "removed = (maker_id,)"),
            "an order filled to the last lot stays with none": ("elif available > left:", "elif available >= left:"),
            "a partly filled order loses its place": (
                "queue[maker_id] = available - left",
                "queue[maker_id] = queue.pop(maker_id) - left",
            ),
            "a partial fill is not taken off the level's total": ("total -= left\n", "total -= 0\n"),
            "a trade is at the taker's price": (
                "(price, left, maker_id, order_id, side)",
                "(int(worst) if worst < 1e9 else price, left, maker_id, order_id, side)",
            ),
            "maker and taker are mixed up": (
                "(price, available, maker_id, order_id, side)",
                "(price, available, order_id, maker_id, side)",
            ),
            "a whole fill does not count towards the quantity": ("left -= available", "left -= 0"),
            "a filled order is still known": ("del orders[maker_id]", "orders.get(maker_id)"),
            "a filled order's owner is still known": ("owners.pop(maker_id, None)", "owners.get(maker_id)"),
            "filled orders stay in their queue": ("level.drop(gone)", "gone.clear()"),
            "the whole quantity rests after a partial fill": (
                "-worst), left, _GTC, False, owner)",
                "-worst), quantity, _GTC, False, owner)",
            ),
            "what rests of a taker has no owner": ("left, _GTC, False, owner)", "left, _GTC, False)"),
            # What becomes of orders
            "a new order is not added to its level's total": ("level.total += quantity", "level.total = quantity"),
            "a cancelled order is not taken off its level's total": (
                "level.total -= queue.pop(order_id)",
                "queue.pop(order_id)",
            ),
            "a level whose last order is cancelled stays": ("if not queue:", "if queue is None:"),
            "a cancelled order's owner is still known": ("if self._owners:", "if not self._owners:"),
            "a reduced order loses its place": (
                "level.queue[order_id] = left",
                "level.queue[order_id] = level.queue.pop(order_id) and left",
            ),
            "a reduction is not taken off its level's total": ("level.total -= quantity", "level.total -= 0"),
            "an order may be reduced to nothing": ("if left <= 0:", "if left < 0:"),
            "a replaced order loses its owner": (
                "self.limit(order_id, side, ticks, quantity, owner=owner)",
                "self.limit(order_id, side, ticks, quantity)",
            ),
            "owners outlive a cleared book": ("self._owners.clear()", "self._owners.copy()"),
            # Queries
            "an order counts itself as ahead of itself": (
                "lots = orders = 0\n        for other_id",
                "lots = orders = 1\n        for other_id",
            ),
            "lots and orders of a level are mixed up": (
                "Depth(best.price, best.total, len(best.queue))",
                "Depth(best.price, len(best.queue), best.total)",
            ),
            "an order of no lots is sound": ("min(lots) < 1", "min(lots) < 0"),
            "a book that has lost an order is sound": ("orders == len(self)", "orders <= len(self)"),
            "a book whose totals are too large is sound": ("level.total != sum(lots)", "level.total < sum(lots)"),
        },
    ),
    *mutants(
        "mmtui.book.price_levels",
        _BOOK,
        {
            "a worse new level becomes the best": ("key < best.key", "key > best.key"),
            "the worst level follows the best": ("levels.peekitem(0)", "levels.peekitem(-1)"),
            "the level just behind the best is skipped": ("range(price + step,", "range(price + 2 * step,"),
            "a level closed since levels were sorted stays": ("self._moved[key] = None", "self._moved.pop(key, None)"),
            "levels are opened again each time they are sorted": ("self._moved.clear()\n        return", "return"),
            "the best stays when its level closes": ("if level is self.best:", "if level is not self.best:"),
            "a rebuilt queue is upside down": (
                "self.queue = dict(queue)",
                "self.queue = dict(reversed(queue.items()))",
            ),
            "depth leaves out the best level": ("islice(ladder, levels)", "islice(ladder, 1, levels)"),
            "depth counts lots for orders": (
                "Depth(level.price, level.total, len(level.queue)) for",
                "Depth(level.price, level.total, level.total) for",
            ),
        },
    ),
    *mutants(
        "mmtui.book.types",
        ("tests/unit/book",),
        {
            "only an order that rests is accepted": ("is not OrderStatus.REJECTED", "is OrderStatus.RESTING"),
            "a report counts trades for lots": ("sum(trade.quantity for trade in self.trades)", "len(self.trades)"),
            "buyers trade with buyers": (
                "return Side.SELL if self is Side.BUY else Side.BUY",
                "return Side.BUY if self is Side.BUY else Side.SELL",
            ),
        },
    ),
    *mutants(
        "mmtui.book.auction",
        _AUCTION,
        {
            "an auction that just touches does not trade": ("best_bid < best_ask", "best_bid <= best_ask"),
            "bids at the lowest ask do not count": ("_up_to(self.bids, -best_ask)", "_up_to(self.bids, -best_ask - 1)"),
            "asks at the highest bid do not count": ("_up_to(self.asks, best_bid)", "_up_to(self.asks, best_bid - 1)"),
            "the surplus has the wrong sign": ("sellers), buyers - sellers", "sellers), sellers - buyers"),
            "the price is where least trades": (
                "if traded > most or",
                "if not most or traded < most or",
            ),
            "the largest surplus decides": (
                "abs(surplus) < least)",
                "abs(surplus) > least)",
            ),
            "without surplus it is the highest price": ("if found[-1][1] > 0", "if found[-1][1] >= 0"),
            "without surplus it is the lowest price": ("elif found[0][1] < 0", "elif found[0][1] <= 0"),
            "with buyers left it is the lowest price": ("surplus = found[-1]", "surplus = found[0]"),
            "with sellers left it is the highest price": ("surplus = found[0]", "surplus = found[-1]"),
            "of two prices as near it is the lower": (
                "= min(nearest)",
                "= min(nearest, key=lambda each: (each[0], -each[1]))",
            ),
            "the reference is forgotten": ("(abs(price - reference), -price, surplus)", "(0.0, -price, surplus)"),
            "a level just traded away is left": ("if lots < 0:", "if lots <= 0:"),
            "the side with the surplus rests": ("if surplus >= 0 else", "if surplus < 0 else"),
            "without surplus the sellers take": ("if surplus >= 0 else", "if surplus > 0 else"),
            "the last to come trade first": ("return allotted[::-1]", "return allotted"),
            "a partial fill takes the whole order away": ("if part == resting:", "if part:"),
            "one's own order at just that price may be crossed": ("if level.key > key:", "if level.key >= key:"),
            "only the first order of a level is looked at for one's own": (
                "for order_id in level.queue)",
                "for order_id in list(level.queue)[:1])",
            ),
            "a refused order leaves an empty level": ("own.close_level(level)", "level.queue.clear()"),
            "an auction takes market orders": (
                "return OrderReport(OrderStatus.REJECTED, reason=Reason.NOT_FILLABLE)",
                "return super().market(order_id, side, quantity, owner)",
            ),
        },
    ),
]

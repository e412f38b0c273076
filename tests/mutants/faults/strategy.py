"""Faults of what turns quotes into orders: rounded the wrong way, places in the queue thrown away."""

from __future__ import annotations

from tests.mutants.mutant import mutants

MUTANTS = mutants(
    "mmtui.strategies.quoter",
    ("tests/unit/strategies/test_quoter.py", "tests/property/test_quoter_properties.py"),
    {
        "a bid is rounded up": ("math.floor((bid + _ON_TICK) / step)", "math.ceil((bid - _ON_TICK) / step)"),
        "an ask is rounded down": ("math.ceil((ask - _ON_TICK) / step)", "math.floor((ask + _ON_TICK) / step)"),
        "a bid a hair below its tick falls to the next": (
            "math.floor((bid + _ON_TICK) / step)",
            "math.floor(bid / step)",
        ),
        "an ask a hair above its tick rises to the next": (
            "math.ceil((ask - _ON_TICK) / step)",
            "math.ceil(ask / step)",
        ),
        "prices are in ticks where the step is larger": (
            "/ step) * step\n        bid_price",
            "/ step)\n        bid_price",
        ),
        "a bid reaches the best ask": ("min(floor, best_ask - step)", "min(floor, best_ask)"),
        "an ask reaches the best bid": ("max(ceiling, best_bid + step)", "max(ceiling, best_bid)"),
        "a bid is kept a tick, not a step, below the best ask": ("best_ask - step", "best_ask - 1"),
        "an ask looks at the best ask": (
            "best_bid = view.others_best(Side.BUY)",
            "best_bid = view.others_best(Side.SELL)",
        ),
        "a bid may meet its own ask": ("bid_price >= ask_price:", "bid_price > ask_price:"),
        "quotes drawn back lean upwards": ("((total + 1) // 2 - 1) * step", "(total // 2) * step"),
        "quotes drawn back are further apart than a bid and an ask need": (
            "((total + 1) // 2 - 1) * step",
            "(total // 2 - 1) * step",
        ),
        "the first tick is no bid": ("bid_price is None or bid_price < 1", "bid_price is None or bid_price < 2"),
        "the first tick is no ask": ("ask_price is None or ask_price < 1", "ask_price is None or ask_price < 2"),
        "an ask of zero is quoted": ("ask_price is None or ask_price < 1", "ask_price is None or ask_price < 0"),
        "a reservation price is not looked at": (
            "if quotes.reservation is not None:",
            "if quotes.reservation is not None and quotes.reservation < 0:",
        ),
        "a negative reservation price is refused": (", least=-math.inf)", ")"),
        "a price of zero is quoted": ("bid_price is None or bid_price < 1", "bid_price is None or bid_price < 0"),
        "a bid's room is a seller's": ("rules.position_limit - position", "rules.position_limit + position"),
        "an ask's room is forgotten": (
            'min(_size("ask_size", quotes.ask_size), rules.max_order, rules.position_limit + position)',
            'min(_size("ask_size", quotes.ask_size), rules.max_order)',
        ),
        "a size goes beyond the largest order": (
            '_size("bid_size", quotes.bid_size), rules.max_order, ',
            '_size("bid_size", quotes.bid_size), ',
        ),
        "a side without room is quoted": ("bid is not None and bid_size > 0:", "bid is not None:"),
        "quotes stand while trading is not continuous": (
            "if not view.phase.continuous:",
            "if view.phase.collecting:",
        ),
        "a bid goes beyond a band that binds": ("min(bid, band.upper)", "max(bid, band.lower)"),
        "a band that does not bind does": ("band is not None and band.binding:", "band is not None:"),
        # From what stands to what should
        "an order at the wanted price is sent anew": (
            "if order.price != price or excess",
            "if order.price == price or excess",
        ),
        "the oldest order gives way": ("for order in working:", "for order in reversed(working):"),
        "too many lots are cancelled whole": ("excess >= order.quantity:", "excess:"),
        "an order that is one lot too many is reduced to nothing": (
            "excess >= order.quantity:",
            "excess > order.quantity:",
        ),
        "lots beyond what is wanted stay": ("if excess:", "if excess > 1:"),
        "older orders do not count": ("max(0, kept + order.quantity - quantity)", "max(0, order.quantity - quantity)"),
        "half of the size is too little": ("2 * kept < quantity", "2 * kept <= quantity"),
        "missing lots are sent at once": ("2 * kept < quantity", "kept < quantity"),
        "a second order has the whole size": ("quantity - kept))", "quantity))"),
        "the obligation's size is not topped up": ("kept < min(quantity, least)", "kept < 0"),
        "more stands than is wanted, for the obligation": ("min(quantity, least)", "least"),
        "orders are sent before others are withdrawn": ("return removals + placements", "return placements + removals"),
        "the obligation's size is forgotten": ("view.orders, view.rules.min_size)", "view.orders)"),
        "half a lot is a size": ("if number != int(number):", "if number < int(number):"),
        "a negative price is one": ("number < least:", "number < -least - 1e9:"),
    },
)

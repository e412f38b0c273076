"""Faults of what turns quotes into orders: rounded the wrong way, places in the queue thrown away."""

from __future__ import annotations

from tests.mutants.mutant import mutants

MUTANTS = mutants(
    "mmtui.strategies.quoter",
    ("tests/unit/strategies/test_quoter.py", "tests/property/test_quoter_properties.py"),
    {
        "a bid is rounded up": ("floor((price + inward) / step)", "ceil((price - inward) / step)"),
        "an ask is rounded down": ("ceil((price - inward) / step)", "floor((price + inward) / step)"),
        "a bid a hair below its tick falls to the next": ("(price + inward)", "(price + inward * quotes.nearest)"),
        "an ask a hair above its tick rises to the next": ("(price - inward)", "(price - inward * quotes.nearest)"),
        "the nearest step is not looked for": ("step / 2 if quotes.nearest else _ON_TICK", "_ON_TICK"),
        "the nearest tick is looked for, not the nearest step": ("step / 2 if quotes", "0.5 if quotes"),
        "prices are in ticks where the step is larger": (
            "bid_price *= step",
            "bid_price *= 1",
        ),
        "a bid reaches the best ask": (
            "            bid_price = others_ask - step",
            "            bid_price = others_ask",
        ),
        "an ask reaches the best bid": (
            "            ask_price = others_bid + step",
            "            ask_price = others_bid",
        ),
        "a bid is kept a tick, not a step, below the best ask": (
            "            bid_price = others_ask - step",
            "            bid_price = others_ask - 1",
        ),
        "an ask looks at the best ask": (
            "others_bid, others_ask = view.others_best(BUY)",
            "others_bid, others_ask = view.others_best(SELL)",
        ),
        "a bid may meet its own ask": ("bid_price >= ask_price:", "bid_price > ask_price:"),
        "quotes drawn back lean upwards": ("((total + 1) // 2 - 1) * step", "(total // 2) * step"),
        "quotes drawn back are further apart than a bid and an ask need": (
            "((total + 1) // 2 - 1) * step",
            "(total // 2 - 1) * step",
        ),
        "the first tick is no bid": ("bid_price >= 1", "bid_price >= 2"),
        "the first tick is no ask": ("ask_price >= 1", "ask_price >= 2"),
        "an ask of zero is quoted": ("ask_price >= 1", "ask_price >= 0"),
        "a reservation price is not looked at": (
            "None if reservation is None else _number",
            "None if reservation is None or reservation > 0 else _number",
        ),
        "a negative reservation price is refused": (", least=-MOST_ASKED)", ")"),
        "a price of zero is quoted": ("bid_price >= 1", "bid_price >= 0"),
        "a bid's room is a seller's": ("limit - position", "limit + position"),
        "an ask's room is forgotten": ("min(most, quotes.ask_size, limit + position)", "min(most, quotes.ask_size)"),
        "a size goes beyond the largest order": (
            "min(most, quotes.bid_size, limit - position)",
            "min(quotes.bid_size, limit - position)",
        ),
        "a side without room is quoted": ("bid_size > 0:", "bid_size >= 0:"),
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
        "too many lots are cancelled whole": ("excess >= there:", "excess > 0:"),
        "an order that is one lot too many is reduced to nothing": ("excess >= there:", "excess > there:"),
        "lots beyond what is wanted stay": ("if excess > 0:", "if excess > 1:"),
        "older orders do not count": ("excess = kept + there - quantity", "excess = there - quantity"),
        "half of the size is too little": ("2 * kept < quantity", "2 * kept <= quantity"),
        "missing lots are sent at once": ("2 * kept < quantity", "kept < quantity"),
        "a second order has the whole size": ("quantity - kept))", "quantity))"),
        "the obligation's size is not topped up": ("kept < min(quantity, least)", "kept < 0"),
        "more stands than is wanted, for the obligation": ("min(quantity, least)", "least"),
        "orders are sent before others are withdrawn": ("return removals + placements", "return placements + removals"),
        "the obligation's size is forgotten": ("view.orders, view.rules.min_size)", "view.orders)"),
        "half a lot is a size": ("if number != int(number):", "if number < int(number):"),
        "a negative price is one": (
            "if not least <= value <= MOST_ASKED:",
            "if not -least - 1e9 <= value <= MOST_ASKED:",
        ),
    },
)

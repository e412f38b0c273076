from __future__ import annotations

import json
import sys
from time import process_time

from convexpi.arena import InformedTrader, Market, NaiveMarketMaker, NoiseTrader  # type: ignore[import-not-found]


def main() -> None:
    """Print the processor seconds and the orders of a market run for as many ticks as the argument says, as JSON."""
    agents = [
        *(NoiseTrader(f"noise-{number}", seed=number) for number in range(20)),
        *(NaiveMarketMaker(f"maker-{number}", seed=100 + number) for number in range(3)),
        *(InformedTrader(f"informed-{number}", seed=200 + number) for number in range(3)),
    ]
    market = Market(agents, n_ticks=int(sys.argv[1]), seed=1)
    collect, orders = market._collect_orders, 0

    def counted(tick: int) -> list[object]:
        nonlocal orders
        found: list[object] = collect(tick)
        orders += len(found)
        return found

    market._collect_orders = counted
    start = process_time()
    market.run()
    print(json.dumps({"seconds": process_time() - start, "count": orders}))


if __name__ == "__main__":
    main()

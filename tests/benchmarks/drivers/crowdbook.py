from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

#: As many agents of the same kinds as the other market simulators are given.
_SCENARIO = """
[fundamental]
volatility = 1.0
[[agents]]
type = "zero_intelligence"
count = 20
[[agents]]
type = "market_maker"
count = 3
[[agents]]
type = "informed"
count = 3
"""


def main() -> None:
    """Print the processor seconds and the orders of a market run for so many seconds as the argument says, as JSON."""
    with tempfile.TemporaryDirectory() as scratch:
        scenario, log = Path(scratch, "scenario.toml"), Path(scratch, "log.csv")
        scenario.write_text(_SCENARIO, encoding="utf-8")
        command = [
            str(Path(sys.executable).with_name("crowdbook")),
            "run",
            str(scenario),
            "--duration",
            f"{sys.argv[1]}s",
        ]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        # The same run again, untimed, which writes down what reached the exchange.
        kinds = ["--log", str(log), "--log-only", "new,cancel,modify"]
        subprocess.run([*command, *kinds], stdout=subprocess.DEVNULL, check=True)
        with log.open("rb") as lines:
            orders = sum(1 for _ in lines) - 1
    print(json.dumps({"seconds": used.ru_utime + used.ru_stime, "count": orders}))


if __name__ == "__main__":
    main()

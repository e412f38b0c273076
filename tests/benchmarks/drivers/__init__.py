"""One driver for each book: `python -m tests.benchmarks.drivers.NAME STREAM` plays a stream and prints a result."""

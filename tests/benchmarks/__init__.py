"""Benchmarks: `python -m tests.benchmarks` runs them all, `python -m tests.benchmarks.book` those of the book."""

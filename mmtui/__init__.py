"""A flight simulator for market makers, in the terminal."""

__version__ = "0.1.0"

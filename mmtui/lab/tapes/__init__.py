"""Recorded tapes: reading them against their orderbook files, measuring them, and making levels of them."""

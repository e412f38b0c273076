"""Recorded tapes: reading them against their orderbook files, measuring them, and making levels of them."""

from mmtui.lab.tapes.reading import Source, Tape, read_tape, replay
from mmtui.market.tape.tape_exchange import book_id

__all__ = ["Source", "Tape", "book_id", "read_tape", "replay"]

"""Recorded tapes: reading them against their orderbook files, measuring them, and making levels of them."""

from mmtui.lab.tapes.reading import Tape, TapeSource, read_tape, replay
from mmtui.market.tape.tape_exchange import book_id

__all__ = ["Tape", "TapeSource", "book_id", "read_tape", "replay"]

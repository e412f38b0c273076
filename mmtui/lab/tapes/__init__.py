"""Recorded tapes: reading, checking against orderbook files, measuring, and making levels."""

from mmtui.lab.tapes.reading import Tape, TapeSource, read_tape, replay
from mmtui.market.tape.tape_orders import book_id

__all__ = ["Tape", "TapeSource", "book_id", "read_tape", "replay"]

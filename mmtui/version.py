"""The versions, by themselves: whoever needs them imports nothing else."""

__version__ = "0.1.0"
#: The engine's number: sessions of one number come out the same, to the byte. A change that alters any raises it, and
#: journals of other numbers are not played again.
ENGINE = 3
#: The scoring's number: a change that gives any session another score or other stars raises it.
SCORING = 2

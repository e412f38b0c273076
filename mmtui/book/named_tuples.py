"""Named tuples in half the time: the constructor of their class is Python, that of ``tuple`` is not.

Where the engine is compiled, ``c_named_tuples.pxd`` is in this module's place. It hides them from the collector of
garbage, so what is in one never leads back to it: numbers, names, or tuples of these.
"""

from __future__ import annotations

__all__ = ["new"]

#: ``new(Trade, (…))`` is ``Trade(…)``.
new = tuple.__new__

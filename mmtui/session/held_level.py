"""What is read of a level in a journal of another engine, whose levels may have other keys by now."""

from __future__ import annotations

from typing import Any

import msgspec

from mmtui.market.core.instrument import Instrument
from mmtui.units import NS_PER_S


class HeldLevel(msgspec.Struct, frozen=True):
    """As much of a level as a report of what the journal holds needs; keys that are not known are passed over.

    Attributes:
        id, title, duration_s: see :class:`~mmtui.level.level.Level`.
        instrument: what was traded.
    """

    id: str
    title: str
    duration_s: int
    instrument: Instrument

    @property
    def end_ns(self) -> int:
        """When the level ends."""
        return self.duration_s * NS_PER_S


def held_level(data: bytes) -> HeldLevel:
    """Read a level as far as its report needs it. Raises msgspec.MsgspecError, KeyError, TypeError or ValueError."""
    level: dict[str, Any] = msgspec.json.decode(data)
    known = {field.name for field in msgspec.structs.fields(Instrument)}
    instrument = {key: value for key, value in level["market"]["instrument"].items() if key in known}
    return msgspec.convert({**level, "instrument": instrument}, HeldLevel)

"""What a level says of a recorded market."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from mmtui.market.core.instrument import Instrument
from mmtui.market.core.normal import NormalSpec
from mmtui.units import NonNegativeFloat, PositiveInt

Effect = Literal["passive", "impact"]

#: Prices in a tape's file are whole numbers, so many of which are a unit of currency.
PRICE_UNITS = 10_000


class TapeSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="tape"):
    """A recorded market.

    Attributes:
        instrument: what was traded; prices in the file are ten-thousandths of its currency.
        file: LOBSTER messages in which every order is placed before anything else is said of it; a level file names
            it relative to its own folder, inside it.
        digest: the file's SHA-256.
        from_s: seconds after the tape's first message at which the level starts.
        roam_s: the seed draws the start, in whole seconds, up to so much later; otherwise all seeds are one session.
        effect: what the maker's presence changes; see :mod:`mmtui.market.tape.tape_orders`.
        lot_size: units of the file's sizes in a lot.
        normal: what is normal; measured on the tape when left out.
    """

    instrument: Instrument
    file: str
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    from_s: NonNegativeFloat = 0.0
    roam_s: NonNegativeFloat = 0.0
    effect: Effect = "passive"
    lot_size: PositiveInt = 1
    normal: NormalSpec | None = None

    def __post_init__(self) -> None:
        tick = self.instrument.tick * PRICE_UNITS
        if abs(tick - round(tick)) > 1e-9 * tick or tick < 0.5:
            raise ValueError(f"instrument.tick: expected a multiple of 1/{PRICE_UNITS}, not {self.instrument.tick:g}")

    @property
    def fixed_parts(self) -> dict[str, object]:
        """By key path, what cannot change while the market runs: everything."""
        return {"kind": "tape", **msgspec.structs.asdict(self)}

    @property
    def named(self) -> TapeSpec:
        """The same with the file's name only: the digest tells which it is, wherever it lies."""
        return msgspec.structs.replace(self, file=Path(self.file).name)

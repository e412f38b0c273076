"""The rows of the table of stylised facts, and what a long measurement gave."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from mmtui.lab.research import fact_bands
from mmtui.lab.research.facts import Facts

#: The markets that have reference values.
REFERENCE = ("us-100", "hk-50-fine", "hk-45", "index-20000")


class FactRow(NamedTuple):
    """A fact in the table: key, description and format."""

    key: str
    words: str
    form: str

    def cell(self, number: float | None) -> str:
        """Returns a value as it is printed; a dash for a missing one."""
        return cell(number, self.form)

    def reference_of(self, market: str) -> float | None:
        """Returns a market's reference value; None where there is none."""
        measured = reference().get(market)
        return measured.facts[self.key].mean if measured is not None and self.key in measured.facts else None


class Known(NamedTuple):
    """A fact as it was measured: the mean over days and the standard deviation across them, if there is one."""

    mean: float
    sd: float | None


class MeasuredMarket(NamedTuple):
    """A market as it was measured: over so many days, its facts by key."""

    days: int
    facts: dict[str, Known]


@cache
def reference() -> dict[str, MeasuredMarket]:
    """Returns, by market, a long measurement.

    It is what ``jq 'map_values([.days, (.facts | map_values([.mean, .sd]))])'`` makes of ``mmtui facts --format json``.
    """
    text = Path(__file__).with_name("fact_reference.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, MeasuredMarket])


def cell(number: float | None, form: str) -> str:
    """Returns a value as it is printed; a dash for a missing one."""
    return "–" if number is None or not math.isfinite(number) else format(number, form)


#: The facts by group.
GROUPS: dict[str, tuple[FactRow, ...]] = {
    "returns and flow": (
        FactRow("spread", "spread, ticks", ".2f"),
        FactRow("spread_1", "  share at 1 tick", ".2f"),
        FactRow("spread_2", "  share at 2 ticks", ".2f"),
        FactRow("spread_3", "  share at 3 ticks", ".2f"),
        FactRow("depth", "touch depth, lots", ".1f"),
        FactRow("limits", "noise limits a second", ".2f"),
        FactRow("cancels", "noise cancels a second", ".2f"),
        FactRow("trades", "trades a second", ".2f"),
        FactRow("noise", "  by noise", ".2f"),
        FactRow("informed", "  by informed", ".2f"),
        FactRow("snipe", "  by sniping rivals", ".2f"),
        FactRow("momentum", "  by momentum", ".2f"),
        FactRow("lots", "lots traded a second", ".2f"),
        FactRow("volatility", "1 s volatility, ticks", ".2f"),
        FactRow("signature", "signature 1 s / 60 s", ".2f"),
        FactRow("acf_1s", "return ACF(1) at 1 s", ".2f"),
        FactRow("acf_60s", "return ACF(1) at 60 s", ".2f"),
        FactRow("kurtosis_10s", "excess kurtosis at 10 s", ".1f"),
        FactRow("kurtosis_60s", "excess kurtosis at 60 s", ".1f"),
        FactRow("kurtosis_300s", "excess kurtosis at 300 s", ".1f"),
        FactRow("median_kurtosis_10s", "  median at 10 s", ".1f"),
        FactRow("median_kurtosis_60s", "  median at 60 s", ".1f"),
        FactRow("median_kurtosis_300s", "  median at 300 s", ".1f"),
        FactRow("abs_acf_1", "ACF of |10 s returns|, lag 1", ".2f"),
        FactRow("abs_acf_20", "ACF of |10 s returns|, lag 20", ".2f"),
        FactRow("sign_acf", "trade-sign ACF(1)", ".3f"),
        FactRow("sign_decay", "trade-sign decay exponent", ".2f"),
        FactRow("impact_exponent", "impact exponent of single orders", ".2f"),
        FactRow("markout_noise", "maker's 10 s markout, noise", "+.2f"),
        FactRow("markout_informed", "maker's 10 s markout, informed", "+.2f"),
    ),
    "impact, ticks": (
        FactRow("metaorder_10", "10 lots in 60 s: at their end", "+.2f"),
        FactRow("metaorder_20", "20 lots in 60 s: at their end", "+.2f"),
        FactRow("metaorder_40", "40 lots in 60 s: at their end", "+.2f"),
        FactRow("metaorder_80", "80 lots in 60 s: at their end", "+.2f"),
        FactRow("later_80", "80 lots: 60 s later", "+.2f"),
        FactRow("left_share", "  share of the impact that is left", ".2f"),
        FactRow("metaorder_exponent", "exponent of metaorders", ".2f"),
        FactRow("square_root_share", "80 lots over σ√(Q/v)", ".2f"),
        FactRow("block_2", "a block of 2: 10 s later", "+.2f"),
        FactRow("block_5", "a block of 5: 10 s later", "+.2f"),
        FactRow("block_10", "a block of 10: 10 s later", "+.2f"),
        FactRow("block_20", "a block of 20: 10 s later", "+.2f"),
        FactRow("block_40", "a block of 40: 10 s later", "+.2f"),
        FactRow("block_exponent", "exponent of blocks", ".2f"),
        FactRow("response_10s", "a noise trade: 10 s later", "+.3f"),
        FactRow("response_120s", "a noise trade: 120 s later", "+.3f"),
        FactRow("round_trip_slowly", "80 in and out in 60 s each, tick·lots", "+.0f"),
        FactRow("round_trip_and dump", "80 in in 60 s, out at once", "+.0f"),
        FactRow("round_trip_a block", "40 at once, out in 100 s", "+.0f"),
    ),
    "queues": (
        FactRow("filled_front", "share of joining orders filled, front", ".2f"),
        FactRow("filled_back", "  back", ".2f"),
        FactRow("filled_lead", "  front less back", "+.3f"),
        FactRow("markout_front", "10 s markout of a lot filled, front", "+.2f"),
        FactRow("markout_back", "  back", "+.2f"),
        FactRow("markout_lead", "  front less back", "+.2f"),
    ),
    "index and future": (
        FactRow("index_acf_1s", "index's return ACF(1) at 1 s", ".2f"),
        FactRow("index_acf_10s", "index's return ACF(1) at 10 s", ".2f"),
        FactRow("index_acf_60s", "index's return ACF(1) at 60 s", ".2f"),
        FactRow("correlation_1s", "correlation of 1 s returns", ".2f"),
        FactRow("correlation_10s", "correlation of 10 s returns", ".2f"),
        FactRow("correlation_60s", "correlation of 60 s returns", ".2f"),
        FactRow("basis", "basis, ticks", "+.2f"),
        FactRow("basis_sd", "  its deviation in the day", ".2f"),
        FactRow("basis_half_life", "  its half-life, s", ".1f"),
    ),
}
ROWS = tuple(row for rows in GROUPS.values() for row in rows)


def values_of(found: Facts) -> dict[str, tuple[float, float]]:
    """Returns mean (or median, or estimate from all days) and standard deviation across days, by key."""
    values = {name: (fact.mean, fact.sd) for name, fact in found.facts.items()}
    for step in (10, 60, 300):
        values[f"median_kurtosis_{step}s"] = found[f"kurtosis_{step}s"].median, math.nan
    for lag in (1, 20):
        values[f"abs_acf_{lag}"] = found.abs_acf[lag - 1].mean, found.abs_acf[lag - 1].sd
    values["sign_decay"] = found.sign_decay, math.nan
    values["impact_exponent"] = found.impact_exponent, math.nan
    if "metaorder_80" in values:
        for estimate in ("metaorder_exponent", "block_exponent", "left_share", "square_root_share"):
            values[estimate] = getattr(fact_bands, estimate)(found), math.nan
    return values

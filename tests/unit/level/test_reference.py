"""The reference of the level format: complete, in words, and as the document has it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
import pytest

from mmtui import docs
from mmtui.cli.levels import REFERENCE
from mmtui.cli.sections import section
from mmtui.level.level import load_level, market_presets, parse_level, preset_about
from mmtui.level.reference import KeyTable, documented, markdown, tables, type_words
from mmtui.level.signal_catalogue import SIGNALS
from mmtui.session.session import Session
from tests.unit.session.support import STILL


def test_the_document_is_up_to_date() -> None:
    """Else: ``mmtui levels reference --into mmtui/docs/format.md``."""
    assert section(docs.FOLDER / "format.md", REFERENCE) == markdown()


def test_the_document_s_examples_are_markets_that_trade() -> None:
    blocks = re.findall(r"(?s)```toml\n(\[market\].*?)```", docs.page("format"))
    assert len(blocks) >= 3
    around = STILL.partition("[market]")[0], STILL[STILL.index("[maker]") :]
    for block in blocks:
        session = Session(parse_level(block.join(around), "format.md"), 1, "fixed", ends_on_failure=True)
        session.advance(session.end_ns)
        assert session.result().market.trades > 10


@pytest.mark.parametrize("table", tables(), ids=lambda table: f"{table.paths[0]} {table.kind}")
def test_every_table_and_key_says_what_it_is(table: KeyTable) -> None:
    """Else: give the struct's docstring a line for the key under ``Attributes``."""
    assert table.about
    assert [key.name for key in table.keys if not key.about] == []


def test_every_key_of_a_level_is_there() -> None:
    keys = {f"{path}.{key.name}".lstrip(".") for table in tables() for path in table.paths for key in table.keys}

    def check(value: object, path: str) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                if path not in ("score.weights", "exceptions") and name != "kind":
                    assert f"{path}.{name}".lstrip(".") in keys
                check(inner, f"{path}.{name}".lstrip("."))
        elif isinstance(value, list):
            for inner in value:
                check(inner, path)

    level = msgspec.to_builtins(load_level("volatility-spike"))
    # What an event changes of the market is told of once, at the market.
    for event in level["events"]:
        del event["market"]
    check(level, "")


def test_presets_and_signals_are_listed() -> None:
    text = markdown()
    for name in market_presets():
        assert f"| `{name}` | {preset_about(name)} |" in text
    for name, signal in SIGNALS.items():
        assert signal.about.endswith("."), name
        assert f"| `{name}` |" in text


class Base(msgspec.Struct):
    """What all have.

    Attributes:
        rate: of orders,
            a second.
    """

    rate: float


class Extended(Base):
    """One of them.

    Attributes:
        low, high: bounds: in ticks.

    Raises:
        ValueError: never.
    """

    low: int
    high: int


def test_docstrings_are_read_as_they_are_written() -> None:
    assert documented(Extended) == {
        "rate": "of orders, a second.",
        "low": "bounds: in ticks.",
        "high": "bounds: in ticks.",
    }


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (int, "whole number"),
        (Annotated[int, msgspec.Meta(ge=1, le=5)], "whole number, at least 1 and at most 5"),
        (Annotated[float, msgspec.Meta(gt=0, le=1e12)], "number, above 0 and at most 1e12"),
        (float | None, "number"),
        (bool, "true or false"),
        (Literal["a", "b"], "one of a, b"),
        (tuple[str, ...], "list of text"),
        (tuple[Annotated[int, msgspec.Meta(gt=0)], int], "list of 2: whole numbers, above 0"),
        (tuple[Base, ...], "list of tables"),
        (dict[Literal["a"], float], "table: one of a, each with a number"),
        (dict[str, Base], "table: names of one's own, each with a table"),
        (int | str, "whole number or text"),
    ],
)
def test_types_in_words(kind: object, words: str) -> None:
    assert type_words(msgspec.inspect.type_info(kind)) == words

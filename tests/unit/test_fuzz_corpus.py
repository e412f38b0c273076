"""Every input that once was too much for a reader, and what it says of it now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.readers import READERS, feed

CORPUS = Path(__file__).parents[1] / "fuzz" / "corpus"
FILES = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*") if path.is_file())
#: What is said of those that are refused.
SAID = {
    "career/career.json": "",
    "journal/24-journal-not-utf8.jsonl": "line 1: level: expected JSON: ",
    "level/09-tiny-tick.toml": "market.instrument.price: expected 4 to 1e12 ticks, not 1 / 1e-300",
    "level/21-deep-array.toml": "expected tables and lists of at most 32 levels within each other",
    "level/22-five-thousand-digits.toml": "expected TOML with numbers of at most 4,300 digits",
    "orderbook/26-underscore_orderbook_1.csv": "line 3: expected whole numbers",
    "set/deep.txt": "market.value.sigma: expected a number",
    "set/far.txt": "the level has no events there",
    "set/five-thousand-digits.txt": "duration_s: expected a whole number",
    "set/nan.txt": "market.value.sigma: expected a finite number",
    "set/place-of-five-thousand-digits.txt": "expected a key path such as market.value.sigma or events[0].at_s",
    "tape/26-underscore_message_1.csv": "",
}


def test_every_reader_has_a_corpus() -> None:
    assert {name.partition("/")[0] for name in FILES} == set(READERS)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_what_once_was_too_much_is_read_or_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    said = feed(name.partition("/")[0], (CORPUS / name).read_bytes(), tmp_path / "input")
    assert SAID.get(name, "") in said
    assert len(said) < 400

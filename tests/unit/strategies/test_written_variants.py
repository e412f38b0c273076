"""Strategies written with parameters and a label."""

from __future__ import annotations

import pytest

from mmtui.errors import UnknownStrategyError
from mmtui.strategies.registry import make
from mmtui.strategies.sources import named_files
from mmtui.strategies.variants import Variant, variant, variant_name, written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("skew", ("skew", "skew", {})),
        ("skew[half_spread=1, size=2]", ("skew[half_spread=1, size=2]", "skew", {"half_spread": "1", "size": "2"})),
        ("tight=skew[size=1]", ("tight", "skew", {"size": "1"})),
        ("mine=a/my.py:Mine", ("mine", "a/my.py:Mine", {})),
        ("./a=b/my.py:Mine", ("./a=b/my.py:Mine", "./a=b/my.py:Mine", {})),
        (
            "composite[base=skew[size=1,skew=0],width=2]",
            (None, "composite", {"base": "skew[size=1,skew=0]", "width": "2"}),
        ),
        ("skew[]", ("skew[]", "skew", {})),
    ],
)
def test_texts_are_read(text: str, found: tuple[str | None, str, dict[str, str]]) -> None:
    name, base, params = found
    assert variant(text) == Variant(name or text, base, params)
    assert variant_name(text) == (name or text)


@pytest.mark.parametrize(
    "text", ["skew[size]", "[size=1]", "skew[a=b]]", "skew[a=[[[[b]]]]]", "skew[a=b[]", "skew[=1]"]
)
def test_texts_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(UnknownStrategyError, match="expected"):
        make(text)


def test_what_is_written_is_read_again() -> None:
    params: dict[str, object] = {"size": None, "half_spread": 1.5}
    assert written("skew", params) == "skew[size=auto,half_spread=1.5]"
    assert make(written("skew", params)).half_spread == 1.5  # type: ignore[attr-defined]
    assert make("tight=skew[half_spread=1.5]", {"half_spread": 2}).half_spread == 2.0  # type: ignore[attr-defined]
    assert written("skew", {}) == "skew"


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("label=a/my.py:Mine[size=1]", ["a/my.py"]),
        ("composite[base=my.py:Mine]", ["my.py"]),
        ("one.py:One[base=two.py:Two[settings=base=three.py:Three size=1]]", ["one.py", "two.py", "three.py"]),
        ("composite[base=x=composite[base=y=composite[base=deep.py:Deep]]]", ["deep.py"]),
        ("skew[size=1]", []),
    ],
)
def test_no_file_is_overlooked(text: str, files: list[str]) -> None:
    assert set(files) <= set(named_files(text))
    assert bool(named_files(text)) == bool(files)

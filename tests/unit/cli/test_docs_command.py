"""``mmtui docs``: lists topics, shows one, and says what was meant by one that is not there."""

from __future__ import annotations

import sys

import pytest

from mmtui import docs
from tests.unit.cli.conftest import Mmtui


def test_topics_are_listed(mmtui: Mmtui) -> None:
    listed = mmtui("docs")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines()[1:]] == list(docs.TOPICS)


@pytest.mark.parametrize("topic", docs.TOPICS)
def test_elsewhere_than_on_a_terminal_a_topic_is_its_markdown(mmtui: Mmtui, topic: str) -> None:
    assert mmtui("docs", topic).out == docs.page(topic)


def test_on_a_terminal_it_is_laid_out_and_links_are_commands(mmtui: Mmtui, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("NO_COLOR", "1")
    shown = mmtui("docs", "start").out
    assert shown.splitlines()[0].rstrip("\x1b[0m ").endswith("Start")
    assert all(sign not in shown for sign in ("# Start", "](", "```"))
    assert "glossary (mmtui docs glossary)" in " ".join(shown.replace("\x1b[1m", "").replace("\x1b[0m", "").split())


def test_an_unknown_topic_is_one_sentence(mmtui: Mmtui) -> None:
    shown = mmtui("docs", "glosary")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err == "Error: there is no topic 'glosary'; did you mean glossary?\n"

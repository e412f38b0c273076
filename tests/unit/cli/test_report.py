"""``mmtui report``."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from mmtui.debrief.build import debrief
from mmtui.report.charts import attribution
from mmtui.report.model import Report
from mmtui.report.text import as_text
from mmtui.session.journal import read_journal
from mmtui.session.journal_file import take_over
from mmtui.session.replay import Replay
from mmtui.session.result import Opposition
from tests.unit.cli.conftest import Mmtui, shortened
from tests.unit.debrief.test_debrief import played
from tests.unit.session.journals import lines, rewrite

_VOID = {"meta", "br"}


@pytest.fixture
def journal(mmtui: Mmtui, tmp_path: Path) -> Path:
    level = shortened("skew", tmp_path)
    level.write_text(level.read_text().replace("duration_s = 5", "duration_s = 90"))
    mmtui("run", level, "-s", "skew", "--seeds", "7", "--journals", tmp_path / "j", "--format", "json")
    return tmp_path / "j" / "skew-short-skew-7.jsonl"


class Page(HTMLParser):
    """A page's tags, which must be closed in order, its texts, and everything it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_json_is_the_debrief_and_the_ranking(mmtui: Mmtui, journal: Path) -> None:
    ended = mmtui("report", journal, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    found = msgspec.json.decode(ended.out, type=Report)
    assert found.debrief == debrief(read_journal(journal).script)
    assert (found.journal, found.same, found.parent) == (journal.name, True, None)
    assert found.ranking is not None
    assert {rank.strategy for rank in found.ranking.ranks} >= {None, "fixed", "skew", "touch"}


def test_the_text_has_the_score_s_arithmetic_and_what_to_try(mmtui: Mmtui, journal: Path) -> None:
    found = json.loads(mmtui("report", journal, "--format", "json", "--no-field").out)["debrief"]
    result = found["result"]
    ended = mmtui("report", journal)
    assert (ended.code, ended.err) == (0, "")
    for part in found["score"]:
        name, points, weight = part["name"], part["points"], part["weight"]
        product = rf"^  {name} +{points:.1f} +× {weight:.2f} +{re.escape(f'= {points * weight:.1f}')} "
        assert re.search(product, ended.out, re.MULTILINE)
    assert f"{result['score']:.1f} of 100" in ended.out
    assert f"digest {result['digest']}" in ended.out
    for title in ("SCORE", "PNL, USD", "MARKOUT", "QUEUE", "WORST FILLS", "THE SAME TAPE", "WHAT TO TRY NEXT"):
        assert re.search(rf"^{title}", ended.out, re.MULTILINE)
    assert "THE SAME TAPE" not in mmtui("report", journal, "--no-field").out


def test_the_html_is_whole_and_needs_nothing_else(mmtui: Mmtui, journal: Path, tmp_path: Path) -> None:
    ended = mmtui("report", journal, "--format", "html", "--out", tmp_path / "a.html")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert [tag for tag, _ in page.seen].count("svg") == 4 + 3
    assert not {tag for tag, _ in page.seen} & {"script", "link", "img", "iframe", "object"}
    assert not [attrs for _, attrs in page.seen if {"src", "href", "srcset"} & set(attrs)]
    assert "url(" not in text
    assert "@import" not in text
    assert "http" not in text
    assert "prefers-color-scheme: dark" in text
    found = msgspec.json.decode(mmtui("report", journal, "--format", "json").out, type=Report).debrief
    fills = [attrs for tag, attrs in page.seen if tag == "path" and str(attrs["class"]).startswith("mark ")]
    assert len(fills) == len(found.fills)


def test_the_stack_of_the_attribution_reaches_the_pnl() -> None:
    """Each part's area ends where its amount puts it; the gains less the losses are the total."""
    found = played("spike")[2]
    paths: dict[str, list[tuple[float, float]]] = {}
    for style, path in re.findall(r'<path class="(?:area|line) (\w+)" d="M([^"]+?)Z?"/>', attribution(found)):
        paths[style] = [(float(x), float(y)) for x, y in (point.split(" ") for point in path.split("L"))]
    zero = paths["zero"][0][1]
    pnl = found.result.pnl
    scale = (zero - paths["total"][-1][1]) / pnl.total
    last = max(x for x, _ in paths["total"])
    for part, amount in (("spread", pnl.spread), ("position", pnl.position)):
        base, tip = (y for x, y in paths[part] if x == last)
        assert (base - tip) / scale == pytest.approx(amount, abs=abs(pnl.total) / 50)


def test_one_s_own_names_are_escaped(mmtui: Mmtui, journal: Path) -> None:
    records = lines(journal)
    records[0]["level"]["title"] = "<b>&"
    rewrite(journal, records)
    text = mmtui("report", journal, "--format", "html", "--no-field").out
    assert "<h1>&lt;b&gt;&amp;</h1>" in text
    assert Page(text).open == []


def test_a_journal_that_breaks_off_or_was_taken_over(mmtui: Mmtui, journal: Path, tmp_path: Path) -> None:
    replay = Replay(read_journal(journal).script)
    replay.seek(30 * 10**9)
    _, _, writer = take_over(tmp_path / "b.jsonl", replay, journal.name, "d" * 64, print)
    writer.close()
    found = json.loads(mmtui("report", tmp_path / "b.jsonl", "--format", "json", "--no-field").out)
    assert found["same"] is None
    assert found["parent"] == {"name": journal.name, "digest": "d" * 64, "at_ns": 30 * 10**9}
    assert found["debrief"]["until_ns"] == 30 * 10**9
    text = mmtui("report", tmp_path / "b.jsonl", "--no-field").out
    assert f"taken over from {journal.name} at 00:30.0" in text
    assert "The journal breaks off here. (00:30.0)" in text


def test_a_session_without_a_fill(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    mmtui("run", short, "-s", "idle", "--seeds", "1", "--journals", tmp_path / "j")
    for form in ("text", "json", "html"):
        ended = mmtui("report", tmp_path / "j" / "skew-short-idle-1.jsonl", "--format", form, "--no-field")
        assert (ended.code, ended.err) == (0, "")
        assert "Nobody traded with you" in ended.out


def test_another_digest_is_said(mmtui: Mmtui, journal: Path) -> None:
    records = lines(journal)
    records[-1]["digest"] = "0" * 64
    rewrite(journal, records)
    ended = mmtui("report", journal, "--no-field")
    assert ended.code == 0
    assert "the digests differ" in ended.out
    assert ended.err == f"{journal}: the session replayed has another digest than the journal's.\n"


@pytest.mark.parametrize("args", [[], ["--format", "html", "--out", "/nowhere/a.html"]])
def test_what_cannot_be_read_or_written_is_one_sentence(mmtui: Mmtui, journal: Path, args: list[Any]) -> None:
    ended = mmtui("report", journal if args else journal.with_name("no.jsonl"), "--no-field", *args)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: ")
    assert ended.err.count("\n") == 1


def test_help_has_examples(mmtui: Mmtui) -> None:
    assert "mmtui report " in mmtui("report", "--help").out.partition("Examples:")[2]


def test_the_opponent_and_a_failure_are_noted() -> None:
    found = played("skew")[2]
    opponent = Opposition("touch", 71.0, 2, {}, 1234.5, 0, 3)
    result = replace(found.result, opponent=opponent, error="mine.py, line 3: broke")
    lines = list(as_text(Report("a.jsonl", None, None, replace(found, result=result), None)))
    assert lines[2:4] == ["against touch, which scored 71.0 and made +1,234.50", "mine.py, line 3: broke"]
